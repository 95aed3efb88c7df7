"""General availability, end of support, end of life."""

from __future__ import annotations

import pytest
from headgate.levels import Clock, Facts

from tests.support.levels import gate, level, result, watch

CASES: list[tuple[str, object, Clock, str, str]] = [
    ("generalAvailability", "2026-03-01", watch("2026-03-01"), "kept", ""),
    ("generalAvailability", "2026-03-01", watch("2026-02-28 12:00"), "broken", "in 12 h"),
    ("ga", "2026-03-01T09:30:10-08:00", watch("2026-03-01 17:30"), "broken", "in 10 s"),
    ("GA", "2026-03-01T09:30:10-08:00", watch("2026-03-01 17:31"), "kept", ""),
    ("GeneralAvailability", "2022-05-12T09:30:10-08:00", gate("2022-05-13"), "kept", ""),
    ("generalAvailability", "soon", watch("2026-03-01"), "not_executable", "ISO 8601"),
    ("endOfSupport", "2026-03-01", watch("2026-03-01"), "kept", ""),
    ("endOfSupport", "2026-03-01", watch("2026-03-02"), "broken", "that was 1 d ago"),
    ("es", "2032-05-12T09:30:10-08:00", watch("2026-03-02"), "kept", ""),
    ("ES", "2020-02-29", watch("2026-03-02"), "broken", "that was 2,193 d ago"),
    ("endofsupport", "2026-03-01", gate("2026-02-01"), "kept", ""),
    ("endOfSupport", "when v3 is out", watch("2026-03-01"), "not_executable", "ISO 8601"),
    ("endOfLife", "2042-05-12", watch("2026-03-01"), "kept", ""),
    ("endOfLife", "2026-03-01", watch("2026-03-01 00:01"), "broken", "that was 1 min ago"),
    ("el", "2026-02-29", watch("2026-03-01"), "not_executable", "ISO 8601"),
    ("EL", "2028-02-29", watch("2028-03-01"), "broken", ""),
    # A backfill of data of before the end may still be published.
    ("endOfLife", "2026-03-01", gate("2026-02-28"), "kept", ""),
    ("ENDOFLIFE", "9999-12-31", watch("2026-03-01"), "kept", ""),
]


@pytest.mark.parametrize(("name", "value", "clock", "status", "reason"), CASES)
def test_the_life_of_a_dataset(name: str, value: object, clock: Clock, status: str, reason: str) -> None:
    found = result(level(name, value), Facts(), clock)
    assert found.status == status, found
    assert reason in found.reason
    assert (found.reason == "") == (status == "kept")
