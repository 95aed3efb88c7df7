"""Rules about a model's outputs, measured: metrics of the rows whose labels are settled."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import groupby
from typing import Any

from headgate.checks import Check
from headgate.checks.model_metric import ModelMetric
from headgate.past.fault import measured_together
from headgate.past.outputs.found import Outputs, Scored, scored, worst
from headgate.past.outputs.query import Asked, ask
from headgate.places import Relation, Session
from headgate.plural import counted
from headgate.report.serial import plain_value
from headgate.scan import Measured, filter_rows

# A column of more values than this tells no segments apart.
MOST_SEGMENTS = 1_000


def evaluate(checks: Sequence[Check], relation: Relation, session: Session) -> Mapping[str, Measured]:
    """Return what was measured for each check, by its key; see `headgate.scan.evaluate.Evaluator`.

    Rules that look at the same columns of the same rows share one query.
    """
    found: dict[str, Measured] = {}
    for asked, together in _shared(checks):
        found |= measured_together(together, partial(_together, asked, relation, session))
    return found


def _together(asked: Asked, relation: Relation, session: Session, checks: Sequence[Check]) -> dict[str, Measured]:
    """Return what one query measured for checks. Raises CallError or QueryError."""
    rules = [ModelMetric.of(check) for check in checks]
    rows = filter_rows(relation, asked.where, session, asked.now) if asked.where else relation
    segments = ask(asked, rules, rows, session, limit=MOST_SEGMENTS)
    return {check.key: _measured(check, rule, segments) for check, rule in zip(checks, rules, strict=True)}


def _shared(checks: Sequence[Check]) -> Iterator[tuple[Asked, list[Check]]]:
    def asked(check: Check) -> Asked:
        return Asked.of(ModelMetric.of(check))

    for _, group in groupby(sorted(checks, key=lambda check: repr(asked(check))), key=lambda check: repr(asked(check))):
        together = list(group)
        yield asked(together[0]), together


def _measured(check: Check, rule: ModelMetric, segments: Sequence[Outputs]) -> Measured:
    if len(segments) > MOST_SEGMENTS:
        return Measured(reason=f"{rule.segment} has more than {MOST_SEGMENTS:,} values, which are too many segments")
    each = [scored(rule, outputs) for outputs in segments or [Outputs()]]
    details = {"model_metric": _details(rule, each, check)}
    known = [one for one in each if one.score is not None]
    broken = [one for one in known if one.score is not None and not check.expect.holds(one.score)]
    lost = [one for one in each if one.reason]
    if lost and not broken:
        more = f"{len(lost):,} of {counted(len(each), 'segment')}: " if rule.segment else ""
        return Measured(evidence="aggregate", reason=f"{more}{lost[0].reason}", details=details)
    decides = worst(broken or known, check.expect)
    return Measured(decides.score, "aggregate", rows=decides.outputs.judged, details=details)


def _details(rule: ModelMetric, each: Sequence[Scored], check: Check) -> dict[str, Any]:
    """Return what a report says besides the number; of classified columns, neither numbers nor names of segments."""
    shown = [replace(one, score=None) if check.classified else one for one in each]
    told: dict[str, Any] = {"metric": rule.metric, "settled_for": rule.settled, "now": rule.now.isoformat()}
    if not rule.segment:
        return told | shown[0].to_dict()
    known = sorted((one for one in shown if one.score is not None), key=lambda one: one.slack(check.expect))
    listed = [*known, *(one for one in shown if one.score is None)]
    return told | {
        "segment": rule.segment,
        "segments": [
            {"where": {} if check.classified else {rule.segment: plain_value(one.outputs.segment)}} | one.to_dict()
            for one in listed
        ],
    }
