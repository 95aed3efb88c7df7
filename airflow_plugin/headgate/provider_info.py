"""What Airflow is told of this provider. Read at every start of Airflow: imports nothing."""

from __future__ import annotations

from typing import Any

from headgate import __version__


def get_provider_info() -> dict[str, Any]:
    return {
        "package-name": "headgate",
        "name": "headgate",
        "description": "Data contracts (ODCS) enforced at the boundaries of pipelines.",
        "versions": [__version__],
        "integrations": [
            {
                "integration-name": "headgate",
                "external-doc-url": "https://pypi.org/project/headgate/",
                "tags": ["software"],
            }
        ],
        "operators": [
            {
                "integration-name": "headgate",
                "python-modules": [
                    f"headgate.airflow.{name}" for name in ("operators", "release", "verdict", "dbt", "watch")
                ],
            }
        ],
        "sensors": [{"integration-name": "headgate", "python-modules": ["headgate.airflow.sensor"]}],
        "triggers": [{"integration-name": "headgate", "python-modules": ["headgate.airflow.trigger"]}],
        "notifications": ["headgate.airflow.notifier.ContractNotifier"],
        "task-decorators": [{"name": "contract", "class-name": "headgate.airflow.task.contract_task"}],
        "extra-links": ["headgate.airflow.links.ReportLink", "headgate.airflow.links.ContractLink"],
        "config": {
            "headgate": {
                "description": "Data contracts.",
                "options": {
                    "contracts_folder": _option(
                        "Where a relative contract path is looked up, after the DAG file's folder."
                    ),
                    "enforce_folder": _option(
                        "Contracts that hold for every task: an outlet with one is checked after the task has run."
                    ),
                    "connections": _option(
                        'The Airflow connection of each server that contracts name, as JSON: {"warehouse": "conn_id"}.'
                    ),
                    "on_breach": _option(
                        "In place of every contract's policy: halt, last_known_good, quarantine, warn, or a comma list."
                    ),
                    "report_url": _option(
                        "Where people find a report, for the link of a task; {page} is the page below "
                        "reports_folder, {path} the JSON. Empty: Airflow's API server shows the page.",
                        "https://reports.example.com/{page}",
                    ),
                    "contract_url": _option(
                        "Where people find a contract in git, for the link of a task: {path}, {commit} and {line}.",
                        "https://github.com/acme/data/blob/{commit}/{path}#L{line}",
                    ),
                    "spool": _option(
                        "The folder in which lineage events and the history wait for their server, of the workers too: "
                        "one that is mounted where these have disks of their own. Empty: HEADGATE_SPOOL, else a folder "
                        "of the user."
                    ),
                    "store": _option(
                        "The database in which the history of checks is kept: a URL of PostgreSQL or SQLite, or the id "
                        "of an Airflow connection; 'none' keeps none. Empty: HEADGATE_STORE, else a file of the user "
                        "where tasks run beside the scheduler, and no history elsewhere.",
                        "postgresql://headgate@db.example.com/headgate",
                    )
                    | {"sensitive": True},
                    "history_days": _option("How many days the history is kept; empty: 400.", "400"),
                    "channels": _option(
                        "Where messages about incidents go: JSON, or the path of a JSON file, of each name (a support "
                        "channel or owner of contracts, a consumer or its contact, or '*' for all others) its target "
                        "or list of targets. Empty: HEADGATE_CHANNELS.",
                        '{"#shop-data": "conn:slack", "*": "https://chat.example.com/hooks/data"}',
                    )
                    | {"sensitive": True},
                    "lineage": _option(
                        "Where a breach looks up who reads the data: the URL of Marquez, or a file or folder of "
                        "OpenLineage events. Empty: only the contract's consumers are named.",
                        "http://localhost:5000",
                    ),
                    "reports_folder": _option(
                        "Where each task's report is written, as JSON and as a page; empty writes none. The API server "
                        "shows the pages to whoever may read the DAG's XComs; it needs the same folder."
                    ),
                },
            }
        },
    }


def _option(description: str, example: str | None = None) -> dict[str, Any]:
    return {
        "description": description,
        "version_added": "0.1.0",
        "type": "string",
        "example": example,
        "default": "",
    }
