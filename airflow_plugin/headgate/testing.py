"""For tests of the code that writes the data: does what it writes have the shape that the contract promises?

from headgate.testing import assert_schema

def test_the_table_is_what_the_contract_says(migrated_database_url):
    assert_schema("contracts/orders.odcs.yaml", f"{migrated_database_url}#shop.orders")

def test_the_model_is_what_the_contract_says():
    assert_schema("contracts/orders.odcs.yaml", Order)   # a pydantic model, or a JSON Schema
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from headgate.contract import Dataset
from headgate.gate import check_schema
from headgate.json_schema import check_described, schema_of
from headgate.render.report import render
from headgate.report import Report
from headgate.rules import Contract


def assert_schema(contract: str | Path | Dataset, data: Any) -> Report:
    """Assert that columns, types, nullability, keys and enums are those of a contract; no row is read.

    Args:
        contract: FILE or FILE#dataset, or a dataset of a loaded contract.
        data: what `headgate.check` takes (an empty, migrated table is fine), a model of pydantic (or
            `module:Model`), or a JSON Schema as a dict or the path of a `.json` file.

    Returns:
        The report, for further assertions.

    Raises:
        AssertionError: with what is different.
        CallError: there is no such contract, dataset or data.
    """
    dataset = contract if isinstance(contract, Dataset) else _dataset(str(contract))
    schema = schema_of(data)
    report = check_described(dataset, schema) if schema else check_schema(dataset, data)
    if report.broken or report.unknown:
        raise AssertionError(render(report, width=120))
    return report


def _dataset(contract: str) -> Dataset:
    path, _, name = contract.partition("#")
    return Contract.load(path).only(name or None)
