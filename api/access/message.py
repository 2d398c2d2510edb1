"""Sign-In with Ethereum (EIP-4361): the message that an account signs, read to the letter of its grammar."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import AddressValueError, IPv6Address

from workmoot.domain.errors import Malformed
from workmoot.domain.hashing import checksum_address, keccak
from workmoot.domain.ids import Address

_UNRESERVED, _SUB, _PERCENT = r"A-Za-z0-9\-._~", r"!$&'()*+,;=", r"%[0-9A-Fa-f]{2}"
_PCHAR = rf"(?:[{_UNRESERVED}{_SUB}:@]|{_PERCENT})"
_SCHEME = r"[A-Za-z][A-Za-z0-9+\-.]*"
_HOST = rf"(?:\[(?:[0-9A-Fa-f:.]+|[vV][0-9A-Fa-f]+\.[{_UNRESERVED}{_SUB}:]+)\]|(?:[{_UNRESERVED}{_SUB}]|{_PERCENT})*)"
_AUTHORITY = rf"(?:(?:[{_UNRESERVED}{_SUB}:]|{_PERCENT})*@)?{_HOST}(?::[0-9]*)?"
_PATH = rf"(?://{_AUTHORITY}(?:/{_PCHAR}*)*|/(?:{_PCHAR}+(?:/{_PCHAR}*)*)?|{_PCHAR}+(?:/{_PCHAR}*)*|)"
_URI = rf"{_SCHEME}:{_PATH}(?:\?(?:{_PCHAR}|[/?])*)?(?:#(?:{_PCHAR}|[/?])*)?"
_TIME = r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?(?:[Zz]|[+-][0-9]{2}:[0-9]{2})"
_GRAMMAR = re.compile(
    rf"(?:(?P<scheme>{_SCHEME})://)?(?P<domain>(?! ){_AUTHORITY})"
    r" wants you to sign in with your Ethereum account:\n"
    r"(?P<account>0x[0-9A-Fa-f]{40})\n\n"
    rf"(?:(?P<statement>[{_UNRESERVED}{_SUB}:/?#\[\]@ ]+)\n)?\n"
    rf"URI: (?P<uri>{_URI})\n"
    r"Version: 1\n"
    r"Chain ID: (?P<chain_id>[0-9]+)\n"
    r"Nonce: (?P<nonce>[A-Za-z0-9]{8,})\n"
    rf"Issued At: (?P<issued_at>{_TIME})"
    rf"(?:\nExpiration Time: (?P<expires_at>{_TIME}))?"
    rf"(?:\nNot Before: (?P<not_before>{_TIME}))?"
    rf"(?:\nRequest ID: (?P<request_id>{_PCHAR}*))?"
    rf"(?P<resources>\nResources:(?:\n- {_URI})*)?"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInMessage:
    """What the account says: who it is, where, and until when that holds."""

    domain: str
    account: Address
    uri: str
    chain_id: int
    nonce: str
    issued_at: datetime
    scheme: str | None = None
    statement: str | None = None
    expires_at: datetime | None = None
    not_before: datetime | None = None
    request_id: str | None = None
    resources: tuple[str, ...] | None = None

    def __str__(self) -> str:
        scheme = f"{self.scheme}://" if self.scheme else ""
        lines = [
            f"{scheme}{self.domain} wants you to sign in with your Ethereum account:",
            self.account,
            "",
            *([] if self.statement is None else [self.statement]),
            "",
            f"URI: {self.uri}",
            "Version: 1",
            f"Chain ID: {self.chain_id}",
            f"Nonce: {self.nonce}",
            f"Issued At: {_rfc3339(self.issued_at)}",
        ]
        lines += [f"Expiration Time: {_rfc3339(self.expires_at)}"] if self.expires_at else []
        lines += [f"Not Before: {_rfc3339(self.not_before)}"] if self.not_before else []
        lines += [] if self.request_id is None else [f"Request ID: {self.request_id}"]
        lines += [] if self.resources is None else ["Resources:", *(f"- {uri}" for uri in self.resources)]
        return "\n".join(lines)


def read_message(text: str) -> SignInMessage:
    """The message that a text is."""
    found = _GRAMMAR.fullmatch(text)
    if found is None:
        raise Malformed("it does not follow the grammar of EIP-4361")
    said = found.groupdict()
    _require_address_literals(said["domain"], said["uri"])
    account = Address(checksum_address(said["account"]))
    if account != said["account"]:
        raise Malformed("its address is not written with EIP-55's capital letters")
    resources = None if said["resources"] is None else tuple(said["resources"].split("\n- ")[1:])
    return SignInMessage(
        scheme=said["scheme"],
        domain=said["domain"],
        account=account,
        statement=said["statement"],
        uri=said["uri"],
        chain_id=int(said["chain_id"]),
        nonce=said["nonce"],
        issued_at=_time(said["issued_at"]),
        expires_at=_time(said["expires_at"]) if said["expires_at"] else None,
        not_before=_time(said["not_before"]) if said["not_before"] else None,
        request_id=said["request_id"],
        resources=resources,
    )


def digest_of(text: str) -> bytes:
    """What a wallet signs under `personal_sign` (EIP-191)."""
    content = text.encode()
    return keccak(b"\x19Ethereum Signed Message:\n" + str(len(content)).encode() + content)


def _require_address_literals(*parts: str) -> None:
    """The grammar of an IPv6 address is kept elsewhere."""
    for literal in re.findall(r"\[([0-9A-Fa-f:.]+)\]", " ".join(parts)):
        try:
            IPv6Address(literal)
        except AddressValueError as wrong:
            raise Malformed(f"{literal} is no IPv6 address") from wrong


def _time(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text.upper())
    except ValueError as wrong:
        raise Malformed(f"{text} is no time") from wrong


def _rfc3339(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
