"""The client against real servers on the loopback: what a box may do to us, it does."""

import gzip
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.ballots.voters import NEXT, NOTARY, POLL, SCANNER, SPRAYER, a_draft, boxed, boxed_draft
from workmoot.ballots import boxes as boxes_module
from workmoot.ballots import http_box
from workmoot.ballots.box import LARGEST_ANSWER, Item, Page
from workmoot.ballots.boxes import Boxes
from workmoot.ballots.errand import Errand, wait_for_all
from workmoot.ballots.http_box import HttpBallotBox
from workmoot.ballots.kept import KeptBallots
from workmoot.ballots.wire import DRAFTS_PATH, as_json, draft_as_json, draft_from_json, from_json
from workmoot.domain.errors import BoxRefused, BoxUnreachable
from workmoot.domain.ids import ProposalId

Answer = Callable[[BaseHTTPRequestHandler], None]
BoxAt = Callable[[str], HttpBallotBox]
GENEROUS_S = 60.0


@contextmanager
def serving(answer: Answer) -> Iterator[str]:
    """A server that answers everything so; its URL."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            try:
                answer(self)
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True

        do_POST = do_GET  # noqa: N815 (http.server asks for this name)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


def say(request: BaseHTTPRequestHandler, body: bytes, *, status: int = 200, **headers: str) -> None:
    request.send_response(status)
    for name, value in ({"Content-Length": str(len(body))} | headers).items():
        request.send_header(name.replace("_", "-"), value)
    request.end_headers()
    request.wfile.write(body)


def as_page(page: Page[Item], as_told: Callable[[Item], dict[str, Any]]) -> bytes:
    told = {"box": page.box, "items": [as_told(item) for item in page.items], "last": page.last, "more": page.more}
    return json.dumps(told).encode()


def box_of(kept: KeptBallots) -> Answer:
    """An honest box without a door."""

    def answer(request: BaseHTTPRequestHandler) -> None:
        where = urlsplit(request.path)
        if request.command == "POST":
            told = json.loads(request.rfile.read(int(request.headers["Content-Length"])))
            if where.path == DRAFTS_PATH:
                kept.put_draft(draft_from_json(told))
            else:
                kept.put(from_json(told))
            return say(request, b"{}", status=201)
        query = parse_qs(where.query)
        proposal, after = ProposalId(int(query["proposal"][0])), int(query["after"][0])
        if where.path == DRAFTS_PATH:
            return say(request, as_page(kept.read_drafts(proposal, after=after), draft_as_json))
        return say(request, as_page(kept.read(proposal, after=after), as_json))

    return answer


def silent(request: BaseHTTPRequestHandler) -> None:
    """Says nothing until the client goes away."""
    request.rfile.read(1)


def dripping(request: BaseHTTPRequestHandler) -> None:
    """Says a little again and again until the client goes away."""
    request.send_response(200)
    request.send_header("Content-Length", "1000000")
    request.end_headers()
    while True:
        request.wfile.write(b" ")
        request.wfile.flush()
        time.sleep(0.05)


def endless(request: BaseHTTPRequestHandler) -> None:
    request.send_response(200)
    request.send_header("Content-Length", str(1 << 40))
    request.end_headers()
    while True:
        request.wfile.write(b" " * 65_536)


BOMB = gzip.compress(b" " * (1 << 26), compresslevel=1)


def bomb(request: BaseHTTPRequestHandler) -> None:
    say(request, BOMB, Content_Encoding="gzip")


LIES: dict[str, tuple[Answer, str]] = {
    "no JSON": (lambda request: say(request, b"<html>"), "its answer is no JSON"),
    "a bomb": (bomb, "its answer is no JSON"),
    "no page": (lambda request: say(request, b'"yes"'), "no object with the name of a `box`"),
    "deep": (lambda request: say(request, b"[" * 100_000), "its answer is no JSON"),
    "endless": (endless, f"longer than {LARGEST_ANSWER} bytes"),
    "a refusal": (lambda request: say(request, b'{"detail": "not you"}', status=409), "409: not you"),
    "another's address": (lambda request: say(request, b"{}", status=307, Location="http://127.0.0.1:1/"), "307"),
}


@pytest.fixture
def box_at(monkeypatch: pytest.MonkeyPatch) -> Iterator[BoxAt]:
    """Makes clients, as patient as a busy machine asks for, and closes them at the end."""
    monkeypatch.setattr(http_box, "TIMEOUT_S", GENEROUS_S)
    made: list[HttpBallotBox] = []

    def make(url: str) -> HttpBallotBox:
        made.append(HttpBallotBox(url))
        return made[-1]

    yield make
    for box in made:
        box.close()


def test_put_and_read__an_honest_box__the_ballots_in_order(box_at: BoxAt):
    kept = KeptBallots()
    with serving(box_of(kept)) as url:
        box = box_at(url)
        for ballot in (boxed(SCANNER), boxed(SPRAYER, support=False)):
            box.put(ballot)
        page = box.read(POLL.proposal, after=1)
    assert (page.items, page.last) == ((boxed(SPRAYER, support=False),), 2)


def test_put_and_read_drafts__an_honest_box__the_drafts_in_order(box_at: BoxAt):
    kept = KeptBallots()
    with serving(box_of(kept)) as url:
        box = box_at(url)
        for draft in (boxed_draft(), boxed_draft(a_draft(SPRAYER))):
            box.put_draft(draft)
        page = box.read_drafts(NEXT.proposal, after=1)
    assert (page.items, page.last) == ((boxed_draft(a_draft(SPRAYER)),), 2)


@pytest.mark.parametrize(("lie", "words"), LIES.values(), ids=LIES)
def test_read_drafts__what_no_box_says__refused(lie: Answer, words: str, box_at: BoxAt):
    with serving(lie) as url, pytest.raises(BoxRefused, match=words):
        box_at(url).read_drafts(NEXT.proposal)


@pytest.mark.parametrize(("lie", "words"), LIES.values(), ids=LIES)
def test_read__what_no_box_says__refused(lie: Answer, words: str, box_at: BoxAt):
    with serving(lie) as url, pytest.raises(BoxRefused, match=words):
        box_at(url).read(POLL.proposal)


def test_put__refused_at_the_door__is_said(box_at: BoxAt):
    with serving(LIES["a refusal"][0]) as url, pytest.raises(BoxRefused, match="not you"):
        box_at(url).put(boxed(SCANNER))


def free_address() -> str:
    """Where nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{taken.getsockname()[1]}"


@pytest.mark.parametrize("url", ["", "nowhere", "http://[", "ftp://127.0.0.1:1"])
def test_read__no_place_of_a_box__unreachable(box_at: BoxAt, url: str):
    with pytest.raises(BoxUnreachable):
        box_at(url).read(POLL.proposal)


def test_read__nobody_there__unreachable(box_at: BoxAt):
    with pytest.raises(BoxUnreachable):
        box_at(free_address()).read(POLL.proposal)


def test_read__no_answer_in_time__unreachable(monkeypatch: pytest.MonkeyPatch, box_at: BoxAt):
    monkeypatch.setattr(http_box, "TIMEOUT_S", 0.1)
    with serving(silent) as url, pytest.raises(BoxUnreachable, match="ReadTimeout"):
        box_at(url).read(POLL.proposal)


def test_hear__an_honest_box_among_bad_ones__is_heard_while_another_still_drips(
    monkeypatch: pytest.MonkeyPatch, box_at: BoxAt
):
    def wait(errands: Sequence[Errand[Any]], *, patience_s: float) -> None:
        wait_for_all(errands, patience_s=patience_s)
        errands[-1].wait(GENEROUS_S)  # the honest one, however busy the machine is

    monkeypatch.setattr(boxes_module, "wait_for_all", wait)
    kept = KeptBallots()
    kept.put(boxed(SCANNER))
    with serving(box_of(kept)) as honest, serving(dripping) as drips, serving(endless) as floods:
        urls = (drips, floods, free_address(), honest)
        boxes = Boxes([box_at(url) for url in urls], NOTARY, now_s=time.time, patience_s=0.5, pause_s=0)
        (found,) = boxes.hear([POLL]).ballots[POLL.content]
        boxes.put(boxed(SPRAYER))
        heard = boxes.hear([POLL]).ballots[POLL.content]
    assert found.boxed == boxed(SCANNER)
    assert [ballot.boxed.member for ballot in heard] == [SCANNER, SPRAYER]
