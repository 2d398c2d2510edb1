"""What tests ask of the API: say only what the test is about."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from fastapi.testclient import TestClient
from httpx2 import Response

REASON = {"code": "QUALITY", "text": "the glue line wavers"}


def soon(seconds: int = 600) -> str:
    """An expiry."""
    return (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat()


def an_order(kind: str, type_: str, id_: object = None, **more: Any) -> dict[str, Any]:
    """A complete order; `more` adds or replaces fields."""
    subject = {"type": type_, "id": id_}
    return {"kind": kind, "subject": subject, "reason": REASON, "expires_at": soon(), **more}


def give(client: TestClient, order: dict[str, Any], *, status: int = 201) -> dict[str, Any]:
    """Previews and gives an order; the answer, which has this status, be it the preview's."""
    answer = client.post("/api/v1/overrides?dry_run=true", json=order)
    if answer.is_success:
        answer = send(client, order, etag=answer.headers["ETag"])
    assert answer.status_code == status, answer.text
    body: dict[str, Any] = answer.json()
    return body


def send(client: TestClient, order: dict[str, Any], *, etag: str, key: str | None = None) -> Response:
    """Gives an order as of a preview's tag."""
    return client.post("/api/v1/overrides", json=order, headers=a_key(key) | {"If-Match": etag})


def post_order(client: TestClient, document: dict[str, Any], **headers: str) -> Response:
    """Previews a customer's order and posts it; the answer, be it the preview's."""
    seen = client.post("/api/v1/orders?dry_run=true", json={"document": document})
    if not seen.is_success:
        return seen
    named = a_key() | {"If-Match": seen.headers["ETag"]} | headers
    return client.post("/api/v1/orders", json={"document": document}, headers=named)


def a_key(key: str | None = None) -> dict[str, str]:
    """The header that makes a write be done once."""
    return {"Idempotency-Key": key or str(uuid.uuid4())}


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
