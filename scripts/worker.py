"""`workmoot worker`: the daemon of one digital worker, and its ranking of the open work."""

import json
import logging
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

app = typer.Typer(no_args_is_help=True, help="Run a digital worker; show how it ranks the open work.")

PAUSE_S = 0.1
CAN = ["demand-analysis"]
Api = Annotated[str | None, typer.Option(envvar="WORKMOOT_API", help="The API's address; without it the newest run's.")]


@app.command()
def run(
    key: Annotated[Path, typer.Option(help="The worker's key file, mode 0600.")],
    rpc: Annotated[str, typer.Option(help="The node's address.")],
    profile: Annotated[
        Path | None, typer.Option(help="What the worker knows of itself and has seen of others.")
    ] = None,
    deployment: Annotated[
        Path | None, typer.Option(help="The deployment's file; else deployments/<chain id>.json.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Of its searches.")] = 0,
    pause: Annotated[float, typer.Option(min=0.02, help="Wall seconds between two looks.")] = PAUSE_S,
) -> None:
    """Look, decide, act, wait; until told to stop. A dead node and a key without gas are waited out."""
    from agents.profile import Profile, read_profile
    from scripts.worker_daemon import run_worker

    tell()
    told = read_profile(profile) if profile else Profile()
    run_worker(key=key, rpc=rpc, profile=told, deployment=deployment, seed=seed, pause_s=pause)


def tell() -> None:
    """A worker's log goes to standard error, a line each."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", datefmt="%H:%M:%S")
    logging.getLogger("httpx").setLevel(logging.WARNING)


@app.command()
def new(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Its short name; the file is NAME.py.")],
    capability: Annotated[list[str], typer.Option(help="What it can do, as the plant calls it; once for each.")] = CAN,
    robot: Annotated[list[str] | None, typer.Option(help="A robot it may command; once for each.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the file's name and its commands.")] = False,
) -> None:
    """Write a digital worker of your own, to change and to run: docs/your-own-worker.md."""
    from scripts.own_worker import write

    file = write(name, capability, robot or [])
    run = f"{sys.executable} {file}"
    typer.echo(json.dumps({"file": str(file), "run": run}) if as_json else f"wrote {file}; start it with: {run}")


@app.command()
def ranking(
    worker: Annotated[str, typer.Argument(metavar="ID", help="A worker's number or id.")],
    api: Api = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the API's answer.")] = False,
) -> None:
    """Show how a worker ranks the open work it could do, with the numbers."""
    from scripts.api_client import client_of

    found: dict[str, Any] = client_of(api).get(f"workers/{worker}/ranking")
    if as_json:
        typer.echo(json.dumps(found, indent=2, ensure_ascii=False))
        return
    from rich.console import Console
    from rich.table import Table

    heads = ("place", "task", "name", "score", "alone, s", "together, s", "energy, Wh", "cost", "success")
    table = Table(*heads, title=f"{found['worker']['id']}: what comes first, the lowest score")
    for item in found["items"]:
        table.add_row(*map(_cell, _ranked(item)))
    Console().print(table)


def _ranked(item: dict[str, Any]) -> tuple[Any, ...]:
    names = ("place", "task", "task_name", "score", "alone_s", "together_s", "energy_wh")
    return (*(item[name] for name in names), f"{item['cost_micro'] / 1e6:.2f}", item["success"])


def _cell(value: Any) -> str:
    """Nothing where a worker cannot: alone, or together."""
    return "" if value is None else str(value)
