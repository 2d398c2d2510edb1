"""Offers: a worker's estimates for tasks, alone or with named helpers, and its ranking of the open work."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from workmoot.domain.errors import Malformed
from workmoot.domain.hashing import keccak
from workmoot.domain.ids import Number, TaskId
from workmoot.domain.layout import Layout, pack_numbers, unpack_numbers
from workmoot.domain.plan import PlanEntry

OFFER = Layout(
    "offer",
    (
        ("task", 4),
        ("version", 4),
        ("sequence", 2),
        ("valid_until", 6),
        ("earliest", 4),
        ("p50", 4),
        ("p90", 4),
        ("energy", 4),
        ("cost", 6),
        ("success", 2),
        ("confidence", 2),
        ("helper_count", 1),
        ("robot_count", 1),
    ),
)
"""task u32 | version u32 | sequence u16 | validUntil u48 | earliest u32 | p50 u32 | p90 u32 | energy u32 | cost u48 |
success u16 | confidence u16 | nHelpers u8 | nRobots u8 | helpers u16… | robots u16…: 44 + 2(h+r) bytes."""

RANKED = Layout(
    "ranked task",
    (("task", 4), ("score", 4), ("alone", 4), ("together", 4), ("energy", 4), ("cost", 6), ("success", 2)),
)
"""task u32 | score u32 | alone p50 u32 | together p50 u32 | energy u32 | cost u48 | success u16: 28 bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What one worker promises for one task: ticks, Wh, micro-units of cost, chances in parts of 10,000.

    `version` is the task's decision version, `valid_until` Unix seconds, `earliest` ticks since the clock's origin.
    """

    task: TaskId
    version: int
    sequence: int
    valid_until: int
    earliest: int
    p50: int
    p90: int
    energy: int = 0
    cost: int = 0
    success: int = 10_000
    confidence: int = 0
    helpers: tuple[Number, ...] = ()
    robots: tuple[Number, ...] = ()

    @property
    def helper_count(self) -> int:
        """How many help."""
        return len(self.helpers)

    @property
    def robot_count(self) -> int:
        """How many robots it takes."""
        return len(self.robots)


@dataclass(frozen=True, slots=True, kw_only=True)
class RankedTask:
    """One open task in a worker's ranking; a lower score comes first; 0 ticks: cannot do it that way."""

    task: TaskId
    score: int
    alone: int = 0
    together: int = 0
    energy: int = 0
    cost: int = 0
    success: int = 0


def pack_offer(offer: Offer) -> bytes:
    """The offer's bytes."""
    return OFFER.pack(offer) + pack_numbers("offer", (*offer.helpers, *offer.robots))


def pack_offers(offers: Iterable[Offer]) -> bytes:
    """A batch, in the order given."""
    return b"".join(pack_offer(offer) for offer in offers)


def unpack_offers(packed: bytes) -> tuple[Offer, ...]:
    """All offers of a batch."""
    offers: list[Offer] = []
    offset = 0
    while offset < len(packed):
        offer, offset = _unpack_offer(packed, offset)
        offers.append(offer)
    return tuple(offers)


def pack_ranking(ranking: Sequence[RankedTask]) -> bytes:
    """The ranking's bytes, first comes first."""
    return b"".join(RANKED.pack(item) for item in ranking)


def unpack_ranking(packed: bytes) -> tuple[RankedTask, ...]:
    """The ranked tasks, first comes first."""
    if len(packed) % RANKED.size:
        raise Malformed("ranking: not a multiple of 28 bytes", offset=len(packed))
    items = (RANKED.unpack(packed, offset) for offset in range(0, len(packed), RANKED.size))
    return tuple(RankedTask(**{**values, "task": TaskId(values["task"])}) for values in items)  # type: ignore[arg-type]


def offers_digest(used: Iterable[tuple[Number, Offer]]) -> bytes:
    """What binds a plan to its offers: keccak256 over lead ‖ offer, for each entry in the plan's order."""
    return keccak(b"".join(pack_numbers("lead", (lead,)) + pack_offer(offer) for lead, offer in used))


def as_offered(entries: Iterable[PlanEntry], offers: Iterable[Offer | None]) -> tuple[PlanEntry, ...]:
    """The entries with the median and the robots of the offer each one takes; 0 and none where there is none."""
    return tuple(_as_offered(entry, offer) for entry, offer in zip(entries, offers, strict=True))


def _as_offered(entry: PlanEntry, offer: Offer | None) -> PlanEntry:
    return replace(entry, duration=offer.p50 if offer else 0, robots=offer.robots if offer else ())


def _unpack_offer(packed: bytes, offset: int) -> tuple[Offer, int]:
    values = OFFER.unpack(packed, offset)
    helper_count, robot_count = values.pop("helper_count"), values.pop("robot_count")
    numbers = unpack_numbers("offer", packed, offset + OFFER.size, helper_count + robot_count)
    helpers = tuple(Number(number) for number in numbers[:helper_count])
    robots = tuple(Number(number) for number in numbers[helper_count:])
    task = TaskId(values.pop("task"))
    end = offset + OFFER.size + 2 * len(numbers)
    return Offer(task=task, helpers=helpers, robots=robots, **values), end
