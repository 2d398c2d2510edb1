"""Whether the process lives, and whether what it says can be relied on."""

from fastapi import APIRouter, Response

from api.dependencies import Plant
from api.models.health import HealthOut, ReadinessOut
from api.openapi import refuses
from api.problems import respond

router = APIRouter(tags=["health"])


@router.get("/healthz", operation_id="read_health")
def read_health() -> HealthOut:
    """The process lives."""
    return HealthOut(status="ok")


@router.get("/readyz", operation_id="read_readiness", response_model=ReadinessOut, responses=refuses("not-ready"))
def read_readiness(plant: Plant) -> ReadinessOut | Response:
    """The chain is reachable and read to its head."""
    head, freshness = plant.head(), plant.freshness()
    if not freshness.stale:
        return ReadinessOut(status="ready", head=head, freshness=freshness)
    told = {"head": head.model_dump(mode="json"), "freshness": freshness.model_dump(mode="json")}
    detail = f"The chain is not read: {head.trouble or f'last read {freshness.read_s_ago} s ago'}."
    return respond(503, "not-ready", detail, instance="/readyz", **told)
