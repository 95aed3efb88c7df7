"""Great Expectations itself, on its pandas engine, as the oracle of what a suite's answer is."""

from __future__ import annotations

import copy
import functools
import logging
from typing import Any


@functools.cache
def _definition() -> Any:
    import great_expectations as gx

    logging.getLogger("great_expectations").setLevel(logging.ERROR)
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    asset = context.data_sources.add_pandas("headgate").add_dataframe_asset("data")
    return asset.add_batch_definition_whole_dataframe("whole")


class Oracle:
    """GX's answers on one frame: the batch is built once."""

    def __init__(self, frame: Any) -> None:
        self.batch = _definition().get_batch({"dataframe": frame})

    def answer(self, suite: dict[str, Any], mode: str = "SUMMARY") -> dict[str, Any] | str:
        """to_json_dict() of the result, or "refused" where GX refuses the suite or falls over it."""
        from great_expectations import ExpectationSuite

        try:
            parsed = ExpectationSuite(**copy.deepcopy(suite))
            return self.batch.validate(parsed, result_format=mode).to_json_dict()
        except Exception:
            return "refused"


def comparable(answer: Any) -> Any:
    """An answer without what says when and where it was given: the suite's `meta`, tracebacks."""
    if isinstance(answer, str):
        return answer
    kept = {name: value for name, value in answer.items() if name != "meta"}
    return _plain(kept)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: "…" if k == "exception_traceback" and v else _plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if type(value).__module__ == "numpy":
        value = value.item()
    if isinstance(value, float) and value != value:
        return "NaN"
    return (type(value).__name__, value) if isinstance(value, bool | int | float) else value
