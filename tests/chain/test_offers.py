"""Offers, rankings, joint offers and what is said: recorded in events, kept in the ledger."""

from tests.builders import a_task, an_entry, an_offer
from tests.chain.moves import post, propose, refused
from tests.chain.plants import FINISHER, SCANNER, SPRAYER, account
from workmoot.domain.events import HelpConfirmed, MessageSent, OffersPublished
from workmoot.domain.ids import Number
from workmoot.domain.offers import RankedTask, pack_offers, pack_ranking
from workmoot.domain.workers import Kind


def test_offer__of_a_worker__the_event_carries_the_bytes(plant):
    (task,) = post(plant, a_task())
    offers, ranking = pack_offers([an_offer(task)]), pack_ranking([RankedTask(task=task, score=5, alone=1_000)])
    told = plant.by("sprayer").dao.offer(offers, ranking).the(OffersPublished)
    assert (told.worker, told.offers, told.ranking) == (SPRAYER, offers, ranking)


def test_offer__newer_batch__replaces_that_workers_offers_for_the_tasks_it_names(plant):
    first, second = post(plant, a_task(), a_task())
    dao = plant.by("sprayer").dao
    dao.offer(pack_offers([an_offer(first, sequence=1), an_offer(second, sequence=2)]), b"")
    plant.by("finisher").dao.offer(pack_offers([an_offer(first, sequence=1)]), b"")
    dao.offer(pack_offers([an_offer(first, sequence=3), an_offer(first, sequence=4, helpers=(SCANNER,))]), b"")
    ledger = _ledger(plant)
    sequences = {(record.worker, record.offer.sequence) for record in ledger.offers[first]}
    assert sequences == {(FINISHER, 1), (SPRAYER, 3), (SPRAYER, 4)}
    assert [record.offer.sequence for record in ledger.offers[second]] == [2]


def test_offer__ranking__the_latest_counts_and_an_empty_one_leaves_it(plant):
    (task,) = post(plant, a_task())
    ranking = (RankedTask(task=task, score=7, alone=900, together=600, energy=3, cost=5, success=9_900),)
    dao = plant.by("sprayer").dao
    dao.offer(b"", pack_ranking(ranking))
    dao.offer(b"", b"")
    assert _ledger(plant).rankings[SPRAYER].items == ranking


def test_offer__bytes_of_no_layout__are_set_aside(plant):
    plant.by("sprayer").dao.offer(b"\1\2\3", b"")
    ledger = _ledger(plant)
    assert len(ledger.malformed) == 1
    assert not ledger.offers


def test_offer__of_a_stranger__refused(plant):
    with refused("NotAMember", account("stranger")):
        plant.by("stranger").dao.offer(b"", b"")


def test_offer__of_a_robot__refused(plant):
    with refused("WrongKind", 4, Kind.ROBOTIC):
        plant.by("arm").dao.offer(b"", b"")


def test_confirm__by_the_helper__a_plan_may_use_it(plant):
    (task,) = post(plant, a_task())
    told = plant.by("finisher").dao.confirm([task], [1], [SPRAYER], [3]).the(HelpConfirmed)
    assert (told.task, told.lead, told.helper, told.version, told.sequence) == (task, SPRAYER, FINISHER, 1, 3)
    assert propose(plant, an_entry(task, SPRAYER, sequence=3, helpers=(FINISHER,))).id == 1


def test_confirm__many_at_once__one_event_each(plant):
    tasks = post(plant, a_task(), a_task())
    receipt = plant.by("finisher").dao.confirm(tasks, [1, 1], [SPRAYER, SPRAYER], [1, 2])
    assert len(receipt.all(HelpConfirmed)) == 2


def test_propose__helper_has_not_confirmed__refused(plant):
    (task,) = post(plant, a_task())
    with refused("HelperNotConfirmed", task, SPRAYER, FINISHER):
        propose(plant, an_entry(task, SPRAYER, sequence=3, helpers=(FINISHER,)))


def test_propose__helper_confirmed_another_offer__refused(plant):
    (task,) = post(plant, a_task())
    plant.by("finisher").dao.confirm([task], [1], [SPRAYER], [3])
    with refused("HelperNotConfirmed", task, SPRAYER, FINISHER):
        propose(plant, an_entry(task, SPRAYER, sequence=4, helpers=(FINISHER,)))


def test_confirm__by_a_stranger__refused(plant):
    with refused("NotAMember", account("stranger")):
        plant.by("stranger").dao.confirm([1], [1], [SPRAYER], [1])


def test_say__to_all__everyone_reads_it(plant):
    receipt = plant.by("scanner").dao.say(Number(0), 256, b"can anyone help?")
    said = receipt.the(MessageSent)
    assert (said.sender, said.to, said.about, said.message) == (SCANNER, 0, 256, b"can anyone help?")
    assert _ledger(plant).messages[0].message == b"can anyone help?"


def _ledger(plant):
    follower = plant.follower()
    follower.catch_up()
    return follower.ledger
