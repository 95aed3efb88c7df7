"""The views by their paths."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from headgate.page.ask import Ask

# A view takes the question, and the parts of its path by name, as texts; it returns a whole document, and raises
# NotShownError.
View = Callable[..., str]


def home(ask: Ask) -> str:
    return f"<!doctype html><title>headgate</title>{ask.now}"


ROUTES: Mapping[str, View] = {
    "/": home,
    "/contracts": home,
    "/incidents": home,
    "/quarantine": home,
    "/reconciliations": home,
}
# With a part of the path: "/datasets/{id}", "/runs/{id}", "/incidents/{number}". Tabs of Airflow, by their parameters:
# "/dag" (dag_id), "/dag_run" (dag_id, run_id), "/task_instance" (dag_id, run_id, task_id, map_index).
