"""Values as GX writes them into JSON."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date, time
from decimal import Decimal
from typing import Any

from headgate.gx import late


def jsonable(value: Any) -> Any:
    """A value of `result` or `kwargs` in JSON: a NaN is null, a moment its ISO text, a missing moment "NaT"."""
    if isinstance(value, float) and math.isnan(value):
        return None
    if value is None or isinstance(value, str | bool | int | float):
        return value
    if isinstance(value, Mapping):
        return {str(name): jsonable(item) for name, item in value.items()}
    if isinstance(value, list | tuple | set):
        return [jsonable(item) for item in value]
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, Decimal):
        return float(value)
    return _foreign(value)


def _foreign(value: Any) -> Any:
    """Scalars of numpy and pandas, and whatever else GX knows."""
    if type(value).__module__ == "numpy":
        if isinstance(value, late.np.datetime64):
            return str(late.np.datetime_as_string(value))
        if isinstance(value, late.np.ndarray):
            return [jsonable(item) for item in value.tolist()]
        return jsonable(value.item())
    if hasattr(value, "to_json_dict"):
        return value.to_json_dict()
    if type(value).__module__.startswith("pandas"):
        text = str(value)
        return None if text in ("<NA>", "nan") else text
    return str(value)
