"""The addresses of views."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote, urlencode

from headgate.history.dags import TaskRun


@dataclass(frozen=True, slots=True)
class Links:
    """Addresses of views as they are served, below the path `base`; where there are `files`, as files of a folder, seen
    from one that is `depth` folders deep.

    `airflow` is the address of Airflow's own pages, with a slash at its end; empty where there are none. `files` are
    the paths of the views that the folder has, and `valid_until` is when the first answer in it ends: what is not
    among the files has the address "".
    """

    base: str = "/headgate"
    airflow: str = ""
    files: frozenset[str] | None = None
    depth: int = 0
    valid_until: datetime | None = None

    @property
    def static(self) -> bool:
        return self.files is not None

    def to(self, *parts: object, **query: object) -> str:
        """Return the address of a view: `to()` is home, `to("incidents", 7)` an incident."""
        path = "/".join(quote(str(part), safe="") for part in parts)
        if self.files is not None:
            return "../" * self.depth + f"{path or 'index'}.html" if path in self.files else ""
        given = {name: value for name, value in query.items() if value not in (None, "")}
        return f"{self.base}/{path}" + (f"?{urlencode(given)}" if given else "")

    def asset(self, name: str) -> str:
        """Return the address of a style or a script."""
        return f"{'../' * self.depth}static/{name}" if self.static else f"{self.base}/static/{name}"

    def dag(self, dag_id: str) -> str:
        """Return the address of a DAG in Airflow; empty where there is no Airflow."""
        return f"{self.airflow}dags/{quote(dag_id, safe='')}" if self.airflow else ""

    def dag_run(self, dag_id: str, run_id: str) -> str:
        """Return the address of a run of a DAG in Airflow, as of `dag`."""
        return f"{self.dag(dag_id)}/runs/{quote(run_id, safe='')}" if self.airflow else ""

    def log(self, run: TaskRun) -> str:
        """Return the address of a task's log in Airflow, as of `dag`."""
        return f"{self.dag_run(run.dag_id, run.run_id)}/tasks/{quote(run.task_id, safe='')}" if self.airflow else ""
