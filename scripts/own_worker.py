"""A digital worker of one's own: the file that `workmoot worker new` writes, and what runs it."""

import json
import logging
import shlex
from pathlib import Path
from typing import Annotated

import typer

from agents.profile import Profile
from scripts.api_client import newest_run, node_of
from scripts.keys import ensure_signer, key_file
from scripts.member import ID
from scripts.worker import PAUSE_S, tell
from workmoot.skills.estimate import Estimator, estimate

TEMPLATE = Path(__file__).with_name("own_worker.py.txt")
log = logging.getLogger(__name__)


def write(name: str, capabilities: list[str], robots: list[str]) -> Path:
    """NAME.py in this folder; what is there is never overwritten."""
    if not ID.fullmatch(name):
        raise typer.BadParameter(f"{name!r} is no name: 1 to 32 letters, digits, -, _ or ., a letter or digit first")
    file = Path(f"{name}.py")
    text = TEMPLATE.read_text()
    for mark, value in (("NAME", name), ("CAPABILITIES", capabilities), ("ROBOTS", robots)):
        text = text.replace(f'"{{{mark}}}"', json.dumps(value)).replace(f"{{{mark}}}", str(value))
    try:
        with file.open("x") as written:
            written.write(text)
    except FileExistsError:
        raise typer.BadParameter(f"{file} is there already; give another name, or change that file") from None
    except OSError as wrong:
        raise typer.BadParameter(f"{file} cannot be written: {wrong.strerror}") from None
    return file


def run(name: str, profile: Profile, *, robots: list[str], offers_for: Estimator = estimate) -> None:
    """Runs it as a program of its own: it makes its key, says how it is admitted, waits for that, and works."""

    def main(
        rpc: Annotated[str | None, typer.Option(help="The node's address; else the newest run's.")] = None,
        deployment: Annotated[Path | None, typer.Option(help="The deployment's file; else the newest run's.")] = None,
        keys: Annotated[Path, typer.Option(help="The folder of its key file.")] = Path(),
        seed: Annotated[int, typer.Option(min=0, help="Of its searches.")] = 0,
    ) -> None:
        from scripts.worker_daemon import run_worker

        tell()
        url, file = node_of(newest_run(), rpc, deployment)
        key = key_file(keys, name)
        ensure_signer(keys, name)
        log.info("to be admitted, once: %s", _admission(name, profile, robots, key, rpc, deployment))
        run_worker(
            key=key, rpc=url, profile=profile, deployment=file, seed=seed, pause_s=PAUSE_S, offers_for=offers_for
        )

    typer.run(main)


def _admission(
    name: str, profile: Profile, robots: list[str], key: Path, rpc: str | None, deployment: Path | None
) -> str:
    """The command by which the plant's people admit it."""
    words = ["workmoot", "member", "admit", str(key), "--id", name]
    words += [word for capability in profile.skills for word in ("--capability", capability)]
    words += [word for robot in robots for word in ("--robot", robot)]
    words += ["--rpc", rpc] if rpc else []
    words += ["--deployment", str(deployment)] if deployment else []
    return shlex.join(words)
