"""Drafts: plans that members sign before they are opened, so that one transaction opens and decides them.

```
shared                                              a third of the time                    deadline
  |-- members sign, the proposer sends what decides --|-- the proposer opens the plan on chain --|
```

A task is drafted once at one version, whoever does it: then it is put to the vote on chain. So drafts cost a third of
the voting time at most, whatever becomes of them: it begins when the first was heard that names the task and holds.
"""

from collections.abc import Iterable, Sequence

from agents.actions import Action, DecideAtOnce, ShareDraft
from agents.policy import signing
from agents.policy.thinking import faults_in, may_go_along
from agents.view import View
from workmoot.ballots.box import LARGEST_DRAFT
from workmoot.ballots.poll import next_vote
from workmoot.domain.drafts import Draft
from workmoot.domain.ids import TaskId
from workmoot.domain.ledger import Proposal
from workmoot.domain.proposals import Opening


def decide(view: View) -> list[Action]:
    """Sends what decides the worker's own draft; until then puts it into the boxes, which may lose it at any time."""
    mine = own(view)
    if mine is None:
        return []
    deciding, others = signing.enough(view, mine)
    if deciding:
        ballots = signing.as_sent(view, (*deciding, *others))
        return [DecideAtOnce(proposal=mine.id, deadline=mine.deadline, opening=mine.opening, ballots=ballots)]
    return [ShareDraft(draft=mine.draft)]


def in_play(view: View) -> list[Proposal]:
    """The drafts that may be decided at once: plans that the next vote can be on, whose time has come and is not over.

    Motions and trees are opened on chain.
    """
    return [draft for draft in _next(view) if view.now_s < ends(draft)]


def own(view: View) -> Proposal | None:
    """The worker's own draft, unless a majority said no."""
    mine = (draft for draft in in_play(view) if draft.proposer == view.me)
    return next((draft for draft in mine if not signing.is_refused(view, draft)), None)


def ends(draft: Proposal) -> float:
    """The wall second from which on nobody waits for a draft."""
    return draft.at.timestamp + (draft.deadline - draft.at.timestamp) / signing.PART


def held_until(view: View, tasks: Sequence[TaskId]) -> dict[TaskId, float]:
    """Until when each task is left to another's draft: from when the first was heard. Others bring no more time."""
    policy = view.ledger.policy
    time_s = policy.voting_seconds / signing.PART if policy else 0.0
    named = _named(view, [draft for draft in _next(view) if draft.proposer != view.me])
    heard = {task: view.drafted.get((task, view.ledger.tasks[task].version)) for task in named.intersection(tasks)}
    return {task: at_s + time_s for task, at_s in heard.items() if at_s is not None}


def takes(view: View, draft: Proposal) -> Iterable[tuple[TaskId, int]]:
    """The tasks, at their versions, that a draft takes: none where it does not hold."""
    return () if faults_in(view, draft) else [(entry.task, entry.version) for entry in draft.entries]


def was_dropped(view: View, tasks: Iterable[TaskId]) -> bool:
    """Whether the worker's own draft of one of them came to nothing: it opens that on chain without another turn."""
    mine = _named(view, _own_drafts(view))
    left = mine - _named(view, view.ledger.proposals.values()) if mine else mine
    return not left.isdisjoint(tasks)


def draft_for(view: View, opening: Opening) -> Draft | None:
    """What is put to the vote as a draft; None where it is better opened on chain."""
    policy = view.ledger.policy
    if not view.decides_at_once or policy is None:
        return None
    draft = Draft(
        proposal=view.ledger.next_proposal,
        proposer=view.me,
        roster=view.ledger.roster,
        members=view.ledger.voters,
        deadline=int(view.now_s) + policy.voting_seconds,
        opening=opening,
    )
    proposal = view.ledger.as_proposal(draft)
    fits = draft.size <= LARGEST_DRAFT and proposal.is_plan and may_go_along(view.ledger, proposal)
    return draft if fits and not _is_tried(view, proposal) else None


def _is_tried(view: View, plan: Proposal) -> bool:
    """Whether a plan that was voted on, an own draft, or another's that held, named one of its tasks at its version."""
    before = _named(view, (*_own_drafts(view), *view.ledger.proposals.values()))
    return any(entry.task in before or (entry.task, entry.version) in view.drafted for entry in plan.entries)


def _own_drafts(view: View) -> list[Proposal]:
    """What the worker drafted itself, in play or not."""
    return [draft for draft in view.ballots.drafts if draft.proposer == view.me]


def _next(view: View) -> list[Proposal]:
    """The plans among the drafts that the next vote can be on, whose time has come."""
    vote = next_vote(view.ledger)
    plans = (draft for draft in view.ballots.drafts if draft.is_plan and draft.at.timestamp <= view.now_s)
    return [draft for draft in plans if vote.is_for(draft.draft)]


def _named(view: View, plans: Iterable[Proposal]) -> set[TaskId]:
    """The tasks that plans name at their present version."""
    versions = {task.id: task.version for task in view.ledger.tasks.values()}
    entries = (entry for plan in plans for entry in plan.entries)
    return {entry.task for entry in entries if versions.get(entry.task) == entry.version}
