"""Lists, a page at a time: a cursor says where the last page ended, opaque to clients and good for ever."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Query, Request, Response

from api.models.common import Head, Listing
from api.problems import bad_parameter

LARGEST_PAGE = 200
R = TypeVar("R")
Place = tuple[int, ...]
"""Where an item stands in its list; it never changes, and items are listed by it."""
LIMIT = Query(ge=1, le=LARGEST_PAGE, description="How many at most.")
CURSOR = Query(max_length=200, description="`next_cursor` of the page before.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Paging:
    """Which page of a list is asked for."""

    request: Request
    response: Response
    limit: int
    cursor: str | None

    def after(self, name: str) -> Place | None:
        """Where the page before ended; a cursor is one list's alone."""
        return None if self.cursor is None else _place_of(name, self.cursor)

    def listing(
        self,
        name: str,
        head: Head,
        records: Iterable[R],
        *,
        place: Callable[[R], Place],
        show: Callable[[R], Any] = lambda record: record,
    ) -> Listing[Any]:
        """The page of the records that stand after the cursor, which come in the order of their places."""
        after = self.after(name)
        found = list(islice((it for it in records if after is None or place(it) > after), self.limit + 1))
        next_cursor = _cursor_of(name, place(found[self.limit - 1])) if len(found) > self.limit else None
        if next_cursor:
            url = self.request.url.include_query_params(cursor=next_cursor)
            self.response.headers["Link"] = f'<{url.path}?{url.query}>; rel="next"'
        return Listing(head=head, items=tuple(map(show, found[: self.limit])), next_cursor=next_cursor)


def _paging(
    request: Request,
    response: Response,
    limit: Annotated[int, LIMIT] = LARGEST_PAGE,
    cursor: Annotated[str | None, CURSOR] = None,
) -> Paging:
    return Paging(request=request, response=response, limit=limit, cursor=cursor)


Pages = Annotated[Paging, Depends(_paging)]


def _cursor_of(name: str, place: Place) -> str:
    return urlsafe_b64encode(f"{name}:{'.'.join(map(str, place))}".encode()).decode().rstrip("=")


def _place_of(name: str, cursor: str) -> Place:
    try:
        listed, _, numbers = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode().partition(":")
        place = tuple(int(number) for number in numbers.split("."))
    except ValueError:
        listed, place = "", ()
    if listed != name:
        raise bad_parameter("cursor", "This is no cursor of this list; leave it out to begin anew.")
    return place
