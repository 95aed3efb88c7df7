"""The environments of the other tools: one each, of the pinned requirements in the file beside this."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from benchmarks.checks.process import ROOT

PINS = Path(__file__).parent


def python_of(tool: str, folder_of_pins: Path = PINS) -> Path:
    """The interpreter of the environment with the pins of TOOL.txt, made where it is not there; modules compiled."""
    pins = folder_of_pins / f"{tool}.txt"
    folder = ROOT / ".bench" / "peers" / tool
    python, made = folder / "bin" / "python", folder / pins.name
    if not made.exists() or made.read_text() != pins.read_text():
        uv = Path(sys.executable).with_name("uv")
        subprocess.run([uv, "venv", "--quiet", "--clear", "--python", sys.executable, folder], check=True)
        subprocess.run(
            [uv, "pip", "install", "--quiet", "--compile-bytecode", "--python", python, "--requirements", pins],
            check=True,
        )
        made.write_text(pins.read_text())
    return python


def version_of(tool: str, package: str) -> str:
    """The version of a package that is pinned."""
    lines = (PINS / f"{tool}.txt").read_text().splitlines()
    return next(version for name, _, version in (line.partition("==") for line in lines) if name == package)
