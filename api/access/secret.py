"""What proves who asks: long random text that only its holder has; of it a hash is kept."""

import secrets
from hashlib import sha256

BYTES = 32


def new_secret(prefix: str = "") -> str:
    """A fresh one, too long to be guessed."""
    return prefix + secrets.token_urlsafe(BYTES)


def hash_of(secret: str) -> str:
    """What is kept of it. A plain hash will do: nobody can try all of these."""
    return sha256(secret.encode()).hexdigest()
