from __future__ import annotations

from tests.gate.conftest import pytest_generate_tests, warehouse

__all__ = ["pytest_generate_tests", "warehouse"]
