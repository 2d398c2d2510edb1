"""`workmoot audit`: checks the plant's books against the chain, and hands them on in a file that proves itself."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

if TYPE_CHECKING:
    from scripts.audit_file import FileReport
    from scripts.audit_report import Report

app = typer.Typer(no_args_is_help=True, help="Check the plant's books against the chain, or hand them on.")

DIFFERS = 1
Rpc = Annotated[str | None, typer.Option(help="The node's address; without it the newest run's.")]
DeploymentFile = Annotated[
    Path | None,
    typer.Option("--deployment", help="The deployment's file; else the run's, or that of the chain id."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
Head = Annotated[str | None, typer.Option(help="The hash of the file's last block, from a source you trust.")]


@app.callback()
def audit() -> None:
    """Check the plant's books against the chain, or hand them on."""


@app.command()
def export(
    file: Annotated[Path, typer.Argument(help="Where to; a file there is replaced.")],
    format_: Annotated[
        Literal["jsonl", "csv"], typer.Option("--format", help="jsonl proves itself; csv is for spreadsheets.")
    ] = "jsonl",
    rpc: Rpc = None,
    deployment: DeploymentFile = None,
) -> None:
    """Write down who did what, when and why, from the deployment's block to the head, with what proves it."""
    from scripts.audit_file import connection_of, sheet_lines, whole_file, write_lines
    from workmoot.audit.export import About

    connection = connection_of(rpc, deployment)
    about = About(deployment=connection.deployment)
    lines = whole_file(connection, about) if format_ == "jsonl" else sheet_lines(connection)
    typer.echo(f"{file}: {write_lines(file, lines)} lines")


@app.command()
def verify(
    file: Annotated[Path | None, typer.Argument(help="An export; without it the live chain is checked.")] = None,
    rpc: Rpc = None,
    deployment: DeploymentFile = None,
    head: Head = None,
    as_json: AsJson = False,
) -> None:
    """Without FILE: recount every vote and task from the chain's events, and compare all of it with the contracts'
    storage. With FILE: prove every byte of an export from the blocks in it, without a node; --head, --rpc and
    --deployment compare these with what you trust.

    Exit 0 when everything agrees, 1 otherwise, with each difference named.
    """
    if file is not None:
        from scripts.audit_file import file_report

        tell_file(file_report(file, rpc=rpc, deployment=deployment, head=head), as_json=as_json)
    if head is not None:
        raise typer.BadParameter("the head of a file is compared; name the FILE", param_hint="--head")
    from scripts.audit_file import connection_of
    from scripts.audit_report import as_object, report_of

    report = report_of(connection_of(rpc, deployment))
    if as_json:
        typer.echo(json.dumps(as_object(report), indent=2, ensure_ascii=False))
    else:
        _show(report)
    raise typer.Exit(DIFFERS if report.differences else 0)


def tell_file(report: "FileReport", *, as_json: bool) -> None:
    """Says what became of a file, and ends the command."""
    if as_json:
        typer.echo(json.dumps(report.as_object(), indent=2))
    else:
        for line in report.lines():
            typer.echo(line)
        typer.secho(report.verdict(), fg="green" if report.is_proved else "red")
    raise typer.Exit(0 if report.is_proved else DIFFERS)


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
