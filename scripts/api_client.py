"""The command line's way to the API: finds it, asks it, and shows its refusals."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import typer

from scripts.running.folder import live_runs

LATEST = Path(__file__).resolve().parent.parent / ".run" / "latest.json"
FAILED = 1
WAIT_S = 60.0  # a write answers when it is mined
LISTED_BY = {
    "orders": "`workmoot order list`",
    "tasks": "`workmoot order show ORDER`",
    "proposals": "`workmoot proposal list`",
    "overrides": "`workmoot override list`",
    "workers": "`workmoot member list`",
    "robots": "`workmoot member list --kind robotic`",
}


@dataclass(frozen=True, slots=True)
class ApiClient:
    """The API at one address; what it refuses ends the command with its words."""

    url: str

    def get(self, path: str) -> Any:
        return self._answer("GET", path, None)

    def listing(self, path: str) -> Any:
        """A whole list, however many pages it takes."""
        return whole_listing(self.get, path)

    def post(self, path: str, body: Any) -> Any:
        return self._answer("POST", path, body)

    def _answer(self, method: str, path: str, body: Any) -> Any:
        try:
            answer = httpx.request(method, f"{self.url}/api/v1/{path}", json=body, timeout=WAIT_S)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise _failed(f"The API at {self.url} does not answer ({error}). Start one with `workmoot up`.") from None
        if answer.is_error:
            raise _failed(_refusal(answer))
        return answer.json()


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
        try:
            url = str(json.loads(LATEST.read_text())["api"])
        except (OSError, ValueError, KeyError, TypeError):
            raise _failed("No run to be found. Start one with `workmoot up`, or name an API with --api URL.") from None
    return ApiClient(url.rstrip("/"))


def newest_run() -> dict[str, str]:
    """What the newest run says of itself; nothing where there is none."""
    try:
        found: dict[str, str] = json.loads(LATEST.read_text())
    except (OSError, ValueError):
        return {}
    return found


def node_of(run: dict[str, str], rpc: str | None, deployment: Path | None) -> tuple[str, Path | None]:
    """The node's address and the deployment's file, the run's where they are not named."""
    url = rpc or run.get("rpc")
    if not url:
        raise no_run("--rpc")
    return url, deployment or (Path(run["deployment"]) if "deployment" in run else None)


def no_run(option: str) -> typer.BadParameter:
    """Nothing runs that could say what the option does not."""
    return typer.BadParameter(f"no run to be found; start one with `workmoot up`, or say {option}")


def _refusal(answer: httpx.Response) -> str:
    """A problem document (RFC 9457), a line for each thing that is wrong; or the bare status."""
    bare = f"The API answered {answer.status_code} {answer.reason_phrase}"
    try:
        problem = answer.json()
    except ValueError:
        return bare
    errors = [_where(item.get("pointer", "")) + item.get("detail", "") for item in problem.get("errors", ())]
    return _for_a_terminal("\n".join(errors) or problem.get("detail", bare))


def _where(pointer: str) -> str:
    return f"{pointer}: " if pointer else ""


def _for_a_terminal(words: str) -> str:
    """The command where the API names one of its lists."""
    return re.sub(r"GET /api/v1/(\w+)", lambda found: LISTED_BY.get(found[1], found[0]), words)


def _failed(words: str) -> typer.Exit:
    typer.secho(words, err=True, fg="red")
    return typer.Exit(FAILED)
