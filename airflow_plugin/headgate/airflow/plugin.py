"""Airflow's API server shows the reports of tasks: the pages below `[headgate] reports_folder`."""

from __future__ import annotations

import logging
from typing import Any

from airflow.plugins_manager import AirflowPlugin

from headgate.airflow import late
from headgate.airflow.config import MOUNT


class HeadgatePlugin(AirflowPlugin):
    """Mounts the reports. Every process of Airflow loads plugins; the app is made where somebody asks for it."""

    name = "headgate"

    @property
    def fastapi_apps(self) -> list[Any]:
        """The app; none where it cannot be made: a page never keeps Airflow from starting."""
        try:
            return [{"app": late.reports_app, "url_prefix": MOUNT, "name": "headgate reports"}]
        except ImportError:
            logging.getLogger(__name__).exception("the pages of reports are not shown")
            return []
