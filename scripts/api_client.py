"""The command line's way to the API: finds it, asks it, and shows its refusals."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import typer

LATEST = Path(__file__).resolve().parent.parent / ".run" / "latest.json"
FAILED = 1
WAIT_S = 60.0  # a write answers when it is mined


@dataclass(frozen=True, slots=True)
class ApiClient:
    """The API at one address; what it refuses ends the command with its words."""

    url: str

    def get(self, path: str) -> Any:
        return self._answer("GET", path, None)

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


def client_of(url: str | None) -> ApiClient:
    """The API at `url`, or the newest run's."""
    if url is None:
        try:
            url = str(json.loads(LATEST.read_text())["api"])
        except (OSError, ValueError, KeyError, TypeError):
            raise _failed("No run to be found. Start one with `workmoot up`, or name an API with --api URL.") from None
    return ApiClient(url.rstrip("/"))


def _refusal(answer: httpx.Response) -> str:
    """A problem document (RFC 9457) in lines, or the bare status."""
    try:
        problem = answer.json()
    except ValueError:
        return f"The API answered {answer.status_code} {answer.reason_phrase}"
    errors = [f"  {item.get('pointer', '')}: {item.get('detail', '')}" for item in problem.get("errors", ())]
    words = problem.get("title", answer.reason_phrase) if errors else problem.get("detail", answer.reason_phrase)
    return "\n".join([f"{words} ({answer.status_code})", *errors])


def _failed(words: str) -> typer.Exit:
    typer.secho(words, err=True, fg="red")
    return typer.Exit(FAILED)
