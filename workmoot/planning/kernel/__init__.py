"""The search's kernel: C, compiled once for each machine and source by a compiler that pip brings, loaded by ctypes."""

import fcntl
import hashlib
import os
import platform
import subprocess
import sys
import tempfile
from ctypes import CDLL, POINTER, c_int64, c_uint64, c_void_p
from functools import cache
from pathlib import Path

from workmoot.domain.errors import NoKernel
from workmoot.planning.arrays import INT32, INT64, KernelProblem

FOLDER = Path(sys.prefix) / "kernel"
SOURCES = tuple(sorted(Path(__file__).parent.glob("*.[ch]")))
COMPILER: tuple[str, ...] = ("-P", "-m", "ziglang", "cc")
COMPILE_WAIT_S = 300
OPTIONS: tuple[str, ...] = (
    "-O2",
    "-std=c11",
    "-fwrapv",
    "-mcpu=baseline",
    "-shared",
    "-fPIC",
    "-s",
    "-Wall",
    "-Wextra",
    "-Werror",
)
SAID_AT_MOST = 2_000


@cache
def kernel() -> CDLL:
    """The kernel; where it was never compiled from these sources, that is done first and takes seconds."""
    library = compiled(FOLDER)
    try:
        found = CDLL(str(library))
    except OSError as wrong:
        raise NoKernel(f"{wrong}; delete {library} to have it compiled again") from None
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
    machine = (sys.platform, platform.machine(), *platform.libc_ver())
    digest = hashlib.sha256(" ".join((*machine, *OPTIONS)).encode())
    for source in SOURCES:
        digest.update(source.read_bytes())
    return digest.hexdigest()[:16]


def _compile(library: Path) -> None:
    unfinished = library.with_suffix(".new")
    units = [source for source in SOURCES if source.suffix == ".c"]
    command = [sys.executable, *COMPILER, *OPTIONS, "-o", str(unfinished), *map(str, units)]
    with tempfile.TemporaryDirectory(dir=library.parent) as cache:
        own = os.environ | {f"ZIG_{kind}_CACHE_DIR": cache for kind in ("LOCAL", "GLOBAL")}
        try:
            done = subprocess.run(command, env=own, capture_output=True, text=True, check=False, timeout=COMPILE_WAIT_S)
        except subprocess.TimeoutExpired:
            raise NoKernel(f"not done after {COMPILE_WAIT_S} s") from None
    if done.returncode:
        raise NoKernel(done.stderr[-SAID_AT_MOST:].strip())
    with unfinished.open("rb") as whole:
        os.fsync(whole.fileno())
    unfinished.replace(library)
