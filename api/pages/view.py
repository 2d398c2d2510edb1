"""The page and its two live parts."""

from pathlib import Path
from typing import Any

from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from api.dependencies import Dependencies, Given
from api.models.orders import OverrideOut
from api.models.work import TaskOut
from api.pages import gantt, plan_view
from api.problems import not_found
from api.views.floor import floor_out
from api.views.overrides import all_overrides
from api.views.proposals import proposal_detail
from api.views.schedule import schedule_out
from api.views.snapshot import Snapshot
from api.views.tasks import kinds_for, order_out, task_out
from api.views.workers import members_of, worker_out
from workmoot.domain.workers import Kind

HERE = Path(__file__).parent
STATIC = HERE / "static"
PARTS = {"floor": "moment.html", "board": "board.html"}
router = APIRouter(include_in_schema=False)


def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.filters |= {
        "clock": gantt.clock,
        "kinds": kinds_for,
        "symbol": lambda state: {"running": "▶", "held": "‖", "paused": "‖", "unknown": "?", "failed": "▲"}.get(
            state, "○"
        ),
        "pair_symbol": lambda state: {"attention": "! ", "finished": "✓"}.get(state, ""),
        "short_id": lambda id_: id_ if len(id_) <= 4 else f"{id_[:3]}…",
    }
    return made


ENVIRONMENT = _environment()


@router.get("/", response_class=HTMLResponse)
def show_page(given: Given) -> HTMLResponse:
    """The whole page."""
    return _render("page.html", given)


@router.get("/fragments/{name}", response_class=HTMLResponse)
def show_part(given: Given, name: str) -> HTMLResponse:
    """One live part of the page."""
    if name not in PARTS:
        raise not_found("part", name, f"The page's parts are {' and '.join(PARTS)}.")
    return _render(PARTS[name], given)


def _render(template: str, given: Dependencies) -> HTMLResponse:
    with given.projection.read() as snap:
        shown = _shown(snap)
    html = ENVIRONMENT.get_template(template).render(**shown, banner=given.desk.keys.banner)
    return HTMLResponse(html, headers={"Cache-Control": "no-store"})


def _shown(snap: Snapshot) -> dict[str, Any]:
    floor = floor_out(snap)
    tasks = tuple(task_out(snap, task) for task in snap.ledger.tasks.values())
    overrides = all_overrides(snap)
    board = {
        "tasks": tasks,
        "queue": _queue(tasks),
        "overrides": overrides,
        "active": _active(overrides),
        "orders": tuple(order_out(snap, order) for order in reversed(snap.ledger.orders.values())),
        "proposals": tuple(proposal_detail(snap, p) for p in reversed(snap.ledger.proposals.values())),
        "workers": tuple(worker_out(snap, member) for member in members_of(snap, Kind.DIGITAL)),
    }
    schedule = schedule_out(snap)
    return {"floor": floor, "drawing": plan_view.draw(floor), "board": board, "gantt": gantt.draw(schedule)}


def _queue(tasks: tuple[TaskOut, ...]) -> tuple[TaskOut, ...]:
    """What waits for a human."""
    waiting = ("rework", "failed")
    return tuple(t for t in tasks if t.status in waiting or (t.status == "submitted" and t.inspector is None))


def _active(overrides: tuple[OverrideOut, ...]) -> tuple[OverrideOut, ...]:
    return tuple(item for item in overrides if item.active)
