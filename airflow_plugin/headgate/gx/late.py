"""Heavy libraries, each imported when it is first used: the one place where this room imports late."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headgate.lazy import lazily

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


__getattr__ = lazily(__name__, _HOME)
