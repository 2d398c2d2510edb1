"""How the API fares, for Prometheus."""

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse
from prometheus_client import CONTENT_TYPE_LATEST

router = APIRouter(tags=["health"])


class Exposition(PlainTextResponse):
    """Prometheus' own text."""

    media_type = CONTENT_TYPE_LATEST


@router.get("/metrics", operation_id="read_metrics", response_class=Exposition)
def read_metrics(request: Request) -> Exposition:
    """Requests, refusals, streams, and how fresh the picture of the chain is."""
    return Exposition(request.app.state.metrics.text())
