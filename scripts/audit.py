"""`workmoot audit`: rebuilds the plant from the chain's events and compares it with what the contracts keep."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from scripts.audit_report import Report

app = typer.Typer(no_args_is_help=True, help="Check the plant's books against the chain.")

DIFFERS = 1


@app.callback()
def audit() -> None:
    """Check the plant's books against the chain."""


@app.command()
def verify(
    rpc: Annotated[str | None, typer.Option(help="The node's address; without it the newest run's.")] = None,
    deployment: Annotated[
        Path | None, typer.Option(help="The deployment's file; else deployments/<chain id>.json.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Recount every vote and task from the chain's events, and compare all of it with the contracts' storage.

    Exit 0 when everything agrees, 1 otherwise, with each difference named.
    """
    from scripts.audit_report import as_object, report_of
    from workmoot.chain.connection import connect

    where = (rpc, deployment) if rpc else newest_run(deployment)
    report = report_of(connect(where[0], deployment=where[1]))
    if as_json:
        typer.echo(json.dumps(as_object(report), indent=2, ensure_ascii=False))
    else:
        _show(report)
    raise typer.Exit(DIFFERS if report.differences else 0)


def newest_run(deployment: Path | None) -> tuple[str, Path]:
    """The node of the newest run, and the deployment's file unless another is named."""
    from scripts.api_client import LATEST

    try:
        found: dict[str, Any] = json.loads(LATEST.read_text())
        return str(found["rpc"]), deployment or Path(found["deployment"])
    except (OSError, ValueError, KeyError, TypeError):
        typer.secho("No run to be found. Start one with `workmoot up`, or name a node with --rpc URL.", err=True)
        raise typer.Exit(DIFFERS) from None


def _show(report: "Report") -> None:
    from rich.console import Console
    from rich.table import Table

    from scripts.audit_report import as_text

    console = Console()
    for title, rows in report.tables():
        if rows:
            table = Table(*rows[0], title=title, title_justify="left")
            for row in rows:
                table.add_row(*(as_text(value) for value in row.values()))
            console.print(table)
    colour = "red" if report.differences else "green"
    typer.secho(report.verdict(), fg=colour)
