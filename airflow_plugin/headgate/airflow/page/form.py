"""The form of a write: a few short fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated
from urllib.parse import parse_qsl

from fastapi import Depends, HTTPException, Request

MAX_BYTES = 32 * 1024
MAX_FIELDS = 20


async def form_of(request: Request) -> Mapping[str, str]:
    """Return the fields of a plain HTML form. Raises HTTPException: 415 for another body, 413 for a long one, 400 for
    one that cannot be read."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/x-www-form-urlencoded":
        raise HTTPException(415, "expected a form (application/x-www-form-urlencoded)")
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > MAX_BYTES:
            raise HTTPException(413, f"a form has at most {MAX_BYTES:,} bytes")
    try:
        fields = dict(parse_qsl(body.decode(), keep_blank_values=True, errors="strict", max_num_fields=MAX_FIELDS))
    except ValueError:
        raise HTTPException(400, "the form cannot be read") from None
    if any("\0" in value for value in fields.values()):
        raise HTTPException(400, "the form cannot be read")
    return fields


FormDep = Annotated[Mapping[str, str], Depends(form_of)]
