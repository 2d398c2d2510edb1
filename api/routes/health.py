"""Whether the process lives, and whether what it says can be relied on."""

from typing import Any

from fastapi import APIRouter, Response

from api.dependencies import Plant
from api.problems import MEDIA_TYPE, respond

router = APIRouter(tags=["health"])
STALE_S = 5.0


@router.get("/healthz", operation_id="read_health")
def read_health() -> dict[str, str]:
    """The process lives."""
    return {"status": "ok"}


@router.get(
    "/readyz", operation_id="read_readiness", responses={503: {"content": {MEDIA_TYPE: {}}}}, response_model=None
)
def read_readiness(plant: Plant) -> dict[str, Any] | Response:
    """The chain is reachable and read to its head."""
    head = plant.head()
    if plant.is_ready() and head.read_s_ago < STALE_S:
        return {"status": "ready", "head": head.model_dump(mode="json")}
    detail = f"The chain is not read: {head.trouble or f'last read {head.read_s_ago} s ago'}."
    return respond(503, "not-ready", detail, instance="/readyz", head=head.model_dump(mode="json"))
