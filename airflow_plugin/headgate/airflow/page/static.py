"""The scripts and styles of the page. Anybody gets them, also where the history is gone: Airflow's home shows a big
error for a widget that it cannot fetch."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException, Request, Response

from headgate.page.assets import assets

_ASSETS = assets()
router = APIRouter()


@router.get("/static/{name}")
def static(name: str, request: Request) -> Response:
    """Return a file by its name; 404 for any other name, 304 where the browser has it."""
    asset = _ASSETS.get(name)
    if asset is None:
        raise HTTPException(404)
    headers = {"ETag": asset.etag, "Cache-Control": "public, max-age=300"}
    if asset.etag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(asset.content, media_type=asset.media_type, headers=headers)
