"""Patterns on texts, by the gate's engines and by DuckDB's."""

from __future__ import annotations

import duckdb
import pytest
from headgate.checks.re2 import wrong_pattern
from headgate.streams.patterns import is_shared, like, search

# Pattern, and whether Rust's engine serves it.
PATTERNS = [
    ("^A-[0-9]+$", True),
    ("a", True),
    ("^$", True),
    ("^.$", True),
    ("^\\d+$", True),
    ("\\w", True),
    ("^\\W*$", True),
    ("[^a-z]", True),
    ("^[^@ ]+@[^@ ]+\\.[a-z]+$", True),
    ("^(a|b)+$", True),
    ("(?:ab){2}", True),
    ("x{0,1000}", True),
    ("^[A-Z]{2}$", True),
    ("a{2,}", True),
    ("a+?b*?", True),
    ("\\.", True),
    ("日|🎯", True),
    ("[é-ü]", True),
    ("^[-a]+$", False),
    ("[a-]", True),
    ("[]a]", False),
    ("[[:alpha:]]", False),
    ("\\s", False),
    ("\\S", False),
    ("\\bA", False),
    ("(?i)^a", False),
    ("(?s)^.+$", False),
    ("(?m)^b$", False),
    ("\\pL", False),
    ("\\p{Greek}", False),
    ("\\x41", False),
    ("\\n", False),
    ("\\Qa.b\\E", False),
    ("\\A-", False),
    ("a\\z", False),
    ("[\\d.]+", True),
    ("[&&a]", False),
    ("[a~~b]", False),
    ("[+--]", False),
    ("\\C", False),
    ("(a*)*", True),
    ("(a|aa)+$", True),
]
TEXTS = [
    "", "a", "A", "b", "ab", "aab", "A-1", "A-12x", "-", "a-", "é", "e\u0301", "ü", "日", "日本", "🎯", "٣", "3", "1.5",
    " ", "\u00a0", "\n", "a\nb", "a.b", "me@x.org", "&&", "~~", "DE",
]  # fmt: skip


@pytest.mark.parametrize(("pattern", "shared"), PATTERNS, ids=[pattern for pattern, _ in PATTERNS])
def test_each_engine_finds_what_duckdb_finds(pattern: str, shared: bool) -> None:
    assert len(PATTERNS) >= 40 and len(TEXTS) == 28
    assert wrong_pattern(pattern) is None
    assert is_shared(pattern) is shared
    found = search(pattern)
    rows = ", ".join("(?)" for _ in TEXTS)
    sql = f"SELECT v, regexp_matches(v, ?) FROM (VALUES {rows}) t(v)"
    expected = duckdb.execute(sql, [pattern, *TEXTS]).fetchall()
    assert [(text, found(text)) for text in TEXTS] == expected


@pytest.mark.parametrize(
    ("pattern", "escape"),
    [("a%", ""), ("%b", ""), ("_", ""), ("a\\%", "\\"), ("%.%", ""), ("", ""), ("%", ""), ("A-_", "")],
)
def test_like(pattern: str, escape: str) -> None:
    sql = "SELECT v LIKE ?" + (" ESCAPE ?" if escape else "") + " FROM (SELECT unnest(?) AS v)"
    expected = duckdb.execute(sql, [pattern, *([escape] if escape else []), TEXTS]).fetchall()
    found = like(pattern, escape)
    assert [(found(text),) for text in TEXTS] == expected


def test_a_long_text_is_searched_in_linear_time() -> None:
    """As any other pattern would make a backtracking engine run for years."""
    for pattern in ("^(a+)+$", "(a|aa)+$", "^(?i)(a*)*b"):
        assert search(pattern)("a" * 100_000 + "!") is False
