"""What humans may order, and the slots that others end."""

from dataclasses import replace

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.chain.plants import PEOPLE, account, signer
from tests.model import authority, humans, tasks
from tests.model.claim_rules import ClaimMachine, has_recorded_tree, recorded_trees
from tests.model.humans import NONE, Junk, Naming, Order, Part, Payload, Word
from tests.model.instruction_rules import FOREVER, UNTIL, InstructionMachine, reason_of
from tests.model.law import No
from tests.model.machine import NUMBER, has_runs, is_odd, of, seldom
from tests.model.member_rules import MemberMachine
from tests.model.motion_rules import MotionMachine
from tests.model.payloads import payload_bytes
from tests.model.proposals import Given
from tests.model.vote_rules import ENTRIES
from tests.model.work_rules import WorkMachine
from tests.model.worlds import CHAIN_ID, World
from workmoot.domain.overrides import HumanOrder, Level, OverrideKind, SubjectType, order_digest, unordered_nonce
from workmoot.domain.proposals import State
from workmoot.domain.work import Status
from workmoot.domain.workers import Kind, Standing

KINDS = (
    *(OverrideKind.ASSIGN, OverrideKind.HOLD, OverrideKind.RELEASE, OverrideKind.ACCEPT, OverrideKind.ASSIGN),
    *(OverrideKind.REWORK, OverrideKind.REQUEUE, OverrideKind.APPROVE, OverrideKind.VETO, OverrideKind.HOLD),
    *(OverrideKind.RELEASE, OverrideKind.CANCEL, OverrideKind.SUSPEND, OverrideKind.REINSTATE, OverrideKind.REQUEUE),
    *(OverrideKind.RELEASE, OverrideKind.REINSTATE, OverrideKind.SUSPEND),
)
ON = {
    OverrideKind.VETO: SubjectType.PROPOSAL,
    OverrideKind.APPROVE: SubjectType.PROPOSAL,
    OverrideKind.SUSPEND: SubjectType.WORKER,
    OverrideKind.REINSTATE: SubjectType.WORKER,
}
HELD = (SubjectType.TASK, SubjectType.TASK, SubjectType.TASK, SubjectType.ROBOT, SubjectType.PLANT)
FITTING = {
    OverrideKind.ACCEPT: (Status.SUBMITTED, *tasks.WAITING),
    OverrideKind.REWORK: (Status.SUBMITTED,),
    OverrideKind.REQUEUE: (Status.ALLOCATED, *tasks.WAITING),
}
ANY_OPEN = (*tasks.IDLE, Status.STARTED, Status.SUBMITTED, *tasks.WAITING)
LEVELS = (0, 0, 0, 7, 5, 5, 8, 12, 1)
ENDED = (State.PASSED, State.VETOED)
"""Of a plan that is enacted in parts."""
Key = tuple[SubjectType, int, int]


class HumanMachine(MemberMachine, WorkMachine, MotionMachine, ClaimMachine, InstructionMachine):
    """Everything anybody can do, humans too."""

    @rule(orders=st.lists(st.tuples(NUMBER, NUMBER, NUMBER, NUMBER, NUMBER), min_size=1, max_size=3))
    def order(self, orders: list[tuple[int, int, int, int, int]]) -> None:
        for kind, subject, by, option, flaw in orders:
            what: OverrideKind = of(KINDS, kind)
            on, number, level = self._about(what, subject, option)
            if is_odd(flaw, 32):
                on = of(SubjectType, flaw // 32)
            self.execute(self._order(what, (on, number, level), by, option, flaw), flaw)

    @precondition(lambda machine: machine.law.plant_held)
    @rule(by=NUMBER, flaw=NUMBER)
    def resume(self, by: int, flaw: int) -> None:
        """A held plant is released, in two steps."""
        plant = (SubjectType.PLANT, 0, 0)
        self.execute(self._order(OverrideKind.RELEASE, plant, by, 0, flaw), flaw)

    @precondition(lambda machine: any(asked.until >= machine.walk.now for asked in machine.law.asked.values()))
    @rule(which=NUMBER, by=NUMBER, flaw=NUMBER)
    def second(self, which: int, by: int, flaw: int) -> None:
        """What somebody asked for is asked for again, mostly by another human."""
        effect = of([effect for effect, asked in self.law.asked.items() if asked.until >= self.walk.now], which)
        order = self._order(effect.kind, (effect.on, effect.subject, effect.level), by, 0, flaw)
        first = self.law.asked[effect].human
        able = [name for name in self._able(order.kind, order.on, order.subject, effect.level) if name != first]
        human = order.human if is_odd(by, 4) or not able else of(able, by)
        until = self.walk.now + 50 if effect.kind is OverrideKind.APPROVE else 0
        payload = order.payload if is_odd(flaw) else effect.payload
        self.execute(replace(order, human=human, signer=human, payload=payload, expires_at=until), flaw)

    @precondition(seldom)
    @rule(by=NUMBER, entries=ENTRIES, words=NUMBER)
    def decide_under_hold(self, by: int, entries: list[tuple[int, int, int]], words: int) -> None:
        """What passes while the plant is held waits, a plan or a tree."""
        name, plan, before = self._voter(by), self._plan(entries), len(self.law.proposals)
        self.execute(self._order(OverrideKind.HOLD, (SubjectType.PLANT, 0, 0), by, 0, 0))
        if words % 2:
            self.grow_tree(by, entries, 0, 0)
        elif not self.propose_all(name, plan):
            self.decide_with_all(before + 1, hashed=is_odd(by, 3))
        if len(self.law.proposals) > before:
            self.enact_part(before + 1, Given(before + 1, before + 1), words % 3)

    @precondition(lambda machine: len(machine.idle_orders()) > 1)
    @rule(by=NUMBER, lead=NUMBER, option=NUMBER, twice=NUMBER)
    def break_off(self, by: int, lead: int, option: int, twice: int) -> None:
        """A plan of several words is enacted in parts, and vetoed between them; mostly another plan says the same."""
        plan = self._plan([(number, lead, lead + 1) for number in range(len(self.idle_orders()))], self.idle_orders())
        names = [self._voter(by + at) for at in range(1 + twice % 4 // 2 + twice % 2)]
        numbers = [len(self.law.proposals) for name in names if not self.propose_all(name, plan)]
        for number in numbers:
            self.decide_with_all(number, hashed=True)
        for place, number in enumerate(numbers):
            self.enact_part(number, Given(number, number), 9 if place else 1)
        for number in numbers[:1]:
            vetoed = (SubjectType.PROPOSAL, number, 0)
            part = Part(Given(number, number), 0, len(plan))
            order = self._order(OverrideKind.VETO, vetoed, by, option, 0)
            self.execute(order if is_odd(option, 4) else replace(order, payload=part))
            if is_odd(twice, 3):
                self.execute(replace(order, payload=part, key=self.law.overrides + 2))

    @precondition(has_recorded_tree)
    @precondition(seldom)
    @rule(which=NUMBER, by=NUMBER, option=NUMBER, leaf=NUMBER)
    def fell(self, which: int, by: int, option: int, leaf: int) -> None:
        """A tree is vetoed, by which nobody claims from it any more."""
        tree = (SubjectType.PROPOSAL, int(of(recorded_trees(self), which)), 0)
        self.execute(self._order(OverrideKind.VETO, tree, by, option, 0))
        self.claim(which, [(leaf, 0)])

    @precondition(lambda machine: machine.law.overrides)
    @precondition(seldom)
    @rule(by=NUMBER, which=NUMBER)
    def ratify(self, by: int, which: int) -> None:
        name, override = of(PEOPLE, by), which % (self.law.overrides + 2)
        self.do(
            f"ratify({name}, {override})",
            lambda law: humans.ratify(law, name, override),
            lambda world: world.by(name).overrides.ratify(override, support=True, words=""),
        )

    @precondition(lambda machine: machine.law.slots)
    @rule(which=NUMBER, other=NUMBER)
    def poke_slot(self, which: int, other: int) -> None:
        ended = [key for key, slot in self.law.slots.items() if 0 < slot.expires_at < self.walk.now]
        on, subject, level = of(ended or self.law.slots, which)
        level = of(Level, other) if is_odd(other) else level
        self.do(
            f"poke_slot({on}, {subject}, {level})",
            lambda law: humans.poke(law, on, subject, level),
            lambda world: world.by("stranger").overrides.poke(on, subject, level),
        )

    @precondition(has_runs)
    @rule(task=NUMBER, by=NUMBER, stopped=NUMBER)
    def safe_stop(self, task: int, by: int, stopped: int) -> None:
        number, stops = self.task(task, Status.ALLOCATED, Status.STARTED), stopped % 3 != 2
        found = self.law.tasks.get(number)
        name = self.person(self.account_of(found.worker if found else 1), by)
        self.do(
            f"safeStop({name}, {number}, {stops})",
            lambda law: humans.safe_stop(law, name, number, stopped=stops),
            lambda world: world.by(name).overrides.safe_stop(number, stopped=stops),
        )

    # An order

    def execute(self, order: Order, flaw: int = 0) -> str:
        def act(world: World) -> None:
            told = _signed_as(world, order, flaw)
            digest = order_digest(told, chain_id=CHAIN_ID, overrides=world.addresses["Overrides"])
            world.by("stranger").overrides.execute(told, signer(order.signer).sign(digest))

        return self.do(f"{order.kind.name.lower()}({order})", lambda law: humans.execute(law, order), act)

    def _about(self, kind: OverrideKind, subject: int, option: int) -> Key:
        """A subject of which the order makes sense, and the level it names."""
        on = ON.get(kind, SubjectType.TASK)
        level = of(LEVELS, option) if kind in (OverrideKind.HOLD, OverrideKind.RELEASE) else 0
        if kind is OverrideKind.RELEASE and self.law.slots and not is_odd(subject):
            on, number, filled = of(self.law.slots, subject)
            return on, number, filled if is_odd(option, 2) else 0
        held = [key for key, slot in self.law.slots.items() if slot.held and key[2] != Level.SAFE_STOP]
        if kind is OverrideKind.HOLD and held and is_odd(subject, 2):
            return of(held, subject // 2)  # type: ignore[no-any-return] # one of them
        if kind in (OverrideKind.HOLD, OverrideKind.RELEASE):
            on = of(HELD, subject)
        if on is SubjectType.TASK:
            return on, self.task(subject, *FITTING.get(kind, ANY_OPEN)), level
        in_parts = [number for number, found in self.law.proposals.items() if found.enacted and found.state in ENDED]
        if kind is OverrideKind.VETO and in_parts and option % 2:
            return on, int(of(in_parts, subject)), level
        if on is SubjectType.PROPOSAL:
            return on, self.proposal(subject, State.OPEN, State.PASSED, State.ENACTED), level
        if on is SubjectType.PLANT:
            return on, int(is_odd(option, 16)), 0
        return on, 1 << 16 if is_odd(option, 32) else self._badge(kind, on, subject, option), level

    def _badge(self, kind: OverrideKind, on: SubjectType, subject: int, option: int) -> int:
        """A robot, or one who is suspended, or a human as often as a worker."""
        if is_odd(option):
            return self.member(subject)
        known = self.law.members
        if on is SubjectType.ROBOT:
            return int(of([number for number in known if self.law.kind_of(number) is Kind.ROBOTIC], subject))
        gone = [number for number, member in known.items() if member.standing is Standing.SUSPENDED]
        if kind is OverrideKind.REINSTATE and gone:
            return int(of(gone, subject))
        own = [number for number in known if self.law.kind_of(number) is Kind.HUMAN]
        return int(of(own or known, subject)) if is_odd(subject, 2) else self.member(subject)

    def _able(self, kind: OverrideKind, on: SubjectType, subject: int, level: int) -> list[str]:
        """Who may give an order."""
        try:
            roles = humans.roles_for(self.law, kind, on, subject, level or _own(on))
        except No:
            return []
        recovers = kind is OverrideKind.REINSTATE and self.law.kind_of(subject) is Kind.HUMAN
        return [name for name in PEOPLE if authority.may_order(self.law, name, roles, recovers=recovers)]

    def _order(self, kind: OverrideKind, about: Key, by: int, option: int, flaw: int) -> Order:
        on, subject, level = about
        now = self.walk.now
        able = self._able(kind, on, subject, level) or ["supervisor"]
        human = self.person(of(able, by), by)
        until = now + of(UNTIL, option) if kind in (OverrideKind.ASSIGN, OverrideKind.APPROVE) or option % 2 else 0
        again = is_odd(flaw, 20)
        return Order(
            kind=kind,
            on=on,
            subject=subject,
            payload=self._payload(kind, subject, option, flaw),
            level=level,
            explained=not is_odd(flaw, 30),
            expires_at=of((0, now + 9, now), flaw // 8) if is_odd(flaw, 18) else until,
            valid_until=now - of((0, 1), flaw // 32) if is_odd(flaw, 16) else FOREVER,
            expected_epoch=self._epoch(on, subject) + is_odd(flaw, 12) if is_odd(flaw, 4) else 0,
            human=human,
            signer=self.person(human, flaw // 2 + 1),
            key=1 if again else self.law.overrides + 2,
            count=self.law.nonces.get(("Overrides", human, 1), 0) - is_odd(flaw, 40) if again else 0,
        )

    def _epoch(self, on: SubjectType, subject: int) -> int:
        if on is SubjectType.TASK and subject in self.law.tasks:
            return self.law.plant_epoch + self.law.tasks[subject].epoch
        if on is SubjectType.ROBOT:
            return self.law.plant_epoch + 1 + self.law.robot_epochs.get(subject, 0)
        return self.law.plant_epoch

    def _payload(self, kind: OverrideKind, subject: int, option: int, flaw: int) -> Payload:
        if is_odd(flaw, 24):
            odd: tuple[Payload, ...] = (NONE, Junk.JUNK, Word(0))
            return odd[flaw // 24 % len(odd)]
        if kind is OverrideKind.ASSIGN:
            inspector = self._inspector(option // 4)
            helpers = (self.member(option // 8),) if is_odd(option, 5) else ()
            second = bool(option % 3)
            lead = self.member(option // 4) if second else self._lead(subject, option // 4)
            return Naming(subject + is_odd(flaw, 64), lead, inspector, helpers, second)
        if kind is OverrideKind.CANCEL and option % 2:
            return Word(of((1 << (subject & 255), 0b11, 0b111, 0b10), option // 2))
        if kind is OverrideKind.RELEASE and option % 3 == 2:
            return Word(1)
        if kind in (OverrideKind.VETO, OverrideKind.APPROVE) and subject in self.law.proposals:
            found = self.law.proposals[subject]
            if kind is OverrideKind.VETO and found.state is not State.ENACTED and option % 2:
                return NONE
            count = len(found.content) if isinstance(found.content, tuple) else 1
            first = option % count if option % 3 == 2 else 0
            return Part(self.given(subject, flaw // 4), first, count + is_odd(option, 9) - is_odd(option, 7))
        return NONE


def _own(on: SubjectType) -> Level:
    return Level.PLANT_HOLD if on is SubjectType.PLANT else Level.HUMAN


def _signed_as(world: World, order: Order, flaw: int) -> HumanOrder:
    code, words = reason_of(flaw, explained=order.explained)
    return HumanOrder(
        kind=order.kind,
        subject_type=order.on,
        subject=order.subject,
        payload=payload_bytes(world, order.payload),
        level=order.level,
        reason_code=code,
        reason=words,
        expires_at=order.expires_at,
        valid_until=order.valid_until,
        expected_epoch=order.expected_epoch,
        human=account(order.human),
        nonce=unordered_nonce(order.key) + order.count,
    )
