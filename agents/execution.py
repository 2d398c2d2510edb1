"""Doing what was decided: each action as its one transaction, ballot or command."""

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from agents import actions as a
from agents.ballots import Ballots
from agents.policy.asking import question_about, verdict_of
from agents.policy.working import DESK_GRADE, report_hash
from agents.robots import Robots
from workmoot.domain.ballots import pack_ballots
from workmoot.domain.hashing import keccak
from workmoot.domain.ids import NOBODY
from workmoot.domain.ledger import Task
from workmoot.domain.offers import pack_offers, pack_ranking
from workmoot.domain.ports import AllocationDao, Claims, Members, Motions, Overrides, WorkOrders
from workmoot.domain.questions import pack_question
from workmoot.skills.desk import evidence_of

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hands:
    """What a worker acts through."""

    dao: AllocationDao
    work: WorkOrders
    overrides: Overrides
    members: Members
    motions: Motions
    claims: Claims
    robots: Robots
    ballots: Ballots


def perform(hands: Hands, action: a.Action) -> None:
    """Does it; what is refused or out of reach is raised as a WorkmootError."""
    _DOERS[type(action)](hands, action)


def _offer(hands: Hands, action: a.PublishOffers) -> None:
    hands.dao.offer(pack_offers(action.offers), pack_ranking(action.ranking))
    log.info("offered %s ways for %s tasks", len(action.offers), len({offer.task for offer in action.offers}))


def _confirm(hands: Hands, action: a.ConfirmHelp) -> None:
    offers = [offer for _, offer in action.offers]
    hands.dao.confirm(
        [offer.task for offer in offers],
        [offer.version for offer in offers],
        [lead for lead, _ in action.offers],
        [offer.sequence for offer in offers],
    )
    log.info("confirmed %s joint offers", len(offers))


def _propose(hands: Hands, action: a.Propose) -> None:
    receipt = hands.dao.propose(action.opening)
    log.info("proposed: %s tx=%s", action.opening.words, receipt.tx)


def _share(hands: Hands, action: a.ShareDraft) -> None:
    hands.ballots.share(action.draft)


def _review(hands: Hands, action: a.PublishReview) -> None:
    hands.dao.review(
        action.proposal,
        support=action.support,
        makespan=action.makespan,
        findings=action.findings,
        words=action.words,
    )
    log.info("reviewed %s: %s %s", action.proposal, "for" if action.support else "against", action.words)


def _vote(hands: Hands, action: a.CastVote) -> None:
    hands.dao.vote(
        action.proposal,
        support=action.support,
        reason=action.reason,
        assignments=action.assignments,
        rest=action.rest,
    )
    log.info("voted %s on %s: %s", "yes" if action.support else "no", action.proposal, action.reason)


def _sign(hands: Hands, action: a.SignBallot) -> None:
    hands.ballots.sign(action.ballot)


def _decide(hands: Hands, action: a.Decide) -> None:
    receipt = hands.dao.decide(action.proposal, action.assignments, action.rest, pack_ballots(action.ballots))
    log.info("decided proposal %s with %s ballots tx=%s", action.proposal, len(action.ballots), receipt.tx)


def _decide_at_once(hands: Hands, action: a.DecideAtOnce) -> None:
    ballots = pack_ballots(action.ballots)
    receipt = hands.dao.decide_at_once(action.proposal, action.deadline, action.opening, ballots)
    log.info("decided proposal %s at once: %s tx=%s", action.proposal, action.opening.words, receipt.tx)


def _enact(hands: Hands, action: a.EnactPlan) -> None:
    hands.dao.enact(action.proposal, action.assignments, action.rest, words=action.words)


def _bar(hands: Hands, action: a.BarVoter) -> None:
    hands.dao.bar(action.proposal, action.member)


def _close(hands: Hands, action: a.CloseProposal) -> None:
    hands.dao.poke(action.proposal)
    log.info("closed proposal %s", action.proposal)


def _leave_out(hands: Hands, action: a.LeaveOut) -> None:
    hands.motions.leave_out(action.member)
    log.info("left out member %s, silent for long", action.member)


def _come_back(hands: Hands, _: a.ComeBack) -> None:
    hands.members.come_back()
    log.info("back: was left out as absent")


def _poke_task(hands: Hands, action: a.PokeTask) -> None:
    hands.work.poke(action.task)
    log.info("poked task %s", action.task)


def _poke_slot(hands: Hands, action: a.PokeSlot) -> None:
    hands.overrides.poke(action.subject_type, action.subject, action.level)


def _claim(hands: Hands, action: a.ClaimTask) -> None:
    hands.claims.claim(action.proposal, action.entry, action.proof)
    log.info("claimed an entry of proposal %s", action.proposal)


def _acknowledge(hands: Hands, action: a.AcknowledgeTask) -> None:
    hands.work.acknowledge(action.task, action.epoch)


def _start(hands: Hands, action: a.StartTask) -> None:
    hands.work.start(action.task, action.epoch)
    log.info("started task %s", action.task)


def _beat(hands: Hands, action: a.BeatHeart) -> None:
    hands.work.heartbeat(action.task, action.epoch)


def _stop(hands: Hands, action: a.StopTask) -> None:
    hands.overrides.safe_stop(action.task, stopped=action.stopped)
    log.info("%s task %s", "stopped" if action.stopped else "goes on with", action.task)


def _run(hands: Hands, action: a.RunRobot) -> None:
    hands.robots.run(
        action.task,
        action.robot,
        capability=action.task.spec.capability,
        work_ticks=action.work_ticks,
        part=action.part,
    )
    log.info("robot %s runs task %s", action.robot, action.task.id)


def _submit(hands: Hands, action: a.SubmitResult) -> None:
    hands.work.submit(action.task, action.epoch, action.grade, action.busy_ticks, action.evidence)
    log.info("submitted task %s grade=%s", action.task, action.grade)


def _fail(hands: Hands, action: a.ReportFailure) -> None:
    hands.work.fail(action.task, action.epoch)
    log.info("reported the failure of task %s", action.task)


def _inspect(hands: Hands, action: a.InspectResult) -> None:
    accepted, grade, report = _look(hands, action)
    task = action.task
    if action.asking and _is_close(action.asking, report):
        _ask(hands, action.task, action.asking, report, accepted=accepted)
        return
    if action.settled and report.get("reported", True):
        accepted = verdict_of(action.settled)
        report = {**report, "question": f"0x{action.settled.id:064x}", **action.settled.outcome}
    findings = keccak(json.dumps(report, sort_keys=True).encode())
    hands.work.inspect(task.id, task.epoch, task.evidence, accepted=accepted, grade=grade, findings=findings)
    log.info("%s task %s grade=%s", "accepted" if accepted else "rejected", task.id, grade)


def _is_close(asking: a.Asking, report: Mapping[str, Any]) -> bool:
    """Whether something was measured, and too close to the criterion to be sure."""
    if "error_mm" not in report or "criterion_mm" not in report:
        return False
    return abs(_microns(report["error_mm"]) - _microns(report["criterion_mm"])) <= _microns(asking.within_mm)


def _microns(length_mm: float) -> int:
    """As sensors measure."""
    return round(1_000 * length_mm)


def _ask(hands: Hands, task: Task, asking: a.Asking, report: Mapping[str, Any], *, accepted: bool) -> None:
    error_mm, criterion_mm = float(report["error_mm"]), float(report["criterion_mm"])
    asked = question_about(task, asking, error_mm=error_mm, criterion_mm=criterion_mm, accepted=accepted)
    hands.dao.say(NOBODY, task.id, pack_question(asked))
    log.info("asked humans: %s", asked.words)


def _look(hands: Hands, action: a.InspectResult) -> tuple[bool, int, Mapping[str, Any]]:
    """Desk work is done again and compared; robots' work is compared with their reports and measured."""
    task = action.task
    if not task.robots:
        same = evidence_of(action.product) == task.evidence
        return same, DESK_GRADE if same else 0, {"recomputed": same}
    if not _is_reported(hands, task):
        return False, 0, {"reported": False}
    finding = hands.robots.measure(task)
    return finding.accepted, finding.grade, finding.report


def _is_reported(hands: Hands, task: Task) -> bool:
    return report_hash(hands.robots.parts(task)) == task.evidence


_DOERS: dict[type, Callable[[Hands, Any], None]] = {
    a.PublishOffers: _offer,
    a.ConfirmHelp: _confirm,
    a.Propose: _propose,
    a.ShareDraft: _share,
    a.PublishReview: _review,
    a.CastVote: _vote,
    a.SignBallot: _sign,
    a.Decide: _decide,
    a.DecideAtOnce: _decide_at_once,
    a.EnactPlan: _enact,
    a.BarVoter: _bar,
    a.CloseProposal: _close,
    a.LeaveOut: _leave_out,
    a.ComeBack: _come_back,
    a.PokeTask: _poke_task,
    a.PokeSlot: _poke_slot,
    a.ClaimTask: _claim,
    a.AcknowledgeTask: _acknowledge,
    a.StartTask: _start,
    a.BeatHeart: _beat,
    a.StopTask: _stop,
    a.RunRobot: _run,
    a.SubmitResult: _submit,
    a.ReportFailure: _fail,
    a.InspectResult: _inspect,
}
