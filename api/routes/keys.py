"""A human's keys for scripts."""

import time
from typing import Annotated

from fastapi import APIRouter, Path, Response

from api.access.api_keys import LARGEST_ID, MOST, ApiKey
from api.access.door import Admitted
from api.dependencies import Gate
from api.models.access import KeyIn, KeyMade, KeyOut, KeysOut
from api.models.common import moment
from api.openapi import refuses
from api.problems import Problem, not_found, unprocessable

router = APIRouter(prefix="/keys", tags=["access"])
A_DAY_S = 86_400
KEY_ID = Path(ge=1, le=LARGEST_ID)


@router.post("", operation_id="create_key", status_code=201, responses=refuses("too-many-keys"))
def create_key(gate: Gate, visitor: Admitted, asked: KeyIn, response: Response) -> KeyMade:
    """Makes a key for one's own scripts; it is shown this once."""
    now, expires_at = int(time.time()), _expiry(asked, most_days=gate.terms.key_days)
    made = gate.api_keys.create(visitor.account, asked.name, frozenset(asked.scopes), now=now, expires_at=expires_at)
    if made is None:
        raise Problem(409, "too-many-keys", f"An account has {MOST} keys at most: revoke one with DELETE /api/v1/keys.")
    secret, key = made
    response.headers["Cache-Control"] = "no-store"
    return KeyMade(**dict(_key_out(key)), key=secret)


@router.get("", operation_id="list_keys")
def list_keys(gate: Gate, visitor: Admitted) -> KeysOut:
    """One's own keys that are not over."""
    return KeysOut(items=tuple(map(_key_out, gate.api_keys.of(visitor.account, now=int(time.time())))))


@router.delete("/{id}", operation_id="revoke_key", status_code=204, responses=refuses("not-found"))
def revoke_key(gate: Gate, visitor: Admitted, id: Annotated[int, KEY_ID]) -> None:  # noqa: A002 (the path's own name)
    """Ends one of one's own keys at once."""
    if not gate.api_keys.revoke(visitor.account, id):
        raise not_found("key", id, "GET /api/v1/keys lists yours.")


def _expiry(asked: KeyIn, *, most_days: int) -> int:
    if asked.expires_at.tzinfo is None:
        raise unprocessable("/expires_at", "A time has a time zone; end it with Z or an offset.")
    lasts_s = asked.expires_at.timestamp() - time.time()
    if not 0 < lasts_s <= most_days * A_DAY_S:
        raise unprocessable("/expires_at", f"A key ends after now and within {most_days} days.")
    return int(asked.expires_at.timestamp())


def _key_out(key: ApiKey) -> KeyOut:
    return KeyOut(
        id=key.id,
        name=key.name,
        scopes=tuple(sorted(key.scopes)),
        created_at=moment(key.created_at),
        expires_at=moment(key.expires_at),
        used_at=moment(key.used_at),
    )
