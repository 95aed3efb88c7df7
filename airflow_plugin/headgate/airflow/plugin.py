"""What every process of Airflow has of headgate: its page, where it is asked for, and the folder of the spool."""

from __future__ import annotations

import logging
import os
from functools import cache
from typing import Any

from airflow.plugins_manager import AirflowPlugin

from headgate.airflow import late
from headgate.airflow.config import MOUNT, base_url, mounted_at

_TABS = {
    "dag": "dag?dag_id={DAG_ID}",
    "dag_run": "dag_run?dag_id={DAG_ID}&run_id={RUN_ID}",
    "task_instance": "task_instance?dag_id={DAG_ID}&run_id={RUN_ID}&task_id={TASK_ID}&map_index={MAP_INDEX}",
}


class HeadgatePlugin(AirflowPlugin):
    """Mounts the page, and shows it in Airflow's own. Every process of Airflow loads plugins; the app is made where
    somebody asks for it, which only the API server does."""

    name = "headgate"

    @classmethod
    def on_load(cls, *args: Any, **kwargs: Any) -> None:
        """Set `HEADGATE_SPOOL` by `[headgate] spool`, and `HEADGATE_PAGE` by `[api] base_url`, for lineage events and
        messages of this process and the commands it runs; warn once where the folder, or the store of the history, is
        of no use to other machines."""
        if spool := late.setting("spool"):
            os.environ.setdefault("HEADGATE_SPOOL", spool)
        if url := base_url():
            os.environ.setdefault("HEADGATE_PAGE", f"{url}{MOUNT}")
        for wrong in filter(None, (late.spool_warning(), late.history_warning())):
            logging.getLogger(__name__).warning("%s", wrong)

    @property
    def fastapi_apps(self) -> list[Any]:
        """The app; none where it cannot be made: a page never keeps Airflow from starting."""
        app = page_app()
        return [{"app": app, "url_prefix": MOUNT, "name": "headgate"}] if app else []

    @property
    def external_views(self) -> list[Any]:
        """The entry in Airflow's navigation, and the tabs of DAGs, runs and task instances."""
        if page_app() is None:
            return []
        icon = f"{mounted_at()}/static/icon.svg"
        home = {"name": "Contracts", "href": f"{mounted_at()}/", "destination": "nav", "url_route": "headgate"}
        tabs = [
            {
                "name": "Contracts",
                "href": f"{mounted_at()}/{address}",
                "destination": where,
                "url_route": f"headgate-{where.replace('_', '-')}",
            }
            for where, address in _TABS.items()
        ]
        return [view | {"icon": icon} for view in (home, *tabs)]

    @property
    def react_apps(self) -> list[Any]:
        """The lines on Airflow's home. The script defines a global of the app's name."""
        if page_app() is None:
            return []
        bundle = f"{mounted_at()}/static/widget.js"
        return [{"name": "headgate", "bundle_url": bundle, "destination": "dashboard", "url_route": "headgate-home"}]


@cache
def page_app() -> Any:
    """Return the app, made once; None, which is logged once, where it cannot be made."""
    try:
        return late.page_app
    except ImportError as error:
        logging.getLogger(__name__).warning("the page of headgate is not shown: %s", error)
    except Exception:  # whatever keeps it from being made must not keep Airflow from starting
        logging.getLogger(__name__).exception("the page of headgate is not shown")
    return None
