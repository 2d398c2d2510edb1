"""The API's own description: what FastAPI knows of the routes, and what it does not: who may, what can go wrong."""

import json
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any

from fastapi.openapi.utils import get_openapi
from starlette.routing import BaseRoute

from api.access.rules import RULES, SIGNED, Rule
from api.models.problem import ProblemOut
from api.problem_types import TYPES, ProblemType
from api.problems import MEDIA_TYPE, document

VERSION = "1"
"""Of the interface, `/api/v1`; the software's own is in `GET /api/v1/about`."""
EXAMPLES = Path(__file__).with_name("examples.json")
MARK = "x-problem-types"
JSON = "application/json"
METHODS = ("get", "post", "put", "patch", "delete")
FIRST_PROBLEM = 400
ABOUT = """\
Reads are a projection of the chain and name the block they were read at. Writes are signed by a human: preview with
`?dry_run=true`, then send with its `ETag` as `If-Match` and an `Idempotency-Key` of your own. Every error is a problem
document (RFC 9457); each `type` leads to a page. Every answer has an `X-Request-Id`, under which the API's log has it.
A query that names a parameter which its route does not have is refused (422). What answers GET answers HEAD.
Where the API was started with `--dev`, on a development chain, nobody has to sign in to read, draft or give.
"""
TAGS = {
    "access": "Signing in (EIP-4361, or OpenID Connect to read), and keys for scripts.",
    "orders": "Customers' orders: graphs of tasks.",
    "tasks": "Who has which task, and how far it is.",
    "workers": "Members: digital workers vote, robots are commanded, humans override.",
    "proposals": "Plans and motions, with reviews and votes.",
    "ballots": "One box for signed ballots and drafts; anybody may offer others.",
    "robots": "What the chain says of them, merged with what the gateway says.",
    "overrides": "A human's word, which beats every other decision.",
    "alarms": "What humans are to see to.",
    "questions": "What digital workers ask humans, each with a form, a default and a deadline.",
    "events": "What the contracts said, live or as a list.",
    "webhooks": "The chain's events, posted to addresses outside.",
    "audit": "Who did what, when and why, and the files that prove it.",
    "plant": "The floor, the schedule, and what this API serves.",
    "dao": "The DAO as ERC-4824 has it told.",
    "health": "Whether the API lives, and whether it can be relied on.",
}
SECURITY_SCHEMES = {
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": "__Host-workmoot",
        "description": "Opened by POST /api/v1/auth/sign-in, or, to read alone, by GET /api/v1/auth/oidc; for pages, "
        "whose scripts cannot read it. On loopback the cookie is `workmoot-PORT`.",
    },
    "key": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "wm_…",
        "description": "An API key, made by POST /api/v1/keys; the scopes that a route takes stand with it.",
    },
}
HEADERS = {
    "ETag": "Names the answer by its bytes (of a dry run: the subject's state, for `If-Match`).",
    "Idempotent-Replayed": "`true` where this was done before, under the same Idempotency-Key.",
    "Link": 'The next page, where there is one: `<…>; rel="next"` (RFC 8288).',
    "Location": "Where what was made can be read.",
    "Retry-After": "In how many seconds to come again, where that is known.",
    "WWW-Authenticate": "How to say who asks (RFC 6750).",
}
IF_NONE_MATCH = {
    "name": "If-None-Match",
    "in": "header",
    "required": False,
    "schema": {"type": "string"},
    "description": "An ETag that is known: where it still holds, the answer is 304.",
}
CHAIN = ("refused-on-chain", "out-of-gas", "not-mined", "chain-unavailable", "chain-fault")
"""What can become of a transaction."""
Operation = dict[str, Any]


def refuses(*slugs: str) -> dict[int | str, dict[str, Any]]:
    """What a route can refuse besides what every route of its kind can."""
    return {status: {"description": "", MARK: [it.slug for it in types]} for status, types in _by_status(slugs)}


def sends(*headers: str, **more: Any) -> dict[str, Any]:
    """A response with these headers."""
    return {"headers": _headers(headers), **more}


def describe(routes: Sequence[BaseRoute], *, title: str, summary: str) -> dict[str, Any]:
    """The whole document; the same for every app with these routes."""
    made = get_openapi(title=title, version=VERSION, summary=summary, description=ABOUT, routes=routes)
    made["info"]["license"] = {"name": "Apache-2.0", "identifier": "Apache-2.0"}
    made["tags"] = [{"name": name, "description": words} for name, words in TAGS.items()]
    components = made["components"]
    for generated in ("HTTPValidationError", "ValidationError"):
        components["schemas"].pop(generated, None)
    components["schemas"] |= _problem_schemas()
    components["examples"] = {type_.slug: _problem_example(type_) for type_ in TYPES.values()}
    components["headers"] = {
        name: {"description": words, "schema": {"type": "string"}} for name, words in HEADERS.items()
    }
    components["securitySchemes"] = SECURITY_SCHEMES
    for path, method, operation in operations(made):
        _complete(path, method, operation)
    return made


def operations(made: dict[str, Any]) -> Iterator[tuple[str, str, Operation]]:
    """Each operation of a document with its path and method."""
    for path, methods in made["paths"].items():
        for method in METHODS:
            if method in methods:
                yield path, method, methods[method]


@cache
def examples() -> dict[str, dict[str, Any]]:
    """By operation: a body that is sent as `request`, what is answered by its status."""
    found: dict[str, dict[str, Any]] = json.loads(EXAMPLES.read_text())
    return found


def _complete(path: str, method: str, operation: Operation) -> None:
    rule = RULES[operation["operationId"]]
    operation["summary"] = operation["description"].partition(".")[0].replace("\n", " ") + "."
    operation["security"] = _security(rule)
    _tell_of_problems(operation, rule)
    if (
        method == "get"
        and path.startswith("/api/")
        and JSON in operation["responses"].get("200", {}).get("content", {})
    ):
        _tell_of_etag(operation)
    if _has_parameter(operation, "cursor"):
        operation["responses"]["200"]["headers"] |= _headers(["Link"])
    if _has_parameter(operation, "idempotency-key"):
        operation["responses"]["201"].setdefault("headers", {}).update(_headers(["Idempotent-Replayed"]))
        _require_key(operation)
    operation["responses"] = dict(sorted(operation["responses"].items()))
    _exemplify(operation)


def _tell_of_problems(operation: Operation, rule: Rule) -> None:
    """What the route says that it refuses, and what every route of its kind does; FastAPI's own words for it go."""
    responses = operation["responses"]
    own = {slug for response in responses.values() for slug in response.pop(MARK, ())}
    for status in [status for status in responses if int(status) >= FIRST_PROBLEM]:
        del responses[status]
    for status, types in _by_status(own | set(_common(rule, operation))):
        responses[str(status)] = _problem_response(types)


def _tell_of_etag(operation: Operation) -> None:
    operation["responses"]["200"].setdefault("headers", {}).update(_headers(["ETag"]))
    operation["responses"]["304"] = {"description": "As If-None-Match names it.", **sends("ETag")}
    operation.setdefault("parameters", []).append(IF_NONE_MATCH)


def _require_key(operation: Operation) -> None:
    """A write has to have its key; where it may be a dry run, which needs none, only the write itself says so."""
    if not _has_parameter(operation, "dry_run"):
        (key,) = (it for it in operation["parameters"] if it["name"] == "Idempotency-Key")
        key["required"] = True
        key["schema"] = {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"}


def _security(rule: Rule) -> list[dict[str, list[str]]]:
    """Who may, as alternatives; none: nobody has to say who they are."""
    if rule is SIGNED:
        return [{}, {"session": []}, {"key": ["draft", "relay"]}]
    if rule.is_open:
        return []
    return [{"session": []}, *([{"key": [rule.scope.value]}] if rule.scope else [])]


def _common(rule: Rule, operation: Operation) -> Iterator[str]:
    """What can go wrong with every route of its kind; any query may name a parameter that there is not."""
    yield from ("foreign", "fault", "invalid")
    if rule.limit is not None:
        yield "rate-limited"
    if not rule.is_blind:
        yield from ("not-signed-in", "not-ready")
    if not rule.is_open or rule is SIGNED:
        yield from ("not-permitted", "database-unavailable")
    if "requestBody" in operation:
        yield from ("malformed", "too-large")


def _has_parameter(operation: Operation, name: str) -> bool:
    return any(parameter["name"].lower() == name for parameter in operation.get("parameters", ()))


def _by_status(slugs: Iterable[str]) -> Iterator[tuple[int, list[ProblemType]]]:
    types = sorted((TYPES[slug] for slug in set(slugs)), key=lambda it: (it.status, it.slug))
    for status, found in groupby(types, key=lambda it: it.status):
        yield status, list(found)


def _problem_response(types: list[ProblemType]) -> dict[str, Any]:
    headers = [name for name, wanted in _WITH_HEADER.items() if wanted & {it.slug for it in types}]
    return {
        "description": " Or: ".join(f"{it.title}." for it in types),
        **({"headers": _headers(headers)} if headers else {}),
        "content": {
            MEDIA_TYPE: {
                "schema": {"$ref": "#/components/schemas/ProblemOut"},
                "examples": {it.slug: {"$ref": f"#/components/examples/{it.slug}"} for it in types},
            }
        },
    }


def _problem_example(type_: ProblemType) -> dict[str, Any]:
    told = document(type_.status, type_.slug, type_.example, instance="/api/v1/…")
    return {"summary": type_.title, "value": told}


def _problem_schemas() -> dict[str, Any]:
    made = ProblemOut.model_json_schema(ref_template="#/components/schemas/{model}")
    return {**made.pop("$defs"), "ProblemOut": made}


def _headers(names: Iterable[str]) -> dict[str, Any]:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def _exemplify(operation: Operation) -> None:
    """Each body with an example; a test says where one is missing."""
    found = examples().get(operation["operationId"], {})
    if "request" in found:
        operation["requestBody"]["content"][JSON]["example"] = found["request"]
    for status, response in operation["responses"].items():
        for media in response.get("content", {}).values() if status in found else ():
            media["example"] = found[status]


_WITH_HEADER = {
    "Retry-After": frozenset(
        {
            "request-in-flight",
            "rate-limited",
            "too-many-ballots",
            "too-many-drafts",
            "exports-under-way",
            "too-many-streams",
            "streams-full",
            "busy",
            "chain-unavailable",
        }
    ),
    "WWW-Authenticate": frozenset({"not-signed-in"}),
}
