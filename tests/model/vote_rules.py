"""What people may do about proposals."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.builders import an_opening
from tests.chain.plants import PEOPLE, account
from tests.model import members, proposals, tasks
from tests.model.law import Content, Entry
from tests.model.machine import NUMBER, LawMachine, has_open, has_passed, has_proposals, is_odd, of, seldom
from tests.model.payloads import UNKNOWN, given_bytes
from tests.model.proposals import Draft, Given, Signed
from tests.model.signing import SCRIBBLE, ballot_bytes, signature_of, vote_signature
from tests.model.walk import Judge
from tests.model.worlds import ContractWorld, World, drafted, remember
from workmoot.domain.hashing import ZERO_HASH
from workmoot.domain.ids import Number, TaskId
from workmoot.domain.plan import PackedPlan, PlanEntry, pack_plan
from workmoot.domain.proposals import Opening, State, content_hash_of

ALL_SAY = st.lists(NUMBER, min_size=3, max_size=6)
ENTRIES = st.lists(st.tuples(NUMBER, NUMBER, NUMBER), min_size=1, max_size=4)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody wants put to the vote; `malformed` says how its bytes are."""

    content: Content
    packed: PackedPlan
    malformed: str = ""
    helpers: tuple[proposals.Help, ...] = ()


class VoteMachine(LawMachine):
    """Offers, proposals, ballots one by one and together, and what is told."""

    @precondition(seldom)
    @rule(by=NUMBER, task=NUMBER, lead=NUMBER, flaw=NUMBER)
    def confirm(self, by: int, task: int, lead: int, flaw: int) -> None:
        name, number, leader = self.person(self._worker(by), by), self.task(task, *tasks.IDLE), self.member(lead)
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
        name, function = self.person(self._worker(by), by), of(("offer", "say", "seal"), what)
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
        name, number = self.person(self._worker(by), by), self.proposal(proposal, State.OPEN)
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
        return self.put_to_vote(name, self._wanted(plan, helper, flaw), flaw)

    def put_to_vote(self, name: str, wanted: Wanted, flaw: int = 0) -> str:
        draft = self._draft(wanted, flaw)

        def act(world: Any) -> None:
            opening = _opening_of(world, draft, wanted.packed)
            world.by(name).dao.propose(opening)
            remember(world, len(world.put) + 1, opening)

        return self.do(f"propose({name}, {draft})", lambda law: proposals.propose(law, name, draft), act)

    @rule(by=NUMBER, entries=ENTRIES, helper=NUMBER, flaw=NUMBER, says=ALL_SAY, terms=NUMBER)
    def decide_at_once(
        self, by: int, entries: list[tuple[int, int, int]], helper: int, flaw: int, says: list[int], terms: int
    ) -> None:
        """A plan is put to the vote with the ballots that decide it."""
        wanted = self._wanted(self._plan(entries), helper, flaw)
        self.settle_at_once(self.person(self._voter(by), by), wanted, flaw, says=says, terms=terms)

    def settle_at_once(self, name: str, wanted: Wanted, flaw: int, *, says: list[int], terms: int) -> str:
        """Signed and sent as it has to be, or not quite."""
        draft, count, latest = self._draft(wanted, flaw), len(self.law.proposals), self._latest()
        number = int(of((count, count + 2, 0), terms // 11)) if is_odd(terms, 11) else count + 1
        near = (latest + 1, self.walk.now - 1, latest, self.walk.now)
        deadline = of(near, terms // 5) if is_odd(terms, 5) else latest - terms % 10
        ballots, cut, stale = self._own_unsigned(name, self._ballots(number, says, terms)), *_odd(terms, 17, 13)

        def act(world: Any) -> None:
            opening = _opening_of(world, draft, wanted.packed)
            signed = drafted(world, name, opening, deadline + stale)
            packed = ballot_bytes(world, ballots, cut=cut, put={**world.put, number: signed})
            world.by(name).dao.decide_at_once(number, deadline, opening, packed)
            remember(world, number, opening)

        return self.do(
            f"decideAtOnce({name}, {number}, {deadline}, {draft}, {ballots}, {cut}, {stale})",
            lambda law: proposals.decide_at_once(law, name, number, deadline, draft, ballots, cut=cut, stale=stale),
            act,
        )

    @rule(entries=ENTRIES, by=NUMBER)
    def decide_soon(self, entries: list[tuple[int, int, int]], by: int) -> None:
        """A plan, and then all ballots together; now and then without the plan itself."""
        name, plan = self._voter(by), self._plan(entries)
        if plan and not self.propose_all(name, plan):
            self.decide_with_all(len(self.law.proposals), hashed=is_odd(by, 4))

    def decide_with_all(self, proposal: int, *, hashed: bool = False) -> str:
        """All voters say yes."""
        ballots = tuple(
            Signed(number, True, self.account_of(number), proposal, True) for number in sorted(self.voters())
        )
        return self._decide("stranger", proposal, Given(proposal, proposal, hashed), ballots)

    @precondition(has_open)
    @rule(by=NUMBER, proposal=NUMBER, support=NUMBER, given=NUMBER)
    def vote(self, by: int, proposal: int, support: int, given: int) -> None:
        number = self.proposal(proposal, State.OPEN)
        name, yes = self.person(self._uncast(number, by), by), support % 4 != 3
        content = self.given(number, given, hashed=given % 4 == 3) if given % 4 else None

        def act(world: Any) -> None:
            plan, rest = given_bytes(world, content) if content else (b"", ZERO_HASH)
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
        given = self.given(number, flaw // 2, hashed=is_odd(by, 4))
        self._decide(of(PEOPLE, by), number, given, ballots, cut=is_odd(flaw, 32))

    def _decide(self, name: str, number: int, given: Given, ballots: tuple[Signed, ...], *, cut: bool = False) -> str:
        def act(world: Any) -> None:
            packed = ballot_bytes(world, ballots, cut=cut)
            world.by(name).dao.decide(number, *given_bytes(world, given), packed)

        return self.do(
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
            world.by(name).ballot_audit.record(number, _hash_of(world, given), ballot_bytes(world, ballots, cut=cut))

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
            signatures = (signature_of(world, ballot, world.put) for ballot in (yes, no))
            audit = world.by("stranger").ballot_audit
            audit.prove_equivocation(number, _hash_of(world, given), Number(member), *signatures)

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
    @rule(proposal=NUMBER, given=NUMBER, words=NUMBER)
    def enact(self, proposal: int, given: int, words: int) -> None:
        number = self.proposal(proposal, State.PASSED)
        self.enact_part(number, self.given(number, given), int(of((1, 1, 9, 2, 0), words)))

    def enact_part(self, number: int, given: Given, words: int) -> str:
        return self.do(
            f"enact({number}, {given}, {words})",
            lambda law: proposals.enact(law, number, given, words),
            lambda world: world.by("stranger").dao.enact(number, *given_bytes(world, given), words=words),
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

    # Parts of calls

    def _uncast(self, proposal: int, number: int) -> str:
        """Somebody whose ballot is not in yet."""
        cast = self.law.proposals[proposal].cast if proposal in self.law.proposals else ()
        return self.account_of(of([voter for voter in self.voters() if voter not in cast] or [1], number))

    def _plan(self, entries: list[tuple[int, int, int]], among: Sequence[int] = ()) -> tuple[Entry, ...]:
        found = {}
        for task, lead, inspector in entries:
            number = among[task] if among else self.task(task, *tasks.IDLE)
            version = self._version(number) + is_odd(lead, 32)
            found[number] = Entry(number, version, self._lead(number, lead), self._inspector(inspector))
        return tuple(found[number] for number in sorted(found))

    def _wanted(self, plan: tuple[Entry, ...], helper: int, flaw: int) -> Wanted:
        helpers = self._helpers(plan, helper)
        packed = _packed(plan, helpers)
        if not is_odd(flaw, 32):
            return Wanted(plan, packed, helpers=helpers)
        spoilt = PackedPlan(assignments=of(_SPOILT, flaw // 32)(packed.assignments), teams=packed.teams)
        return Wanted(plan, spoilt, "MalformedPlan", helpers)

    def _draft(self, wanted: Wanted, flaw: int) -> Draft:
        head = self.walk.memory.next_block - 1
        read_at = head if not is_odd(flaw) else max(0, of((head + 1, head - 255, head - 256, 0), flaw // 8))
        counters = 0 if not is_odd(flaw, 16) else flaw // 16
        known = not is_odd(flaw, 12) and read_at <= head
        return Draft(wanted.content, wanted.malformed, wanted.helpers, read_at, known, counters, f"{flaw}")

    def _latest(self) -> int:
        """When the time of a proposal opened now is over."""
        return self.walk.now + self.law.policy.voting_seconds

    def _own_unsigned(self, name: str, ballots: tuple[Signed, ...]) -> tuple[Signed, ...]:
        own = self.law.number_of(name)
        return tuple(replace(ballot, signer="") if ballot.member == own else ballot for ballot in ballots)

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


def _odd(number: int, *chances: int) -> tuple[bool, ...]:
    return tuple(is_odd(number, chance) for chance in chances)


def _opening_of(world: World, draft: Draft, packed: PackedPlan) -> Opening:
    read_hash = world.block_hash(draft.read_at) if draft.known else UNKNOWN
    values = {"counters": draft.counters, "words": draft.words}
    return an_opening(packed, read_at=draft.read_at, read_hash=read_hash, **values)


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


_SPOILT = (
    lambda packed: b"",
    lambda packed: packed[:-1],
    lambda packed: packed + packed[:10],
    lambda packed: packed[:4] + b"\0\0" + packed[6:],
    lambda packed: packed[:3] + b"\x1a" + packed[4:],
    lambda packed: packed + bytes.fromhex("ffffff00004001004001"),
)
