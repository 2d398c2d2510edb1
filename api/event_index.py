"""The chain's events as the API lists them: the newest first, narrowed by name and by what they are about."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, get_type_hints

from workmoot.audit.rows import transaction_of
from workmoot.domain.events import HUMANS_ORDERS, Event
from workmoot.domain.ids import Address, Number, OrderId, TaskId, order_of

Topic = tuple[str, str | int]
"""Such as ("name", "VoteCast"), ("task", 258), ("order", 1), ("worker", 3)."""
NumberOf = Callable[[Address], int | None]
ABOUT: dict[Any, str] = {TaskId: "task", OrderId: "order", Number: "worker", Address: "account"}


class EventIndex:
    """Every event in the chain's order, and for each topic where those about it stand."""

    def __init__(self, number_of: NumberOf) -> None:
        self.events: list[Event] = []
        self._number_of = number_of
        self._places: defaultdict[Topic, list[int]] = defaultdict(list)
        self._abouts: dict[type, tuple[tuple[str, str], ...]] = {}

    def extend(self, events: Iterable[Event]) -> None:
        """Takes what follows."""
        for event in events:
            place = len(self.events)
            for topic in self.topics_of(event):
                self._places[topic].append(place)
            self.events.append(event)

    def clear(self) -> None:
        """Forgets all."""
        self.events.clear()
        self._places.clear()

    def latest(self, topics: Sequence[Topic], *, before: tuple[int, int] | None, since: int) -> Iterator[Event]:
        """Those about all of the topics, the newest first: before a place on the chain, from a block on."""
        end = len(self.events) if before is None else bisect_left(self.events, before, key=_place)
        first = bisect_left(self.events, (since, 0), key=_place)
        if not topics:
            yield from (self.events[place] for place in range(end - 1, first - 1, -1))
            return
        rarest = min(topics, key=lambda topic: len(self._places.get(topic, ())))
        places, others = self._places.get(rarest, []), {topic for topic in topics if topic != rarest}
        for place in reversed(places[bisect_left(places, first) : bisect_left(places, end)]):
            if others <= self.topics_of(self.events[place]):
                yield self.events[place]

    def led_to(self, event: Event) -> list[Event]:
        """Of a human order, what its transaction told before it since the last order, in order; of others nothing."""
        if not isinstance(event, HUMANS_ORDERS):
            return []
        begin = end = bisect_left(self.events, _place(event), key=_place)
        while begin and _leads_to(event, self.events[begin - 1]):
            begin -= 1
        return self.events[begin:end]

    def topics_of(self, event: Event) -> set[Topic]:
        """What an event is about: its name, and whom and what it names."""
        kind = type(event)
        topics: set[Topic] = {("name", kind.__name__)}
        for field, about in self._abouts_of(kind):
            value = getattr(event, field)
            if about == "account":
                about, value = "worker", self._number_of(value)
            if value:
                topics.add((about, value))
            if about == "task":
                topics.add(("order", order_of(value)))
        return topics

    def _abouts_of(self, kind: type) -> tuple[tuple[str, str], ...]:
        """The fields that name somebody or something, and which."""
        if kind not in self._abouts:
            hints = get_type_hints(kind).items()
            self._abouts[kind] = tuple((name, ABOUT[hint]) for name, hint in hints if hint in ABOUT)
        return self._abouts[kind]


def _leads_to(event: Event, before: Event) -> bool:
    return transaction_of(before) == transaction_of(event) and not isinstance(before, HUMANS_ORDERS)


def _place(event: Event) -> tuple[int, int]:
    return event.at.position
