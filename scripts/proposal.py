"""`workmoot proposal`: what was put to the vote, what members said, how they voted."""

import json
from typing import Annotated, Any

import typer

app = typer.Typer(no_args_is_help=True, help="Look at proposals, reviews and votes.")

Api = Annotated[str | None, typer.Option(envvar="WORKMOOT_API", help="The API's address; without it the newest run's.")]
PLAN = "plan: start on the plant's clock + duration, simulated"
AsJson = Annotated[bool, typer.Option("--json", help="Print the API's answer.")]


@app.command(name="list")
def list_(api: Api = None, as_json: AsJson = False) -> None:
    """List the proposals, the latest first."""
    listing = _client(api).listing("proposals")
    typer.echo(_text(listing) if as_json else "\n".join(map(_line, listing["items"])) or "no proposals yet")


@app.command()
def show(
    id_: Annotated[int, typer.Argument(metavar="ID", help="The proposal's number.")],
    api: Api = None,
    as_json: AsJson = False,
) -> None:
    """Show one proposal with its plan, reviews and votes."""
    proposal = _client(api).get(f"proposals/{id_}")
    if as_json:
        typer.echo(_text(proposal))
        return
    for line in _told(proposal):
        typer.echo(line)


def _told(proposal: dict[str, Any]) -> list[str]:
    plan = [
        f"  task {entry['task']:>6}  {entry['lead']['id']:<12} {entry['start_s']:>8.1f} s + {entry['duration_s']:.1f} s"
        f"  {entry['outcome']:<8} {entry['task_name']}"
        for entry in proposal["plan"]
    ]
    reviews = [
        f"  {review['member']['id']} leans {'for' if review['support'] else 'against'}: {review['words']}"
        for review in proposal["reviews"]
    ]
    votes = [
        f"  {vote['member']['id']} {'yes' if vote['support'] else 'no'}: {vote['reason']}" for vote in proposal["votes"]
    ]
    listed = [] if proposal["motion"] else [PLAN, *plan, "reviews", *reviews]
    return [_line(proposal), f"  {proposal['words']}", *listed, "votes", *votes]


def _line(proposal: dict[str, Any]) -> str:
    figures = proposal["figures"]
    tasks = "1 task" if proposal["tasks"] == 1 else f"{proposal['tasks']} tasks"
    about = proposal["motion"] or f"{tasks}, makespan {figures['makespan_s']:g} s"
    counters = f", counters {proposal['counters']}" if proposal["counters"] else ""
    return (
        f"proposal {proposal['id']} by {proposal['proposer']['id']}{counters}: {proposal['state']}, "
        f"{proposal['yes']} yes, {proposal['no']} no of {proposal['members']} ({proposal['needed']} needed); "
        f"{about}"
    )


def _text(answer: Any) -> str:
    return json.dumps(answer, indent=2, ensure_ascii=False)


def _client(api: str | None) -> Any:
    from scripts.api_client import client_of

    return client_of(api)
