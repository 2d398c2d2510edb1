"""Whatever a member publishes, the others' minds go on: no bytes of a stranger end a daemon."""

from hypothesis import given, settings
from hypothesis import strategies as st

from agents.policy import decide
from agents.profile import Experience, Profile, Skill, Teamwork
from tests.builders import a_task, an_entry, an_opening
from tests.workshop import BADGES, FINISHER, SCANNER, SPRAYER, START_S, Workshop
from workmoot.domain.errors import WorkmootError
from workmoot.domain.ids import NOBODY, Number, ProposalId, task_id
from workmoot.domain.offers import Offer, RankedTask, pack_offers, pack_ranking
from workmoot.domain.plan import PackedPlan, pack_plan

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
findings = st.one_of(st.binary(max_size=40), st.binary(min_size=12, max_size=12), st.just(b"\0\2\2\xff" + b"\xff" * 8))


def a_workshop() -> Workshop:
    """Four tasks with and without robots, some after others; the finisher has one to begin, the rest is open."""
    workshop = Workshop(talk_s=0.0)
    workshop.chain.advance(3)
    robots, desk = a_task(team=2), a_task(1, team=2)
    workshop.post(robots, desk, a_task(predecessors=0b1), a_task(predecessors=0b10))
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
