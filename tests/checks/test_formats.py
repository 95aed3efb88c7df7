"""The formats of texts against other implementations of the same grammars."""

from __future__ import annotations

import base64
import datetime
import ipaddress
import uuid
from collections.abc import Callable
from typing import Any

import duckdb
import pytest
from headgate.checks.formats import FORMATS, pattern
from headgate.checks.re2 import wrong_pattern
from headgate.places.postgres.patterns import postgres_pattern
from hypothesis import example, given, settings
from hypothesis import strategies as st


def matches(name: str, texts: list[str]) -> list[bool]:
    rows = duckdb.execute(
        "SELECT regexp_matches(v, $1) FROM (SELECT unnest($2) AS v)", [pattern(name), texts]
    ).fetchall()
    return [row[0] for row in rows]


def accepts(read: Callable[[str], Any]) -> Callable[[str], bool]:
    def accepted(text: str) -> bool:
        try:
            read(text)
        except ValueError:
            return False
        return True

    return accepted


CASES = [
    ("email", ["a@b.co", "first.last+tag@sub.example.com", "o'brien@example.com"],
     ["", "a", "a@", "@b", "a b@c.de", "a@b..c", "a@-b.c", "a@b.c\n", f"{'x' * 65}@b.c"]),
    ("uuid", ["123e4567-e89b-12d3-a456-426614174000", "123E4567-E89B-12D3-A456-426614174000"],
     ["", "123e4567e89b12d3a456426614174000", "{123e4567-e89b-12d3-a456-426614174000}", "123e4567-e89b-12d3-a456-42661417400g"]),
    ("uri", ["https://example.com/a?b=c#d", "mailto:a@b.c", "urn:isbn:0451450523", "file:///etc/x"],
     ["", "example.com", "/a/b", "https://exa mple.com", "1http://a", "https://a/%zz", "https://a/ü"]),
    ("hostname", ["a", "example.com", "xn--bcher-kva.example", "1.2.3"],
     ["", "-a.com", "a-.com", "a..b", "a_b.com", f"{'x' * 64}.com", "a.com."]),
    ("ipv4", ["0.0.0.0", "255.255.255.255", "127.0.0.1"], ["", "256.1.1.1", "1.1.1", "1.1.1.1.1", "01.1.1.1", "1.1.1.1 "]),
    ("ipv6", ["::", "::1", "2001:db8::ff00:42:8329", "1:2:3:4:5:6:7:8", "::ffff:1.2.3.4", "1::8", "1:2:3:4:5:6:7::"],
     ["", ":", ":::", "1::2::3", "12345::", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "fe80::1%eth0", "::1.2.3"]),
    ("date", ["2024-02-29", "2000-02-29", "1999-12-31", "0001-01-01", "2024-04-30"],
     ["", "2023-02-29", "1900-02-29", "2024-04-31", "2024-13-01", "2024-1-1", "24-01-01", "2024-01-01T00:00:00Z", "2024/01/01"]),
    ("time", ["00:00:00Z", "23:59:59.123456+02:00", "10:00:00z", "23:59:60Z", "12:00:00-00:00"],
     ["", "10:00:00", "24:00:00Z", "10:60:00Z", "10:00Z", "10:00:00+2:00", "10:00:00+0200", "10:00:00.Z", "10:00:61Z"]),
    ("date-time", ["2024-02-29T23:59:59Z", "2024-01-01t00:00:00.5z", "2024-01-01T00:00:00+05:30", "1990-12-31T23:59:60Z"],
     ["", "2024-01-01", "2024-01-01T00:00:00", "2024-01-01 00:00:00Z", "2023-02-29T00:00:00Z", "2024-01-01T00:00:00 Z", "20240101T000000Z"]),
    ("byte", ["", "TQ==", "TWE=", "TWFu"], ["T", "TQ", "TQ=", "TQ===", "TWF u", "TWF*"]),
]  # fmt: skip


@pytest.mark.parametrize(("name", "good", "bad"), CASES, ids=[case[0] for case in CASES])
def test_table(name: str, good: list[str], bad: list[str]) -> None:
    assert [t for t, fits in zip(good, matches(name, good)) if not fits] == []
    assert [t for t, fits in zip(bad, matches(name, bad)) if fits] == []


def test_every_format_has_a_case() -> None:
    assert {case[0] for case in CASES} == set(FORMATS)
    assert [name for name in FORMATS if wrong_pattern(pattern(name))] == []


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.dates().map(str), st.from_regex(r"(19|20)[0-9]{2}-[01][0-9]-[0-3][0-9]", fullmatch=True)))
@example("2100-02-29")
def test_dates_against_the_standard_library(text: str) -> None:
    assert matches("date", [text]) == [accepts(datetime.date.fromisoformat)(text)]


@pytest.mark.parametrize("name", ["date", "time", "date-time"])
def test_the_patterns_of_times_are_read_by_postgresql(name: str) -> None:
    assert postgres_pattern(pattern(name)) is not None


ADDRESS = st.lists(st.sampled_from(["0", "1", "ff", "abcd", "", "1.2.3.4", "00001", "256.0.0.1"]), max_size=10).map(
    ":".join
)


@settings(max_examples=300, deadline=None)
@given(st.one_of(ADDRESS, st.ip_addresses(v=6).map(str), st.text("0123456789abcdef:.", max_size=30)))
@example("1:2:3:4:5:6:7::")
def test_ipv6_against_the_standard_library(text: str) -> None:
    assert matches("ipv6", [text]) == [accepts(ipaddress.IPv6Address)(text)]


@settings(max_examples=200, deadline=None)
@given(st.one_of(st.ip_addresses(v=4).map(str), st.text("0123456789.", max_size=16)))
def test_ipv4_against_the_standard_library(text: str) -> None:
    assert matches("ipv4", [text]) == [accepts(ipaddress.IPv4Address)(text)]


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=12), st.text("AQz09+/=", max_size=9))
def test_base64_against_the_standard_library(value: bytes, text: str) -> None:
    assert matches("byte", [base64.b64encode(value).decode()]) == [True]
    if matches("byte", [text]) == [True]:
        base64.b64decode(text, validate=True)


@settings(max_examples=100, deadline=None)
@given(st.uuids())
def test_uuid_against_the_standard_library(value: uuid.UUID) -> None:
    assert matches("uuid", [str(value), str(value).upper(), value.hex]) == [True, True, False]
