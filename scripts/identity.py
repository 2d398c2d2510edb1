"""What `workmoot serve` is told of the company's identity provider, whose people may read."""

import os
import re
from importlib.util import find_spec
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from api.access.identity import IdentityProvider

SECRET = "WORKMOOT_OIDC_CLIENT_SECRET"  # noqa: S105 (the variable's name)
SCOPE = re.compile(r"[!#-\[\]-~]+")
EXTRA = ("jwt", "cryptography")


def identity_of(
    issuer: str | None, client_id: str | None, allow: list[str], scopes: list[str]
) -> "IdentityProvider | None":
    """None where nothing is said of any; or what is wrong with what is said."""
    if not (issuer or client_id or allow or scopes):
        return None
    if not (issuer and client_id and allow):
        raise typer.BadParameter("--oidc-issuer, --oidc-client-id and at least one --oidc-allow go together")
    if any(find_spec(name) is None for name in EXTRA):
        raise typer.BadParameter("--oidc-issuer takes the extra oidc: pip install 'workmoot[oidc]'")
    if wrong := [scope for scope in scopes if not SCOPE.fullmatch(scope)]:
        raise typer.BadParameter(f"{wrong[0]!r} is no scope: name one at a time", param_hint="--oidc-scope")
    from pydantic import SecretStr

    from api.access.identity import IdentityProvider

    secret = os.environ.get(SECRET)
    try:
        return IdentityProvider(
            issuer=issuer,
            client_id=client_id,
            allowed=frozenset(map(_claim, allow)),
            scopes=tuple(scopes),
            secret=SecretStr(secret) if secret else None,
        )
    except ValueError as wrong_issuer:
        raise typer.BadParameter(str(wrong_issuer), param_hint="--oidc-issuer") from None


def _claim(text: str) -> tuple[str, str]:
    name, _, value = text.partition("=")
    if not (name and value):
        raise typer.BadParameter(
            f"{text!r} is no CLAIM=VALUE, for example groups=shop-floor", param_hint="--oidc-allow"
        )
    return name, value
