"""A whole Airflow of its own: API server, scheduler, DAG processor, triggerer, on SQLite.

Its people are called as their roles, and so are their passwords.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")
PEOPLE = ("admin", "op", "user", "viewer")
COMMAND = str(Path(sys.executable).with_name("airflow"))
PARTS = ("api-server", "scheduler", "dag-processor", "triggerer")


@dataclass(frozen=True)
class Airflow:
    """A running Airflow, reached by its REST API as the one whose token it is."""

    home: Path
    url: str
    environment: dict[str, str] = field(repr=False)
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    token: str = ""
    command: str = COMMAND

    def begin(self, part: str) -> None:
        """Start the process of one of PARTS."""
        with (self.home / f"{part}.out").open("a") as out:
            self.processes[part] = subprocess.Popen(
                [self.command, part], env=self.environment, stdout=out, stderr=out, start_new_session=True
            )

    def kill(self, part: str) -> None:
        """End it without a farewell."""
        os.killpg(self.processes[part].pid, signal.SIGKILL)
        self.processes[part].wait()

    def logged_in(self, person: str) -> Airflow:
        import httpx

        answer = httpx.post(f"{self.url}/auth/token", json={"username": person, "password": person}, timeout=30)
        answer.raise_for_status()
        return replace(self, token=answer.json()["access_token"])

    def answers(self) -> bool:
        """Whether the API server is there."""
        import httpx

        try:
            self.logged_in("admin")
        except httpx.HTTPError:
            return False
        return True

    def call(self, method: str, path: str, **body: Any) -> Any:
        import httpx

        headers = {"Authorization": f"Bearer {self.token}"}
        answer = httpx.request(method, f"{self.url}/api/v2/{path}", headers=headers, json=body or None, timeout=30)
        answer.raise_for_status()
        return answer.json()

    def get(self, path: str, person: str | None) -> Any:
        """What the API server answers to a person, or to nobody, at a path of its own."""
        import httpx

        cookies = {"_token": self.logged_in(person).token} if person else {}
        return httpx.get(f"{self.url}{path}", cookies=cookies, timeout=30)

    def start(self, dag_id: str, **conf: Any) -> str:
        """Start a run; its id."""
        self.call("PATCH", f"dags/{dag_id}", is_paused=False)
        return str(self.call("POST", f"dags/{dag_id}/dagRuns", logical_date=None, conf=conf)["dag_run_id"])

    def clear(self, dag_id: str, run_id: str, task_id: str) -> None:
        """Run a task, and those after it, again, once the run has ended.

        A run that ends while its last task is cleared ends for good: the scheduler writes its state over the cleared one.
        """
        run = f"dags/{dag_id}/dagRuns/{run_id}"
        self.wait(lambda: self.call("GET", run)["state"] in ("success", "failed"), f"the end of {run_id}")
        what = {"dag_run_id": run_id, "task_ids": [task_id], "include_downstream": True, "only_failed": False}
        self.call("POST", f"dags/{dag_id}/clearTaskInstances", dry_run=False, **what)

    def runs(self, dag_id: str) -> list[dict[str, Any]]:
        return list(self.call("GET", f"dags/{dag_id}/dagRuns")["dag_runs"])

    def task(self, dag_id: str, run_id: str, task_id: str) -> dict[str, Any]:
        return dict(self.call("GET", f"dags/{dag_id}/dagRuns/{run_id}/taskInstances/{task_id}"))

    def wait_for_task(self, dag_id: str, run_id: str, task_id: str, *states: str) -> dict[str, Any]:
        """The task once it is in one of `states`."""

        def look() -> dict[str, Any] | None:
            found = self.task(dag_id, run_id, task_id)
            return found if found["state"] in states else None

        return self.wait(look, f"{dag_id}.{task_id} to be {states}")

    def wait_until_parked(self, dag_id: str, run_id: str, task_id: str, *states: str, tries: int = 1) -> dict[str, Any]:
        """The task, at its try of that number, once it waits in one of `states`, and its executor has said that the process has ended.

        Airflow fails a task that is resumed between the two ("finished with state success, but the task instance's
        state attribute is queued"): a program is quick enough for that, a person is not.
        """
        ends = (*states, "failed", "skipped", "upstream_failed")
        self.wait(lambda: self.task(dag_id, run_id, task_id)["try_number"] == tries, f"try {tries} of {task_id}")
        found = self.wait_for_task(dag_id, run_id, task_id, *ends)
        assert found["state"] in states, found["state"]
        key = f"dag_id='{dag_id}', task_id='{task_id}', run_id='{run_id}', try_number={tries},"
        said = f"Received executor event with state success for task instance TaskInstanceKey({key}"
        self.wait(lambda: said in (self.home / "scheduler.out").read_text(errors="replace"), f"the end of {task_id}")
        return found

    def wait(self, look: Callable[[], T | None], what: str, seconds: float = 240) -> T:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            found = look()
            if found:
                return found
            time.sleep(0.3)
        raise AssertionError(f"waited in vain for {what}\n{self.logs()}")

    def logs(self) -> str:
        files = [*self.home.glob("*.out"), *(self.home / "logs").rglob("attempt=*.log")]
        return "\n".join(f"--- {file}\n{file.read_text(errors='replace')[-600:]}" for file in files)


@contextmanager
def airflow(
    home: Path, dags: Path, *, parts: Sequence[str] = PARTS, command: str = COMMAND, **environment: str
) -> Iterator[Airflow]:
    """Start it, or only some `parts` of it, and stop what was started. `command` is that of another version."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AIRFLOW", "OPENLINEAGE"))}
    environment = kept | {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__API__PORT": str(port),
        "AIRFLOW__API__WORKERS": "1",
        "AIRFLOW__API_AUTH__JWT_SECRET": "secret-of-the-tests-" * 4,
        "AIRFLOW__CORE__DAGS_FOLDER": str(dags),
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{url}/execution/",
        "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__PARALLELISM": "2",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(home / "passwords.json"),
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": ",".join(f"{person}:{person}" for person in PEOPLE),
        "AIRFLOW__OPENLINEAGE__DISABLED": "True",
        "AIRFLOW__SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME": "0.3",
        "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_SEC": "1",
        "AIRFLOW__WORKERS__MIN_HEARTBEAT_INTERVAL": "1",
        **environment,
    }
    home.mkdir(parents=True, exist_ok=True)
    (home / "passwords.json").write_text(json.dumps({person: person for person in PEOPLE}))
    subprocess.run([command, "db", "migrate"], env=environment, check=True, capture_output=True, timeout=300)
    running = Airflow(home, url, environment, command=command)
    try:
        for part in parts:
            running.begin(part)
        running.wait(running.answers, "the API server")
        yield running.logged_in("admin")
    finally:
        for process in running.processes.values():
            os.killpg(process.pid, signal.SIGTERM)
        for process in running.processes.values():
            try:
                process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
