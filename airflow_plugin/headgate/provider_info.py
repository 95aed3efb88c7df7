"""What Airflow is told of this provider. Read at every start of Airflow: imports nothing."""

from __future__ import annotations

from typing import Any


def get_provider_info() -> dict[str, Any]:
    return {
        "package-name": "headgate",
        "name": "headgate",
        "description": "Data contracts (ODCS) enforced at the boundaries of pipelines.",
        "versions": ["0.1.0"],
        "integrations": [
            {
                "integration-name": "headgate",
                "external-doc-url": "https://pypi.org/project/headgate/",
                "tags": ["software"],
            }
        ],
        "operators": [{"integration-name": "headgate", "python-modules": ["headgate.airflow.operators"]}],
        "config": {
            "headgate": {
                "description": "Data contracts.",
                "options": {
                    "contracts_folder": _option(
                        "Where a relative contract path is looked up, after the DAG file's folder."
                    ),
                    "connections": _option(
                        'The Airflow connection of each server that contracts name, as JSON: {"warehouse": "conn_id"}.'
                    ),
                    "on_breach": _option(
                        "A policy in place of every contract's: halt, quarantine, warn, or a comma list."
                    ),
                    "reports_folder": _option("Where each task's report is written as JSON; empty writes none."),
                },
            }
        },
    }


def _option(description: str) -> dict[str, Any]:
    return {
        "description": description,
        "version_added": "0.1.0",
        "type": "string",
        "example": None,
        "default": "",
    }
