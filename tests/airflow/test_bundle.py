"""A DAG bundle of a git commit: its folder has no `.git`, and the report still says which commit the contract is of."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.dag_processing.bundles.base import BaseDagBundle
from airflow.sdk.definitions.context import Context
from airflow.sdk.execution_time.context import set_current_context
from headgate.airflow.bundle import checkout_of
from headgate.airflow.contracts import dataset_of
from headgate.airflow.links import CONTRACT_LINK
from headgate.gate import check

from tests.support.contracts import odcs, write

COMMIT = "3f" * 20


class Pruned(BaseDagBundle):
    """As the provider's GitDagBundle of a version: a worktree without `.git`, of which DAGs are a folder."""

    supports_versioning = True

    def __init__(self, repo: Path, version: str | None) -> None:
        super().__init__(name="git", version=version)
        self.repo_path = repo

    @property
    def path(self) -> Path:
        return self.repo_path / "dags"

    def get_current_version(self) -> str | None:
        return self.version

    def refresh(self) -> None: ...


def within(bundle: BaseDagBundle) -> Any:
    context: Any = {"ti": SimpleNamespace(bundle_instance=bundle)}
    given: Context = context
    return set_current_context(given)


@pytest.mark.parametrize(
    ("version", "commit"), [(COMMIT, COMMIT), (None, None), ("2026-11-26T00:00:00", None), ("abc", None)]
)
def test_the_commit_is_the_bundles(
    version: str | None, commit: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRFLOW__HEADGATE__CONTRACT_URL", "https://g.example.com/{commit}/{path}#L{line}")
    dags = tmp_path / "dags"
    dags.mkdir()
    write(dags, odcs({"name": "things", "properties": [{"name": "id"}]}), "things.odcs.yaml")
    (dags / "things.csv").write_text("id\na\n")
    with within(Pruned(tmp_path, version)):
        dataset = dataset_of("things.odcs.yaml", None, str(dags))
        report = check(dataset, dags / "things.csv")
        link = CONTRACT_LINK.get_link(SimpleNamespace(report=report), ti_key=None)
    assert report.contract_commit == commit
    assert link == (f"https://g.example.com/{commit}/dags/things.odcs.yaml#L1" if commit else "")


def test_a_contract_of_another_folder_is_not_of_the_bundle(tmp_path: Path) -> None:
    with within(Pruned(tmp_path / "repo", COMMIT)):
        assert checkout_of(tmp_path / "contracts" / "things.odcs.yaml") is None
    assert checkout_of(tmp_path / "repo" / "things.odcs.yaml") is None  # no task runs
