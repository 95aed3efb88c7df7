"""The statistics of drift, beside scipy's on the same bins."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

import pytest
from headgate.past.drift import statistics
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from scipy.spatial import distance
from scipy.special import rel_entr

NEAR = 1e-12
COUNT = st.one_of(st.just(0), st.integers(0, 20), st.integers(0, 10**7))
BINS = st.integers(1, 40).flatmap(lambda k: st.tuples(*(st.lists(COUNT, min_size=k, max_size=k).filter(any),) * 2))
SAMPLE = st.lists(st.integers(-50, 50).map(lambda n: n / 4), min_size=1, max_size=60)


def histogram(values: Sequence[float]) -> list[tuple[float, int]]:
    return sorted(Counter(values).items())


@given(BINS)
def test_psi(bins: tuple[list[int], list[int]]) -> None:
    one, other = statistics.shared_bins(*bins)
    p, q = ([(n + 0.5) / (sum(counts) + 0.5 * len(counts)) for n in counts] for counts in (one, other))
    expected = sum(rel_entr(p, q)) + sum(rel_entr(q, p))
    assert statistics.population_stability_index(*bins) == pytest.approx(expected, rel=NEAR, abs=NEAR)


@given(BINS)
def test_jensen_shannon(bins: tuple[list[int], list[int]]) -> None:
    expected = distance.jensenshannon(*statistics.shared_bins(*bins))
    # What is left of equal bins is the rounding of a square root.
    assert statistics.jensen_shannon(*bins) ** 2 == pytest.approx(expected**2, rel=NEAR, abs=NEAR)


@given(BINS)
def test_chi_square(bins: tuple[list[int], list[int]]) -> None:
    found, freedom = statistics.chi_square(*bins)
    expected = stats.chi2_contingency(statistics.shared_bins(*bins), correction=False)
    assert found == pytest.approx(expected.statistic, rel=NEAR, abs=NEAR)
    assert freedom == max(expected.dof, 1)
    if expected.dof:
        assert statistics.chi_square_tail(found, freedom) == pytest.approx(expected.pvalue, rel=1e-9, abs=NEAR)


@given(st.floats(1e-12, 0.99), st.integers(1, 200))
def test_the_bound_of_chi_square(probability: float, freedom: int) -> None:
    bound = statistics.chi_square_bound(probability, freedom)
    assert bound == pytest.approx(stats.chi2.isf(probability, freedom), rel=1e-10)


@given(SAMPLE, SAMPLE)
def test_kolmogorov_smirnov_and_wasserstein(one: list[float], other: list[float]) -> None:
    a, b = histogram(one), histogram(other)
    assert statistics.kolmogorov_smirnov(a, b) == pytest.approx(stats.ks_2samp(one, other).statistic, abs=NEAR)
    assert statistics.wasserstein(a, b) == pytest.approx(stats.wasserstein_distance(one, other), abs=NEAR)


def test_the_noise_of_psi_is_its_mean_under_no_drift() -> None:
    """(1/n + 1/m) χ²: the median of the bound is the median of what chance gives."""
    assert statistics.psi_noise(10_000, 100_000, 13, 1e-5) == pytest.approx(0.0050, abs=0.0001)
    assert statistics.psi_noise(200, 2_000, 13, 1e-5) == pytest.approx(0.248, abs=0.002)


def test_the_noise_of_kolmogorov_smirnov_is_at_least_that_of_the_exact_test() -> None:
    bound = statistics.ks_noise(1_000, 10_000, 1e-5)
    exact = stats.kstwo.isf(1e-5, round(1_000 * 10_000 / 11_000))
    assert exact <= bound <= exact * 1.05
    assert math.isfinite(bound)
