"""The page in Airflow's own API server, in this process: real auth managers, real tokens, a history of two DAGs.

Airflow knows the DAGs `alpha` and `beta`. Each has run a dataset, and so has somebody outside of Airflow; all three break
their contract: incidents 1 (alpha), 2 (beta), 3 (outside).
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Container, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from airflow.api_fastapi.auth.managers.models.resource_details import AccessView, DagAccessEntity
from airflow.api_fastapi.auth.managers.simple.simple_auth_manager import SimpleAuthManager
from headgate.history import open_store
from starlette.testclient import TestClient

from tests.support.contracts import odcs, write
from tests.support.history import record, sqlite_at

HOST = "http://airflow.example.com"
ROLES = ("viewer", "user", "op", "admin")


class AllBut(set[str]):
    """All DAGs but these."""

    def __contains__(self, dag: object) -> bool:
        return not super().__contains__(dag)


# The person, and the DAGs that they may read, edit, and read the XComs of. No one of them may see plugins.
LIMITED: Mapping[str, tuple[Container[str], Container[str], Container[str]]] = {
    "reader": ({"alpha"}, set(), set()),
    "editor": ({"alpha", "beta"}, {"alpha"}, {"alpha"}),
    "nobody": (set(), set(), set()),
    "most": (AllBut({"beta"}), AllBut({"beta"}), AllBut({"beta"})),
}
# What only the history of one DAG, or of none, has in it.
DATASETS = {"alpha": "alpha_orders", "beta": "beta_salaries", "outside": "outside_files"}
SAME = {"Sec-Fetch-Site": "same-origin"}


class LimitedAuthManager(SimpleAuthManager):
    """Knows people who may do something with some DAGs only. Like FAB's, it lets everybody list DAGs who may read one."""

    def is_authorized_dag(self, *, method: Any, user: Any, access_entity: Any = None, details: Any = None) -> bool:
        if user.username not in LIMITED:
            return bool(
                super().is_authorized_dag(method=method, user=user, access_entity=access_entity, details=details)
            )
        reads, edits, values = LIMITED[user.username]
        if details is None or details.id is None:
            return bool(method == "GET" and reads)
        if access_entity == DagAccessEntity.XCOM:
            return method == "GET" and details.id in values
        return details.id in (reads if method == "GET" else edits)

    def is_authorized_view(self, *, access_view: AccessView, user: Any) -> bool:
        return access_view is not AccessView.PLUGINS and super().is_authorized_view(access_view=access_view, user=user)


# The apps that were made, which takes a second or two, by the settings that Airflow reads then.
_MADE_WITH = ("AUTH_MANAGER", "SIMPLE_AUTH_MANAGER_ALL_ADMINS")
_APPS: dict[tuple[str, ...], tuple[Any, Any]] = {}


@dataclass
class Page:
    """The API server's app, with headgate's mounted. There may be several: each acts with its own settings."""

    folder: Path
    environment: Mapping[str, str]
    app: Any = None
    manager: Any = None
    tokens: dict[str, str] = field(default_factory=dict)

    @contextmanager
    def active(self) -> Iterator[None]:
        """Airflow is configured as this one, and its auth manager is there."""
        from airflow.api_fastapi import app as api
        from headgate.airflow.page.question import STORE

        with pytest.MonkeyPatch.context() as patch:
            for name, value in self.environment.items():
                patch.setenv(name, value)
            holder, name = (
                (api._AuthManagerState, "instance") if hasattr(api, "_AuthManagerState") else (api, "auth_manager")
            )
            patch.setattr(holder, name, self.manager)
            if STORE.url != self.environment["AIRFLOW__HEADGATE__STORE"]:
                STORE.close()
            if self.app is None:
                made = tuple(self.environment[f"AIRFLOW__CORE__{each}"] for each in _MADE_WITH)
                if made not in _APPS:
                    _APPS[made] = (api.create_app(), getattr(holder, name))
                self.app, self.manager = _APPS[made]
            yield

    @property
    def store(self) -> Path:
        return self.folder / "history.db"

    def call(
        self, person: str | None, method: str, path: str, *, headers: Mapping[str, str] | None = None, **body: Any
    ) -> Any:
        """What the page answers to the browser of a person, or to nobody's, without following where it leads."""
        with self.active():
            client = TestClient(self.app, base_url=HOST, follow_redirects=False)
            if person:
                client.cookies.set("_token", self.token(person))
            return client.request(method, f"/headgate{path}", headers=dict(headers or {}), **body)

    def act(self, person: str | None, path: str, headers: Mapping[str, str] = SAME, **form: str) -> Any:
        return self.call(person, "POST", path, headers=headers, data=form)

    def token(self, person: str) -> str:
        """The token of somebody who has logged in."""
        if person not in self.tokens:
            with self.active():
                client = TestClient(self.app, base_url=HOST)
                answer = client.post("/auth/token", json={"username": person, "password": person})
            assert answer.status_code == 201, answer.text
            self.tokens[person] = answer.json()["access_token"]
        return self.tokens[person]

    def acts(self) -> list[tuple[str, str, str]]:
        """All that people did, as the history has it: what, who, and their words."""
        with sqlite3.connect(self.store) as connection:
            return connection.execute("SELECT deed, by, text FROM headgate_act ORDER BY id").fetchall()


def serving(folder: Path, manager: type[SimpleAuthManager], **settings: str) -> Page:
    """Return the page with an auth manager, and options of Airflow such as `CORE__MULTI_TEAM`."""
    _ensure_airflow()
    url = history(folder)
    contracts = folder / "contracts"
    contracts.mkdir()
    things = [{"name": name, "properties": [{"name": "id", "required": True}]} for name in DATASETS.values()]
    write(contracts, odcs(*things, id="shop"))
    people = [*(f"{role}:{role}" for role in ROLES), *(f"{name}:viewer" for name in LIMITED)]
    (folder / "passwords.json").write_text(
        json.dumps({name.partition(":")[0]: name.partition(":")[0] for name in people})
    )
    options = {
        "CORE__AUTH_MANAGER": f"{manager.__module__}.{manager.__qualname__}",
        "CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS": "False",
        "CORE__SIMPLE_AUTH_MANAGER_USERS": ",".join(people),
        "CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(folder / "passwords.json"),
        "API_AUTH__JWT_SECRET": "a secret of the tests, long enough for HS512 by far: 0123456789012345678901234567890",
        "HEADGATE__STORE": url,
        "HEADGATE__CONTRACTS_FOLDER": str(contracts),
        "HEADGATE__REPORTS_FOLDER": str(folder / "reports"),
        **settings,
    }
    page = Page(folder, {f"AIRFLOW__{name}": value for name, value in options.items()})
    with page.active():
        return page


def _ensure_airflow() -> None:
    from airflow.models.dag import DagModel
    from airflow.models.dagbundle import DagBundleModel
    from airflow.utils.db import initdb
    from airflow.utils.session import create_session

    if not (Path(os.environ["AIRFLOW_HOME"]) / "airflow.db").exists():
        initdb()
    with create_session() as session:
        session.merge(DagBundleModel(name="of the page"))
        session.flush()
        for dag_id in ("alpha", "beta"):
            session.merge(DagModel(dag_id=dag_id, bundle_name="of the page", is_stale=False))


def history(folder: Path) -> str:
    """Write the history of the three to a folder; return its URL."""
    url = sqlite_at(folder)
    store = open_store(url)
    keys = {"alpha": "alpha/publish/run-1", "beta": "beta/publish/run-1", "outside": "by-hand"}
    for name, key in keys.items():
        broken = record(3, {f"{name}_rule": "failed"}, run_key=key, dataset=DATASETS[name], place=None)
        store.record(broken)
    store.close()
    return url
