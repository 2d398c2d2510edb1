"""What people may do about members and roles."""

from hypothesis.stateful import precondition, rule

from tests.chain.plants import RESOURCE, ROLES, account
from tests.model import authority, members
from tests.model.authority import HUMANS
from tests.model.machine import NUMBER, LawMachine, has_open, is_odd, of, seldom
from tests.model.payloads import address
from workmoot.domain.workers import Kind, Scope

REGISTRARS = ("administrator", "supervisor")
NEWCOMERS = ("latecomer", "stranger", "supervisor", "planner", "operator", "mechanic", members.NO_ACCOUNT)
MOST_MEMBERS = 10


def may_admit(machine: "LawMachine") -> bool:
    return len(machine.law.members) < MOST_MEMBERS


class MemberMachine(LawMachine):
    """Who belongs to the plant, and who acts as what."""

    @precondition(may_admit)
    @rule(by=NUMBER, who=NUMBER, kind=NUMBER, capabilities=NUMBER)
    def admit(self, by: int, who: int, kind: int, capabilities: int) -> None:
        by_name, name = self.person(of(REGISTRARS, by), by), of(NEWCOMERS, who)
        given = Kind(of((1, 1, 1, 2, 3, 0), kind)), capabilities & 14
        self.do(
            f"admit({by_name}, {name}, {given})",
            lambda law: members.admit(law, by_name, name, *given),
            lambda world: world.by(by_name).members.admit(address(name), *given, "{}"),
        )

    @rule(what=NUMBER, by=NUMBER, whom=NUMBER)
    def change_standing(self, what: int, by: int, whom: int) -> None:
        function = of(("suspend", "reinstate", "reinstate", "retire"), what)
        self._change(self.person(of(REGISTRARS, by), by), function, self.member(whom))

    def _change(self, by_name: str, function: str, number: int) -> None:
        judge = getattr(members, function)
        self.do(
            f"{function}({by_name}, {number})",
            lambda law: judge(law, by_name, number),
            lambda world: getattr(world.by(by_name).members, function)(number),
        )

    @precondition(has_open)
    @rule(whom=NUMBER)
    def join_again(self, whom: int) -> None:
        """A voter that is suspended for a moment is no voter of what was opened before."""
        number = int(of(self.voters() or [1], whom))
        for function in ("suspend", "reinstate"):
            self._change("administrator", function, number)

    @precondition(seldom)
    @rule(by=NUMBER, robot=NUMBER, worker=NUMBER, scope=NUMBER)
    def bind(self, by: int, robot: int, worker: int, scope: int) -> None:
        by_name, given = self.person(of(REGISTRARS, by), by), Scope(of((1, 1, 0, 2), scope))
        machine, commander = self.member(robot) if is_odd(robot) else 4, self.member(worker)
        self.do(
            f"bind({by_name}, {machine}, {commander}, {given})",
            lambda law: members.bind(law, by_name, machine, commander, RESOURCE, given),
            lambda world: world.by(by_name).members.bind(machine, commander, RESOURCE, given),
        )

    @precondition(seldom)
    @rule(by=NUMBER, who=NUMBER, role=NUMBER, what=NUMBER)
    def change_role(self, by: int, who: int, role: int, what: int) -> None:
        name = self.person(of(ROLES, who), who)
        given = of(HUMANS, role) if is_odd(role, 4) else ROLES.get(name, of(HUMANS, role))
        by_name = self.person("administrator", by)
        if what % 3 == 0:
            self.do(
                f"revoke({by_name}, {given}, {name})",
                lambda law: authority.revoke(law, by_name, given, name),
                lambda world: world.revoke(given, account(name), by=by_name),
            )
        else:
            self.do(
                f"grant({given}, {name})",
                lambda law: authority.grant(law, "administrator", given, name),
                lambda world: world.grant(given, account(name)),
            )
