"""Small drawings, and what they say to who does not see them."""

from __future__ import annotations

import re

import pytest
from headgate.page.drawing import Mark, bars, sparkline, strip


def test_a_strip() -> None:
    drawn = strip("ppwbu")
    assert 'aria-label="last 5 runs: 2 pass, 1 warn, 1 breach, 1 unknown"' in drawn
    heights = dict(re.findall(r'class="v-(\w)" x="\d+" y="\d+" width="4" height="(\d+)"', drawn))
    assert heights == {"p": "6", "w": "10", "b": "16", "u": "16"}
    assert strip("p" * 60).count("<rect") == 30 and "no run" in strip("")


SAID = {
    "counts": ([Mark(0), Mark(40, failed=True)], [], "rows", "rows in the last 2 runs: 40 last, 0 to 40, broken in 1"),
    "a limit": ([Mark(3.5)], [5.0], "", "measured in the last 1 run: 3.5 last, 3.5 to 3.5, allowed 5"),
    "gaps": ([Mark(1), Mark(None), Mark(2)], [], "", "measured in the last 3 runs: 2 last, 1 to 2"),
    "two limits": ([Mark(-1.0)], [-2.0, 2.0], "", "measured in the last 1 run: -1 last, -1 to -1, allowed -2 to 2"),
}


@pytest.mark.parametrize("name", SAID)
def test_a_sparkline_says(name: str) -> None:
    marks, limits, what, said = SAID[name]
    drawn = sparkline(marks, limits, what)
    assert f'aria-label="{said}"' in drawn
    assert drawn.count('class="limit"') == len(limits)
    assert drawn.count('class="failed"') == sum(mark.failed for mark in marks)


def test_a_sparkline_stays_in_its_frame() -> None:
    drawn = sparkline([Mark(-1e300), Mark(0), Mark(1e300, changed=True)], [7.0])
    points = re.search(r'points="([^"]+)"', drawn)
    assert points is not None
    assert all(0 <= float(x) <= 180 and 0 <= float(y) <= 34 for x, y in (each.split(",") for each in points[1].split()))
    assert drawn.count('class="change"') == 1


def test_nothing_measured_is_no_line() -> None:
    assert sparkline([Mark(None)], [1.0]) == "" and sparkline([]) == "" and bars([]) == ""


def test_names_of_bars_are_text() -> None:
    drawn = bars([("<script>", 0.75), ("b", 0.25)])
    assert "<script>" not in drawn and "&lt;script&gt; 75 %" in drawn and drawn.count("<rect") == 2
