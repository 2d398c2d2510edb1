"""Who commands a robot, and how it stands: the gateway's words of it, as far as they make sense."""

from collections.abc import Mapping
from typing import Any

from api.models.common import Who, moment
from api.models.guidance import GuidedOut, HolderOut, LeaseOut, PointOut, ReasonOut, StanceOut
from api.views.snapshot import Snapshot, id_of, items, name_of
from workmoot.domain.guidance import AXES
from workmoot.domain.overrides import reason_word
from workmoot.domain.strangers import text

Said = Mapping[str, Any]
NOTHING: Said = {}
LARGEST = 1 << 64


def leases_out(snap: Snapshot, said: Said | None) -> tuple[LeaseOut, ...]:
    """Each of the robot's resources."""
    return tuple(lease_out(snap, text(name), lease) for name, lease in inside(said, "resources").items())


def lease_out(snap: Snapshot, resource: str, said: object) -> LeaseOut:
    """One of them."""
    lease = said if isinstance(said, Mapping) else NOTHING
    former = inside(lease, "from")
    return LeaseOut(
        resource=resource,
        term=whole(lease, "term"),
        seq=whole(lease, "seq"),
        holder=_holder(snap, whole(lease, "holder"), text(lease.get("human"))),
        taken_from=_holder(snap, whole(former, "worker"), text(former.get("human"))),
        until=moment(whole(lease, "idle_until")),
        alive=lease.get("alive") is True,
        told=lease.get("told") is True,
        stance=_stance(lease.get("stance")),
        last_take=_last(snap, lease.get("last_take")),
        last_return=_last(snap, lease.get("last_return")),
        guided=tuple(_guided(snap, act) for act in items(lease, "guided", dict)),
    )


def who_of(snap: Snapshot, account: str) -> Who | None:
    """The human with that account, where it has a badge."""
    member = snap.ledger.member_of(account)
    return Who(number=member.number, id=id_of(member), name=name_of(member)) if member else None


def inside(said: object, name: str) -> Said:
    """An object in a stranger's object."""
    found = said.get(name) if isinstance(said, Mapping) else None
    return found if isinstance(found, Mapping) else NOTHING


def whole(said: Said, name: str) -> int:
    """A stranger's number, if it is one that the gateway could mean."""
    found = said.get(name)
    return found if isinstance(found, int) and not isinstance(found, bool) and 0 <= found < LARGEST else 0


def _holder(snap: Snapshot, worker: int, human: str) -> HolderOut | None:
    if human:
        return HolderOut(who=who_of(snap, human), human=True, account=human)
    return HolderOut(who=snap.who(worker), human=False, account=None) if worker else None


def _stance(said: object) -> StanceOut | None:
    if not isinstance(said, Mapping):
        return None
    return StanceOut(
        pose_mm=_point(said.get("pose_mm")),
        moves_to_mm=_point(said.get("moves_to_mm")),
        manual=said.get("manual") is True,
        enabling_device=said.get("enabling_device") is True,
        simulated=said.get("simulated") is True,
    )


def _point(said: object) -> PointOut | None:
    if not isinstance(said, Mapping):
        return None
    found = [said.get(axis) for axis in AXES]
    places = [float(place) for place in found if isinstance(place, int | float) and abs(place) < LARGEST]
    if len(places) != len(AXES):
        return None
    x, y, z = places
    return PointOut(x=x, y=y, z=z)


def _last(snap: Snapshot, said: object) -> GuidedOut | None:
    return _guided(snap, said) if isinstance(said, Mapping) else None


def _guided(snap: Snapshot, said: Said) -> GuidedOut:
    account = text(said.get("human"))
    return GuidedOut(
        action=text(said.get("action")),
        parameters=text(said.get("parameters")),
        reason=_reason(said),
        human=who_of(snap, account),
        account=account,
        at=moment(whole(said, "at")),
        digest=text(said.get("digest")),
    )


def _reason(said: Said) -> ReasonOut | None:
    code, words = whole(said, "reason_code"), text(said.get("reason"))
    return ReasonOut(code=reason_word(code), text=words) if words else None
