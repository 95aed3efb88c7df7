"""`check`: a suite of Great Expectations on data, answered as its pandas engine answers."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from headgate.errors import CallError, QueryError, UnsupportedError
from headgate.gx.answer import Answer
from headgate.gx.condition import Conditions
from headgate.gx.data import Data, frame_of
from headgate.gx.engine import answer_by_gx, answer_whole
from headgate.gx.from_results import report
from headgate.gx.kwargs import read_kwargs
from headgate.gx.query import Form, Query
from headgate.gx.suite import Expectation, Suite, suite_of
from headgate.gx.types import TYPES
from headgate.places import place_of
from headgate.places.duckdb import Frame

if TYPE_CHECKING:
    from headgate.gx.data import Data
    from headgate.places import Session
    from headgate.report import Report

_MODES = ("SUMMARY", "COMPLETE")
_CHUNK = 50


def check(suite: Any, data: Any, *, mode: str = "SUMMARY") -> Report:
    """Answer `suite` on `data`; `report.to_gx(values=True)` is what GX 1.24 says on its pandas engine.

    Args:
        suite: GX's JSON form as a dict or a .json file, or an ExpectationSuite.
        data: a pandas DataFrame; or a path, a place, a polars or Arrow table, answered as the frame that DuckDB's
            `df()` makes of it.
        mode: GX's result_format, SUMMARY or COMPLETE.

    Raises:
        CallError: there is no such suite or data, or GX refuses the suite.
        MissingExtraError: an expectation needs GX itself, and it is not installed.
    """
    if mode not in _MODES:
        raise CallError(f"mode '{mode}' is none of {', '.join(_MODES)}")
    parsed, form, place = suite_of(suite), Form(mode), place_of(data)
    frame = frame_of(place)
    with Frame(frame).connect() as session:
        whole = Data(frame, session)
        answers = answer(parsed, whole, form, session)
    return report(parsed, answers, str(place), whole.rows, ())


def answer(suite: Suite, data: Data, form: Form, session: Session) -> list[Answer]:
    """The answer to each expectation, in GX's order."""
    if suite.parameters or _twice(suite):
        return answer_whole(suite, data.frame, form)
    ordered = _by_column(suite.expectations)
    questions, left = _read(ordered, data, form)
    found = dict(_measured(questions, ordered, session))
    left |= set(questions) - set(found)
    if left:
        found |= answer_by_gx([(i, ordered[i]) for i in sorted(left)], data.frame, form)
    return [found[i] for i in sorted(found, key=lambda i: (found[i].rank, i))]


def _by_column(expectations: Iterable[Expectation]) -> list[Expectation]:
    """GX's order: by column, in the order in which the columns are first named."""
    groups: dict[str | None, list[Expectation]] = {}
    for expectation in expectations:
        groups.setdefault(expectation.column, []).append(expectation)
    return [expectation for group in groups.values() for expectation in group]


def _twice(suite: Suite) -> bool:
    """Whether an expectation stands there twice, defaults aside: GX then confuses the two where they fail."""
    seen = set()
    for expectation in suite.expectations:
        said = {k: v for k, v in expectation.kwargs.items() if v is not None and v is not False and v != 1}
        seen.add((expectation.type, json.dumps(said, sort_keys=True, default=repr)))
    return len(seen) < len(suite.expectations)


@dataclass(frozen=True, slots=True)
class _Question:
    kwargs: Mapping[str, Any]
    query: Query
    data: Data


def _read(ordered: Sequence[Expectation], data: Data, form: Form) -> tuple[dict[int, _Question], set[int]]:
    """The questions to the data, and the expectations that GX must answer."""
    conditions = Conditions(data)
    questions: dict[int, _Question] = {}
    left: set[int] = set()
    for i, expectation in enumerate(ordered):
        reading = TYPES.get(expectation.type)
        if reading is None or reading.ask is None or expectation.extra:
            left.add(i)
            continue
        try:
            kwargs = read_kwargs(expectation.kwargs, reading.kinds)
            kwargs, rows = conditions.applied(kwargs)
            questions[i] = _Question(kwargs, reading.ask(kwargs, rows, form), rows)
        except UnsupportedError:
            left.add(i)
    return questions, left


def _measured(
    questions: Mapping[int, _Question], ordered: Sequence[Expectation], session: Session
) -> Iterator[tuple[int, Answer]]:
    """The answers, but for those whose query fails: these are GX's to tell."""

    numbers = _numbers(questions, session)
    for i, question in questions.items():
        if i not in numbers:
            continue
        try:
            success, result = question.query.judge(*numbers[i])
        except (UnsupportedError, QueryError):
            continue
        yield i, Answer(ordered[i], question.kwargs, bool(success), result, question.query.path)


def _numbers(questions: Mapping[int, _Question], session: Session) -> dict[int, tuple[Any, ...]]:
    """The aggregates of each question, those over the same rows in one query."""

    by_data: dict[int, list[int]] = {}
    for i, question in questions.items():
        by_data.setdefault(id(question.data), []).append(i)
    found: dict[int, tuple[Any, ...]] = {}
    for members in by_data.values():
        try:
            found |= _queried(members, questions, session)
        except QueryError:
            for i in members:
                try:
                    found |= _queried([i], questions, session)
                except QueryError:
                    continue
    return found


def _queried(
    members: Sequence[int], questions: Mapping[int, _Question], session: Session
) -> dict[int, tuple[Any, ...]]:
    wanted = [(i, number) for i in members for number in questions[i].query.numbers]
    values: list[Any] = []
    for start in range(0, len(wanted), _CHUNK):
        chunk = [number.copy() for _, number in wanted[start : start + _CHUNK]]
        values += session.rows(questions[members[0]].data.select(*chunk))[0]
    found: dict[int, tuple[Any, ...]] = dict.fromkeys(members, ())
    for (i, _), value in zip(wanted, values, strict=True):
        found[i] = (*found[i], value)
    return found
