"""`workmoot override`: a human's word, as a client of the API."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from scripts.bulk import give_each, show, told, where_of
from scripts.forms import filled_form, question_path
from scripts.plain import plain
from scripts.signing import DeploymentFile, Key, Keystore, deployment_of, sign_order, signer_of
from scripts.writes import OPTION, IdempotencyKey

if TYPE_CHECKING:
    from workmoot.chain.signer import Signer

app = typer.Typer(no_args_is_help=True, help="Give orders as a human: they beat every non-human decision.")

Api = Annotated[str | None, typer.Option(envvar="WORKMOOT_API", help="The API's address; without it the newest run's.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the API's answer.")]
Reason = Annotated[str, typer.Option(help="Why, in your words.")]
Code = Annotated[str, typer.Option(help="QUALITY SAFETY MAINTENANCE URGENT CAPACITY MATERIAL CUSTOMER TEST or OTHER.")]
For = Annotated[
    int | None,
    typer.Option("--for", min=15, help="Wall seconds until it expires; else an hour, a hold's until its release."),
]
Human = Annotated[str | None, typer.Option(help="Who signs: id, badge number or account; else who signed in.")]
Wait = Annotated[
    float | None,
    typer.Option(min=1, help="Show each step until it is in force and confirmed; so many seconds at most."),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only show what it would displace.")]
Subject = Annotated[
    str | None, typer.Argument(help="What it is about: an id, or plant, task:ID, robot:ID, proposal:ID.")
]
Where = Annotated[
    str | None,
    typer.Option(help="Instead: tasks by order=1,status=allocated,worker=3,capability=NAME; or all=true; 200 at most."),
]
Yes = Annotated[bool, typer.Option("--yes", help="With --where: do not ask before it is given.")]

AN_HOUR_S = 3600
FAILED, VOID = "failed", "void"
OVER = ("asked", "done", "released", "expired", "superseded", FAILED, VOID)
"""States in which nobody confirms an order any more."""
ANY = "*"
"""A hold does not ask what changed meanwhile."""
UNTIL_RELEASED = ("hold", "release", "quarantine", "maintain", "lift", "acknowledge", "answer")
KINDS = {
    "veto": ("proposal", "End an open proposal, or take what has not started of an enacted one from its workers."),
    "approve": ("proposal", "Put a proposal's plan in force now, at level 8."),
    "cancel": ("task", "End a task: it will not be done."),
    "rework": ("task", "Do not accept a result: set it aside for a human."),
    "accept": ("task", "Accept a result, or end a rework."),
    "requeue": ("task", "Put a failed or set-aside task back to the open ones."),
    "hold": (
        "plant",
        "Hold the plant (plant), a robot (robot:ID) or a task (task:ID), which --for puts off: acts at once.",
    ),
    "release": ("plant", "Empty a human's slot; the plant takes two of these."),
    "suspend": ("worker", "Suspend a digital worker: it may not act or vote."),
    "reinstate": ("worker", "Let a suspended worker act again."),
    "acknowledge": ("alarm", "Say that a human has seen an alarm."),
    "shelve": ("alarm", "Put an alarm aside for a time."),
    "drain": ("worker", "Have a digital worker take nothing new; it finishes what it has begun."),
    "maintain": ("robot", "Take a robot into maintenance: it obeys no worker, and nobody plans with it."),
    "quarantine": ("worker", "Have a digital worker take nothing new and stop what it has begun."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class How:
    """What the options say of giving an order, beside the order itself."""

    idempotency_key: str | None
    dry_run: bool
    wait: float | None
    as_json: bool
    is_sure: bool = False


@app.command()
def assign(  # noqa: PLR0913 (a command's options)
    subject: Annotated[str, typer.Argument(metavar="TASK", help="The task's id.")],
    worker: Annotated[str, typer.Argument(help="The worker's id or badge number.")],
    reason: Reason,
    code: Code = "OTHER",
    for_: For = None,
    second_reason: Annotated[str, typer.Option(help="Why a worker without the capability.")] = "",
    human: Human = None,
    key: Key = None,
    keystore: Keystore = None,
    deployment: DeploymentFile = None,
    dry_run: DryRun = False,
    wait: Wait = None,
    idempotency_key: IdempotencyKey = None,
    api: Api = None,
    as_json: AsJson = False,
) -> None:
    """Assign a task to a named worker; robots, helpers and inspector are filled in and shown."""
    payload = {"worker": worker} | ({"second_reason": second_reason} if second_reason else {})
    body = _act("assign", (code, reason), for_, human) | {"subject": _subject("task", subject), "payload": payload}
    how = How(idempotency_key=idempotency_key, dry_run=dry_run, wait=wait, as_json=as_json)
    _give(_client(api), body, signer_of(key, keystore), deployment, how)


def _command(kind: str, usual: str) -> Callable[..., None]:
    def command(  # noqa: PLR0913 (a command's options)
        reason: Reason,
        subject: Subject = None,
        where: Where = None,
        yes: Yes = False,
        code: Code = "OTHER",
        for_: For = None,
        human: Human = None,
        key: Key = None,
        keystore: Keystore = None,
        deployment: DeploymentFile = None,
        dry_run: DryRun = False,
        wait: Wait = None,
        idempotency_key: IdempotencyKey = None,
        api: Api = None,
        as_json: AsJson = False,
    ) -> None:
        if (subject is None) == (where is None):
            raise typer.BadParameter("name what it is about, or with --where every task that is meant")
        if where is not None and wait is not None:
            raise typer.BadParameter("--wait follows one order; with --where look at `workmoot override list`")
        signer = signer_of(key, keystore)
        how = How(idempotency_key=idempotency_key, dry_run=dry_run, wait=wait, as_json=as_json, is_sure=yes)
        if where is not None:
            act = _act(kind, (code, reason), for_, human) | {"where": where_of(where)}
            _give_each(_client(api), act, signer, deployment, how)
            return
        body = _act(kind, (code, reason), for_, human) | {"subject": _subject(usual, subject or "")}
        _give(_client(api), body, signer, deployment, how)

    return command


@app.command()
def reprioritise(  # noqa: PLR0913 (a command's options)
    subject: Annotated[str, typer.Argument(metavar="TASK", help="The task's id.")],
    priority: Annotated[int, typer.Argument(min=0, max=255, help="Larger is more urgent.")],
    reason: Reason,
    code: Code = "OTHER",
    for_: For = None,
    human: Human = None,
    key: Key = None,
    keystore: Keystore = None,
    deployment: DeploymentFile = None,
    dry_run: DryRun = False,
    wait: Wait = None,
    idempotency_key: IdempotencyKey = None,
    api: Api = None,
    as_json: AsJson = False,
) -> None:
    """Give a task another priority: planners and its worker take it in its new turn."""
    body = _act("reprioritise", (code, reason), for_, human)
    body |= {"subject": _subject("task", subject), "payload": {"priority": priority}}
    how = How(idempotency_key=idempotency_key, dry_run=dry_run, wait=wait, as_json=as_json)
    _give(_client(api), body, signer_of(key, keystore), deployment, how)


@app.command()
def lift(  # noqa: PLR0913 (a command's options)
    subject: Annotated[
        str, typer.Argument(metavar="WORKER", help="The worker's id or badge number, or robot:ID, task:ID.")
    ],
    reason: Reason,
    what: Annotated[str, typer.Option(help="Of a worker: drain or quarantine.")] = "",
    code: Code = "OTHER",
    human: Human = None,
    key: Key = None,
    keystore: Keystore = None,
    deployment: DeploymentFile = None,
    dry_run: DryRun = False,
    wait: Wait = None,
    idempotency_key: IdempotencyKey = None,
    api: Api = None,
    as_json: AsJson = False,
) -> None:
    """End an instruction: a worker goes on, a robot obeys again, a task has its own priority again."""
    body = _act("lift", (code, reason), None, human)
    body |= {"subject": _subject("worker", subject), "payload": {"kind": what} if what else {}}
    if body["subject"]["type"] == "worker" and not what:
        raise typer.BadParameter("say by --what which is to be lifted: drain or quarantine")
    how = How(idempotency_key=idempotency_key, dry_run=dry_run, wait=wait, as_json=as_json)
    _give(_client(api), body, signer_of(key, keystore), deployment, how)


@app.command()
def answer(  # noqa: PLR0913 (a command's options)
    subject: Annotated[str, typer.Argument(metavar="QUESTION", help="Its id, as `workmoot question list` shows it.")],
    values: Annotated[list[str], typer.Argument(metavar="NAME=VALUE…", help="Each field of the question's form.")],
    reason: Reason,
    code: Code = "OTHER",
    human: Human = None,
    key: Key = None,
    keystore: Keystore = None,
    deployment: DeploymentFile = None,
    dry_run: DryRun = False,
    wait: Wait = None,
    idempotency_key: IdempotencyKey = None,
    api: Api = None,
    as_json: AsJson = False,
) -> None:
    """Answer what a digital worker asks; a question is answered once, before its deadline."""
    client = _client(api)
    filled = filled_form(client.get(question_path(subject)), values)
    body = _act("answer", (code, reason), None, human)
    body |= {"subject": _subject("question", subject), "payload": {"answer": filled}}
    how = How(idempotency_key=idempotency_key, dry_run=dry_run, wait=wait, as_json=as_json)
    _give(client, body, signer_of(key, keystore), deployment, how)


for _kind, (_usual, _help) in KINDS.items():
    app.command(name=_kind, help=_help)(_command(_kind, _usual))


@app.command(name="list")
def list_(
    api: Api = None,
    active: Annotated[bool, typer.Option("--active", help="Those in force only.")] = False,
    as_json: AsJson = False,
) -> None:
    """List the overrides with what each displaced, the latest first."""
    listing = _client(api).listing("overrides?active=true" if active else "overrides")
    typer.echo(_text(listing) if as_json else "\n".join(map(_line, listing["items"])) or "no overrides")


def _act(kind: str, reason: tuple[str, str], for_s: int | None, human: str | None) -> dict[str, Any]:
    """An order but for what it is about."""
    lasts = for_s or (None if kind in UNTIL_RELEASED else AN_HOUR_S)
    until = (datetime.now(UTC) + timedelta(seconds=lasts)).isoformat() if lasts else None
    words = {"code": reason[0], "text": reason[1]}
    return {"kind": kind, "reason": words, "expires_at": until, "human": human}


def _subject(usual: str, given: str) -> dict[str, Any]:
    """`robot:3` or `plant`; a bare id is what this kind is usually about."""
    if given == "plant":
        return {"type": "plant"}
    type_, colon, id_ = given.partition(":")
    return {"type": type_, "id": id_} if colon else {"type": "task" if usual == "plant" else usual, "id": given}


def _give(client: Any, body: dict[str, Any], signer: "Signer | None", deployment: Path | None, how: How) -> None:
    if signer is not None:
        body |= {"human": signer.address}
    if answer := _again(client, "overrides", body, how):
        raise typer.Exit(_told_of(client, answer, how))
    seen = client.preview(body)
    if how.dry_run:
        typer.echo(_text(seen) if how.as_json else "\n".join(_told(seen)))
        return
    if how.idempotency_key and signer is not None and seen["parts"] > 1:
        raise typer.BadParameter(f"a key is for one order, and this plan takes {seen['parts']}", param_hint=OPTION)
    codes = [
        _give_one(client, part, shown, signer, deployment, how) for part, shown in _parts(client, body, seen, signer)
    ]
    if any(codes):
        raise typer.Exit(max(codes))


def _again(client: Any, path: str, asked: dict[str, Any], how: How) -> Any:
    """The answer to what was sent with this key before, if that is what is asked for now."""
    key = None if how.dry_run else how.idempotency_key
    return client.again(path, key, asked) if key else None


def _parts(client: Any, body: dict[str, Any], seen: Any, signer: "Signer | None") -> Iterator[tuple[Any, Any]]:
    """What is given, and its preview: where a key here signs for a large plan, one part after the other, each as the
    plan is then."""
    if signer is None or seen["parts"] == 1:
        yield body, seen
        return
    for number in range(1, seen["parts"] + 1):
        part = body | {"payload": {"part": number}}
        yield part, client.preview(part)


def _give_one(
    client: Any, body: dict[str, Any], seen: Any, signer: "Signer | None", deployment: Path | None, how: How
) -> int:
    """Signs, gives and tells one order; the exit code for how far it came."""
    if signer is not None:
        where = deployment_of(client.url, deployment)
        body = body | {"order": seen["order"], "signature": sign_order(body, seen, where, signer)}
    etag = ANY if body["kind"] == "hold" else seen["etag"]
    return _told_of(client, client.give(body, etag=etag, key=how.idempotency_key), how)


def _told_of(client: Any, answer: dict[str, Any], how: How) -> int:
    """Tells what was given, and how far it came; the exit code for that."""
    if not how.as_json:
        typer.echo("\n".join(_told(answer)))
    code = 0 if how.wait is None else _follow(client, answer, how.wait, quietly=how.as_json)
    if how.as_json:
        typer.echo(_text(answer))
    return code


def _give_each(client: Any, act: dict[str, Any], signer: "Signer | None", deployment: Path | None, how: How) -> None:
    from scripts.api_client import REFUSED

    if signer is not None:
        act |= {"human": signer.address}
    given = _again(client, "bulk/overrides", act, how)
    if given is None and how.dry_run:
        seen = client.preview_all(act)
        typer.echo(_text(seen)) if how.as_json else show(seen)
        return
    if given is None:
        given = give_each(client, act, signer, deployment, key=how.idempotency_key, is_sure=how.is_sure)
    typer.echo(_text(given) if how.as_json else told(given))
    if given["refused"]:
        raise typer.Exit(REFUSED)


def _follow(client: Any, given: dict[str, Any], wait_s: float, *, quietly: bool) -> int:
    """Shows each step the order takes, and enters in it how it is then; the exit code for how far it came."""
    from scripts.api_client import LATE, REFUSED

    state = given["state"]
    for step in () if _is_settled(given) else client.steps(given["digest"], within_s=wait_s):
        if step["state"] != state and not quietly:
            typer.echo(f"  {step['state']}")
        state = step["state"]
        if _is_settled(step):
            break
    given |= client.get(f"overrides/{given['digest']}")
    if FAILED in (state, given["state"]):
        return REFUSED
    if given["times"]["effective"]:
        return 0
    typer.echo(
        plain(given["void"] or given["floor"] or "") or f"It is {given['state']}, and was not confirmed.", err=True
    )
    return LATE


def _is_settled(order: dict[str, Any]) -> bool:
    """Whether waiting tells no more: it is confirmed, or will not be."""
    return order["state"] in OVER or bool(order["times"]["effective"])


def _told(answer: dict[str, Any]) -> list[str]:
    if "displaces" in answer:
        first = f"dry run, nothing sent: {answer['displaces']['what']} {answer['displaces']['returns']}"
    else:
        first = _line(answer)
    foreseen = answer.get("forecast")
    forecast = [f"  forecast ({foreseen['method']}): {foreseen['says']}", *foreseen["assumes"]] if foreseen else []
    filled = [f"  {name}: {value['shown']} ({value['from']})" for name, value in answer["filled"].items()]
    warnings = [f"  warning: {words}" for words in answer["warnings"]]
    next_step = [answer["next_step"]] if answer.get("next_step") else []
    banner = [answer["banner"]] if answer.get("banner") else []
    return list(map(plain, [first, *forecast, *filled, *warnings, *next_step, *banner]))


def _line(item: dict[str, Any]) -> str:
    by = item["human"]["name"] if item["human"] else item["account"]
    until = f" until {item['expires_at']}" if item["expires_at"] else ""
    number = item["id"] or "(anchoring)"
    about, why = item["subject"]["name"], f"{item['reason']['code']}: {item['reason']['text']}"
    state = f"{item['state']} ({item['void']})" if item["void"] else item["state"]
    displaced = item["displaced"]["what"]
    said = f"override {number}: {item['kind']} {about}, {state}{until}; {by}, {why}; displaced {displaced}"
    return plain(said)


def _text(answer: Any) -> str:
    return json.dumps(answer, indent=2, ensure_ascii=False)


def _client(api: str | None) -> Any:
    from scripts.api_client import client_of

    return client_of(api)
