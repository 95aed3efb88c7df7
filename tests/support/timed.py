"""Tests of a promised bound of seconds."""

from __future__ import annotations

import pytest

# The bound is the promise's own, never a looser one: a busy machine may add to two of three runs.
timed = pytest.mark.flaky(reruns=2)
