"""The search's kernel: C, compiled once for each machine and source by a compiler that pip brings, loaded by ctypes."""

import fcntl
import hashlib
import os
import platform
import subprocess
import sys
from ctypes import CDLL, POINTER, c_int64, c_uint64, c_void_p
from functools import cache
from pathlib import Path

from workmoot.domain.errors import NoKernel
from workmoot.planning.arrays import INT32, INT64, KernelProblem

SOURCES = tuple(sorted(Path(__file__).parent.glob("*.[ch]")))
COMPILER = ("-m", "ziglang", "cc")
OPTIONS = ("-O2", "-std=c11", "-fwrapv", "-mcpu=baseline", "-shared", "-fPIC", "-Wall", "-Wextra", "-Werror")
SAID_AT_MOST = 2_000


@cache
def kernel() -> CDLL:
    """The kernel; where it was never compiled from these sources, that is done first and takes seconds."""
    found = CDLL(str(compiled(Path(sys.prefix) / "kernel")))
    problem = POINTER(KernelProblem)
    found.search_new.argtypes = [problem, INT32, INT32, INT32, INT32, c_uint64]
    found.search_new.restype = c_void_p
    found.search_run.argtypes = [c_void_p, c_int64]
    found.search_run.restype = None
    found.search_best.argtypes = [c_void_p, INT32, INT32]
    found.search_best.restype = None
    found.search_free.argtypes = [c_void_p]
    found.search_free.restype = None
    found.search_objective.argtypes = [c_void_p, INT64]
    found.search_objective.restype = None
    return found


def compiled(folder: Path) -> Path:
    """The library in a folder, named by what it is made of; compiled by one of those who come at once."""
    library = folder / f"search-{_fingerprint()}.so"
    if library.exists():
        return library
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / "lock").open("w") as one_at_a_time:
            fcntl.flock(one_at_a_time, fcntl.LOCK_EX)
            if not library.exists():
                _compile(library)
    except OSError as wrong:
        raise NoKernel(f"{folder}: {wrong.strerror}") from None
    return library


def _fingerprint() -> str:
    digest = hashlib.sha256(" ".join((platform.platform(), *OPTIONS)).encode())
    for source in SOURCES:
        digest.update(source.read_bytes())
    return digest.hexdigest()[:16]


def _compile(library: Path) -> None:
    unfinished = library.with_suffix(".new")
    own = {f"ZIG_{kind}_CACHE_DIR": str(library.parent / "cache") for kind in ("LOCAL", "GLOBAL")}
    units = [source for source in SOURCES if source.suffix == ".c"]
    command = [sys.executable, *COMPILER, *OPTIONS, "-o", str(unfinished), *map(str, units)]
    done = subprocess.run(command, env=os.environ | own, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NoKernel(done.stderr[-SAID_AT_MOST:].strip())
    unfinished.replace(library)
