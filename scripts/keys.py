"""The key files of a run: one a member, and one for each of the run's own programs."""

from contextlib import suppress
from pathlib import Path

from workmoot.chain.signer import Signer, load_signer, new_key, write_key


def key_file(folder: Path, name: str) -> Path:
    """Where the key of that name stands."""
    return folder / f"{name}.key"


def ensure_signer(folder: Path, name: str) -> Signer:
    """The key of that name, made where there is none."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with suppress(FileExistsError):
        write_key(key_file(folder, name), new_key())
    return load_signer(key_file(folder, name))
