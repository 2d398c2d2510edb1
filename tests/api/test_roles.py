"""Who may use which route: every route of the API for everybody who may come. A route that is new fails here first."""

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from fastapi.testclient import TestClient

from api.access.access import Terms
from api.access.rules import RULES
from api.head_method import ACTS
from api.parameters import WRITTEN_BY_OTHERS
from tests.api.documented import UNDOCUMENTED
from tests.api.provider import a_company, terms_with
from tests.api.requests import an_order
from tests.api.serving import LOOPBACK, Served, listening, serve
from tests.api.story import Story, a_decided_plant, signer
from tests.api.visitors import PEOPLE, bearer, peopled
from workmoot.domain.ids import Address
from workmoot.domain.workers import Role

V1 = "/api/v1"
GET = {
    "list_orders": "/orders",
    "read_order": "/orders/1",
    "list_tasks": "/tasks",
    "read_task": "/tasks/256",
    "explain_task": "/tasks/256/explain",
    "list_workers": "/workers",
    "read_worker": "/workers/1",
    "read_ranking": "/workers/1/ranking",
    "list_proposals": "/proposals",
    "read_proposal": "/proposals/1",
    "list_robots": "/robots",
    "read_robot": "/robots/R-1",
    "list_overrides": "/overrides",
    "read_override": "/overrides/1",
    "read_preview": "/overrides/1/preview",
    "list_alarms": "/alarms",
    "list_questions": "/questions",
    "read_question": "/questions/0x00",
    "stream_events": "/events",
    "list_events": "/events/recent",
    "read_floor": "/floor",
    "read_schedule": "/schedule",
    "read_about": "/about",
    "list_audit": "/audit",
    "export_audit": "/audit/export?format=csv",
    "read_product": "/products/1.P1",
    "list_product_history": "/products/1.P1/history",
}
OPEN = {
    "read_dao": "/dao",
    "list_dao_members": "/dao/members",
    "list_dao_proposals": "/dao/proposals",
    "list_dao_activities": "/dao/activities",
    "list_dao_contracts": "/dao/contracts",
    "read_dao_governance": "/dao/governance.md",
    "list_ballots": "/ballots?proposal=1",
    "list_drafts": "/ballots/drafts?proposal=1",
    "read_reference": "/openapi.json",
}
HOLD = an_order("hold", "robot", "R-1", human="supervisor")
SIGNED = an_order("hold", "robot", "R-1", order={}, signature="0x00")
BULK = {"kind": "hold", "where": {"order": 1}, "reason": HOLD["reason"], "human": "supervisor"}
ORDER: dict[str, Any] = {"document": {}}
ORDER_SIGNED = ORDER | {"signed": {"human": f"0x{1:040x}", "nonce": "1", "deadline": 1, "signature": "0x00"}}
BULK_SIGNED = BULK | {"signed": [{"order": {}, "signature": "0x00"}]}
EXACT = {"order": {}, "signature": "0x00"}
GUIDANCE: dict[str, tuple[str, dict[str, Any]]] = {
    "take_robot": ("lease", {"reason": HOLD["reason"]}),
    "retain_robot": ("lease/retain", {}),
    "return_robot": ("lease/return", {"outcome": "resume", "reason": HOLD["reason"]}),
    "command_robot": ("commands", {"command": "stop"}),
}
KEY = {"name": "x", "scopes": ["read"], "expires_at": "2000-01-01T00:00:00Z"}
HIDDEN = {"read_reference", "show_reference", "list_problems", "show_problem", "show_part", "show_page", "show_sign_in"}
"""For people, which the OpenAPI leaves out; and the OpenAPI."""

ANYBODY = frozenset({"anybody"})
READERS = frozenset({"people", "read", "all scopes"})
DRAFTERS = frozenset({"people", "draft", "all scopes"})
RELAYERS = frozenset({"roles", "relay", "all scopes"})
DRAFTING_RELAYERS = frozenset({"roles", "all scopes"})
PLANNERS = frozenset({"planner", "supervisor", "all scopes"})
HUMANS = frozenset({"humans"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One request, and who is let in with it."""

    method: str
    path: str
    lets_in: frozenset[str]
    body: Mapping[str, Any] | None = field(default=None)


ASKS = {
    "read_health": Ask(method="GET", path="/healthz", lets_in=ANYBODY),
    "read_readiness": Ask(method="GET", path="/readyz", lets_in=ANYBODY),
    **{name: Ask(method="GET", path=V1 + path, lets_in=READERS) for name, path in GET.items()},
    **{name: Ask(method="GET", path=V1 + path, lets_in=ANYBODY) for name, path in OPEN.items()},
    "put_ballot": Ask(method="POST", path=f"{V1}/ballots", body={}, lets_in=ANYBODY),
    "put_draft": Ask(method="POST", path=f"{V1}/ballots/drafts", body={}, lets_in=ANYBODY),
    "give_nonce": Ask(method="POST", path=f"{V1}/auth/nonce", body={}, lets_in=ANYBODY),
    "sign_in": Ask(method="POST", path=f"{V1}/auth/sign-in", body={}, lets_in=ANYBODY),
    "begin_oidc": Ask(method="GET", path=f"{V1}/auth/oidc", lets_in=ANYBODY),
    "finish_oidc": Ask(method="GET", path=f"{V1}/auth/oidc/callback", lets_in=ANYBODY),
    "read_me": Ask(method="GET", path=f"{V1}/auth/me", lets_in=READERS),
    "create_key": Ask(method="POST", path=f"{V1}/keys", body=KEY, lets_in=HUMANS),
    "list_keys": Ask(method="GET", path=f"{V1}/keys", lets_in=HUMANS),
    "revoke_key": Ask(method="DELETE", path=f"{V1}/keys/999", lets_in=HUMANS),
    "create_webhook": Ask(method="POST", path=f"{V1}/webhooks", body={}, lets_in=HUMANS),
    "list_webhooks": Ask(method="GET", path=f"{V1}/webhooks", lets_in=HUMANS),
    "remove_webhook": Ask(method="DELETE", path=f"{V1}/webhooks/999", lets_in=HUMANS),
    "list_dead_letters": Ask(method="GET", path=f"{V1}/webhooks/999/dead-letters", lets_in=HUMANS),
    "redeliver_dead_letter": Ask(
        method="POST", path=f"{V1}/webhooks/999/dead-letters/1/redeliver", body={}, lets_in=HUMANS
    ),
    "submit_order": Ask(method="POST", path=f"{V1}/orders", body=ORDER, lets_in=PLANNERS),
    "submit_order, signed": Ask(method="POST", path=f"{V1}/orders", body=ORDER_SIGNED, lets_in=DRAFTERS),
    "submit_order, dry run": Ask(method="POST", path=f"{V1}/orders?dry_run=true", body=ORDER, lets_in=DRAFTERS),
    "give_override": Ask(method="POST", path=f"{V1}/overrides", body=HOLD, lets_in=RELAYERS),
    "give_override, signed": Ask(method="POST", path=f"{V1}/overrides", body=SIGNED, lets_in=ANYBODY),
    "give_override, dry run": Ask(method="POST", path=f"{V1}/overrides?dry_run=true", body=HOLD, lets_in=DRAFTERS),
    "give_overrides": Ask(method="POST", path=f"{V1}/bulk/overrides", body=BULK, lets_in=DRAFTING_RELAYERS),
    "give_overrides, signed": Ask(method="POST", path=f"{V1}/bulk/overrides", body=BULK_SIGNED, lets_in=DRAFTERS),
    "give_overrides, dry run": Ask(
        method="POST", path=f"{V1}/bulk/overrides?dry_run=true", body=BULK, lets_in=DRAFTERS
    ),
    **{
        f"{name}{how}": Ask(method="POST", path=f"{V1}/robots/none/{path}{query}", body=body | more, lets_in=lets_in)
        for name, (path, body) in GUIDANCE.items()
        for how, query, more, lets_in in (
            ("", "", {}, RELAYERS),
            (", signed", "", EXACT, ANYBODY),
            (", dry run", "?dry_run=true", {}, DRAFTERS),
        )
    },
    "show_reference": Ask(method="GET", path="/reference", lets_in=ANYBODY),
    "list_problems": Ask(method="GET", path="/problems", lets_in=ANYBODY),
    "show_problem": Ask(method="GET", path="/problems/not-found", lets_in=ANYBODY),
    "read_metrics": Ask(method="GET", path="/metrics", lets_in=READERS),
    "show_part": Ask(method="GET", path="/fragments/floor", lets_in=READERS),
    "show_page": Ask(method="GET", path="/", lets_in=ANYBODY),
    "show_sign_in": Ask(method="GET", path="/sign-in", lets_in=ANYBODY),
    "sign_out": Ask(method="POST", path=f"{V1}/auth/sign-out", lets_in=ANYBODY),
}
HUMAN = frozenset({"anybody", "people", "humans"})
VISITORS = {
    "anonymous": frozenset({"anybody"}),
    "signed out": frozenset({"anybody"}),
    "session over": frozenset({"anybody"}),
    "retired": frozenset({"anybody"}),
    "made-up cookie": frozenset({"anybody"}),
    "digital worker": frozenset({"anybody", "people"}),
    "visitor": HUMAN,
    "suspended": HUMAN,
    "operator": HUMAN | {"roles"},
    "planner": HUMAN | {"roles", "planner"},
    "supervisor": HUMAN | {"roles", "supervisor"},
    "maintainer": HUMAN | {"roles"},
    "administrator": HUMAN | {"roles"},
    "company's": frozenset({"anybody", "read"}),
    "company's, of other terms": frozenset({"anybody"}),
    "key: read": frozenset({"anybody", "read"}),
    "key: draft": frozenset({"anybody", "draft"}),
    "key: relay": frozenset({"anybody", "relay"}),
    "key: all": frozenset({"anybody", "all scopes"}),
    "key: all, of a visitor": frozenset({"anybody", "read", "draft"}),
    "key: revoked": frozenset(),
    "key: over": frozenset(),
    "key: of who retired": frozenset(),
    "key: made up": frozenset(),
}
"""To what each belongs. With a bad key not even what asks for nobody's name is answered, where names are looked at."""
BLIND = frozenset(
    {"read_health", "read_readiness", "give_nonce", "sign_in", "list_ballots", "put_ballot", "list_drafts", "put_draft"}
    | {"begin_oidc", "finish_oidc", "give_override, signed"}
    | {f"{name}, signed" for name in GUIDANCE}
)
OTHERS = ("sprayer", "administrator")
ALL = ("read", "draft", "relay")


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    story = peopled(a_decided_plant())
    story.by("administrator").members.retire(story.ledger.numbers[signer("retired").address])
    with a_company() as company:
        made = serve(story, signs=(), terms=terms_with(company))
        made.app.state.stopping.set()
        yield made


def client_with(served: Served, headers: Mapping[str, str]) -> TestClient:
    return TestClient(served.app, base_url=LOOPBACK, headers=dict(headers), follow_redirects=False)


def held_by(served: Served, visitor: str) -> dict[str, str]:
    """What a visitor sends with each request."""
    access, account = served.app.state.dependencies.access, signer("supervisor").address
    if visitor == "anonymous":
        return {}
    if visitor == "key: made up":
        return bearer("wm_abc")
    if visitor == "made-up cookie":
        return {"Cookie": "workmoot-8600=abc"}
    if not visitor.startswith("key: "):
        return cookie_of(served, {"digital worker": "sprayer"}.get(visitor, visitor))
    whose = {"key: all, of a visitor": "visitor", "key: of who retired": "retired"}.get(visitor, "supervisor")
    scopes = frozenset({visitor.removeprefix("key: ")} & set(ALL) or ALL)
    now = 1_000_000 if visitor == "key: over" else int(time.time())
    key, made = access.api_keys.create(signer(whose).address, "x", scopes, now=now, expires_at=now + 600)
    if visitor == "key: revoked":
        assert access.api_keys.revoke(account, made.id)
    return bearer(key)


def cookie_of(served: Served, name: str) -> dict[str, str]:
    """The session of who signed in, and perhaps out again."""
    sessions = served.app.state.dependencies.access.sessions
    now = 1_000_000 if name == "session over" else int(time.time())
    account = signer(name if name in (*PEOPLE, *OTHERS) else "supervisor").address
    if name.startswith("company's"):
        account = company_reader(served, other_terms=name.endswith("other terms"))
    token = sessions.open(account, now=now, lasts_s=600)
    if name == "signed out":
        sessions.close(token)
    return {"Cookie": f"workmoot-8600={token}"}


def company_reader(served: Served, *, other_terms: bool) -> Address:
    """What stands for somebody of the company, let in by the claim that counts, or by another."""
    identity = served.app.state.dependencies.access.terms.identity
    terms = replace(identity, allowed=frozenset({("groups", "other")})) if other_terms else identity
    reader: Address = terms.reader("somebody")
    return reader


def test_matrix__every_route__is_in_it(served: Served) -> None:
    paths = served.app.openapi()["paths"]
    operations = {operation["operationId"] for methods in paths.values() for operation in methods.values()}
    assert {name.partition(",")[0] for name in ASKS} == operations | HIDDEN
    assert set(RULES) == operations | HIDDEN


@pytest.mark.parametrize("visitor", VISITORS)
def test_matrix__each_visitor__is_let_in_where_it_belongs(served: Served, visitor: str) -> None:
    served.projection.cycle()  # of the visitors together some come when what was read at first is stale
    client, belongs = client_with(served, held_by(served, visitor)), VISITORS[visitor]
    refused = "401" if belongs <= ANYBODY else "403"
    wrong = []
    for name, ask in ASKS.items():
        answer = client.request(ask.method, ask.path, json=ask.body)
        expected = "in" if ask.lets_in & belongs or name in BLIND else refused
        told = str(answer.status_code) if answer.status_code in (401, 403) else "in"
        if told != expected:
            wrong.append(f"{name}: {answer.status_code}, not {expected}")
        if answer.status_code == 401:
            assert answer.headers["www-authenticate"].startswith('Bearer realm="workmoot"')
        if answer.status_code == 403:
            assert answer.json()["missing"], name
        assert answer.status_code < 500, (name, answer.text)
        if ask.method == "GET":
            head = client.head(ask.path)
            once = urlsplit(ask.path).path in ACTS
            assert (head.status_code, head.content) == (405 if once else answer.status_code, b""), name
    assert wrong == []


def test_matrix__parameter_that_no_route_has__is_refused_by_each(served: Served) -> None:
    client = client_with(served, held_by(served, "supervisor"))
    taken = set()
    for name, ask in ASKS.items():
        answer = client.request(ask.method, f"{ask.path}{'&' if '?' in ask.path else '?'}unknown=1", json=ask.body)
        errors = answer.json().get("errors", []) if answer.status_code == 422 else []
        if "unknown" not in {error.get("parameter") for error in errors}:
            taken.add(name)
    assert taken == WRITTEN_BY_OTHERS | {name for name, ask in ASKS.items() if not ask.path.startswith(V1)}


def test_matrix__development_chain__everybody_reads_drafts_and_gives() -> None:
    story = a_decided_plant()
    served = serve(story, terms=Terms(development=True, rate=1_000_000))
    served.app.state.stopping.set()
    client = client_with(served, {})
    closed = {
        name
        for name, ask in ASKS.items()
        if client.request(ask.method, ask.path, json=ask.body).status_code in (401, 403)
    }
    assert closed == {"read_me", "create_key", "list_keys", "revoke_key"}


def test_any__role_missing__the_answer_names_it(served: Served) -> None:
    problem = client_with(served, held_by(served, "operator")).post(f"{V1}/orders", json=ORDER).json()
    assert (problem["type"], problem["missing"]) == ("/problems/not-permitted", ["planner", "supervisor"])
    assert "human, member, operator" in problem["detail"]


def test_any__route_without_a_rule__is_refused(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(RULES, "read_health")
    answer = client_with(served, {}).get("/healthz")
    assert (answer.status_code, answer.json()["type"]) == (403, "/problems/not-permitted")
    UNDOCUMENTED.clear()  # the document was written by the rule that is gone


def test_page__nobody_signed_in__leads_to_the_sign_in(served: Served) -> None:
    answer = client_with(served, {}).get("/")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")


def test_page__signed_in__says_as_whom(served: Served) -> None:
    page = client_with(served, held_by(served, "planner")).get("/").text
    assert "signed in as <b>planner</b>" in page
    assert 'id="sign-out"' in page


def test_role__granted_meanwhile__counts_at_the_next_request() -> None:
    story = peopled(Story())
    served = serve(story, signs=(), terms=Terms(rate=1_000_000))
    client = client_with(served, cookie_of(served, "visitor"))
    assert client.post(f"{V1}/orders", json=ORDER).status_code == 403
    administrator = signer("administrator").address
    story.chain.grant(administrator, Role.PLANNER, signer("visitor").address)
    served.projection.cycle()
    assert client.post(f"{V1}/orders", json=ORDER, headers={"Idempotency-Key": "mine"}).status_code == 422
    story.chain.revoke(administrator, Role.PLANNER, signer("visitor").address)
    served.projection.cycle()
    assert client.post(f"{V1}/orders", json=ORDER).status_code == 403


def test_stream__signed_out_meanwhile__ends() -> None:
    story = peopled(Story())
    served = serve(story, signs=(), terms=Terms(rate=1_000_000))
    cookie = cookie_of(served, "visitor")
    with listening(served) as url, httpx.stream("GET", f"{url}{V1}/events", headers=cookie, timeout=60) as answer:
        lines = answer.iter_lines()
        assert next(lines) == "retry: 1000"
        client_with(served, cookie).post(f"{V1}/auth/sign-out")
        assert sum(line.startswith("event: pulse") for line in lines) < 30
