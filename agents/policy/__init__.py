"""The mind of a digital worker: what it sees in, what it does out. No clock, no network, no chain."""

from agents.actions import Action, ComeBack
from agents.policy import drafting, offering, proposing, signing, voting, watching, working
from agents.view import View
from workmoot.domain.workers import Standing


def decide(view: View) -> list[Action]:
    """What to do now, the urgent first: work in hand, then votes, then new plans, then what others left undone."""
    if view.member.standing is Standing.ABSENT:
        return [ComeBack()]
    if not view.member.is_active_worker or view.ledger.clock is None:
        return []
    return [
        *working.decide(view),
        *offering.decide(view),
        *voting.decide(view),
        *signing.decide(view),
        *drafting.decide(view),
        *proposing.decide(view),
        *watching.decide(view),
    ]
