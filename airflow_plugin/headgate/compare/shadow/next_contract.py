"""A candidate that is the next version of a contract: which promises production's rows would break."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from headgate.compare.shadow.compared import consumers_of
from headgate.compare.shadow.found import Output, ShadowRun
from headgate.compare.shadow.promises import judged
from headgate.compare.shadow.settings import Settings
from headgate.contract import Contract, Dataset
from headgate.places import Place


def pairs_of(
    new: Contract, old: Contract, place: Callable[[Dataset], Place], only: str | None = None
) -> tuple[list[tuple[Dataset, Place]], list[str]]:
    """Return the datasets of the next version with where production's rows are, and what has none, with the reason.

    Args:
        place: returns where the rows of a dataset of `old` are.
        only: the name of the one dataset that is looked at.
    """
    wanted = [dataset for dataset in new if only in (None, dataset.name)]
    known = [(dataset, place(old[dataset.name])) for dataset in wanted if dataset.name in old.datasets]
    added = [dataset.name for dataset in wanted if dataset.name not in old.datasets]
    return known, [f"{name}: it is new, production has no rows of it" for name in added]


def run_contract(
    contract: Contract, pairs: Iterable[tuple[Dataset, Place]], settings: Settings, skipped: Iterable[str] = ()
) -> ShadowRun:
    """Check datasets of the next version of a contract on production's rows; nothing is made and nothing dropped.

    Args:
        pairs: each dataset of `contract`, with where production's rows are.
        skipped: what is not looked at, with the reason.

    Raises:
        TransientError: a place could not be reached now.
    """
    outputs = []
    for dataset, place in pairs:
        output = Output(
            dataset.name,
            str(place),
            is_new=True,
            contract=f"{contract.id} {contract.version}",
            contract_file=str(contract.file),
            readers=consumers_of(dataset),
        )
        outputs.append(judged(output, dataset, place, settings))
    return ShadowRun(
        f"contract {contract.id} {contract.version}",
        tuple(outputs),
        settings.now,
        skipped=tuple(skipped),
        contract=f"{contract.id} {contract.version}",
        commit=contract.git_commit or "",
        command=settings.command,
    )
