"""Plans: when it is one's turn, put the best one can think of to the vote."""

from math import inf

from agents.actions import Action, Propose, ShareDraft
from agents.policy import drafting
from agents.policy.thinking import (
    REPLAN_S,
    improved_from,
    is_up_to_date,
    last_call,
    own_rounds,
    problem_of,
    seconds,
    to_think_about,
    turn_of,
)
from agents.thought import Thought
from agents.view import View
from workmoot.domain.hashing import keccak
from workmoot.domain.ids import ProposalId, TaskId
from workmoot.domain.ledger import Proposal, Task
from workmoot.domain.plan import MOST_BYTES, MOST_LEAVES
from workmoot.domain.proposals import Opening, State
from workmoot.planning.beliefs import believe
from workmoot.planning.horizon import is_ripening, ripe_at, think_s, withdrawn_at
from workmoot.planning.judgement import restrict
from workmoot.planning.problem import Problem
from workmoot.planning.ranking import community_rank
from workmoot.planning.schedule import as_entries, as_promised
from workmoot.planning.search import Candidate, best_plan, evaluate
from workmoot.planning.validity import opening_for

STAGGER_S = 1.5
QUICK_STAGGER_S = 0.1
AGAIN_S = 1.0
"""After a defeat of one's own plan, where nobody talks."""
LAST_PART = 0.25
"""Of the time to think is left when what was decided better is put to the vote once more."""


def decide(view: View) -> list[Action]:
    """A plan for the open work that none covers yet, once the offers are in and it is our turn: as a draft or on chain.

    An own draft is waited for: what is opened meanwhile would take its number.
    """
    if drafting.own(view) is not None:
        return []
    covered = _covered(view)
    ledger = view.ledger
    open_ = [task for task in view.to_decide.values() if task.id not in covered]
    if not open_ or _has_too_many_open(view):
        return []
    if all(task.id in view.reopened or is_ripening(ledger, task, view.now_s) for task in open_):
        return _improve(view)
    if to_think_about(view) and not is_up_to_date(view):
        return []
    if not _is_our_turn(view, [task.id for task in open_]):
        return []
    problem = view.thought.problem if view.thought else problem_of(view)
    waiting = [task for task in problem.plannable if task not in covered]
    opening = _opening(view, problem, waiting[:MOST_LEAVES]) if waiting else None
    return _put_to_vote(view, opening) if opening else []


def _improve(view: View) -> list[Action]:
    """What was decided in a hurry, better: half-way through the time there is, and towards its end; and what the plant
    has left, as soon as it is thought about."""
    thought = view.thought
    if thought is None or not is_up_to_date(view) or not thought.gains(view.margin):
        return []
    tasks = list(thought.problem.tasks)
    if view.reopened and _was_refused(view, tasks):
        return []
    first = view.ledger.tasks[tasks[0]]
    begins, pause_s, ends = thought.since_s + REPLAN_S, STAGGER_S, inf
    if not view.reopened:
        begins, pause_s, ends = _improved_at(view, first, thought), QUICK_STAGGER_S, last_call(view, first)
    turn = keccak(view.round_seed(tasks) + first.decided_by.to_bytes(8, "big"))
    place = view.place([member.number for member in view.ledger.voting_members()], turn)
    if not begins + place * pause_s <= view.now_s < ends:
        return []
    words = f"{len(tasks)} tasks anew, done {seconds(thought.best.figures.makespan)} after the order"
    opening = opening_of(view, thought.problem, thought.best, counters=ProposalId(0), words=words)
    return _put_to_vote(view, opening) if opening and fits(opening) else []


def _was_refused(view: View, tasks: list[TaskId]) -> bool:
    """Whether an own plan for one of them was defeated after what is in force was decided: others see it otherwise."""
    found = _touching(view, tasks)
    decided = max((it.at.position for it in found if it.state is State.ENACTED), default=(0, 0))
    own = (it for it in found if it.proposer == view.me and it.state is State.DEFEATED)
    return any(it.at.position > decided for it in own)


def _improved_at(view: View, task: Task, thought: Thought) -> float:
    is_second = task.version == task.offered_since + 1
    last = ripe_at(view.ledger, task) - think_s(view.ledger) * LAST_PART
    return max(improved_from(view, task) if is_second else last, thought.since_s)


def _opening(view: View, problem: Problem, tasks: list[TaskId]) -> Opening | None:
    """A plan for these tasks, or for the first half of them where it takes more than nodes pass on."""
    own = restrict(problem, dict.fromkeys(tasks))
    waiting = list(own.plannable)
    found = think(view, own) if waiting else None
    if found is None:
        return None
    former = _last_defeat(view, waiting)
    words = f"{len(waiting)} tasks, done {seconds(found.figures.makespan)} after the order"
    opening = opening_of(view, own, found, counters=former, words=words)
    return _opening(view, problem, tasks[: len(tasks) // 2]) if opening and not fits(opening) else opening


def _covered(view: View) -> set[TaskId]:
    """What plans may still decide: those voted on, those that passed and wait to be enacted, and others' drafts."""
    open_to_vote = {entry.task for proposal in view.ledger.open_proposals() for entry in proposal.entries}
    drafted = {task for task, until in drafting.held_until(view, list(view.ledger.tasks)).items() if view.now_s < until}
    passed = (proposal for proposal in view.ledger.proposals.values() if proposal.state is State.PASSED)
    versions = {task.id: task.version for task in view.ledger.tasks.values()}
    waiting = (entry for proposal in passed for entry in proposal.entries)
    return open_to_vote | drafted | {entry.task for entry in waiting if versions.get(entry.task) == entry.version}


def think(view: View, problem: Problem) -> Candidate | None:
    """Our best plan by our own beliefs."""
    known = view.thought.best if view.thought and view.thought.problem.tasks.keys() == problem.tasks.keys() else None
    return best_plan(
        problem,
        duration=believe(view.ledger, view.me, view.experience()).duration(),
        rank=community_rank(view.ledger),
        seed=view.seed * 1_000_003 + view.me,
        rounds=own_rounds(view, problem),
        start=known,
    )


def opening_of(view: View, problem: Problem, found: Candidate, *, counters: ProposalId, words: str) -> Opening | None:
    """A candidate as it is put to the vote; its times and figures are by the offers' promises, which everyone knows."""
    promised = evaluate(problem, found.order, found.modes, as_promised)
    entries = as_entries(problem, promised.slots)
    if not entries:
        return None
    offers = [promised.modes[entry.task].offer for entry in entries]
    seed = view.round_seed([entry.task for entry in entries])
    return opening_for(view.ledger, entries, offers, read=view.read, seed=seed, counters=counters, words=words)


def fits(opening: Opening) -> bool:
    """Whether nodes pass on its transaction."""
    return len(opening.plan.content) <= MOST_BYTES


def _put_to_vote(view: View, opening: Opening) -> list[Action]:
    draft = drafting.draft_for(view, opening)
    return [ShareDraft(draft=draft)] if draft else [Propose(opening=opening)]


def _is_our_turn(view: View, waiting: list[TaskId]) -> bool:
    if drafting.was_dropped(view, waiting):
        return True
    tasks = view.ledger.tasks
    first_seen = max(view.seen.get((task, tasks[task].version), view.now_s) for task in waiting)
    settled = [float(found.settled_at.timestamp) for found in _touching(view, waiting) if found.settled_at]
    opened = (withdrawn_at(view.ledger, tasks[task], view.now_s) for task in waiting)
    begin = max(first_seen, *settled, *opened, *drafting.held_until(view, waiting).values(), 0.0)
    place = turn_of(view, waiting)
    thought = view.thought
    if thought is not None and thought.has_time:
        own = [it.settled_at.timestamp for it in _touching(view, waiting) if it.proposer == view.me and it.settled_at]
        return view.now_s >= max([thought.since_s, *settled, *(at + AGAIN_S for at in own)])
    begin = max(begin, thought.since_s if thought else 0.0)
    return view.now_s >= begin + view.talk_s + place * STAGGER_S


def _has_too_many_open(view: View) -> bool:
    own = sum(proposal.proposer == view.me for proposal in view.ledger.open_proposals())
    return view.ledger.policy is not None and own >= view.ledger.policy.open_limit


def _touching(view: View, tasks: list[TaskId]) -> list[Proposal]:
    wanted = set(tasks)
    return [
        proposal
        for proposal in view.ledger.proposals.values()
        if any(entry.task in wanted for entry in proposal.entries)
    ]


def _last_defeat(view: View, tasks: list[TaskId]) -> ProposalId:
    """The defeated proposal that this one answers, zero for none."""
    versions = {task: view.ledger.tasks[task].version for task in tasks}
    former = [
        found.id
        for found in _touching(view, tasks)
        if found.state is State.DEFEATED and any(versions.get(entry.task) == entry.version for entry in found.entries)
    ]
    return max(former, default=ProposalId(0))
