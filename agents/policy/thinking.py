"""What the policy's parts have in common: the problem as it stands, and how much thought it is worth."""

from collections.abc import Iterable

from agents.view import View
from workmoot.domain.ids import TaskId
from workmoot.domain.ledger import Ledger, Proposal
from workmoot.domain.plan import ENTRIES_AT_ONCE
from workmoot.planning.horizon import policy, problem_at
from workmoot.planning.problem import Problem
from workmoot.planning.validity import faults

REVIEW_ROUNDS_OF_TALK = 2
OWN_ROUNDS, JUDGE_ROUNDS = 6_000, 2_000
"""Where the plant does not say. Six thousand take about a twentieth of a second for sixty tasks."""
MOST_ROUNDS = 1_000_000
"""Whatever the plant says: a search is not interrupted."""
MOST_WAYS = 600
"""To do the tasks of a plan; with more there are fewer rounds, so that they take no longer."""


def problem_of(view: View) -> Problem:
    """What there is to plan now."""
    return problem_at(view.ledger, view.now, wall_s=view.now_s)


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
