"""The `workmoot` command. The modules it joins load what is heavy only when their command runs."""

import sys
from typing import Annotated

import typer

from scripts import (
    alarm,
    api_key,
    audit,
    bench,
    doctor,
    gateway,
    mcp,
    member,
    motion,
    order,
    override,
    product,
    proposal,
    question,
    robot,
    scenario,
    serve,
    sign_in,
    supervisor,
    task,
    up,
    webhook,
    worker,
)

app = typer.Typer(
    name="workmoot",
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,
    help="Workmoot: a DAO for the workers of a factory.",
)
app.command(name="up")(up.up)
app.add_typer(worker.app, name="worker")
app.add_typer(member.app, name="member")
app.add_typer(motion.app, name="motion")
app.add_typer(gateway.app, name="gateway")
app.command(name="serve")(serve.serve)
app.add_typer(scenario.app, name="scenario")
app.add_typer(order.app, name="order")
app.add_typer(task.app, name="task")
app.add_typer(proposal.app, name="proposal")
app.add_typer(override.app, name="override")
app.add_typer(robot.app, name="robot")
app.add_typer(alarm.app, name="alarm")
app.add_typer(question.app, name="question")
app.command(name="sign-in")(sign_in.sign_in)
app.command(name="sign-out")(sign_in.sign_out)
app.add_typer(api_key.app, name="key")
app.add_typer(webhook.app, name="webhook")
app.add_typer(audit.app, name="audit")
app.add_typer(product.app, name="product")
app.command(name="mcp")(mcp.mcp)
app.add_typer(bench.app, name="bench")
app.command(name="doctor")(doctor.doctor)
app.command(name="supervisor", hidden=True)(supervisor.supervisor)


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(version("workmoot"))
        raise typer.Exit


@app.callback()
def group(
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print it.")] = False,
) -> None:
    """Workmoot: a DAO for the workers of a factory."""


def main() -> None:
    """Runs the command line; what we refuse ourselves is said in one line, with exit code 1."""
    from workmoot.domain.errors import WorkmootError
    from workmoot.domain.refusals import explained

    try:
        app()
    except WorkmootError as refused:
        typer.secho(f"workmoot: {explained(refused)}", err=True, fg="red")
        sys.exit(1)
