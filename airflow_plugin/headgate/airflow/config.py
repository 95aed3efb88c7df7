"""The options in `[headgate]` of Airflow's configuration."""

from __future__ import annotations

from airflow.providers.common.compat.sdk import conf

# Where headgate's own pages are, below the address of Airflow's API server.
MOUNT = "/headgate"


def setting(name: str) -> str:
    """Return an option of `[headgate]`, empty if it is not set."""
    return str(conf.get("headgate", name, fallback="") or "").strip()
