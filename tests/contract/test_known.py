"""A contract that kept the schema once is not asked again, and whatever is changed is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from headgate.contract import schema
from headgate.contract import schema_cache as known
from headgate.errors import ContractError

from tests.support.contracts import load, odcs

GOOD: dict[str, Any] = odcs({"name": "things", "properties": [{"name": "id"}]})


@pytest.fixture(autouse=True)
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How often the schema was asked, from an empty cache on."""
    calls: list[int] = []
    validator = schema._validator(False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(schema, "_validator", lambda early: calls.append(1) or validator)
    return calls


def test_it_is_asked_once(asked: list[int]) -> None:
    assert load(GOOD).id == load(GOOD).id
    assert asked == [1]


def test_another_one_is_asked(asked: list[int]) -> None:
    load(GOOD)
    load(GOOD | {"version": "1.0.1"})
    assert asked == [1, 1]


def test_what_is_wrong_is_never_known(asked: list[int]) -> None:
    for _ in range(2):
        with pytest.raises(ContractError, match="stauts"):
            load(GOOD | {"stauts": "active"})
    assert asked == [1, 1]


def test_where_nothing_can_be_written(asked: list[int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert load(GOOD).id == load(GOOD).id
    assert asked == [1, 1]


def test_the_cache_does_not_grow_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(known, "_MOST", 3)
    for i in range(10):
        load(GOOD | {"version": f"1.0.{i}"})
    assert 1 <= len(list((tmp_path / "headgate" / "valid-contracts").iterdir())) <= 3
