"""The write-ahead log: a line is on the disk before its record is acted on; it is read again at the start.

A line is `crc32 in hex, a space, the record's JSON`. A last line that was cut short by a crash is dropped: nothing was
done on it. Damage anywhere else refuses the log, for what came after it was acted on.
"""

import fcntl
import os
import zlib
from collections.abc import Iterable
from pathlib import Path

from gateway.records import Record, from_json, to_json
from workmoot.domain.errors import WorkmootError


class LogDamaged(WorkmootError):
    """A line that is not the last one cannot be read."""

    def __init__(self, path: Path, line: int) -> None:
        super().__init__(f"{path}: line {line} is damaged; hold the plant and restore the log from a copy")
        self.line = line


class LogInUse(WorkmootError):
    """Another gateway writes this log."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path}: another gateway uses this log")


class Wal:
    """One gateway's log. One process at a time."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        self.path = path
        _lock(self._file, path)
        self.records = self._read()

    def append(self, records: Iterable[Record]) -> None:
        """Writes all of them with one sync; they are on the disk when this returns."""
        lines = b"".join(_line(record) for record in records)
        while lines:
            lines = lines[os.write(self._file, lines) :]
        os.fdatasync(self._file)

    def close(self) -> None:
        """Lets another process have the log."""
        os.close(self._file)

    def _read(self) -> tuple[Record, ...]:
        content = self.path.read_bytes()
        whole = content.rfind(b"\n") + 1
        records: list[Record] = []
        lines = content[:whole].splitlines(keepends=True)
        for place, line in enumerate(lines, 1):
            if not _is_whole(line):
                if place < len(lines):
                    raise LogDamaged(self.path, place)
                whole -= len(line)
                break
            records.append(from_json(line[9:].decode()))
        os.ftruncate(self._file, whole)
        os.lseek(self._file, 0, os.SEEK_END)
        return tuple(records)


def _lock(file: int, path: Path) -> None:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(file)
        raise LogInUse(path) from None


def _line(record: Record) -> bytes:
    text = to_json(record).encode()
    return f"{zlib.crc32(text):08x} ".encode() + text + b"\n"


def _is_whole(line: bytes) -> bool:
    return line[:8] == f"{zlib.crc32(line[9:-1]):08x}".encode()
