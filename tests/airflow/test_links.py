"""The links of a task in Airflow's pages."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from headgate.report import Report

from tests.support.dagtest import DagFolder
from tests.support.shop import BAD, GOOD, Shop


def git(folder: Path, *arguments: str) -> str:
    who = ("-c", "user.name=t", "-c", "user.email=t@example.com")
    done = subprocess.run(["git", "-C", str(folder), *who, *arguments], capture_output=True, text=True, check=True)
    return done.stdout.strip()


REPORT, CONTRACT = "https://r.example.com/{page}", "https://g.example.com/blob/{commit}/{path}#L{line}"
PAGE = "linked/publish/manual__2026-01-01T00_00_00%2B00_00.html"
# data, report_url, contract_url, the links ({commit} and {line} are filled in)
LINKS = [
    (GOOD, REPORT, CONTRACT, f"https://r.example.com/{PAGE}",
     "https://g.example.com/blob/{commit}/a%20b/things.odcs.yaml#L1"),
    (BAD, "", CONTRACT, f"/headgate/reports/{PAGE}",
     "https://g.example.com/blob/{commit}/a%20b/things.odcs.yaml#L{line}"),
    (GOOD, "https://r.example.com/{path}", "", f"https://r.example.com/{PAGE}".replace(".html", ".json"), ""),
    (GOOD, REPORT, "{nay}", f"https://r.example.com/{PAGE}", None),
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(("data", "report_url", "contract_url", "report", "contract"), LINKS)
def test_links(
    data: str,
    report_url: str,
    contract_url: str,
    report: str,
    contract: str | None,
    dags: DagFolder,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder = tmp_path / "a b"
    folder.mkdir()
    shop = Shop(folder)
    line = 1 + shop.contract().read_text().splitlines().index('     "required": true')
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "contract")
    shop.csv.write_text(data)
    reports = tmp_path / "reports"
    monkeypatch.setenv("AIRFLOW__HEADGATE__REPORTS_FOLDER", str(reports))
    monkeypatch.setenv("AIRFLOW__HEADGATE__REPORT_URL", report_url)
    monkeypatch.setenv("AIRFLOW__HEADGATE__CONTRACT_URL", contract_url)
    run = dags.run(dags.write("linked", shop.publish()))
    commit = git(tmp_path, "rev-parse", "HEAD")
    filled = {"commit": commit, "line": line}
    assert run.xcoms["publish"]["headgate_report_link"] == report.format(**filled)
    found = run.xcoms["publish"].get("headgate_contract_link")
    assert found == (contract if contract is None else contract.format(**filled))
    (file,) = reports.rglob("*.json")
    page = file.with_suffix(".html").read_text(encoding="utf-8")
    assert str(Report.from_dict(json.loads(file.read_text())).verdict).upper() in page
