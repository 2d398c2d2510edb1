from typing import Any

import pytest

from agents.actions import ConfirmHelp, PublishOffers
from agents.policy.offering import RENEW_S, VALID_S, decide
from agents.profile import Experience, Profile, Skill, Teamwork
from tests.builders import a_task, an_entry, an_offer
from tests.workshop import ARM, FINISHER, NOZZLE, SCAN, SCANNER, SPRAY, SPRAYER, START_S, Workshop
from workmoot.domain.ids import Number, TaskId, task_id
from workmoot.domain.offers import Offer
from workmoot.domain.overrides import OverrideKind, SubjectType
from workmoot.planning.beliefs import Finding
from workmoot.skills.rank import RankWeights, rank

SPRAYS = {"spraying": Skill(pace=1.0)}
TEAMWORK = Profile(skills=SPRAYS, team={"spraying": Teamwork(factor=0.6)})
NOWHERE = task_id(9, 0)


def published(workshop: Workshop, name: str = "sprayer", **view: Any) -> PublishOffers | None:
    """What that worker publishes now."""
    found = [action for action in decide(workshop.view(name, **view)) if isinstance(action, PublishOffers)]
    return found[0] if found else None


def offers(workshop: Workshop, name: str = "sprayer", **view: Any) -> tuple[Offer, ...]:
    found = published(workshop, name, **view)
    return found.offers if found else ()


def publish(workshop: Workshop, name: str = "sprayer", **view: Any) -> tuple[Offer, ...]:
    found = published(workshop, name, **view)
    assert found is not None
    workshop.offer(name, *found.offers, ranking=found.ranking)
    return found.offers


def posted(**spec: Any) -> tuple[Workshop, TaskId]:
    workshop = Workshop()
    (task,) = workshop.post(a_task(**spec))
    return workshop, task


# Who is withdrawn by a human


@pytest.mark.parametrize("kind", [OverrideKind.DRAIN, OverrideKind.QUARANTINE])
def test_decide__drained_or_quarantined__offers_nothing_until_it_is_over(kind: OverrideKind):
    workshop, _ = posted()
    workshop.withdraw(kind, "sprayer", for_s=60)
    assert published(workshop) is None
    assert published(workshop, now_s=workshop.now_s + 61.0) is not None
    assert published(workshop, "finisher") is not None


def test_decide__drained__helps_nobody_and_is_asked_by_nobody():
    workshop, task = posted(team=2)
    workshop.withdraw(OverrideKind.DRAIN, "finisher")
    assert [offer.helpers for offer in offers(workshop, profile=TEAMWORK)] == [()]
    workshop.offer("sprayer", an_offer(task, helpers=(FINISHER,), robots=(ARM, NOZZLE)))
    assert decide(workshop.view("finisher")) == []
    workshop.lift(OverrideKind.DRAIN, "finisher")
    assert any(isinstance(action, ConfirmHelp) for action in decide(workshop.view("finisher")))


def test_decide__another_was_drained_before_it_began__offers_for_its_task():
    workshop, task = posted()
    workshop.allocate(task, "sprayer")
    assert published(workshop, "finisher") is None
    workshop.withdraw(OverrideKind.DRAIN, "sprayer")
    assert [(offer.task, offer.version) for offer in offers(workshop, "finisher")] == [(task, 2)]


def test_decide__another_was_drained_after_it_began__leaves_its_task():
    workshop, task = posted()
    workshop.allocate(task, "sprayer")
    workshop.start(task)
    workshop.withdraw(OverrideKind.DRAIN, "sprayer")
    assert published(workshop, "finisher") is None


# What a human made more urgent


def test_decide__reprioritised_by_a_human__ranked_by_the_new_priority():
    workshop = Workshop()
    first, second = workshop.post(a_task(), a_task())
    workshop.order(OverrideKind.REPRIORITISE, second, payload=b"\x0a", expires_at=workshop.now_s + 60)
    found = published(workshop)
    assert found is not None
    scores = {item.task: item.score for item in found.ranking}
    assert [item.task for item in found.ranking] == [second, first]
    assert scores[second] == scores[first] * 10 // 20


# Which tasks


def test_decide__a_task_it_can_do__offers_it_with_its_robot():
    workshop, task = posted()
    (offer,) = offers(workshop)
    assert (offer.task, offer.version, offer.sequence, offer.robots) == (task, 1, 1, (ARM,))
    assert (offer.p50, offer.valid_until) == (1_000, START_S + VALID_S)


def test_decide__lacks_the_capability__no_offer():
    workshop, _ = posted()
    assert published(workshop, "scanner") is None


def test_decide__its_file_says_nothing_of_the_skill__offers_the_nominal_time():
    workshop, _ = posted(work=7_000)
    assert [offer.p50 for offer in offers(workshop, profile=Profile())] == [7_000]


def test_decide__decided_already__no_offer():
    workshop, task = posted()
    workshop.allocate(task, "finisher")
    assert published(workshop) is None


def test_decide__failed_it_before__no_offer():
    workshop, task = posted()
    workshop.allocate(task, "sprayer")
    workshop.start(task)
    workshop.fail(task)
    assert (offers(workshop, "sprayer"), len(offers(workshop, "finisher"))) == ((), 1)


def test_decide__its_only_robot_is_in_maintenance__no_offer_until_it_is_over():
    workshop, _ = posted()
    workshop.order(OverrideKind.MAINTAIN, ARM, subject_type=SubjectType.ROBOT, expires_at=workshop.now_s + 60)
    assert published(workshop) is None
    assert published(workshop, now_s=workshop.now_s + 61.0) is not None


def test_decide__its_only_robot_is_held__no_offer():
    workshop, _ = posted()
    workshop.order(OverrideKind.HOLD, ARM, subject_type=SubjectType.ROBOT)
    assert published(workshop) is None


def test_decide__offered_already__nothing_new():
    workshop, _ = posted()
    publish(workshop)
    assert published(workshop) is None


def test_decide__its_offer_runs_out__offers_again_under_the_next_number():
    workshop, _ = posted()
    publish(workshop)
    (offer,) = offers(workshop, now_s=float(START_S + VALID_S - RENEW_S + 1))
    assert offer.sequence == 2


def test_decide__it_offered_two_ways__goes_on_after_the_last_number():
    workshop, _ = posted(team=2)
    publish(workshop, profile=TEAMWORK)
    again = offers(workshop, profile=TEAMWORK, now_s=float(START_S + VALID_S))
    assert [offer.sequence for offer in again] == [3, 4]


@pytest.mark.parametrize(("early_s", "count"), [(1, 1), (0, 0)])
def test_decide__a_minute_before_its_offer_runs_out__not_yet(early_s: int, count: int):
    workshop, _ = posted()
    publish(workshop)
    assert len(offers(workshop, now_s=float(START_S + VALID_S - RENEW_S + early_s))) == count


def test_decide__task_is_open_anew__offers_for_its_new_version():
    workshop, task = posted()
    publish(workshop)
    workshop.allocate(task, "sprayer", sequence=1)
    workshop.order(OverrideKind.REQUEUE, task)
    (offer,) = offers(workshop)
    assert (offer.version, offer.sequence) == (3, 2)


# With which figures


def test_decide__its_runs_took_longer_than_promised__promises_longer():
    workshop = Workshop()
    done, _ = workshop.post(a_task(), a_task())
    workshop.allocate(done, "sprayer", duration=1_000)
    workshop.do(done, busy_ticks=1_400)
    assert [offer.p50 for offer in offers(workshop)] == [1_100]


def test_decide__others_say_it_is_slow__promises_as_before():
    workshop = Workshop()
    known, _ = workshop.post(a_task(), a_task())
    workshop.offer("sprayer", an_offer(known))
    proposal = workshop.propose("scanner", an_entry(known, SPRAYER, sequence=1))
    slow = Finding(worker=SPRAYER, capability=SPRAY, samples=9, ratio=20_000)
    workshop.review("finisher", proposal, slow)
    assert [offer.p50 for offer in offers(workshop)] == [1_000]


def test_decide__its_record__corrects_the_success_it_believes_in():
    workshop = Workshop()
    failed, _ = workshop.post(a_task(), a_task())
    workshop.allocate(failed, "sprayer")
    workshop.start(failed)
    workshop.fail(failed)
    sure = Profile(skills={"spraying": Skill(pace=1.0, success=1.0)})
    assert [offer.success for offer in offers(workshop, profile=sure)] == [round(10_000 * 20 / 21)]


def test_decide__done_and_failed__both_correct_the_success():
    workshop = Workshop()
    done, failed, _ = workshop.post(a_task(), a_task(), a_task())
    for task in (done, failed):
        workshop.allocate(task, "sprayer")
    workshop.do(done)
    workshop.start(failed)
    workshop.fail(failed)
    (offer,) = offers(workshop, profile=Profile(skills={"spraying": Skill(pace=1.0, success=0.5)}))
    assert (offer.success, offer.confidence) == (round(10_000 * 11 / 22), 10_000 * 2 // 7)


def test_decide__two_tasks__ranks_them_as_its_offers_and_the_priorities_say():
    workshop = Workshop(ranking={"time": 10_000, "resources": 0, "success": 0})
    long, short = workshop.post(a_task(work=5_000), a_task(work=1_000))
    found = published(workshop)
    assert found is not None
    assert [item.task for item in found.ranking] == [short, long]


def test_decide__a_second_task_comes__the_ranking_has_the_first_too():
    workshop, first = posted()
    standing = publish(workshop)
    (second,) = workshop.post(a_task(work=500))
    found = published(workshop)
    assert found is not None
    assert {offer.task for offer in found.offers} == {second}
    assert found.ranking == tuple(rank({first: standing, second: found.offers}, {}, RankWeights()))


def test_decide__it_knows_some_tasks_times__offers_those_alone_and_for_that_time():
    workshop = Workshop()
    known, _ = workshop.post(a_task(), a_task(), tasks=[{"key": "A/spray"}, {"key": "B/spray"}])
    (unnamed,) = workshop.post(a_task())
    told = Profile(skills={"spraying": Skill(pace=1.0, times={"A/spray": 2.5})})
    assert [(offer.task, offer.p50) for offer in offers(workshop, profile=told)] == [(known, 2_500)]
    assert unnamed in {offer.task for offer in offers(workshop)}


# With whom


def test_decide__task_for_two__asks_the_one_who_could_help():
    workshop, _ = posted(team=2)
    assert [(offer.helpers, offer.robots) for offer in offers(workshop, profile=TEAMWORK)] == [
        ((), (ARM,)),
        ((FINISHER,), (ARM, NOZZLE)),
    ]


def test_decide__too_much_for_one__offered_together_alone():
    workshop, _ = posted(team=2, work=1_001)
    careful = Profile(skills=SPRAYS, team={"spraying": Teamwork(factor=0.6, alone_s=1)})
    assert [offer.helpers for offer in offers(workshop, profile=careful)] == [(FINISHER,)]
    assert ((found := published(workshop, profile=careful)) and found.ranking[0].alone) == 0


def test_decide__partner_failed_the_task_before__not_asked():
    workshop, task = posted(team=2)
    workshop.allocate(task, "finisher")
    workshop.start(task)
    workshop.fail(task)
    assert [offer.helpers for offer in offers(workshop, profile=TEAMWORK)] == [()]


def test_decide__partner_is_suspended__not_asked():
    workshop, _ = posted(team=2)
    workshop.suspend("finisher")
    assert [offer.helpers for offer in offers(workshop, profile=TEAMWORK)] == [()]


def test_decide__many_could_help__the_two_believed_in_most_are_asked():
    workshop = Workshop()
    for name in ("latecomer", "stranger"):
        workshop.admit(name, SCAN)
    workshop.post(a_task(SCAN, team=2))
    seen = Experience(worker="finisher", capability="scanning", samples=5, ratio=2.0)
    knowing = Profile(skills={"scanning": Skill(pace=1.0)}, team={"scanning": Teamwork(factor=0.6)}, experience=(seen,))
    asked = [offer.helpers for offer in offers(workshop, "scanner", profile=knowing)]
    assert asked == [(), (Number(6),), (Number(7),)]


# Helping others


def asked_to_help(**offer: Any) -> tuple[Workshop, Offer]:
    """The sprayer would spray with the finisher, each with its robot."""
    workshop, task = posted(team=2)
    joint = an_offer(task, **{"helpers": (FINISHER,), "robots": (ARM, NOZZLE)} | offer)
    workshop.offer("sprayer", joint)
    return workshop, joint


def confirmed(workshop: Workshop, name: str = "finisher", **view: Any) -> list[ConfirmHelp]:
    return [action for action in decide(workshop.view(name, **view)) if isinstance(action, ConfirmHelp)]


def test_decide__asked_to_help__confirms():
    workshop, joint = asked_to_help()
    assert confirmed(workshop) == [ConfirmHelp(offers=((SPRAYER, joint),))]


def test_decide__confirmed_already__not_again():
    workshop, joint = asked_to_help()
    workshop.confirm("finisher", SPRAYER, joint)
    assert confirmed(workshop) == []


def test_decide__another_is_asked__does_not_answer():
    workshop, _ = asked_to_help()
    assert confirmed(workshop, "scanner") == []


@pytest.mark.parametrize("robots", [(NOZZLE, ARM), (ARM,), (ARM, ARM)])
def test_decide__asked_for_a_robot_it_does_not_command__does_not_confirm(robots: tuple[Number, ...]):
    workshop, _ = asked_to_help(robots=robots)
    assert confirmed(workshop) == []


def test_decide__its_robot_is_held__does_not_confirm():
    workshop, _ = asked_to_help()
    workshop.order(OverrideKind.HOLD, NOZZLE, subject_type=SubjectType.ROBOT)
    assert confirmed(workshop) == []


@pytest.mark.parametrize(("late_s", "answers"), [(0, 1), (1, 0)])
def test_decide__the_offer_has_expired__does_not_confirm(late_s: int, answers: int):
    workshop, _ = asked_to_help(valid_until=START_S + 10)
    assert len(confirmed(workshop, now_s=START_S + 10.0 + late_s)) == answers


def test_decide__the_task_is_decided__does_not_confirm():
    workshop, joint = asked_to_help()
    workshop.allocate(joint.task, "finisher")
    assert confirmed(workshop) == []


def test_decide__offered_for_another_version__does_not_confirm():
    workshop, _ = asked_to_help(version=2)
    assert confirmed(workshop) == []


def test_decide__asked_for_what_it_cannot_do__does_not_confirm():
    workshop, _ = asked_to_help(helpers=(SCANNER,), robots=(ARM, NOZZLE))
    assert confirmed(workshop, "scanner") == []


@pytest.mark.parametrize(("robots", "answers"), [((), 1), ((NOZZLE,), 0)])
def test_decide__asked_for_desk_work__confirms_what_names_no_robot(robots: tuple[Number, ...], answers: int):
    workshop, task = posted(capability=SCAN, team=2)
    workshop.offer("scanner", an_offer(task, helpers=(FINISHER,), robots=robots))
    assert len(confirmed(workshop)) == answers


def test_decide__asked_for_a_task_that_does_not_exist__does_not_answer():
    workshop = Workshop()
    workshop.offer("sprayer", an_offer(NOWHERE, helpers=(FINISHER,)))
    assert confirmed(workshop) == []
