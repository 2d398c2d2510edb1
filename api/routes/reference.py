"""What this API can be asked, as OpenAPI."""

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

router = APIRouter(include_in_schema=False)


@router.get("/openapi.json")
def read_reference(request: Request) -> JSONResponse:
    """The document; one for each app."""
    return JSONResponse(request.app.openapi())
