"""Whether the process lives, and whether what it says can be relied on."""

from typing import Any

from fastapi import APIRouter, Response

from api.dependencies import Plant
from api.problems import MEDIA_TYPE, respond

router = APIRouter(tags=["health"])


@router.get("/healthz", operation_id="read_health")
def read_health() -> dict[str, str]:
    """The process lives."""
    return {"status": "ok"}


@router.get(
    "/readyz", operation_id="read_readiness", responses={503: {"content": {MEDIA_TYPE: {}}}}, response_model=None
)
def read_readiness(plant: Plant) -> dict[str, Any] | Response:
    """The chain is reachable and read to its head."""
    head, freshness = plant.head(), plant.freshness()
    told = {"head": head.model_dump(mode="json"), "freshness": freshness.model_dump(mode="json")}
    if not freshness.stale:
        return {"status": "ready", **told}
    detail = f"The chain is not read: {head.trouble or f'last read {freshness.read_s_ago} s ago'}."
    return respond(503, "not-ready", detail, instance="/readyz", **told)
