"""Signing in and out, and who one is."""

from typing import Annotated

from fastapi import APIRouter, Header, Request, Response

from api.access import cookies
from api.access.door import Admitted
from api.access.visitor import Visitor
from api.dependencies import Gate
from api.models.access import NonceIn, NonceOut, SignInIn, VisitorOut
from api.models.common import moment
from api.openapi import refuses
from workmoot.domain.hashing import checksum_address
from workmoot.domain.ids import Address

router = APIRouter(prefix="/auth", tags=["access"])
NO_STORE = {"Cache-Control": "no-store"}


@router.post("/nonce", operation_id="give_nonce", responses=refuses("database-unavailable"))
def give_nonce(
    gate: Gate, asked: NonceIn, host: Annotated[str, Header(include_in_schema=False)], response: Response
) -> NonceOut:
    """A number to be used once, and the message to sign with it."""
    response.headers.update(NO_STORE)
    nonce, expires_at = gate.sign_in.give_nonce()
    message = None
    if asked.account is not None:
        account = Address(checksum_address(asked.account))
        message = gate.sign_in.message_for(account, nonce=nonce, expires_at=expires_at, host=host)
    return NonceOut(nonce=nonce, expires_at=moment(expires_at), message=message)


@router.post(
    "/sign-in",
    operation_id="sign_in",
    responses=refuses("not-signed-in", "not-permitted", "database-unavailable", "chain-unavailable", "not-ready"),
)
def sign_in(gate: Gate, asked: SignInIn, response: Response) -> VisitorOut:
    """Opens a session for the account that signed; its token comes as a cookie that scripts of a page cannot read."""
    signature = bytes.fromhex(asked.signature[2:])
    opened = gate.sign_in.sign_in(asked.message, signature, roles_of=gate.door.roles_of)
    response.headers.update(NO_STORE)
    cookies.keep(response, gate.home, gate.home.cookie, opened.token, lasts_s=opened.lasts_s)
    return _visitor_out(opened.visitor)


@router.post("/sign-out", operation_id="sign_out", status_code=204, responses=refuses("database-unavailable"))
def sign_out(gate: Gate, request: Request, response: Response) -> None:
    """Ends the session, if there is one."""
    if token := request.cookies.get(gate.home.cookie):
        gate.sessions.close(token)
    cookies.drop(response, gate.home, gate.home.cookie)


@router.get("/me", operation_id="read_me")
def read_me(visitor: Admitted, response: Response) -> VisitorOut:
    """Who asks, and what the chain says they are."""
    response.headers.update(NO_STORE)
    return _visitor_out(visitor)


def _visitor_out(visitor: Visitor) -> VisitorOut:
    return VisitorOut(
        account=visitor.account if visitor.has_account else None,
        roles=tuple(sorted(visitor.roles)),
        scopes=None if visitor.scopes is None else tuple(sorted(visitor.scopes)),
        expires_at=moment(visitor.expires_at),
    )
