"""Votes: validity first, by recomputation; then one's own judgement; a review may change it before it is cast."""

from agents.actions import Action, CastVote, Propose, PublishReview
from agents.policy import drafting, signing
from agents.policy.moving import judge_motion
from agents.policy.proposing import fits, opening_of
from agents.policy.thinking import (
    VOTING_PART,
    content,
    faults_in,
    improved_from,
    is_up_to_date,
    judge_rounds,
    problem_of,
    seconds,
    talk_ends,
)
from agents.thought import weigh
from agents.view import View
from workmoot.domain.hashing import ZERO_HASH
from workmoot.domain.ledger import Proposal
from workmoot.domain.majority import has_passed
from workmoot.domain.motions import Motion
from workmoot.planning.beliefs import believe, pack_findings
from workmoot.planning.horizon import ripe_at, think_s, weights, with_offers_of
from workmoot.planning.judgement import Judgement, in_force, is_worth_it, judge, restrict
from workmoot.planning.ranking import community_rank
from workmoot.planning.schedule import weighed

MOST_FAULTS_SAID = 2


def decide(view: View) -> list[Action]:
    """What to say and how to vote on each open proposal and draft that waits for us."""
    actions: list[Action] = []
    for proposal in view.ledger.open_proposals():
        if view.member.may_vote(proposal.roster) and proposal.vote_of(view.me) is None:
            actions += _on(view, proposal)
    for draft in drafting.in_play(view):
        if draft.proposer != view.me and signing.may_sign(view, draft):
            actions += signing.sign(view, draft, support=_supports(view, draft))
    return actions


def _supports(view: View, draft: Proposal) -> bool:
    """What to sign on a draft: nobody talks about it or counters it, who disagrees says no."""
    said = view.ballots.said_on(draft)
    if said is not None:
        return said
    if faults_in(view, draft):
        return False
    found = _judge(view, draft)
    return found is not None and found.supports


def _on(view: View, proposal: Proposal) -> list[Action]:
    if view.now_s > proposal.deadline:
        return []
    said = view.ballots.said_on(proposal)
    if said is not None:
        return _ballot(view, proposal, support=said, reason="As I signed.")
    if proposal.motion is not None and proposal.is_readable:
        return _on_motion(view, proposal, proposal.motion)
    wrong = faults_in(view, proposal)
    if wrong:
        return _ballot(view, proposal, support=False, reason="Does not hold: " + "; ".join(wrong[:MOST_FAULTS_SAID]))
    if proposal.proposer == view.me:
        return _ballot(view, proposal, support=True, reason="My own proposal.")
    if _ripens(view, proposal) or _is_anew(view, proposal):
        return _on_decided(view, proposal)
    if view.talk_s and proposal.review_of(view.me) is None:
        return [_review(view, proposal)]
    return _vote(view, proposal) if _has_heard_enough(view, proposal) and signing.may_speak(view, proposal) else []


def _ripens(view: View, proposal: Proposal) -> bool:
    """Whether there is time to decide better what it decides."""
    return any(view.now_s < ripe_at(view.ledger, view.ledger.tasks[entry.task]) for entry in proposal.entries)


def _is_anew(view: View, proposal: Proposal) -> bool:
    """Whether it names what is decided."""
    return any(view.ledger.tasks[entry.task].entry is not None for entry in proposal.entries)


def _on_decided(view: View, proposal: Proposal) -> list[Action]:
    """As one has thought about it, without talk: work goes on meanwhile. Of several that are open, yes to one."""
    better = _outdone_by(view, proposal)
    if better:
        return _ballot(view, proposal, support=False, reason=f"Proposal {better.id} brings more.")
    if _is_first(view, proposal):
        reason = "It holds; there is time left to decide better."
        return _ballot(view, proposal, support=True, reason=reason) if signing.may_speak(view, proposal) else []
    if _is_too_late(view, proposal):
        return _ballot(view, proposal, support=False, reason="The work it is about begins.")
    waits = _ripens(view, proposal) and not is_up_to_date(view)
    return _vote(view, proposal) if signing.may_speak(view, proposal) and not waits else []


def _is_first(view: View, proposal: Proposal) -> bool:
    """Whether nothing is decided of its tasks, and time is left to put something better to the vote."""
    tasks = [view.ledger.tasks[entry.task] for entry in proposal.entries]
    return all(task.entry is None and view.now_s < improved_from(view, task) for task in tasks)


def _is_too_late(view: View, proposal: Proposal) -> bool:
    """Whether some of its tasks may have begun before it is decided, so that a part of it alone would count."""
    ledger, late_s = view.ledger, think_s(view.ledger) * VOTING_PART / 3
    ripe = (ripe_at(ledger, ledger.tasks[entry.task]) for entry in proposal.entries)
    return any(at - late_s <= view.now_s < at for at in ripe)


def _outdone_by(view: View, proposal: Proposal) -> Proposal | None:
    """An open proposal for the same tasks that weighs less, or as much and was made before, and that holds."""
    tasks = {entry.task for entry in proposal.entries}
    others = (it for it in view.ledger.open_proposals() if it.is_plan and it.id != proposal.id)
    rivals = (it for it in others if {entry.task for entry in it.entries} == tasks)
    better = (it for it in rivals if _weight(view, it) < _weight(view, proposal))
    return next((it for it in better if not faults_in(view, it)), None)


def _weight(view: View, proposal: Proposal) -> tuple[int, int]:
    """Of the figures that it promises."""
    return weighed(weights(view.ledger), proposal.opening.figures), proposal.id


def _on_motion(view: View, proposal: Proposal, motion: Motion) -> list[Action]:
    support, reason = judge_motion(view, motion)
    if proposal.proposer == view.me:
        support, reason = True, "My own proposal."
    return _ballot(view, proposal, support=support, reason=reason) if signing.may_speak(view, proposal) else []


def _review(view: View, proposal: Proposal) -> Action:
    found = _judge(view, proposal)
    about = {entry.lead for entry in proposal.entries}
    seen = [finding for finding in view.experience() if finding.worker in about]
    return PublishReview(
        proposal=proposal.id,
        support=found is not None and found.supports,
        makespan=found.expected.figures.makespan if found else 0,
        findings=pack_findings(seen),
        words=_words(proposal, found),
    )


def _has_heard_enough(view: View, proposal: Proposal) -> bool:
    others = {member.number for member in view.ledger.may_still_vote(proposal)} - {proposal.proposer}
    silent = others - {review.member for review in proposal.reviews}
    return not silent or view.now_s >= talk_ends(view, proposal)


def _vote(view: View, proposal: Proposal) -> list[Action]:
    found = _judge(view, proposal)
    support = found is not None and found.supports
    review = proposal.review_of(view.me)
    changed = review is not None and review.support != support
    reason = ("Changed my mind: " + _because(view, proposal) if changed else "") + _words(proposal, found)
    ballot = _ballot(view, proposal, support=support, reason=reason)
    counter = _counter(view, proposal, found) if found is not None and not support and not view.thought else []
    return [*counter, *ballot]


def _because(view: View, proposal: Proposal) -> str:
    told = [other.member for other in proposal.reviews if other.findings and other.member != view.me]
    names = ", ".join(view.ledger.members[number].id for number in dict.fromkeys(told))
    return f"{names} showed what was promised and what it took. " if names else "the plant has changed since. "


def _counter(view: View, proposal: Proposal, found: Judgement) -> list[Action]:
    """Our own plan against one we do not support, unless another speaks first or speaks already for the same tasks.

    Not while our own draft waits to be decided: the counter would take its number.
    """
    if drafting.own(view) is not None or _has_rival(view, proposal) or _turn(view, proposal) > 0:
        return []
    problem = restrict(problem_of(view), {entry.task: None for entry in proposal.entries})
    words = f"Instead of {proposal.id}: done {seconds(found.best.figures.makespan)} after the order by what I have seen"
    opening = opening_of(view, problem, found.best, counters=proposal.id, words=words)
    return [Propose(opening=opening)] if opening and fits(opening) else []


def _has_rival(view: View, proposal: Proposal) -> bool:
    """Whether the tasks are in another open proposal: two at a time are enough to choose from."""
    tasks = {entry.task for entry in proposal.entries}
    others = (other for other in view.ledger.open_proposals() if other.id != proposal.id)
    return any(entry.task in tasks for other in others for entry in other.entries)


def _turn(view: View, proposal: Proposal) -> int:
    """Our place among those who do not support the proposal either; the first speaks."""
    against = {review.member for review in proposal.reviews if not review.support} | {view.me}
    return view.place(list(against), proposal.content_hash)


def _judge(view: View, proposal: Proposal) -> Judgement | None:
    thought = view.thought
    duration = believe(view.ledger, view.me, view.experience()).duration()
    if thought and all(entry.task in thought.problem.tasks for entry in proposal.entries):
        return weigh(thought, proposal.entries, duration, margin=view.margin)
    tasks = {entry.task: None for entry in proposal.entries}
    problem = with_offers_of(view.ledger, problem_of(view, tasks), proposal, wall_s=view.now_s)
    standing = in_force(view.ledger, restrict(problem, tasks), duration)
    found = judge(
        problem,
        proposal.entries,
        duration=duration,
        rank=community_rank(view.ledger),
        seed=view.seed * 1_000_003 + view.me * 101 + proposal.id,
        rounds=judge_rounds(view, problem, (entry.task for entry in proposal.entries)),
        margin=view.margin,
    )
    if found and standing and not is_worth_it(found.expected, standing, view.margin):
        return Judgement(expected=found.expected, best=standing, margin=-view.margin)
    return found


def _words(proposal: Proposal, found: Judgement | None) -> str:
    if found is None:
        return "An offer in it no longer stands."
    promised, expected = proposal.opening.figures.makespan, found.expected.figures.makespan
    best = found.best.figures.makespan
    said = f"Promises {seconds(promised)}, I expect {seconds(expected)}; my best is {seconds(best)}."
    return said if found.supports else said + " It weighs more than what I could do instead."


def _ballot(view: View, proposal: Proposal, *, support: bool, reason: str) -> list[Action]:
    """By signature where the plant votes so and there is time; else by transaction."""
    if signing.is_direct(view, proposal):
        return [_cast(view, proposal, support=support, reason=reason)]
    return signing.sign(view, proposal, support=support)


def _cast(view: View, proposal: Proposal, *, support: bool, reason: str) -> CastVote:
    """A yes binds the plan, and carries it when it may decide, counting the yes ballots that may be under way.

    A no binds the id alone, so that it counts whatever was put to the vote.
    """
    if not support:
        return CastVote(proposal=proposal.id, support=False, reason=reason, assignments=b"", rest=ZERO_HASH)
    leaning = {review.member for review in proposal.reviews if review.support} | {proposal.proposer, view.me}
    under_way = sum(proposal.vote_of(member) is None for member in leaning) if view.talk_s else proposal.members
    decides = has_passed(yes=proposal.yes + under_way, members=proposal.members)
    assignments, rest = content(view, proposal, decides=decides)
    return CastVote(proposal=proposal.id, support=True, reason=reason, assignments=assignments, rest=rest)
