"""Webhooks whose address is an Airflow connection."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from airflow.exceptions import AirflowNotFoundException
from airflow.providers.common.compat.sdk import BaseHook

from headgate.airflow import late
from headgate.errors import ConfigurationError, TransientError


def post_to(conn_id: str, body: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> None:
    """Send `body` as JSON to the webhook of an HTTP connection: its host, followed by a token that is its password.

    Raises:
        ConfigurationError: there is no such connection.
        RefusedError, TransientError: as of `alerts.webhook.post`; the URL is in no error.
    """
    url = _url(conn_id)
    try:
        late.post(url, body, f"the webhook of '{conn_id}'", headers)
    except TransientError as error:
        if url.startswith("https:") and "cannot be reached" in str(error):
            hint = "it is https unless the connection's schema, or its host, says http"
            raise TransientError(f"{error}; {hint}") from None
        raise


def _url(conn_id: str) -> str:
    try:
        connection = BaseHook.get_connection(conn_id)
    except AirflowNotFoundException:
        raise ConfigurationError(f"Airflow connection '{conn_id}' not found") from None
    host = connection.host or ""
    url = host if "://" in host else f"{connection.schema or 'https'}://{host}"
    url += f":{connection.port}" if connection.port else ""
    return f"{url.rstrip('/')}/{connection.password.lstrip('/')}" if connection.password else url
