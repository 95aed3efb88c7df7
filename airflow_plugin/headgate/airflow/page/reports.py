"""The pages of reports, as Airflow's API server shows them to whoever may read the XComs of their DAG."""

from __future__ import annotations

from pathlib import Path

from airflow.api_fastapi.auth.managers.models.resource_details import DagAccessEntity
from airflow.api_fastapi.core_api.security import requires_access_dag
from fastapi import APIRouter, Depends, HTTPException
from fastapi.responses import HTMLResponse

from headgate.airflow.config import setting

# A page has no scripts, fetches nothing, and is shown in no other site's frame; whatever its text may be.
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; "
    "base-uri 'none'; frame-ancestors 'self'; sandbox",
    "Referrer-Policy": "no-referrer",
}

router = APIRouter()


@router.get(
    "/reports/{dag_id}/{path:path}",
    dependencies=[Depends(requires_access_dag("GET", DagAccessEntity.XCOM))],
    response_class=HTMLResponse,
)
def report(dag_id: str, path: str) -> HTMLResponse:
    """Return the page of a report; 404 where there is none, 403 and 401 as Airflow says for the DAG's XComs."""
    folder = setting("reports_folder")
    if not folder:
        raise HTTPException(404, "[headgate] reports_folder is not set for the API server")
    if "\0" in dag_id + path:
        raise HTTPException(404, "this is not the path of a report")
    root = Path(folder, dag_id).resolve()
    file = (root / path).resolve()
    if not (file.is_relative_to(root) and root.parent == Path(folder).resolve() and file.suffix == ".html"):
        raise HTTPException(404, "this is not the path of a report")
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, ValueError):
        raise HTTPException(
            404,
            "the API server has no such report below [headgate] reports_folder: is the folder shared with the workers?",
        ) from None
    return HTMLResponse(text, headers=_HEADERS)
