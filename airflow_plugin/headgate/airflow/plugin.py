"""Airflow's API server shows the reports of tasks: the pages below `[headgate] reports_folder`."""

from __future__ import annotations

from typing import Any

from airflow.plugins_manager import AirflowPlugin

from headgate.airflow import late
from headgate.airflow.config import MOUNT


class HeadgatePlugin(AirflowPlugin):
    """Mounts the reports. Every process of Airflow loads plugins; the app is made where somebody asks for it."""

    name = "headgate"

    @property
    def fastapi_apps(self) -> list[Any]:
        return [{"app": late.reports_app, "url_prefix": MOUNT, "name": "headgate reports"}]
