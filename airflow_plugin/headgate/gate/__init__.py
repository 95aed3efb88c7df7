"""What happens after the checks: policy, audit, publish, quarantine, release."""

from headgate.gate.audit import check, check_schema, measure_drift, reconcile
from headgate.gate.counterpart import reconciled_with
from headgate.gate.decision import Decision, Step, decide
from headgate.gate.levels import levels_now
from headgate.gate.outcome import Outcome
from headgate.gate.past import needs_past
from headgate.gate.policy import Override, Policy, holds_back, policy_for
from headgate.gate.publish import publish
from headgate.gate.release import ReleaseResult, drop, quarantined, release, rows_aside
from headgate.gate.target import data_of, home_of, is_own, own_of, target_of
from headgate.places.records import Status

__all__ = [
    "Decision",
    "Outcome",
    "Override",
    "Policy",
    "ReleaseResult",
    "Status",
    "Step",
    "check",
    "check_schema",
    "data_of",
    "decide",
    "drop",
    "holds_back",
    "home_of",
    "is_own",
    "levels_now",
    "measure_drift",
    "needs_past",
    "own_of",
    "policy_for",
    "publish",
    "quarantined",
    "reconcile",
    "reconciled_with",
    "release",
    "rows_aside",
    "target_of",
]
