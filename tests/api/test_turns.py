"""What takes long is done a few at a time, and nobody waits for it without end."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from api.past import WAITING, Past
from api.problems import Problem
from api.turns import Turns
from tests.told_chain import ToldChain


def test_take__all_turns_and_places_taken__busy_at_once(monkeypatch):
    monkeypatch.setattr("api.turns.TURN_WITHIN_S", 60)
    turns, ready, ended = Turns(at_once=1, waiting=1), threading.Barrier(2), threading.Event()

    def stay() -> None:
        with turns.take():
            ready.wait(60)
            ended.wait(60)

    def pass_through() -> bool:
        with turns.take():
            return True

    with ThreadPoolExecutor(2) as pool:
        pool.submit(stay)
        ready.wait(60)
        waits = pool.submit(pass_through)
        while turns._room._value:
            pass
        with pytest.raises(Problem) as busy, turns.take():
            pass
        ended.set()
        assert waits.result(60)
    assert (busy.value.status, busy.value.slug) == (503, "busy")
    assert pass_through()


def test_take__no_turn_in_time__busy(monkeypatch):
    monkeypatch.setattr("api.turns.TURN_WITHIN_S", 0.01)
    turns = Turns(at_once=1, waiting=1)
    with turns.take(), pytest.raises(Problem, match="ask again"), turns.take():
        pass


def test_past__later_blocks_without_events__is_not_made_anew():
    chain, past = ToldChain(), Past()
    chain.mine(2)
    known = past.at(chain.head, chain.events, rewinds=0)
    assert len(known.messages) == 2
    assert past.at(chain.head + 5, chain.events, rewinds=0) is known
    assert past.at(chain.head, chain.events, rewinds=1) is not known


def test_past__more_ask_than_may_wait__are_told_so(monkeypatch):
    begun, go = threading.Event(), threading.Event()

    def slow(self: object, events: object) -> None:
        begun.set()
        go.wait(60)

    monkeypatch.setattr("api.past.Ledger.apply_all", slow)
    past = Past()
    with ThreadPoolExecutor(WAITING + 1) as pool:
        asked = [pool.submit(past.at, 1, (), rewinds=number) for number in range(WAITING + 1)]
        assert begun.wait(60)
        while past._turns._room._value:
            pass
        with pytest.raises(Problem, match="ask again"):
            past.at(1, (), rewinds=9)
        go.set()
        assert all(one.result(60) is not None for one in asked)
