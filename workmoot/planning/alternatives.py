"""What else could have been decided of one task: the same plan with each other offer, by the plan's own figures."""

from dataclasses import dataclass

from workmoot.domain.ids import TaskId
from workmoot.domain.ledger import Ledger, Proposal
from workmoot.planning.horizon import problem_at, with_offers_of
from workmoot.planning.judgement import chosen_in, restrict
from workmoot.planning.problem import Mode
from workmoot.planning.schedule import as_promised
from workmoot.planning.search import Candidate, candidate_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternative:
    """A way to do the task, and what becomes of the whole plan with it."""

    mode: Mode
    plan: Candidate


def alternatives(ledger: Ledger, proposal: Proposal, task: TaskId) -> tuple[Alternative, ...]:
    """Every way to do the task, the best for the plan first, by the policy's weights and what the offers promise.

    `ledger` is as of the block that the proposal was made from. Nothing where not every offer of the plan stood there.
    """
    if ledger.clock is None:
        return ()
    begins = min((entry.start for entry in proposal.entries), default=0)
    problem = problem_at(ledger, begins, wall_s=ledger.now, anew=[entry.task for entry in proposal.entries])
    problem = with_offers_of(ledger, problem, proposal, wall_s=ledger.now)
    chosen = chosen_in(problem, proposal.entries)
    if chosen is None or task not in chosen:
        return ()
    own, start = restrict(problem, chosen), chosen[task][0]
    found = (
        Alternative(mode=mode, plan=candidate_of(own, chosen | {task: (start, mode)}, as_promised))
        for mode in own.tasks[task].modes
    )
    return tuple(sorted(found, key=lambda it: (it.plan.objective, it.mode.lead, it.mode.offer.sequence)))
