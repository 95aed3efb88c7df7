"""The DAG bundle that a task runs from. A git bundle removes its `.git`, and knows its commit all the same."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from airflow.providers.common.compat.sdk import get_current_context


@dataclass(frozen=True, slots=True)
class Checkout:
    """A checkout of a commit: `root` is the folder of the repository."""

    root: Path
    commit: str


def checkout_of(file: Path) -> Checkout | None:
    """Return the checkout that `file` is in, if the task runs from the bundle of a git commit, and the file is its."""
    try:
        bundle = get_current_context()["ti"].bundle_instance
    except (RuntimeError, AttributeError, KeyError):  # no task runs, or one of an Airflow without bundles
        return None
    version = str(getattr(bundle, "version", None) or "")
    root = Path(getattr(bundle, "repo_path", None) or bundle.path).resolve()
    if not re.fullmatch("[0-9a-f]{40}|[0-9a-f]{64}", version) or not file.resolve().is_relative_to(root):
        return None
    return Checkout(root, version)
