"""Contracts below a folder that has other things in it."""

from __future__ import annotations

import os
from pathlib import Path

from headgate.fitness.catalogue import Catalogue

from tests.support.contracts import odcs, write


def test_what_is_no_file_is_named_and_costs_nothing_else(tmp_path: Path) -> None:
    """A pipe, which would never end, and the link to nowhere that an editor leaves."""
    write(tmp_path, odcs({"name": "orders", "properties": [{"name": "id"}]}))
    os.mkfifo(tmp_path / "pipe.odcs.yaml")
    (tmp_path / "gone.odcs.yaml").symlink_to(tmp_path / "nowhere")
    (tmp_path / "wrong.odcs.yaml").write_text("kind: DataContract\nschema: [")
    known = Catalogue.below(tmp_path)
    assert [each.name for each in known.datasets] == ["orders"]
    assert sorted(path.name for path, _ in known.faulty) == ["gone.odcs.yaml", "pipe.odcs.yaml", "wrong.odcs.yaml"]
