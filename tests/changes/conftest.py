from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def _wide(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tables as wide as they want to be, however long the paths of temporary folders are."""
    monkeypatch.setenv("COLUMNS", "300")
