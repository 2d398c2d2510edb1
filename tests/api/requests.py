"""What tests ask of the API: say only what the test is about."""

from datetime import UTC, datetime, timedelta
from typing import Any

from fastapi.testclient import TestClient

REASON = {"code": "QUALITY", "text": "the glue line wavers"}


def soon(seconds: int = 600) -> str:
    """An expiry."""
    return (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat()


def an_order(kind: str, type_: str, id_: object = None, **more: Any) -> dict[str, Any]:
    """A complete order; `more` adds or replaces fields."""
    subject = {"type": type_, "id": id_}
    return {"kind": kind, "subject": subject, "reason": REASON, "expires_at": soon(), **more}


def give(client: TestClient, order: dict[str, Any], *, status: int = 201) -> dict[str, Any]:
    """Gives an order; the answer, which has this status."""
    answer = client.post("/api/v1/overrides", json=order)
    assert answer.status_code == status, answer.text
    body: dict[str, Any] = answer.json()
    return body


def preview(client: TestClient, order: dict[str, Any]) -> dict[str, Any]:
    """Drafts an order without sending it."""
    answer = client.post("/api/v1/overrides?dry_run=true", json=order)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


def get(client: TestClient, path: str) -> Any:
    """What the API says at a path under /api/v1."""
    answer = client.get(f"/api/v1/{path}")
    assert answer.status_code == 200, answer.text
    return answer.json()
