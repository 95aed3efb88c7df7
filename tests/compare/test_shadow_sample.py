"""The sample and the masks are the same on both engines."""

from __future__ import annotations

from typing import Any

import duckdb
import pytest
from headgate.checks import Column
from headgate.compare.shadow.masking import VARIABLE, Masking
from headgate.compare.shadow.sample import Link, Sample, ensure_key
from headgate.errors import CallError, ConfigurationError
from headgate.places import Relation
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlglot import exp

KEYS = [*range(-200, 2000), 2**62, -(2**63)]
TEXTS = [
    "",
    " ",
    "a",
    "A",
    "é",
    "e\u0301",
    "漢字",
    "😀",
    "a|b",
    "'",
    '"',
    "\\",
    "$$",
    "\n",
    "x" * 500,
    "\u00a0",
    "NULL",
    "%s",
    "{}",
]
DAYS = ["0001-01-01", "1582-10-10", "1969-12-31", "2026-11-27", "9999-12-31"]


def both(schema: Any, kind: str, values: list[Any], expression: Any) -> tuple[list[Any], list[Any]]:
    """The values of an expression of the column `k`, by DuckDB and by PostgreSQL."""
    schema.run("DROP TABLE IF EXISTS keys")
    schema.fill("keys", {"k": (kind, values)})
    there = schema.run(
        f'SELECT k::text, {expression("postgres").sql("postgres")} FROM keys ORDER BY k::text COLLATE "C"'
    )
    with duckdb.connect() as here:
        here.execute(f"CREATE TABLE keys AS SELECT CAST(k AS {kind}) AS k FROM (SELECT unnest(?) AS k)", [values])
        found = here.execute(
            f"SELECT k::varchar, {expression('duckdb').sql('duckdb')} FROM keys ORDER BY k::varchar"
        ).fetchall()
    return found, there


@pytest.mark.parametrize(
    ("kind", "values"),
    [("BIGINT", KEYS[::31]), ("VARCHAR", TEXTS), ("DATE", DAYS), ("INTEGER", [1, 1, None])],
    ids=lambda v: v if isinstance(v, str) else "",
)
@pytest.mark.parametrize("salt", ["1", "o'clock", "é"])
def test_the_sample_is_equal_on_both_engines(schema: Any, kind: str, values: list[Any], salt: str) -> None:
    sample = Sample("t", "k", 5000, salt)
    here, there = both(schema, kind, values, lambda dialect: sample.kept("k", dialect))
    assert here == there
    assert kind != "BIGINT" or {kept for _, kept in here} == {True, False}


@pytest.mark.parametrize("secret", ["s" * 16, "it's a secret, é\\", "$$ 'x' $$ '' \\ % {}"])
def test_masks_are_equal_on_both_engines(schema: Any, secret: str) -> None:
    here, there = both(schema, "VARCHAR", [*TEXTS, None], lambda dialect: Masking(secret).masked("k", dialect))
    assert here == there
    assert all(mask is None if value is None else len(mask) == 64 for value, mask in here)


def test_the_share_is_about_what_was_asked_for() -> None:
    with duckdb.connect() as here:
        for share in (1, 100, 2500, 10_000):
            kept = Sample("t", "k", share).kept("k", "duckdb").sql("duckdb")
            ((found,),) = here.execute(f"SELECT count(*) FILTER ({kept}) FROM range(100_000) AS t (k)").fetchall()
            assert abs(found - share * 10) <= 4 * (share * 10) ** 0.5


@settings(max_examples=20, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20))
def test_a_salt_is_only_text(salt: str) -> None:
    """Whatever the salt says, the condition parses as one condition on the key."""
    for dialect in ("duckdb", "postgres"):
        kept = Sample("t", "k", 100, salt).kept("k", dialect)
        assert isinstance(kept, exp.LT) and [c.name for c in kept.find_all(exp.Column)] == ["k"]


WRONG = {
    "share": ("ten", "t.k", "give a share"),
    "no percent": ("1", "t.k", "give a share"),
    "nothing": ("0%", "t.k", "give a share"),
    "too much": ("101%", "t.k", "give a share"),
    "no table": ("1%", "k", "TABLE.COLUMN"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_sample_that_cannot_be_read(case: str) -> None:
    share, by, said = WRONG[case]
    with pytest.raises(CallError, match=said):
        Sample.of(share, by, "1", ())


def test_a_key_is_of_a_type_whose_text_is_the_same_everywhere() -> None:
    relation = Relation(exp.table_("t"), (Column("k", "DOUBLE", frozenset({"number"})),), "t")
    with pytest.raises(CallError, match="a key is an integer, a text or a date"):
        ensure_key("t", "k", relation)
    with pytest.raises(CallError, match="has no column 'other'"):
        ensure_key("t", "other", relation)


def test_links() -> None:
    assert Link.of("orders.customer_id=customers.id") == Link("orders", "customer_id", "customers", "id")
    with pytest.raises(CallError, match="write it as"):
        Link.of("orders=customers.id")


def test_the_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    assert Masking.from_environment("1").secret != Masking.from_environment("1").secret
    monkeypatch.setenv(VARIABLE, "a secret of sixteen letters")
    assert Masking.from_environment("1") == Masking("a secret of sixteen letters")
    assert "secret of" not in repr(Masking.from_environment("1"))
    with pytest.raises(CallError, match="is the secret"):
        Masking.from_environment("a secret of sixteen letters")
    monkeypatch.setenv(VARIABLE, "short")
    with pytest.raises(ConfigurationError, match="fewer than 16"):
        Masking.from_environment("1")
