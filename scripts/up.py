"""`workmoot up`: a whole plant on this machine, from the node to the page; what `make run` calls."""

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

FLEXVEGA = Path(__file__).resolve().parents[1] / "scenarios" / "flexvega"
BAD_INPUT = 2
STOPPED = 130


class NodeKind(StrEnum):
    """The nodes that `up` starts itself."""

    GANACHE = "ganache"
    ANVIL = "anvil"


def up(  # noqa: PLR0913 - one parameter is one option of the command
    exit_: Annotated[
        bool, typer.Option("--exit", help="Stop everything at the end of the orders, as without a terminal.")
    ] = False,
    node: Annotated[NodeKind, typer.Option(help="The node to start.")] = NodeKind.GANACHE,
    rpc: Annotated[
        str | None, typer.Option(metavar="URL", help="Use the node that runs there; it is never stopped.")
    ] = None,
    scenario: Annotated[
        Path,
        typer.Option(
            metavar="DIR", help="The folder with plant.yaml and order.yaml.", show_default="scenarios/flexvega"
        ),
    ] = FLEXVEGA,
    order: Annotated[Path | None, typer.Option(metavar="FILE", help="Another order file than the scenario's.")] = None,
    workers: Annotated[
        int | None, typer.Option(metavar="N", min=1, max=200, help="Digital workers; else the plant's.")
    ] = None,
    seed: Annotated[
        int | None, typer.Option(metavar="S", min=0, help="What the simulated floor draws from; else the order's.")
    ] = None,
    speed: Annotated[
        float | None,
        typer.Option(metavar="F", min=0.01, max=1000, help="Simulated seconds in a wall second; else the plant's."),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the summary as one JSON object, last on standard output.")
    ] = False,
) -> None:
    """Start a plant, run its orders, show how it goes and what came of it.

    On a terminal it stays up, and names the page's address, until Ctrl-C.
    """
    from scripts.running.plant import Options, run_plant
    from workmoot.plant.findings import BadDocument

    options = Options(
        ends=exit_ or not sys.stdout.isatty(),
        node=node.value,
        rpc=rpc,
        scenario=scenario,
        order=order,
        workers=workers,
        seed=seed,
        speed=speed,
        as_json=as_json,
    )
    try:
        run_plant(options)
    except BadDocument as bad:
        typer.secho(str(bad), err=True, fg="red")
        raise typer.Exit(BAD_INPUT) from None
    except KeyboardInterrupt:
        raise typer.Exit(STOPPED) from None
