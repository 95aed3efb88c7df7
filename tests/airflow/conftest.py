from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.dagtest import DagFolder
from tests.support.shop import Shop


@pytest.fixture
def dags(capfd: pytest.CaptureFixture[str]) -> Iterator[DagFolder]:
    folder = DagFolder(capfd)
    yield folder
    folder.clean()


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path)
