"""Saved answers are made again when what they are about has changed."""

from __future__ import annotations

import logging

from headgate.contract import Dataset
from headgate.errors import HeadgateError
from headgate.fitness import view
from headgate.fitness.answer import Fitness
from headgate.fitness.ask import status
from headgate.fitness.recorded import Recorded
from headgate.places import Place

log = logging.getLogger(__name__)


def refresh(dataset: Dataset, place: Place, *, recorded: Recorded | None = None) -> int:
    """Ask again for each answer about a dataset that is saved at `place`, and save it; return how many.

    Never raises: an answer that cannot be made stays, and the view says that it is from before the last publication.
    """
    try:
        names = [name for name in view.saved_consumers(place) if not name or name in _consumers(dataset)]
        if not names:
            return 0

        def ask() -> list[Fitness]:
            return [status(dataset, place, consumer=name, recorded=recorded) for name in names]

        return len(view.save(place, ask))
    except HeadgateError as error:
        log.warning("headgate.fitness is not up to date: %s", error)
        return 0


def _consumers(dataset: Dataset) -> frozenset[str]:
    return frozenset(each.name for each in dataset.consumers)
