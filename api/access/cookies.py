"""Cookies that no script of a page reads, for this place alone."""

from typing import Literal

from starlette.responses import Response

from api.home import Home

SameSite = Literal["lax", "strict"]


def keep(
    response: Response, home: Home, name: str, value: str, *, lasts_s: int, same_site: SameSite = "strict"
) -> None:
    """Has the browser keep it."""
    response.set_cookie(name, value, max_age=lasts_s, path="/", secure=home.is_https, httponly=True, samesite=same_site)


def drop(response: Response, home: Home, name: str, *, same_site: SameSite = "strict") -> None:
    """Has the browser forget it."""
    response.delete_cookie(name, path="/", secure=home.is_https, httponly=True, samesite=same_site)
