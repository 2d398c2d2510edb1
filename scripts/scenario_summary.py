"""A scenario in figures: how much work, and who can do what."""

from collections import Counter
from typing import Any

from rich.console import Console
from rich.table import Table

from workmoot.plant.order import Order, items
from workmoot.plant.plant import Plant
from workmoot.plant.scenario import Scenario


def summary(scenario: Scenario) -> dict[str, Any]:
    """The figures as plain values."""
    plant = scenario.plant
    return {
        "plant": plant.name,
        "robots": len(plant.robots),
        "sensors": len(plant.sensors),
        "workers": len(plant.workers),
        "humans": len(plant.humans),
        "orders": [_order(order) for order in scenario.orders],
        "capabilities": {
            capability: {
                "workers": [worker.id for worker in plant.skilled(capability)],
                "robots": [robot.id for robot in plant.robots if capability in robot.capabilities],
            }
            for capability in plant.capabilities
        },
    }


def _order(order: Order) -> dict[str, Any]:
    listed = items(order)
    return {
        "name": order.name,
        "products": len(order.products),
        "tasks": len(listed),
        "joint": sum(item.step.team > 1 for item in listed),
        "work_s": round(sum(item.work_s for item in listed), 3),
        "by_capability": dict(Counter(item.step.capability for item in listed)),
    }


def show(scenario: Scenario) -> None:
    """The figures for people."""
    figures, console = summary(scenario), Console()
    counts = ", ".join(f"{group} {figures[group]}" for group in ("robots", "sensors", "workers", "humans"))
    console.print(f"[bold]{figures['plant']}[/bold]: {counts}")
    console.print(_orders(figures["orders"]))
    console.print(_capabilities(figures, scenario.plant))
    console.print("[green]Nothing to mend.[/green]")


def _orders(orders: list[dict[str, Any]]) -> Table:
    table = Table("Order", "Products", "Tasks", "May be done together", "Work, simulated s")
    for order in orders:
        table.add_row(*(f"{order[field]}" for field in ("name", "products", "tasks", "joint", "work_s")))
    return table


def _capabilities(figures: dict[str, Any], plant: Plant) -> Table:
    table = Table("No.", "Capability", "Tasks", "Digital workers", "Robots")
    for number, capability in enumerate(plant.capabilities, start=1):
        who = figures["capabilities"][capability]
        tasks = sum(order["by_capability"].get(capability, 0) for order in figures["orders"])
        robots = ", ".join(who["robots"]) or "none needed"
        table.add_row(str(number), capability, str(tasks), ", ".join(who["workers"]), robots)
    return table
