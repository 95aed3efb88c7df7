"""The views by their paths."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from headgate.page.contracts import contracts
from headgate.page.dataset import dataset
from headgate.page.home import home
from headgate.page.incident import incident, incidents
from headgate.page.quarantine import quarantine
from headgate.page.reconciliations import reconciliations
from headgate.page.run import run
from headgate.page.tabs import dag, dag_run, task_instance

# A view takes the question, and the parts of its path by name, as texts; it returns a whole document, and raises
# NotShownError.
View = Callable[..., str]

ROUTES: Mapping[str, View] = {
    "/": home,
    "/contracts": contracts,
    "/datasets/{id}": dataset,
    "/runs/{id}": run,
    "/incidents": incidents,
    "/incidents/{number}": incident,
    "/quarantine": quarantine,
    "/reconciliations": reconciliations,
    "/dag": dag,
    "/dag_run": dag_run,
    "/task_instance": task_instance,
}
