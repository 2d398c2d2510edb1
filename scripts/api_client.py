"""The command line's way to the API: finds it, asks it, and shows its refusals."""

import contextlib
import json
import os
import re
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import typer

from scripts import sessions, writes
from scripts.plain import plain
from scripts.running.folder import LATEST_FILE, RUNS, live_runs
from scripts.writes import Write

LATEST = RUNS / LATEST_FILE
FAILED, USAGE, REFUSED, STALE, UNREACHABLE, LATE = 1, 2, 3, 4, 5, 6
"""Exit codes: of the API's own fault, of what is asked wrongly, of a no, of a preview that is not true any more, of an
API or chain that is away, of what may still be mined or confirmed."""
EXITS = {
    **dict.fromkeys((400, 404, 413, 422), USAGE),
    **dict.fromkeys((401, 403, 409, 429), REFUSED),
    **dict.fromkeys((412, 428), STALE),
    504: LATE,
}
CONFLICT, FAULT = 409, 500
KEY = "Idempotency-Key"
AGAIN = "give the command again with --idempotency-key"
NOT_DONE = (USAGE, STALE)
"""Exit codes after which a key is free for another write."""
AGAIN_AFTER_S = (0.5, 1.0, 2.0)
WAIT_S = 60.0  # a write answers when it is mined
LISTED_BY = {
    "orders": "`workmoot order list`",
    "tasks": "`workmoot order show ORDER`",
    "proposals": "`workmoot proposal list`",
    "overrides": "`workmoot override list`",
    "questions": "`workmoot question list`",
    "workers": "`workmoot member list`",
    "robots": "`workmoot member list --kind robotic`",
    "keys": "`workmoot key list`",
    "webhooks": "`workmoot webhook list`",
    "webhooks/ID/dead-letters": "`workmoot webhook dead ID`",
}
DONE_BY = {
    "POST /api/v1/auth/sign-in": "`workmoot sign-in`",
    "DELETE /api/v1/webhooks": "`workmoot webhook remove`",
    "POST /api/v1/robots/{id}/lease": "`workmoot robot take ROBOT`",
}


@dataclass(frozen=True, slots=True)
class ApiClient:
    """The API at one address; what it refuses ends the command with its words."""

    url: str

    def get(self, path: str) -> Any:
        return self.ask("GET", path).json()

    def listing(self, path: str) -> Any:
        """A whole list, however many pages it takes."""
        return whole_listing(self.get, path)

    def post(self, path: str, body: Any) -> Any:
        return self.ask("POST", path, body).json()

    def preview(self, order: Any) -> Any:
        """What an order would do; nothing is sent."""
        return self.post("overrides?dry_run=true", order)

    def give(self, order: Any, *, etag: str, key: str | None = None) -> Any:
        """Gives an order, if its subject is still as the preview with this tag showed it."""
        return self.write("overrides", order, etag=etag, key=key)

    def preview_all(self, act: Any) -> Any:
        """On which tasks an act would be done, and what it would do; nothing is sent."""
        return self.post("bulk/overrides?dry_run=true", act)

    def give_all(self, act: Any, *, etag: str, key: str | None = None) -> Any:
        """Gives an order for each of them, if they are still as the preview with this tag showed them."""
        return self.write("bulk/overrides", act, etag=etag, key=key)

    def preview_at(self, path: str, body: Any) -> Any:
        """What another write would do; nothing is sent."""
        return self.post(f"{path}?dry_run=true", body)

    def give_at(self, path: str, body: Any, *, etag: str | None) -> Any:
        """The write, if all is still as the preview with this tag showed it; no tag: however it is."""
        return self.ask("POST", path, body, a_key() | ({"If-Match": etag} if etag else {})).json()

    def steps(self, digest: str, *, within_s: float) -> Iterator[Any]:
        """How far an order is and each step it takes, as the stream tells them; so long at most."""
        deadline = time.monotonic() + within_s
        while time.monotonic() < deadline:
            with contextlib.suppress(httpx.TransportError):
                for name, told in self._stream("events?from=now"):
                    if name == "override" and told["digest"] == digest:
                        yield told
                    if time.monotonic() > deadline:
                        return
            time.sleep(AGAIN_AFTER_S[0])

    def _stream(self, path: str) -> Iterator[tuple[str, Any]]:
        """Server-sent events by their names, until the API ends the stream."""
        with httpx.stream("GET", f"{self.url}/api/v1/{path}", headers=self._credentials(), timeout=WAIT_S) as answer:
            if answer.is_error:
                answer.read()
                raise _failed(refusal(answer), _ends_with(answer.status_code))
            name = ""
            for line in answer.iter_lines():
                field, _, value = line.partition(": ")
                if field == "event":
                    name = value
                elif field == "data":
                    yield name, json.loads(value)

    def preview_order(self, order: Any) -> Any:
        """What a customer's order would be; nothing is posted."""
        return self.post("orders?dry_run=true", order)

    def submit(self, order: Any, *, etag: str, key: str | None = None) -> Any:
        """Posts it, if who is there to carry it out is as the preview with this tag showed it."""
        return self.write("orders", order, etag=etag, key=key)

    def write(self, path: str, body: Any, *, etag: str, key: str | None) -> Any:
        """Does it once, under its key or a new one; it is kept, to be sent again with that key as it is."""
        named = key or str(uuid.uuid4())
        with contextlib.suppress(OSError):  # nobody's order fails for want of a place to keep it
            writes.keep(named, Write(url=self.url, path=path, body=body, etag=etag))
        try:
            answer = self.ask("POST", path, body, {KEY: named, "If-Match": etag})
        except typer.Exit as ended:
            if ended.exit_code in NOT_DONE:
                writes.forget(named)
            raise
        return answer.json()

    def again(self, path: str, key: str | None, body: Mapping[str, Any]) -> Any:
        """The answer to what was sent under the key before, which is sent again as it was; None: nothing was."""
        sent = writes.find_same(key, self.url, path, body) if key else None
        return self.write(path, sent.body, etag=sent.etag, key=key) if sent else None

    def ask(self, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None) -> httpx.Response:
        key = (headers or {}).get(KEY)
        sent = f" It was sent with the {KEY} {key}: {AGAIN} {key}." if key else ""
        try:
            answer = self.request(method, path, body, headers)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            words = f"The API at {self.url} does not answer ({error}). Start one with `workmoot up`."
            raise _failed(words + sent, UNREACHABLE) from None
        if _is_at_work(answer):
            raise _failed(refusal(answer) + sent, LATE)
        if answer.is_error:
            lost = sent if answer.status_code >= FAULT else ""
            raise _failed(refusal(answer) + lost, _ends_with(answer.status_code))
        return answer

    def request(
        self, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None
    ) -> httpx.Response:
        """The answer as it comes, a refusal too; where none comes, httpx says why."""
        return self._sent(method, path, body, self._credentials() | dict(headers or {}))

    def _sent(self, method: str, path: str, body: Any, headers: Mapping[str, str]) -> httpx.Response:
        """A write that has a key is sent again where its answer was lost, or where it is still at work: done once."""
        for pause_s in AGAIN_AFTER_S if KEY in headers else ():
            with contextlib.suppress(httpx.TransportError):
                answer = self._once(method, path, body, headers)
                if not _is_at_work(answer):
                    return answer
            time.sleep(pause_s)
        return self._once(method, path, body, headers)

    def _once(self, method: str, path: str, body: Any, headers: Mapping[str, str]) -> httpx.Response:
        return httpx.request(method, f"{self.url}/api/v1/{path}", json=body, headers=headers, timeout=WAIT_S)

    def _credentials(self) -> dict[str, str]:
        """An API key of the environment, or else the session of who signed in."""
        if key := os.environ.get("WORKMOOT_API_KEY"):
            return {"Authorization": f"Bearer {key}"}
        cookie = sessions.cookie_of(self.url)
        return {"Cookie": cookie} if cookie else {}


def a_key() -> dict[str, str]:
    """The header that makes a write be done once, however often it is sent."""
    return {KEY: str(uuid.uuid4())}


def whole_listing(get: Callable[[str], Any], path: str) -> Any:
    """Every page of a list as one."""
    found = get(path)
    while cursor := found["next_cursor"]:
        page = get(f"{path}{'&' if '?' in path else '?'}cursor={cursor}")
        found = {**page, "items": [*found["items"], *page["items"]]}
    return found


def client_of(url: str | None) -> ApiClient:
    """The API at `url`, or the newest run's; with several plants running, nobody guesses which one is meant."""
    if url is None:
        running = live_runs(LATEST.parent)
        if len(running) > 1:
            known = ", ".join(f"{run['plant']} ({run['api']})" for run in running)
            raise _failed(f"{len(running)} plants run here: {known}. Name one with --api URL.")
        url = newest_run().get("api")
    if url is None:
        raise _failed("No run to be found. Start one with `workmoot up`, or name an API with --api URL.")
    return ApiClient(url.rstrip("/"))


def newest_run() -> dict[str, str]:
    """What the newest run says of itself; nothing where there is none."""
    try:
        found = json.loads(LATEST.read_text())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def node_of(run: dict[str, str], rpc: str | None, deployment: Path | None) -> tuple[str, Path | None]:
    """The node's address and the deployment's file, the run's where they are not named."""
    url = rpc or run.get("rpc")
    if not url:
        raise no_run("--rpc")
    return url, deployment or (Path(run["deployment"]) if "deployment" in run else None)


def no_run(option: str) -> typer.BadParameter:
    """Nothing runs that could say what the option does not."""
    return typer.BadParameter(f"no run to be found; start one with `workmoot up`, or say {option}")


def refusal(answer: httpx.Response) -> str:
    """A problem document (RFC 9457), a line for each thing that is wrong; or the bare status."""
    bare = f"The API answered {answer.status_code} {answer.reason_phrase}"
    try:
        problem = answer.json()
    except ValueError:
        return bare
    errors = [
        _where(item.get("pointer") or item.get("parameter") or "") + item.get("detail", "")
        for item in problem.get("errors", ())
    ]
    return _for_a_terminal("\n".join(map(plain, errors or [problem.get("detail", bare)])))


def _where(pointer: str) -> str:
    return f"{pointer}: " if pointer else ""


def _for_a_terminal(words: str) -> str:
    """The command where the API names one of its routes."""
    for route, command in DONE_BY.items():
        words = words.replace(route, command)
    return re.sub(r"GET /api/v1/(webhooks/\d+/dead-letters|\w+)", _listing_command, words)


def _listing_command(found: re.Match[str]) -> str:
    return LISTED_BY.get(re.sub(r"\d+", "ID", found[1]), found[0])


def _is_at_work(answer: httpx.Response) -> bool:
    """Whether this very request is being done."""
    return answer.status_code == CONFLICT and bool(answer.headers.get("Retry-After"))


def _ends_with(status: int) -> int:
    """The exit code for what the API answered."""
    return EXITS.get(status, UNREACHABLE if status > FAULT else FAILED)


def _failed(words: str, code: int = FAILED) -> typer.Exit:
    typer.secho(words, err=True, fg="red")
    return typer.Exit(code)
