"""The registries that the tests ask."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import apicurio as real
from tests.support.parts import missing


@pytest.fixture(scope="session")
def apicurio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a real Apicurio; asked for by tests that are marked `engines`."""
    folder: Path = tmp_path_factory.mktemp("apicurio")
    try:
        real.install()
    except real.MissingError as error:
        missing(str(error))
    with real.serving(folder) as url:
        yield url
