"""The goals of the rule on what is normal, on a tenth of the series that no setting was chosen on."""

from __future__ import annotations

import pytest

from benchmarks.normal.score import Score, score
from benchmarks.normal.series import CHOOSING, HELD_OUT, JUDGED, NOISES, series
from benchmarks.normal.ways import headgate, of_days, undeclared

TENTH = HELD_OUT[::10]


@pytest.fixture(scope="module")
def found() -> Score:
    return score((each, headgate(each)) for each in map(series, TENTH))


def test_the_seeds_are_apart() -> None:
    assert not set(CHOOSING) & set(HELD_OUT)
    assert (len(CHOOSING), len(HELD_OUT)) == (20, 40)
    assert {series(seed).noise for seed in TENTH} == set(NOISES)


def test_a_seed_gives_the_same_series() -> None:
    first = series(TENTH[0])
    assert first == series(TENTH[0]) != series(TENTH[1])
    assert (len(first.rows), len(first.holidays), min(first.judged) >= JUDGED) == (731, 20, True)


def test_false_alarms_are_fewer_than_one_a_series_year(found: Score) -> None:
    assert found.false_alarms < 1
    assert found.not_judged == 10  # the holidays


def test_what_is_seen_on_the_first_day(found: Score) -> None:
    assert found.seen["× 2"] >= 0.9
    assert found.seen["−50 %"] >= 0.9


def test_what_it_cannot_see(found: Score) -> None:
    # A fifth of the rows of a noisy series is within its noise; the page says so.
    assert found.seen_by_noise[0.02, "−20 %"] >= 0.9
    assert found.seen_by_noise[0.1, "−20 %"] < 0.3


def test_the_score_tells_ways_apart() -> None:
    one = series(TENTH[0])
    without, naive = score([(one, undeclared(one))]), score([(one, of_days(one))])
    assert without.on_holidays >= 5
    assert naive.seen["−50 %"] < 0.9
