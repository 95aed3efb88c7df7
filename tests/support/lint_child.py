"""Lints many texts in a process of its own, whose memory is bounded and each of whose answers has a time limit."""

from __future__ import annotations

import json
import resource
import signal
import sys
import tempfile
import traceback
from pathlib import Path
from typing import Any

MEMORY = 2 << 30
SECONDS = 30


def answer(path: Path, text: str) -> dict[str, Any]:
    from headgate.lint.lint import lint

    path.write_text(text, encoding="utf-8")
    signal.alarm(SECONDS)
    try:
        found = lint(path)
    except BaseException:  # whatever it is: it is what the test must hear of
        return {"broken": traceback.format_exc()}
    finally:
        signal.alarm(0)
    return {"problems": [[p.line, p.level, p.rule, p.message] for p in found.problems], "loads": bool(found.contract)}


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "c.odcs.yaml"
        json.dump([answer(path, text) for text in json.load(sys.stdin)], sys.stdout)


if __name__ == "__main__":
    main()
