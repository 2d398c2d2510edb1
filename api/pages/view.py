"""The page and its two live parts."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup, escape

from api.access.door import Admitted
from api.access.rules import READ
from api.access.visitor import Visitor
from api.dependencies import Dependencies, Given
from api.pages import gantt, plan_view
from api.problems import not_found
from api.views.floor import floor_out
from api.views.overrides import all_overrides
from api.views.proposals import proposal_detail
from api.views.questions import may_be_answered, question_out
from api.views.schedule import schedule_out
from api.views.snapshot import Snapshot, name_of
from api.views.tasks import kinds_for, order_out, task_out, waits_for_a_human
from api.views.workers import members_of, worker_out
from workmoot.domain.workers import Kind

HERE = Path(__file__).parent
STATIC = HERE / "static"
SIGN_IN = "/sign-in"
PARTS = {"floor": "moment.html", "board": "board.html"}
ORDERS, PROPOSALS, OVERRIDES = 10, 30, 50
Shown = dict[str, Any]
router = APIRouter(include_in_schema=False)


def coded(words: str) -> Markup:
    """Words with what stands between backticks as code."""
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(words))))  # noqa: S704 (escaped just now)


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
        "pair_symbol": lambda state: {"attention": "!", "finished": "✓"}.get(state, ""),
        "coded": coded,
        "short_id": lambda id_: id_ if len(id_) <= 4 else f"{id_[:3]}…",
    }
    return made


ENVIRONMENT = _environment()


@router.get("/", response_model=None)
def show_page(given: Given, visitor: Admitted) -> HTMLResponse | RedirectResponse:
    """The whole page; who may not read it is shown where to sign in."""
    if not visitor.may(READ):
        return RedirectResponse(SIGN_IN, status_code=303)
    return _render("page.html", given, visitor)


@router.get(SIGN_IN, response_class=HTMLResponse)
def show_sign_in(given: Given) -> HTMLResponse:
    """Where a human signs in with a wallet, or, to read, by the company's identity provider."""
    provider = given.access.terms.identity
    return html(ENVIRONMENT.get_template("sign-in.html").render(issuer=provider and provider.issuer))


@router.get("/fragments/{name}", response_class=HTMLResponse)
def show_part(given: Given, visitor: Admitted, name: str) -> HTMLResponse:
    """One live part of the page."""
    if name not in PARTS:
        raise not_found("part", name, f"The page's parts are {' and '.join(PARTS)}.")
    return _render(PARTS[name], given, visitor)


def _render(template: str, given: Dependencies, visitor: Visitor) -> HTMLResponse:
    with given.projection.read() as snap:
        shown = {name: value for show in SHOWN[template] for name, value in show(snap).items()}
        me = snap.ledger.member_of(visitor.account)
    shown |= {"banner": given.desk.keys.banner, "visitor": visitor, "me": name_of(me) if me else _called(visitor)}
    return html(ENVIRONMENT.get_template(template).render(**shown))


def _called(visitor: Visitor) -> str:
    return visitor.account if visitor.has_account else "the company's reader"


def html(content: str) -> HTMLResponse:
    """A page that nobody keeps."""
    return HTMLResponse(content, headers={"Cache-Control": "no-store"})


def _moment(snap: Snapshot) -> Shown:
    """What changes with every second."""
    floor = floor_out(snap)
    waiting = (task for task in snap.ledger.tasks.values() if waits_for_a_human(snap, task))
    return {
        "floor": floor,
        "drawing": plan_view.draw(floor),
        "queue": tuple(task_out(snap, task) for task in waiting),
        "questions": tuple(question_out(snap, q) for q in snap.ledger.open_questions() if may_be_answered(snap, q)),
        "active": tuple(item for item in all_overrides(snap) if item.active),
    }


def _board(snap: Snapshot) -> Shown:
    """What changes with the chain; of what only grows, the latest."""
    ledger = snap.ledger
    orders = list(reversed(ledger.orders.values()))[:ORDERS]
    return {
        "gantt": gantt.draw(schedule_out(snap)),
        "orders": tuple(order_out(snap, order) for order in orders),
        "tasks": tuple(task_out(snap, ledger.tasks[task]) for order in orders for task in order.tasks),
        "proposals": tuple(proposal_detail(snap, p) for p in list(reversed(ledger.proposals.values()))[:PROPOSALS]),
        "workers": tuple(worker_out(snap, member) for member in members_of(snap, Kind.DIGITAL)),
        "overrides": all_overrides(snap)[:OVERRIDES],
    }


SHOWN: dict[str, tuple[Callable[[Snapshot], Shown], ...]] = {
    "page.html": (_moment, _board),
    PARTS["floor"]: (_moment,),
    PARTS["board"]: (_board,),
}
