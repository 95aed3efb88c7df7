"""`headgate dbt results`: the reports of the contracts that a run of dbt tested."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

from headgate.checks import Check, Comparison
from headgate.checks.comparison import NONE
from headgate.contract import Dataset
from headgate.dbt.artifacts import NOT_RUN, Artifacts, ContractTest, target_of
from headgate.dbt.gate_record import GateRecord
from headgate.errors import HeadgateError
from headgate.gate import Status as Outcome
from headgate.report import CheckResult, Report, Run, Status
from headgate.rules import Contract
from headgate.rules.keys import Rule

_NAME = re.compile(r"(?P<id>.*?)(?:@(?P<version>[^@#]*))?(?:#(?P<dataset>.*))?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class DbtResult:
    """What dbt found of one dataset: its report, the status of each of its tests that ran or should have: pass, warn or
    fail, error or skipped where it was not measured; and what the gate of its model did, None where there is none.

    Where the gate held rows back, the report is of what was built, not of what is served. `node` is the id of the model
    or source table in dbt, `promised` what its contract says, where that is at hand in the version that was tested.
    """

    report: Report
    tests: Mapping[str, str]
    gate: GateRecord | None = None
    node: str = ""
    promised: Dataset | None = None

    @property
    def is_breach(self) -> bool:
        """Whether dbt failed a test that it could run, or a gate let nothing pass: a retry finds the same."""
        return "fail" in self.tests.values() or self._halted

    @property
    def holds_back(self) -> bool:
        """Whether what is downstream must not be built."""
        return not {"pass", "warn"}.issuperset(self.tests.values()) or self._halted

    @property
    def _halted(self) -> bool:
        return self.gate is not None and self.gate.status is Outcome.HALTED

    def __str__(self) -> str:
        tests = ", ".join(f"{name} {status}" for name, status in self.tests.items())
        said = [f"verdict {self.report.verdict}"]
        if self.gate and self.report.not_kept:
            said.append(f"policy {', then '.join(self.gate.policies)}")
        said += [f"dbt: {tests}"] if tests else []
        return (f"{self.gate} · " if self.gate else "") + ", ".join(said)


def read_results(folder: Path, run: Run | None = None) -> tuple[DbtResult, ...]:
    """Return what the last `dbt build` or `dbt test` found of each dataset that has a contract, sorted by name; after
    another command, such as `dbt run`, of those that passed a gate or were held back by one.

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
    target = target_of(folder)
    artifacts = Artifacts.read(target)
    run = run or Run(artifacts.invocation)
    groups: dict[tuple[str, str], list[ContractTest]] = {}
    for test in artifacts.tests:
        groups.setdefault((test.arguments["contract"], test.node), []).append(test)
    load = cache(_contract)
    project = target.resolve().parent
    return tuple(_result(groups[name], artifacts.gates.get(name[1]), project, run, load) for name in sorted(groups))


def _result(tests: Sequence[ContractTest], gate: GateRecord | None, project: Path, run: Run, load: Any) -> DbtResult:
    first = tests[0]
    about = first.arguments.get("about") or {}
    named = _NAME.fullmatch(first.arguments["contract"])
    assert named is not None
    name, version, dataset = (named[part] or "" for part in ("id", "version", "dataset"))
    # Where a test was written by hand, its properties file is the contract.
    file = Path(os.path.relpath(project / about.get("file", first.file)))
    contract: Contract | None = load(file) if "file" in about else None
    known: dict[tuple[str, str], Rule] = {}
    promised: Dataset | None = None
    if contract and (contract.id, contract.version) == (name, version) and dataset in contract.datasets:
        promised = contract[dataset]
        known = {(rule.key, rule.digest): rule for rule in promised.rules}
    audit = gate.reports.get(first.arguments["contract"]) if gate else None
    rows = next((test.embedded["rows"] for test in tests if test.embedded), 0)
    results = tuple(chain.from_iterable(_rules(test, known, gate, _by_key(audit)) for test in tests))
    if audit and _judges(gate, tests):
        rows = audit["rows"]
        # Rules that are about the rows that stay, which no test has.
        declared = {result.key for result in results}
        results += tuple(_rule(said, said, None) for said in audit["results"] if said["key"] not in declared)
    report = Report(
        contract_id=name,
        contract_version=version,
        contract_commit=contract.git_commit if contract and known else None,
        contract_file=file.as_posix(),
        dataset=dataset,
        owner=about.get("owner", ""),
        support=tuple(about.get("support", ())),
        consumers=contract[dataset].consumers if contract and known else (),
        draft=about.get("draft", False),
        data=first.relation,
        rows=rows,
        columns=(),
        results=results,
        run=run,
        measured_at=max(test.ended_at for test in tests),
    )
    if gate and gate.status is Outcome.KEPT_LAST_GOOD:
        report = replace(report, stale=", ".join(report.not_kept))
    statuses = {test.name: _status(test) for test in tests if test.status != NOT_RUN}
    return DbtResult(report, statuses, gate, first.node, promised)


def _contract(file: Path) -> Contract | None:
    try:
        return Contract.load(file)
    except HeadgateError:  # it is not here, or wrong by now: the artifacts alone tell the results
        return None


def _status(test: ContractTest) -> str:
    if test.status in (NOT_RUN, "skipped") or (test.embedded and test.status in ("pass", "warn", "fail")):
        return test.status
    return "error"


def _judges(gate: GateRecord | None, tests: Iterable[ContractTest]) -> bool:
    """Return whether the report is of what the gate audited: it held rows back, or no test was run after it."""
    return gate is not None and (gate.status is not Outcome.PUBLISHED or all(t.status == NOT_RUN for t in tests))


def _by_key(found: Mapping[str, Any] | None) -> dict[str, Mapping[str, Any]]:
    return {result["key"]: result for result in (found or {}).get("results", ())}


def _rules(
    test: ContractTest, known: Mapping[tuple[str, str], Rule], gate: GateRecord | None, audited: Mapping[str, Any]
) -> Iterator[CheckResult]:
    """Yield the results of the rules of a test, and before them, if it was not measured, that of the test itself: it is
    one thing that is unknown, whatever rules it has. What a gate held back is not tested, and its audit tells."""
    status = _status(test)
    measured = _by_key(test.embedded)
    halted = gate is not None and gate.status is Outcome.HALTED
    missing = {"status": "not_executed", "observed": _reason(test, halted), "excused": status != NOT_RUN}
    if status in ("error", "skipped"):
        measured = {}
    if status in ("error", "skipped") and not halted:
        audited = {}
        yield CheckResult(
            key=test.name,
            type="",
            statement=f"dbt runs the test {test.name}",
            status=Status.ERRORED if status == "error" else Status.NOT_EXECUTED,
            severity="error",
            dimension="",
            reason=_reason(test, halted),
        )
    if _judges(gate, [test]):
        # A test that fails after the publish found what the gate could not.
        measured = {key: found for key, found in measured.items() if found.get("broken") or key not in audited}
        measured = {**audited, **measured}
    for said in chain.from_iterable(test.arguments.get(name) or () for name in ("checks", "levels", "not_executed")):
        rule = known.get((said["key"], said.get("digest", "")))
        yield _rule(said, measured.get(said["key"], missing), rule)


def _reason(test: ContractTest, halted: bool) -> str:
    """Return why a test was not measured. The text of a database's error may hold values of the data; ours does not."""
    if halted:
        return "the gate published nothing that could be tested"
    if test.status == NOT_RUN:
        return "only the test of the model measures it, and dbt did not run it"
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
    value = Decimal(value) if isinstance(value, str) else value
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
