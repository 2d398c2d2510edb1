"""What the policy's parts have in common: the problem as it stands, and how much thought it is worth."""

from collections.abc import Iterable

from agents.view import View
from workmoot.domain.ids import TaskId, order_of
from workmoot.domain.ledger import Ledger, Proposal, Task
from workmoot.domain.plan import ENTRIES_AT_ONCE
from workmoot.planning.horizon import policy, problem_at, ripe_at, think_s
from workmoot.planning.problem import Problem
from workmoot.planning.validity import faults

REVIEW_ROUNDS_OF_TALK = 2
REPLAN_S = 1.0
"""Wall seconds that a worker seeks a better plan for what is decided anew."""
SECOND_PART = 0.5
"""Of the time to think is left when what was decided first is put to the vote anew."""
VOTING_PART = 0.1
"""Of the time to think is kept for the last vote; in the last third of that nobody says yes any more."""
PATIENCE = 0.25
"""Of the time to think, so much is waited for who says nothing."""
OWN_ROUNDS, JUDGE_ROUNDS = 6_000, 2_000
"""Where the plant does not say. Six thousand take about a twentieth of a second for sixty tasks."""
MOST_ROUNDS = 1_000_000
"""Whatever the plant says: a search is not interrupted."""
MOST_WAYS = 600
"""To do the tasks of a plan; with more there are fewer rounds, so that they take no longer."""


def problem_of(view: View, anew: Iterable[TaskId] = ()) -> Problem:
    """What there is to plan now, with these tasks if they have not begun."""
    return problem_at(view.ledger, view.now, wall_s=view.now_s, anew=view.reopened.union(anew))


def ripening(view: View) -> list[Task]:
    """What the policy gives time to think about: posted a while ago at most, and not begun."""
    ledger, time_s = view.ledger, think_s(view.ledger)
    fresh = {order.id for order in ledger.orders.values() if view.now_s < order.posted_at + time_s}
    return [task for task in view.to_decide.values() if order_of(task.id) in fresh] if fresh else []


def to_think_about(view: View) -> dict[TaskId, int]:
    """The tasks that a worker seeks a plan for while it has nothing else to do, and their decision versions: those that
    are decided anew with all that is to decide, else those that there is time for."""
    tasks = view.to_decide.values() if view.reopened else ripening(view)
    return {task.id: task.version for task in tasks}


def last_call(view: View, task: Task) -> float:
    """The wall second after which nothing better is put to the vote: it has to be decided before the work begins."""
    return ripe_at(view.ledger, task) - think_s(view.ledger) * VOTING_PART


def improved_from(view: View, task: Task) -> float:
    """The wall second from which on something better than the first plan is put to the vote."""
    return ripe_at(view.ledger, task) - think_s(view.ledger) * SECOND_PART


def turn_of(view: View, tasks: list[TaskId]) -> int:
    """Its place among those who may speak first on these tasks."""
    return view.place([member.number for member in view.ledger.voting_members()], view.round_seed(tasks))


def is_up_to_date(view: View) -> bool:
    """Whether it has thought about what is to be decided, as that is now."""
    return view.thought is not None and view.thought.about == to_think_about(view)


def have_spoken(view: View, tasks: Iterable[TaskId]) -> bool:
    """Whether everyone who could do one of the tasks has told its offers since they were posted or decided; who is
    silent is waited for a while since the tasks were first seen so."""
    ledger = view.ledger
    looked = [ledger.tasks[task] for task in tasks]
    first = max(view.seen.get((task.id, task.version), view.now_s) for task in looked)
    if view.now_s >= first + max(view.talk_s, think_s(ledger) * PATIENCE):
        return True
    since = max(_told_at(ledger, task) for task in looked)
    wanted = {task.spec.capability for task in looked}
    able = (it for it in ledger.voting_members() if any(it.is_capable(capability) for capability in wanted))
    told = (ledger.rankings.get(member.number) for member in able)
    return all(ranking is not None and ranking.at.position > since for ranking in told)


def _told_at(ledger: Ledger, task: Task) -> tuple[int, int]:
    """Where on the chain the task was posted, or decided last."""
    decision = ledger.proposals.get(task.decided_by)
    decided = decision.settled_at if decision else None
    posted = ledger.orders[order_of(task.id)].at
    return max(posted.position, decided.position) if decided else posted.position


def faults_in(view: View, proposal: Proposal) -> list[str]:
    """What is wrong with a plan, in words; nothing where it holds."""
    return faults(view.ledger, proposal, view.round_seed([entry.task for entry in proposal.entries]))


def talk_ends(view: View, proposal: Proposal) -> float:
    """The wall second from which on a member votes, whoever is still silent."""
    return proposal.at.timestamp + REVIEW_ROUNDS_OF_TALK * view.talk_s


def content(view: View, proposal: Proposal, *, decides: bool) -> tuple[bytes, bytes]:
    """Assignments and rest, for a ballot that may be enacted at once; else none, and the hash of both."""
    if decides and may_go_along(view.ledger, proposal):
        return proposal.opening.plan.assignments, proposal.rest
    return b"", proposal.content_hash


def may_go_along(ledger: Ledger, proposal: Proposal) -> bool:
    """Whether its enactment cannot fail the ballot that brings it: a motion may have become impossible by then."""
    if proposal.is_tree:  # recorded in one word, however many leaves it has
        return True
    return proposal.is_plan and not ledger.plant_held and len(proposal.decided_entries) <= ENTRIES_AT_ONCE


def own_rounds(view: View, problem: Problem) -> int:
    """The steps that the search for an own plan is worth."""
    return _rounds(problem, problem.tasks, policy(view.ledger).get("own_rounds"), OWN_ROUNDS)


def judge_rounds(view: View, problem: Problem, tasks: Iterable[TaskId]) -> int:
    """The steps that the search for something better than another's plan is worth."""
    return _rounds(problem, tasks, policy(view.ledger).get("judge_rounds"), JUDGE_ROUNDS)


def _rounds(problem: Problem, tasks: Iterable[TaskId], told: object, usual: int) -> int:
    """What the plant's description tells is text on chain: what is no number there counts as nothing told."""
    most = min(max(told, 1), MOST_ROUNDS) if type(told) is int else usual
    ways = sum(len(problem.tasks[task].modes) for task in tasks if task in problem.tasks)
    return most * MOST_WAYS // max(ways, MOST_WAYS)


def seconds(ticks: int) -> str:
    """Ticks for people."""
    return f"{ticks / 1000:.0f} s"
