"""What people may do about motions, and about those who are absent."""

from typing import Any

from hypothesis.stateful import precondition, rule

from tests.chain.plants import POLICY
from tests.model import members, motions
from tests.model.law import Admit, Change, Law, Motion
from tests.model.machine import NUMBER, has_proposals, is_odd, of, seldom
from tests.model.member_rules import MOST_MEMBERS, NEWCOMERS
from tests.model.payloads import motion_bytes
from tests.model.proposals import MOTION_SECONDS
from tests.model.vote_rules import ALL_SAY, VoteMachine, Wanted
from workmoot.domain.motions import MotionKind
from workmoot.domain.plan import PackedPlan
from workmoot.domain.proposals import Policy, State, Weights
from workmoot.domain.workers import Kind, Standing

KINDS = (
    *(MotionKind.SUSPEND, MotionKind.REINSTATE, MotionKind.ADMIT, MotionKind.POLICY, MotionKind.RETIRE),
    *(MotionKind.SUSPEND, MotionKind.REINSTATE, MotionKind.SUSPEND),
)
NEVER = 1 << 24
SECONDS = (60, 30, 10, 120, 9, NEVER - 1, NEVER)
LIMITS = (2, 1, 3, 9, 0, 10)
MOST_SILENT = 3
SILENCES = (2, 1, 3, 1, 2, 0, 256, 257)


class MotionMachine(VoteMachine):
    """Who belongs, by which policy is decided, and who is left out."""

    @rule(by=NUMBER, what=NUMBER, whom=NUMBER, flaw=NUMBER)
    def move(self, by: int, what: int, whom: int, flaw: int) -> None:
        self._move(self.person(self._voter(by), by), self._motion(what, whom), flaw)

    @rule(by=NUMBER, what=NUMBER, whom=NUMBER)
    def carry(self, by: int, what: int, whom: int) -> None:
        """A motion, and then all ballots together; where it waits, later."""
        if not self._move(self._voter(by), self._motion(what, whom), 0):
            self.decide_with_all(len(self.law.proposals), hashed=is_odd(by, 3))

    @precondition(seldom)
    @rule(by=NUMBER, what=NUMBER, whom=NUMBER, flaw=NUMBER, says=ALL_SAY, terms=NUMBER)
    def carry_at_once(self, by: int, what: int, whom: int, flaw: int, says: list[int], terms: int) -> None:
        moved = _moved(self._motion(what, whom), flaw)
        self.settle_at_once(self._voter(by), moved, flaw, says=says, terms=terms)

    @precondition(seldom)
    @rule(by=NUMBER, times=NUMBER, whom=NUMBER)
    def wait_for_nobody(self, by: int, times: int, whom: int) -> None:
        """Votes that nobody takes part in run out one after the other; who was silent is left out."""
        name = self._voter(by)
        for _ in range(min(self.law.policy.absent_after, MOST_SILENT) + times // 8 % 3 - 1):
            if self._move(name, POLICY, 0):
                return
            self.walk.now = self.law.proposals[len(self.law.proposals)].rest.deadline + 1 - is_odd(times, 6)
        silent = self.member(whom) if is_odd(whom, 4) else int(of(self.voters() or [1], whom))
        self._leave_out(silent)
        if is_odd(times, 3):
            self._move(self.account_of(silent), POLICY, 0)
        if is_odd(times, 4):
            self._suspend(silent)
        elif is_odd(times, 2):
            self._come_back(self.account_of(silent))
            self._leave_out(silent)

    @precondition(has_proposals)
    @precondition(seldom)
    @rule(whom=NUMBER)
    def leave_out(self, whom: int) -> None:
        self._leave_out(self.member(whom))

    def _leave_out(self, number: int) -> None:
        self.do(
            f"leaveOut({number})",
            lambda law: motions.leave_out(law, number),
            lambda world: world.by("stranger").motions.leave_out(number),
        )

    @precondition(lambda machine: bool(_absent(machine.law)) or machine.done % 16 == 0)
    @rule(whom=NUMBER)
    def come_back(self, whom: int) -> None:
        self._come_back(self.person(self.account_of(of(_absent(self.law) or [1], whom)), whom))

    def _come_back(self, name: str) -> None:
        self.do(
            f"comeBack({name})",
            lambda law: members.come_back(law, name),
            lambda world: world.by(name).members.come_back(),
        )

    @precondition(lambda machine: machine.done % 12 == 0)
    @rule(motion=NUMBER, how=NUMBER)
    def be_alone(self, motion: int, how: int) -> None:
        """All voters but one are suspended; whether a vote or silence takes the last one too."""
        for number in self.voters()[1:]:
            self._suspend(number)
        last = int(of(self.voters() or [1], 0))
        kind = of((MotionKind.SUSPEND, MotionKind.RETIRE), motion)
        if not self._move(self.account_of(last), Change(kind, last), 0):
            self.decide_with_all(len(self.law.proposals), hashed=is_odd(how, 3))

    @precondition(lambda machine: any(_waits(found) for found in machine.law.proposals.values()))
    @rule(which=NUMBER)
    def be_late(self, which: int) -> None:
        """What passed and was not carried out: in the last second, or one too late."""
        waiting = [number for number, found in self.law.proposals.items() if _waits(found)]
        number = int(of(waiting, which))
        last = self.law.proposals[number].rest.deadline + MOTION_SECONDS
        self.walk.now = max(self.walk.now, last + which % 2)
        self.enact_part(number, self.given(number, 0), 1)

    def _suspend(self, number: int) -> None:
        self.do(
            f"suspend(administrator, {number})",
            lambda law: members.suspend(law, "administrator", number),
            lambda world: world.by("administrator").members.suspend(number),
        )

    def _move(self, name: str, motion: Motion, flaw: int) -> str:
        return self.put_to_vote(name, _moved(motion, flaw), flaw)

    def _motion(self, what: int, whom: int) -> Motion:
        kind = of(KINDS, what)
        if kind is MotionKind.ADMIT and len(self.law.members) < MOST_MEMBERS:
            return Admit(of(NEWCOMERS, whom), Kind(of((1, 1, 2, 1, 3, 0), what // 8)), what // 8 & 14)
        if kind is MotionKind.POLICY:
            return Policy(
                voting_seconds=of(SECONDS[:-2] if what % 3 else SECONDS, whom),
                open_limit=of(LIMITS, whom // 4),
                absent_after=of(SILENCES, whom // 16),
                weights=Weights(makespan=what, risk=1) if not is_odd(what // 8) else NO_WEIGHTS,
            )
        suspended = [number for number, member in self.law.members.items() if member.standing is Standing.SUSPENDED]
        if kind is MotionKind.REINSTATE and suspended and not is_odd(whom, 4):
            return Change(kind, int(of(suspended, whom)))
        return Change(MotionKind.SUSPEND if kind is MotionKind.ADMIT else kind, self.member(whom))


def _absent(law: Law) -> list[int]:
    return [number for number, member in law.members.items() if member.standing is Standing.ABSENT]


def _waits(found: Any) -> bool:
    return found.state is State.PASSED and isinstance(found.content, Admit | Change | Policy)


NO_WEIGHTS = Weights(makespan=0, tardiness=0, cost=0, energy=0, risk=0)
_SPOILT = (
    b"\0\0\0",
    b"\0\0\0\0",
    b"\0\0\0\0\0\1",
    b"\0\0\0\7\0\1",
    b"\0\0\0\2\1",
    b"\0\0\0\3\0\1\0",
    b"\0\0\0\5" + b"\1" * 17,
    b"\0\0\0\1" + b"\1" * 52,
    b"\0\0\0\1\4" + b"\1" * 52,
)


def _moved(motion: Motion, flaw: int) -> Wanted:
    packed, teams, malformed = motion_bytes(motion), b"", ""
    if is_odd(flaw, 10):
        packed, malformed = of(_SPOILT, flaw // 10), "MalformedMotion"
    if is_odd(flaw, 14):
        teams, malformed = b"team", "MalformedTeams"
    return Wanted(motion, PackedPlan(assignments=packed, teams=teams), malformed)
