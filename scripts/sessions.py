"""Sessions of the command line: a cookie for each API's address, in a file that only its owner reads."""

import json
import os
from pathlib import Path

FOLDER_MODE, FILE_MODE = 0o700, 0o600


def cookie_of(url: str) -> str | None:
    """The cookie that was given there; None: nobody signed in."""
    return _read().get(url)


def keep(url: str, cookie: str | None) -> None:
    """Remembers the cookie of an address, or forgets it."""
    kept = {known: value for known, value in _read().items() if known != url}
    settings_folder().mkdir(parents=True, exist_ok=True, mode=FOLDER_MODE)
    write_own(_file(), json.dumps(kept | ({url: cookie} if cookie else {})))


def write_own(file: Path, content: str) -> None:
    """Writes a file that only its owner reads, whole or not at all."""
    draft = file.with_name(f"{file.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE), "w") as opened:
        opened.write(content)
    draft.replace(file)


def _read() -> dict[str, str]:
    try:
        found: dict[str, str] = json.loads(_file().read_text())
    except (OSError, ValueError):
        return {}
    return found


def settings_folder() -> Path:
    """Where users' settings are, as the XDG base directories have it."""
    folder = os.environ.get("XDG_CONFIG_HOME")
    return (Path(folder) if folder else Path.home() / ".config") / "workmoot"


def _file() -> Path:
    return settings_folder() / "sessions.json"
