"""Rows: every event has words of its own, and says who, what, why and what it did."""

import hashlib
import json
from dataclasses import asdict, replace
from string import Formatter

import pytest

from tests.api.story import Story, a_running_plant
from tests.builders import an_order
from workmoot.audit.acts import ACTS
from workmoot.audit.export import FORMAT
from workmoot.audit.rows import HINTS, AuditRow, moment_words, rows_of, words_of
from workmoot.chain.memory import MemoryFollower
from workmoot.domain import events
from workmoot.domain.events import Event, OffersPublished, OverrideGiven, Place, RobotEpochRaised, RoleGranted
from workmoot.domain.ids import Address, Number, OverrideId
from workmoot.domain.ledger import Ledger
from workmoot.domain.overrides import OverrideKind

AT = Place(block=3, log_index=1, tx="0x01", block_hash=b"\x02" * 32, timestamp=1_700_000_000)


@pytest.fixture(scope="module")
def story() -> Story:
    return a_running_plant()


@pytest.fixture(scope="module")
def rows(story: Story) -> list[AuditRow]:
    follower = MemoryFollower(story.chain)
    told = follower.catch_up()
    return list(rows_of(follower.ledger, told))


def test_acts__every_event__has_one():
    kinds = {getattr(events, name) for name in events.__all__} - {Event, Place}
    assert set(ACTS) == kinds


@pytest.mark.parametrize("kind", ACTS, ids=lambda kind: kind.__name__)
def test_acts__what_they_name__are_the_events_fields(kind: type[Event]):
    act = ACTS[kind]
    named = {name for _, name, _, _ in Formatter().parse(act.words) if name}
    named |= {name for name in (act.on[1], act.by, act.why, act.displaced, act.digest) if name}
    assert named <= HINTS[kind].keys()


def test_acts__their_words__belong_to_the_format():
    """Files written before have the words of then: others would not verify. Whoever changes them changes FORMAT."""
    told = json.dumps({kind.__name__: asdict(act) for kind, act in ACTS.items()}, sort_keys=True)
    assert (FORMAT, hashlib.sha256(told.encode()).hexdigest()[:16]) == ("workmoot/audit/2", "e66ad627f0f48c6f")


def test_rows__a_running_plant__one_for_each_event_in_order(story: Story, rows: list[AuditRow]):
    places = [tuple(map(int, row.id.split("."))) for row in rows]
    assert places == sorted(set(places))
    assert {"OverrideGiven", "ProposalCreated", "VoteCast", "TaskStarted", "OffersPublished"} <= {r.act for r in rows}


def test_rows__an_override__who_why_and_what_else_changed_with_it(rows: list[AuditRow]):
    hold = [row for row in rows if row.act == "OverrideGiven"][-1]
    assert (hold.by.id, hold.by.kind) == ("technician", "human")  # type: ignore[union-attr]
    assert (hold.subject.type, hold.reason.words) == ("robot", "nozzle looks clogged")  # type: ignore[union-attr]
    assert hold.effect[0].startswith("override 2: hold at level 7")
    assert any(told.startswith("robot ") and "held: yes" in told for told in hold.effect[1:])


def test_rows__two_orders_in_a_transaction__each_has_what_it_changed_itself():
    told = [
        RobotEpochRaised(at=AT._replace(log_index=0), robot=Number(1), epoch=2, held=True),
        given(1, log_index=1),
        RobotEpochRaised(at=AT._replace(log_index=2), robot=Number(2), epoch=2, held=True),
        given(2, log_index=3),
        RobotEpochRaised(at=AT._replace(log_index=4), robot=Number(3), epoch=2, held=True),
    ]
    effects = [row.effect[1:] for row in rows_of(Ledger(), told)]
    assert effects == [(), ("robot 1: held: yes; epoch 2",), (), ("robot 2: held: yes; epoch 2",), ()]


def test_rows__the_same_transaction_in_another_block__is_another():
    told = [
        RobotEpochRaised(at=AT, robot=Number(1), epoch=2, held=True),
        replace(given(1, log_index=0), at=AT._replace(block=4)),
    ]
    assert [row.effect[1:] for row in rows_of(Ledger(), told)] == [(), ()]


def test_rows__many_orders_in_a_transaction__none_is_looked_for_among_the_others(monkeypatch):
    monkeypatch.setattr(OverrideGiven, "__eq__", lambda one, other: pytest.fail("compared"))
    told = [given(number, log_index=number) for number in range(20)]
    assert len(list(rows_of(Ledger(), told))) == 20


def given(number: int, *, log_index: int) -> OverrideGiven:
    order = an_order(OverrideKind.HOLD)
    return OverrideGiven(
        at=AT._replace(log_index=log_index),
        id=OverrideId(number),
        human=order.human,
        subject=order.subject,
        displaced=Number(0),
        epoch=2,
        digest=bytes(32),
        order=order,
    )


def test_rows__offers__each_estimate_in_numbers(rows: list[AuditRow]):
    offered = next(row for row in rows if row.act == "OffersPublished")
    assert len(offered.effect) > 1
    assert " ms in nine of ten; energy " in offered.effect[1]


def test_rows__offers_of_no_layout__told_as_they_are():
    event = OffersPublished(at=AT, worker=Number(1), offers=b"\1\2", ranking=b"")
    [row] = rows_of(Ledger(), [event])
    assert row.effect[1].endswith(": 0x0102")
    assert row.by is not None
    assert (row.by.number, row.by.id) == (1, None)


def test_rows__votes_and_reviews__for_or_against_with_their_reasons(rows: list[AuditRow]):
    votes = [row.effect[0] for row in rows if row.act == "VoteCast"]
    assert set(votes) == {"votes for it", "votes against it"}
    review = next(row for row in rows if row.act == "ProposalReviewed" and row.reason.words == "Fine by me.")  # type: ignore[union-attr]
    assert review.effect[0].startswith("reviews, and is for it: makespan ")


def test_words__an_account_without_a_badge__is_its_own_name():
    account = Address("0x" + "Ab" * 20)
    event = RoleGranted(at=AT, role_id=3, account=account, delay=0, since=1, new_member=True)
    assert words_of(Ledger(), event).startswith(f"{account} has role 3 from 1 on")


@pytest.mark.parametrize(("unix", "words"), [(0, "1970-01-01T00:00:00Z"), (2**48 - 1, "281474976710655")])
def test_moment_words__any_number__a_time_or_the_number(unix: int, words: str):
    assert moment_words(unix) == words
