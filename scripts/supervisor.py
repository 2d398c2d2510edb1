"""The demo supervisor: a human's part in a run without a human, through the public API alone, with a key of its own."""

import logging
import signal
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from scripts.api_client import a_key
from scripts.signing import sign_order

if TYPE_CHECKING:
    import httpx

    from workmoot.chain.deployment import Deployment
    from workmoot.chain.signer import Signer

log = logging.getLogger("demo supervisor")
WORDS = "demo supervisor: "
REASSIGNED = WORDS + "shows that a human's word outranks a vote"
REWORK_S = 20.0
"""Simulated seconds that putting a part right by hand takes."""
LASTS_S = 600
AGAIN_AFTER_S = 5.0
TIMEOUT_S = 60.0
Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What the demo supervisor sees."""

    tasks: Sequence[Json]
    workers: Sequence[Json]
    overrides: Sequence[Json]
    speed: float


@dataclass(slots=True)
class Memory:
    """Since when something waits, and what was tried lately; losing it costs seconds."""

    since: dict[int, float] = field(default_factory=dict)
    tried: dict[str, float] = field(default_factory=dict)

    def may_try(self, asked: Json, now: float) -> bool:
        """Whether this was not asked lately; it is now."""
        subject = f"{asked['kind']} {asked['subject']['id']} {asked['payload']}"
        if now - self.tried.get(subject, -AGAIN_AFTER_S) < AGAIN_AFTER_S:
            return False
        self.tried[subject] = now
        return True


def supervisor(
    api: Annotated[str, typer.Option(help="The API's address.")],
    key: Annotated[Path, typer.Option(help="The key file of a human with the supervisor's role.")],
    deployment: Annotated[Path, typer.Option(help="The file of the deployment that the orders are for.")],
    override: Annotated[bool, typer.Option(help="Give one order of its own during the run, and release it.")] = True,
    pause: Annotated[float, typer.Option(min=0.1, help="Wall seconds between two looks.")] = 0.5,
) -> None:
    """Handle what waits for a human until SIGTERM; by default give one override, and release it later."""
    import httpx

    from workmoot.chain.deployment import read_deployment
    from workmoot.chain.signer import load_signer

    logging.basicConfig(format="%(asctime)s %(name)s: %(message)s", level=logging.INFO)
    logging.getLogger("httpx").setLevel(logging.WARNING)
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    with httpx.Client(base_url=f"{api.rstrip('/')}/api/v1/", timeout=TIMEOUT_S) as client:
        desk = Desk(client, load_signer(key), read_deployment(deployment))
        memory = Memory()
        log.info("watching %s as %s", api, desk.account)
        while not stop.wait(pause):
            _cycle(desk, memory, override=override)


def _cycle(desk: "Desk", memory: Memory, *, override: bool) -> None:
    import httpx

    try:
        for asked in decide(desk.look(), memory, time.monotonic(), override=override):
            desk.give(asked)
    except httpx.HTTPError as error:
        log.warning("the API does not answer: %s", error)


def decide(view: View, memory: Memory, now: float, *, override: bool) -> Iterator[Json]:
    """What a supervisor would order now, each subject at most once in a while."""
    for asked in _queue(view, memory, now):
        if memory.may_try(asked, now):
            yield asked
    if override:
        yield from islice((asked for asked in _demonstration(view) if memory.may_try(asked, now)), 1)


def _queue(view: View, memory: Memory, now: float) -> Iterator[Json]:
    """What waits for a human: parts to put right, failures, results nobody inspects, tasks nobody may take."""
    for task in view.tasks:
        if task["status"] == "rework":
            if now - memory.since.setdefault(task["id"], now) >= REWORK_S / view.speed:
                yield _order("accept", task["id"], "put right by hand")
        elif task["status"] == "failed":
            yield _order("requeue", task["id"], "looked at; somebody else may try")
        elif task["stuck"] and task["excluded"]:
            yield _order("requeue", task["id"], "nobody else is left; all may try again")
        elif task["status"] == "submitted" and task["inspector"] is None:
            yield _order("accept", task["id"], "no inspector; looked at it instead")
        else:
            memory.since.pop(task["id"], None)


def _demonstration(view: View) -> Iterator[Json]:
    """One task that has not started goes to another capable worker; once that worker is done, the slot is released."""
    given = next((item for item in view.overrides if item["reason"]["text"] == REASSIGNED), None)
    if given is None:
        yield from _reassignments(view)
        return
    task = next(task for task in view.tasks if task["id"] == given["subject"]["id"])
    if given["active"] and (task["final"] or _ends_soon(given)):
        yield _order("release", task["id"], "shown; the vote counts again")


def _reassignments(view: View) -> Iterator[Json]:
    """Whatever fits; what the API refuses is followed by the next at the next look."""
    for task in view.tasks:
        if task["status"] == "allocated" and not task["ready"] and not task["overridden"]:
            for worker in view.workers:
                able = worker["standing"] == "active" and task["capability"] in worker["capabilities"]
                if able and task["worker"] and worker["number"] != task["worker"]["number"]:
                    asked = _order("assign", task["id"], "")
                    payload, reason = {"worker": worker["number"]}, {"code": "TEST", "text": REASSIGNED}
                    yield asked | {"payload": payload, "reason": reason}


def _ends_soon(given: Mapping[str, Any]) -> bool:
    until = datetime.fromisoformat(given["expires_at"])
    return until - datetime.now(UTC) < timedelta(seconds=LASTS_S / 5)


def _order(kind: str, task: int, words: str) -> Json:
    until = datetime.now(UTC) + timedelta(seconds=LASTS_S)
    return {
        "kind": kind,
        "subject": {"type": "task", "id": task},
        "payload": {},
        "reason": {"code": "QUALITY", "text": WORDS + words},
        "expires_at": until.isoformat(),
    }


class Desk:
    """The public API with a key at hand: every order is drafted there, checked and signed here, and sent."""

    def __init__(self, client: "httpx.Client", signer: "Signer", deployment: "Deployment") -> None:
        self._client = client
        self._signer = signer
        self._deployment = deployment

    @property
    def account(self) -> str:
        """Whose word it is."""
        return self._signer.address

    def look(self) -> View:
        """What there is to see."""
        from scripts.api_client import whole_listing

        return View(
            tasks=whole_listing(self._get, "tasks")["items"],
            workers=whole_listing(self._get, "workers?kind=digital")["items"],
            overrides=whole_listing(self._get, "overrides")["items"],
            speed=self._get("about")["speed"] or 1.0,
        )

    def give(self, asked: Json) -> bool:
        """Drafts, checks, signs and sends; whether it was accepted."""
        named = asked | {"human": self.account}
        draft = self._client.post("overrides?dry_run=true", json=named)
        if draft.is_error:
            return _refused(asked, draft)
        seen = draft.json()
        signature = sign_order(named, seen, self._deployment, self._signer)
        signed = named | {"order": seen["order"], "signature": signature}
        headers = a_key() | {"If-Match": seen["etag"]}
        answer = self._client.post("overrides", json=signed, headers=headers)
        if answer.is_error:
            return _refused(asked, answer)
        log.info("%s task %s: %s", asked["kind"], asked["subject"]["id"], answer.json()["displaced"]["what"])
        return True

    def _get(self, path: str) -> Json:
        answer = self._client.get(path)
        answer.raise_for_status()
        found: Json = answer.json()
        return found


def _refused(asked: Json, answer: "httpx.Response") -> bool:
    log.warning("%s task %s refused: %s", asked["kind"], asked["subject"]["id"], answer.json().get("detail"))
    return False
