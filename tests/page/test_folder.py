"""`headgate report`: the pages as a folder."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from headgate.cli import main
from headgate.errors import CallError
from headgate.history.store import Store
from headgate.page.ask import Ask
from headgate.page.folder import write_folder

from tests.support.history import BEGIN, sqlite_at
from tests.support.page import freshness, read, run, words


def test_the_folder_is_whole(shop: Store, ask: Callable[..., Ask], tmp_path: Path) -> None:
    """Every link leads to a file that is there; no page asks a server for anything, and no form is in it."""
    done = write_folder(ask(), tmp_path / "out")
    files = list((tmp_path / "out").rglob("*.html"))
    assert done.pages == len(files) > 20
    for file in files:
        reader = read(file.read_text(encoding="utf-8"))
        assert "form" not in reader.elements
        for link in reader.links:
            if not link.startswith("#"):
                assert (file.parent / link).resolve().is_file(), (file, link)
    assert "2 broken" in words(done.index.read_text(encoding="utf-8"))


def test_it_says_until_when_it_is_valid(store: Store, ask: Callable[..., Ask], tmp_path: Path) -> None:
    store.record(run(10))
    silent = write_folder(ask(), tmp_path / "out")
    assert silent.valid_until is None and "No freshness was measured" in words(silent.index.read_text(encoding="utf-8"))
    store.record(run(10, "late", levels=(freshness(2, 24),)))
    done = write_folder(ask(), tmp_path / "out")
    assert done.valid_until == BEGIN + timedelta(days=10, hours=22)
    assert "Valid until 2026-03-11 22:00 UTC" in words(done.index.read_text(encoding="utf-8"))


def test_what_was_there_before_is_gone(shop: Store, ask: Callable[..., Ask], tmp_path: Path) -> None:
    write_folder(ask(), tmp_path / "out")
    (tmp_path / "out" / "runs" / "old.html").write_text("old")
    write_folder(ask(), tmp_path / "out")
    assert not (tmp_path / "out" / "runs" / "old.html").exists()


def test_another_folder_is_left_alone(shop: Store, ask: Callable[..., Ask], tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work")
    with pytest.raises(CallError, match="not empty, and has no report of headgate"):
        write_folder(ask(), tmp_path / "mine")
    assert (tmp_path / "mine" / "thesis.txt").read_text() == "years of work"


def test_the_command(shop: Store, tmp_path: Path) -> None:
    arguments = ["report", str(tmp_path / "out"), "--store", sqlite_at(tmp_path)]
    done = CliRunner().invoke(main, arguments)
    assert done.exit_code == 0 and "2 open incidents" in done.stdout, done.output
    said = json.loads(CliRunner().invoke(main, [*arguments, "--format", "json"]).stdout)
    assert said["open_incidents"] == 2 and said["states"]["broken"] == 2 and said["index"].endswith("index.html")
    page = (tmp_path / "out" / "datasets" / "1.html").read_text(encoding="utf-8")
    assert "110" not in words(page)  # values are shown where it is asked for
    shown = CliRunner().invoke(main, [*arguments, "--values"])
    assert shown.exit_code == 0
    assert "110" in words((tmp_path / "out" / "datasets" / "1.html").read_text(encoding="utf-8"))


def test_a_store_that_is_not_there_is_no_empty_report(tmp_path: Path) -> None:
    arguments = ["report", str(tmp_path / "out"), "--store", sqlite_at(tmp_path, "gone.db")]
    done = CliRunner().invoke(main, arguments)
    assert done.exit_code == 3 and not (tmp_path / "out").exists() and "gone.db" in done.stderr
