"""What differences have in common: planted with noise among it, and noise alone."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from headgate.compare.found import Difference, Family, Pattern
from headgate.compare.patterns import Range, find_patterns
from hypothesis import given, settings
from hypothesis import strategies as st

Row = dict[str, Any]

FAMILIES: dict[str, Family] = {
    "id": "integer",
    "amount": "decimal",
    "net": "decimal",
    "score": "double",
    "quantity": "integer",
    "at": "timestamp",
    "day": "date",
    "name": "text",
    "city": "text",
    "status": "text",
    "country": "text",
    "active": "boolean",
}
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def row(i: int, of: int, draw: random.Random) -> Row:
    at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=int(i * 365 * 86_400 / of) + draw.randrange(60))
    return {
        "id": i,
        "amount": Decimal(draw.randrange(100, 100_000)) / 100,
        "net": Decimal(draw.randrange(100, 100_000)) / 100,
        "score": draw.uniform(0, 1000),
        "quantity": draw.randrange(1, 20),
        "at": at,
        "day": at.date(),
        "name": word(draw).title() + " " + word(draw),
        "city": word(draw),
        "status": draw.choices(["new", "paid", "void", "open"], [1, 6, 1, 2])[0],
        "country": draw.choices(["DE", "FR", "JP", "US"], [6, 2, 1, 1])[0],
        "active": draw.random() < 0.8,
    }


def word(draw: random.Random) -> str:
    return "".join(draw.choices(_LETTERS, k=draw.randrange(6, 14)))


@dataclass
class Rows:
    """A background that is counted from all rows."""

    rows: Sequence[Row]
    most: int = 50

    def shares(self, column: str) -> Mapping[Any, float] | None:
        values = Counter(r[column] for r in self.rows)
        return {v: n / len(self.rows) for v, n in values.items()} if len(values) <= self.most else None

    def quantiles(self, column: str) -> Sequence[Any] | None:
        values = sorted(r[column] for r in self.rows)
        return [values[min(len(values) - 1, i * len(values) // 100)] for i in range(101)]


Change = Callable[[Row, random.Random], Row]
ROWS = [row(i, 2000, random.Random(i)) for i in range(2000)]
ALL = Rows(ROWS)


def changed(change: Change, *, only: Callable[[Row], bool] = lambda r: True, noise: float = 0.03, most: int = 600,
            random_of: Sequence[str] = ()) -> list[Difference]:  # fmt: skip
    """Return the rows that a change makes differ; a share of them differs in the changed columns at random instead."""
    draw = random.Random(7)
    found: list[Difference] = []
    for own in draw.sample(ROWS, len(ROWS)):
        if not only(own) or len(found) == most:
            continue
        other = {**own, **change(own, draw)}
        columns = tuple(c for c in own if own[c] != other[c])
        if columns and draw.random() < noise:
            other = {**own, **{c: RANDOM[FAMILIES[c]](draw) for c in columns}}
        if columns := tuple(c for c in own if own[c] != other[c]):
            found.append(Difference({"id": own["id"]}, own, other, columns))
    return found


RANDOM: dict[str, Callable[[random.Random], Any]] = {
    "integer": lambda d: d.randrange(1, 1000),
    "decimal": lambda d: Decimal(d.randrange(100, 100_000)) / 100,
    "double": lambda d: d.uniform(0, 1000),
    "timestamp": lambda d: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=d.randrange(365 * 86_400)),
    "date": lambda d: date(2026, 1, 1) + timedelta(days=d.randrange(365)),
    "text": word,
    "boolean": lambda d: d.random() < 0.5,
}


def cents(value: Any) -> Decimal:
    return Decimal(value).quantize(Decimal("0.01"))


def summer(r: Row) -> bool:
    return bool(datetime(2026, 3, 29, tzinfo=UTC) <= r["at"] < datetime(2026, 10, 25, tzinfo=UTC))


def march(r: Row) -> bool:
    return bool(r["at"].month == 3)


HOUR = timedelta(hours=1)

# The change, the rows it is made in; kind, columns and words of the pattern.
PLANTED: dict[str, tuple[Change, Callable[[Row], bool], str, tuple[str, ...], str]] = {
    "x100": (lambda r, d: {"amount": r["amount"] * 100}, bool, "factor", ("amount",), "amount × 100"),
    "/1.6 to cents": (lambda r, d: {"amount": cents(r["amount"] / Decimal("1.6"))}, bool, "factor", ("amount",),
                      "amount ÷ 1.6"),
    "x1.6 to cents": (lambda r, d: {"amount": cents(r["amount"] * Decimal("1.6"))}, bool, "factor", ("amount",),
                      "amount × 1.6"),
    "x1.19": (lambda r, d: {"amount": cents(r["amount"] * Decimal("1.19"))}, bool, "factor", ("amount",),
              "amount × 1.19"),
    "/100": (lambda r, d: {"amount": cents(r["amount"] / 100)}, bool, "factor", ("amount",), "amount ÷ 100"),
    "a double": (lambda r, d: {"score": r["score"] * 0.3048}, bool, "factor", ("score",), "score × 0.3048"),
    "whole x12": (lambda r, d: {"quantity": r["quantity"] * 12}, bool, "factor", ("quantity",), "quantity × 12"),
    "+2.5": (lambda r, d: {"amount": r["amount"] + Decimal("2.5")}, bool, "offset", ("amount",), "amount + 2.5"),
    "-1": (lambda r, d: {"quantity": r["quantity"] - 1}, bool, "offset", ("quantity",), "quantity − 1"),
    "sign": (lambda r, d: {"amount": -r["amount"]}, bool, "sign", ("amount",), "amount with the opposite sign"),
    "sign of a double": (lambda r, d: {"score": -r["score"]}, bool, "sign", ("score",),
                         "score with the opposite sign"),
    "rounded": (lambda r, d: {"score": round(r["score"], 2)}, bool, "precision", ("score",),
                "score rounded to 2 digits after the point in other"),
    "cut": (lambda r, d: {"amount": Decimal(int(r["amount"]))}, bool, "precision", ("amount",),
            "amount cut to whole numbers in other"),
    "noise of doubles": (lambda r, d: {"score": r["score"] * (1 + d.choice([1e-15, 2e-15, -1e-15]))}, bool, "noise",
                         ("score",), "score equal but for the last digits of a double"),
    "+1 h": (lambda r, d: {"at": r["at"] + HOUR}, bool, "offset", ("at",), "at + 1 h"),
    "+1 h or +2 h": (lambda r, d: {"at": r["at"] + (HOUR * 2 if summer(r) else HOUR)}, bool, "offset", ("at",),
                     "at + 1 h or + 2 h"),
    "-2 d": (lambda r, d: {"day": r["day"] - timedelta(days=2)}, bool, "offset", ("day",), "day − 2 d"),
    "cut to hours": (lambda r, d: {"at": r["at"].replace(minute=0, second=0)}, bool, "precision", ("at",),
                     "at cut to hours in other"),
    "day and month": (lambda r, d: {"day": r["day"].replace(day=r["day"].month, month=r["day"].day)
                                    if r["day"].day <= 12 else r["day"]}, bool, "day_month", ("day",),
                      "day with day and month swapped"),
    "swapped": (lambda r, d: {"amount": r["net"], "net": r["amount"]}, bool, "swapped", ("amount", "net"),
                "amount and net are swapped"),
    "taken": (lambda r, d: {"name": r["city"]}, bool, "taken", ("name",), "name has the value of city in other"),
    "trailing spaces": (lambda r, d: {"name": r["name"] + " " * d.randrange(1, 4)}, bool, "spaces", ("name",),
                        "name differs in trailing spaces"),
    "case": (lambda r, d: {"name": r["name"].upper()}, bool, "case", ("name",), "name differs in upper and lower case"),
    "prefix": (lambda r, d: {"city": "DE-" + r["city"]}, bool, "prefix", ("city",),
               "city has a prefix of 3 characters in other"),
    "cut at": (lambda r, d: {"name": r["name"][:8]}, bool, "cut", ("name",), "name is cut at 8 characters in other"),
    "NULL": (lambda r, d: {"score": None}, bool, "null", ("score",), "score is NULL in other alone"),
    "a default": (lambda r, d: {"quantity": -1}, bool, "constant", ("quantity",),
                  "quantity is always the same value in other"),
    "renamed": (lambda r, d: {"status": {"void": "cancelled", "paid": "settled"}.get(r["status"], r["status"])}, bool,
                "renamed", ("status",), "status: 2 values are renamed, each to one other"),
}  # fmt: skip


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_pattern_is_named_among_noise(name: str) -> None:
    change, only, kind, columns, words = PLANTED[name]
    differences = changed(change, only=only)
    (found,) = find_patterns(differences, FAMILIES, background=ALL)
    assert (found.kind, found.columns, found.words, found.where) == (kind, columns, words, {})
    assert found.of == len(differences) and 0.9 * found.of <= found.count <= found.of


def one(differences: Sequence[Difference]) -> Pattern:
    (found,) = find_patterns(differences, FAMILIES, background=ALL)
    return found


def test_an_exact_offset_is_said_before_a_rounding() -> None:
    changes = [(10 * r["quantity"] + 1, 10 * r["quantity"]) for r in ROWS[:100]]
    differences = [
        Difference({"id": i}, {"quantity": own}, {"quantity": other}, ("quantity",))
        for i, (own, other) in enumerate(changes)
    ]
    (found,) = find_patterns(differences, FAMILIES)
    assert (found.kind, found.words) == ("offset", "quantity − 1")


def test_texts_of_another_normal_form_are_named() -> None:
    differences = [
        Difference({"id": i}, {"name": r["name"] + "ü"}, {"name": r["name"] + "u\u0308"}, ("name",))
        for i, r in enumerate(ROWS[:50])
    ]
    (found,) = find_patterns(differences, FAMILIES)
    assert (found.kind, found.words) == ("normal_form", "name differs in another Unicode normal form")


@pytest.mark.parametrize(
    ("change", "only", "kind", "words", "where"),
    [
        (lambda r, d: {"amount": r["amount"] * 100}, lambda r: r["country"] == "JP", "factor",
         "amount × 100, only for one value of country", {"country": "JP"}),
        (lambda r, d: {"amount": RANDOM["decimal"](d)}, lambda r: r["country"] == "JP", "category",
         "amount differs only for one value of country", {"country": "JP"}),
        (lambda r, d: {"status": "cancelled"}, lambda r: r["status"] == "void", "renamed",
         "status: one value is renamed", {"status": "void"}),
        (lambda r, d: {"amount": r["amount"] * (100 if r["country"] == "JP" else RANDOM["decimal"](d))},
         lambda r: r["country"] in ("JP", "US"), "factor", "amount × 100, for one value of country", {"country": "JP"}),
    ],
)  # fmt: skip
def test_a_pattern_of_one_category_says_which(
    change: Change, only: Callable[[Row], bool], kind: str, words: str, where: Row
) -> None:
    found = one(changed(change, only=only))
    assert (found.kind, found.words, found.where) == (kind, words, where)


def test_a_period_is_said_with_the_offset() -> None:
    found = one(changed(lambda r, d: {"at": r["at"] + HOUR}, only=march, noise=0))
    assert (found.kind, found.words) == ("offset", "at + 1 h, only for one period of at")
    assert isinstance(found.where["at"], Range)
    assert {found.where["at"].first.month, found.where["at"].last.month} == {3}


def one_sided(rows: Sequence[Row], own: bool = True) -> list[Difference]:
    return [Difference({"id": r["id"]}, r if own else None, None if own else r) for r in rows]


@pytest.mark.parametrize(
    ("only", "kind", "words", "columns"),
    [
        (march, "period", "rows in own alone only for one period of at", ("at",)),
        (lambda r: r["country"] == "US", "category", "rows in own alone only for one value of country", ("country",)),
        (lambda r: r["id"] >= 1900, "late", "rows in own alone only for the last values of at", ("at",)),
    ],
)
def test_missing_rows_of_one_period_or_category(
    only: Callable[[Row], bool], kind: str, words: str, columns: tuple[str, ...]
) -> None:
    draw = random.Random(1)
    rows = [r for r in ROWS if only(r)]
    rows += draw.sample(ROWS, len(rows) // 40)
    found = one(one_sided(rows))
    assert (found.kind, found.words, found.columns) == (kind, words, columns)


def test_a_range_of_the_key() -> None:
    rows = [{"id": i} for i in range(10_000)]
    found = find_patterns(one_sided(rows[4000:4300]), FAMILIES, background=Rows(rows))
    assert found == (
        Pattern("range", ("id",), "rows in own alone only for one range of id", 300, 300, {"id": Range(4000, 4299)}),
    )


def test_duplicated_keys() -> None:
    rows = [r for r in ROWS[::50] for _ in range(2)]
    found = one(one_sided(rows, own=False))
    assert (found.kind, found.columns, found.words) == ("duplicates", ("id",), "duplicated keys in other")


def test_keys_that_are_written_otherwise_are_not_missing_rows() -> None:
    own = [Difference({"name": r["name"]}, r, None) for r in ROWS[::9]]
    other = [Difference({"name": n}, None, {**r, "name": n}) for r in ROWS[::9] for n in [r["name"] + "  "]]
    found = one([*own, *other])
    assert (found.kind, found.words, found.count) == ("spaces", "name differs in trailing spaces", len(own))


def at_random(*columns: str) -> Change:
    return lambda r, d: {column: RANDOM[FAMILIES[column]](d) for column in columns}


NOISE: dict[str, Callable[[], list[Difference]]] = {
    **{f"random {c}": partial(changed, at_random(c), most=300) for c in FAMILIES if c != "id"},
    "amounts a little off": lambda: changed(lambda r, d: {"amount": r["amount"] + Decimal(d.randrange(-9, 10)) / 100}),
    "amounts a little more": lambda: changed(lambda r, d: {"amount": r["amount"] + Decimal(d.randrange(1, 10)) / 100}),
    "quantities off by a few": lambda: changed(lambda r, d: {"quantity": max(r["quantity"] + d.randrange(-3, 4), 0)}),
    "another status": lambda: changed(lambda r, d: {"status": d.choice(["new", "paid", "void", "open"])}),
    "everything at random": lambda: changed(at_random(*(FAMILIES.keys() - {"id"}))),
    "random rows missing": lambda: one_sided(random.Random(3).sample(ROWS, 200)),
    "random rows of most of the rows": lambda: one_sided([r for r in ROWS if r["country"] == "DE"][::3]),
    "a few rows missing": lambda: one_sided(random.Random(4).sample(ROWS, 6)),
    "missing and additional": lambda: [*one_sided(ROWS[::31]), *one_sided(ROWS[::37], own=False)],
    "too few": lambda: changed(lambda r, d: {"amount": r["amount"] * 100}, most=4),
    "half of them": lambda: changed(lambda r, d: {"amount": r["amount"] * 100}, noise=0.5),
}  # fmt: skip


@pytest.mark.parametrize("name", NOISE)
def test_noise_has_no_pattern(name: str) -> None:
    assert find_patterns(NOISE[name](), FAMILIES, background=ALL) == ()
    assert find_patterns(NOISE[name](), FAMILIES) == ()


def grouped(change: Callable[[Row], Row], only: Callable[[Row], bool]) -> list[Difference]:
    return [
        Difference({k: g[k] for k in ("customer", "month")}, {"amount": g["amount"]},
                   {"amount": g["amount"], **change(g)}, ("amount",))
        for g in GROUPS if only(g)
    ]  # fmt: skip


_DRAW = random.Random(5)
GROUPS = [
    {"customer": c, "month": date(2026, m, 1), "amount": cents(Decimal(_DRAW.uniform(10, 90_000)))}
    for c in range(200)
    for m in range(1, 13)
]


@pytest.mark.parametrize(
    ("change", "only", "kind", "words", "where"),
    [
        (lambda g: {"amount": g["amount"] * 100}, lambda g: g["customer"] < 100, "factor",
         "amount × 100, only for one range of customer", {"customer": Range(0, 99)}),
        (lambda g: {"amount": cents(g["amount"] / Decimal("1.6"))}, lambda g: g["month"].month == 3, "factor",
         "amount ÷ 1.6, only for one period of month", {"month": date(2026, 3, 1)}),
        (lambda g: {"amount": cents(Decimal(_DRAW.uniform(10, 90_000)))}, lambda g: g["customer"] == 7, "category",
         "amount differs only for one value of customer", {"customer": 7}),
    ],
)  # fmt: skip
def test_sums_of_groups(
    change: Callable[[Row], Row], only: Callable[[Row], bool], kind: str, words: str, where: Row
) -> None:
    families: dict[str, Family] = {"customer": "integer", "month": "date", "amount": "decimal"}
    found = find_patterns(grouped(change, only), families, background=Rows(GROUPS, most=300))
    assert [(f.kind, f.words, f.where) for f in found] == [(kind, words, where)]


@settings(max_examples=100, deadline=None)
@given(
    st.decimals("0.003", "900", places=3).filter(lambda f: abs(f - 1) > Decimal("0.05")),
    st.integers(12, 200),
    st.integers(0, 2**32).map(random.Random),
)
def test_any_factor_is_found_in_rounded_numbers(factor: Decimal, count: int, draw: random.Random) -> None:
    amounts = [Decimal(draw.randrange(100_00, 10_000_00)) / 100 for _ in range(count)]
    pairs = [(a, cents(a * factor)) for a in amounts]
    (found,) = find_patterns([Difference({}, {"a": a}, {"a": b}, ("a",)) for a, b in pairs], {"a": "decimal"})
    assert found.kind == "factor"
    sign, number = found.words.removeprefix("a ").split(" ")
    said = Decimal(number) if sign == "×" else 1 / Decimal(number)
    assert abs(said / factor - 1) < Decimal("0.001")


@settings(max_examples=100, deadline=None)
@given(
    # No ties, which are rounded either way.
    st.decimals(-1000, 1000, places=3).filter(lambda o: abs(o) > Decimal("0.03") and o * 1000 % 5 != 0),
    st.integers(12, 200),
    st.integers(0, 2**32).map(random.Random),
)
def test_any_offset_is_found_in_rounded_numbers(offset: Decimal, count: int, draw: random.Random) -> None:
    amounts = [Decimal(draw.randrange(100, 10_000_00)) / 100 for _ in range(count)]
    pairs = [(a, cents(a + offset)) for a in amounts]
    (found,) = find_patterns([Difference({}, {"a": a}, {"a": b}, ("a",)) for a, b in pairs], {"a": "decimal"})
    assert found.kind == "offset"
    sign, number = found.words.removeprefix("a ").split(" ")
    assert abs(Decimal(number) * (1 if sign == "+" else -1) - offset) <= Decimal("0.01")


@settings(max_examples=200, deadline=None)
@given(st.integers(1, 200), st.sampled_from([1, 5, 20, 1000, 10**6]), st.sampled_from([0, 2]),
       st.integers(0, 2**32).map(random.Random))  # fmt: skip
def test_random_numbers_have_no_pattern(count: int, size: int, digits: int, draw: random.Random) -> None:
    def number() -> Decimal:
        return Decimal(draw.randrange(1, 2 + size * 10**digits)).scaleb(-digits)

    pairs = [(number(), number()) for _ in range(count)]
    found = [Difference({}, {"a": a}, {"a": b}, ("a",)) for a, b in pairs if a != b]
    assert find_patterns(found, {"a": "decimal"}) == ()


def test_ten_thousand_differences_are_searched_fast() -> None:
    draw = random.Random(9)
    differences = []
    for i in range(10_000):
        own = row(i, 10_000, draw)
        other = {**own, **{c: RANDOM[FAMILIES[c]](draw) for c in own if c != "id"}, "amount": own["amount"] * 100}
        columns = tuple(c for c in own if own[c] != other[c])
        differences.append(Difference({"id": i}, own, other, columns))
    started = time.process_time()
    found = find_patterns(differences, FAMILIES, background=ALL)
    assert time.process_time() - started < 4  # about 1
    assert [p.words for p in found] == ["amount × 100"]
