"""Signing in by the company's identity provider, to read."""

import time
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Header, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from api.access import cookies
from api.access.access import Access
from api.dependencies import Gate
from api.openapi import refuses
from api.pages.view import ENVIRONMENT, SIGN_IN, html
from api.present import note
from api.problems import Problem
from api.routes.auth import NO_STORE

if TYPE_CHECKING:
    from api.access.oidc import OidcSignIn

router = APIRouter(prefix="/auth/oidc", tags=["access"])
Host = Annotated[str, Header(include_in_schema=False)]
CODE = Query(min_length=1, max_length=4096, description="What the provider gave, for the API to redeem once.")
STATE = Query(min_length=1, max_length=128, description="As the provider was given it.")


@router.get(
    "",
    operation_id="begin_oidc",
    status_code=303,
    response_class=RedirectResponse,
    response_description="On to the identity provider.",
    responses=refuses("not-found", "identity-provider-unavailable", "busy"),
)
def begin_oidc(
    gate: Gate, host: Host, sec_fetch_site: Annotated[str, Header(include_in_schema=False)] = "none"
) -> RedirectResponse:
    """Sends the browser to the identity provider; only a page of this API may have it go there."""
    if sec_fetch_site not in ("none", "same-origin"):
        raise Problem(403, "foreign", "A page of another origin led here: sign in from /sign-in.")
    begun = _offered(gate).begin(host)
    response = RedirectResponse(begun.url, status_code=303, headers=NO_STORE)
    cookies.keep(response, gate.home, gate.home.oidc_cookie, begun.secret, lasts_s=begun.lasts_s, same_site="lax")
    return response


@router.get(
    "/callback",
    operation_id="finish_oidc",
    response_class=HTMLResponse,
    responses=refuses(
        "not-found",
        "not-signed-in",
        "not-permitted",
        "identity-provider-unavailable",
        "database-unavailable",
        "busy",
    ),
)
def finish_oidc(
    gate: Gate,
    request: Request,
    host: Host,
    state: Annotated[str, STATE],
    code: Annotated[str | None, CODE] = None,
) -> HTMLResponse:
    """Opens a session that reads, for whom the identity provider sends back, and goes on to the page."""
    secret = request.cookies.get(gate.home.oidc_cookie, "")
    reader = _offered(gate).finish(code, state=state, secret=secret, host=host)
    note(actor=reader)
    lasts_s = int(gate.terms.session_hours * 3600)
    token = gate.sessions.open(reader, now=int(time.time()), lasts_s=lasts_s)
    # The browser came from the provider's site, and sends a strict cookie only where a page of ours leads it.
    response = html(ENVIRONMENT.get_template("signed-in.html").render())
    cookies.keep(response, gate.home, gate.home.cookie, token, lasts_s=lasts_s)
    cookies.drop(response, gate.home, gate.home.oidc_cookie, same_site="lax")
    return response


def _offered(gate: Access) -> "OidcSignIn":
    if gate.oidc is None:
        raise Problem(404, "not-found", f"This API asks no identity provider: sign in with an account at {SIGN_IN}.")
    return gate.oidc
