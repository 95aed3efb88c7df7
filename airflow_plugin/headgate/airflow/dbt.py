"""dbt in a task: what a build found of the contracts that it tested decides how the task ends."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from logging import Logger
from pathlib import Path
from typing import TYPE_CHECKING, Any

from airflow.providers.common.compat.sdk import AirflowException, BaseOperator

from headgate.airflow import late
from headgate.airflow.failure import ContractBreach, broken
from headgate.airflow.links import CONTRACT_LINK, REPORT_LINK
from headgate.airflow.reporting import XCOM_KEY, summary_of, write_report
from headgate.airflow.run import run_of
from headgate.errors import CallError, DataNotFoundError

if TYPE_CHECKING:
    from headgate.dbt.results import DbtResult
    from headgate.history import RunRecord
    from headgate.report import Report

Selection = str | Sequence[str]
# What the XCom has room for beside the summary of one dataset.
_MAX_BYTES = 4_096


class HeadgateDbtOperator(BaseOperator):
    """Runs `dbt build` in a project folder. A broken contract fails the task at once, and its message names the broken
    promises; any other error of dbt is a failure that Airflow retries.

    The XCom `headgate` holds the summary of the dataset that matters most, as of the other operators, and in `datasets`
    the verdict of each, as many as there is room for. Each dataset has a report below `[headgate] reports_folder`.

    Args:
        project: the folder of dbt_project.yml, relative to the DAG file's folder.
        select, exclude: what to build, in dbt's syntax; one selector or several.
        target: the target of the profile.
        vars: dbt's variables.
        profiles_dir: the folder of profiles.yml, relative to the DAG file's folder; by default where dbt looks.
        dbt: the command, for a dbt that has an environment of its own.
    """

    ui_color = "#dbeafe"
    operator_extra_links: tuple[Any, ...] = (REPORT_LINK, CONTRACT_LINK)
    template_fields: Sequence[str] = ("project", "select", "exclude", "target", "vars", "profiles_dir")

    report: Report | None = None
    report_file: Path | None = None
    _hook: Any = None

    def __init__(
        self,
        *,
        project: str,
        select: Selection = (),
        exclude: Selection = (),
        target: str | None = None,
        vars: dict[str, Any] | None = None,  # noqa: A002 - as dbt calls it
        profiles_dir: str | None = None,
        dbt: str = "dbt",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.project = project
        self.select = select
        self.exclude = exclude
        self.target = target
        self.vars = vars
        self.profiles_dir = profiles_dir
        self.dbt = dbt

    def execute(self, context: Any) -> dict[str, Any]:
        """Return the summary. Raises ContractBreach, or AirflowException where dbt failed otherwise."""
        folder = Path(self.dag.folder, self.project)
        before = late.invocation_of(folder / "target")
        self._hook = late.SubprocessHook()
        code = self._hook.run_command(self._command(), cwd=str(folder)).exit_code
        said = f"dbt build ended with exit code {code}"
        if late.invocation_of(folder / "target") == before:
            raise AirflowException(f"{said} and left no results in {folder / 'target'}; the log says why")
        try:
            results = late.read_results(folder, run_of(context))
        except CallError as error:
            raise AirflowException(f"{said}: {error}") from None
        summary: dict[str, Any] = {}
        if results:
            worst = min(results, key=_weight)
            self.report = worst.report
            summary, self.report_file = _tell(results, worst, self.log, context)
            _raise_breach(results, worst, summary)
        if code or any(result.holds_back for result in results):
            raise AirflowException(f"{said}, and no contract is broken; the log says why")
        return summary

    def _command(self) -> list[str]:
        command = [self.dbt, "build"]
        for option, selection in (("--select", self.select), ("--exclude", self.exclude)):
            names = [selection] if isinstance(selection, str) else [*selection]
            command += [option, *names] if any(names) else []
        if self.target:
            command += ["--target", self.target]
        if self.vars:
            command += ["--vars", json.dumps(self.vars)]
        if self.profiles_dir:
            command += ["--profiles-dir", str(Path(self.dag.folder, self.profiles_dir))]
        return command

    def on_kill(self) -> None:
        if self._hook is not None:
            self._hook.send_sigterm()


def report_dbt_results(project: str, context: Any, **_: Any) -> None:
    """Report what a dbt command found of contracts, as HeadgateDbtOperator does: the `callback` of operators of
    astronomer-cosmos, which call it with the folder of the project after each command.

    A command that tested no contract and passed no gate is left alone, and so is every other error of dbt: cosmos fails
    on those.

    Raises:
        ContractBreach: a contract is broken.
    """
    log = context["task"].log
    try:
        results = late.read_results(Path(project), run_of(context))
    except DataNotFoundError as error:
        log.info("no results of contracts: %s", error)
        return
    if results:
        worst = min(results, key=_weight)
        summary, _file = _tell(results, worst, log, context)
        _raise_breach(results, worst, summary)


def _weight(result: DbtResult) -> tuple[bool, int]:
    """Return what sorts results by how much they matter: a breach, then what is unknown, then a warning."""
    return not result.is_breach, ("breach", "unknown", "warn", "pass").index(result.report.verdict)


def _tell(
    results: Sequence[DbtResult], worst: DbtResult, log: Logger, context: Any
) -> tuple[dict[str, Any], Path | None]:
    """Report all results to the log, the XCom and the reports folder; return the summary, and the file of the worst."""
    file = None
    for result in results:
        report = result.report
        say = log.error if result.holds_back else log.warning if report.failed else log.info
        for text in late.render(report, width=140, may_show=False).splitlines():
            say("%s", text)
        say("%s", late.plain(result))
        # A file of its own: a task has a report for each dataset.
        named = replace(
            report.run, key=f"{report.run.key}/{next(iter(result.tests), report.dataset).replace('/', '_')}"
        )
        report = replace(report, run=named)
        more = {"tests": dict(result.tests), "gate": result.gate.to_dict() if result.gate else None}
        if kept := late.record_run(partial(_record, result, report, late.link_of(context)), log):
            more |= kept.report_keys
        written = write_report(report, str(result), log, more)
        file = written if result is worst else file
    datasets: list[dict[str, Any]] = [
        {
            "contract": result.report.contract_id,
            "version": result.report.contract_version,
            "dataset": result.report.dataset,
            "verdict": str(result.report.verdict),
            "tests": dict(result.tests),
            "outcome": str(result.gate.status) if result.gate else None,
        }
        for result in sorted(results, key=_weight)
    ]
    while len(json.dumps(datasets).encode()) > _MAX_BYTES:
        datasets.pop()
    line = late.count_verdicts([result.report for result in results])
    log.info("%s", line)
    more = worst.gate.to_dict() if worst.gate else {}
    summary = summary_of(worst.report, line, {"datasets": datasets, "datasets_in_all": len(results), **more})
    context["ti"].xcom_push(key=XCOM_KEY, value=summary)
    return summary, file


def _record(result: DbtResult, report: Report, link: str) -> RunRecord:
    """Return the record of a check, or of what the gate of the model did. A model without a gate is built before its
    tests find anything: readers have it."""
    around = late.Surroundings(own=True, passes=not result.holds_back, link=link)
    if result.gate is None:
        return late.RunRecord.of_check(report, "", around=around)
    checked = late.RunRecord.of_check(report, ", then ".join(result.gate.policies), around=around)
    return replace(
        checked,
        kind=late.Kind.PUBLISH,
        outcome=str(result.gate.status),
        rows_quarantined=result.gate.rows_quarantined,
    )


def _raise_breach(results: Sequence[DbtResult], worst: DbtResult, summary: dict[str, Any]) -> None:
    breaches = [broken(result.report) for result in results if result.is_breach]
    if breaches:
        raise ContractBreach(f"{'; '.join(breaches)}: {summary['summary']}", worst.report, summary)
