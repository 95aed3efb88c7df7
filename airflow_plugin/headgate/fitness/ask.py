"""`headgate.status(...)`: may I use this data now?"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from headgate.contract import Dataset
from headgate.contract.find import is_there, may_be_contract
from headgate.errors import CallError, HeadgateError
from headgate.fitness.answer import Fitness
from headgate.fitness.catalogue import Catalogue, full_name, names_of
from headgate.fitness.decide import fitness, levels_for
from headgate.fitness.evidence import Finding, Trouble
from headgate.fitness.read import evidence, of_ledger, place_served
from headgate.fitness.recorded import Recorded, recorded_here
from headgate.levels import Clock
from headgate.places import DataLike
from headgate.report import Verdict, shortened
from headgate.rules import Contract

# The folders of contracts, as a PATH.
VARIABLE = "HEADGATE_CONTRACTS"


def status(
    dataset: Dataset | str | Path,
    data: DataLike | None = None,
    *,
    server: str | None = None,
    consumer: str = "",
    contracts: Catalogue | None = None,
    recorded: Recorded | None = None,
    now: datetime | None = None,
) -> Fitness:
    """Return whether a dataset may be used now.

    Args:
        dataset: `Contract.load(path)["orders"]`, CONTRACT.odcs.yaml[#DATASET], or the name of a dataset in `contracts`.
        data: where it is; by default its own table on the contract's server.
        server: which of the contract's servers, where it has several.
        consumer: whose needs count besides the contract's promises, by its name in the contract.
        contracts: the contracts that are known, for names and for what is upstream; by default those below the folders
            in HEADGATE_CONTRACTS.
        recorded: the history; by default the one that is configured.
        now: the time of the answer, aware; by default the clock's.

    Raises:
        CallError: the contract, the dataset, the consumer or the place was not found.
        ContractError: the contract is wrong.
    """
    known = contracts if contracts is not None else configured()
    about = dataset if isinstance(dataset, Dataset) else find(str(dataset), known)
    levels_for(about, (), consumer)  # a consumer that is not listed is told before anything is read
    clock = Clock(now or datetime.now(UTC))
    recorded = recorded or recorded_here()
    upstream = _troubles(about, known, clock, recorded, server)
    found = evidence(about, place_served(about, data, server), clock, recorded=recorded, upstream=upstream)
    return fitness(about, replace(found, unread_contracts=len(known.faulty)), clock, consumer)


def configured() -> Catalogue:
    """Return the contracts below the folders in HEADGATE_CONTRACTS; none where it is not set.

    Raises:
        CallError: one of them is not a folder.
    """
    return Catalogue.below(*folders())


def folders() -> list[Path]:
    """Return the folders in HEADGATE_CONTRACTS."""
    return [Path(part) for part in os.environ.get(VARIABLE, "").split(os.pathsep) if part.strip()]


def find(text: str, known: Catalogue) -> Dataset:
    """Return the dataset of CONTRACT.odcs.yaml[#DATASET], or of that name among the contracts that are known.

    Raises:
        CallError: it was not found.
        ContractError: the contract is wrong.
    """
    if any(text in names_of(each) for each in known.datasets):
        return known.find(text)
    path, _, name = ("", "", text) if is_there(text) else text.rpartition("#")
    if may_be_contract(path or name) or is_there(path or name):
        return Contract.load(path or name).only(name if path else None)
    if not known.datasets:
        raise CallError(
            f"'{text}' is not a contract's file, and no contracts are known: give CONTRACT.odcs.yaml[#DATASET], "
            f"--contracts FOLDER, or set {VARIABLE}"
        )
    return known.find(text)


def _troubles(
    about: Dataset, known: Catalogue, clock: Clock, recorded: Recorded | None, server: str | None
) -> Iterator[Trouble]:
    """Yield the datasets upstream, directly or not, that are in trouble."""
    seen, waiting = {full_name(about)}, list(known.upstream_of(about))
    while waiting:
        each = waiting.pop(0)
        if full_name(each) in seen:
            continue
        seen.add(full_name(each))
        waiting += known.upstream_of(each)
        if (trouble := _trouble(each, recorded, server)) is not None:
            yield trouble


def _trouble(dataset: Dataset, recorded: Recorded | None, server: str | None) -> Trouble | None:
    """Return what is wrong with a dataset, as far as its ledger and history say; its data is not read."""
    try:
        same = server if any(each.name == server for each in dataset.contract.servers) else None
        found = of_ledger(dataset, place_served(dataset, None, same), recorded=recorded)
    except HeadgateError as error:
        return Trouble(dataset.name, "it cannot be read", detail=str(error))
    if found.unreadable:
        first = found.unreadable[0]
        return Trouble(dataset.name, first.what, detail=first.detail)
    if found.stale is not None:
        return Trouble(dataset.name, str(found.stale), found.stale.since)
    newest = max(_known(found.check, found.part, found.attempt), key=lambda finding: finding.at, default=None)
    if newest is None or newest.verdict in (Verdict.PASS, Verdict.WARN):
        return None
    if newest.verdict is Verdict.UNKNOWN:
        return Trouble(dataset.name, "its last verdict is unknown", newest.at)
    done = " and was held back" if newest.held_back else ""
    return Trouble(dataset.name, f"its last run breaks {shortened(newest.broken)}{done}", newest.at)


def _known(*findings: Finding | None) -> Iterable[Finding]:
    return [finding for finding in findings if finding is not None]
