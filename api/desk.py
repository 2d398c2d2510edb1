"""Where a human's order is drafted, signed by a development key, and sent; nothing is decided here."""

import secrets
import time
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, NamedTuple, Protocol

from api.agreement import require_agreement
from api.anchoring import Anchoring
from api.drafts import (
    Draft,
    draft_all,
    epoch_of,
    parts_for,
    require_fit,
    require_open,
    require_status,
    require_work_left,
    shown_json,
    signed_subject,
    subject_of,
)
from api.errands import Errand
from api.models.orders import Kind, OverrideGiven, OverrideIn, OverrideOut, PreviewOut
from api.order_json import order_from, order_json, typed_data
from api.preconditions import ANY, etag_of, is_named, require_match, stale
from api.present import note
from api.previews import Preview, Previews
from api.problems import Problem, not_found, unprocessable
from api.projection import Projection
from api.refusals import as_problem, checking, refused_later
from api.steps import ACKNOWLEDGED, NOWHERE, SUBMITTED, Step
from api.turns import Turns
from api.views.alarms import alarm_of
from api.views.displaced import displaced
from api.views.forecast import forecast_out
from api.views.lifecycle import see
from api.views.overrides import SECOND_STEP, anchoring_out, order_named, override_out, who_asked
from api.views.snapshot import Snapshot
from api.views.warnings import warnings_of
from workmoot.ballots.poll import Verify
from workmoot.chain.signatures import is_signed_by
from workmoot.domain.errors import (
    ChainError,
    DatabaseUnreachable,
    GatewayRefused,
    GatewayUnreachable,
    Malformed,
    Refused,
)
from workmoot.domain.ids import Address
from workmoot.domain.instructions import INSTRUCTIONS, HumansContracts, fits, subject_word
from workmoot.domain.ledger import Ledger, OverrideRecord
from workmoot.domain.overrides import HumanOrder, OverrideKind, unordered_nonce
from workmoot.domain.overrides import SubjectType as Subject
from workmoot.domain.ports import Receipt
from workmoot.domain.workers import Kind as MemberKind
from workmoot.domain.workers import Role

SEEN_WITHIN_S, LOOK_S = 5.0, 0.25
FORECASTS_AT_ONCE, FORECASTS_WAITING = 4, 8


class Signer(Protocol):
    """One human's development key."""

    @property
    def address(self) -> Address:
        """The human's account."""

    def sign(self, digest: bytes) -> bytes:
        """65 bytes over an EIP-712 digest."""


class Relay(Protocol):
    """The API's own account, which sends what a human signed."""

    def execute(self, order: HumanOrder, signature: bytes) -> Receipt:
        """Sends the order; returns when it is in a block."""


class Floor(Protocol):
    """The gateway, for what must not wait for a block."""

    def give(self, order: dict[str, Any], signature: str) -> Any:
        """A signed hold or release, to act at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRing:
    """Development keys of humans: on loopback, on development chains, and said loudly."""

    signers: dict[Address, Signer] = field(default_factory=dict)

    @property
    def banner(self) -> str | None:
        """What every answer and the page say while it holds a key."""
        if not self.signers:
            return None
        humans = "1 human" if len(self.signers) == 1 else f"{len(self.signers)} humans"
        return (
            f"Development keys sign here: whoever reaches this port gives orders in the name of {humans}. "
            "Loopback and development chains only."
        )


class Signature(NamedTuple):
    """A human's signature, and whether a key made it: what a contract answers for, the gateway takes from the chain."""

    written: bytes
    by_key: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """An order on its way, as it is kept until it is answered."""

    order: HumanOrder
    signature: Signature
    etag: str
    """Its subject's state, as the human saw it."""
    filled: dict[str, Any]
    warnings: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        told = {"etag": self.etag, "filled": self.filled, "warnings": self.warnings}
        signature = {"signature": self.signature.written.hex(), "by_key": self.signature.by_key}
        return {"order": order_json(self.order), **signature, **told}

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> "Signed":
        return cls(
            order=order_from(kept["order"]),
            signature=Signature(bytes.fromhex(kept["signature"]), by_key=kept.get("by_key", False)),
            etag=kept["etag"],
            filled=kept["filled"],
            warnings=tuple(kept["warnings"]),
        )


class Desk:
    """Drafts, signs or checks, and sends."""

    def __init__(
        self,
        projection: Projection,
        *,
        contracts: HumansContracts,
        relay: Relay | None,
        floor: Floor | None,
        keys: KeyRing,
        verify: Verify,
        previews: Previews,
    ) -> None:
        self._projection = projection
        self._contracts = contracts
        self._relay = relay
        self._floor = floor
        self._verify = verify
        self._turns = Turns(at_once=FORECASTS_AT_ONCE, waiting=FORECASTS_WAITING)
        self._previews = previews
        self.keys = keys

    def preview(self, asked: OverrideIn) -> PreviewOut:
        """What the order would do, and the exact bytes to sign. Nothing is sent."""
        with self.foreseeing() as snap:
            drafted = self._draft(snap, asked, may_read=True)
            self.keep_shown([drafted])
            return PreviewOut(
                head=snap.head,
                displaces=drafted.displaces,
                forecast=drafted.forecast or forecast_out(snap, drafted.order),
                epoch=drafted.epoch,
                etag=etag_of(snap, drafted.order.subject_type, drafted.order.subject),
                warnings=drafted.warnings,
                parts=len(parts_for(snap, asked)),
                filled=drafted.filled,
                order=order_json(drafted.order),
                typed_data=self.typed_data_of(drafted.order),
                digest="0x" + self.digest_of(drafted.order).hex(),
                banner=self.keys.banner,
            )

    def give(self, asked: OverrideIn, errand: Errand, if_match: str | None, *, may_read: bool) -> OverrideGiven:
        """Sends the order, signed by the human or by the human's development key; a large one in parts.

        Who may not read is not told how the plant is, where the order does not fit it.
        """
        kept = errand.once(lambda: [signed.as_json() for signed in self._sign(asked, if_match, may_read=may_read)])
        given = [self.send(Signed.from_json(one), may_read=may_read, anchored_by=self.patience()) for one in kept]
        if len(given) == 1:
            return given[0]
        ids = ", ".join(str(each.id or each.digest) for each in given)
        told = f"Given in {len(given)} orders, one after the other: {ids}."
        return given[-1].model_copy(update={"warnings": (told, *(word for each in given for word in each.warnings))})

    def _sign(self, asked: OverrideIn, if_match: str | None, *, may_read: bool) -> list["Signed"]:
        """The orders as they are to be sent, if the human saw the present state. What a human signed is looked at once
        the signature is known to be the human's."""
        signature = (
            self.signature_of(asked.signature, order_from(asked.order), "/signature")
            if asked.order is not None
            else None
        )
        with self.drafting(asked.kind, is_exact=asked.order is not None) as snap:
            try:
                drafts = [self._draft(snap, part, may_read=may_read) for part in self._parts(snap, asked)]
            except Problem as refusal:
                raise self._of_now(snap, asked, if_match, refusal, may_read=may_read) from refusal
            order = drafts[0].order
            seen = etag_of(snap, order.subject_type, order.subject)
        current = {"displaces": drafts[0].displaces.model_dump(mode="json")} if may_read else None
        what, holds = f"The {subject_word(order)}", order.kind is OverrideKind.HOLD
        require_match(what, seen, if_match, current, any_will_do=holds)
        signatures = [signature or self.signed_here(drafted.order) for drafted in drafts]
        self.require_previewed(drafts)
        return [as_sent(drafted, signed, seen) for drafted, signed in zip(drafts, signatures, strict=True)]

    def keep_shown(self, drafts: Iterable[Draft]) -> None:
        """What a human is shown, by its hash; where it cannot be kept, a hold is drafted all the same."""
        made = [
            (one.order.preview, shown_json(one.displaces, one.forecast), one.order.kind is OverrideKind.HOLD)
            for one in drafts
            if one.forecast
        ]
        if not made:
            return
        try:
            self._previews.keep((hash_, shown) for hash_, shown, _ in made)
        except DatabaseUnreachable:
            if not all(holds for *_, holds in made):
                raise

    def require_previewed(self, drafts: Sequence[Draft]) -> None:
        """Each order is over a preview that was made here, which is kept from now on; a hold is never refused for it.

        What a development key signs now was drafted now.
        """
        self.keep_shown(drafts)
        unknown = self._previews.order(drafted.order.preview for drafted in drafts)
        if any(one.order.preview in unknown and one.order.kind is not OverrideKind.HOLD for one in drafts):
            raise unprocessable(
                "/order/preview",
                "This API showed no such preview: ask for ?dry_run=true, and sign the order that it has.",
            )

    def shown(self, id_: str) -> tuple[HumanOrder, Preview]:
        """What the human of an override was shown before it was signed; also of one that is not on chain yet."""
        with self._projection.read() as snap:
            order = order_named(snap, id_)
        found = self._previews.find(order.preview)
        if found is None:
            raise not_found(
                "preview of override", id_, "Of an order that was not previewed at this API nothing is kept."
            )
        return order, found

    def drafting(self, kind: Kind, *, is_exact: bool) -> AbstractContextManager[Snapshot]:
        """The plant for orders to be drafted by; neither a hold nor what a human signed waits for others' forecasts."""
        if is_exact:
            return self._projection.read()
        return nullcontext(self._projection.frozen()) if kind is Kind.HOLD else self.foreseeing()

    @contextmanager
    def foreseeing(self) -> Iterator[Snapshot]:
        """The plant for a forecast, which takes long: so many at once, while all else goes on."""
        with self._turns.take():
            yield self._projection.frozen()

    @staticmethod
    def _parts(snap: Snapshot, asked: OverrideIn) -> list[OverrideIn]:
        numbers = parts_for(snap, asked) if asked.signature is None else [1]
        if len(numbers) == 1:
            return [asked]
        return [asked.model_copy(update={"payload": {**asked.payload, "part": number}}) for number in numbers]

    @staticmethod
    def _of_now(
        snap: Snapshot, asked: OverrideIn, if_match: str | None, refusal: Problem, *, may_read: bool
    ) -> Problem:
        """Why an order cannot be drafted: it never could, or its subject changed since it was previewed."""
        if refusal.status != HTTPStatus.CONFLICT or if_match in (None, ANY):
            return refusal
        subject = order_from(asked.order).subject if asked.order else subject_of(snap, asked)
        seen = etag_of(snap, signed_subject(asked.subject.type), subject)
        if if_match is None or is_named(seen, if_match):
            return refusal
        changed = f"The {asked.subject.type} changed since the preview"
        if not may_read:
            return stale(f"{changed}.", seen, None)
        return stale(f"{changed}: {refusal.detail}", seen, {"says": refusal.detail})

    @staticmethod
    def patience() -> float:
        """Until when an answer waits for what acts already to be on chain, on the monotonic clock."""
        return time.monotonic() + SEEN_WITHIN_S

    def send(self, signed: "Signed", *, may_read: bool, anchored_by: float) -> OverrideGiven:
        """Sends one order, unless the chain has it already. Where another was quicker, who may read is told how the
        plant is now."""
        order = signed.order
        try:
            record = self._recorded(self.digest_of(order)) or self._hand_over(signed, anchored_by)
        except Problem as refusal:
            raise self._overtaken(signed, refusal, may_read=may_read) from refusal
        note(override=record.digest, tx=record.tx)
        return OverrideGiven(
            **dict(record),
            filled=signed.filled,
            warnings=signed.warnings,
            next_step=self._next_step(order, record.state),
            banner=self.keys.banner,
        )

    def act_on_floor(self, orders: Iterable[Signed]) -> None:
        """Gives the gateway all holds and releases, before any is waited for. What it refuses is told when each is
        sent; what it has does nothing again."""
        with suppress(GatewayUnreachable):
            for signed in orders:
                if not self._is_for_floor(signed):
                    continue
                step = Step(self.digest_of(signed.order), NOWHERE, SUBMITTED)
                with suppress(GatewayRefused), self._projection.steps.trying(step, time.time()):
                    self._tell_floor(signed)

    def _overtaken(self, signed: "Signed", refusal: Problem, *, may_read: bool) -> Problem:
        """What the contracts' no means: that the subject is no longer as the human saw it, or what they say."""
        if refusal.slug != "refused-on-chain":
            return refusal
        order = signed.order
        self._projection.read_on(timeout_s=SEEN_WITHIN_S)
        with self._projection.read() as snap:
            now = etag_of(snap, order.subject_type, order.subject)
            if now == signed.etag:
                return refusal
            current = {"displaces": displaced(snap, order).model_dump(mode="json")} if may_read else None
        why = f"The {subject_word(order)} changed since the preview: {refusal.detail}."
        return stale(why, now, current, revert=refusal.more["revert"])

    def human_for(
        self, snap: Snapshot, named: str | None, *roles: Role, besides: frozenset[Address] = frozenset()
    ) -> Address:
        """Whose word it is: who is named, else the first human here whose key is at hand and who has such a role, if
        possible none of `besides`."""
        humans = [m for m in snap.ledger.members.values() if m.kind is MemberKind.HUMAN]
        if named is not None:
            wanted = named.lower()
            found = next((m for m in humans if wanted in (m.account.lower(), str(m.number), m.id.lower())), None)
            if found is None:
                known = ", ".join(f"{m.number} ({m.id})" for m in humans)
                raise unprocessable("/human", f"There is no human {named!r}; there are: {known or 'none'}.")
            return found.account
        mine = [m.account for m in humans if m.account in self.keys.signers]
        acting = snap.ledger.roles
        able = [account for account in mine if any(account in acting[role] for role in roles)]
        account = next((account for account in able if account not in besides), next(iter(able or mine), None))
        if account is None:
            raise unprocessable("/human", "Name the human who signs: this API holds no human's development key.")
        return account

    def sign_for(self, human: Address, digest: bytes) -> bytes:
        """A development key's signature."""
        signer = self.keys.signers.get(human)
        if signer is None:
            raise unprocessable(
                "/signature",
                f"This API holds no development key of {human}: sign the typed data of ?dry_run=true yourself.",
            )
        return signer.sign(digest)

    def _draft(self, snap: Snapshot, asked: OverrideIn, *, may_read: bool) -> Draft:
        if asked.order is not None:
            signed = as_signed(snap, asked, may_read=may_read)
            if _find(snap.ledger, self.digest_of(signed.order)):
                return signed
            if signed.order.kind is OverrideKind.HOLD:
                require_status(snap, signed.order, may_read=may_read)
            require_work_left(snap, signed.order, may_read=may_read)
            return signed
        if asked.signature is not None:
            raise unprocessable("/order", "A signature comes with the exact order it signs.")
        draft = self.draft_all(snap, [asked])[0]
        require_status(snap, draft.order)
        require_work_left(snap, draft.order)
        return draft

    def draft_all(self, snap: Snapshot, asked: Sequence[OverrideIn]) -> list[Draft]:
        """Orders of one kind, all of one human, who if possible has asked for none of them before."""
        first = asked[0]
        roles = (Role.SUPERVISOR, *_ROLES.get(first.kind, ()))
        nonces = [unordered_nonce(secrets.randbits(192)) for _ in asked]
        human = self.human_for(snap, first.human, *roles)
        drafts = draft_all(snap, asked, human=human, nonces=nonces)
        besides = frozenset().union(*(who_asked(snap, drafted.order) for drafted in drafts))
        if human not in besides:
            return drafts
        return draft_all(snap, asked, human=self.human_for(snap, first.human, *roles, besides=besides), nonces=nonces)

    def signed_here(self, order: HumanOrder) -> Signature:
        """The development key's."""
        return Signature(self.sign_for(order.human, self.digest_of(order)), by_key=True)

    def signature_of(self, signature: str | None, order: HumanOrder, pointer: str) -> Signature:
        """The human's that came with the exact order, checked; `pointer` is where the request has it."""
        if signature is None:
            raise unprocessable(pointer, "An exact order comes with the human's signature.")
        return self.genuine(order.human, self.digest_of(order), signature, pointer)

    def genuine(self, human: Address, digest: bytes, written: str, pointer: str) -> Signature:
        """A signature that is the human's under these bytes; `pointer` is where the request has it."""
        signature = bytes.fromhex(written.removeprefix("0x"))
        if is_signed_by(human, digest, signature):
            return Signature(signature, by_key=True)
        with checking():
            is_genuine = self._verify(human, digest, signature)
        if not is_genuine:
            raise unprocessable(pointer, f"The signature is not that of {human} under this order.")
        return Signature(signature, by_key=False)

    def digest_of(self, order: HumanOrder) -> bytes:
        """What its human signs."""
        return self._contracts.digest(order)

    def typed_data_of(self, order: HumanOrder) -> dict[str, Any]:
        """The same as a wallet is given it."""
        return typed_data(order, self._contracts)

    def _hand_over(self, signed: Signed, anchored_by: float) -> OverrideOut:
        """To who acts on it first. What is refused leaves no step behind, however often a stranger sends it."""
        with self._projection.steps.trying(Step(self.digest_of(signed.order), NOWHERE, SUBMITTED), time.time()):
            if self._is_for_floor(signed):
                return self._give_to_floor(signed, anchored_by)
            return self._give_to_chain(signed)

    def _is_for_floor(self, signed: Signed) -> bool:
        """Whether the gateway acts on it first."""
        order = signed.order
        acts = order.kind in (OverrideKind.HOLD, OverrideKind.RELEASE) and order.subject_type is not Subject.PROPOSAL
        return self._floor is not None and acts and signed.signature.by_key

    def _give_to_floor(self, signed: Signed, anchored_by: float) -> OverrideOut:
        """To the gateway first, which acts at once and anchors; to the chain where the gateway is away."""
        try:
            self._tell_floor(signed)
        except GatewayRefused as refused:
            raise Problem(409, "gateway-refused", f"The gateway refused the order: {refused}.") from refused
        except GatewayUnreachable:
            return self._give_to_chain(signed)
        digest = self.digest_of(signed.order)
        self._await_anchor(signed.order, digest, anchored_by)
        return self._record(digest, signed.order, within_s=0)

    def _tell_floor(self, signed: Signed) -> None:
        assert self._floor is not None  # noqa: S101 (the caller looked)
        self._floor.give(order_json(signed.order), "0x" + signed.signature.written.hex())
        if signed.order.kind is OverrideKind.HOLD:
            self._projection.steps.see(Step(self.digest_of(signed.order), NOWHERE, ACKNOWLEDGED), time.time())

    def _await_anchor(self, order: HumanOrder, digest: bytes, anchored_by: float) -> None:
        """Until the order is on chain, so long at most. What the chain refused is told; a hold acts all the same."""
        while True:
            look_s = min(LOOK_S, max(0.0, anchored_by - time.monotonic()))
            if self._projection.wait_for(lambda ledger: _find(ledger, digest) is not None, timeout_s=look_s):
                return
            if refused := self._projection.refusal_of(digest):
                holds = order.kind is OverrideKind.HOLD and not refused.is_over
                raise refused_later(refused.reason, holds=holds)
            if time.monotonic() >= anchored_by:
                return

    def _give_to_chain(self, signed: Signed) -> OverrideOut:
        if self._relay is None:
            raise Problem(
                503,
                "no-account",
                "This API has no account to send with; start it with one, or send the order yourself.",
            )
        digest = self.digest_of(signed.order)
        try:
            self._relay.execute(signed.order, signed.signature.written)
        except ChainError as error:
            if (taken := self._taken_before(error, digest)) is not None:
                return taken
            raise as_problem(error) from error
        return self._record(digest, signed.order, within_s=SEEN_WITHIN_S)

    def _taken_before(self, error: ChainError, digest: bytes) -> OverrideOut | None:
        """The order's record, where the contract refuses it because it has this very order already."""
        if not isinstance(error, Refused) or error.name != "InvalidAccountNonce":
            return None
        self._projection.wait_for(lambda ledger: _find(ledger, digest) is not None, timeout_s=SEEN_WITHIN_S)
        return self._recorded(digest)

    def _recorded(self, digest: bytes) -> OverrideOut | None:
        with self._projection.read() as snap:
            record = _find(snap.ledger, digest)
            if record is None:
                return None
            see(snap, (record,))
            return override_out(snap, record)

    def _record(self, digest: bytes, order: HumanOrder, *, within_s: float) -> OverrideOut:
        """The record once the projection has it; else the order as it stands."""
        self._projection.wait_for(lambda ledger: _find(ledger, digest) is not None, timeout_s=within_s)
        found = self._recorded(digest)
        if found is not None:
            return found
        with self._projection.read() as snap:
            return anchoring_out(snap, Anchoring(order=order, digest=digest))

    def _next_step(self, order: HumanOrder, state: str) -> str | None:
        if state == "asked":
            return SECOND_STEP
        if order.kind is not OverrideKind.RELEASE or order.subject_type is not Subject.PLANT:
            return None
        with self._projection.read() as snap:
            if not snap.ledger.plant_held:
                return None
        return SECOND_STEP


def as_sent(drafted: Draft, signature: Signature, etag: str) -> Signed:
    """The order with its signature, and its subject's state as the human saw it."""
    return Signed(order=drafted.order, signature=signature, etag=etag, filled=drafted.filled, warnings=drafted.warnings)


def as_signed(snap: Snapshot, asked: OverrideIn, *, may_read: bool) -> Draft:
    """The exact order that a human signed; it is relayed as it is. Who may not read is not told how the plant is, where
    the order does not fit it."""
    assert asked.order is not None  # noqa: S101 (the caller looked)
    require_fit(asked)
    order = order_from(asked.order)
    if order.kind.name != asked.kind.name or order.subject_type is not signed_subject(asked.subject.type):
        raise unprocessable(
            "/order/kind", "The signed order is of another kind or about another subject than the request says."
        )
    if order.valid_until < snap.now:
        raise unprocessable("/order/validUntil", "The signed order is no longer valid; draft and sign it anew.")
    if not _exists(snap, order):
        raise unprocessable("/order/subject", f"There is no {asked.subject.type.value} {order.subject}.")
    if order.kind in INSTRUCTIONS and not fits(order):
        told = f"{len(order.payload)} bytes are no payload that {asked.kind.value} has."
        raise unprocessable("/order/payload", f"The signed order's payload follows no layout: {told}")
    if order.kind is OverrideKind.ANSWER:
        require_open(snap, snap.ledger.questions[order.subject], may_read=may_read)
    try:
        warnings = tuple(warnings_of(snap, order))
        shown = displaced(snap, order)
    except Malformed as fault:
        why = fault if may_read else "it does not fit its subject"
        raise unprocessable("/order/payload", f"The signed order's payload follows no layout: {why}.") from fault
    require_agreement(snap, asked, order)
    return Draft(order=order, displaces=shown, epoch=epoch_of(snap, order), warnings=warnings)


def _exists(snap: Snapshot, order: HumanOrder) -> bool:
    if order.kind is OverrideKind.ANSWER:
        return order.subject in snap.ledger.questions
    if order.subject_type is Subject.NONE:
        return alarm_of(snap, order.subject) is not None
    known: dict[Subject, Collection[int]] = {
        Subject.TASK: snap.ledger.tasks,
        Subject.PROPOSAL: snap.ledger.proposals,
        Subject.WORKER: snap.ledger.members,
        Subject.ROBOT: snap.ledger.robots,
        Subject.PLANT: (0,),
    }
    return order.subject in known[order.subject_type]


def _find(ledger: Ledger, digest: bytes) -> OverrideRecord | None:
    return next((record for record in reversed(ledger.overrides.values()) if record.digest == digest), None)


_ROLES = {
    Kind.ASSIGN: (Role.PLANNER,),
    Kind.CANCEL: (Role.PLANNER,),
    Kind.REQUEUE: (Role.PLANNER,),
    Kind.HOLD: (Role.OPERATOR,),
    Kind.RELEASE: (Role.OPERATOR,),
    Kind.DRAIN: (Role.MAINTENANCE,),
    Kind.QUARANTINE: (Role.MAINTENANCE, Role.OPERATOR),
    Kind.MAINTAIN: (Role.MAINTENANCE,),
    Kind.REPRIORITISE: (Role.PLANNER,),
    Kind.ACKNOWLEDGE: (Role.OPERATOR, Role.PLANNER, Role.MAINTENANCE),
    Kind.SHELVE: (Role.OPERATOR, Role.PLANNER, Role.MAINTENANCE),
    Kind.ANSWER: (Role.OPERATOR, Role.PLANNER, Role.MAINTENANCE),
    Kind.LIFT: (Role.MAINTENANCE, Role.OPERATOR, Role.PLANNER),
}
