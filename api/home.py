"""Where this API is: the origins that are its own, and how its cookie travels there."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

CALLBACK = "/api/v1/auth/oidc/callback"
"""Where an identity provider sends back to."""
LOOPBACK = frozenset({"127.0.0.1", "localhost", "[::1]"})
_ORIGIN = re.compile(r"https://[a-z0-9.-]+(:[0-9]+)?|http://127\.0\.0\.1:[0-9]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """One URL, `https://plant.example` or a loopback's, and the chain that it serves."""

    url: str
    chain_id: int

    def __post_init__(self) -> None:
        if not _ORIGIN.fullmatch(self.url):
            raise ValueError(f"{self.url!r} is no origin that this API can have; for example https://plant.example")

    @property
    def origins(self) -> frozenset[str]:
        """The places that are here; loopback has three names."""
        if self.is_https:
            return frozenset({self.url})
        port = self.url.rpartition(":")[2]
        return frozenset(f"http://{name}:{port}" for name in LOOPBACK)

    @property
    def is_https(self) -> bool:
        """Whether what goes here is encrypted."""
        return self.url.startswith("https://")

    @property
    def cookie(self) -> str:
        """The session cookie's name. Cookies know no ports, so on loopback each API has a name of its own."""
        return "__Host-workmoot" if self.is_https else f"workmoot-{self.url.rpartition(':')[2]}"

    @property
    def oidc_cookie(self) -> str:
        """The name of the cookie that a sign-in at the identity provider is begun with."""
        return f"{self.cookie}-oidc"

    def origin_of(self, host: str) -> str:
        """The one of its origins at which a request came in."""
        asked = self.url.partition("://")[0] + f"://{host}"
        return asked if asked in self.origins else self.url

    def is_host(self, host: str) -> bool:
        """Whether a request's Host header means this API; on loopback a port may be forwarded."""
        name = _name(host)
        return name in LOOPBACK or name == "::1" or f"https://{host.lower()}" == self.url


def _name(host: str) -> str:
    """The host without its port; none where it is no host."""
    try:
        return (urlsplit(f"//{host}").hostname or "").lower()
    except ValueError:
        return ""
