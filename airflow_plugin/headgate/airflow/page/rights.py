"""What the signed-in person may see and do, as Airflow's auth manager says.

No right on plugins or on a view of ours is asked for: data goes by the DAGs that a person may read, values by the right
to read the XComs of a DAG, and acts by the right to edit it.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Annotated, Any

from airflow.api_fastapi.app import get_auth_manager
from airflow.api_fastapi.auth.managers.models.base_user import BaseUser
from airflow.api_fastapi.auth.managers.models.resource_details import DagAccessEntity, DagDetails
from airflow.api_fastapi.core_api.security import GetUserDep
from airflow.models.dag import DagModel
from airflow.models.team import Team
from airflow.providers.common.compat.sdk import conf
from airflow.utils.session import create_session
from fastapi import Depends
from sqlalchemy import select

from headgate.page.ask import Scope

# The id of no DAG: who may read it may read whichever there is, or was. Without an id auth managers say yes to whoever
# may list DAGs, if only one of them.
_ANY = "~ any DAG ~"


def scope_of(user: GetUserDep) -> Scope:
    """Return what a person may see and do. It is asked for anew with each request."""
    return Rights(user).scope


ScopeDep = Annotated[Scope, Depends(scope_of)]


class Rights:
    """The rights of one person, during one request."""

    def __init__(self, user: BaseUser) -> None:
        self._user = user
        self._manager: Any = get_auth_manager()
        self._may = cache(self._ask)

    @property
    def scope(self) -> Scope:
        readable = frozenset(self._manager.get_authorized_dag_ids(user=self._user, method="GET"))
        return Scope(
            dags=None if self._may("GET", None, None) and _all_dags() <= readable else readable,
            values=lambda dag: self._may("GET", dag, DagAccessEntity.XCOM),
            edits=lambda dag: self._may("PUT", dag, None),
        )

    def _ask(self, method: str, dag: str | None, entity: DagAccessEntity | None) -> bool:
        """Return whether they may do something with a DAG, or, for None, with each that there is or was, of whichever
        team."""
        return all(
            self._manager.is_authorized_dag(
                method=method,
                user=self._user,
                access_entity=entity,
                details=DagDetails(id=dag or _ANY, team_name=team),
            )
            for team in _teams(dag)
        )


def _all_dags() -> frozenset[str]:
    with create_session() as session:
        return frozenset(session.scalars(select(DagModel.dag_id)))


def _teams(dag: str | None) -> Iterable[str | None]:
    """Return the team of a DAG, if it is one's own; for None, all teams, and none."""
    if not conf.getboolean("core", "multi_team", fallback=False):
        return (None,)
    if dag is not None:
        return (DagModel.get_team_name(dag),)
    with create_session() as session:
        return (None, *session.scalars(select(Team.name)))
