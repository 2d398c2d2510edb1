"""What humans may say that fills no slot."""

from hypothesis import strategies as st
from hypothesis.stateful import rule

from tests.chain.plants import PEOPLE, account, signer
from tests.model import authority, instructions, tasks
from tests.model.instructions import ABOUT, LASTING, UNTIL_LIFTED, Instruction
from tests.model.machine import NUMBER, LawMachine, is_odd, of
from tests.model.worlds import CHAIN_ID, World
from workmoot.domain.instructions import HumansContracts
from workmoot.domain.overrides import HumanOrder, OverrideKind, SubjectType, unordered_nonce
from workmoot.domain.work import Status
from workmoot.domain.workers import Kind

KINDS = (*ABOUT, OverrideKind.LIFT, OverrideKind.LIFT, OverrideKind.LIFT)
ODD_PAYLOADS = (b"", b"\x0c", b"two", bytes(1024), bytes(1025))
UNTIL = (50, 10, 500, 100)
FOREVER = 2**40
About = tuple[SubjectType, int, bytes]


class InstructionMachine(LawMachine):
    """All that humans may instruct."""

    @rule(given=st.lists(st.tuples(NUMBER, NUMBER, NUMBER, NUMBER, NUMBER), min_size=1, max_size=3))
    def instruct(self, given: list[tuple[int, int, int, int, int]]) -> None:
        for which, subject, by, option, flaw in given:
            kind: OverrideKind = of(KINDS, which)
            instruction = self._instruction(kind, self._about_what(kind, subject, option, flaw), by, option, flaw)
            self.give(instruction, flaw)

    def give(self, given: Instruction, flaw: int = 0) -> str:
        def act(world: World) -> None:
            told = _told(given, flaw)
            at = world.addresses
            counts_at = HumansContracts(chain_id=CHAIN_ID, overrides=at["Overrides"], instructions=at["Instructions"])
            world.by("stranger").overrides.execute(told, signer(given.signer).sign(counts_at.digest(told)))

        return self.do(f"instruct_{given.kind.name.lower()}({given})", lambda law: instructions.give(law, given), act)

    def _about_what(self, kind: OverrideKind, subject: int, option: int, flaw: int) -> About:
        """A subject that the kind goes with, and what is said of it."""
        payload = bytes((option,)) if kind is OverrideKind.REPRIORITISE else b""
        if kind is OverrideKind.ANSWER:
            payload = b"yes"
        meant = kind
        if kind is OverrideKind.LIFT:
            meant, number = self._standing(subject, option)
            payload = bytes((flaw if is_odd(option, 16) else meant,))
        else:
            number = self._subject(kind, subject, option)
        if is_odd(flaw, 24):
            payload = of(ODD_PAYLOADS, flaw // 24)
        on = of(SubjectType, flaw // 32) if is_odd(flaw, 32) else ABOUT[meant]
        return on, number, payload

    def _standing(self, subject: int, option: int) -> tuple[OverrideKind, int]:
        """What may be lifted, mostly."""
        known = [(OverrideKind(found.kind), about) for (_, about), found in self.law.said.items() if found.kind]
        lasting = [one for one in known if one[0] in LASTING]
        if is_odd(option) or not lasting:
            kind: OverrideKind = of(ABOUT, subject)
            return of([*known, (kind, self._subject(kind, subject, option))], option // 8)  # type: ignore[no-any-return] # one of them
        return of(lasting[::-1], subject)  # type: ignore[no-any-return] # one of them

    def _subject(self, kind: OverrideKind, subject: int, option: int) -> int:
        on, wrong = ABOUT[kind], is_odd(option, 12)
        if on is SubjectType.NONE:
            return 1 + subject % 4
        if on is SubjectType.TASK:
            open_ones = (*tasks.IDLE, Status.STARTED, Status.SUBMITTED, *tasks.WAITING)
            return 1 << 32 if wrong and subject % 2 else self.task(subject, *(Status if wrong else open_ones))
        if wrong:
            return 1 << 16 if subject % 2 else self.member(subject)
        wanted = Kind.DIGITAL if on is SubjectType.WORKER else Kind.ROBOTIC
        return int(of([number for number in self.law.members if self.law.kind_of(number) is wanted], subject))

    def _instruction(self, kind: OverrideKind, about: About, by: int, option: int, flaw: int) -> Instruction:
        on, subject, payload = about
        now, meant = self.walk.now, payload[0] if kind is OverrideKind.LIFT and payload else kind
        roles = instructions.roles_for(meant)
        able = [name for name in PEOPLE if authority.may_order(self.law, name, roles)] or ["supervisor"]
        human = self.person(of(able, by), by)
        is_open = kind in UNTIL_LIFTED and option % 3 == 0
        again = is_odd(flaw, 20)
        expected = instructions.said(self.law, meant, subject).version + is_odd(flaw, 12)
        return Instruction(
            kind=kind,
            on=on,
            subject=subject,
            payload=payload,
            explained=not is_odd(flaw, 30),
            expires_at=of((0, now + 9, now), flaw // 8)
            if is_odd(flaw, 18)
            else 0
            if is_open
            else now + of(UNTIL, option),
            valid_until=now - of((0, 1), flaw // 32) if is_odd(flaw, 16) else FOREVER,
            expected_version=expected if is_odd(flaw, 4) else 0,
            human=human,
            signer=self.person(human, flaw // 2 + 1),
            key=1 if again else self.law.instructed + 2,
            count=self.law.nonces.get(("Instructions", human, 1), 0) - is_odd(flaw, 40) if again else 0,
        )


def reason_of(flaw: int, *, explained: bool) -> tuple[int, str]:
    """A code and words, or one without the other."""
    return (1, "why") if explained else of(((0, "why"), (1, "")), flaw // 30)


def _told(given: Instruction, flaw: int) -> HumanOrder:
    code, words = reason_of(flaw, explained=given.explained)
    return HumanOrder(
        kind=given.kind,
        subject_type=given.on,
        subject=given.subject,
        payload=given.payload,
        reason_code=code,
        reason=words,
        expires_at=given.expires_at,
        valid_until=given.valid_until,
        expected_epoch=given.expected_version,
        human=account(given.human),
        nonce=unordered_nonce(given.key) + given.count,
    )
