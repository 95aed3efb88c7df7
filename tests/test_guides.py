"""docs/guides: every command is run, in order, and prints what the guide shows. HEADGATE_WRITE=1 writes it anew."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from dags.churn.generate import write_day
from tests.support.lineage_server import refused

ROOT = Path(__file__).parents[1]
GUIDES = sorted(path for path in (ROOT / "docs" / "guides").glob("*.md") if path.name != "README.md")
BLOCK = re.compile(r"```console\n(.*?)```", re.DOTALL)
MARK = "__headgate_guide__"
# Of the receiver of messages in a guide; a free one is used in its place.
PORT = "8137"
# What differs from run to run.
TIME = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d(\.\d+)?)?( UTC|\+00:00|Z)?|\b\d+ (d|h|min|s)( \d+ (h|min|s))?\b")
pytestmark = pytest.mark.slow


def timeless(text: str) -> str:
    """Return a page without times, of which the length decides where a line ends."""
    return TIME.sub("…", re.sub(r"[ \n]+", " ", text))


def commands(block: str) -> list[str]:
    """The commands of a block, each with the lines that go on with `> `."""
    found: list[str] = []
    for line in block.splitlines():
        if line.startswith("$ "):
            found.append(line[2:])
        elif line.startswith("> ") and found:
            found[-1] += f"\n{line[2:]}"
    return found


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A clone after `make demo`, as far as the guides use it."""
    ignored = shutil.ignore_patterns("data", "target", "dbt_packages", "logs", "__pycache__")
    shutil.copytree(ROOT / "dags" / "churn", tmp_path / "dags" / "churn", ignore=ignored)
    for day in (2, 3):
        write_day(tmp_path / "dags" / "churn" / "data" / "landing", date(2026, 3, day))
    return tmp_path


def run(clone: Path, typed: list[str]) -> list[str]:
    """What a shell prints at each command."""
    port = refused().rpartition(":")[2]
    script = "".join(f"{command}\necho {MARK}\n" for command in typed).replace(PORT, port)
    programs = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    own = {"PATH": programs, "XDG_STATE_HOME": str(clone / "state"), "TZ": "UTC", "COLUMNS": "120"}
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("HEADGATE", "AIRFLOW", "OPENLINEAGE"))}
    done = subprocess.run(
        ["bash"], input=script, cwd=clone, env=kept | own, text=True, check=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    return [part.strip("\n") for part in done.stdout.replace(port, PORT).split(f"{MARK}\n")][: len(typed)]


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.stem)
def test_the_guide_shows_what_happens(guide: Path, clone: Path) -> None:
    page = guide.read_text(encoding="utf-8")
    typed = [command for block in BLOCK.findall(page) for command in commands(block)]
    printed = iter(run(clone, typed))

    def session(match: re.Match[str]) -> str:
        lines = []
        for command in commands(match[1]):
            first, *rest = command.split("\n")
            lines += [f"$ {first}", *(f"> {line}" for line in rest)]
            lines += [line.rstrip() for line in next(printed).splitlines()]
        return "\n".join(("```console", *lines, "```"))

    true = BLOCK.sub(session, page)
    if os.environ.get("HEADGATE_WRITE"):
        guide.write_text(true, encoding="utf-8")
    assert timeless(page) == timeless(true)


def test_there_are_five_guides_of_two_to_four_minutes() -> None:
    """At 200 words a minute, without the sessions."""
    assert len(GUIDES) == 5
    for guide in GUIDES:
        words = len(BLOCK.sub("", guide.read_text(encoding="utf-8")).split())
        assert 200 <= words <= 800, (guide.name, words)
