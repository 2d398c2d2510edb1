"""`workmoot scenario`: checks a plant and its orders, and prints their JSON Schemas."""

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

app = typer.Typer(no_args_is_help=True, help="Check a plant and its orders.")

BAD_INPUT = 2


class Document(StrEnum):
    """What a scenario is written in."""

    PLANT = "plant"
    ORDER = "order"


@app.command()
def validate(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder with plant.yaml and order.yaml.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Say what is wrong with a scenario and what would be right; exit 0 when nothing is, 2 otherwise."""
    from workmoot.plant.findings import BadDocument
    from workmoot.plant.scenario import load_scenario

    try:
        scenario = load_scenario(folder)
    except BadDocument as bad:
        _refuse(bad, as_json=as_json)
        raise typer.Exit(BAD_INPUT) from None
    from scripts.scenario_summary import show, summary

    if as_json:
        typer.echo(json.dumps({"ok": True, **summary(scenario)}, indent=2, ensure_ascii=False))
    else:
        show(scenario)


@app.command()
def schema(document: Annotated[Document, typer.Argument(help="Which document's schema.")]) -> None:
    """Print the JSON Schema of a document, for editors and other programs."""
    from workmoot.plant.schema import schema_text

    typer.echo(schema_text(document.value), nl=False)


def _refuse(bad: Any, *, as_json: bool) -> None:
    findings = [
        {"file": bad.source, "path": item.path, "line": item.line, "wrong": item.wrong, "right": item.right}
        for item in bad.findings
    ]
    if as_json:
        typer.echo(json.dumps({"ok": False, "findings": findings}, indent=2, ensure_ascii=False))
        return
    for item in findings:
        place = f"{item['file']}:{item['line']}" if item["line"] else item["file"]
        typer.secho(f"{place}: {item['path'] or 'the document'}", err=True, bold=True)
        typer.echo(f"  {item['wrong']}\n  {item['right']}", err=True)
    typer.secho(f"{len(findings)} thing{'s' * (len(findings) != 1)} to mend", err=True, fg="red")
