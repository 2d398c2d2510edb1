"""A human names a worker; what else a plan entry needs is filled in from what is known, and said."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from api.problems import unprocessable
from api.views.snapshot import Snapshot, name_of
from workmoot.domain.ids import NOBODY, Number
from workmoot.domain.ledger import Task
from workmoot.domain.offers import Offer
from workmoot.domain.plan import LAST_TICK, PlanEntry
from workmoot.domain.work import Status
from workmoot.domain.workers import Kind, Member

T = TypeVar("T")
FIELDS = ("worker", "helpers", "robots", "inspector", "start_s", "duration_s", "second_reason")


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """A complete plan entry, and where each value came from that the human left open."""

    entry: PlanEntry
    second_reason: str
    filled: dict[str, Any]
    warnings: tuple[str, ...]


def fill(snap: Snapshot, task: Task, payload: dict[str, Any]) -> Assignment:
    """The entry for a task, given at least the worker."""
    if unknown := sorted(set(payload) - set(FIELDS)):
        raise unprocessable(
            f"/payload/{unknown[0]}", f"An assignment has no field {unknown[0]!r}; it has {', '.join(FIELDS)}."
        )
    lead = _lead(snap, payload)
    offer = _offer(snap, task, lead)
    chosen = _Chosen(snap=snap, task=task, lead=lead, offer=offer, payload=payload)
    helpers = chosen.members("helpers", Kind.DIGITAL, chosen.known_helpers)
    robots = chosen.members("robots", Kind.ROBOTIC, chosen.known_robots)
    entry = PlanEntry(
        task=task.id,
        version=task.version,
        lead=lead.number,
        sequence=offer.sequence if offer else 0,
        helpers=helpers,
        robots=robots,
        inspector=chosen.inspector((lead.number, *helpers)),
        start=chosen.ticks("start_s", chosen.known_start),
        duration=max(1, chosen.ticks("duration_s", chosen.known_duration)),
    )
    second = _second_reason(snap, task, lead, payload)
    return Assignment(
        entry=entry, second_reason=second, filled=chosen.filled, warnings=tuple(_warnings(snap, entry, offer))
    )


class _Chosen:
    """What the human chose, else what is known, with a note of each."""

    def __init__(
        self, *, snap: Snapshot, task: Task, lead: Member, offer: Offer | None, payload: dict[str, Any]
    ) -> None:
        self._snap, self._task, self._lead, self._offer, self._payload = snap, task, lead, offer, payload
        self.filled: dict[str, Any] = {}

    def members(
        self, name: str, kind: Kind, otherwise: Callable[[], tuple[tuple[Number, ...], str]]
    ) -> tuple[Number, ...]:
        """Members named by badge or id."""
        if name not in self._payload:
            numbers, source = otherwise()
            return self._note(name, numbers, source, shown=[who.id for who in self._snap.team(numbers)])
        named = self._payload[name]
        if not isinstance(named, list):
            raise unprocessable(f"/payload/{name}", f"{name} is a list of badge numbers or ids.")
        return tuple(member_by(self._snap, who, kind, f"/payload/{name}").number for who in named)

    def inspector(self, team: Sequence[Number]) -> Number:
        """Someone outside the team; nobody: a human inspects."""
        if "inspector" not in self._payload:
            number, source = self._known_inspector(team)
            who = self._snap.who(number)
            return self._note("inspector", number, source, shown=who.id if who else "a human")
        if not self._payload["inspector"]:
            return NOBODY
        named = member_by(self._snap, self._payload["inspector"], Kind.DIGITAL, "/payload/inspector").number
        if named in team:
            raise unprocessable("/payload/inspector", "The inspector is never on the team that does the work.")
        return named

    def ticks(self, name: str, otherwise: Callable[[], tuple[int, str]]) -> int:
        """A time in simulated seconds."""
        if name not in self._payload:
            ticks, source = otherwise()
            return self._note(name, ticks, source, shown=f"{ticks / 1000:g} s")
        given = self._payload[name]
        if isinstance(given, bool) or not isinstance(given, int | float) or not 0 <= given < 4_000_000:
            raise unprocessable(
                f"/payload/{name}", f"{name} is a number of simulated seconds from 0 to 4,000,000; given: {given!r}."
            )
        return round(given * 1000)

    def known_helpers(self) -> tuple[tuple[Number, ...], str]:
        """Alone, unless the worker only offers to do it together."""
        return (self._offer.helpers, "the worker's offer") if self._offer else ((), "nobody named: alone")

    def known_robots(self) -> tuple[tuple[Number, ...], str]:
        """The offer's robots, or the least busy one that the worker may command and that can do it."""
        if self._offer:
            return self._offer.robots, "the worker's offer"
        able = self._able_robots()
        if not able:
            return (), "work of the mind: no robot"
        mine = [robot for robot in able if self._lead.number in self._snap.commanders(robot)]
        if not mine:
            known = ", ".join(who.id for who in self._snap.team(able))
            raise unprocessable(
                "/payload/robots",
                f"{name_of(self._lead)} commands no robot that can do {self._capability()}; "
                f"choose another worker, or name the robots ({known}).",
            )
        return (min(mine, key=self._load),), "the least busy robot it may command"

    def known_start(self) -> tuple[int, str]:
        """As planned, but not before now; late in a plant's life the last moment that can be named."""
        now = min(round((self._snap.simulated_s or 0) * 1000), LAST_TICK)
        if self._task.entry and self._task.entry.start > now:
            return self._task.entry.start, "the plan in force"
        return now, "now"

    def known_duration(self) -> tuple[int, str]:
        """As offered, or the nominal work."""
        return (self._offer.p50, "the worker's offer") if self._offer else (self._task.spec.work, "the nominal work")

    def _known_inspector(self, team: Sequence[Number]) -> tuple[Number, str]:
        if self._task.inspector and self._task.inspector not in team and self._is_active(self._task.inspector):
            return self._task.inspector, "the assignment in force"
        able = [m for m in self._snap.ledger.voting_members() if m.is_capable(self._task.spec.capability)]
        outside = [member.number for member in able if member.number not in team]
        if not outside:
            return NOBODY, "nobody outside the team has the capability: a human inspects"
        return min(outside, key=self._inspections), "the least busy worker outside the team that has the capability"

    def _able_robots(self) -> list[Number]:
        members = self._snap.ledger.members.values()
        return [
            m.number for m in members if m.kind is Kind.ROBOTIC and m.capabilities >> self._task.spec.capability & 1
        ]

    def _capability(self) -> str:
        return self._snap.capability(self._task.spec.capability)

    def _is_active(self, number: Number) -> bool:
        return self._snap.ledger.members[number].acts

    def _load(self, robot: Number) -> tuple[int, int]:
        return sum(
            robot in task.robots and not task.status.is_final for task in self._snap.ledger.tasks.values()
        ), robot

    def _inspections(self, worker: Number) -> tuple[int, int]:
        tasks = self._snap.ledger.tasks.values()
        return sum(task.inspector == worker and not task.status.is_final for task in tasks), worker

    def _note(self, name: str, value: T, source: str, *, shown: object) -> T:
        self.filled[name] = {"shown": shown, "from": source}
        return value


def member_by(snap: Snapshot, named: object, kind: Kind, pointer: str) -> Member:
    """An active member of a kind, by badge number or id."""
    known = {member.number: member for member in snap.ledger.members.values() if member.kind is kind}
    by_id = {member.id: member for member in known.values()}
    found = known.get(Number(named)) if isinstance(named, int) else by_id.get(str(named))
    if found is None and isinstance(named, str) and named.isdecimal():
        found = known.get(Number(int(named)))
    if found is None:
        choices = ", ".join(f"{number} ({member.id})" for number, member in sorted(known.items()))
        raise unprocessable(
            pointer, f"There is no {kind.name.lower()} worker {named!r}; there are: {choices or 'none'}."
        )
    return found


def _lead(snap: Snapshot, payload: dict[str, Any]) -> Member:
    if "worker" not in payload:
        raise unprocessable("/payload/worker", "An assignment names the worker, by badge number or id.")
    lead = member_by(snap, payload["worker"], Kind.DIGITAL, "/payload/worker")
    if not lead.acts:
        raise unprocessable(
            "/payload/worker", f"{name_of(lead)} is {lead.standing.name.lower()}; name an active worker."
        )
    return lead


def _offer(snap: Snapshot, task: Task, lead: Member) -> Offer | None:
    """The worker's offer for this decision: alone before together, then the quickest."""
    records = snap.ledger.offers.get(task.id, [])
    offers = [r.offer for r in records if r.worker == lead.number and snap.ledger.stands(r)]
    bound = [offer for offer in offers if _is_bound(snap, lead, offer)]
    return min(bound, key=lambda offer: (len(offer.helpers), offer.p50), default=None)


def _is_bound(snap: Snapshot, lead: Member, offer: Offer) -> bool:
    """Whether every helper confirmed it."""
    confirmed = (
        snap.ledger.is_confirmed(offer.task, offer.version, lead.number, offer.sequence, h) for h in offer.helpers
    )
    return all(confirmed)


def _second_reason(snap: Snapshot, task: Task, lead: Member, payload: dict[str, Any]) -> str:
    second = str(payload.get("second_reason") or "")
    if not lead.is_capable(task.spec.capability) and not second.strip():
        raise unprocessable(
            "/payload/second_reason",
            f"{name_of(lead)} does not have the capability {snap.capability(task.spec.capability)}; "
            "say in second_reason why it shall do the task all the same.",
        )
    return second


def _warnings(snap: Snapshot, entry: PlanEntry, offer: Offer | None) -> list[str]:
    lead = snap.who(entry.lead)
    name = lead.name if lead else str(entry.lead)
    warnings = [] if offer else [f"{name} has made no offer for this task; its duration is not its own estimate."]
    strangers = [r for r in entry.robots if not set(snap.commanders(r)) & set(entry.team)]
    warnings += [f"Nobody on the team may command {who.id}." for who in snap.team(strangers)]
    busy = sum(task.status is Status.STARTED and task.worker == entry.lead for task in snap.ledger.tasks.values())
    return warnings + ([f"{name} is running {busy} other task(s) now."] if busy else [])
