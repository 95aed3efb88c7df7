"""What dbt_project.yml sets for models or tests by their paths."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


def setting_of_path(configs: Any, path: Sequence[str], name: str) -> Any:
    """Return the setting `name` under `models:` or `data_tests:` for what is at `path` (project, folders, name). The
    one nearest to it wins; None if there is none."""
    found = None
    for part in (*path, None):
        if not isinstance(configs, Mapping):
            break
        said = configs.get(f"+{name}")
        found = found if said is None else said
        configs = configs.get(part)
    return found
