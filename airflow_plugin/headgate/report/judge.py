"""Judging: measurements against promises. No I/O and no clock: the same values give the same report."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from headgate.checks import CATALOGUE, Check, Column, Comparison, Unchecked
from headgate.checks.catalogue import statement
from headgate.contract import Dataset
from headgate.naming import PlaceName
from headgate.places import Relation
from headgate.report.report import NO_RUN, Report, Run
from headgate.report.result import CheckResult, Status
from headgate.report.serial import plain_value
from headgate.report.words import MASK
from headgate.rules.keys import is_named
from headgate.scan import Measured, Measurements


def judge(
    dataset: Dataset,
    relation: Relation,
    measured: Measurements,
    run: Run = NO_RUN,
    *,
    place: PlaceName | None = None,
    shown: bool = False,
) -> Report:
    """Return the report of `dataset` from what was measured on `relation`.

    Args:
        place: what lineage and history call the place that holds the rows.
        shown: whether values of the data may be shown.
    """
    contract = dataset.contract
    hidden = {p.column for p in dataset.properties if p.hides}
    waived = dataset.settings["allowNotExecuted"]
    results = [
        _unchecked(rule)
        if isinstance(rule, Unchecked)
        else _judged(rule, _waived(rule, measured.by_key[rule.key], waived), measured, hidden, shown=shown)
        for rule in dataset.rules
    ]
    return Report(
        contract_id=contract.id,
        contract_version=contract.version,
        contract_commit=contract.git_commit,
        contract_file=str(contract.file),
        dataset=dataset.name,
        owner=contract.owner,
        support=contract.support,
        consumers=dataset.consumers,
        draft=contract.is_draft,
        data=relation.name,
        place=place,
        measured_at=measured.at,
        rows=measured.rows,
        columns=_named(dataset, relation),
        results=tuple(results),
        run=run,
        ran=measured.ran,
    )


def _named(dataset: Dataset, relation: Relation) -> tuple[Column, ...]:
    """Return the columns to name; none if not a single one is in the contract: a file without a header shows its
    data."""
    columns = tuple(c for c in relation.columns if not c.name.startswith("__headgate"))
    declared = {p.column for p in dataset.properties}
    return columns if not declared or declared & {c.name for c in columns} else ()


def _waived(check: Check, found: Measured, names: Collection[str]) -> Measured:
    """Return the measurement, excused if it was not executed and the contract names it in `allowNotExecuted`."""
    return replace(found, excused=True) if found.reason is not None and is_named(check, names) else found


def _judged(check: Check, found: Measured, all_found: Measurements, hidden: set[str], *, shown: bool) -> CheckResult:
    values: dict[str, Any] = {
        "key": check.key,
        "type": check.type,
        "statement": statement(check),
        "severity": check.severity,
        "dimension": check.dimension,
        "columns": check.columns,
        "expect": found.expect or _told(check),
        "evidence": found.evidence,
        "description": check.description,
        "policy": check.policy,
        "path": check.source.path,
        "line": check.source.line,
        "digest": check.digest,
        "details": found.details if shown else _without_values(found.details),
    }
    if found.error is not None:
        # What a QueryError says holds no values of the data, so that it is shown of classified columns as well.
        return CheckResult(status=Status.ERRORED, reason=found.error, **values)
    if found.reason is not None:
        # A number that was measured and not judged is the past of later ones.
        value = None if _is_masked(check, shown=shown) else found.value
        return CheckResult(
            status=Status.NOT_EXECUTED, reason=found.reason, excused=found.excused, value=value, **values
        )
    if found.value is None:
        status = Status.FAILED if found.found is not None else Status.PASSED
        return CheckResult(status=status, found=found.found or "", **values)
    if CATALOGUE[check.type].compares:
        status = Status.PASSED if values["expect"].holds(found.value) else Status.FAILED
        masked = _is_masked(check, shown=shown)
        return CheckResult(status=status, value=None if masked else found.value, masked=masked, **values)
    assert isinstance(found.value, int), check.key
    rows = all_found.rows if found.rows is None else found.rows
    return _counted(check, found.value, rows, values, _masked(found.examples, hidden))


def _told(check: Check) -> Comparison | None:
    """Return what the number of a check must be, if it is known before anything is measured."""
    kind = CATALOGUE[check.type]
    return None if kind.numeric and kind.in_full else check.expect


def _is_masked(check: Check, *, shown: bool) -> bool:
    """Return whether the number is one that may not be told: a value of the data, only where values are shown."""
    return check.classified or (CATALOGUE[check.type].reveals and not shown)


def _counted(check: Check, unexpected: int, rows: int, values: dict[str, Any], examples: Any) -> CheckResult:
    kind = CATALOGUE[check.type]
    number, without = check.expect.number(unexpected, rows), check.expect.number(0, rows)
    if number is None or without is None:
        # Empty data has no percentage; a rule on the number of rows decides whether empty is right.
        return CheckResult(status=Status.NOT_EXECUTED, reason="no rows", excused=True, **values)
    return CheckResult(
        status=Status.PASSED if check.expect.holds(number) else Status.FAILED,
        unexpected=unexpected,
        value=unexpected,
        rows=rows,
        # Quarantine can only repair a check that no unexpected row at all would satisfy.
        set_aside=kind.of_rows and check.expect.holds(without),
        examples=examples,
        **values,
    )


def _unchecked(rule: Unchecked) -> CheckResult:
    return CheckResult(
        key=rule.key,
        type="",
        statement=rule.statement,
        status=Status.NOT_EXECUTED,
        severity=rule.severity,
        dimension=rule.dimension,
        reason=rule.reason,
        excused=rule.excused,
        path=rule.source.path,
        line=rule.source.line,
        digest=rule.digest,
    )


def _without_values(details: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what was found besides, without values of the data: they are below `where` and `values`."""
    return {name: _without(told) for name, told in details.items()}


def _without(told: Any) -> Any:
    if isinstance(told, Mapping):
        return {name: {} if name in ("where", "values") else _without(each) for name, each in told.items()}
    return [_without(each) for each in told] if isinstance(told, list | tuple) else told


def _masked(rows: tuple[Mapping[str, Any], ...], hidden: set[str]) -> tuple[Mapping[str, Any], ...]:
    return tuple({n: MASK if n in hidden else plain_value(value) for n, value in row.items()} for row in rows)
