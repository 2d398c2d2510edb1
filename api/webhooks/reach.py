"""Where a webhook may lead: nowhere inside, whatever name it goes by, and nowhere else than it was asked for."""

import asyncio
import ipaddress
import re
import ssl
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

import httpx

from api.webhooks.message import Message, headers_for
from api.webhooks.names import Names

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
TIMEOUT_S = 8.0
"""For all of it: finding the address, connecting, sending, and the answer's first line."""
NETLOC = re.compile(r"([A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63}){0,20}\.?|\[[0-9A-Fa-f:.]+\])(:[0-9]+)?")
PORTS = {"https": 443, "http": 80}
TUNNELS = tuple(map(ipaddress.ip_network, ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")))
"""Addresses that lead to others: NAT64, 6to4, Teredo."""
NOWHERE = tuple(
    map(
        ipaddress.ip_network,
        ("0.0.0.0/8", "169.254.0.0/16", "192.0.0.0/24", "192.88.99.0/24", "fe80::/10", "fec0::/10"),
    )
)
"""No plant's network: this host, link-local (a cloud's metadata), the protocols' own, 6to4's relays, site-local."""


class OutOfReach(Exception):
    """A webhook leads where it may not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """How far webhooks reach: https to public addresses, and what whoever runs the API allows besides."""

    loopback: bool = False
    """Also to this machine, without encryption too: development chains alone."""
    private: bool = False
    """Also to the plant's own network."""

    def check(self, url: str) -> SplitResult:
        """The URL's parts, or what is wrong with it; its name is looked up when it is sent to."""
        try:
            parts = urlsplit(url)
            named = httpx.URL(url).host and parts.hostname and (parts.port or PORTS.get(parts.scheme))
        except (ValueError, httpx.InvalidURL):
            raise OutOfReach("this is no URL") from None
        if not named or parts.username is not None or parts.fragment or not NETLOC.fullmatch(parts.netloc):
            raise OutOfReach("a webhook is https://HOST[:PORT]/PATH, without a user or a fragment")
        host = _literal(parts.hostname or "")
        if parts.scheme != "https" and not (parts.scheme == "http" and self._is_here(parts, host)):
            raise OutOfReach("a webhook is https; with --dev http to this machine will do")
        if host is not None:
            self.check_address(host)
        return parts

    def check_address(self, address: Address) -> None:
        """Goes on where the address may be connected to."""
        address = getattr(address, "ipv4_mapped", None) or address
        nowhere = address.is_multicast or address.is_unspecified or (address.is_reserved and not address.is_loopback)
        hidden = any(address in network for network in (*TUNNELS, *NOWHERE) if network.version == address.version)
        allowed = self.loopback if address.is_loopback else address.is_global or self.private
        if nowhere or hidden or not allowed:
            raise OutOfReach(f"{address} is no public address")

    def _is_here(self, parts: SplitResult, host: Address | None) -> bool:
        return self.loopback and (parts.hostname == "localhost" or (host is not None and host.is_loopback))


class Post:
    """Posts messages, each on a connection of its own, to an address that was checked."""

    def __init__(self, reach: Reach, *, verify: ssl.SSLContext | bool = True, timeout_s: float = TIMEOUT_S) -> None:
        self.timeout_s = timeout_s
        self._reach = reach
        self._names = Names()
        self._client = httpx.AsyncClient(
            trust_env=False,
            follow_redirects=False,
            timeout=None,  # noqa: S113 (one for all of it, below)
            verify=verify,
            limits=httpx.Limits(max_keepalive_connections=0),
        )

    async def send(self, url: str, message: Message, secret: str, *, at_s: int) -> str | None:
        """None when it was taken; else why not, in words without the URL. Of the answer only the status is read."""
        try:
            async with asyncio.timeout(self.timeout_s):
                return await self._send(url, message, headers_for(message, secret, at_s=at_s))
        except TimeoutError:
            return f"no answer within {self.timeout_s:g} s"
        except OutOfReach as refused:
            return str(refused)
        except (httpx.HTTPError, httpx.InvalidURL, OSError, UnicodeError) as error:
            return f"it cannot be reached ({type(error).__name__})"

    async def close(self) -> None:
        """Lets go of what is open."""
        await self._client.aclose()

    async def _send(self, url: str, message: Message, headers: dict[str, str]) -> str | None:
        parts = self._reach.check(url)
        host, port = parts.hostname or "", parts.port or PORTS[parts.scheme]
        address = await self._address_of(host, port)
        target = httpx.URL(url).copy_with(host=str(address))
        # The name is looked up once: what was checked is what is connected to, and the certificate is the name's.
        request = self._client.build_request(
            "POST",
            target,
            content=message.body.encode(),
            headers={**headers, "Host": parts.netloc},
            extensions={"sni_hostname": host},
        )
        answer = await self._client.send(request, stream=True)
        await answer.aclose()
        if answer.is_success:
            return None
        more = ", and redirects are not followed" if answer.is_redirect else ""
        return f"it answered {answer.status_code}{more}"

    async def _address_of(self, host: str, port: int) -> Address:
        """The first address of a name, if all of them may be connected to."""
        found = await self._names.look_up(host, port)
        addresses = [ipaddress.ip_address(address.partition("%")[0]) for address in found]
        for address in addresses:
            self._reach.check_address(address)
        return addresses[0]


def _literal(host: str) -> Address | None:
    """The address that a host is written as, where it is one."""
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None
