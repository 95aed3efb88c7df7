"""A draft shows nothing personal."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet
import pytest
from headgate import draft_contract

from tests.support.drafts import drafted, enums, options_of, rules, write_csv

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("name", ["phone", "birth_year"])
def test_no_word_of_a_personal_column_is_taken_for_missing(name: str, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "t.csv", {name: ["1961", "Lovelace", "Lovelace", "NA"]})
    assert "Lovelace" not in str(draft_contract(path))
    assert drafted(path).properties[0].logical_type == "string"


def test_texts_that_begin_late_are_looked_at() -> None:
    things = drafted(pa.table({"v": [None] * 5000 + [f"user{i}@example.org" for i in range(90)]}))
    assert things.properties[0].classification == "confidential"


# name of a column, its values: nothing of them may be in the draft
PERSONAL: list[tuple[str, list[Any]]] = [
    ("customer_email", ["a@x.org", "b@x.org"]),
    ("contact", ["anna@example.org", "tom@example.org"]),
    ("contact", ["+49 30 1234567", "+49 30 7654321"]),
    ("contact", ["(030) 123-4567", "030-765-4321"]),
    ("account", ["DE89370400440532013000", "DE02120300000000202051"]),
    ("card", ["4111 1111 1111 1111", "4012888888881881"]),
    ("social", ["123-45-6789", "987-65-4321"]),
    ("client", ["192.168.17.4", "10.17.0.99"]),
    ("LastName", ["Lovelace", "Turing"]),
    ("shippingAddress", ["Torstrasse 1", "Ringweg 22"]),
    ("dateOfBirth", [date(1961, 7, 13), date(1983, 2, 11)]),
    ("birth_year", [1961, 1983]),
    ("phone", [4930123456, 4930654321]),
    ("salary", [71234.5, 81234.5]),
    ("note", [f"a long remark {i} about one Lovelace" for i in range(30)]),
]


@pytest.mark.parametrize("repeated", [1, 40])
@pytest.mark.parametrize(("name", "values"), PERSONAL)
def test_nothing_personal_is_shown(name: str, values: list[Any], repeated: int) -> None:
    frame = pa.table({name: values * repeated})
    text = str(draft_contract(frame))
    things = drafted(frame)
    assert things.properties[0].classification == "confidential"
    assert rules(things, name) <= {"not_null", "unique"}
    assert not options_of(things)[name]
    assert not [v for v in values if str(v) in text]


def test_few_rows_make_no_list() -> None:
    frame = pa.table({"v": [f"word{i % 3}" for i in range(29)], "w": [f"word{i % 3}" for i in range(29)]})
    assert enums(drafted(frame)) == {}
    assert "word" not in str(draft_contract(frame))
    assert enums(drafted(pa.table({"v": [f"word{i % 3}" for i in range(30)]}))) == {"v": ["word0", "word1", "word2"]}
