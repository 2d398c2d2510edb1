"""Pins every package anew: the requirements.lock of the project and of its provers, and package-lock.json."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
BIN = ROOT / ".venv" / "bin"
FOUNDRY = ("@foundry-rs/anvil", "@foundry-rs/forge")
CPU = {"amd64": "x64", "arm64": "arm64"}


def lock_python(lock: str, *wanted: str) -> None:
    command = [str(BIN / "uv"), "pip", "compile", *wanted]
    options = ["--universal", "--python-version=3.11", f"--output-file={lock}"]
    options += ["--generate-hashes", "--no-header", "--no-emit-index-url", "--upgrade", "--quiet"]
    subprocess.run([*command, *options], cwd=ROOT, check=True)


def lock_node() -> None:
    subprocess.run([BIN / "npm", "update", "--package-lock-only", "--loglevel=error"], cwd=ROOT, check=True)
    path = ROOT / "package-lock.json"
    path.write_text(json.dumps(with_every_platform(json.loads(path.read_text())), indent=2) + "\n")


def with_every_platform(lock: dict[str, Any]) -> dict[str, Any]:
    """Name each platform's forge and anvil: `npm ci` refuses a lock without those that npm was not offered here."""
    packages = dict(lock["packages"])
    for tool in FOUNDRY:
        for name, version in packages[f"node_modules/{tool}"]["optionalDependencies"].items():
            system, machine = name.removeprefix(f"{tool}-").split("-")
            entry = {"version": version, "cpu": [CPU[machine]], "license": "MIT OR Apache-2.0"}
            entry |= {"dev": True, "optional": True, "os": [system]}
            packages.setdefault(f"node_modules/{name}", entry)
    return {**lock, "packages": {name: packages[name] for name in sorted(packages)}}


def main() -> int:
    extras = [f"--extra={name}" for name in ("dev", "postgresql", "mcp", "oidc")]
    lock_python("requirements.lock", "pyproject.toml", *extras)
    lock_python("tests/assurance/requirements.lock", "tests/assurance/requirements.in")
    lock_node()
    return 0


if __name__ == "__main__":
    sys.exit(main())
