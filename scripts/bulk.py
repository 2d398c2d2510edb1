"""`workmoot override … --where`: one act on many tasks, counted and shown before a human's key signs order by order."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from scripts.plain import plain
from scripts.signing import deployment_of, sign_order

if TYPE_CHECKING:
    from scripts.api_client import ApiClient
    from workmoot.chain.signer import Signer

SHOWN = 20
"""Tasks that are listed; of the others there is the number."""


def where_of(text: str) -> dict[str, str]:
    """`status=allocated,worker=3` as the API has it; which names there are, it says itself."""
    pairs = [pair.partition("=") for pair in text.split(",")]
    if not all(name.strip() and value.strip() for name, _, value in pairs):
        raise typer.BadParameter(f"{text!r} is not like status=allocated,worker=3", param_hint="--where")
    return {name.strip(): value.strip() for name, _, value in pairs}


def give_each(
    client: "ApiClient",
    act: dict[str, Any],
    signer: "Signer | None",
    deployment: Path | None,
    *,
    key: str | None,
    is_sure: bool,
) -> dict[str, Any]:
    """Shows what the act would be done on, asks, signs each order, and sends them all; the API's answer."""
    seen = client.preview_all(act)
    tasks = [task["id"] for task in seen["tasks"]]
    show(seen)
    if not tasks or not (is_sure or _confirmed(len(tasks))):
        raise typer.Exit(0 if not tasks else 1)
    if signer is not None:
        where = deployment_of(client.url, deployment)
        act |= {"signed": [_signed(act, one, where, signer) for one in _each_once(seen["orders"], tasks)]}
    given: dict[str, Any] = client.give_all(act, etag=seen["etag"], key=key)
    return given


def _confirmed(count: int) -> bool:
    """Whether a human says so; without one there is `--yes`."""
    try:
        return typer.confirm(f"Give this to {_counted(count, 'task')}?", err=True)
    except typer.Abort:
        raise typer.BadParameter("nobody said yes; where nobody can be asked, say --yes") from None


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


def show(seen: dict[str, Any]) -> None:
    """The tasks, and what all of it would bring; on standard error, for the answer is the output."""
    lines = [f"  task {task['id']}: {task['name']}, {task['status']}{_whose(task)}" for task in seen["tasks"][:SHOWN]]
    more = [f"  and {seen['count'] - SHOWN} more"] if seen["count"] > SHOWN else []
    warnings = sorted({f"  warning: {words}" for one in seen["orders"] for words in one["warnings"]})
    foreseen = seen["forecast"]
    forecast = [f"  forecast ({foreseen['method']}): {foreseen['says']}", *foreseen["assumes"]] if foreseen else []
    banner = [seen["banner"]] if seen["banner"] else []
    counted = f"{_counted(len(seen['tasks']), 'task')}, {_counted(len(seen['orders']), 'order')}:"
    typer.echo("\n".join(map(plain, [counted, *lines, *more, *forecast, *warnings, *banner])), err=True)


def told(given: dict[str, Any]) -> str:
    """What became of them."""
    refused = [
        f"  refused, tasks {' '.join(map(str, item['tasks']))}: {item['refusal']}"
        for item in given["items"]
        if item["refusal"]
    ]
    return "\n".join([f"{_counted(given['given'], 'order')} given, {given['refused']} refused", *map(plain, refused)])


def _whose(task: dict[str, Any]) -> str:
    return f", {task['worker']['name']}" if task["worker"] else ""


def _each_once(orders: list[dict[str, Any]], tasks: list[int]) -> list[dict[str, Any]]:
    """The orders, if they are for the tasks that were shown: for all of them, and for no other."""
    if sorted(task for one in orders for task in one["tasks"]) != sorted(tasks):
        raise typer.BadParameter("the API drafted orders for other tasks than it lists")
    return orders


def _signed(act: dict[str, Any], one: dict[str, Any], where: Any, signer: "Signer") -> dict[str, Any]:
    first, *others = one["tasks"]
    payload = {"tasks": one["tasks"]} if others else {}
    asked = {**act, "subject": {"type": "task", "id": first}, "payload": payload}
    return {"order": one["order"], "signature": sign_order(asked, one, where, signer)}
