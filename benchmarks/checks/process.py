"""What a whole process costs. This file is also the launcher that starts it.

Linux hands the peak memory of a parent down to its children, so that a child of a large process looks large. The
launcher is a bare Python process, which starts the command and says what it cost.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Spent:
    """CPU seconds (user + system, of children that it waited for too), peak memory in MB, exit code, output; and CPU
    seconds of a database server on its behalf."""

    client: float
    peak: float
    code: int
    output: str
    errors: str
    server: float = 0.0

    @property
    def cpu(self) -> float:
        return self.client + self.server


def run(command: Sequence[str | Path], environment: Mapping[str, str] | None = None, cwd: Path = ROOT) -> Spent:
    """Run the command to its end. Compiled modules are kept, whatever the caller's environment says."""
    inherited = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    with tempfile.NamedTemporaryFile("r") as said:
        done = subprocess.run(
            [sys.executable, "-I", "-S", __file__, said.name, *map(str, command)],
            capture_output=True,
            text=True,
            env={**inherited, **(environment or {})},
            cwd=cwd,
            check=False,
        )
        return Spent(**json.load(said), output=done.stdout, errors=done.stderr)


def _launch(said: str, command: Sequence[str]) -> None:
    child = os.posix_spawnp(command[0], command, os.environ)
    _, status, used = os.wait4(child, 0)
    with Path(said).open("w") as file:
        spent = {
            "client": used.ru_utime + used.ru_stime,
            "peak": used.ru_maxrss / 1024,
            "code": os.waitstatus_to_exitcode(status),
        }
        json.dump(spent, file)


if __name__ == "__main__":
    _launch(sys.argv[1], sys.argv[2:])
