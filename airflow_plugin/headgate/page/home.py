"""Home: what is broken now, who has it, who reads it; what holds fits on one line."""

from __future__ import annotations

from headgate.history import survey
from headgate.page.ask import Ask
from headgate.page.budgets import NEARLY, budgets
from headgate.page.document import document
from headgate.page.overview import by_dataset, overview, seen_ids
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
    grouped = [(each[0], len(each) - 1) for each in by_dataset(found.incidents)]
    aside = waiting(ask, survey.quarantined(ask.store, ask.now, seen_ids(ask)))
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
        faulty=ask.catalogue.faulty if ask.catalogue and ask.scope.sees(None) else (),
    )
