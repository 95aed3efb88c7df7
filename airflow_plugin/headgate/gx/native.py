"""Great Expectations itself: what it answers to some expectations on a frame."""

from __future__ import annotations

import contextlib
import functools
import logging
from collections.abc import Iterator, Sequence
from typing import Any

from headgate.errors import CallError, MissingExtraError
from headgate.gx.answer import CALM, Answer
from headgate.gx.asked import Form
from headgate.gx.suite import Expectation

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
    with _batch(frame) as batch:
        from great_expectations import ExpectationSuite

        marked = [e.to_dict() | {"meta": {**e.meta, _MARK: position}} for position, e in expectations]
        try:
            suite = ExpectationSuite(name="headgate", expectations=[dict(_SENTINEL), *marked])
        except Exception as error:  # pydantic's, marshmallow's and its own
            raise CallError(f"Great Expectations refuses the suite: {error}") from None
        try:
            results = batch.validate(suite, result_format=form.mode).results
        except Exception as error:  # what GX does not catch itself
            raise CallError(f"Great Expectations cannot evaluate the suite: {error}") from None
    by_position = dict(expectations)
    answers = []
    rank = 0
    for result in results:
        config = result.expectation_config
        position = config.meta.pop(_MARK)
        if position == -1:
            rank = 2
            continue
        info = result.exception_info or CALM
        flat = "raised_exception" in info
        ranked = rank or (0 if flat else 1)
        kwargs = {name: value for name, value in config.kwargs.items() if name != "batch_id"}
        expectation = by_position[position]
        answers.append((position, Answer(expectation, kwargs, bool(result.success), result.result, "gx", info, ranked)))
    return answers


@contextlib.contextmanager
def _batch(frame: Any) -> Iterator[Any]:
    """The frame as a batch of a context of our own; the context that the process uses stays what it is."""
    try:
        from great_expectations.data_context.data_context.context_factory import project_manager
    except ImportError:
        raise MissingExtraError("great-expectations", "gx") from None

    before = dict(vars(project_manager))
    disabled = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        definition, project = _definition()
        vars(project_manager).update(project)
        yield definition.get_batch({"dataframe": frame})
    finally:
        logging.disable(disabled)
        vars(project_manager).clear()
        vars(project_manager).update(before)


@functools.cache
def _definition() -> tuple[Any, dict[str, Any]]:
    """How a frame becomes a batch, and the context behind it as GX's project manager holds it."""
    import great_expectations as gx
    from great_expectations.data_context.data_context.context_factory import project_manager

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    asset = context.data_sources.add_pandas(SOURCE).add_dataframe_asset(ASSET)
    return asset.add_batch_definition_whole_dataframe("whole"), dict(vars(project_manager))
