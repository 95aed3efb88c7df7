"""`row_condition`: the rows that an expectation looks at, in GX's three spellings."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from headgate.gx.answer import ElsewhereError
from headgate.gx.data import Data


class Conditions:
    """The rows of `data` under each row condition of a suite, found once."""

    def __init__(self, data: Data) -> None:
        self.whole = data
        self._found: dict[str, Data] = {}

    def applied(self, kwargs: Mapping[str, Any]) -> tuple[dict[str, Any], Data]:
        """The arguments as GX keeps them, and the rows they speak of."""
        kwargs = dict(kwargs)
        condition, parser = kwargs.get("row_condition"), kwargs.get("condition_parser")
        if condition is None and parser is None:
            return kwargs, self.whole
        query = _query(condition, parser)
        kwargs["row_condition"] = {"type": "pass_through", "pass_through_filter": query}
        if query not in self._found:
            self._found[query] = self.whole.where(query)
        return kwargs, self._found[query]


def _query(condition: Any, parser: Any) -> str:
    """A pandas query. What else there is, GX reads itself."""
    if parser == "pandas" and isinstance(condition, str) and re.fullmatch(r"[^@`]+", condition):
        return condition
    raise ElsewhereError("a row condition that GX reads itself")
