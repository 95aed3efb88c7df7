from __future__ import annotations

from collections.abc import Iterator

import pytest
from dagtest import DagFolder


@pytest.fixture
def dags(capfd: pytest.CaptureFixture[str]) -> Iterator[DagFolder]:
    folder = DagFolder(capfd)
    yield folder
    folder.clean()
