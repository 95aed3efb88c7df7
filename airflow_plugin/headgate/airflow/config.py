"""What `[headgate]` of Airflow's configuration says."""

from __future__ import annotations

from airflow.providers.common.compat.sdk import conf


def setting(name: str) -> str:
    """An option of `[headgate]`, empty where it is not set."""
    return str(conf.get("headgate", name, fallback="") or "").strip()
