"""The history for people and for programs."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from headgate.history.record import Kind
from headgate.plural import counted
from headgate.render.escaping import plain
from headgate.report import serial

if TYPE_CHECKING:
    from headgate.history.views import DatasetStanding, RuleStanding, RunLine
    from headgate.render.answers import DatasetHistory

_COLOURS = {"breach": "red", "unknown": "yellow", "warn": "yellow", "pass": "green"}
_NONE_KEPT = "the history has no run yet"
# So many verdicts of the last runs are shown.
_RECENT = 30


def render_home(standings: tuple[DatasetStanding, ...], *, colour: bool = False) -> str:
    """Return a line for each dataset."""
    return "\n".join(_standing(each, colour=colour) for each in standings) or _NONE_KEPT


def render_dataset(history: DatasetHistory, *, colour: bool = False) -> str:
    """Return what stands of a dataset, its rules that are not passed, and its last runs."""
    lines = [_standing(history.standing, colour=colour)]
    lines += [plain(_rule(rule)) for rule in history.rules if rule.status != "passed"]
    passed = sum(rule.status == "passed" for rule in history.rules)
    lines.append(f"  {counted(passed, 'rule')} passed")
    lines += [f"  {_verdict(run.verdict, colour=colour)}  {plain(_run(run))}" for run in history.runs]
    return "\n".join(lines)


def home_dict(each: DatasetStanding) -> dict[str, Any]:
    return {
        "contract": each.contract,
        "dataset": each.dataset,
        "place": serial.place_dict(each.place),
        "owner": each.last.owner,
        "rules": each.rules,
        "broken": each.broken,
        "warned": each.warned,
        "unmeasured": each.unmeasured,
        "since": serial.moment_text(each.since),
        "recent": each.recent,
        "last": _run_dict(each.last),
    }


def dataset_dict(history: DatasetHistory) -> dict[str, Any]:
    rules = [
        {
            "key": rule.key,
            "digest": rule.digest,
            "label": rule.label,
            "severity": rule.severity,
            "status": rule.status,
            "since": rule.since.isoformat(),
        }
        for rule in history.rules
    ]
    return home_dict(history.standing) | {"rule_standings": rules, "runs": [_run_dict(run) for run in history.runs]}


def _run_dict(run: RunLine) -> dict[str, Any]:
    return {
        "kind": run.kind,
        "run_key": run.run_key,
        "moment": run.moment.isoformat(),
        "at": run.at.isoformat(),
        "interval": [serial.moment_text(moment) for moment in run.interval],
        "version": run.version,
        "commit": run.commit,
        "draft": run.draft,
        "verdict": run.verdict,
        "outcome": run.outcome,
        "policy": run.policy,
        "rows": run.rows,
        "rows_published": run.rows_published,
        "rows_quarantined": run.rows_quarantined,
    }


def _standing(each: DatasetStanding, *, colour: bool) -> str:
    counts = [
        *([f"{each.broken} broken"] if each.broken else []),
        *([f"{each.unmeasured} not measured"] if each.unmeasured else []),
        *([counted(each.warned, "warning")] if each.warned else []),
    ]
    since = f" since {_minute(each.since)}" if each.since else ""
    held = f"{', '.join(counts)} of {counted(each.rules, 'rule')}{since}" if counts else counted(each.rules, "rule")
    where = f" at {each.place.name}" if each.place else ""
    said = f"{each.contract}.{each.dataset}{where} · {held} · {_last(each.last)} · {each.recent[-_RECENT:]}"
    return f"{_verdict(each.last.verdict, colour=colour)}  {plain(said)}"


def _last(run: RunLine) -> str:
    return f"{_done(run)} {_minute(run.at)}"


def _done(run: RunLine) -> str:
    return run.outcome or ("part checked" if run.kind == Kind.PART else "checked")


def _rule(rule: RuleStanding) -> str:
    severity = "" if rule.severity == "error" else f" ({rule.severity})"
    return f"  {rule.status.replace('_', ' ')}{severity} since {_minute(rule.since)}: {rule.label} [{rule.key}]"


def _run(run: RunLine) -> str:
    about = f", of {_minute(run.moment)}" if run.moment != run.at else ""
    quarantined = f", {run.rows_quarantined:,} quarantined" if run.rows_quarantined else ""
    rows = f"{counted(run.rows, 'row')}{quarantined}"
    return f"{_minute(run.at)}{about} · {_done(run)} · {rows} · {run.run_key}"


def _verdict(verdict: str, *, colour: bool) -> str:
    word = plain(verdict).ljust(7)
    return click.style(word, fg=_COLOURS.get(verdict)) if colour else word


def _minute(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
