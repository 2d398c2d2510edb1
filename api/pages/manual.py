"""The manual: what the API can be asked, and what each kind of problem means."""

import json
import shlex
from functools import lru_cache
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from api.openapi import JSON, Operation, operations
from api.pages.view import ENVIRONMENT, html
from api.problem_types import PATH, TYPES
from api.problems import document, not_found

router = APIRouter(include_in_schema=False)
KEY = "$WORKMOOT_API_KEY"
PAGES_KEPT = 8
HEADERS = ("If-Match", "Idempotency-Key")
"""What a write is sent with."""


@router.get("/reference", response_class=HTMLResponse)
def show_reference(request: Request) -> HTMLResponse:
    """Every route on one page, so that a browser's own search finds it."""
    return html(_reference(request.app.described, str(request.base_url).rstrip("/")))


@lru_cache(maxsize=PAGES_KEPT)
def _reference(document_: bytes, here: str) -> str:
    described = json.loads(document_)
    shown = [
        (method.upper(), path, operation, _curl(here, method, path, operation))
        for path, method, operation in operations(described)
    ]
    return ENVIRONMENT.get_template("reference.html").render(api=described, operations=shown, indented=indented)


@router.get(PATH, response_class=HTMLResponse)
def list_problems() -> HTMLResponse:
    """Every kind of problem."""
    return html(ENVIRONMENT.get_template("problems.html").render(types=TYPES.values()))


@router.get(PATH + "/{slug}", response_class=HTMLResponse)
def show_problem(slug: str) -> HTMLResponse:
    """What a kind of problem means, and what helps."""
    if slug not in TYPES:
        raise not_found("type of problem", slug, f"{PATH} lists them.")
    type_ = TYPES[slug]
    example = indented(document(type_.status, slug, type_.example, instance="/api/v1/…"))
    return html(ENVIRONMENT.get_template("problem.html").render(type=type_, example=example))


def indented(value: Any) -> str:
    """JSON for people; text as it is."""
    return value if isinstance(value, str) else json.dumps(value, indent=2, ensure_ascii=False)


def _curl(here: str, method: str, path: str, operation: Operation) -> str:
    """How to ask it on the command line."""
    parts = ["curl", *([] if method == "get" else ["-X", method.upper()]), here + path]
    lines = [" ".join(parts)]
    if operation["security"]:
        lines.append(f'-H "Authorization: Bearer {KEY}"')
    named = {parameter["name"] for parameter in operation.get("parameters", ())}
    lines += [f"-H '{header}: …'" for header in HEADERS if header in named]
    if "requestBody" in operation:
        body = operation["requestBody"]["content"][JSON].get("example", {})
        lines += ["-H 'Content-Type: application/json'", f"-d {shlex.quote(json.dumps(body, ensure_ascii=False))}"]
    return " \\\n  ".join(lines)
