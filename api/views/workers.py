"""Members, their rankings, and robots as chain and gateway tell them."""

from collections.abc import Iterator, Mapping
from typing import Any

from api.models.common import Who, moment, seconds
from api.models.people import InstructedOut, Ranked, RankingOut, RecordOut, RobotOut, WorkerOut
from api.problems import not_found
from api.views.guidance import leases_out
from api.views.snapshot import Snapshot, id_of, name_of
from workmoot.domain.instructions import WITHDRAWS
from workmoot.domain.offers import RankedTask
from workmoot.domain.overrides import OverrideKind, SubjectType
from workmoot.domain.strangers import text
from workmoot.domain.work import Status
from workmoot.domain.workers import Kind, Member, capabilities_in

PARTS = 10_000
Said = Mapping[str, Any]


def worker_out(snap: Snapshot, member: Member) -> WorkerOut:
    """One member."""
    held = [task for task in snap.ledger.tasks.values() if task.worker == member.number and not task.status.is_final]
    ranking = snap.ledger.rankings.get(member.number)
    return WorkerOut(
        number=member.number,
        id=id_of(member),
        name=name_of(member),
        kind=member.kind.name.lower(),
        standing=member.standing.name.lower(),
        account=member.account,
        capabilities=tuple(snap.capability(number) for number in capabilities_in(member.capabilities)),
        robots=snap.team(robot for robot in snap.ledger.robots if member.number in snap.commanders(robot)),
        tasks=tuple(task.id for task in held),
        running=tuple(task.id for task in held if task.status is Status.STARTED),
        ranked=len(ranking.items) if ranking else 0,
        records=_records(snap, member),
        instructed=tuple(_instructed(snap, member)),
    )


def _instructed(snap: Snapshot, member: Member) -> Iterator[InstructedOut]:
    for kind in (*WITHDRAWS, OverrideKind.MAINTAIN):
        if snap.ledger.is_instructed(kind, member.number, snap.now):
            found = snap.ledger.instruction(kind, member.number)
            yield InstructedOut(kind=kind.name.lower(), override=found.id, expires_at=moment(found.expires_at))


def _records(snap: Snapshot, member: Member) -> tuple[RecordOut, ...]:
    return tuple(
        RecordOut(capability=snap.capability(capability), done=record.done, failed=record.failed)
        for (worker, capability), record in sorted(snap.ledger.records.items())
        if worker == member.number
    )


def ranking_out(snap: Snapshot, member: Member) -> RankingOut:
    """How a worker ranks the open work, in its own numbers."""
    ranking = snap.ledger.rankings.get(member.number)
    return RankingOut(
        worker=Who(number=member.number, id=id_of(member), name=name_of(member)),
        block=ranking.at.block if ranking else None,
        items=tuple(
            Ranked(task=item.task, task_name=snap.task_name(item.task), **ranked_numbers(place, item))
            for place, item in enumerate(ranking.items if ranking else (), start=1)
        ),
    )


def ranked_numbers(place: int, item: RankedTask) -> dict[str, Any]:
    """What a worker's ranking says of one task."""
    return {
        "place": place,
        "score": item.score,
        "alone_s": seconds(item.alone) or None,
        "together_s": seconds(item.together) or None,
        "energy_wh": item.energy,
        "cost_micro": item.cost,
        "success": item.success / PARTS,
    }


def robot_out(snap: Snapshot, member: Member) -> RobotOut:
    """One robot."""
    described, said = snap.robots.get(member.number, {}), snap.gateway.robots.get(member.number)
    held = snap.ledger.is_robot_held(member.number)
    anchoring = _is_anchoring(snap, member.number)
    job = _part(said, "job")
    return RobotOut(
        number=member.number,
        id=id_of(member),
        name=name_of(member),
        station=text(described.get("station")) or text(member.profile.get("station")) or None,
        resource=text(described.get("resource")) or None,
        capabilities=tuple(snap.capability(number) for number in capabilities_in(member.capabilities)),
        commanders=snap.team(snap.commanders(member.number)),
        epoch=snap.ledger.robot_epoch(member.number),
        held=held,
        state=robot_state(said, held=held or anchoring),
        human=held or anchoring or bool(said and said.get("held")),
        task=_whole(job, "task"),
        holder=snap.who(_whole(job, "worker") or _lease_holder(said)),
        leases=leases_out(snap, said),
        progress=_share(job, "progress"),
        anchoring=anchoring,
        instructed=tuple(_instructed(snap, member)),
        gateway=dict(said) if said is not None else None,
    )


def robot_state(said: Said | None, *, held: bool) -> str:
    """One word: what the gateway reports; a hold on record shows even while the gateway is silent."""
    if held or (said is not None and said.get("held")):
        return "held"
    if said is None or said.get("contact") is False:
        return "unknown"
    return text(said.get("mode")).lower() or "unknown"


def _is_anchoring(snap: Snapshot, robot: int) -> bool:
    """Whether a hold acts on the floor that is not on chain yet."""
    holds = (item.order for item in snap.anchoring if item.order.kind is OverrideKind.HOLD)
    return any(_concerns(order.subject_type, order.subject, robot) for order in holds)


def members_of(snap: Snapshot, *kinds: Kind) -> list[Member]:
    """Members of these kinds, by number."""
    return [member for _, member in sorted(snap.ledger.members.items()) if member.kind in kinds]


def robot_named(snap: Snapshot, named: str) -> Member:
    """The robot of that badge number or id."""
    for member in members_of(snap, Kind.ROBOTIC):
        if named in (str(member.number), member.id):
            return member
    raise not_found("robot", named, "GET /api/v1/robots lists them by badge number and id.")


def _concerns(subject_type: object, subject: object, robot: int) -> bool:
    return subject_type == SubjectType.PLANT or (subject_type == SubjectType.ROBOT and subject == robot)


def _lease_holder(said: Said | None) -> int:
    leases = said.get("resources") if said else None
    held = (_whole(lease, "holder") for lease in leases.values()) if isinstance(leases, dict) else ()
    return next((holder for holder in held if holder), 0)


def _part(said: Said | None, name: str) -> Said | None:
    value = said.get(name) if said else None
    return value if isinstance(value, dict) else None


def _whole(said: object, name: str) -> int | None:
    value = said.get(name) if isinstance(said, Mapping) else None
    return value if isinstance(value, int) and value else None


def _share(said: Said | None, name: str) -> float | None:
    value = said.get(name) if said else None
    return min(1.0, max(0.0, float(value))) if isinstance(value, int | float) else None
