"""The options in `[headgate]` of Airflow's configuration, and the address of Airflow's API server."""

from __future__ import annotations

from urllib.parse import urlsplit

from airflow.providers.common.compat.sdk import conf

# Where headgate's own pages are, below the address of Airflow's API server.
MOUNT = "/headgate"


def setting(name: str) -> str:
    """Return an option of `[headgate]`, empty if it is not set."""
    return str(conf.get("headgate", name, fallback="") or "").strip()


def base_url() -> str:
    """Return `[api] base_url` without a slash at its end, empty if it is not set."""
    return str(conf.get("api", "base_url", fallback="") or "").strip().rstrip("/")


def mounted_at() -> str:
    """Return the path at which browsers find headgate's pages."""
    return f"{urlsplit(base_url()).path}{MOUNT}"
