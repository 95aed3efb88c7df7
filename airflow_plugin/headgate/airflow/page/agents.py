"""The MCP server over HTTP: the tools of `headgate mcp`, for the datasets that a person may see."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

from fastapi import APIRouter, Depends, HTTPException, Response
from starlette.concurrency import run_in_threadpool
from starlette.types import Receive, Scope, Send

from headgate.airflow import late
from headgate.airflow.page.question import CONTRACTS, STORE
from headgate.airflow.page.rights import ScopeDep
from headgate.airflow.page.same_origin import demand_same_origin
from headgate.errors import HeadgateError
from headgate.fitness.catalogue import Catalogue
from headgate.fitness.recorded import Recorded
from headgate.history.survey import dags_by_name
from headgate.mcp.contracts import Contracts
from headgate.mcp.tools import Tools
from headgate.page import ask

router = APIRouter()


class VisibleContracts(Contracts):
    """The contracts of datasets that a person may see: those of which they may read every DAG that ran them."""

    def __init__(self, known: Catalogue, scope: ask.Scope) -> None:
        super().__init__()
        self._visible = known if scope.dags is None else Catalogue(self._of(known, scope))

    def now(self) -> Catalogue:
        return self._visible

    @staticmethod
    def _of(known: Catalogue, scope: ask.Scope) -> tuple[Any, ...]:
        with STORE.opened() as store:
            ran = dags_by_name(store)
        # The tools answer by the contract and the name, of whichever place: all DAGs that ran it must be readable.
        names = ((each, ran.get((each.contract.id, each.name), frozenset())) for each in known.datasets)
        return tuple(each for each, dags in names if dags and all(map(scope.sees, dags)))


class Served(Response):
    """What an MCP server answers to one request. A server is made for each: there are no sessions, and nobody gets that
    of somebody else."""

    def __init__(self, tools: Tools) -> None:
        super().__init__()
        self._tools = tools

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        server = late.server_of(self._tools)
        own = late.TransportSecuritySettings(enable_dns_rebinding_protection=False)  # `demand_same_origin` did it
        server.streamable_http_app(json_response=True, stateless_http=True, transport_security=own)
        async with server.session_manager.run():
            await server.session_manager.handle_request(scope, receive, send)


@router.post("/mcp", dependencies=[Depends(demand_same_origin)])
async def mcp(scope: ScopeDep) -> Response:
    """Answer an agent. 501 where the library is not installed, 503 where there is no history or no contract."""
    if find_spec("mcp") is None:
        raise HTTPException(501, "the package mcp is not installed in the API server: pip install 'headgate[mcp]'")
    known = await run_in_threadpool(CONTRACTS.known)
    if known is None:
        raise HTTPException(503, "no contracts are known: set [headgate] contracts_folder for the API server")
    try:
        return Served(await run_in_threadpool(_tools, known, scope))
    except HeadgateError as error:
        raise HTTPException(503, f"the history of checks cannot be read now: {error}") from None


@router.get("/mcp")
@router.delete("/mcp")
def no_stream(scope: ScopeDep) -> Response:
    """Say that there is no stream, and no session to end."""
    return Response(status_code=405, headers={"Allow": "POST"})


def _tools(known: Catalogue, scope: ask.Scope) -> Tools:
    with STORE.opened():
        recorded = Recorded(STORE.url)
    return Tools(VisibleContracts(known, scope), recorded=recorded)
