"""What people may do, drawn by Hypothesis: mostly what makes sense, often enough what does not."""

from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from tests.builders import an_opening
from tests.chain.plants import PEOPLE, RESOURCE, ROLES, account
from tests.model import authority, members, proposals, tasks
from tests.model.authority import HUMANS
from tests.model.compiler import Artifacts, as_built
from tests.model.law import Entry, No, Task
from tests.model.payloads import UNKNOWN, given_bytes
from tests.model.plants import SETUPS, Setup
from tests.model.proposals import Draft, Given, Signed
from tests.model.signing import SCRIBBLE, ballot_bytes, post_signature, signature_of, vote_signature
from tests.model.walk import Act, Judge, Walk
from tests.model.worlds import ContractWorld, World, remember
from workmoot.domain.ids import ZERO_ADDRESS, Address, Number, TaskId
from workmoot.domain.plan import PackedPlan, PlanEntry, pack_plan
from workmoot.domain.proposals import State, content_hash_of
from workmoot.domain.work import TASK, OnFailure, Status
from workmoot.domain.workers import Kind, Scope

NUMBER = st.integers(0, 255)
"""What is chosen, counted from what makes most sense; see `of` and `is_odd`."""
PAIR = st.tuples(NUMBER, NUMBER)
ENTRIES = st.lists(st.tuples(NUMBER, NUMBER, NUMBER), min_size=1, max_size=4)
WHO = (*PEOPLE, members.NO_ACCOUNT)
REGISTRARS = ("administrator", "supervisor")
NEWCOMERS = ("latecomer", "stranger", "supervisor", "planner", "operator", "mechanic", members.NO_ACCOUNT)
NO_TASK = 9 << 8 | 9
MOST_ORDERS, MOST_MEMBERS = 3, 10
SPANS = (1, 5, 11, 21, 31, 41, 61, 301)


def of(options: Any, number: int) -> Any:
    """One of the options."""
    listed = list(options)
    return listed[number % len(listed)]


def is_odd(number: int, chances: int = 8) -> bool:
    """Whether something that makes little sense is to be tried: once in so many times."""
    return number % chances == chances - 1


def address(name: str) -> Address:
    return ZERO_ADDRESS if name == members.NO_ACCOUNT else account(name)


def has_proposals(machine: "LawMachine") -> bool:
    return bool(machine.law.proposals)


def has_open(machine: "LawMachine") -> bool:
    """Whether there is a vote; now and then one that is over will do."""
    return has_proposals(machine) and (seldom(machine) or _is_any(machine, State.OPEN))


def has_passed(machine: "LawMachine") -> bool:
    return has_proposals(machine) and (seldom(machine) or _is_any(machine, State.PASSED))


def _is_any(machine: "LawMachine", state: State) -> bool:
    return any(proposal.state is state for proposal in machine.law.proposals.values())


def seldom(machine: "LawMachine") -> bool:
    """For what matters less often."""
    return machine.done % 4 == 0


def may_admit(machine: "LawMachine") -> bool:
    return len(machine.law.members) < MOST_MEMBERS


def may_post(machine: "LawMachine") -> bool:
    return len(machine.law.orders) < MOST_ORDERS


def has_runs(machine: "LawMachine") -> bool:
    return any(task.status in tasks.BUSY for task in machine.law.tasks.values())


class LawMachine(RuleBasedStateMachine):
    """Everything anybody can do about members, proposals and tasks."""

    artifacts: ClassVar[Artifacts] = as_built()
    calls: ClassVar[int] = 0
    tally: ClassVar[dict[str, int]] = {}
    """How often each outcome was seen."""
    _worlds: ClassVar[dict[str, ContractWorld]] = {}

    def __init__(self) -> None:
        super().__init__()
        self.done = 0

    def found(self, setup: Setup) -> None:
        self.walk = Walk(setup, [self._contracts(setup)])
        self.law = self.walk.law

    @classmethod
    def _contracts(cls, setup: Setup) -> ContractWorld:
        """The one deployment of such a plant."""
        if setup.name not in cls._worlds:
            cls._worlds[setup.name] = ContractWorld(setup, cls.artifacts)
        cls._worlds[setup.name].renew()
        return cls._worlds[setup.name]

    def do(self, what: str, judge: Judge, act: Act, *, in_memory: bool = True) -> str:
        outcome = self.walk.step(what, judge, act, in_memory=in_memory)
        self.walk.look()
        cls = type(self)
        self.done += 1
        cls.calls += 1
        key = f"{what.partition('(')[0]} {outcome or 'done'}"
        cls.tally[key] = cls.tally.get(key, 0) + 1
        return outcome

    # Who and what

    def person(self, right: str, number: int) -> str:
        return str(of(PEOPLE, number // 8)) if is_odd(number) else right

    def member(self, number: int) -> int:
        """A badge, now and then one that nobody has."""
        return int(of([*self.law.members, 0, len(self.law.members) + 1], number))

    def account_of(self, number: int) -> str:
        return self.law.members[number].account if number in self.law.members else "stranger"

    def voters(self) -> list[int]:
        return [number for number, member in self.law.members.items() if member.votes]

    def task(self, number: int, *statuses: Status) -> int:
        """A task, of one of these statuses where there is one."""
        if is_odd(number, 64):
            return NO_TASK
        fitting = [task for task, found in self.law.tasks.items() if found.status in statuses]
        return int(of(fitting or [*self.law.tasks, NO_TASK], number))

    def proposal(self, number: int, *states: State) -> int:
        fitting = [proposal for proposal, found in self.law.proposals.items() if found.state in states]
        if fitting and not is_odd(number, 16):
            return int(of(fitting[::-1], number))
        return int(of([*self.law.proposals, len(self.law.proposals) + 1, 0], number))

    def given(self, proposal: int, number: int) -> Given:
        if not is_odd(number):
            return Given(proposal, proposal)
        other = int(of([0, *self.law.proposals], number // 8))
        return Given(proposal, other) if number & 64 else Given(other, proposal)

    # Members

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
    def come_back(self, whom: int) -> None:
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

    # Orders

    @precondition(may_post)
    @rule(by=NUMBER, kinds=st.lists(PAIR, min_size=1, max_size=4), flaw=NUMBER)
    def post(self, by: int, kinds: list[tuple[int, int]], flaw: int) -> None:
        by_name = self.person(of(("planner", "supervisor"), by), by)
        asked = [_ask(index, *kind) for index, kind in enumerate(kinds)]
        if is_odd(flaw):
            asked[-1] = tasks.Ask(**{"capability": 1, **of(_FLAWS, flaw // 8)})
        self.post_all(by_name, asked, cut=is_odd(flaw // 8, 16))

    def post_all(self, by_name: str, asked: list[tasks.Ask], *, cut: bool = False) -> None:
        packed = b"".join(map(TASK.pack, asked))
        packed = packed[:-1] if cut else packed
        self.do(
            f"post({by_name}, {asked}, {len(packed)})",
            lambda law: tasks.post(law, by_name, tuple(asked), packed, "{}"),
            lambda world: world.by(by_name).work_orders.post(packed, "{}"),
        )

    @precondition(may_post)
    @precondition(seldom)
    @rule(by=NUMBER, kinds=st.lists(PAIR, min_size=1, max_size=2), flaw=NUMBER)
    def post_signed(self, by: int, kinds: list[tuple[int, int]], flaw: int) -> None:
        human = self.person(of(("planner", "supervisor"), by), by)
        asked = tuple(_ask(index, *kind) for index, kind in enumerate(kinds))
        packed = b"".join(map(TASK.pack, asked))
        count = self.law.nonces.get(("WorkOrders", human, 0), 0) + is_odd(flaw, 10)
        until, by_whom = self.walk.now - is_odd(flaw, 5), self.person(human, flaw // 2)
        terms = {"human": account(human), "nonce": count, "deadline": until}

        def act(world: Any) -> None:
            signature = post_signature(world, by_whom, packed, "{}", **terms)
            world.by("stranger").work_orders.post_by_sig(packed, "{}", **terms, signature=signature)

        self.do(
            f"postBySig({human}, {asked}, {count}, {until}, {by_whom})",
            lambda law: tasks.post_by_sig(law, human, asked, packed, "{}", count, until, signed=by_whom == human),
            act,
        )

    @precondition(seldom)
    @rule(by=NUMBER)
    def describe_again(self, by: int) -> None:
        name = self.person("administrator", by)
        self.do(
            f"describe({name})",
            lambda law: tasks.describe_again(law, name),
            lambda world: world.by(name).work_orders.describe("{}", 3, 1_000, 20_000),
        )

    @initialize(setup=NUMBER, kinds=st.lists(PAIR, min_size=2, max_size=5))
    def begin(self, setup: int, kinds: list[tuple[int, int]]) -> None:
        """There is work from the beginning."""
        self.found(of(SETUPS, setup))
        self.post_all("planner", [_ask(index, *kind) for index, kind in enumerate(kinds)])

    # Proposals

    @precondition(seldom)
    @rule(by=NUMBER, task=NUMBER, lead=NUMBER, flaw=NUMBER)
    def confirm(self, by: int, task: int, lead: int, flaw: int) -> None:
        name, number, leader = self.person(self._voter(by), by), self.task(task, *tasks.IDLE), self.member(lead)
        offer = (number, self._version(number) + is_odd(flaw), leader, 1)
        self.do(
            f"confirm({name}, {offer})",
            lambda law: proposals.confirm(law, name, *offer),
            lambda world: world.by(name).dao.confirm(*([item] for item in offer)),
        )

    @precondition(seldom)
    @rule(by=NUMBER, what=NUMBER)
    def speak(self, by: int, what: int) -> None:
        """What is only told; and the roll, which anybody may have written."""
        name, function = self.person(self._voter(by), by), of(("offer", "say", "seal"), what)
        words: dict[str, tuple[Any, ...]] = {"offer": (b"offers", b"ranking"), "say": (Number(1), 1, b"words")}
        self.do(
            f"{function}({name})",
            lambda law: function == "seal" or members.active_worker(law, name),
            lambda world: getattr(world.by(name).dao, function)(*words.get(function, ())),
        )

    @precondition(has_open)
    @precondition(seldom)
    @rule(by=NUMBER, proposal=NUMBER)
    def review(self, by: int, proposal: int) -> None:
        name, number = self.person(self._voter(by), by), self.proposal(proposal, State.OPEN)
        said = {"support": True, "makespan": 1, "findings": b"", "words": ""}
        self.do(
            f"review({name}, {number})",
            lambda law: proposals.review(law, name, number),
            lambda world: world.by(name).dao.review(number, **said),
        )

    @rule(by=NUMBER, entries=ENTRIES, helper=NUMBER, flaw=NUMBER)
    def propose(self, by: int, entries: list[tuple[int, int, int]], helper: int, flaw: int) -> None:
        self.propose_all(self.person(self._voter(by), by), self._plan(entries), helper, flaw)

    def propose_all(self, name: str, plan: tuple[Entry, ...], helper: int = 0, flaw: int = 0) -> str:
        helpers = self._helpers(plan, helper)
        packed = _packed(plan, helpers)
        head = self.walk.memory.next_block - 1
        read_at = head if not is_odd(flaw) else max(0, of((head + 1, head - 255, head - 256, 0), flaw // 8))
        counters = 0 if not is_odd(flaw, 16) else flaw // 16
        broken = is_odd(flaw, 32)
        if broken:
            packed = PackedPlan(assignments=of(_SPOILT, flaw // 32)(packed.assignments), teams=packed.teams)
        known = not is_odd(flaw, 12)
        draft = Draft(None if broken else plan, helpers, read_at, known and read_at <= head, counters, f"{flaw}")

        def act(world: Any) -> None:
            read_hash = world.block_hash(read_at) if draft.known else UNKNOWN
            values = {"counters": counters, "words": draft.words}
            opening = an_opening(packed, read_at=read_at, read_hash=read_hash, **values)
            world.by(name).dao.propose(opening)
            remember(world, len(world.put) + 1, opening)

        return self.do(f"propose({name}, {draft})", lambda law: proposals.propose(law, name, draft), act)

    @rule(entries=ENTRIES, by=NUMBER)
    def decide_at_once(self, entries: list[tuple[int, int, int]], by: int) -> None:
        """As a plant usually decides: a plan, and all ballots with it."""
        name, plan = self._voter(by), self._plan(entries)
        if plan and not self.propose_all(name, plan):
            self.decide_with_all(len(self.law.proposals))

    def decide_with_all(self, proposal: int) -> None:
        """All voters say yes."""
        ballots = tuple(
            Signed(number, True, self.account_of(number), proposal, True) for number in sorted(self.voters())
        )
        self._decide("stranger", proposal, Given(proposal, proposal), ballots)

    @precondition(has_open)
    @rule(by=NUMBER, proposal=NUMBER, support=NUMBER, given=NUMBER)
    def vote(self, by: int, proposal: int, support: int, given: int) -> None:
        number = self.proposal(proposal, State.OPEN)
        name, yes = self.person(self._uncast(number, by), by), support % 4 != 3
        content = self.given(number, given) if given % 4 else None

        def act(world: Any) -> None:
            plan, rest = given_bytes(world, content) if content else (b"", UNKNOWN)
            world.by(name).dao.vote(number, support=yes, reason="", assignments=plan, rest=rest)

        self.do(
            f"vote({name}, {number}, {yes}, {content})",
            lambda law: proposals.vote(law, name, number, support=yes, given=content),
            act,
        )

    @precondition(has_open)
    @precondition(seldom)
    @rule(by=NUMBER, proposal=NUMBER, support=NUMBER)
    def cast_vote(self, by: int, proposal: int, support: int) -> None:
        number = self.proposal(proposal, State.OPEN)
        name, said = self.person(self._uncast(number, by), by), int(of((1, 1, 0, 2), support))

        def act(world: Any) -> None:
            if isinstance(world, ContractWorld):
                function = of(("castVote", "castVoteWithReason"), by)
                world.call(name, "AllocationDAO", function, number, said, *([""] if "Reason" in function else []))
            else:
                world.by(name).dao.vote(number, support=said == 1, reason="")

        judge: Judge = lambda law: proposals.cast_vote(law, name, number, said)  # noqa: E731 # as everywhere
        self.do(f"castVote({name}, {number}, {said})", judge, act, in_memory=said < 2)

    @precondition(has_open)
    @rule(by=NUMBER, proposal=NUMBER, support=NUMBER, flaw=NUMBER)
    def cast_vote_by_sig(self, by: int, proposal: int, support: int, flaw: int) -> None:
        number = self.proposal(proposal, State.OPEN)
        voter, yes = self.person(self._uncast(number, by), by), support % 4 != 3
        nonce = self.law.nonces.get(("AllocationDAO", voter, 0), 0)
        what = flaw // 8 % 4 if is_odd(flaw) else None
        by_whom = of(PEOPLE, flaw // 32) if what == 0 else voter
        signed_nonce = nonce + 1 if what == 1 else nonce
        signed_yes, signed_number = yes != (what == 2), number + (what == 3)
        good = (by_whom, signed_nonce, signed_yes, signed_number) == (voter, nonce, yes, number)

        def act(world: Any) -> None:
            signature = vote_signature(world, by_whom, signed_number, voter, signed_nonce, support=signed_yes)
            world.by("stranger").dao.cast_vote_by_sig(
                number,
                support=yes,
                voter=account(voter),
                signature=signature,
            )

        self.do(
            f"castVoteBySig({voter}, {number}, {yes}, {good})",
            lambda law: proposals.cast_vote_by_sig(law, voter, number, support=yes, signed=good),
            act,
        )

    @precondition(has_open)
    @rule(by=NUMBER, proposal=NUMBER, says=st.lists(NUMBER, min_size=1, max_size=6), flaw=NUMBER)
    def decide(self, by: int, proposal: int, says: list[int], flaw: int) -> None:
        number = self.proposal(proposal, State.OPEN)
        ballots = self._ballots(number, says, flaw)
        self._decide(of(PEOPLE, by), number, self.given(number, flaw // 2), ballots, cut=is_odd(flaw, 32))

    def _decide(self, name: str, number: int, given: Given, ballots: tuple[Signed, ...], *, cut: bool = False) -> None:
        def act(world: Any) -> None:
            packed = ballot_bytes(world, ballots, cut=cut)
            world.by(name).dao.decide(number, *given_bytes(world, given), packed)

        self.do(
            f"decide({name}, {number}, {given}, {ballots}, {cut})",
            lambda law: proposals.decide(law, name, number, given, ballots, cut=cut),
            act,
        )

    @precondition(has_proposals)
    @precondition(seldom)
    @rule(by=NUMBER, proposal=NUMBER, says=st.lists(NUMBER, min_size=1, max_size=6), flaw=NUMBER)
    def record(self, by: int, proposal: int, says: list[int], flaw: int) -> None:
        number = self.proposal(proposal, State.PASSED, State.ENACTED, State.DEFEATED, State.EXPIRED, State.VETOED)
        name, given = of(PEOPLE, by), self.given(number, flaw // 2)
        ballots, cut = self._ballots(number, says, flaw), is_odd(flaw, 32)

        def act(world: Any) -> None:
            world.by(name).dao.record(number, _hash_of(world, given), ballot_bytes(world, ballots, cut=cut))

        self.do(
            f"record({name}, {number}, {given}, {ballots}, {cut})",
            lambda law: proposals.record(law, name, number, given, ballots, cut=cut),
            act,
        )

    @precondition(has_proposals)
    @precondition(seldom)
    @rule(proposal=NUMBER, whom=NUMBER, flaw=NUMBER)
    def prove_equivocation(self, proposal: int, whom: int, flaw: int) -> None:
        number, member = self.proposal(proposal, *State), self.member(whom)
        given, name = self.given(number, flaw), self.account_of(member)
        yes = Signed(member, True, name, number, not is_odd(flaw, 5))
        no = Signed(member, False, self.person(name, flaw // 2), number, False)

        def act(world: Any) -> None:
            signatures = (signature_of(world, ballot) for ballot in (yes, no))
            dao = world.by("stranger").dao
            dao.prove_equivocation(number, _hash_of(world, given), Number(member), *signatures)

        self.do(
            f"proveEquivocation({number}, {given}, {yes}, {no})",
            lambda law: proposals.prove_equivocation(law, number, given, yes, no),
            act,
        )

    @precondition(has_open)
    @precondition(seldom)
    @rule(proposal=NUMBER, whom=NUMBER)
    def bar(self, proposal: int, whom: int) -> None:
        number, member = self.proposal(proposal, State.OPEN), self.member(whom)
        self.do(
            f"bar({number}, {member})",
            lambda law: proposals.bar(law, number, member),
            lambda world: world.by("stranger").dao.bar(number, member),
        )

    @precondition(has_passed)
    @rule(proposal=NUMBER, given=NUMBER)
    def enact(self, proposal: int, given: int) -> None:
        number = self.proposal(proposal, State.PASSED)
        content = self.given(number, given)
        self.do(
            f"enact({number}, {content})",
            lambda law: proposals.enact(law, number, content),
            lambda world: world.by("stranger").dao.enact(number, *given_bytes(world, content)),
        )

    @precondition(has_open)
    @rule(proposal=NUMBER)
    def poke_proposal(self, proposal: int) -> None:
        number = self.proposal(proposal, State.OPEN)
        self.do(
            f"poke_proposal({number})",
            lambda law: proposals.poke(law, number),
            lambda world: world.by("stranger").dao.poke(number),
        )

    # Runs

    @precondition(has_runs)
    @rule(what=NUMBER, task=NUMBER, flaw=NUMBER)
    def work(self, what: int, task: int, flaw: int) -> None:
        """Whoever has a task does what comes next, or something else."""
        number = self.task(task, Status.ALLOCATED, Status.STARTED, Status.SUBMITTED)
        found = self.law.tasks.get(number)
        status = found.status if found and not is_odd(flaw, 16) else of(_NEXT, flaw)
        self._work(of(_NEXT.get(status, ("heartbeat",)), what), number, found, flaw)

    @precondition(has_runs)
    @rule(task=NUMBER, how=st.lists(NUMBER, min_size=1, max_size=4))
    def live(self, task: int, how: list[int]) -> None:
        """Those who may go on for a while with one task, so that some runs come to an end."""
        number = self.task(task - task % 64, *tasks.BUSY)
        for what in how:
            found = self.law.tasks.get(number)
            waits = found is None or (found.status is Status.SUBMITTED and not found.inspector)
            if found is not None and found.status in _LIFE and not waits:
                self._work(of(_LIFE[found.status], what), number, found, _FLAWLESS[what % 2])

    def _work(self, function: str, number: int, found: Task | None, flaw: int) -> None:
        whose = found.inspector if found and function == "inspect" else found.worker if found else 0
        name = self.person(self.account_of(whose), flaw // 4)
        epoch = self.law.plant_epoch + (found.epoch if found else 1) - is_odd(flaw, 24)
        evidence, grade = 0 if is_odd(flaw, 28) else 7 + is_odd(flaw, 20), 101 if is_odd(flaw, 26) else 90
        accepted = flaw % 3 != 2
        if function == "inspect":
            self.do(
                f"inspect({name}, {number}, {epoch}, {evidence}, {accepted}, {grade})",
                lambda law: tasks.inspect(law, name, number, epoch, evidence, accepted=accepted, grade=grade),
                lambda world: world.by(name).work_orders.inspect(
                    number, epoch, _hash(evidence), accepted=accepted, grade=grade, findings=UNKNOWN
                ),
            )
        elif function == "submit":
            self.do(
                f"submit({name}, {number}, {epoch}, {grade}, {evidence})",
                lambda law: tasks.submit(law, name, number, epoch, grade, evidence),
                lambda world: world.by(name).work_orders.submit(number, epoch, grade, 5, _hash(evidence)),
            )
        else:
            judge = getattr(tasks, function)
            self.do(
                f"{function}({name}, {number}, {epoch})",
                lambda law: judge(law, name, number, epoch),
                lambda world: getattr(world.by(name).work_orders, function)(number, epoch),
            )

    @precondition(has_runs)
    @rule(task=NUMBER)
    def poke_task(self, task: int) -> None:
        number = self.task(task, Status.ALLOCATED, Status.STARTED, Status.SUBMITTED)
        self.do(
            f"poke_task({number})",
            lambda law: tasks.poke(law, number),
            lambda world: world.by("stranger").work_orders.poke(number),
        )

    # Time, and what only the contracts may do to each other

    @rule(span=NUMBER, exactly=NUMBER)
    def rest(self, span: int, exactly: int) -> None:
        """Time passes: a while, or up to the very end of something or a second more."""
        ends = sorted(end for end in self._ends() if end >= self.walk.now)
        if ends and exactly % 2:
            near = ends if is_odd(span) else ends[:4]
            self.walk.now = int(of(near, exactly // 4)) + exactly // 2 % 2
        else:
            self.walk.now += int(of(SPANS, span))

    @precondition(seldom)
    @rule(number=NUMBER)
    def mine(self, number: int) -> None:
        """Blocks without transactions: what was read long ago is not known any more."""
        blocks = 260 if is_odd(number) else 1
        self.walk.memory.set_block(self.walk.memory.next_block + blocks, self.walk.now)

    @precondition(seldom)
    @rule(by=NUMBER, what=NUMBER, task=NUMBER)
    def intrude(self, by: int, what: int, task: int) -> None:
        """Somebody calls what is for other contracts alone."""
        name, number = of(PEOPLE, by), self.task(task, *Status)
        error, contract, function, arguments = of(_INTRUSIONS, what)

        def judge(law: object) -> None:
            raise No(error)

        given = [number if argument is None else argument for argument in arguments]
        act: Act = lambda world: world.call(name, contract, function, *given)  # noqa: E731 # as everywhere
        self.do(f"{function}({name}, {number})", judge, act, in_memory=False)

    # Parts of calls

    def _ends(self) -> list[int]:
        ends = [task.deadline for task in self.law.tasks.values()]
        ends += [task.deadline for task in (proposal.rest for proposal in self.law.proposals.values())]
        ends += [slot.expires_at for slot in self.law.slots.values()]
        ends += [asked.until for asked in self.law.asked.values()]
        ends += [pace.since + self.law.humans.alarm_seconds - 1 for pace in self.law.paces.values()]
        ends += [begin - 1 for begin in self.law.suspends_from.values()]
        return [*ends, self.law.resumed_at + self.law.limits.heartbeat_seconds]

    def _voter(self, number: int) -> str:
        return self.account_of(of(self.voters() or [0], number))

    def _uncast(self, proposal: int, number: int) -> str:
        """Somebody whose ballot is not in yet."""
        cast = self.law.proposals[proposal].cast if proposal in self.law.proposals else ()
        return self.account_of(of([voter for voter in self.voters() if voter not in cast] or [1], number))

    def _version(self, task: int) -> int:
        return self.law.tasks[task].version if task in self.law.tasks else 1

    def _plan(self, entries: list[tuple[int, int, int]]) -> tuple[Entry, ...]:
        found = {}
        for task, lead, inspector in entries:
            number = self.task(task, *tasks.IDLE)
            version = self._version(number) + is_odd(lead, 32)
            found[number] = Entry(number, version, self._lead(number, lead), self._inspector(inspector))
        return tuple(found[number] for number in sorted(found))

    def _lead(self, task: int, number: int) -> int:
        capability = self.law.tasks[task].capability if task in self.law.tasks else 1
        able = [voter for voter in self.voters() if self.law.is_capable(voter, capability)]
        return self.member(number // 8) if is_odd(number) or not able else int(of(able, number))

    def _inspector(self, number: int) -> int:
        return self.member(number // 8) if is_odd(number) else int(of([*self.voters(), 0], number))

    def _helpers(self, plan: tuple[Entry, ...], number: int) -> tuple[proposals.Help, ...]:
        """Mostly nobody; else one of those who gave their word, or one who did not."""
        if number % 4 != 3 or not plan:
            return ()
        named = {(entry.task, entry.version, entry.lead, 1) for entry in plan}
        helps = [help_ for help_ in sorted(self.law.confirmed) if help_[:4] in named]
        first = plan[0]
        return (of([*helps, (first.task, first.version, first.lead, 1, self.member(number))], number // 4),)

    def _ballots(self, proposal: int, says: list[int], flaw: int) -> tuple[Signed, ...]:
        """In ascending order, of those who have not voted; or not quite."""
        voters = [voter for voter in sorted(self.voters()) if self._is_uncast(proposal, voter)] or [1]
        if is_odd(flaw, 6):
            voters = [self.member(number) for number in says]
        return tuple(self._ballot(proposal, voter, say) for voter, say in zip(voters, says, strict=False))

    def _is_uncast(self, proposal: int, voter: int) -> bool:
        found = self.law.proposals.get(proposal)
        return found is None or (voter not in found.cast and members.belonged(self.law, voter, found.rest.roster))

    def _ballot(self, proposal: int, voter: int, say: int) -> Signed:
        yes, name = say % 4 != 3, self.account_of(voter)
        if not is_odd(say, 16):
            return Signed(voter, yes, name, proposal, yes)
        flaws = (
            Signed(voter, yes, name, proposal, not yes),
            Signed(voter, yes, name, proposal + 1, yes),
            Signed(voter, yes, of(PEOPLE, say), proposal, yes),
            Signed(voter, yes, SCRIBBLE, proposal, yes),
            Signed(voter, yes, "", proposal, yes),
        )
        return Signed(*_values(of(flaws, say // 16)))


def _values(ballot: Signed) -> tuple[Any, ...]:
    return ballot.member, ballot.support, ballot.signer, ballot.proposal, ballot.says


def _ask(index: int, kind: int, more: int) -> tasks.Ask:
    return tasks.Ask(
        capability=of((2, 1, 2, 3), kind),
        on_failure=of(OnFailure, kind // 4),
        retries=kind // 16 % 3,
        predecessors=more % (1 << index) if more % 4 == 3 else 0,
    )


def _packed(plan: tuple[Entry, ...], helpers: tuple[proposals.Help, ...]) -> PackedPlan:
    helps = {help_[0]: (Number(help_[4]),) for help_ in helpers}
    return pack_plan(
        PlanEntry(
            task=TaskId(entry.task),
            version=entry.version,
            lead=Number(entry.lead),
            inspector=Number(entry.inspector),
            sequence=1,
            helpers=helps.get(entry.task, ()),
        )
        for entry in plan
    )


def _hash_of(world: World, given: Given) -> bytes:
    return content_hash_of(*given_bytes(world, given))


def _hash(number: int) -> bytes:
    return number.to_bytes(32, "big")


_NEXT = {
    Status.ALLOCATED: ("start", "start", "acknowledge", "start", "decline"),
    Status.STARTED: ("submit", "submit", "submit", "fail", "heartbeat"),
    Status.SUBMITTED: ("inspect",),
}
_LIFE = {
    Status.ALLOCATED: ("start", "start", "start", "decline"),
    Status.STARTED: ("submit", "fail", "submit", "heartbeat"),
    Status.SUBMITTED: ("inspect",),
}
_FLAWLESS = (0, 2)
"""Of an inspector's: it accepts, or does not."""
_FLAWS: tuple[dict[str, int], ...] = (
    {"predecessors": 1 << 7},
    {"capability": 0},
    {"capability": 4},
    {"stage": 0},
    {"stage": 6},
    {"on_failure": 4},
    {"retries": 64},
    {"team": 0},
    {"work": 0},
)
_SPOILT = (
    lambda packed: b"",
    lambda packed: packed[:-1],
    lambda packed: packed + packed[:10],
    lambda packed: packed[:4] + b"\0\0" + packed[6:],
    lambda packed: packed[:4] + b"\4\0" + packed[6:],
    lambda packed: bytes(4) + packed[4:],
)
_CONTROL = (True, False, True, True, 1, 0)
_INTRUSIONS: tuple[tuple[str, str, str, tuple[Any, ...]], ...] = (
    ("NotTheWorkOrders", "Members", "grow", (1, 1, True)),
    ("NotTheRegistrar", "Members", "suspendFor", (1, account("stranger"))),
    ("NobodyDelegates", "Members", "delegate", (account("stranger"),)),
    ("NotTheOverrides", "PlantAuthority", "takeOrder", (account("supervisor"), 30, False)),
    ("NotTheOverrides", "PlantAuthority", "takeSecond", (1, account("supervisor"), 8, UNKNOWN, 30, False)),
    ("NotTheContract", "AllocationDAO", "setVoter", (account("stranger"), 9, True, 9, 9)),
    ("NotTheContract", "AllocationDAO", "veto", (1,)),
    ("NotTheContract", "WorkOrders", "enact", (1, b"", ZERO_ADDRESS)),
    ("NotTheContract", "WorkOrders", "setInForce", (None, _CONTROL)),
    ("NotTheContract", "WorkOrders", "judge", (None, True, account("stranger"))),
    ("NotTheContract", "WorkOrders", "requeue", (None, account("stranger"))),
    ("NotTheContract", "WorkOrders", "cancel", (None, account("stranger"))),
    ("NotTheContract", "WorkOrders", "setPlantHold", (True,)),
)
