import json
from typing import Any, get_args

import pytest

from agents import actions as a
from agents.execution import _DOERS, perform
from agents.policy.working import DESK_GRADE, product_of, report_hash
from agents.robots import Finding, RobotPart
from tests.agents.bodies import ToldBallots, ToldRobots, hands
from tests.builders import a_task, an_entry, an_offer
from tests.workshop import ARM, FINISHER, LIMITS, SCANNER, SPRAY, SPRAYER, VOTING, Workshop, account, key
from workmoot.ballots.poll import poll_of
from workmoot.chain.memory import ADDRESSES
from workmoot.domain.ballots import SignedBallot, ballot_digest, unpack_counted
from workmoot.domain.drafts import Draft
from workmoot.domain.errors import GatewayUnreachable, Refused
from workmoot.domain.events import (
    BallotsCounted,
    Event,
    HeartbeatSeen,
    HelpConfirmed,
    MemberCameBack,
    MemberLeftOut,
    OffersPublished,
    OverrideExpired,
    PlanEnacted,
    ProposalCreated,
    ProposalExecuted,
    ProposalReviewed,
    ProposalSettled,
    ResultSubmitted,
    TaskAccepted,
    TaskAcknowledged,
    TaskFailed,
    TaskStarted,
    TaskSummoned,
    VoteCast,
    VoterBarred,
)
from workmoot.domain.hashing import keccak
from workmoot.domain.ids import TaskId
from workmoot.domain.motions import PolicyChange
from workmoot.domain.offers import RankedTask, unpack_offers, unpack_ranking
from workmoot.domain.overrides import Level, OverrideKind, SubjectType
from workmoot.domain.proposals import State
from workmoot.domain.work import Failure
from workmoot.skills.desk import evidence_of


class Site:
    """A workshop with one task, and its robots."""

    def __init__(self) -> None:
        self.workshop = Workshop()
        self.robots = ToldRobots()
        (self.task,) = self.workshop.post(a_task())

    def does(self, name: str, action: a.Action) -> list[Event]:
        """What the chain says when that worker does it."""
        before = len(self.workshop.chain.events)
        perform(hands(self.workshop, name, self.robots), action)
        return self.workshop.chain.events[before:]

    def says(self, name: str, action: a.Action) -> Event:
        """The first thing the chain says."""
        return self.does(name, action)[0]

    @property
    def epoch(self) -> int:
        return self.workshop.task(self.task).epoch

    def started(self, **plan: Any) -> "Site":
        self.workshop.allocate(self.task, "sprayer", **plan)
        self.workshop.start(self.task)
        return self

    def handed_in(self, evidence: bytes, **plan: Any) -> "Site":
        self.started(**plan).workshop.submit(self.task, evidence=evidence)
        return self


@pytest.fixture
def site() -> Site:
    return Site()


def test_doers__every_action_there_is__has_one():
    assert set(_DOERS) == set(get_args(a.Action))


def test_perform__refused__raised(site: Site):
    with pytest.raises(Refused, match="WrongStatus"):
        site.does("sprayer", a.StartTask(task=site.task, epoch=1))


# Deciding


def test_perform__offers__published_with_the_ranking(site: Site):
    offer, ranked = an_offer(site.task), RankedTask(task=site.task, score=3)
    said = site.says("sprayer", a.PublishOffers(offers=(offer,), ranking=(ranked,)))
    assert isinstance(said, OffersPublished)
    assert (said.worker, unpack_offers(said.offers), unpack_ranking(said.ranking)) == (SPRAYER, (offer,), (ranked,))


def test_perform__help__each_offer_confirmed(site: Site):
    offers = an_offer(site.task, sequence=4), an_offer(site.task, sequence=5)
    confirm = a.ConfirmHelp(offers=((SPRAYER, offers[0]), (SCANNER, offers[1])))
    said = [event for event in site.does("finisher", confirm) if isinstance(event, HelpConfirmed)]
    assert [(it.task, it.version, it.lead, it.sequence, it.helper) for it in said] == [
        (site.task, 1, SPRAYER, 4, FINISHER),
        (site.task, 1, SCANNER, 5, FINISHER),
    ]


def test_perform__propose__opened(site: Site):
    opening = site.workshop.opening(an_entry(site.task, SPRAYER))
    (said,) = (it for it in site.does("scanner", a.Propose(opening=opening)) if isinstance(it, ProposalCreated))
    assert (said.proposer, said.opening) == (account("scanner"), opening)


def test_perform__review__published(site: Site):
    proposal = site.workshop.propose("scanner", an_entry(site.task, SPRAYER))
    review = a.PublishReview(proposal=proposal, support=False, makespan=9, findings=b"seen", words="too slow")
    said = site.says("finisher", review)
    assert isinstance(said, ProposalReviewed)
    assert (said.id, said.member, said.support) == (proposal, FINISHER, False)
    assert (said.makespan, said.findings, said.words) == (9, b"seen", "too slow")


def a_ballot(proposal: Any, **changes: Any) -> a.CastVote:
    values = {"proposal": proposal, "support": True, "reason": "quick", "assignments": b"", "rest": bytes(32)}
    return a.CastVote(**values | changes)


def test_perform__vote__cast_with_its_reason(site: Site):
    proposal = site.workshop.propose("scanner", an_entry(site.task, SPRAYER))
    said = site.says("finisher", a_ballot(proposal, support=False, reason="slow"))
    assert isinstance(said, VoteCast)
    assert (said.proposal_id, said.support, said.reason) == (proposal, 0, "slow")


def test_perform__the_deciding_vote_with_the_plan__enacted_at_once(site: Site):
    proposal = site.workshop.propose("scanner", an_entry(site.task, SPRAYER))
    found = site.workshop.proposal(proposal)
    site.workshop.vote("scanner", proposal)
    site.does("finisher", a_ballot(proposal, assignments=found.opening.plan.assignments, rest=found.rest))
    assert site.workshop.proposal(proposal).state is State.ENACTED


def test_perform__enact__what_passed_is_enacted(site: Site):
    proposal = site.workshop.propose("scanner", an_entry(site.task, SPRAYER))
    for name in ("scanner", "sprayer"):
        site.does(name, a_ballot(proposal))
    found = site.workshop.proposal(proposal)
    enact = a.EnactPlan(proposal=proposal, assignments=found.opening.plan.assignments, rest=found.rest, words=1)
    taken, said = site.does("finisher", enact)
    assert isinstance(taken, PlanEnacted)
    assert (found.state, said) == (State.PASSED, ProposalExecuted(at=said.at, proposal_id=proposal))


def test_perform__bar__recorded(site: Site):
    proposal = site.workshop.propose("scanner", an_entry(site.task, SPRAYER))
    site.workshop.suspend("finisher")
    said = site.says("scanner", a.BarVoter(proposal=proposal, member=FINISHER))
    assert isinstance(said, VoterBarred)
    assert (said.id, said.member) == (proposal, FINISHER)


def test_perform__close__expired(site: Site):
    proposal = site.workshop.propose("scanner", an_entry(site.task, SPRAYER))
    site.workshop.chain.advance(VOTING.voting_seconds + 1)
    said = site.says("finisher", a.CloseProposal(proposal=proposal))
    assert isinstance(said, ProposalSettled)
    assert (said.id, said.state) == (proposal, State.EXPIRED)


def test_perform__leave_out_and_come_back__recorded(site: Site):
    for _ in range(VOTING.absent_after):
        site.workshop.move("scanner", PolicyChange(policy=VOTING))
        site.workshop.chain.advance(VOTING.voting_seconds + 1)
    assert MemberLeftOut in map(type, site.does("scanner", a.LeaveOut(member=FINISHER)))
    assert MemberCameBack in map(type, site.does("finisher", a.ComeBack()))


# Working


def test_perform__poke_task__summoned(site: Site):
    site.workshop.allocate(site.task, "sprayer")
    said = site.says("finisher", a.PokeTask(task=site.task))
    assert isinstance(said, TaskSummoned)
    assert (said.task, said.worker) == (site.task, SPRAYER)


def test_perform__poke_slot__expired(site: Site):
    now = site.workshop.now_s
    site.workshop.order(OverrideKind.HOLD, site.task, expires_at=now + 60)
    site.workshop.chain.advance(61)
    poke = a.PokeSlot(subject_type=SubjectType.TASK, subject=site.task, level=Level.HUMAN_HOLD)
    assert [event for event in site.does("finisher", poke) if isinstance(event, OverrideExpired)]


def test_perform__acknowledge__said(site: Site):
    site.workshop.allocate(site.task, "sprayer")
    said = site.says("sprayer", a.AcknowledgeTask(task=site.task, epoch=site.epoch))
    assert isinstance(said, TaskAcknowledged)
    assert said.task == site.task


def test_perform__start__started(site: Site):
    site.workshop.allocate(site.task, "sprayer")
    said = site.says("sprayer", a.StartTask(task=site.task, epoch=site.epoch))
    assert isinstance(said, TaskStarted)
    assert (said.task, said.worker, said.attempt) == (site.task, SPRAYER, 1)


def test_perform__heartbeat__seen(site: Site):
    site.started()
    said = site.says("sprayer", a.BeatHeart(task=site.task, epoch=site.epoch))
    assert isinstance(said, HeartbeatSeen)
    assert said.deadline == site.workshop.now_s + LIMITS.heartbeat_seconds


def test_perform__stop__held_until_it_goes_on(site: Site):
    site.started()
    held = []
    for stopped in (True, False):
        site.does("sprayer", a.StopTask(task=site.task, stopped=stopped))
        held.append(site.workshop.task(site.task).held)
    assert held == [True, False]


def test_perform__run__the_robot_is_commanded(site: Site):
    found = site.started(robots=(ARM,)).workshop.task(site.task)
    said = site.does("sprayer", a.RunRobot(task=found, robot=ARM, work_ticks=600, part="1/pair-1"))
    assert (said, site.robots.ran) == ([], [(site.task, ARM, SPRAY, 600, "1/pair-1")])


def test_perform__submit__handed_in(site: Site):
    site.started()
    result = a.SubmitResult(task=site.task, epoch=site.epoch, grade=88, busy_ticks=77, evidence=b"\7" * 32)
    said = site.says("sprayer", result)
    assert isinstance(said, ResultSubmitted)
    assert (said.task, said.grade, said.busy_ticks, said.evidence) == (site.task, 88, 77, b"\7" * 32)


def test_perform__report_failure__failed(site: Site):
    site.started()
    said = site.does("sprayer", a.ReportFailure(task=site.task, epoch=site.epoch))
    (failed,) = [event for event in said if isinstance(event, TaskFailed)]
    assert (failed.task, failed.failure) == (site.task, Failure.REPORTED)


# Inspecting


def inspect(site: Site, product: bytes) -> TaskAccepted | TaskFailed:
    """The scanner's verdict."""
    found = site.workshop.task(site.task)
    said = site.does("scanner", a.InspectResult(task=found, product=product))
    (verdict,) = [event for event in said if isinstance(event, TaskAccepted | TaskFailed)]
    return verdict


def told(site: Site) -> RobotPart:
    """The arm says that it is done."""
    part = RobotPart(robot=ARM, state="done", report={"robot": ARM})
    site.robots.said[TaskId(site.task)] = (part,)
    return part


def test_perform__inspect_desk_work__the_same_product_is_accepted(site: Site):
    product = product_of(site.workshop.view("scanner"), site.workshop.task(site.task))
    site.handed_in(evidence_of(product))
    verdict = inspect(site, product)
    assert isinstance(verdict, TaskAccepted)
    assert (verdict.grade, verdict.evidence) == (DESK_GRADE, findings({"recomputed": True}))


def test_perform__inspect_desk_work__another_product_is_rejected(site: Site):
    verdict = inspect(site.handed_in(b"\7" * 32), b"what the inspector computed")
    assert isinstance(verdict, TaskFailed)
    assert verdict.failure is Failure.REJECTED


def test_perform__inspect_robots_work__as_the_sensors_say(site: Site):
    site.handed_in(report_hash((told(site),)), robots=(ARM,))
    verdict = inspect(site, b"")
    assert isinstance(verdict, TaskAccepted)
    assert (verdict.grade, verdict.evidence, site.robots.measured) == (97, findings({"grade": 97}), [site.task])


def test_perform__inspect_robots_work__outside_the_criterion_is_rejected(site: Site):
    site.robots.finding = Finding(grade=20, accepted=False, report={})
    verdict = inspect(site.handed_in(report_hash((told(site),)), robots=(ARM,)), b"")
    assert isinstance(verdict, TaskFailed)


def test_perform__inspect_robots_work__another_report_is_rejected_unmeasured(site: Site):
    told(site)
    verdict = inspect(site.handed_in(b"\7" * 32, robots=(ARM,)), b"")
    assert isinstance(verdict, TaskFailed)
    assert site.robots.measured == []


def test_perform__inspect_robots_work__gateway_is_silent_so_no_verdict(site: Site):
    site.handed_in(b"\7" * 32, robots=(ARM,))
    site.robots.silent = True
    found = site.workshop.task(site.task)
    with pytest.raises(GatewayUnreachable):
        site.does("scanner", a.InspectResult(task=found, product=b""))


def findings(report: object) -> bytes:
    """What the verdict names the report by."""
    return keccak(json.dumps(report, sort_keys=True).encode())


# Signed ballots


def test_perform__sign__given_to_the_pen(site: Site):
    proposal = site.workshop.propose("scanner", an_entry(site.task, SPRAYER))
    ballot = poll_of(site.workshop.ledger, site.workshop.proposal(proposal)).ballot(support=True)
    pen = ToldBallots()
    perform(hands(site.workshop, "finisher", site.robots, pen), a.SignBallot(ballot=ballot))
    assert pen.signed == [ballot]


def test_perform__decide__counts_the_ballots_and_enacts(site: Site):
    proposal = site.workshop.propose("scanner", an_entry(site.task, SPRAYER))
    found = site.workshop.proposal(proposal)
    ballot = poll_of(site.workshop.ledger, found).ballot(support=True)
    digest = ballot_digest(ballot, chain_id=site.workshop.chain.chain_id, dao=ADDRESSES["AllocationDAO"])
    ballots = (
        SignedBallot(member=FINISHER, support=True),
        SignedBallot(member=SCANNER, support=True, signature=key("scanner").sign(digest)),
    )
    assignments = found.opening.plan.assignments
    decide = a.Decide(proposal=proposal, assignments=assignments, rest=found.rest, ballots=ballots)
    (counted,) = (it for it in site.does("finisher", decide) if isinstance(it, BallotsCounted))
    assert unpack_counted(counted.ballots) == ((SCANNER, True), (FINISHER, True))
    assert site.workshop.proposal(proposal).state is State.ENACTED


def a_draft(site: Site) -> Draft:
    """The scanner's: the sprayer is to do the task."""
    ledger = site.workshop.ledger
    return Draft(
        proposal=ledger.next_proposal,
        proposer=SCANNER,
        roster=ledger.roster,
        members=ledger.voters,
        deadline=site.workshop.now_s + 30,
        opening=site.workshop.opening(an_entry(site.task, SPRAYER)),
    )


def test_perform__share__given_to_the_pen(site: Site):
    draft, pen = a_draft(site), ToldBallots()
    perform(hands(site.workshop, "scanner", site.robots, pen), a.ShareDraft(draft=draft))
    assert pen.shared == [draft]


def test_perform__decide_at_once__opens_counts_and_enacts_in_one_transaction(site: Site):
    draft = a_draft(site)
    ballot = draft.ballot(support=True)
    digest = ballot_digest(ballot, chain_id=site.workshop.chain.chain_id, dao=ADDRESSES["AllocationDAO"])
    ballots = (
        SignedBallot(member=FINISHER, support=True, signature=key("finisher").sign(digest)),
        SignedBallot(member=SCANNER, support=True),
    )
    values: dict[str, Any] = {"proposal": draft.proposal, "deadline": draft.deadline, "opening": draft.opening}
    events = site.does("scanner", a.DecideAtOnce(**values, ballots=ballots))
    (opened,) = (it for it in events if isinstance(it, ProposalCreated))
    (counted,) = (it for it in events if isinstance(it, BallotsCounted))
    assert (opened.at.tx, unpack_counted(counted.ballots)) == (counted.at.tx, ((SCANNER, True), (FINISHER, True)))
    found = site.workshop.proposal(draft.proposal)
    assert (found.state, found.content_hash) == (State.ENACTED, draft.content_hash)
