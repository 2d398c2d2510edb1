"""Who asks, on the wire: signing in, who one is, and keys for scripts."""

from datetime import datetime
from typing import Annotated

from pydantic import Field, StringConstraints

from api.access.api_keys import Scope
from api.models.common import Wire

Account = Annotated[str, StringConstraints(pattern=r"^0x[0-9a-fA-F]{40}$")]
Signature = Annotated[str, StringConstraints(pattern=r"^0x(?:[0-9a-fA-F]{2}){1,1024}$")]


class NonceIn(Wire):
    """Who is about to sign in."""

    account: Account | None = Field(default=None, description="With it, the answer has the message to sign.")


class NonceOut(Wire):
    """What makes one sign-in possible."""

    nonce: str
    expires_at: datetime
    message: str | None = Field(description="The EIP-4361 message for that account.")


class SignInIn(Wire):
    """A message of EIP-4361, and its signature (EIP-191 by a key, or ERC-1271 by the contract that the account is)."""

    message: str = Field(max_length=4096)
    signature: Signature


class VisitorOut(Wire):
    """Who asks, as the chain has it now."""

    account: str | None = Field(description="None: who came by the identity provider has none.")
    roles: tuple[str, ...] = Field(description="member, human, and roles that the contracts grant.")
    scopes: tuple[Scope, ...] | None = Field(
        description="What the API key may be used for, or who came by the identity provider may do; none: all that "
        "the account may."
    )
    expires_at: datetime


class KeyIn(Wire):
    """A key for a script."""

    name: str = Field(min_length=1, max_length=80, pattern=r"^[^\x00-\x1f\x7f]+$", examples=["line dashboard"])
    scopes: tuple[Scope, ...] = Field(min_length=1, examples=[["read", "draft"]])
    expires_at: datetime = Field(description="RFC 3339, with a time zone.")


class KeyOut(Wire):
    """A key, without what makes it one."""

    id: int
    name: str
    scopes: tuple[Scope, ...]
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None = Field(description="Its last use, to a minute.")


class KeyMade(KeyOut):
    """A new key."""

    key: str = Field(description="Shown this once; only a hash of it is kept.")


class KeysOut(Wire):
    """One's own keys."""

    items: tuple[KeyOut, ...]
