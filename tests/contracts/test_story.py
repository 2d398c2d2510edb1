"""The way of an order: posted, offered for, decided by vote, run, inspected, and corrected and overridden by humans."""

from brownie import accounts, chain

from tests.builders import an_offer
from tests.contracts.plant import (
    ACKNOWLEDGE_S,
    FINDINGS,
    GLUER,
    HEARTBEAT_S,
    HUMANS,
    INSPECT_S,
    NO_BITS,
    PACKER,
    PLANNER,
    PRESSER,
    RESULT,
    SCAN,
    SCANNER,
    SPRAY,
    SPRAYER,
    STRANGER,
    SUPERVISOR,
    VOTING_S,
    account_of,
    as_tuple,
    by,
    by_worker,
    parts_of,
    told,
)
from workmoot.domain.ballots import pack_ballots
from workmoot.domain.offers import RankedTask, pack_offers, pack_ranking
from workmoot.domain.overrides import OverrideKind, SubjectType
from workmoot.domain.proposals import State, content_id_of
from workmoot.domain.work import Failure, Status, TaskSpec, pack_tasks

FIRST, SECOND = 1 << 8, (1 << 8) + 1
TASKS = pack_tasks(
    [TaskSpec(capability=SCAN, work=1_000), TaskSpec(capability=SPRAY, work=2_000, team=2, predecessors=1)]
)


def test_order__from_posting_to_the_last_verdict__every_step_is_told(plant):
    post(plant)
    talk(plant)
    proposal = propose(plant)
    review_and_vote(plant, proposal)
    record_and_convict(plant, proposal)
    run_and_inspect_the_first(plant)
    reject_the_second_and_rework_it(plant)


def test_order__overridden_by_a_human__hands_back_on_release(plant):
    post(plant)
    talk(plant)
    review_and_vote(plant, propose(plant))
    assign_another(plant)
    release(plant)


def test_order__decided_together__in_one_transaction(plant):
    post(plant)
    talk(plant)
    decide(plant, propose(plant))


def test_order__decided_at_once__put_to_the_vote_and_enacted_in_one_transaction(plant):
    post(plant)
    talk(plant)
    opening = plant.opening(plant.entry(FIRST, SCANNER), plant.entry(SECOND, SPRAYER, helpers=(GLUER,)))
    deadline = chain.time() + 30
    tx = plant.decide_at_once(1, deadline, opening, sprayer=False, gluer=True, packer=True)
    *calldatas, words = parts_of(opening)
    no_calls = {"targets": (), "values": (), "signatures": ()}
    times = {"voteStart": tx.timestamp, "voteEnd": deadline}
    opened = {"proposer": account_of(SCANNER), "calldatas": calldatas, "description": words}
    told(tx, "ProposalCreated", proposalId=1, **opened, **no_calls, **times)
    tell_decided(plant, tx, 1)
    assert plant.dao.isContent(1, *plant.content(1))


def post(plant):
    tx = plant.work.post(TASKS, '{"name":"a pair"}', by(PLANNER))
    told(tx, "OrderPosted", order=1, by=accounts[PLANNER], tasks=TASKS, detail='{"name":"a pair"}')
    assert plant.work.order(1)[0] == 2


def talk(plant):
    offers = pack_offers([an_offer(SECOND, helpers=(GLUER,))])
    ranking = pack_ranking([RankedTask(task=SECOND, score=1)])
    tx = plant.dao.offer(offers, ranking, by_worker(SPRAYER))
    told(tx, "OffersPublished", worker=SPRAYER, offers=offers, ranking=ranking)
    tx = plant.dao.say(GLUER, SECOND, b"help me?", by_worker(SPRAYER))
    told(tx, "MessageSent", **{"from": SPRAYER}, to=GLUER, about=SECOND, message=b"help me?")
    tx = plant.dao.confirm([SECOND], [1], [SPRAYER], [1], by_worker(GLUER))
    told(tx, "HelpConfirmed", task=SECOND, lead=SPRAYER, helper=GLUER, version=1, sequence=1)
    assert plant.dao.isConfirmed(SECOND, 1, SPRAYER, 1, GLUER)


def propose(plant):
    entries = plant.entry(FIRST, SCANNER), plant.entry(SECOND, SPRAYER, helpers=(GLUER,))
    opening = plant.opening(*entries)
    tx = plant.send(SCANNER, opening)
    plant.openings[1] = opening
    *calldatas, words = parts_of(opening)
    told(
        tx,
        "ProposalCreated",
        proposalId=1,
        proposer=account_of(SCANNER),
        targets=(),
        values=(),
        signatures=(),
        calldatas=calldatas,
        voteStart=tx.timestamp,
        voteEnd=tx.timestamp + VOTING_S,
        description=words,
    )
    told(tx, "RosterSealed", roster=5, roll=plant.dao.roll())
    assert plant.dao.isContent(1, *plant.content(1))
    assert bytes(plant.dao.proposal(1)[8]) == content_id_of(plant.content_hash(1))
    return 1


def review_and_vote(plant, proposal):
    tx = plant.dao.review(proposal, True, 900, b"\1" * 12, "quicker than mine", by_worker(SPRAYER))
    review = {"support": True, "makespan": 900, "findings": b"\1" * 12, "words": "quicker than mine"}
    told(tx, "ProposalReviewed", id=1, member=SPRAYER, **review)
    tx = plant.dao.castVoteWithReason(proposal, 0, "too late for me", by_worker(PACKER))
    told(tx, "VoteCast", voter=account_of(PACKER), proposalId=1, support=0, weight=1, reason="too late for me")
    plant.dao.castVote(proposal, 1, by_worker(SCANNER))
    tx = plant.vote(proposal, SPRAYER)
    assert "ProposalSettled" not in tx.events
    tx = plant.vote_with_plan(proposal, GLUER)
    told(tx, "ProposalExecuted", proposalId=1)
    assert "ProposalSettled" not in tx.events
    assert plant.dao.proposal(1)[0] == State.ENACTED
    told(tx, "PlanEnacted", proposal=1, first=0, last=2, skipped=NO_BITS, standing=NO_BITS)
    assert [int(votes) for votes in plant.dao.proposalVotes(1)] == [1, 3, 0]
    assert plant.dao.hasVoted(1, account_of(GLUER))


def decide(plant, proposal):
    voters = {SCANNER: True, SPRAYER: False, GLUER: True, PACKER: True}
    ballots = (plant.ballot(proposal, member, support=support) for member, support in voters.items())
    tell_decided(plant, plant.decide(proposal, *ballots), proposal)


def tell_decided(plant, tx, proposal):
    told(tx, "BallotsCounted", id=proposal, ballots=bytes.fromhex("8001000280038005"))
    told(tx, "ProposalExecuted", proposalId=proposal)
    assert "ProposalSettled" not in tx.events
    assert [int(votes) for votes in plant.dao.proposalVotes(proposal)] == [1, 3, 0]
    told(tx, "PlanEnacted", proposal=proposal, first=0, last=2, skipped=NO_BITS, standing=NO_BITS)


def record_and_convict(plant, proposal):
    yes, no = (plant.ballot(proposal, PRESSER, support=support) for support in (True, False))
    content_hash = plant.content_hash(proposal)
    tx = plant.audit.record(proposal, content_hash, pack_ballots([yes]), by(STRANGER))
    told(tx, "BallotsRecorded", id=proposal, ballots=bytes.fromhex("8004"))
    given = (proposal, content_hash, PRESSER, yes.signature, no.signature)
    tx = plant.audit.proveEquivocation(*given, by(STRANGER))
    told(tx, "EquivocationProven", id=proposal, member=PRESSER)


def run_and_inspect_the_first(plant):
    tx = plant.work.poke(FIRST, by(STRANGER))
    told(tx, "TaskSummoned", task=FIRST, worker=SCANNER, deadline=tx.timestamp + ACKNOWLEDGE_S)
    tx = plant.work.acknowledge(FIRST, 2, by_worker(SCANNER))
    told(tx, "TaskAcknowledged", task=FIRST, worker=SCANNER, deadline=tx.timestamp + HEARTBEAT_S)
    tx = plant.start(FIRST, SCANNER)
    told(tx, "TaskStarted", task=FIRST, worker=SCANNER, epoch=2, attempt=1, deadline=tx.timestamp + HEARTBEAT_S)
    tx = plant.work.heartbeat(FIRST, 2, by_worker(SCANNER))
    told(tx, "HeartbeatSeen", task=FIRST, worker=SCANNER, deadline=tx.timestamp + HEARTBEAT_S)
    tx = plant.submit(FIRST, SCANNER)
    result = {"grade": 90, "busyTicks": 1_234, "evidence": RESULT, "deadline": tx.timestamp + INSPECT_S}
    told(tx, "ResultSubmitted", task=FIRST, worker=SCANNER, epoch=2, **result)
    tx = plant.inspect(FIRST, PACKER)
    verdict = {"by": account_of(PACKER), "grade": 80, "evidence": FINDINGS, "human": False}
    told(tx, "TaskAccepted", task=FIRST, worker=SCANNER, **verdict)
    told(tx, "RecordGrew", worker=SCANNER, capability=SCAN, done=True)


def reject_the_second_and_rework_it(plant):
    plant.start(SECOND, SPRAYER)
    plant.submit(SECOND, SPRAYER)
    human = HUMANS[SUPERVISOR].address
    tx = plant.give(OverrideKind.REWORK, SECOND)
    told(tx, "TaskFailed", task=SECOND, worker=SPRAYER, by=human, failure=Failure.REJECTED, next=Status.REWORK)
    told(tx, "RecordGrew", worker=SPRAYER, capability=SPRAY, done=False)
    tx = plant.give(OverrideKind.ACCEPT, SECOND)
    told(tx, "TaskReworked", task=SECOND, worker=SPRAYER, by=human)
    assert [plant.task(task)["status"] for task in (FIRST, SECOND)] == [Status.ACCEPTED, Status.REWORKED]


def assign_another(plant):
    order = plant.assignment(FIRST, GLUER)
    tx = plant.execute(order)
    given = {"human": order.human, "subject": FIRST, "digest": plant.digest(order), "order": as_tuple(order)}
    told(tx, "OverrideGiven", id=1, displaced=SCANNER, epoch=3, **given)
    control = {"overridden": True, "held": False}
    people = {"worker": GLUER, "inspector": PACKER}
    told(tx, "InForceChanged", task=FIRST, epoch=3, version=2, status=Status.ALLOCATED, **people, **control)
    assert plant.task(FIRST)["standingWorker"] == SCANNER


def release(plant):
    tx = plant.give(OverrideKind.RELEASE, FIRST)
    told(tx, "OverrideReleased", id=1, by=2, subjectType=SubjectType.TASK, subject=FIRST, level=8)
    people = {"worker": SCANNER, "inspector": PACKER}
    control = {"overridden": False, "held": False}
    told(tx, "InForceChanged", task=FIRST, epoch=4, version=2, status=Status.ALLOCATED, **people, **control)
