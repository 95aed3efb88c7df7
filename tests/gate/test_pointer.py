"""A pointer that somebody changed: nothing is published over it, and the message names it."""

from __future__ import annotations

from pathlib import Path

import pytest
from headgate.errors import CallError

from tests.support.warehouse import FolderWarehouse, days, put

DAMAGED = ["", "null", '"x"', "[]", "{}", '{"format": 1}']


@pytest.mark.parametrize("text", DAMAGED)
def test_a_damaged_pointer(text: str, tmp_path: Path) -> None:
    folder = FolderWarehouse(tmp_path)
    put(folder, days(), "a,1,1", key="k")
    (pointer,) = Path(folder.name, "_headgate").glob("*.json")
    pointer.write_text(text)
    with pytest.raises(CallError, match=f"{pointer.name} is not a pointer"):
        put(folder, days(), "b,1,1", key="l")


def test_a_pointer_that_was_copied_onwards(tmp_path: Path) -> None:
    """The next one would have the number after the one that is written in it, and never hold."""
    folder = FolderWarehouse(tmp_path)
    put(folder, days(), "a,1,1", key="k")
    (pointer,) = Path(folder.name, "_headgate").glob("*.json")
    pointer.with_name(f"{9:012d}.json").write_bytes(pointer.read_bytes())
    with pytest.raises(CallError, match=r"0009\.json is a copy of pointer 1"):
        put(folder, days(), "b,1,1", key="l")
