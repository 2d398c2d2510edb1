"""The ID token: what the identity provider signed of who came (OpenID Connect Core 1.0, 3.1.3.7)."""

import hmac
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import jwt

from api.access.identity import IdentityProvider
from api.access.visitor import not_signed_in
from api.problems import Problem

KINDS = {"RS256": "RSA", "PS256": "RSA", "ES256": "EC", "EdDSA": "OKP"}
"""The algorithms taken, and the kind of key that each needs: none has a secret, so no public key is taken for one."""
REQUIRED = ["iss", "sub", "aud", "exp", "iat", "nonce"]
CLOCKS_DIFFER_S = 60
FRESH_S = 300
LONGEST_SUBJECT = 255
Claims = Mapping[str, Any]
KeysOf = Callable[[str], Sequence[Mapping[str, Any]]]
_WORDS: Mapping[type[Exception], str] = {
    jwt.ExpiredSignatureError: "it is over",
    jwt.ImmatureSignatureError: "its time has not come",
    jwt.InvalidIssuerError: "it is another issuer's",
    jwt.InvalidAudienceError: "it is for another client",
    jwt.InvalidSignatureError: "its signature is not that key's",
}


def claims_of(token: str, identity: IdentityProvider, *, nonce: str, keys_of: KeysOf) -> Claims:
    """What it says, if the provider signed it just now, for us and for this very sign-in."""
    if not token.isascii():
        raise _refused("it is malformed")
    try:
        claims = jwt.decode(
            token,
            _key(jwt.get_unverified_header(token), keys_of),
            algorithms=list(KINDS),
            audience=identity.client_id,
            issuer=identity.issuer,
            leeway=CLOCKS_DIFFER_S,
            options={"require": REQUIRED, "enforce_minimum_key_length": True},
        )
    except jwt.MissingRequiredClaimError as missing:
        raise _refused(f"it lacks {missing.claim}") from None
    except jwt.PyJWTError as wrong:
        raise _refused(_WORDS.get(type(wrong), "it is malformed")) from None
    _require_for_this_sign_in(claims, identity.client_id, nonce)
    return claims


def _key(header: Mapping[str, Any], keys_of: KeysOf) -> jwt.PyJWK:
    """The published key that the token names, for the token's algorithm alone."""
    algorithm, kid = header.get("alg"), header.get("kid")
    if not isinstance(algorithm, str) or algorithm not in KINDS:
        raise _refused(f"its algorithm is none of {', '.join(KINDS)}")
    if not isinstance(kid, str):
        raise _refused("it names no key")
    for key in keys_of(kid):
        if key.get("kty") == KINDS[algorithm] and _is_for(key, "use", "sig") and _is_for(key, "alg", algorithm):
            return jwt.PyJWK(dict(key), algorithm=algorithm)
    raise _refused("it names a key that the provider does not publish for it")


def _is_for(key: Mapping[str, Any], name: str, wanted: str) -> bool:
    return bool(key.get(name, wanted) == wanted)


def _require_for_this_sign_in(claims: Claims, client_id: str, nonce: str) -> None:
    several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
    if ("azp" in claims or several) and claims.get("azp") != client_id:
        raise _refused("it was issued to another client")
    if not hmac.compare_digest(str(claims["nonce"]).encode(errors="replace"), nonce.encode()):
        raise _refused("it is for another sign-in")
    if int(claims["iat"]) < time.time() - FRESH_S - CLOCKS_DIFFER_S:
        raise _refused("it was not issued just now")
    if not 0 < len(claims["sub"]) <= LONGEST_SUBJECT:
        raise _refused("its subject is none")


def _refused(why: str) -> Problem:
    return not_signed_in(f"The identity provider's ID token does not hold: {why}.")
