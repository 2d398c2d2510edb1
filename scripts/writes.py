"""Writes of the command line, kept for a day: with its key one is sent again as it was, and done once."""

import json
import re
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from scripts.sessions import FOLDER_MODE, settings_folder, write_own
from workmoot.domain.hashing import keccak

KEPT_S = 24 * 3_600
"""As long as the API keeps a key."""
_KEY = re.compile(r"[!-~]{1,255}")
_NOT_TYPED = frozenset(("expires_at", "order", "signature", "signed"))
"""Of what is sent: counted from the clock, or drafted by the API and signed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """What was sent, and where."""

    url: str
    path: str
    body: dict[str, Any]
    etag: str


def keep(key: str, write: Write) -> None:
    """Before it is sent; what is older than the API's memory goes."""
    folder = _folder()
    folder.mkdir(parents=True, exist_ok=True, mode=FOLDER_MODE)
    for file in folder.iterdir():
        if _is_over(file):
            file.unlink(missing_ok=True)
    write_own(_file(key), json.dumps(asdict(write)))


def find(key: str) -> Write | None:
    """What was sent under the key; nothing: it is a new one."""
    file = _file(key)
    try:
        found = Write(**json.loads(file.read_text()))
    except (OSError, ValueError, TypeError):
        return None
    if _is_over(file):
        told = "was sent more than a day ago, and the API knows the key no more: look first whether it was done"
        raise typer.BadParameter(f"what has this key {told}", param_hint=OPTION)
    return found


def find_same(key: str, url: str, path: str, body: Mapping[str, Any]) -> Write | None:
    """The same, if it is what is asked for now: all that was typed, but until when."""
    found = find(key)
    if found is None:
        return None
    if (found.url, found.path, _typed(found.body)) != (url, path, _typed(json.loads(json.dumps(body)))):
        raise typer.BadParameter(
            "something else was sent with this key; give the same command again", param_hint=OPTION
        )
    return found


def forget(key: str) -> None:
    """It was not done, and will not be."""
    _file(key).unlink(missing_ok=True)


def _typed(body: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in body.items() if name not in _NOT_TYPED}


def _checked(key: str | None) -> str | None:
    if key is not None and not _KEY.fullmatch(key):
        raise typer.BadParameter("a key is 1 to 255 visible ASCII characters")
    return key


OPTION = "--idempotency-key"
IdempotencyKey = Annotated[
    str | None,
    typer.Option(
        OPTION,
        callback=_checked,
        help="A key of the write's own: given again with it, also where no answer came, it is done once.",
    ),
]


def _is_over(file: Path) -> bool:
    return file.stat().st_mtime < time.time() - KEPT_S


def _file(key: str) -> Path:
    return _folder() / f"{keccak(key.encode()).hex()}.json"


def _folder() -> Path:
    return settings_folder() / "writes"
