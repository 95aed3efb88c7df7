"""What a person sees on the page: the pictures of docs/page.md, of the demo's history.

    make demo && python -m tests.support.page_pictures

starts Airflow's API server and writes docs/images/page-*.png anew, each view in light and in dark. It needs Chromium and
the dependency group `pictures`, and takes a minute.
"""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlencode

from headgate.history import home, list_incidents, open_store, runs
from headgate.history.dags import task_run_of

from tests.support.airflow_server import airflow
from tests.support.browser import chromium, log_in, open_page, plugin_frame
from tests.support.screenshots import small

ROOT = Path(__file__).parents[2]
STORE = f"sqlite:///{ROOT / '.demo' / 'history.db'}"
WIDTH, HEIGHT = 1180, 760


def addresses() -> dict[str, str]:
    """An address of each view, by what its picture is called; those below Airflow's own first."""
    store = open_store(STORE)
    invoices = next(each for each in home(store) if each.dataset == "invoices")
    run = next(each for each in runs(store, invoices.id) if each.verdict == "breach")
    task = task_run_of(run.run_key)
    assert task is not None
    incident = list_incidents(store, datetime.now(UTC))[0]
    store.close()
    query = urlencode({"dag_id": task.dag_id, "run_id": task.run_id, "task_id": task.task_id, "map_index": "-1"})
    return {
        "airflow": "/plugin/headgate",
        "home": "/headgate/",
        "contracts": "/headgate/contracts",
        "dataset": f"/headgate/datasets/{invoices.id}",
        "run": f"/headgate/runs/{run.id}",
        "incidents": "/headgate/incidents",
        "incident": f"/headgate/incidents/{incident.number}",
        "quarantine": "/headgate/quarantine",
        "reconciliations": "/headgate/reconciliations",
        "dag": f"/headgate/dag?{query}",
        "task": f"/headgate/task_instance?{query}",
    }


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        options = {"AIRFLOW__HEADGATE__STORE": STORE, "AIRFLOW__HEADGATE__CONTRACTS_FOLDER": str(ROOT / "dags")}
        with airflow(Path(folder), ROOT / "dags" / "churn", parts=["api-server"], **options) as server:
            for theme in ("light", "dark"):
                page = open_page(browser, dark=theme == "dark", width=WIDTH)
                page.set_viewport_size({"width": WIDTH, "height": HEIGHT})
                log_in(page, server.url, "op")
                for name, path in addresses().items():
                    page.goto(f"{server.url}{path}")
                    if name == "airflow":
                        plugin_frame(page)
                        page.wait_for_timeout(1500)
                    picture = ROOT / "docs" / "images" / f"page-{name}-{theme}.png"
                    picture.write_bytes(small(page.screenshot(), colors=160))
                    print(picture.relative_to(ROOT), picture.stat().st_size)
                page.context.close()


if __name__ == "__main__":
    main()
