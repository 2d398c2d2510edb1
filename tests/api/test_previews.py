"""What humans were shown: kept by its hash, a day unless it was ordered."""

from contextlib import AbstractContextManager
from typing import Any

import pytest
from sqlalchemy import Connection

from api.database import Database
from api.previews import KEPT_S, Previews
from tests.api.serving import in_memory

ONE, OTHER = b"\x01" * 32, b"\x02" * 32
SHOWN: dict[str, Any] = {"displaces": {}, "forecast": {"says": "Nothing ends at another time."}}


class Clock:
    """Stands until it is set."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_order__never_made__is_told(clock: Clock) -> None:
    previews = Previews(in_memory(), now=clock)
    previews.keep([(ONE, SHOWN)])
    assert previews.order([ONE, OTHER]) == {OTHER}


def test_keep__a_day_later__only_what_was_ordered_is_there(clock: Clock) -> None:
    previews = Previews(in_memory(), now=clock)
    previews.keep([(ONE, SHOWN), (OTHER, SHOWN)])
    previews.order([ONE])
    clock.now += KEPT_S + 1
    previews.keep([])
    found = previews.find(ONE)
    assert found is not None
    assert (found.made_at, found.shown) == (1000.0, SHOWN)
    assert previews.find(OTHER) is None


def test_keep__shown_again__its_day_begins_anew(clock: Clock) -> None:
    previews = Previews(in_memory(), now=clock)
    for _ in range(3):
        previews.keep([(ONE, SHOWN)])
        clock.now += KEPT_S - 1
    assert previews.order([ONE]) == set()


def test_keep__many__all_are_there_after_one_transaction(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, begin = list[int](), database.begin

    def counted() -> AbstractContextManager[Connection]:
        begun.append(1)
        return begin()

    monkeypatch.setattr(database, "begin", counted)
    previews, hashes = Previews(database), [bytes([number]) * 32 for number in range(20)]
    previews.keep([(hash_, SHOWN) for hash_ in hashes])
    assert len(begun) == 1
    assert previews.order(hashes) == set()


def test_keep__ordered_already__is_kept_as_it_was(database: Database, clock: Clock) -> None:
    previews = Previews(database, now=clock)
    previews.keep([(ONE, SHOWN)])
    previews.order([ONE])
    clock.now += KEPT_S + 1
    previews.keep([(ONE, {"displaces": {}}), (OTHER, SHOWN)])
    clock.now += KEPT_S + 1
    previews.keep([])
    assert (previews.find(ONE), previews.find(OTHER)) == ((1000.0, SHOWN), None)


def test_order__made_by_another_process__is_known(database: Database) -> None:
    database.create_tables()
    Previews(database).keep([(ONE, SHOWN)])
    assert Previews(database).order([ONE]) == set()


def test_order__tables_away__nothing_is_said_to_be_unknown() -> None:
    assert Previews(Database("postgresql://nobody@127.0.0.1:1/nowhere?connect_timeout=1")).order([ONE]) == set()
