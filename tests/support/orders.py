"""A good contract, which tests break in one place, and the problems of a broken one."""

from __future__ import annotations

from pathlib import Path

import pytest
from headgate.errors import ContractError
from headgate.rules.load import parse

GOOD = """\
apiVersion: v3.2.0
kind: DataContract
id: orders
version: 1.0.0
status: active
team:
  name: Sales
support:
  - channel: "#sales"
servers:
  - server: warehouse
    type: duckdb
    database: w.duckdb
schema:
  - name: orders
    properties:
      - name: id
        logicalType: integer
        primaryKey: true
      - name: amount
        logicalType: number
        logicalTypeOptions:
          maximum: 19.99
      - name: paid
        logicalType: string
        enum:
          - value: Yes
          - value: No
  - name: customers
    properties:
      - name: id
        logicalType: string
"""


def problems(text: str) -> list[str]:
    with pytest.raises(ContractError) as caught:
        parse(text, Path("c.yaml"))
    return [f"{p.line}:{p.column} {p.rule}" for p in caught.value.problems]


def warnings(text: str) -> list[str]:
    """What is not right in a contract that loads all the same."""
    remarks = parse(text, Path("c.yaml")).remarks
    return [f"{p.line}:{p.column} {p.rule}" for p in remarks if p.level != "error"]
