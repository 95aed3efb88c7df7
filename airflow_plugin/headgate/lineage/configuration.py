"""The OpenLineage client as the environment configures it, with the spool before a server."""

from __future__ import annotations

import copy
import json
import os
from typing import Any

from openlineage.client import OpenLineageClient
from openlineage.client.transport import get_default_factory
from openlineage.client.transport.noop import NoopConfig, NoopTransport

from headgate.errors import ConfigurationError
from headgate.lineage.destination import HTTP
from headgate.lineage.transport import NAME

# Airflow's own option, where it is in the environment: the commands of a task send to where its events go.
AIRFLOW_VARIABLE = "AIRFLOW__OPENLINEAGE__TRANSPORT"


def client() -> OpenLineageClient | None:
    """Return the client for the configured transport, through the spool where that is http; None if none is configured.

    Raises:
        ConfigurationError: what is configured is no transport.
    """
    if (config := configured_transport()) is None:
        return None
    try:
        return OpenLineageClient(transport=get_default_factory().create(config))
    except ConfigurationError:
        raise
    except Exception as error:
        raise ConfigurationError(f"the OpenLineage transport '{config['type']}' cannot be made: {error}") from error


def configured_transport() -> dict[str, Any] | None:
    """Return the configuration of the transport: of OpenLineage's own variables or file, else of Airflow's variable."""
    if os.environ.get("OPENLINEAGE_DISABLED", "").strip().lower() == "true":
        return None
    own = OpenLineageClient(transport=NoopTransport(NoopConfig())).config.transport or {}
    if not isinstance(own, dict):
        raise ConfigurationError('the OpenLineage transport is no object; write it like {"type": "http", "url": "…"}')
    if own.get("type"):
        return spooled(own)
    if url := os.environ.get("OPENLINEAGE_URL"):
        key = os.environ.get("OPENLINEAGE_API_KEY")
        endpoint = os.environ.get("OPENLINEAGE_ENDPOINT", "api/v1/lineage")
        auth = {"auth": {"type": "api_key", "apiKey": key}} if key else {}
        return spooled({"type": "http", "url": url, "endpoint": endpoint, **auth})
    return _of_airflow()


def spooled(config: dict[str, Any]) -> dict[str, Any]:
    """Return a transport's configuration, with the spool before it where it is http."""
    config = copy.deepcopy(config)
    return {"type": NAME, "transport": config} if config.get("type") in HTTP else config


def _of_airflow() -> dict[str, Any] | None:
    if not (given := os.environ.get(AIRFLOW_VARIABLE, "").strip()):
        return None
    try:
        config = json.loads(given)
    except ValueError as error:
        raise ConfigurationError(f"{AIRFLOW_VARIABLE} is not JSON: {error}") from error
    if not isinstance(config, dict) or not config.get("type"):
        raise ConfigurationError(f'{AIRFLOW_VARIABLE} names no transport: it must be like {{"type": "http", …}}')
    return spooled(config)
