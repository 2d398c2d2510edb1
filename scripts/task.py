"""`workmoot task`: why a worker has a task."""

import json
from collections.abc import Iterable
from typing import Annotated, Any

import typer

app = typer.Typer(no_args_is_help=True, help="Ask why a task is done by whom it is done.")

Api = Annotated[str | None, typer.Option(envvar="WORKMOOT_API", help="The API's address; without it the newest run's.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the API's answer.")]


@app.callback()
def group() -> None:
    """Ask why a task is done by whom it is done."""


@app.command()
def why(
    id_: Annotated[int, typer.Argument(metavar="ID", help="The task's number.")],
    api: Api = None,
    as_json: AsJson = False,
) -> None:
    """Show the offers, rankings, proposals and votes behind a task's worker, and what would have won otherwise."""
    from scripts.api_client import client_of

    found = client_of(api).get(f"tasks/{id_}/explain")
    typer.echo(json.dumps(found, indent=2, ensure_ascii=False) if as_json else "\n".join(_told(found)))


def _told(why: dict[str, Any]) -> list[str]:
    community = why["community"]
    ranked = f", {community['place']} of {community['of']} together" if community else ""
    return [
        f"task {why['task']} {why['name']}: {why['status']}, decision version {why['version']}",
        why["says"],
        *_part("in control (the lowest level is in force)", map(_slot, why["slots"])),
        *_part(f"offers at block {why['as_of']}", map(_offer, why["offers"])),
        *_part("without an offer", (f"{it['worker']['id']:<12} {it['reason']}" for it in why["refusals"])),
        *_part(f"ranked{ranked}", map(_rank, why["members"])),
        *_part("proposals", (line for it in why["proposals"] for line in _proposal(it))),
        *_part("the plan with each offer, the best first", map(_alternative, why["alternatives"])),
    ]


def _part(title: str, lines: Iterable[str]) -> list[str]:
    return [title, *(f"  {line}" for line in lines)]


def _slot(slot: dict[str, Any]) -> str:
    worker = slot["worker"]["id"] if slot["worker"] else "nobody"
    return f"level {slot['level']:>2}  {worker:<12} {slot['kind']}{': ' + slot['reason'] if slot['reason'] else ''}"


def _offer(offer: dict[str, Any]) -> str:
    mark = "*" if offer["taken"] else " "
    return (
        f"{mark} {_team(offer):<24} {offer['p50_s']:>8.1f} s (p90 {offer['p90_s']:.1f} s) {offer['energy_wh']:>6} Wh "
        f"{offer['cost_micro'] / 1e6:>8.2f} success {offer['success']:.0%}{_but(offer['hindrance'])}"
    )


def _but(hindrance: str | None) -> str:
    return f"  not usable: {hindrance}" if hindrance else ""


def _rank(rank: dict[str, Any]) -> str:
    alone, together = _seconds(rank["alone_s"]), _seconds(rank["together_s"])
    return (
        f"{rank['worker']['id']:<12} {rank['place']:>3} of {rank['of']:<4} score {rank['score']}, "
        f"alone {alone}, together {together}"
    )


def _seconds(value: float | None) -> str:
    return "-" if value is None else f"{value:.1f} s"


def _proposal(found: dict[str, Any]) -> list[str]:
    entry = found["entry"]
    head = (
        f"{found['id']} by {found['proposer']['id']}: {found['state']}, {found['yes']} yes, {found['no']} no of "
        f"{found['members']}; gives it to {_team(entry | {'worker': entry['lead']})}: {found['words']}"
    )
    leans = (
        f"  {it['member']['id']} leans {'for' if it['support'] else 'against'}: {it['words']}"
        for it in found["reviews"]
    )
    votes = (f"  {it['member']['id']} {'yes' if it['support'] else 'no'}: {it['reason']}" for it in found["votes"])
    return [head, *leans, *votes]


def _alternative(found: dict[str, Any]) -> str:
    mark, figures = "*" if found["taken"] else " ", found["figures"]
    return (
        f"{mark} {found['place']:>2} {_team(found):<24} objective {found['objective']}, "
        f"makespan {figures['makespan_s']:.1f} s, late {figures['tardiness_s']:.1f} s, "
        f"{figures['energy_wh']} Wh, {figures['cost_micro'] / 1e6:.2f}"
    )


def _team(of: dict[str, Any]) -> str:
    return " + ".join(who["id"] for who in (of["worker"], *of["helpers"]))
