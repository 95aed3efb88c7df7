"""Events of the commands: what a person sees in Marquez after them."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from headgate.cli import main

from tests.support import openlineage_spec
from tests.support.contracts import odcs, write
from tests.support.marquez import Marquez, listening


@pytest.fixture
def marquez(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Marquez]:
    # The client writes variables of its own, which are to go with the test.
    monkeypatch.setattr(os, "environ", os.environ.copy())
    with listening() as (url, server):
        monkeypatch.setenv("OPENLINEAGE_URL", url)
        monkeypatch.setenv("OPENLINEAGE_NAMESPACE", "shop")
        monkeypatch.setenv("HEADGATE_SPOOL", str(tmp_path / "spool"))
        yield server
    assert server.refused == []
    if openlineage_spec.SPEC.exists():
        assert [problem for event in server.events for problem in openlineage_spec.problems(event)] == []


@pytest.fixture
def contract(tmp_path: Path) -> Path:
    orders = {
        "name": "orders",
        "description": "What was bought",
        "properties": [{"name": "id", "logicalType": "integer", "required": True, "unique": True}],
    }
    server = {"server": "local", "type": "duckdb", "database": "w.duckdb", "schema": "shop"}
    return write(tmp_path, odcs(orders, id="shop-orders", version="1.1.0", team={"name": "Shop"}, servers=[server]))


def run(*arguments: Any) -> int:
    return CliRunner().invoke(main, [str(argument) for argument in arguments]).exit_code


def table(marquez: Marquez, tmp_path: Path) -> Any:
    return marquez.dataset(f"duckdb://{tmp_path / 'w.duckdb'}", "w.shop.orders")


def kinds(marquez: Marquez) -> list[str]:
    return [event["eventType"] for event in marquez.events]


def test_check(marquez: Marquez, contract: Path, tmp_path: Path) -> None:
    (file := tmp_path / "o.csv").write_text("id\n1\n1\n")
    assert run("check", contract, file) == 1
    assert kinds(marquez) == ["START", "FAIL"]
    page = marquez.dataset("file", str(file))
    assert (page.passing, page.failing) == (4, 1)
    assert page.description == (
        "What was bought. ✘ BREACH of contract shop-orders 1.1.0 (Shop). id is unique: 2 of 2 rows (100 %)."
    ).replace("✘ BREACH of", f"✘ BREACH {marquez.events[0]['eventTime'][:10]} of")
    job = marquez.job("shop", "shop-orders.orders.check")
    assert job.state == "FAIL"


def test_publish(marquez: Marquez, contract: Path, tmp_path: Path) -> None:
    (file := tmp_path / "o.csv").write_text("id\n1\n2\n")
    assert run("publish", contract, file, "--run-key", "k1") == 0
    page = table(marquez, tmp_path)
    assert (page.passing, page.failing, page.versions) == (5, 0, 1)
    file.write_text("id\n1\n1\n")
    assert run("publish", contract, file, "--run-key", "k2") == 1
    page = table(marquez, tmp_path)
    assert (page.passing, page.failing, page.versions) == (5, 0, 1)
    assert "✘ HELD BACK" in page.description
    assert kinds(marquez) == ["START", "COMPLETE", "START", "FAIL"]
    assert marquez.edges == {
        (str(file), "shop-orders.orders.publish"),
        ("shop-orders.orders.publish", "w.shop.orders"),
    }


def test_a_publish_that_fails_before_the_audit(marquez: Marquez, contract: Path, tmp_path: Path) -> None:
    assert run("publish", contract, tmp_path / "missing.csv", "--run-key", "k1") == 2
    assert kinds(marquez) == ["START", "FAIL"]
    assert "✘ FAILED before the audit" in table(marquez, tmp_path).description


def test_below_a_parent(marquez: Marquez, contract: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENLINEAGE_PARENT_ID", "dags/night.task/01890a5d-ac96-774b-bcce-b302099a8057")
    (file := tmp_path / "o.csv").write_text("id\n1\n")
    assert run("check", contract, file) == 0
    assert ("dags", "night.task.shop-orders.orders.check") in marquez.jobs


def test_what_is_wrong_with_lineage_never_fails_the_command(
    contract: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (file := tmp_path / "o.csv").write_text("id\n1\n")
    monkeypatch.setattr(os, "environ", os.environ.copy())
    monkeypatch.setenv("OPENLINEAGE__TRANSPORT", json.dumps({"type": "no such thing"}))
    with caplog.at_level(logging.WARNING):
        assert run("check", contract, file) == 0
    assert "no lineage event of shop-orders.orders.check" in caplog.text


def test_nothing_is_sent_where_nothing_is_configured(
    contract: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (file := tmp_path / "o.csv").write_text("id\n1\n")
    monkeypatch.setenv("HEADGATE_SPOOL", str(tmp_path / "spool"))
    assert run("check", contract, file) == 0
    assert not (tmp_path / "spool").exists()
