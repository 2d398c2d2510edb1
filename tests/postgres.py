"""A PostgreSQL of the tests' own: in a folder that goes with it, on a free port of loopback, ended by its id."""

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from scripts.nodes import end_with_parent, free_port
from tests.absent import not_run

INSTALLED = Path("/usr/lib/postgresql")
UNPRIVILEGED = ("postgres", "nobody")
ANSWERS_WITHIN_S = 60.0
QUICK = ("-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off")


def binary(name: str) -> Path:
    """One of PostgreSQL's programs; servers' are not on every PATH."""
    versions = sorted(INSTALLED.glob(f"*/bin/{name}"), key=lambda path: float(path.parts[-3]))
    found = versions[-1] if versions else shutil.which(name)
    return Path(found) if found else not_run("PostgreSQL")


def owner() -> str | None:
    """Who runs it where we are root, which it refuses."""
    known = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in UNPRIVILEGED if name in known) if os.geteuid() == 0 else None


@contextmanager
def server() -> Iterator[str]:
    """A URL to which a database's name is to be added."""
    initdb, postgres, user = binary("initdb"), binary("postgres"), owner()
    folder = Path(tempfile.mkdtemp(prefix="workmoot-postgres-"))
    try:
        if user:
            shutil.chown(folder, user)
        where, port = folder / "data", free_port()
        made = [str(initdb), "-D", str(where), "-U", "workmoot", "-A", "trust", "--no-sync", "-E", "UTF8"]
        subprocess.run(made, user=user, cwd=folder, check=True, stdout=subprocess.DEVNULL)
        started = [str(postgres), "-D", str(where), "-h", "127.0.0.1", "-p", str(port), "-k", str(folder), *QUICK]
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(
                started,
                user=user,
                cwd=folder,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=end_with_parent,
            )
        try:
            _wait_for(port)
            yield f"postgresql://workmoot@127.0.0.1:{port}/"
        finally:
            process.terminate()
            process.wait(timeout=ANSWERS_WITHIN_S)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def create_database(url: str, name: str) -> str:
    """The URL of a new, empty database."""
    import psycopg

    with psycopg.connect(f"{url}postgres", autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"'.encode())
    return url + name


def _wait_for(port: int) -> None:
    import psycopg

    deadline = time.monotonic() + ANSWERS_WITHIN_S
    while True:
        try:
            psycopg.connect(f"postgresql://workmoot@127.0.0.1:{port}/postgres").close()
        except psycopg.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            return
