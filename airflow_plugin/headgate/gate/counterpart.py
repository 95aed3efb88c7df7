"""Where the datasets are that a dataset must agree with."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from headgate.checks import Check
from headgate.checks.reconciliation import RECONCILIATION
from headgate.contract import Dataset
from headgate.errors import CallError, ContractError
from headgate.gate.target import own_of
from headgate.places import Place, Stored, place_of
from headgate.rules import Contract

_ARGUMENT = "counterpart"
_PART = "only some of the rows are looked at; a check of the whole dataset, or headgate reconcile, compares it"


@dataclass(frozen=True, slots=True)
class Counterpart:
    """The other side of a reconciliation, as the evaluator needs it.

    `reason` says why it was not found, or is not needed (`excused`), where `place` is None. `promised` are the columns
    that the contract of the own side names, `hidden` and `other_hidden` those of either side whose values are not
    shown. `now` is what `settled` is counted from; the audit fills it in.
    """

    place: Place | None
    dataset: Dataset
    reason: str = ""
    excused: bool = False
    promised: tuple[str, ...] = ()
    hidden: frozenset[str] = frozenset()
    other_hidden: frozenset[str] = frozenset()
    now: datetime | None = None


def reconciled_with(dataset: Dataset) -> dict[str, Dataset]:
    """Return the datasets that a dataset must agree with, by the names that its rules have for them.

    One whose contract cannot be read any more is left out.
    """
    found: dict[str, Dataset] = {}
    for name in _names(dataset):
        file, _, there = name.rpartition("#")
        try:
            contract = Contract.load(dataset.contract.file.parent / file) if file else dataset.contract
            found[name] = contract[there]
        except (CallError, ContractError):
            continue
    return found


def _names(dataset: Dataset) -> list[str]:
    return list(dict.fromkeys(check.args["against"] for check in dataset.checks if check.type == RECONCILIATION))


def with_counterparts(
    dataset: Dataset, given: Mapping[str, Any] | None, near: Place | None, *, whole: bool = True
) -> Dataset:
    """Return the dataset with, in each of its reconciliations, where the other side is: as given, else by its contract,
    else, for a dataset of the same contract, its table beside `near`.

    Args:
        whole: whether the rows under audit are all rows of the dataset; some of them agree with nothing.
    """
    if not _names(dataset):
        return dataset
    others = reconciled_with(dataset)
    found = {
        name: _counterpart(dataset, name, other, given or {}, near) if whole else Counterpart(None, other, _PART, True)
        for name, other in others.items()
    }
    rules = tuple(
        replace(rule, args={**rule.args, _ARGUMENT: found.get(rule.args["against"])})
        if isinstance(rule, Check) and rule.type == RECONCILIATION
        else rule
        for rule in dataset.rules
    )
    return replace(dataset, rules=rules)


def counterpart_of(check: Check) -> Counterpart | None:
    """Return the other side of a reconciliation; None if its contract was not found."""
    found: Counterpart | None = check.args.get(_ARGUMENT)
    return found


def as_of(check: Check, now: datetime) -> Check:
    """Return a reconciliation as of a moment; any other check as it is."""
    found = counterpart_of(check)
    return check if found is None else replace(check, args={**check.args, _ARGUMENT: replace(found, now=now)})


def _counterpart(
    dataset: Dataset, name: str, other: Dataset, given: Mapping[str, Any], near: Place | None
) -> Counterpart:
    place, reason = None, ""
    try:
        if name in given:
            place = place_of(given[name], near=near)
        else:
            place = own_of(other)
            if place is None and other.contract is dataset.contract and isinstance(near, Stored):
                place = near.beside(other.physical_name)
            if place is None:
                reason = f"where {name} is cannot be told from its contract; give references={{'{name}': …}}"
    except CallError as error:
        reason = f"{name}: {error}"
    return Counterpart(
        place,
        other,
        reason,
        promised=tuple(p.column for p in dataset.properties),
        hidden=frozenset(_hidden(dataset)),
        other_hidden=frozenset(_hidden(other)),
    )


def _hidden(dataset: Dataset) -> Collection[str]:
    return {p.column.lower() for p in dataset.properties if p.hides}
