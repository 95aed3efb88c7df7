"""Heavy libraries, each imported when it is first used: the one place where this room imports late."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import great_expectations as gx
    import jsonschema as jsonschema
    import numpy as np
    import pandas as pd
    from dateutil.parser import parse as parse
    from great_expectations import ExpectationSuite as ExpectationSuite
    from great_expectations.data_context.data_context.context_factory import project_manager as project_manager

    __all__ = ["ExpectationSuite", "gx", "jsonschema", "np", "parse", "pd", "project_manager"]

_HOME = {
    "ExpectationSuite": "great_expectations:ExpectationSuite",
    "gx": "great_expectations",
    "jsonschema": "jsonschema",
    "np": "numpy",
    "parse": "dateutil.parser:parse",
    "pd": "pandas",
    "project_manager": "great_expectations.data_context.data_context.context_factory:project_manager",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, _, part = _HOME[name].partition(":")
    found = import_module(module)
    return getattr(found, part) if part else found
