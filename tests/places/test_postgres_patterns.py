"""RE2's syntax on PostgreSQL: every construct of RE2's syntax page over all code points up to U+2FFF."""

from __future__ import annotations

from typing import Any

import duckdb
import psycopg
import pytest
from headgate.places.postgres.patterns import postgres_pattern

pytestmark = pytest.mark.slow

POSIX = [
    "alnum",
    "alpha",
    "ascii",
    "blank",
    "cntrl",
    "digit",
    "graph",
    "lower",
    "print",
    "punct",
    "space",
    "upper",
    "word",
    "xdigit",
]
# What is translated ...
SAID = [
    ".", "a", "é", r"\.", r"\-", " ", "_", "^.$", "^a$",
    *(f"^[[:{name}:]]$" for name in POSIX), *(f"^[[:^{name}:]]$" for name in POSIX), "^[^[:alpha:][:digit:]]$",
    *(f"^{escape}$" for escape in (r"\d", r"\D", r"\w", r"\W", r"\s", r"\S", r"\t", r"\n", r"\r", r"\f", r"\v", r"\a")),
    *(f"^[{inside}]$" for inside in (
        "abc", "^abc", "a-z", "^a-z", "a-c-e", "-a", "a-", "^-a", "]a", "^]a", r"\]a", r"\d\s", r"^\d\s", r"\D", r"^\D", r"\W-",
        "[=a=", "[.x.", "é-ü", "^é-ü", "À-\u2000", r"\x41", r"\x{e9}-\x{ff}", r"\.\-\\", "+--", " -~", "a&&b", "^\\n",
    )),
    r"^\x41$", r"^\x{e9}$", r"^\x{2028}$",
    *(f"(?i)^{one}$" for one in (r"[^[:^ascii:]]", r"[\W\d]", "s", "k", "S", "a", "[a-z]", "[^a-z]", "[^k]", r"\w", r"\W", "[[:lower:]]", "[[:^upper:]]", r"\d", "[r-t]", r"\x4b", "1", "_")),
    r"\b", r"a\b", r"\ba", r"^\b.\b$", r"^a\b.", r"(?:a|b)\b",
    r"\Aa", r"a\z", "a|b", "^(a|b)$", "(?P<x>a)", "(?:a)", "^a{0}$", "^a{1,2}$", "^a{2,}$", "^a??$", "^a*?$", "^a+?$", "^a{1,2}?$",
    "a{", "a{,2}", "{1", "}", "]", "-", "", "^", "$", "()", "^(?:)$",
]  # fmt: skip
# ... and what is refused: not executed, never taken for something else.
REFUSED = [
    r"\B",
    r"a\B",
    r"\pL", r"\p{Greek}", r"\PL", r"\C", r"\Qa\E", r"\101", r"(?s).", "(?m)^a$", "(?U)a+", "a(?i)b", "(?i:a)", "(?i)é", "(?i)[é-ü]",
    "a{256}", r"[\pL]",
]  # fmt: skip
# Alone, and beside a letter; texts of PostgreSQL have no NUL.
TEXTS = [text for code in range(1, 0x3000) for text in (chr(code),)]
BESIDE = [text for code in range(1, 0x3000) for text in (f"a{chr(code)}", f"{chr(code)}a")]
SOME = [
    "",
    "aa",
    "aaa",
    "ab",
    "ba",
    "a{",
    "a{,2}",
    "{1",
    "a\n",
    "\na",
    "a\nb",
    "é",
    "aé",
    "éa",
    "a b",
    " a",
    "a ",
    "-a",
    "]a",
]


@pytest.fixture(scope="module")
def engines(postgres: str) -> Any:
    with (
        psycopg.connect(host=postgres, user="headgate", dbname="postgres", autocommit=True) as connection,
        duckdb.connect() as re2,
    ):
        for table, texts in (("alone", TEXTS), ("beside", BESIDE), ("mixed", SOME)):
            connection.execute(
                f"CREATE TEMP TABLE {table} AS SELECT t, n FROM unnest(%s::text[]) WITH ORDINALITY AS u(t, n)".encode(),
                [texts],
            )
            re2.execute(
                f"CREATE TABLE {table} AS SELECT unnest(?) AS t, unnest(range(1, {len(texts) + 1})) AS n", [texts]
            )
        yield connection, re2


def found(engines: Any, pattern: str, table: str) -> tuple[list[str], list[str]]:
    connection, re2 = engines
    translated = postgres_pattern(pattern)
    assert translated is not None, pattern
    by_postgres = connection.execute(f"SELECT t FROM {table} WHERE t ~ %s ORDER BY n", [translated]).fetchall()
    by_re2 = re2.execute(f"SELECT t FROM {table} WHERE regexp_matches(t, ?) ORDER BY n", [pattern]).fetchall()
    return [t for (t,) in by_postgres], [t for (t,) in by_re2]


@pytest.mark.parametrize("pattern", SAID)
def test_both_find_the_same(pattern: str, engines: Any) -> None:
    for table in ("alone", "mixed", *(["beside"] if r"\b" in pattern.lower() else [])):
        by_postgres, by_re2 = found(engines, pattern, table)
        assert by_postgres == by_re2, table


@pytest.mark.parametrize("pattern", REFUSED)
def test_what_has_no_equal_is_refused(pattern: str) -> None:
    assert postgres_pattern(pattern) is None
