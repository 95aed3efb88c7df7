"""What a person reads of a run: the lines of descriptions and the labels of assertions. No values of the data."""

from __future__ import annotations

from collections.abc import Sequence

from headgate.contract import Dataset
from headgate.gate import Status as OutcomeStatus
from headgate.lineage.account import Account
from headgate.plural import counted
from headgate.report import CheckResult, Report, Status, Verdict

# How many findings a line has.
FINDINGS = 3
_VERDICTS = {
    Verdict.PASS: "✔ PASS",
    Verdict.WARN: "⚠ WARN",
    Verdict.BREACH: "✘ BREACH",
    Verdict.UNKNOWN: "? UNKNOWN",
}
# What a gate did that did not publish all rows.
_GATES = {
    OutcomeStatus.PUBLISHED_PARTLY: "◐ PUBLISHED WITHOUT THE BAD ROWS",
    OutcomeStatus.KEPT_LAST_GOOD: "‖ STALE: held back",
    OutcomeStatus.HALTED: "✘ HELD BACK",
}


def label(result: CheckResult) -> str:
    """Return the check as a sentence, with what was found where it did not pass."""
    if result.status is Status.PASSED:
        return result.statement
    if result.status is Status.FAILED:
        return f"{result.statement}: {result.observed or 'broken'}"
    return f"{result.statement}: not measured, {result.reason}"


def contract_words(dataset: Dataset) -> str:
    """Return the contract with its version and who owns it."""
    contract = dataset.contract
    owner = f" ({contract.owner})" if contract.owner else ""
    return f"contract {contract.id} {contract.version}{owner}"


def source_line(account: Account) -> str:
    """Of the data that was audited."""
    by = contract_words(account.dataset)
    if account.report is None:
        return _not_audited(account)
    if account.gate in _GATES:
        return _line(f"{_GATES[account.gate]}{_day(account)} by {by}", _findings(account.report))
    return _line(f"{_VERDICTS[account.report.verdict]}{_day(account)} of {by}", _findings(account.report))


def target_line(account: Account) -> str:
    """Of the target: what became of it, and why."""
    outcome = account.outcome
    if account.released:
        return _released(account)
    if outcome is None:
        return _not_audited(account)
    by, report = contract_words(account.dataset), outcome.report
    match outcome.status:
        case OutcomeStatus.PUBLISHED:
            although = {Verdict.PASS: "", Verdict.WARN: " with warnings"}.get(report.verdict, " in spite of a breach")
            mark = "✔" if report.verdict is Verdict.PASS else "⚠"
            said = f"{mark} PUBLISHED{although.upper()}{_day(account)} by {by}"
            return _line(said, f"{counted(outcome.rows_published, 'row')}.", _findings(report))
        case OutcomeStatus.PUBLISHED_PARTLY:
            rows = f"{counted(outcome.rows_published, 'row')}, {outcome.rows_set_aside:,} in quarantine."
            return _line(f"{_GATES[outcome.status]}{_day(account)} by {by}", rows, _findings(report))
        case OutcomeStatus.KEPT_LAST_GOOD:
            served = outcome.served
            what = f"{_day(account)} held back by {by}"
            if served and served.stale:
                since = f"‖ STALE SINCE {served.stale.since:%Y-%m-%d %H:%M} UTC:{what}"
                return _line(since, _findings(report), f"Served is what {served.run_key} published.")
            return _line(f"‖ STALE:{what}", _findings(report))
        case _:
            unknown = ", NOT MEASURED" if report.verdict is Verdict.UNKNOWN else ""
            served_still = "What was published before is served."
            return _line(f"{_GATES[outcome.status]}{unknown}{_day(account)} by {by}", _findings(report), served_still)


def quarantine_line(account: Account) -> str:
    """Of the quarantine: whose rows are in it, and why."""
    of = f"Quarantined rows of {account.dataset.name}, by {contract_words(account.dataset)}"
    outcome = account.outcome
    if account.released:
        return f"{of}. {_released(account)}"
    if outcome is None or outcome.aside is None:
        return f"{of}."
    reasons = ", ".join(f"{key}: {counted(rows, 'row')}" for key, rows in outcome.aside.reasons[:FINDINGS])
    return f"{of}. Last{_day(account)}: {counted(outcome.aside.rows, 'row')}; {reasons}."


def job_line(account: Account) -> str:
    """Of the job: what its last run did."""
    if account.released:
        return _released(account)
    if account.report is None:
        return _not_audited(account)
    mark = _VERDICTS[account.report.verdict]
    did = str(account.outcome).partition(" · ")[0] if account.outcome else "checked, nothing written"
    return _line(f"{mark}{_day(account)} of {contract_words(account.dataset)}: {did}", _findings(account.report))


def described(own: str, line: str) -> str:
    """Return a description: the contract's own words, then what headgate has to tell."""
    own = own.strip()
    return " ".join(filter(None, (own if not own or own[-1] in ".!?" else f"{own}.", line)))


def _not_audited(account: Account) -> str:
    by = contract_words(account.dataset)
    return f"✘ FAILED{_day(account)} before the audit by {by}." if account.failed else f"Guarded by {by}."


def _released(account: Account) -> str:
    """Of a release. Who let the rows pass, and why, stays beside the data."""
    released, by = account.released, contract_words(account.dataset)
    assert released is not None
    if released.refused:
        return _line(f"✘ RELEASE REFUSED{_day(account)} by {by}", f"{released.refused}.")
    found = _findings(account.report) if account.report else ""
    said = f"{counted(released.rows, 'row')} that {released.run_key} had quarantined."
    return _line(f"⚠ RELEASED{_day(account)} after approval, in spite of {by}", said, found)


def _day(account: Account) -> str:
    return f" {account.when:%Y-%m-%d}" if account.when else ""


def _findings(report: Report) -> str:
    unknown = report.unknown
    found: Sequence[CheckResult] = (*report.broken, *unknown, *(r for r in report.failed if r.severity != "error"))
    if not found:
        executed, _ = report.coverage
        return f"{counted(executed, 'check')} passed."
    more = f"; and {len(found) - FINDINGS} more" if len(found) > FINDINGS else ""
    return "; ".join(label(result) for result in found[:FINDINGS]) + f"{more}."


def _line(said: str, *more: str) -> str:
    return " ".join((f"{said}.", *filter(None, more)))
