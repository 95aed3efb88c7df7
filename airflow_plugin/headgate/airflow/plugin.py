"""What every process of Airflow has of headgate: the pages of reports, and the folder of the spool."""

from __future__ import annotations

import logging
import os
from typing import Any

from airflow.plugins_manager import AirflowPlugin

from headgate.airflow import late
from headgate.airflow.config import MOUNT


class HeadgatePlugin(AirflowPlugin):
    """Mounts the reports. Every process of Airflow loads plugins; the app is made where somebody asks for it."""

    name = "headgate"

    @classmethod
    def on_load(cls, *args: Any, **kwargs: Any) -> None:
        """Set `HEADGATE_SPOOL` by `[headgate] spool`, for lineage events of this process and the commands it runs; warn
        once where the folder, or the store of the history, is of no use to other machines."""
        if spool := late.setting("spool"):
            os.environ.setdefault("HEADGATE_SPOOL", spool)
        for wrong in filter(None, (late.spool_warning(), late.history_warning())):
            logging.getLogger(__name__).warning("%s", wrong)

    @property
    def fastapi_apps(self) -> list[Any]:
        """The app; none where it cannot be made: a page never keeps Airflow from starting."""
        try:
            return [{"app": late.reports_app, "url_prefix": MOUNT, "name": "headgate reports"}]
        except ImportError:
            logging.getLogger(__name__).exception("the pages of reports are not shown")
            return []
