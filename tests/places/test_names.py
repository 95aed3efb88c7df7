"""What a text means as a place."""

from __future__ import annotations

import pytest
from headgate.errors import CallError
from headgate.places import Place, place_of
from headgate.places.duckdb import Files, Table
from headgate.places.parquet import Folder

NAMES: list[tuple[str, Place]] = [
    ("file:///data/a.csv", Files("/data/a.csv", "csv")),
    ("file://localhost/data/a.parquet", Files("/data/a.parquet", "parquet")),
    ("FILE:///data/a%20b.csv", Files("/data/a b.csv", "csv")),
    ("file:///data/w.duckdb#shop.orders", Table("/data/w.duckdb", "orders", "shop")),
    ("/data/a%20b.csv", Files("/data/a%20b.csv", "csv")),
]


@pytest.mark.parametrize(("text", "place"), NAMES)
def test_a_file_url_is_its_path(text: str, place: Place) -> None:
    assert place_of(text) == place


def test_a_folder_that_will_be_published_into() -> None:
    assert place_of("file:///lake/orders/", new=True) == place_of("/lake/orders/", new=True) == Folder("/lake/orders")


@pytest.mark.parametrize("text", ["file://data/a.csv", "file://other.host/data/a.csv"])
def test_a_file_url_of_another_machine(text: str) -> None:
    with pytest.raises(CallError, match="is a file of another machine, or lacks a slash"):
        place_of(text)
