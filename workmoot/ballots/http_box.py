"""A ballot box over HTTP: short of patience, and never reads more than a box may say."""

import json
from collections.abc import Callable
from typing import Any

import httpx

from workmoot.ballots.box import LARGEST_ANSWER, BoxedBallot, BoxedDraft, Item, Page
from workmoot.ballots.wire import (
    DRAFTS_PATH,
    PATH,
    as_json,
    ballots_from_json,
    draft_as_json,
    drafts_from_json,
)
from workmoot.domain.errors import BoxRefused, BoxUnreachable, Malformed
from workmoot.domain.ids import ProposalId

TIMEOUT_S = 1.0
LONGEST_WORDS = 200


class HttpBallotBox:
    """The box at a URL; a `BallotBox`. Not for two threads at a time."""

    def __init__(self, url: str) -> None:
        self.name = url
        self._url = url.rstrip("/")
        # No proxies of the environment, no compression: what is read is what was sent, and can be bounded.
        self._http = httpx.Client(timeout=TIMEOUT_S, trust_env=False, headers={"Accept-Encoding": "identity"})

    def put(self, ballot: BoxedBallot) -> None:
        """Puts a ballot in."""
        self._ask("POST", PATH, json=as_json(ballot))

    def read(self, proposal: ProposalId, *, after: int = 0) -> Page[BoxedBallot]:
        """The ballots of a proposal from a place on."""
        return self._read(PATH, ballots_from_json, proposal, after)

    def put_draft(self, draft: BoxedDraft) -> None:
        """Puts a draft in."""
        self._ask("POST", DRAFTS_PATH, json=draft_as_json(draft))

    def read_drafts(self, proposal: ProposalId, *, after: int = 0) -> Page[BoxedDraft]:
        """The drafts that are to have this number, from a place on."""
        return self._read(DRAFTS_PATH, drafts_from_json, proposal, after)

    def close(self) -> None:
        """Lets the connection go."""
        self._http.close()

    def _read(self, path: str, page_of: Callable[[object], Page[Item]], proposal: ProposalId, after: int) -> Page[Item]:
        told = self._ask("GET", path, params={"proposal": proposal, "after": after})
        try:
            return page_of(told)
        except Malformed as wrong:
            raise BoxRefused(self.name, "no-box", str(wrong)) from wrong

    def _ask(self, method: str, path: str, **question: Any) -> Any:
        try:
            with self._http.stream(method, self._url + path, **question) as response:
                told = json.loads(self._body(response))
        except (httpx.HTTPError, httpx.InvalidURL) as silent:
            raise BoxUnreachable(self.name, type(silent).__name__) from silent
        except (ValueError, RecursionError) as wrong:
            raise BoxRefused(self.name, "no-box", "its answer is no JSON") from wrong
        if not response.is_success:
            said = told if isinstance(told, dict) else {}
            raise BoxRefused(self.name, str(response.status_code), str(said.get("detail", ""))[:LONGEST_WORDS])
        return told

    def _body(self, response: httpx.Response) -> bytes:
        body = bytearray()
        for part in response.iter_raw():
            body += part
            if len(body) > LARGEST_ANSWER:
                raise BoxRefused(self.name, "no-box", f"its answer is longer than {LARGEST_ANSWER} bytes")
        return bytes(body)
