"""Whether the process lives, and whether what it says can be relied on."""

from fastapi import APIRouter, Response

from api.dependencies import Given
from api.models.health import HealthOut, ReadinessOut
from api.openapi import refuses
from api.problems import respond

router = APIRouter(tags=["health"])


@router.get("/healthz", operation_id="read_health")
def read_health() -> HealthOut:
    """The process lives."""
    return HealthOut(status="ok")


@router.get("/readyz", operation_id="read_readiness", response_model=ReadinessOut, responses=refuses("not-ready"))
def read_readiness(given: Given) -> ReadinessOut | Response:
    """The chain is reachable and read to its head, and all that works beside the requests does."""
    head, freshness = given.projection.head(), given.projection.freshness()
    if not freshness.stale and not given.faults:
        return ReadinessOut(status="ready", head=head, freshness=freshness)
    told = {"head": head.model_dump(mode="json"), "freshness": freshness.model_dump(mode="json")}
    unread = head.trouble or f"last read {freshness.read_s_ago} s ago"
    detail = "; ".join(given.faults) if given.faults else f"The chain is not read: {unread}"
    return respond(503, "not-ready", f"{detail[0].upper()}{detail[1:]}.", instance="/readyz", **told)
