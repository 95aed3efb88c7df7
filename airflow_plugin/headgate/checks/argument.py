"""The arguments of a check type: the forms that are known, so that SQL can be made before their values are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

VALUE, VALUES, PATTERN, PATTERNS = "value", "values", "pattern", "patterns"
FLAG, LOGICAL_TYPE, DATASET, COLUMNS = "flag", "logical type", "dataset", "columns"


@dataclass(frozen=True, slots=True)
class Argument:
    """One of the `args` of a check type.

    `form` is VALUE (of the column, or a number), VALUES (a list of these, NULL perhaps among them), PATTERN or PATTERNS
    (RE2), FLAG, LOGICAL_TYPE (what values are compared as), DATASET (that is referred to), COLUMNS (of it, as many as
    the check has); or the words are listed of which it is one, the first being what it is where it is not given.
    """

    name: str
    form: str | tuple[str, ...]
    optional: bool = False


TYPE = Argument("type", LOGICAL_TYPE, optional=True)
IGNORE_ROW_IF = Argument("ignore_row_if", ("any", "all", "never"), optional=True)
RANGE = (
    Argument("minimum", VALUE, optional=True),
    Argument("strict_minimum", FLAG, optional=True),
    Argument("maximum", VALUE, optional=True),
    Argument("strict_maximum", FLAG, optional=True),
)
REFERENCE_TO = (Argument("to", DATASET), Argument("to_columns", COLUMNS))

Arguments = Sequence[Argument]
