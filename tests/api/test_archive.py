"""What was read of the chain is kept: over restarts, reorganisations, dead nodes, several readers of a database."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api import archive as module
from api.archive import DatabaseArchive
from api.database import Database
from tests.api.databases import empty
from tests.told_chain import DEPLOYMENT, FIRST, ToldChain
from workmoot.chain import follower as following
from workmoot.chain.archive import Archive, MemoryArchive, RawLog
from workmoot.chain.decoder import decode_logs
from workmoot.chain.follower import Follower
from workmoot.chain.node import Question
from workmoot.domain.errors import DatabaseUnreachable, Unreachable, WrongDatabase
from workmoot.domain.events import Event
from workmoot.domain.ledger import Block

SAME_DATABASE = settings(
    max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@pytest.fixture
def chain() -> ToldChain:
    made = ToldChain()
    for messages in (2, 0, 3, 1):
        made.mine(messages)
    return made


@pytest.fixture
def archive(database: Database) -> DatabaseArchive:
    return DatabaseArchive(database, DEPLOYMENT)


def first_blocks_read(chain: ToldChain) -> list[int]:
    """From where on logs were asked for, since it was asked before."""
    found = [int(parameters[0]["fromBlock"], 16) for asked, parameters in chain.asked if asked == "eth_getLogs"]
    chain.asked.clear()
    return found


def kept(archive: Archive) -> list[Event]:
    return list(decode_logs(archive.recall(None).logs))


# One reader


def test_read__archive_of_a_former_process__tells_all_of_it_without_the_node(chain, archive):
    Follower(chain, DEPLOYMENT, archive).catch_up()
    chain.silent_after = 0
    follower = Follower(chain, DEPLOYMENT, archive)
    news = follower.read()
    assert news is not None
    assert (list(news.events), news.recalled, news.anew) == (chain.events, True, False)
    follower.enter(news)
    with pytest.raises(Unreachable):
        follower.read()


def test_catch_up__archive_of_a_former_process__asks_only_for_what_is_new(chain, archive):
    Follower(chain, DEPLOYMENT, archive).catch_up()
    head = chain.head
    chain.mine(1)
    first_blocks_read(chain)
    follower = Follower(chain, DEPLOYMENT, archive)
    assert list(follower.catch_up()) == chain.events
    assert first_blocks_read(chain) == [head + 1]
    assert (follower.rebuilds, len(follower.ledger.messages)) == (0, len(chain.events))


def test_catch_up__reorganised__reads_again_only_what_lies_above_the_common_ancestor(chain, archive):
    follower = Follower(chain, DEPLOYMENT, archive)
    follower.catch_up()
    for messages in (1, 1):
        chain.mine(messages)
        follower.catch_up()
    head = chain.head
    chain.turn(2)
    for messages in (2, 0, 1):
        chain.mine(messages)
    first_blocks_read(chain)
    assert list(follower.catch_up()) == chain.events
    assert first_blocks_read(chain) == [head - 1]
    assert (follower.rebuilds, kept(archive)) == (1, chain.events)


def test_catch_up__reorganised_while_nobody_read__is_found_by_the_blocks_kept(chain, archive):
    Follower(chain, DEPLOYMENT, archive).catch_up()
    chain.turn(1)
    chain.mine(4)
    assert list(Follower(chain, DEPLOYMENT, archive).catch_up()) == chain.events
    assert kept(archive) == chain.events


def test_catch_up__nothing_of_the_chain_is_left__begins_anew(chain, archive):
    Follower(chain, DEPLOYMENT, archive).catch_up()
    chain.turn(chain.head)
    chain.mine(1)
    assert list(Follower(chain, DEPLOYMENT, archive).catch_up()) == chain.events
    assert kept(archive) == chain.events


def test_catch_up__chain_turns_while_its_logs_are_read__keeps_nothing_of_it(chain, archive, monkeypatch):
    def turning(self: ToldChain, *span: int) -> list[RawLog]:
        told = logs(follower, *span)
        chain.turn(1)
        chain.mine(2)
        return told

    follower, logs = Follower(chain, DEPLOYMENT, archive), Follower._logs
    monkeypatch.setattr(Follower, "_logs", turning)
    assert follower.catch_up() == ()
    assert archive.newest() is None
    monkeypatch.setattr(Follower, "_logs", logs)
    assert list(follower.catch_up()) == chain.events


def test_catch_up__node_dies_halfway__tells_the_rest_later(chain, archive, monkeypatch):
    monkeypatch.setattr(following, "BLOCKS_PER_QUESTION", 1)
    follower = Follower(chain, DEPLOYMENT, archive)
    chain.silent_after = 12
    with pytest.raises(Unreachable):
        follower.catch_up()
    assert 0 < len(kept(archive)) < len(chain.events)
    chain.silent_after = None
    assert list(follower.catch_up()) == chain.events


def test_catch_up__node_does_not_answer_what_is_asked_ahead__asks_again(chain, monkeypatch):
    def silent_ahead(self: ToldChain, questions: Sequence[Question]) -> list[dict[str, Any]]:
        if threading.current_thread() is not threading.main_thread():
            raise Unreachable("no node answers")
        return post(self, questions)

    post = ToldChain._post
    monkeypatch.setattr(ToldChain, "_post", silent_ahead)
    monkeypatch.setattr(following, "BLOCKS_PER_QUESTION", 1)
    assert list(Follower(chain, DEPLOYMENT).catch_up()) == chain.events


def test_catch_up__chain_turned_after_it_was_asked_ahead__asks_afresh(chain, monkeypatch):
    looks = iter([look := Follower._look, unreachable, look, look])
    monkeypatch.setattr(Follower, "_look", lambda follower: next(looks)(follower))
    monkeypatch.setattr(following, "BLOCKS_PER_QUESTION", 4)
    follower = Follower(chain, DEPLOYMENT)
    with pytest.raises(Unreachable):
        follower.catch_up()
    turn(chain, 1)
    assert list(follower.catch_up()) == chain.events


def unreachable(_: Follower) -> tuple[Block, Block | None]:
    raise Unreachable("no node answers")


# Several readers


def test_extend__another_process_was_quicker__is_refused_and_its_work_taken_over(chain, archive):
    one, other = (Follower(chain, DEPLOYMENT, archive) for _ in range(2))
    one.catch_up()
    assert not archive.extend(None, [], Block(number=FIRST, hash=b"", timestamp=0))
    first_blocks_read(chain)
    assert list(other.catch_up()) == chain.events
    assert first_blocks_read(chain) == []


def test_catch_up__another_process_rewound__starts_over(chain, archive):
    one, other = (Follower(chain, DEPLOYMENT, archive) for _ in range(2))
    one.catch_up()
    other.catch_up()
    chain.turn(1)
    chain.mine(3)
    one.catch_up()
    assert list(other.catch_up()) == chain.events
    assert other.rebuilds == 1


# Whose it is


def test_open__archive_of_another_deployment__is_refused_with_both_names(database):
    DatabaseArchive(database, DEPLOYMENT)
    with pytest.raises(WrongDatabase, match="--database") as refused:
        DatabaseArchive(database, replace(DEPLOYMENT, chain_id=5))
    assert '"chain_id": 31337' in refused.value.found
    assert '"chain_id": 5' in refused.value.expected


def test_open__archive_of_another_layout__begins_anew(chain, database, monkeypatch):
    Follower(chain, DEPLOYMENT, DatabaseArchive(database, DEPLOYMENT)).catch_up()
    monkeypatch.setattr(module, "LAYOUT", module.LAYOUT + 1)
    begun = DatabaseArchive(database, DEPLOYMENT)
    assert (begun.newest(), kept(begun)) == (None, [])
    Follower(chain, DEPLOYMENT, begun).catch_up()
    assert kept(DatabaseArchive(database, DEPLOYMENT)) == chain.events


# Whatever happens


T = TypeVar("T")


class Killed(Exception):
    """The process ended."""


class Mortal:
    """An archive whose process ends before or after a write."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self.newest, self.block_at, self.recall = archive.newest, archive.block_at, archive.recall
        self.dies_in: int | None = None
        """So many times a write began or ended before."""

    def extend(self, last: Block | None, logs: Sequence[RawLog], head: Block) -> bool:
        return self._surviving(lambda: self._archive.extend(last, logs, head))

    def rewind(self, number: int) -> None:
        self._surviving(lambda: self._archive.rewind(number))

    def _surviving(self, act: Callable[[], T]) -> T:
        self._tick()
        done = act()
        self._tick()
        return done

    def _tick(self) -> None:
        if self.dies_in is not None:
            self.dies_in -= 1
            if self.dies_in < 0:
                raise Killed


class Reader:
    """A process that follows, and whoever hears what it tells."""

    def __init__(self, chain: ToldChain, archive: Archive) -> None:
        self.chain, self.archive = chain, archive
        self.start()

    def start(self) -> None:
        self.mortal = Mortal(self.archive)
        self.follower = Follower(self.chain, DEPLOYMENT, self.mortal)
        self.heard: list[Event] = []
        self.rebuilds = 0

    def look(self, *, silent_after: int | None = None, dies_in: int | None = None) -> None:
        self.chain.silent_after, self.mortal.dies_in = silent_after, dies_in
        try:
            told = self.follower.catch_up()
        except Unreachable:
            return
        except Killed:
            self.start()
            return
        if self.follower.rebuilds != self.rebuilds:
            self.heard.clear()
        self.rebuilds = self.follower.rebuilds
        self.heard += told


ACTS = st.lists(
    st.one_of(
        st.tuples(st.just("mine"), st.integers(0, 3)),
        st.tuples(st.just("turn"), st.integers(1, 6)),
        st.tuples(st.just("look"), st.integers(0, 1)),
        st.tuples(st.just("silence"), st.integers(0, 12)),
        st.tuples(st.just("kill"), st.integers(0, 5)),
        st.tuples(st.just("restart"), st.integers(0, 1)),
    ),
    max_size=30,
)


def turn(chain: ToldChain, depth: int) -> None:
    chain.turn(depth)
    chain.mine(1)


def live(chain: ToldChain, archive: Archive, acts: list[tuple[str, int]]) -> None:
    """Two processes share the archive; after each act it is whole, and in the end everybody knows the chain."""
    readers = [Reader(chain, archive), Reader(chain, archive)]
    does: dict[str, Callable[[int], None]] = {
        "mine": chain.mine,
        "turn": lambda depth: turn(chain, depth),
        "look": lambda number: readers[number].look(),
        "silence": lambda after: readers[0].look(silent_after=after),
        "kill": lambda after: readers[1].look(dies_in=after),
        "restart": lambda number: readers[number].start(),
    }
    for act, number in acts:
        does[act](number)
        newest = archive.newest()
        assert kept(archive) == list(chain.past[newest.hash.hex()] if newest else ())
    for reader in readers:
        reader.look()
        assert reader.heard == chain.events
        assert len(reader.follower.ledger.messages) == len(chain.events)


@given(acts=ACTS)
def test_memory_archive__whatever_happens__is_whole(acts):
    live(ToldChain(), MemoryArchive(), acts)


@SAME_DATABASE
@given(acts=ACTS, blocks=st.sampled_from([1, 2, 2_000]))
def test_database_archive__whatever_happens__is_whole(database, acts, blocks):
    empty(database)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(following, "BLOCKS_PER_QUESTION", blocks)
        live(ToldChain(), DatabaseArchive(database, DEPLOYMENT), acts)


def test_database__gone__is_said_without_the_statement(tmp_path):
    (tmp_path / "api.db").write_text("no database, but many words that are not the header of one" * 50)
    with pytest.raises(DatabaseUnreachable, match="file is not a database"):
        Database(f"sqlite:///{tmp_path}/api.db").create_tables()
