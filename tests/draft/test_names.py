"""Hostile names and texts in a draft."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet
import pytest
from headgate import draft_contract
from headgate.errors import CallError

from tests.support.drafts import drafted, enums

pytestmark = pytest.mark.slow


NASTY = [
    "a: b", "#", "- x", "'", '"', "\\", "a\nb", "a\rb", "a\tb", "${HEADGATE_VAR_X}", "{{ x }}", "%YAML", "---", "...",
    "!!python/object:os.system", "&a", "*a", "null", "~", "true", "No", "1", "1.5", "1e3", "0x1", "2024-01-01", "=",
    "日本", "\u2028", "\u0085", "\ufeff", "\x1b[31m", "\x7f", "e\u0301", " x ", "x #y", "]", "}", ",", "|", ">", "@",
    "`", "🎯", "a\n# TODO\nstatus: active", "x" * 300, "\u202e",
]  # fmt: skip


@pytest.mark.parametrize("text", NASTY)
def test_hostile_texts(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEADGATE_VAR_X", "expanded")
    inside = pa.array([{text: text}] * 40)
    frame = pa.table({text: [1] * 40, "v": [text] * 40, "w": pa.array([text] * 40, pa.string()), "inside": inside})
    things = drafted(frame, name=text)
    assert (things.name, things.contract.status) == (text, "draft")
    assert [p.column for p in things.properties] == [text, "v", "w", "inside"]
    assert [p.name for p in things.properties[3].nested] == [f"inside.{text}"]
    shown = text.isprintable() and len(text) <= 100
    assert enums(things) == ({"v": [text], "w": [text]} if shown else {})
    path = tmp_path / "t.parquet"
    pyarrow.parquet.write_table(frame, path)
    drafted(path)


@pytest.mark.parametrize("name", ["a\nb", "${X}", "it's", "#x"])
def test_hostile_paths(name: str, tmp_path: Path) -> None:
    path = tmp_path / f"{name}.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE TABLE t AS SELECT 1 AS a")
    things = drafted(f"{path}#t", folder=tmp_path)
    assert [s.fields["database"] for s in things.contract.servers] == ([] if "$" in name else [path.name])


def test_names_that_no_contract_can_have() -> None:
    with pytest.raises(CallError, match="headgate uses itself"):
        draft_contract(pa.table({"headgate_reasons": [1]}))
    with pytest.raises(CallError, match="file not found"):
        draft_contract("nothing.csv")
