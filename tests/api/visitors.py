"""People at the API's door: how tests sign in, and what they hold then."""

from datetime import UTC, datetime, timedelta
from typing import Any

from fastapi.testclient import TestClient

from api.access.access import Terms
from api.access.message import digest_of
from tests.api.story import Story, signer
from workmoot.domain.workers import Kind, Role

STRICT = Terms(rate=10_000)
"""Everybody signs in, as often as a test does."""
PEOPLE = {
    "operator": Role.OPERATOR,
    "planner": Role.PLANNER,
    "supervisor": Role.SUPERVISOR,
    "maintainer": Role.MAINTENANCE,
    "visitor": None,
    "suspended": Role.SUPERVISOR,
    "retired": Role.SUPERVISOR,
}


def peopled(story: Story) -> Story:
    """The story with a human for each role, and some without."""
    administrator = signer("administrator").address
    for name, role in PEOPLE.items():
        story.by("administrator").members.admit(signer(name).address, Kind.HUMAN, 0, f'{{"id": "{name}"}}')
        if role is not None:
            story.chain.grant(administrator, role, signer(name).address)
    story.by("administrator").members.suspend(story.ledger.numbers[signer("suspended").address])
    return story


def sign_in(client: TestClient, name: str, *, by: str | None = None, status: int = 200) -> Any:
    """Signs in on this client; `by` is whose key signs."""
    account = signer(name).address
    message = client.post("/api/v1/auth/nonce", json={"account": account}).json()["message"]
    return present(client, message, by=by or name, status=status)


def present(client: TestClient, message: str, *, by: str, status: int = 200) -> Any:
    """Hands a signed message in; the answer's body."""
    signature = "0x" + signer(by).sign(digest_of(message)).hex()
    answer = client.post("/api/v1/auth/sign-in", json={"message": message, "signature": signature})
    assert answer.status_code == status, answer.text
    return answer.json()


def a_key(client: TestClient, *scopes: str, days: float = 1) -> str:
    """A new API key of who signed in on this client."""
    until = (datetime.now(UTC) + timedelta(days=days)).isoformat()
    answer = client.post("/api/v1/keys", json={"name": "a script", "scopes": scopes, "expires_at": until})
    assert answer.status_code == 201, answer.text
    key: str = answer.json()["key"]
    return key


def bearer(key: str) -> dict[str, str]:
    """The header that a script sends."""
    return {"Authorization": f"Bearer {key}"}
