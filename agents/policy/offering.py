"""Estimates: which open work one can do, alone and with whom, and how one ranks it; and help for others' offers."""

import logging

from agents.actions import Action, ConfirmHelp, PublishOffers
from agents.view import View
from workmoot.domain.clock import TICKS_A_SECOND
from workmoot.domain.ids import Number, TaskId, index_of, order_of
from workmoot.domain.ledger import OfferRecord, Task
from workmoot.domain.offers import Offer
from workmoot.planning.beliefs import believe
from workmoot.planning.horizon import policy
from workmoot.skills.estimate import Ability, Ask, Partner, Refusal
from workmoot.skills.rank import RankWeights, rank

log = logging.getLogger(__name__)
VALID_S = 900
MOST_PARTNERS = 2
RENEW_S = 60


def decide(view: View) -> list[Action]:
    """Offers for what has none of ours yet, and our word for what others want our help in."""
    if view.is_withdrawn:
        return []
    return [*_publish(view), *_confirm(view)]


def _publish(view: View) -> list[Action]:
    asked = [task for task in view.to_decide.values() if _wants_offer(view, task)]
    fresh: dict[TaskId, list[Offer]] = {}
    for task in asked:
        found = view.offers_for(_ask(view, task), _ability(view, task))
        if isinstance(found, Refusal):
            log.debug("no offer for task %s: %s", found.task, found.reason)
        else:
            fresh[task.id] = found
    if not fresh:
        return []
    standing = {task: [record.offer for record in _own(view, task)] for task in view.ledger.offers}
    kept = {task: offers for task, offers in standing.items() if offers and task in view.to_decide}
    ledger = view.ledger
    priorities = {task.id: ledger.priority_of(task, view.now_s) for task in ledger.tasks.values()}
    ranking = rank({**kept, **fresh}, priorities, rank_weights(view))
    return [PublishOffers(offers=tuple(offer for found in fresh.values() for offer in found), ranking=tuple(ranking))]


def rank_weights(view: View) -> RankWeights:
    """The policy's weights for rankings."""
    given = policy(view.ledger).get("ranking")
    return (
        RankWeights(**{name: int(value) for name, value in given.items()}) if isinstance(given, dict) else RankWeights()
    )


def _wants_offer(view: View, task: Task) -> bool:
    if not view.member.is_capable(task.spec.capability) or view.me in task.excluded or not _knows(view, task):
        return False
    own = _own(view, task.id)
    stands = [
        record for record in own if view.ledger.stands(record) and record.offer.valid_until >= view.now_s + RENEW_S
    ]
    return not stands or any(record.offer.helpers and record not in stands for record in own)


def _own(view: View, task: TaskId) -> list[OfferRecord]:
    return [record for record in view.ledger.offers.get(task, ()) if record.worker == view.me]


def _ask(view: View, task: Task) -> Ask:
    capability = view.capability(task)
    return Ask(
        task=task.id,
        version=task.version,
        spec=task.spec,
        earliest=view.now,
        valid_until=int(view.now_s) + VALID_S,
        first_sequence=1 + max((record.offer.sequence for record in _own(view, task.id)), default=0),
        needs_robot=view.needs_robot(capability),
        robots=view.robots_of(view.member, capability),
        partners=_partners(view, task, capability),
    )


def _partners(view: View, task: Task, capability: str) -> tuple[Partner, ...]:
    """Those who could help, the ones believed to keep their word best first."""
    beliefs = believe(view.ledger, view.me, view.experience())
    able = [
        member
        for member in view.ledger.voting_members()
        if member.number != view.me
        and member.is_capable(task.spec.capability)
        and member.number not in task.excluded
        and not view.ledger.is_withdrawn(member.number, view.now_s)
    ]
    able.sort(key=lambda member: (beliefs.ratio(member.number, task.spec.capability), member.number))
    partners = [Partner(number=member.number, robots=view.robots_of(member, capability)) for member in able]
    return tuple(partners[:MOST_PARTNERS])


def _ability(view: View, task: Task) -> Ability:
    capability = view.capability(task)
    skill, team = view.profile.skill(capability), view.profile.team.get(capability)
    record = view.ledger.record(view.me, task.spec.capability)
    return Ability(
        pace=skill.pace,
        spread=skill.spread,
        energy_w=skill.energy_w,
        cost_per_h=skill.cost_per_h,
        success=_success(skill.success, record.done, record.failed),
        team_factor=team.factor if team else 0.0,
        most_alone=team.most_alone if team else None,
        learnt=believe(view.ledger, view.me, ()).ratio(view.me, task.spec.capability),
        samples=record.done + record.failed,
        known=round(skill.times[key] * TICKS_A_SECOND) if (key := _key(view, task)) in skill.times else None,
    )


def _key(view: View, task: Task) -> str:
    """The order's own name for it; a stranger's order may have none."""
    return str(view.ledger.orders[order_of(task.id)].item(index_of(task.id)).get("key", ""))


def _knows(view: View, task: Task) -> bool:
    """Whether it is one of those it does, where it does but those it was told times of."""
    times = view.profile.skill(view.capability(task)).times
    return not times or _key(view, task) in times


def _success(believed: float, done: int, failed: int, *, prior: int = 20) -> float:
    """What it believes of itself, corrected by its record; the belief counts like `prior` runs."""
    return (believed * prior + done) / (prior + done + failed)


def _confirm(view: View) -> list[Action]:
    wanted = [
        (record.worker, record.offer)
        for records in view.ledger.offers.values()
        for record in records
        if view.me in record.offer.helpers and _can_help(view, record)
    ]
    return [ConfirmHelp(offers=tuple(wanted))] if wanted else []


def _can_help(view: View, record: OfferRecord) -> bool:
    """Whether the offer is open, can be kept with our robots, and has not our word yet."""
    offer = record.offer
    task = view.ledger.tasks.get(offer.task)
    if task is None or task.id not in view.to_decide or offer.version != task.version or offer.valid_until < view.now_s:
        return False
    if view.ledger.is_confirmed(offer.task, offer.version, record.worker, offer.sequence, view.me):
        return False
    return view.member.is_capable(task.spec.capability) and _robot_is_ours(view, offer, view.capability(task))


def _robot_is_ours(view: View, offer: Offer, capability: str) -> bool:
    team: tuple[Number, ...] = (Number(0), *offer.helpers)
    if not view.needs_robot(capability):
        return not offer.robots
    place = team.index(view.me)
    return len(offer.robots) == len(team) and offer.robots[place] in view.robots_of(view.member, capability)
