"""The git commit that a contract was last changed in."""

from __future__ import annotations

import subprocess
from pathlib import Path

_TIMEOUT_S = 5


def commit_of(file: Path) -> str | None:
    """Return the commit that `file` was last changed in, with "+changes" if the file differs from it; None outside
    git."""
    folder, name = file.resolve().parent, file.name
    commit = _git(folder, "log", "-1", "--format=%H", "--", name)
    if not commit:
        return None
    return f"{commit}+changes" if _git(folder, "status", "--porcelain", "--", name) else commit


def _git(folder: Path, *args: str) -> str | None:
    try:
        done = subprocess.run(  # noqa: S603
            ["git", "-C", str(folder), *args],  # noqa: S607
            capture_output=True,
            text=True,
            timeout=_TIMEOUT_S,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()
