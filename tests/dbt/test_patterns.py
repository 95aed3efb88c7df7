"""Patterns of RE2 as PostgreSQL has them, in the Jinja of the package."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.package_macros import returning

whole_match = returning("sql/whole_match.sql", "whole_match")
translated = returning("sql/postgres_translated.sql", "postgres_translated")


def refuse(pattern: str) -> None:
    raise LookupError(pattern)


alike = returning("sql/postgres_pattern.sql", "postgres_pattern", whole_match=whole_match, postgres_translated=refuse)

ATOMS = st.one_of(
    st.sampled_from(["a", "Z", "0", "_", "@", "/", "#", "%", " ", "-", r"\.", r"\@", r"\/", r"\-"]),
    st.text("azAZ09._%+@ -", min_size=1, max_size=6).map("[{}]".format),
)
COUNTS = st.sampled_from(["", "", "*", "+", "?", "{3}", "{0,12}", "{2,}"])
PLAIN = st.builds(
    lambda start, parts, end: start + "".join(map("".join, parts)) + end,
    st.sampled_from(["", "^"]), st.lists(st.tuples(ATOMS, COUNTS), max_size=6), st.sampled_from(["", "$"]),
)  # fmt: skip


@given(PLAIN)
def test_what_is_written_alike_is_not_translated(pattern: str) -> None:
    assert alike(pattern) == pattern == translated(pattern)


@pytest.mark.parametrize(
    "pattern",
    [
        ".",
        "a|b",
        "(a)",
        "(?i)a",
        r"\d",
        "[[:alpha:]]",
        r"[\w]",
        "[^a]",
        "^*",
        "a+?",
        "a{3}{2}",
        "a{256}",
        "{",
        "a$b",
        "a\n",
    ],
)
def test_what_may_mean_something_else_is_translated(pattern: str) -> None:
    with pytest.raises(LookupError):
        alike(pattern)
