"""One row for each event: who, what, when, why, what it displaced, what it did."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, fields, is_dataclass
from datetime import UTC, datetime
from enum import Enum
from itertools import groupby
from typing import Any, get_type_hints

from workmoot.audit.acts import ACTS
from workmoot.domain.errors import Malformed
from workmoot.domain.events import HUMANS_ORDERS, Event, InstructionGiven, OffersPublished, OverrideGiven
from workmoot.domain.ids import Address, Number
from workmoot.domain.instructions import ONCE, meant_kind, subject_word
from workmoot.domain.ledger import Ledger
from workmoot.domain.offers import unpack_offers
from workmoot.domain.overrides import HumanOrder, OverrideKind, filled_level, reason_word
from workmoot.domain.strangers import text

HINTS = {kind: {name: hint for name, hint in get_type_hints(kind).items() if name != "at"} for kind in ACTS}

SUPPORT = {"yes": "for", "no": "against", "1": "for", "0": "against"}
"""Of reviews and of votes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """A member by its badge; an account without one has neither number nor id nor kind."""

    number: int | None
    id: str | None
    account: str | None
    kind: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What it is about; the plant has no number."""

    type: str
    id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """A human order's reason code, and the words of who acted: a stranger's."""

    code: str | None
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRow:
    """One act, as one event tells it."""

    id: str
    """`block.logIndex`"""
    at: str
    """The block's time, RFC 3339."""
    block: int
    tx: str
    by: Actor | None
    act: str
    """The event's name."""
    subject: Subject
    reason: Why | None
    displaced: Actor | None
    """Who was in force before a human's order."""
    effect: tuple[str, ...]
    """What it did; of a human's order, also what changed by it."""
    digest: str | None
    """What a human signed, or the hash of a result's evidence."""

    def as_object(self) -> dict[str, Any]:
        """The row as JSON has it."""
        return asdict(self)


def everything(_: Event) -> bool:
    """Leaves nothing out."""
    return True


def rows_of(ledger: Ledger, told: Iterable[Event], wanted: Callable[[Event], bool] = everything) -> Iterator[AuditRow]:
    """The rows of the wanted events among those in the chain's order; the ledger says who is who."""
    for _, together in groupby(told, key=transaction_of):
        before: list[Event] = []
        for event in together:
            if wanted(event):
                yield row_of(ledger, event, before)
            before.append(event)
            if isinstance(event, HUMANS_ORDERS):
                before.clear()


def transaction_of(event: Event) -> tuple[int, str]:
    """Which block's, and which."""
    return event.at.block, event.at.tx


def row_of(ledger: Ledger, event: Event, before: Iterable[Event]) -> AuditRow:
    """The row of one event. `before`: what its transaction told since its last order, in order. An order's own event
    comes after all that it did.
    """
    act = ACTS[type(event)]
    return AuditRow(
        id=f"{event.at.block}.{event.at.log_index}",
        at=moment_words(event.at.timestamp),
        block=event.at.block,
        tx=event.at.tx,
        by=_actor(ledger, getattr(event, act.by)) if act.by else None,
        act=type(event).__name__,
        subject=_subject(event),
        reason=_reason(event),
        displaced=_actor(ledger, getattr(event, act.displaced)) if act.displaced else None,
        effect=tuple(_effect(ledger, event, before)),
        digest="0x" + getattr(event, act.digest).hex() if act.digest else None,
    )


def said_by(event: Event) -> dict[str, Any]:
    """Every field of an event but its place, as JSON has it."""
    return {field.name: as_json(getattr(event, field.name)) for field in fields(event) if field.name != "at"}


def as_json(value: object) -> Any:
    """A value of an event: bytes in hexadecimal, enumerations by name."""
    if isinstance(value, bytes):
        return "0x" + value.hex()
    if isinstance(value, Enum):
        return value.name.lower()
    if is_dataclass(value):
        return {field.name: as_json(getattr(value, field.name)) for field in fields(value)}
    return [as_json(item) for item in value] if isinstance(value, tuple) else value


def moment_words(unix: int) -> str:
    """A time in UTC as RFC 3339 has it; one that no calendar has, in seconds."""
    try:
        return datetime.fromtimestamp(unix, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (ValueError, OverflowError, OSError):
        return str(unix)


def words_of(ledger: Ledger, event: Event) -> str:
    """What an event did, in one sentence."""
    if isinstance(event, OverrideGiven):
        return _order_words(event.id, event.epoch, event.order)
    if isinstance(event, InstructionGiven):
        return _instruction_words(event)
    said = {name: _word(ledger, hint, getattr(event, name)) for name, hint in HINTS[type(event)].items()}
    if said.get("support") in SUPPORT:
        said["support"] = SUPPORT[said["support"]]
    return ACTS[type(event)].words.format_map(said)


def _effect(ledger: Ledger, event: Event, before: Iterable[Event]) -> Iterator[str]:
    yield words_of(ledger, event)
    if isinstance(event, OffersPublished):
        yield from _offer_words(ledger, event)
    if isinstance(event, OverrideGiven):
        for changed in before:
            subject = _subject(changed)
            of = subject.type if subject.id is None else f"{subject.type} {subject.id}"
            yield f"{of}: {words_of(ledger, changed)}"


def _offer_words(ledger: Ledger, event: OffersPublished) -> Iterator[str]:
    """Each estimate; bytes that follow no layout as they are."""
    try:
        offers = unpack_offers(event.offers)
    except Malformed as fault:
        yield f"{fault}: 0x{event.offers.hex()}"
        return
    for offer in offers:
        team = ", ".join(_word(ledger, Number, number) for number in (*offer.helpers, *offer.robots))
        yield (
            f"task {offer.task}: {offer.p50} ms, at most {offer.p90} ms in nine of ten; energy {offer.energy} Wh, "
            f"cost {offer.cost} millionths, success {offer.success} of 10000" + (f"; with {team}" if team else "")
        )


def _order_words(number: int, epoch: int, order: HumanOrder) -> str:
    kind = order.kind.name.lower()
    return f"override {number}: {kind} at level {int(filled_level(order))}, {_until(order.expires_at)}; epoch {epoch}"


def _instruction_words(event: InstructionGiven) -> str:
    order = event.order
    if order.kind is OverrideKind.LIFT:
        what = f"lift {OverrideKind(meant_kind(order)).name.lower()}"
    elif order.kind is OverrideKind.REPRIORITISE:
        what = f"reprioritise to {order.payload[0]}"
    elif order.kind is OverrideKind.ANSWER:
        what = f"answer {text(order.payload.decode(errors='replace'))}"
    else:
        what = order.kind.name.lower()
    until = "" if order.kind in ONCE else f", {_until(order.expires_at)}"
    return f"override {event.id}: {what}{until}; version {event.version}"


def _until(expires_at: int) -> str:
    return f"until {moment_words(expires_at)}" if expires_at else "without an end"


def _subject(event: Event) -> Subject:
    type_, field = ACTS[type(event)].on
    if isinstance(event, HUMANS_ORDERS):
        type_ = subject_word(event.order)
    number = getattr(event, field) if field else 0
    return Subject(type=type_, id=number or None)


def _reason(event: Event) -> Why | None:
    if isinstance(event, HUMANS_ORDERS):
        return Why(code=reason_word(event.order.reason_code), words=event.order.reason)
    field = ACTS[type(event)].why
    if not field:
        return None
    said = getattr(event, field)
    return Why(code=None, words=said.decode(errors="replace") if isinstance(said, bytes) else said)


def _actor(ledger: Ledger, who: int | str) -> Actor | None:
    """Who has that badge or account."""
    number = ledger.numbers.get(Address(who)) if isinstance(who, str) else Number(who)
    member = ledger.members.get(number) if number else None
    if member:
        return Actor(number=member.number, id=text(member.id), account=member.account, kind=member.kind.name.lower())
    if isinstance(who, str):
        return Actor(number=None, id=None, account=who, kind=None)
    return Actor(number=who, id=None, account=None, kind=None) if who else None


def _word(ledger: Ledger, hint: Any, value: Any) -> str:
    """A field in a sentence: members by their id, truth as yes and no."""
    if hint in (Number, Address):
        actor = _actor(ledger, value)
        return str(actor.id or actor.account or actor.number) if actor else "nobody"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(as_json(value))
