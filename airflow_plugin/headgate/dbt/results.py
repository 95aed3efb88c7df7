"""`headgate dbt results`: the reports of the contracts that a run of dbt tested."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

from headgate.checks import Check, Comparison
from headgate.checks.comparison import NONE
from headgate.dbt.artifacts import RESULTS, Artifacts, ContractTest
from headgate.errors import HeadgateError
from headgate.report import CheckResult, Report, Run, Status
from headgate.rules import Contract
from headgate.rules.keys import Rule

_NAME = re.compile(r"(?P<id>.*?)(?:@(?P<version>[^@#]*))?(?:#(?P<dataset>.*))?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class DbtResult:
    """What dbt found of one dataset: its report, and the status of each of its tests: pass, warn or fail, error or
    skipped where it was not measured."""

    report: Report
    tests: Mapping[str, str]

    @property
    def is_breach(self) -> bool:
        """Whether dbt failed a test that it could run: a retry finds the same."""
        return "fail" in self.tests.values()

    @property
    def holds_back(self) -> bool:
        """Whether what is downstream must not be built."""
        return not {"pass", "warn"}.issuperset(self.tests.values())

    def __str__(self) -> str:
        tests = ", ".join(f"{name} {status}" for name, status in self.tests.items())
        return f"verdict {self.report.verdict}, dbt: {tests}"


def read_results(folder: Path, run: Run | None = None) -> tuple[DbtResult, ...]:
    """Return what the last `dbt build` or `dbt test` found of each dataset that has a contract, sorted by name;
    nothing after another command.

    A dataset whose test ended with an error, was skipped, or left no results of this run has the verdict unknown. What
    the artifacts do not say of a rule (its line, dimension, description) comes from the contract file, where that
    still says the same of it.

    Args:
        folder: the dbt project, or its target folder.
        run: what the reports say of the run; by default its key is dbt's id of the invocation.

    Raises:
        DataNotFoundError: there are no artifacts.
        CallError: the artifacts are of different runs, or cannot be read.
    """
    target = folder if (folder / RESULTS).exists() else folder / "target"
    artifacts = Artifacts.read(target)
    run = run or Run(artifacts.invocation)
    groups: dict[tuple[str, str], list[ContractTest]] = {}
    for test in artifacts.tests:
        groups.setdefault((test.arguments["contract"], test.node), []).append(test)
    load = cache(_contract)
    return tuple(_result(groups[name], target.resolve().parent, run, load) for name in sorted(groups))


def _result(tests: Sequence[ContractTest], project: Path, run: Run, load: Any) -> DbtResult:
    first = tests[0]
    about = first.arguments.get("about") or {}
    named = _NAME.fullmatch(first.arguments["contract"])
    assert named is not None
    name, version, dataset = (named[part] or "" for part in ("id", "version", "dataset"))
    # Where a test was written by hand, its properties file is the contract.
    file = Path(os.path.relpath(project / about.get("file", first.file)))
    contract: Contract | None = load(file) if "file" in about else None
    known: dict[tuple[str, str], Rule] = {}
    if contract and (contract.id, contract.version) == (name, version) and dataset in contract.datasets:
        known = {(rule.key, rule.digest): rule for rule in contract[dataset].rules}
    report = Report(
        contract_id=name,
        contract_version=version,
        contract_commit=contract.git_commit if contract and known else None,
        contract_file=file.as_posix(),
        dataset=dataset,
        owner=about.get("owner", ""),
        support=tuple(about.get("support", ())),
        draft=about.get("draft", False),
        data=first.relation,
        rows=next((test.embedded["rows"] for test in tests if test.embedded), 0),
        columns=(),
        results=tuple(chain.from_iterable(_rules(test, known) for test in tests)),
        run=run,
        measured_at=max(test.ended_at for test in tests),
    )
    return DbtResult(report, {test.name: _status(test) for test in tests})


def _contract(file: Path) -> Contract | None:
    try:
        return Contract.load(file)
    except HeadgateError:  # it is not here, or wrong by now: the artifacts alone tell the results
        return None


def _status(test: ContractTest) -> str:
    if test.status == "skipped" or (test.embedded and test.status in ("pass", "warn", "fail")):
        return test.status
    return "error"


def _rules(test: ContractTest, known: Mapping[tuple[str, str], Rule]) -> Iterator[CheckResult]:
    """Yield the results of the rules of a test, and before them, if it was not measured, that of the test itself: it is
    one thing that is unknown, whatever rules it has."""
    status = _status(test)
    measured = {found["key"]: found for found in (test.embedded or {}).get("results", ())}
    missing = {"status": "not_executed", "observed": _reason(test), "excused": True}
    if status in ("error", "skipped"):
        measured = {}
        yield CheckResult(
            key=test.name,
            type="",
            statement=f"dbt runs the test {test.name}",
            status=Status.ERRORED if status == "error" else Status.NOT_EXECUTED,
            severity="error",
            dimension="",
            reason=_reason(test),
        )
    for said in chain.from_iterable(test.arguments.get(name) or () for name in ("checks", "levels", "not_executed")):
        rule = known.get((said["key"], said.get("digest", "")))
        yield _rule(said, measured.get(said["key"], missing), rule)


def _reason(test: ContractTest) -> str:
    """Return why a test was not measured. The text of a database's error may hold values of the data; ours does not."""
    if test.status == "skipped":
        return "dbt skipped the test"
    if test.status in ("pass", "warn", "fail"):
        return "the target folder has no results of this run of the test"
    _, ours, message = test.message.partition("headgate: ")
    why = message.partition("\n")[0].strip() if ours else "the log of dbt says why"
    return f"the test ended with an error: {why}"


def _rule(said: Mapping[str, Any], found: Mapping[str, Any], rule: Rule | None) -> CheckResult:
    """Return the result of a rule: what the test says of it, what was found, and the rule of the contract."""
    check = rule if isinstance(rule, Check) else None
    status = Status(found["status"])
    unexpected, value = found.get("unexpected"), found.get("value")
    masked = status is not Status.NOT_EXECUTED and said.get("classified", False)
    told = found["observed"] if status is Status.FAILED and value is None and not masked else ""
    return CheckResult(
        key=said["key"],
        type=said.get("type", ""),
        statement=said.get("promise") or said["key"],
        status=status,
        severity=said.get("severity", "error"),
        dimension=rule.dimension if rule else "",
        columns=tuple(said.get("columns", ())),
        unexpected=unexpected,
        value=value,
        rows=None if unexpected is None else found["rows"],
        expect=check.expect if check else _expected(said),
        masked=masked,
        found=told,
        reason=found["observed"] if status is Status.NOT_EXECUTED else "",
        excused=found.get("excused", False),
        evidence="" if status is Status.NOT_EXECUTED else "dbt",
        description=check.description if check else "",
        policy=rule.policy if rule else ("warn",) if said.get("on_breach") == "warn" else (),
        path=rule.source.path if rule else "",
        line=rule.source.line if rule else 0,
        digest=said.get("digest", ""),
    )


def _expected(said: Mapping[str, Any]) -> Comparison | None:
    if "type" not in said:
        return None
    if not (expect := said.get("expect")):
        return NONE
    bounds = (bound if isinstance(bound, int) else Decimal(str(bound)) for bound in expect["bounds"])
    return Comparison(expect["operator"], tuple(bounds), expect.get("unit", "rows"))
