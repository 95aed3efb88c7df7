"""The options in `[headgate]` of Airflow's configuration."""

from __future__ import annotations

from airflow.providers.common.compat.sdk import conf


def setting(name: str) -> str:
    """Return an option of `[headgate]`, empty if it is not set."""
    return str(conf.get("headgate", name, fallback="") or "").strip()
