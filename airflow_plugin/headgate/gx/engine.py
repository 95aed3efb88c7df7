"""Great Expectations itself: what it answers to some expectations on a frame."""

from __future__ import annotations

import contextlib
import functools
import logging
from collections.abc import Iterator, Sequence
from typing import Any

from headgate.errors import CallError, MissingExtraError
from headgate.gx import late
from headgate.gx.answer import CALM, Answer
from headgate.gx.query import Form
from headgate.gx.suite import Expectation, Suite

SOURCE, ASSET = "headgate", "data"
BATCH_ID = f"{SOURCE}-{ASSET}"
_MARK = "headgate.position"
# Its place among the results shows which failed before any metric was looked at.
_SENTINEL = {"type": "expect_table_row_count_to_be_between", "kwargs": {"min_value": 0}, "meta": {_MARK: -1}}


def answer_by_gx(expectations: Sequence[tuple[int, Expectation]], frame: Any, form: Form) -> list[tuple[int, Answer]]:
    """GX's own answers, each with the position that its expectation came with.

    Raises:
        CallError: GX refuses the suite.
        MissingExtraError: GX is not installed.
    """
    marked = [e.to_dict() | {"meta": {**e.meta, _MARK: position}} for position, e in expectations]
    results = _validated([dict(_SENTINEL), *marked], frame, form)
    by_position = dict(expectations)
    answers = []
    rank = 0
    for result in results:
        position = result.expectation_config.meta.pop(_MARK)
        if position == -1:
            rank = 2
            continue
        flat = "raised_exception" in (result.exception_info or CALM)
        answers.append((position, _answer(result, by_position[position], rank or (0 if flat else 1))))
    return answers


def answer_whole(suite: Suite, frame: Any, form: Form) -> list[Answer]:
    """GX's own answers to a whole suite, in its order.

    Raises:
        CallError: GX refuses the suite.
        MissingExtraError: GX is not installed.
    """
    results = _validated([e.to_dict() for e in suite.expectations], frame, form)
    return [_answer(result, _expectation(result.expectation_config), 2) for result in results]


def _validated(expectations: list[dict[str, Any]], frame: Any, form: Form) -> list[Any]:
    with _batch(frame) as batch:
        try:
            suite = late.ExpectationSuite(name="headgate", expectations=expectations)
        except Exception as error:  # pydantic's, marshmallow's and its own
            raise CallError(f"Great Expectations refuses the suite: {error}") from None
        kept = {e.configuration.type for e in suite.expectations}
        if dropped := [e["type"] for e in expectations if e["type"] not in kept]:
            # GX logs it and goes on without; a promise is not to be forgotten in silence.
            raise CallError(f"Great Expectations knows no expectation '{dropped[0]}'")
        try:
            validated = batch.validate(suite, result_format=form.mode)
            validated.to_json_dict()
            value: list[Any] = validated.results
            return value
        except Exception as error:  # what GX does not catch itself: a metric of its own, or its JSON form
            raise CallError(f"Great Expectations cannot evaluate the suite: {error}") from None


def _answer(result: Any, expectation: Expectation, rank: int) -> Answer:
    kwargs = {name: value for name, value in result.expectation_config.kwargs.items() if name != "batch_id"}
    info = result.exception_info or CALM
    return Answer(expectation, kwargs, bool(result.success), result.result, "gx", info, rank)


def _expectation(config: Any) -> Expectation:
    known = config.to_json_dict()
    extra = {name: value for name, value in known.items() if name not in ("type", "kwargs", "meta", "severity", "id")}
    return Expectation(config.type, known["kwargs"], known.get("meta") or {}, known["severity"], known.get("id"), extra)


@contextlib.contextmanager
def _batch(frame: Any) -> Iterator[Any]:
    """The frame as a batch of a context of our own; the context that the process uses stays what it is."""
    try:
        held = vars(late.project_manager)
    except ImportError:
        raise MissingExtraError("great-expectations", "gx") from None
    before = dict(held)
    disabled = logging.root.manager.disable
    logging.disable(logging.ERROR)
    try:
        definition, project = _definition()
        held.update(project)
        yield definition.get_batch({"dataframe": frame})
    finally:
        logging.disable(disabled)
        held.clear()
        held.update(before)


@functools.cache
def _definition() -> tuple[Any, dict[str, Any]]:
    """How a frame becomes a batch, and the context behind it as GX's project manager holds it."""
    context = late.gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    asset = context.data_sources.add_pandas(SOURCE).add_dataframe_asset(ASSET)
    return asset.add_batch_definition_whole_dataframe("whole"), dict(vars(late.project_manager))
