"""An old version of Airflow, in an environment of its own in `.engines`: 3.1.1. Of 3.1.0 a browser drops the cookie of
who is signed in as soon as a page of it is open, so that it shows nothing of a plugin.

`python -m tests.support.airflow_engines` makes it, of the pins in tests/engines; `make test-engines` calls it.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PINS = ROOT / "tests" / "engines" / "airflow-3.1.txt"
FOLDER = ROOT / ".engines" / "airflow-3.1"
COMMAND = str(FOLDER / "bin" / "airflow")


def install() -> None:
    """Make the environment, with this headgate, unless it is there with the same pins."""
    wanted = PINS.read_text() + (ROOT / "pyproject.toml").read_text()
    made = FOLDER / "pins"
    if made.exists() and made.read_text() == wanted:
        return
    print(f"Setting up {FOLDER.relative_to(ROOT)} (once) ...", flush=True)
    uv, python = Path(sys.executable).with_name("uv"), FOLDER / "bin" / "python"
    subprocess.run([uv, "venv", "--quiet", "--clear", "--python", sys.executable, FOLDER], check=True)
    into = [uv, "pip", "install", "--quiet", "--compile-bytecode", "--no-deps", "--python", python]
    subprocess.run([*into, "--requirements", PINS], check=True)
    subprocess.run([*into, "--editable", ROOT], check=True)
    made.write_text(wanted)


if __name__ == "__main__":
    install()
