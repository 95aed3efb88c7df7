"""docs/events.md: its Python is run, its tables are complete."""

from __future__ import annotations

import re
from pathlib import Path

from headgate.streams import codec

from tests.streams.test_gate import BYTES

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "events.md").read_text(encoding="utf-8")
CODE = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


def test_the_first_example_runs() -> None:
    exec(CODE[0].replace('"dags/', f'"{ROOT.as_posix()}/dags/'), {})


def test_the_service_is_the_example() -> None:
    service = (ROOT / "dags" / "usage" / "service.py").read_text(encoding="utf-8")
    for line in CODE[1].strip().splitlines():
        assert line.removesuffix(" ...") in service


def test_every_reason_is_told_and_met() -> None:
    reasons = {value for name, value in vars(codec).items() if name.isupper() and str(value).startswith("event.")}
    assert {f"event.{name}" for name in re.findall(r"`event\.(\w+)` \|", PAGE)} == reasons
    met = {reason for _, told in BYTES.values() for reason in told if reason.startswith("event.")}
    assert met == reasons - {codec.UNREADABLE}
