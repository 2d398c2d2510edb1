"""All that the routes need to know who comes: put together in one place."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from api.access.api_keys import ApiKeys
from api.access.door import Door
from api.access.identity import IdentityProvider
from api.access.nonces import Nonces
from api.access.sessions import Sessions
from api.access.sign_in import SignIn
from api.database import Database
from api.home import Home
from api.projection import Projection
from workmoot.ballots.poll import Verify

if TYPE_CHECKING:
    from api.access.oidc import OidcSignIn

RATE = 100.0
SESSION_HOURS = 8
KEY_DAYS = 90


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What whoever runs the API may choose."""

    development: bool = False
    """Whether nobody has to sign in to read, and development keys sign: on development chains alone."""
    rate: float = RATE
    """Requests a second of one actor; of those that write a tenth, of sign-ins a hundredth."""
    session_hours: float = SESSION_HOURS
    key_days: int = KEY_DAYS
    """An API key lasts at most so long."""
    identity: IdentityProvider | None = None
    """Whose people may read as well; none: who reads has an account on chain."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """Where this API is, and its door."""

    home: Home
    terms: Terms
    door: Door
    sign_in: SignIn
    oidc: "OidcSignIn | None"
    sessions: Sessions
    api_keys: ApiKeys


def access_of(home: Home, terms: Terms, projection: Projection, database: Database, verify: Verify) -> Access:
    """On these tables, with the roles of this picture of the chain."""
    sessions, keys = Sessions(database), ApiKeys(database)
    return Access(
        home=home,
        terms=terms,
        door=Door(
            projection,
            sessions,
            keys,
            cookie=home.cookie,
            rate=terms.rate,
            development=terms.development,
            identity=terms.identity,
        ),
        sign_in=SignIn(Nonces(database), sessions, home=home, verify=verify, session_s=int(terms.session_hours * 3600)),
        oidc=_oidc(home, terms.identity),
        sessions=sessions,
        api_keys=keys,
    )


def _oidc(home: Home, identity: IdentityProvider | None) -> "OidcSignIn | None":
    """With the extra that only this needs."""
    if identity is None:
        return None
    from api.access.oidc import OidcSignIn

    return OidcSignIn(identity, home=home)
