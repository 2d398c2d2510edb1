"""What this API can be asked, as OpenAPI."""

from typing import Any

from fastapi import APIRouter, Request

router = APIRouter(include_in_schema=False)


@router.get("/openapi.json")
def read_reference(request: Request) -> dict[str, Any]:
    """The document; one for each app."""
    document: dict[str, Any] = request.app.openapi()
    return document
