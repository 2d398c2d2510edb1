"""Every error as RFC 9457 problem+json: what was wrong, and what would be right."""

import logging
from collections.abc import Iterator, Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.routing import Match, Mount

from api.head_method import ACTS
from api.present import known, note
from api.problem_types import TYPES
from workmoot.domain.errors import DatabaseUnreachable

log = logging.getLogger(__name__)
MEDIA_TYPE = "application/problem+json"
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


class Problem(Exception):
    """A request that cannot be done, with the status and the words that say why."""

    def __init__(
        self, status: int, slug: str, detail: str, *, headers: Mapping[str, str] | None = None, **more: Any
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.slug = slug
        self.detail = detail
        self.headers = headers
        self.more = more


def not_found(what: str, identifier: object, hint: str) -> Problem:
    """Nothing has that id."""
    return Problem(404, "not-found", f"There is no {what} {identifier}. {hint}")


def unprocessable(pointer: str, detail: str) -> Problem:
    """A field is missing or wrong; the pointer names it (RFC 6901, from the body)."""
    return Problem(422, "invalid", detail, errors=[{"pointer": pointer, "detail": detail}])


def bad_parameter(name: str, detail: str) -> Problem:
    """A parameter of the path, the query or the header is wrong."""
    return Problem(422, "invalid", detail, errors=[{"parameter": name, "detail": detail}])


def respond(
    status: int, slug: str, detail: str, *, instance: str, headers: Mapping[str, str] | None = None, **more: Any
) -> JSONResponse:
    """The problem as a response; the log and the metrics say its type."""
    note(problem=slug)
    body = document(status, slug, detail, instance=instance, **more)
    return JSONResponse(body, status_code=status, headers=dict(headers or {}), media_type=MEDIA_TYPE)


def document(status: int, slug: str, detail: str, *, instance: str, **more: Any) -> dict[str, Any]:
    """The problem document itself."""
    return {
        "type": TYPES[slug].uri,
        "title": TYPES[slug].title,
        "status": status,
        "detail": detail,
        "instance": instance,
        **more,
    }


def install(app: FastAPI) -> None:
    """Makes every error of the app a problem document."""
    app.add_exception_handler(Problem, _on_problem)
    app.add_exception_handler(DatabaseUnreachable, _on_silent_database)
    app.add_exception_handler(HTTPException, _on_http_exception)
    app.add_exception_handler(RequestValidationError, _on_invalid_request)
    app.add_exception_handler(Exception, _on_fault)


async def _on_problem(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, Problem)  # noqa: S101 (the type it is registered for)
    return respond(
        error.status, error.slug, error.detail, instance=request.url.path, headers=error.headers, **error.more
    )


async def _on_silent_database(request: Request, error: Exception) -> JSONResponse:
    log.error("%s", error)
    detail = "The API's tables cannot be reached; its log has the details. A signed order is taken all the same."
    return respond(503, "database-unavailable", detail, instance=request.url.path, retryable=True)


async def _on_http_exception(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101 (the type it is registered for)
    slug, detail = _EXPLAINED[error.status_code]
    detail = detail.format(path=request.url.path, method=request.method)
    allowed = ", ".join(method for method in METHODS if _answers(request, method))
    headers = {"Allow": allowed} if error.status_code == 405 and allowed else error.headers
    return respond(error.status_code, slug, detail, instance=request.url.path, headers=headers)


def _answers(request: Request, method: str) -> bool:
    """Whether some route at the path answers the method, and HEAD as it does GET; files say so themselves."""
    as_get = method == "HEAD" and request.url.path not in ACTS
    asked = {**request.scope, "method": "GET" if as_get else method}
    routes = (route for route in request.app.routes if not isinstance(route, Mount))
    return any(route.matches(dict(asked))[0] is Match.FULL for route in routes)


async def _on_invalid_request(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101 (the type it is registered for)
    named: dict[str, dict[str, str]] = {}
    for item in error.errors():
        place = _place(item["loc"], item["type"], error.body)
        told, at = _in_words(request, item), str(place)
        named[at] = {**place, "detail": f"{named[at]['detail']}; or: {told}" if at in named else told}
    errors = list(named.values())
    detail = "; ".join(": ".join(filter(None, item.values())) for item in errors)
    return respond(422, "invalid", detail, instance=request.url.path, errors=errors)


async def _on_fault(request: Request, error: Exception) -> JSONResponse:
    log.error("a fault of our own", exc_info=error)
    detail = f"The API met a fault of its own ({type(error).__name__}); its log has it under {known()['request']}."
    return respond(500, "fault", detail, instance=request.url.path)


def _in_body(location: tuple[int | str, ...], fault: str, body: object) -> Iterator[int | str]:
    """The parts of a location that are places in the body: of a field that may be of several types, Pydantic names the
    one it tried as well."""
    found = body
    for part in location:
        if isinstance(found, dict) and (part in found or fault == "missing"):
            found = found.get(part)
        elif isinstance(found, list) and isinstance(part, int) and part < len(found):
            found = found[part]
        else:
            continue
        yield part


def _place(location: tuple[int | str, ...], fault: str, body: object) -> dict[str, str]:
    """A pointer into the body (RFC 6901), of which the empty one is all of it; elsewhere the parameter's name."""
    where, *path = location
    if where != "body":
        return {"parameter": ".".join(map(str, path))}
    known = () if fault == "json_invalid" else _in_body(tuple(path), fault, body)
    parts = [str(part).replace("~", "~0").replace("/", "~1") for part in known]
    return {"pointer": "".join(f"/{part}" for part in parts)}


def _in_words(request: Request, item: Mapping[str, Any]) -> str:
    """Of a body that is no JSON, where; of one that does not say that it is, what to send."""
    if item["type"] == "json_invalid":
        return f"the body is no JSON at character {item['loc'][-1]}: {item['ctx']['error']}"
    is_json = request.headers.get("content-type", "").partition(";")[0].strip().endswith("json")
    if item["loc"] == ("body",) and not is_json:
        return "send a JSON object, with Content-Type: application/json"
    return _sentence(item)


def _sentence(item: Mapping[str, Any]) -> str:
    """Pydantic's words without its prefix, and what was given where it is short enough to quote."""
    words = str(item["msg"]).removeprefix("Value error, ")
    given = item.get("input")
    if item["type"] == "missing" or isinstance(given, dict | list) or len(repr(given)) > 80:
        return words
    return f"{words}; given: {given!r}"


_EXPLAINED = {
    400: ("malformed", "The body cannot be read: it is no JSON in UTF-8, or has a number of thousands of digits."),
    404: ("not-found", "There is nothing at {path}. /reference lists every route."),
    413: ("too-large", "A request has at most 2 MiB, a ballot 4 KiB, a draft 160 KiB."),
    405: ("method-not-allowed", "{path} does not answer {method}; the Allow header says what it answers."),
}
