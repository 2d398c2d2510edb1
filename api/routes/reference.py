"""What this API can be asked, as OpenAPI."""

from fastapi import APIRouter, Request, Response

router = APIRouter(include_in_schema=False)


@router.get("/openapi.json")
def read_reference(request: Request) -> Response:
    """The document; one for each app."""
    return Response(request.app.described, media_type="application/json")
