from typing import Any

import pytest

from tests.builders import a_task, an_entry, an_offer
from tests.planning.problems import a_mode, an_open_task
from tests.workshop import FINISHER, SCANNER, SPRAY, SPRAYER, Workshop
from workmoot.domain.ids import NOBODY, Number
from workmoot.planning.beliefs import MOST_SAMPLES, Beliefs, Finding, believe, pack_findings, recorded, unpack_findings

WELL_KNOWN = 3 * 10_000


def a_finding(worker: int = SPRAYER, ratio: int = 15_000, samples: int = 3, capability: int = SPRAY) -> Finding:
    """Three runs of the sprayer took half again as long as promised."""
    return Finding(worker=Number(worker), capability=capability, samples=samples, ratio=ratio)


def a_discussion(*findings: Finding, by: str = "finisher", **review: Any) -> Workshop:
    """The scanner proposed, and another says what it has seen."""
    workshop = Workshop()
    (task,) = workshop.post(a_task())
    workshop.offer("sprayer", an_offer(task))
    proposal = workshop.propose("scanner", an_entry(task, SPRAYER, sequence=1))
    workshop.review(by, proposal, *findings, **review)
    return workshop


def sprayers_ratio(workshop: Workshop, me: Number = SCANNER, *experience: Finding) -> int:
    return believe(workshop.ledger, me, experience).ratio(SPRAYER, SPRAY)


def test_believe__nothing_known__as_promised():
    assert sprayers_ratio(Workshop()) == 10_000


def test_believe__own_experience__weighed_with_the_prior():
    assert sprayers_ratio(Workshop(), SCANNER, a_finding(ratio=20_000, samples=3)) == 15_000


def test_believe__much_experience__counts_as_fifty_runs():
    many = a_finding(ratio=20_000, samples=255)
    assert sprayers_ratio(Workshop(), SCANNER, many) == (WELL_KNOWN + MOST_SAMPLES * 20_000) // (3 + MOST_SAMPLES)


def test_believe__of_another_capability__says_nothing_of_this_one():
    assert sprayers_ratio(Workshop(), SCANNER, a_finding(capability=SPRAY + 1)) == 10_000


def test_believe__anothers_review__its_findings_count():
    assert sprayers_ratio(a_discussion(a_finding(ratio=20_000))) == 15_000


def test_believe__ones_own_review__does_not_count_twice():
    assert sprayers_ratio(a_discussion(a_finding(ratio=20_000)), FINISHER) == 10_000


def test_believe__others_about_oneself__not_believed():
    assert sprayers_ratio(a_discussion(a_finding(ratio=20_000)), SPRAYER) == 10_000


def test_believe__praise_of_oneself__not_believed():
    workshop = a_discussion()
    (proposal,) = workshop.ledger.proposals
    workshop.review("sprayer", proposal, a_finding(ratio=5_000))
    assert sprayers_ratio(workshop, SCANNER) == 10_000


def test_believe__same_member_says_it_again__the_latest_counts_once():
    workshop = a_discussion(a_finding(ratio=40_000))
    (proposal,) = workshop.ledger.proposals
    workshop.review("finisher", proposal, a_finding(ratio=20_000))
    assert sprayers_ratio(workshop) == 15_000


def test_believe__two_members_say_it__both_count():
    workshop = a_discussion(a_finding(ratio=20_000))
    (proposal,) = workshop.ledger.proposals
    workshop.review("sprayer", proposal, a_finding(FINISHER))
    workshop.review("scanner", proposal, a_finding(FINISHER))
    assert believe(workshop.ledger, Number(9), ()).ratio(FINISHER, SPRAY) == (WELL_KNOWN + 6 * 15_000) // 9


def test_believe__malformed_findings__ignored():
    assert sprayers_ratio(a_discussion(packed=pack_findings([a_finding()])[:-1])) == 10_000


def test_recorded__a_run__its_time_against_its_promise():
    workshop = Workshop()
    (task,) = workshop.post(a_task())
    workshop.allocate(task, "sprayer", duration=1_000)
    workshop.do(task, busy_ticks=1_400)
    assert recorded(workshop.ledger) == [a_finding(samples=1, ratio=14_000)]


def test_recorded__failed_without_a_result__no_finding():
    workshop = Workshop()
    (task,) = workshop.post(a_task())
    workshop.allocate(task, "sprayer")
    workshop.start(task)
    workshop.fail(task)
    assert recorded(workshop.ledger) == []


def test_recorded__nothing_was_promised__no_finding():
    workshop = Workshop()
    (task,) = workshop.post(a_task())
    workshop.allocate(task, "sprayer", duration=0)
    workshop.do(task)
    assert recorded(workshop.ledger) == []


def test_believe__recorded_runs__count_for_oneself_too():
    workshop = Workshop()
    (task,) = workshop.post(a_task())
    workshop.allocate(task, "sprayer", inspector=NOBODY)
    workshop.start(task)
    workshop.submit(task, busy_ticks=1_400)
    assert sprayers_ratio(workshop, SPRAYER) == (WELL_KNOWN + 14_000) // 4


def test_duration__half_again_as_long_believed__so_long():
    beliefs = Beliefs(ratios={(SPRAYER, SPRAY): 15_000})
    assert beliefs.duration()(a_mode(SPRAYER, 1_000), an_open_task(capability=SPRAY)) == 1_500


def test_unpack_findings__packed__the_same():
    findings = (a_finding(), a_finding(FINISHER, ratio=7_000, samples=255))
    assert unpack_findings(pack_findings(findings)) == findings


@pytest.mark.parametrize("packed", [b"\1", bytes(13), pack_findings([a_finding()]) + b"\0"])
def test_unpack_findings__cut_short__none(packed: bytes):
    assert unpack_findings(packed) == ()
