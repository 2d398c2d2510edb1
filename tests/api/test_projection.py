"""Following: what happens when the node dies, answers again, or tells another story."""

import time
from collections.abc import Iterator
from dataclasses import replace

import pytest
from fastapi.testclient import TestClient

from api.projection import Projection
from tests.api.serving import LOOPBACK, serve
from tests.api.story import a_decided_plant, a_running_plant
from workmoot.chain.following import News
from workmoot.chain.memory import MemoryFollower
from workmoot.domain.errors import Unreachable
from workmoot.domain.ledger import Ledger


class Flaky(MemoryFollower):
    """A follower whose node dies and comes back, or tells everything anew."""

    dead = False
    _anew = False

    def read(self) -> News | None:
        if self.dead:
            raise Unreachable("no node answers at http://127.0.0.1:1")
        news = super().read()
        return replace(news, anew=True) if news and self._anew else news

    def enter(self, news: News) -> None:
        self._anew = False
        super().enter(news)

    def start_over(self) -> None:
        """A reorganisation: another ledger, all events again."""
        self._anew, self._read = True, 0


@pytest.fixture
def follower() -> Flaky:
    return Flaky(a_decided_plant().chain)


@pytest.fixture
def projection(follower: Flaky) -> Iterator[Projection]:
    made = Projection(follower, chain_id=1337)
    made.begin()
    made.start()
    yield made
    made.stop()


def _comes(condition: object) -> bool:
    assert callable(condition)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.02)
    return False


def test_projection__node_dies__says_so_and_keeps_what_it_knows(follower: Flaky, projection: Projection) -> None:
    follower.dead = True
    assert _comes(lambda: projection.freshness().stale)
    assert "no node answers" in str(projection.head().trouble)
    with projection.read() as snap:
        assert len(snap.ledger.tasks) == 60


def test_projection__node_comes_back__is_ready_again(follower: Flaky, projection: Projection) -> None:
    follower.dead = True
    assert _comes(lambda: projection.freshness().stale)
    follower.dead = False
    assert _comes(lambda: not projection.freshness().stale)


def test_projection__reorganisation__has_every_event_once(follower: Flaky, projection: Projection) -> None:
    before = projection.events()
    follower.start_over()
    assert _comes(lambda: projection.events().rewinds == 1)
    assert projection.events().events == before.events
    with projection.read() as snap:
        assert len(snap.ledger.proposals) == 2


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_projection__fault_of_its_own__every_answer_says_so(follower: Flaky, projection: Projection) -> None:
    follower.read = lambda: 1 // 0  # type: ignore[assignment,method-assign,return-value]
    assert _comes(lambda: projection.freshness().stale)
    assert "start the API again" in str(projection.head().trouble)


def test_readiness__node_dead__is_503_with_the_reason() -> None:
    served = serve(a_decided_plant())
    follower = Flaky(served.story.chain)
    served.projection._follower = follower  # the seam between chain and API
    follower.dead = True
    with TestClient(served.app, base_url=LOOPBACK) as client:
        assert _comes(lambda: client.get("/readyz").status_code == 503)
        answer = client.get("/readyz")
    assert answer.headers["content-type"] == "application/problem+json"
    assert "no node answers" in answer.json()["detail"]


def test_frozen__the_chain_goes_on__stays_as_it_was() -> None:
    events = a_running_plant().chain.events
    for end in range(0, len(events), 20):
        ledger, same = Ledger(), Ledger()
        ledger.apply_all(events[:end])
        same.apply_all(events[:end])
        copied = ledger.copy()
        ledger.apply_all(events[end:])
        assert _contents(copied) == _contents(same)


def _contents(ledger: Ledger) -> dict[str, object]:
    return {name: value for name, value in vars(ledger).items() if name != "touched"}


def test_frozen__something_is_entered__is_another() -> None:
    story = a_decided_plant()
    served = serve(story)
    before = served.projection.frozen().ledger
    assert served.projection.frozen().ledger is before
    story.post()
    served.projection.begin()
    assert (len(before.orders), len(served.projection.frozen().ledger.orders)) == (1, 2)
