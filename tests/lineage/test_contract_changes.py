"""What changed in a contract between two publications, as git has it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner
from headgate.cli import main
from headgate.errors import CallError
from headgate.lineage.contract_changes import with_contract_changes

from tests.lineage.test_trace import publish, traced
from tests.support.contracts import odcs
from tests.support.repository import Repository
from tests.support.told_events import graph, write_events

AMOUNT = {"name": "amount", "logicalType": "number"}


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path / "contracts")


def commit(repository: Repository, version: str, *properties: Any) -> str:
    document = odcs({"name": "invoices", "properties": list(properties)}, id="billing", version=version)
    repository.write("billing.odcs.yaml", yaml.safe_dump(document))
    return repository.commit()


def changes(repository: Repository, old: str, new: str) -> list[str]:
    runs = (publish(2, commit=old), publish(3, version="1.1.0", commit=new))
    found = traced("invoices", "2026-03-05T00:00", graph(*runs))
    (one,) = with_contract_changes(found, repository.folder).served
    return [each for each in one.differences if each.startswith("contract")]


def test_each_change_is_graded_the_gravest_first(repository: Repository) -> None:
    old = commit(repository, "1.0.0", AMOUNT, {"name": "currency"})
    new = commit(repository, "1.1.0", AMOUNT | {"required": True, "description": "In euros"})
    assert changes(repository, old, new) == [
        "contract BREAK: schema.invoices.properties.currency: currency → nothing (property-removed)",
        "contract BREAK: schema.invoices.properties.amount.required: nothing → true (nullable-tightened)",
    ]
    assert changes(repository, old, f"{new}+changes")[-1] == (
        "contract changes: not all are known, its file had changes that were not committed"
    )
    assert changes(repository, old, old) == []


def test_what_cannot_be_told_is_said(repository: Repository) -> None:
    old = commit(repository, "1.0.0", AMOUNT)
    words = commit(repository, "1.0.1", AMOUNT | {"description": "In euros"})
    assert changes(repository, old, words) == ["contract: no change but words"]
    repository.remove("billing.odcs.yaml")
    gone = repository.commit()
    assert changes(repository, old, gone) == [f"contract changes: unknown, no contract billing at {gone[:12]}"]
    (told,) = changes(repository, old, "0" * 40)
    assert told.startswith("contract changes: unknown, git does not know the commit 000000000000; give")
    assert changes(repository, old, "") == ["contract changes: unknown, an event does not name the commit"]


def test_a_folder_outside_of_git_is_refused(tmp_path: Path) -> None:
    found = traced("invoices", "2026-03-05T00:00", graph(publish(2), publish(3)))
    with pytest.raises(CallError, match="not in a git working tree; give a folder of one"):
        with_contract_changes(found, tmp_path)


def test_the_command_shows_them(repository: Repository, tmp_path: Path) -> None:
    old, new = commit(repository, "1.0.0", AMOUNT), commit(repository, "2.0.0", {"name": "amount"})
    write_events(tmp_path / "days.jsonl", [publish(2, commit=old), publish(3, version="2.0.0", commit=new)])
    asked = ["impact", "invoices", "--from", str(tmp_path / "days.jsonl"), "--contracts", str(repository.folder)]
    told = CliRunner().invoke(main, [*asked, "--upstream", "--at", "2026-03-05"])
    assert "schema.invoices.properties.amount.logicalType: number → nothing" in told.output
    assert CliRunner().invoke(main, asked).exit_code == 2  # what served when is not asked
