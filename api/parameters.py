"""A query says only what its route asks: a misspelt parameter is named, for to pass it over would answer something
else than was asked."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from itertools import islice

from fastapi import Request
from fastapi.dependencies.utils import get_flat_params
from fastapi.params import ParamTypes
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute

from api.problems import Problem

WRITTEN_BY_OTHERS = frozenset({"finish_oidc"})
"""Routes with whose queries others come: an identity provider may say more than its client knows (RFC 6749, 4.1.2)."""
MOST_NAMED = 5
"""Wrong parameters that one answer names."""


def parameters_of(routes: Iterable[BaseRoute]) -> dict[str, frozenset[str]]:
    """By route: what its query may say."""
    return {route.name: _asked_by(route) for route in routes if isinstance(route, APIRoute)}


async def require_known(request: Request) -> None:
    """The dependency of every route of the API itself, behind the door. A page's link, or a probe, may say more."""
    name = request.scope["route"].name
    if not request.query_params or name in WRITTEN_BY_OTHERS:
        return
    asked: Mapping[str, frozenset[str]] = request.app.state.parameters
    known = sorted(asked[name])
    unknown = islice((given for given in request.query_params if given not in known), MOST_NAMED)
    if errors := [{"parameter": given, "detail": _told(given, known)} for given in unknown]:
        raise Problem(422, "invalid", " ".join(error["detail"] for error in errors), errors=errors)


def _asked_by(route: APIRoute) -> frozenset[str]:
    fields = get_flat_params(route.dependant)
    return frozenset(it.alias for it in fields if getattr(it.field_info, "in_", None) is ParamTypes.query)


def _told(given: str, known: list[str]) -> str:
    """Which is wrong, which there are, and which was meant, as far as can be told."""
    nearest = get_close_matches(given, known, n=1)
    meant = f" You may mean {nearest[0]!r}." if nearest else ""
    return f"There is no parameter {given!r:.80}; there are: {', '.join(known) or 'none'}.{meant}"
