"""Links of a task: to its report, and to its contract in git."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from airflow.providers.common.compat.sdk import BaseOperatorLink

from headgate.airflow.bundle import checkout_of
from headgate.airflow.config import mounted_at, setting
from headgate.airflow.reporting import page_of

if TYPE_CHECKING:
    from headgate.report import Report


class ReportLink(BaseOperatorLink):
    """By `[headgate] report_url`; without it, to the page that Airflow's API server shows."""

    name = "Report"

    @property
    def xcom_key(self) -> str:
        return "headgate_report_link"

    def get_link(self, operator: Any, *, ti_key: Any) -> str:
        """Return the link, empty if there is no report."""
        file: Path | None = getattr(operator, "report_file", None)
        if file is None:
            return ""
        path = file.relative_to(setting("reports_folder"))
        template = setting("report_url") or f"{mounted_at()}/reports/{{page}}"
        return template.format(path=quote(str(path)), page=quote(str(page_of(path))))


class ContractLink(BaseOperatorLink):
    """By `[headgate] contract_url`: at the commit that was checked, and the line of the first broken promise."""

    name = "Contract"

    @property
    def xcom_key(self) -> str:
        return "headgate_contract_link"

    def get_link(self, operator: Any, *, ti_key: Any) -> str:
        """Return the link, empty if nothing was checked, or if the contract is not in a git repository."""
        report: Report | None = getattr(operator, "report", None)
        if report is None:
            return ""
        line = next((result.line for result in report.failed if result.line), 1)
        return contract_address(report.contract_file, report.contract_commit, line)


def contract_address(file: str | Path, commit: str | None, line: int = 1) -> str:
    """Return the address of a contract by `[headgate] contract_url`; empty without that, or outside git."""
    template, file = setting("contract_url"), Path(file).resolve()
    if not template:
        return ""
    root = next((folder for folder in file.parents if (folder / ".git").exists()), None)
    if root is None and (checkout := checkout_of(file)):
        root = checkout.root
    commit = (commit or "").partition("+")[0]
    if root is None or not commit:
        return ""
    return template.format(path=quote(file.relative_to(root).as_posix()), commit=commit, line=line)


REPORT_LINK, CONTRACT_LINK = ReportLink(), ContractLink()
