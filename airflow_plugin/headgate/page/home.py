"""Home: what is broken now, who has it, who reads it; what holds fits on one line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from headgate.history import survey
from headgate.history.incident_views import IncidentLine
from headgate.page.ask import Ask
from headgate.page.budgets import NEARLY, budgets
from headgate.page.document import document
from headgate.page.overview import overview
from headgate.page.quarantine import waiting
from headgate.page.state import State

# So many lines of each kind are on the first view.
_SHOWN = 20


def home(ask: Ask) -> str:
    """Return the home page."""
    found = overview(ask)
    spent = [
        (line, budget) for line in found.lines for budget in budgets(line.levels) if budget.share >= NEARLY
    ]  # fmt: skip
    grouped = _by_dataset(found.incidents)
    aside = waiting(ask, survey.quarantined(ask.store, ask.now))
    late = [line for line in found.lines if line.fresh is not None and line.fresh.until < ask.now]
    quiet = [line for line in found.lines if line.state is State.QUIET]
    unknown = [line for line in found.lines if line.state is State.UNKNOWN]
    return document(
        ask,
        "home.html",
        overview=found,
        states=State,
        incidents=grouped[:_SHOWN],
        more=len(grouped) - _SHOWN,
        late=late[:_SHOWN],
        quiet=quiet[:_SHOWN],
        unknown=unknown[:_SHOWN],
        budgets=sorted(spent, key=lambda each: -each[1].share)[:_SHOWN],
        quarantine=aside[:_SHOWN],
    )


def _by_dataset(incidents: Iterable[IncidentLine]) -> list[tuple[IncidentLine, int]]:
    """Return the first incident of each dataset, and how many others it has: one run breaks many promises at once."""
    first: dict[int, IncidentLine] = {}
    others: Counter[int] = Counter()
    for each in incidents:
        if first.setdefault(each.dataset, each) is not each:
            others[each.dataset] += 1
    return [(each, others[each.dataset]) for each in first.values()]
