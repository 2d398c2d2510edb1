"""Writes that are done once however often they are asked for: by their Idempotency-Key, over kills and retries.

What was signed is kept before it is sent, so that who asks again, also of a process that was started anew, sends the
very same bytes: the contracts take them once. The answer is kept beside them for a day.
"""

import json
import logging
import re
import secrets
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from fastapi.responses import JSONResponse
from sqlalchemy import Column, Delete, Float, Integer, Row, String, Table, Text, Update, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from api.database import METADATA, Database
from api.problems import MEDIA_TYPE, Problem, document
from workmoot.domain.errors import DatabaseUnreachable
from workmoot.domain.hashing import keccak

log = logging.getLogger(__name__)
KEPT_S = 24 * 3600
RETRY_AFTER_S = 1
FIRST_PROBLEM, FIRST_FAULT = 400, 500
_KEY = re.compile(r"[\x21-\x7e]{1,255}")
ERRANDS = Table(
    "errands",
    METADATA,
    Column("key", String(255), primary_key=True),
    Column("fingerprint", String(64), nullable=False),
    Column("began", Float, nullable=False),
    Column("holder", String(32)),
    Column("signed", Text),
    Column("status", Integer),
    Column("answer", Text),
)
"""`signed` is what was or may have been sent, `holder` the process that is at it; an answer ends the errand."""
LET_GO = update(ERRANDS).values(holder=None)
"""Whoever asks again takes it over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What was answered the first time."""

    status: int
    body: dict[str, Any]

    def again(self, **headers: str) -> JSONResponse:
        """The same answer, marked as such."""
        media_type = MEDIA_TYPE if self.status >= FIRST_PROBLEM else "application/json"
        told = {"Idempotent-Replayed": "true", **headers}
        return JSONResponse(self.body, status_code=self.status, headers=told, media_type=media_type)


class Errand:
    """One write, under its key."""

    def __init__(
        self,
        key: str,
        at: str,
        signed: list[dict[str, Any]] | None,
        keep: Callable[[str], None],
        answer: Answer | None = None,
    ) -> None:
        self.key = key
        self.at = at
        self.signed = signed
        """What an earlier attempt signed; it is sent again as it is."""
        self.answer = answer
        """What it ended with."""
        self.even_unkept = False
        """Whether it is done also where nothing can be kept."""
        self._keep = keep

    def once(self, sign: Callable[[], list[dict[str, Any]]]) -> list[dict[str, Any]]:
        """What is to be sent: signed and kept now, or by the attempt before this one."""
        if self.signed is None:
            self.signed = sign()
            try:
                self._keep(json.dumps(self.signed))
            except DatabaseUnreachable:
                if not self.even_unkept:
                    raise
        return self.signed


class Errands:
    """Every write of the last day."""

    def __init__(self, database: Database, *, now: Callable[[], float] = time.time) -> None:
        self._database = database
        self._now = now
        self._holder = secrets.token_hex(16)
        self._lock = threading.Lock()
        self._doing: set[str] = set()

    @property
    def at_work(self) -> int:
        """How many writes are being done now."""
        return len(self._doing)

    @contextmanager
    def begin(
        self, key: str | None, at: str, asked: Mapping[str, Any], *, even_unkept: bool = False
    ) -> Iterator[Errand]:
        """Does the write that is asked for under this key, of the route `at`; nobody else is at it meanwhile. One that
        ended has its answer.

        A refusal before anything was kept forgets the key, one by the contracts is the answer from then on, and
        whatever leaves it open (a dead node, a kill) leaves it to who asks again. `even_unkept`: it is done also where
        nothing can be kept.
        """
        checked = _checked(key)
        with self._alone_at(checked):
            try:
                errand = self._take(checked, at, _fingerprint(at, asked))
            except DatabaseUnreachable:
                if not even_unkept:
                    raise
                errand = Errand("", at, None, lambda _: None)
            errand.even_unkept = even_unkept
            if errand.answer or not errand.key:
                yield errand
                return
            with self._settling(errand):
                yield errand

    @contextmanager
    def _alone_at(self, key: str) -> Iterator[None]:
        """One thread at a time does what is asked for under a key."""
        with self._lock:
            if key in self._doing:
                raise _in_flight()
            self._doing.add(key)
        try:
            yield
        finally:
            with self._lock:
                self._doing.discard(key)

    @contextmanager
    def _settling(self, errand: Errand) -> Iterator[None]:
        """What becomes of the key in the end."""
        try:
            yield
        except Problem as problem:
            self._settle(_after(problem, errand), errand)
            raise
        except BaseException:
            self._settle(LET_GO, errand)
            raise
        if errand.answer:
            self._settle(_ended(errand.answer), errand)

    def _take(self, key: str, at: str, fingerprint: str) -> Errand:
        now = self._now()
        fresh = insert(ERRANDS).values(key=key, fingerprint=fingerprint, began=now, holder=self._holder)
        try:
            with self._database.begin() as connection:
                connection.execute(delete(ERRANDS).where(ERRANDS.c.began < now - KEPT_S))
                connection.execute(fresh)
        except IntegrityError:
            return self._take_over(key, at, fingerprint)
        return Errand(key, at, None, lambda signed: self._keep(key, signed))

    def _take_over(self, key: str, at: str, fingerprint: str) -> Errand:
        """What was left undone, by this process or another: of two that ask at once one gets it, and one that lives and
        has signed nothing yet finds that it is no longer its own."""
        found = self._find(key, fingerprint)
        if found is None:
            raise _in_flight()
        if found.status is not None:
            return Errand(key, at, None, lambda _: None, Answer(status=found.status, body=json.loads(found.answer)))
        mine = update(ERRANDS).where(ERRANDS.c.key == key, ERRANDS.c.holder.is_not_distinct_from(found.holder))
        with self._database.begin() as connection:
            taken = connection.execute(mine.values(holder=self._holder)).rowcount
        if not taken:
            raise _in_flight()
        signed = json.loads(found.signed) if found.signed else None
        return Errand(key, at, signed, lambda kept: self._keep(key, kept))

    def _find(self, key: str, fingerprint: str) -> Row[Any] | None:
        with self._database.begin() as connection:
            found = connection.execute(select(ERRANDS).where(ERRANDS.c.key == key)).one_or_none()
        if found is not None and found.fingerprint != fingerprint:
            raise Problem(
                422,
                "idempotency-mismatch",
                "This Idempotency-Key was used for another request; a new request takes a new key.",
            )
        return found

    def _keep(self, key: str, signed: str) -> None:
        """Before it is sent; another process that took it over sends its own."""
        if not self._write(update(ERRANDS).values(signed=signed), key):
            raise _in_flight()

    def _settle(self, change: Update | Delete, errand: Errand) -> None:
        """What was done is done, whether or not it can be written down: asked again, the same bytes go again."""
        try:
            self._write(change, errand.key)
        except DatabaseUnreachable as trouble:
            log.warning("the answer of a write is not kept: %s", trouble)

    def _write(self, change: Update | Delete, key: str) -> bool:
        """If the errand is still this process's own."""
        with self._database.begin() as connection:
            done = connection.execute(change.where(ERRANDS.c.key == key, ERRANDS.c.holder == self._holder))
        return done.rowcount == 1


def _checked(key: str | None) -> str:
    if key is None:
        raise Problem(
            400,
            "idempotency-key-missing",
            "A write carries an Idempotency-Key of its own, for example a UUID; asked again with it, it is done once.",
        )
    if not _KEY.fullmatch(key):
        raise Problem(400, "idempotency-key-malformed", "An Idempotency-Key is 1 to 255 visible ASCII characters.")
    return key


def _after(problem: Problem, errand: Errand) -> Update | Delete:
    """What becomes of an errand that was refused: nothing was signed, the contracts said no, or nobody knows."""
    if errand.signed is None:
        return delete(ERRANDS)
    if problem.status >= FIRST_FAULT:
        return LET_GO
    told = document(problem.status, problem.slug, problem.detail, instance=errand.at, **problem.more)
    return _ended(Answer(status=problem.status, body=told))


def _ended(answer: Answer) -> Update:
    return update(ERRANDS).values(holder=None, status=answer.status, answer=json.dumps(answer.body))


def _fingerprint(at: str, asked: Mapping[str, Any]) -> str:
    return keccak(json.dumps([at, asked], sort_keys=True, separators=(",", ":"), default=str).encode()).hex()


def _in_flight() -> Problem:
    return Problem(
        409,
        "request-in-flight",
        "This very request is being done; ask again in a second for its answer.",
        headers={"Retry-After": str(RETRY_AFTER_S)},
    )
