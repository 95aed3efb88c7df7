"""Policies: what the contract wants on a breach."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from headgate.contract import Dataset
from headgate.contract.settings import POLICIES, SETTINGS
from headgate.errors import CallError
from headgate.report import Report, Verdict


@dataclass(frozen=True, slots=True)
class Policy:
    """`chain` is tried in order and always ends in halt; `source` says who chose it."""

    chain: tuple[str, ...]
    source: str

    def __str__(self) -> str:
        return f"{', then '.join(self.chain)} ({self.source})"


@dataclass(frozen=True, slots=True)
class Override:
    """A policy that a task or a configuration sets in place of the contract's."""

    chain: tuple[str, ...]
    by: str

    @classmethod
    def of(cls, value: str | list[str] | tuple[str, ...] | None, by: str) -> Override | None:
        """Return the override that `value` names; None for None. Raises CallError if it names no policy."""
        if value is None:
            return None
        try:
            return cls(SETTINGS["onBreach"].read(value if isinstance(value, str) else list(value)), by)
        except ValueError as error:
            raise CallError(f"on_breach of the {by}: {error}") from None


def policy_for(dataset: Dataset, report: Report, override: Override | None = None) -> Policy:
    """Return the policy for what `report` found."""
    if report.draft:
        return Policy(("warn",), f"the contract's status is {dataset.contract.status}")
    failed = [r.policy or dataset.on_breach for r in report.broken]
    own = _strictest(failed) if failed else dataset.on_breach
    if override is not None:
        return Policy(override.chain, f"{override.by}; contract says {', then '.join(own)}")
    return Policy(own, "contract")


def may_quarantine(dataset: Dataset, override: Override | None) -> bool:
    """Return whether rows can come into the quarantine, whatever is found."""
    if dataset.contract.is_draft:
        return False
    chains = [override.chain] if override else [dataset.on_breach, *(check.policy for check in dataset.checks)]
    return any("quarantine" in chain for chain in chains)


def _strictest(chains: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """Return the strictest policy of several failed rules that have their own; rows pass only if all of them let rows
    pass in the end."""
    first = min(chains, key=lambda chain: [POLICIES.index(policy) for policy in chain])
    if all("warn" in chain for chain in chains):
        return first
    return tuple(policy for policy in first if policy != "warn")


def holds_back(report: Report, policy: Policy) -> bool:
    """Return whether a check, which publishes nothing, must fail its task."""
    if report.verdict is Verdict.UNKNOWN:
        return not report.draft
    return report.verdict is Verdict.BREACH and policy.chain[0] != "warn"
