"""What must hold inside an order, and between it and the workers that are to carry it out."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from workmoot.domain.ids import TASKS_PER_ORDER
from workmoot.plant.findings import Finding, nearest
from workmoot.plant.graph import cycle
from workmoot.plant.order import Item, Order, items
from workmoot.plant.plant import Plant


@dataclass(frozen=True, slots=True, kw_only=True)
class Crew:
    """What an order must know of a plant. `capabilities` are in their numbers' order, `skilled` counts the capable."""

    capabilities: tuple[str, ...]
    skilled: Mapping[str, int]
    workers: int
    humans: int


def crew_of(plant: Plant) -> Crew:
    """The crew a plant begins with."""
    return Crew(
        capabilities=plant.capabilities,
        skilled={capability: len(plant.skilled(capability)) for capability in plant.capabilities},
        workers=len(plant.workers),
        humans=len(plant.humans),
    )


def check_order(order: Order, crew: Crew) -> tuple[Finding, ...]:
    """Everything that does not fit together; the graph is looked at once the names are right."""
    listed = items(order)
    names = (*_products(order), *_size(listed), *_keys(listed), *_predecessors(listed))
    return (*names, *(() if names else _cycles(listed)), *_skills(listed, crew))


def _products(order: Order) -> Iterator[Finding]:
    seen: set[str] = set()
    for index, product in enumerate(order.products):
        path = f"products[{index}]"
        if product.id in seen:
            yield Finding(path=path, wrong=f"the id `{product.id}` is used twice", right="Give each product its own id")
        seen.add(product.id)
        route = order.routes.get(product.route)
        if route is None:
            right = nearest(product.route, order.routes)
            yield Finding(path=f"{path}.route", wrong=f"there is no route `{product.route}`", right=right)
            continue
        steps = [step.id for step in route]
        for step in product.work:
            if step not in steps:
                right = nearest(step, steps)
                yield Finding(path=f"{path}.work.{step}", wrong=f"the route has no task `{step}`", right=right)


def _size(listed: tuple[Item, ...]) -> Iterator[Finding]:
    if not listed:
        yield Finding(path="", wrong="the order has no task", right="Give it `products` along a route, or `tasks`")
    if len(listed) > TASKS_PER_ORDER:
        yield Finding(
            path=listed[TASKS_PER_ORDER].path,
            wrong=f"the order has {len(listed)} tasks, `{listed[TASKS_PER_ORDER].key}` is the {TASKS_PER_ORDER + 1}th",
            right=f"An order has at most {TASKS_PER_ORDER}: split it into several, parted by a line `---`",
        )


def _keys(listed: tuple[Item, ...]) -> Iterator[Finding]:
    first: dict[str, str] = {}
    for item in listed:
        if item.key in first:
            wrong = f"the task `{item.key}` stands already at {first[item.key]}"
            yield Finding(path=item.path, wrong=wrong, right="Give each task its own id")
        first.setdefault(item.key, item.path)


def _once(findings: Iterator[Finding]) -> Iterator[Finding]:
    """A fault of a route shows in every product that takes it: say it once."""
    seen: set[str] = set()
    for finding in findings:
        if finding.path not in seen:
            seen.add(finding.path)
            yield finding


def _predecessors(listed: tuple[Item, ...]) -> Iterator[Finding]:
    keys = [item.key for item in listed]

    def unknown() -> Iterator[Finding]:
        for item in listed:
            for place, before in enumerate(item.after):
                if before not in keys:
                    wrong = f"there is no task `{before}` that could come before `{item.key}`"
                    yield Finding(path=f"{item.path}.after[{place}]", wrong=wrong, right=nearest(before, keys[:20]))

    return _once(unknown())


def _cycles(listed: tuple[Item, ...]) -> Iterator[Finding]:
    ring = cycle({item.key: item.after for item in listed})
    if ring:
        path = next(item.path for item in listed if item.key == ring[0])
        yield Finding(
            path=f"{path}.after",
            wrong=f"these tasks wait for each other: {' → '.join(ring)}",
            right="Take one of these predecessors out",
        )


def _skills(listed: tuple[Item, ...], crew: Crew) -> Iterator[Finding]:
    return _once(finding for item in listed for finding in _skill(item, crew))


def _skill(item: Item, crew: Crew) -> Iterator[Finding]:
    step, able = item.step, crew.skilled.get(item.step.capability, 0)
    if step.capability not in crew.capabilities:
        wrong = f"the plant has no capability `{step.capability}`"
        yield Finding(path=f"{item.path}.capability", wrong=wrong, right=nearest(step.capability, crew.capabilities))
    elif not able:
        wrong = f"no digital worker can do `{step.capability}`"
        yield Finding(path=f"{item.path}.capability", wrong=wrong, right="Give the skill to a worker in plant.yaml")
    elif step.team > able:
        wrong = f"a team of {step.team}, while {able} workers can do `{step.capability}`"
        yield Finding(path=f"{item.path}.team", wrong=wrong, right=f"At most {able}")
    if crew.workers <= step.team and not crew.humans:
        wrong = f"nobody is left to inspect `{item.key}`: {crew.workers} workers, a team of up to {step.team}, no human"
        yield Finding(path=f"{item.path}.team", wrong=wrong, right="Add a digital worker or a human to plant.yaml")
    if step.retries and step.on_failure != "retry":
        wrong = f"retries without `on_failure: retry` (it is `{step.on_failure}`)"
        yield Finding(
            path=f"{item.path}.retries", wrong=wrong, right="Set `on_failure: retry`, or take the retries out"
        )
