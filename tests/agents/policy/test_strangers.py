"""Whatever a member publishes, the others' minds go on: no bytes of a stranger end a daemon."""

import operator
from dataclasses import replace
from functools import cache
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from agents.policy import decide, drafting
from agents.profile import Experience, Profile, Skill, Teamwork
from tests.builders import a_task, an_address, an_entry, an_offer, an_opening
from tests.workshop import (
    BADGES,
    FINISHER,
    NO_BALLOTS,
    SCANNER,
    SPRAYER,
    START_S,
    VOTING,
    Workshop,
    account,
)
from workmoot.domain.drafts import Draft
from workmoot.domain.errors import WorkmootError
from workmoot.domain.ids import LAST_NUMBER, NOBODY, Number, ProposalId, task_id
from workmoot.domain.ledger import Proposal
from workmoot.domain.motions import NO_ORDER, Admission, MotionKind, PolicyChange, StandingChange, pack_motion
from workmoot.domain.offers import Offer, RankedTask, pack_offers, pack_ranking
from workmoot.domain.plan import LAST_VERSION, TREE, PackedPlan, PlanEntry, pack_plan, pack_tree
from workmoot.domain.proposals import Figures, Opening, Policy, Weights
from workmoot.domain.workers import Kind

KNOWING = Profile(
    skills={"spraying": Skill(pace=1.0), "scanning": Skill(pace=1.0)},
    team={"spraying": Teamwork(factor=0.6), "scanning": Teamwork(factor=0.6)},
    experience=(Experience(worker="sprayer", capability="spraying", samples=9, ratio=1.6),),
)
NAMES = {SCANNER: "scanner", SPRAYER: "sprayer"}
TASKS = [task_id(1, index) for index in range(4)] + [task_id(9, 0)]
"""Four that are open, and one that does not exist."""


def extremes(bits: int) -> st.SearchStrategy[int]:
    return st.sampled_from((0, 1, 2, 1_000, 2 ** (bits - 1), 2**bits - 1))


numbers = st.sampled_from([Number(number) for number in (0, *BADGES.values(), 6, 0xFFFF)])
some = st.lists(numbers, max_size=3).map(tuple)
tasks = st.sampled_from(TASKS)
offers = st.builds(
    Offer,
    task=tasks,
    version=st.sampled_from((1, 1, 1, 0, 2**32 - 1)),
    sequence=st.sampled_from((0, 1, 2, 2**16 - 1)),
    valid_until=st.sampled_from((0, START_S + 100, 2**48 - 1)),
    earliest=extremes(32),
    p50=extremes(32),
    p90=extremes(32),
    energy=extremes(32),
    cost=extremes(48),
    success=extremes(16),
    confidence=extremes(16),
    helpers=some,
    robots=some,
)
rankings = st.lists(st.builds(RankedTask, task=tasks, score=extremes(32)), max_size=4)
batches = st.tuples(st.lists(offers, min_size=1, max_size=6), rankings)
weights = st.builds(Weights, **dict.fromkeys(("makespan", "tardiness", "cost", "energy", "risk"), extremes(16)))
policies = st.builds(
    Policy, voting_seconds=extremes(32), open_limit=extremes(16), absent_after=extremes(16), weights=weights
)
changes = st.builds(StandingChange, kind=st.sampled_from(MotionKind), member=numbers)
admissions = st.builds(
    Admission,
    member_kind=st.sampled_from(Kind),
    account=st.sampled_from((account("finisher"), account("latecomer"), an_address(0))),
    capabilities=extremes(256),
    profile=st.sampled_from(("", "{", "{}", '{"robots": 7}')),
)
motions = st.one_of(changes, admissions, st.builds(PolicyChange, policy=policies))
badges = st.sampled_from([Number(number) for number in (0, *BADGES.values(), 6, LAST_NUMBER)])
entries = st.builds(
    PlanEntry,
    task=tasks,
    version=st.sampled_from((1, 1, 1, 0, LAST_VERSION)),
    lead=badges,
    sequence=extremes(16),
    inspector=badges,
    start=extremes(32),
    helpers=st.lists(badges, max_size=3).map(tuple),
)
plans = st.lists(entries, min_size=1, max_size=5, unique_by=lambda entry: entry.task)
begun = st.sampled_from((b"", NO_ORDER, TREE))
assignments = st.builds(operator.add, begun, st.binary(max_size=60))
packed = st.one_of(
    st.builds(PackedPlan, assignments=motions.map(pack_motion)),
    plans.map(pack_plan),
    plans.map(pack_tree),
    st.builds(PackedPlan, assignments=assignments, teams=st.binary(max_size=20), timetable=st.binary(max_size=40)),
)
figures = st.builds(Figures, **dict.fromkeys(("makespan", "tardiness", "energy", "cost"), extremes(64)))
openings = st.builds(
    an_opening,
    packed,
    read_at=st.sampled_from((1, 8, 8, 0, 2**64 - 1)),
    figures=figures,
    counters=extremes(64),
    words=st.sampled_from(("", "quickest", "\0", "\ufffd")),
)
findings = st.one_of(st.binary(max_size=40), st.binary(min_size=12, max_size=12), st.just(b"\0\2\2\xff" + b"\xff" * 8))


def a_workshop(**policy: Any) -> Workshop:
    """Four tasks with and without robots, some after others; the finisher has one to begin, the rest is open."""
    workshop = Workshop(talk_s=0.0, **policy)
    workshop.chain.advance(3)
    robots, desk = a_task(team=2), a_task(1, team=2)
    workshop.post(robots, desk, a_task(predecessors=0b1), a_task(predecessors=0b10))
    return workshop


@cache
def an_offered_workshop() -> Workshop:
    """The same four tasks where members decide at once: two are offered, and a draft may take that."""
    workshop = a_workshop(ballots="at-once")
    for task in TASKS[:2]:
        workshop.offer("sprayer", an_offer(task))
    return workshop


def plan_of(given_offers: list[Offer]) -> PackedPlan:
    """Whatever was offered, as a plan of the finisher's."""
    return pack_plan(
        an_entry(
            offer.task,
            FINISHER,
            sequence=offer.sequence,
            start=offer.earliest,
            duration=offer.p50,
            helpers=offer.helpers,
            robots=offer.robots,
            inspector=next(iter(offer.helpers), NOBODY),
        )
        for offer in {offer.task: offer for offer in given_offers}.values()
    )


def publish(workshop: Workshop, batch: tuple[list[Offer], list[RankedTask]], seen: bytes) -> None:
    """The finisher offers, proposes and reviews; what the contract refuses is not published."""
    dao, head = workshop.by("finisher").dao, workshop.chain.head
    dao.offer(pack_offers(batch[0]), pack_ranking(batch[1]))
    for offer in batch[0]:
        for helper in set(offer.helpers) & {SCANNER, SPRAYER}:
            workshop.confirm(NAMES[helper], FINISHER, offer)
    try:
        dao.propose(an_opening(plan_of(batch[0]), read_at=head.number, read_hash=head.hash))
        dao.review(ProposalId(1), support=True, makespan=2**64 - 1, findings=seen, words="trust me")
    except WorkmootError:
        return


@settings(max_examples=40)
@given(batch=batches, seen=findings)
def test_decide__a_member_publishes_anything__the_others_go_on(
    batch: tuple[list[Offer], list[RankedTask]], seen: bytes
):
    workshop = a_workshop()
    publish(workshop, batch, seen)
    for name in ("scanner", "sprayer"):
        decide(workshop.view(name, now_s=START_S + 20.0, profile=KNOWING))


def as_drafted(workshop: Workshop, opening: Opening, *, proposer: Number, deadline: int) -> Proposal:
    """The proposal that a member's draft for the next number would be."""
    ledger = workshop.ledger
    return ledger.as_proposal(
        Draft(
            proposal=ledger.next_proposal,
            proposer=proposer,
            roster=ledger.roster,
            members=ledger.voters,
            deadline=deadline,
            opening=opening,
        )
    )


@settings(max_examples=150)
@given(opening=openings, later=st.sampled_from((VOTING.voting_seconds, VOTING.voting_seconds, 0, 2**47)))
def test_decide__a_member_drafts_anything__the_others_go_on(opening: Opening, later: int):
    workshop = an_offered_workshop()
    draft = as_drafted(workshop, opening, proposer=FINISHER, deadline=START_S + 20 + later)
    for name in ("scanner", "sprayer"):
        known = replace(NO_BALLOTS, drafts=(draft,))
        view = workshop.view(name, now_s=START_S + 20.0, profile=KNOWING, ballots=known)
        drafted = (task for found in drafting.in_play(view) for task in drafting.takes(view, found))
        decide(replace(view, drafted=dict.fromkeys(drafted, view.now_s)))
