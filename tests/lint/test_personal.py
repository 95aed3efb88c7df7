"""What looks personal by its name: one rule, by which lint asks and a draft hides."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from headgate.lint import personal
from headgate.lint.lint import lint

from tests.support.contracts import odcs

# a column's name, whether it looks personal
NAMES = [
    ("customer_fax", True), ("nickname", True), ("zip", True), ("customer_name", True), ("customerEmail", True),
    ("e_mail", True), ("tax_id", True), ("customerTaxId", True), ("NATIONAL_ID", True), ("taxid", True),
    ("gender", True), ("religion", True), ("birthday", True), ("ip_address", True), ("creditCardNo", True),
    ("geburtsdatum", True),
    ("syntax_id", False), ("international_id", False), ("id", False), ("amount_eur", False), ("status", False),
    ("zipped", False), ("renamed", False),
]  # fmt: skip


@pytest.mark.parametrize(("name", "looks"), NAMES)
def test_by_its_name(name: str, looks: bool, tmp_path: Path) -> None:
    path = tmp_path / "c.odcs.yaml"
    path.write_text(json.dumps(odcs({"name": "things", "properties": [{"name": name}]})))
    noted = "unclassified" in {problem.rule for problem in lint(path).problems}
    assert (personal.named(name), noted) == (looks, looks)
