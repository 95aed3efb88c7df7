"""The forms that a value takes for others: each is made by a room that the value itself knows nothing of."""

from __future__ import annotations

import pkgutil
from typing import Any

# The function that makes each form. Nothing is imported before a form is asked for.
MAKERS = {
    "text": "headgate.render.report:render",
    "html": "headgate.render.page:render",
    "gx": "headgate.gx.results:of_report",
}


def make_form(form: str, value: Any, **options: Any) -> Any:
    """Return `value` in a form, made by its maker with `options`."""
    return pkgutil.resolve_name(MAKERS[form])(value, **options)
