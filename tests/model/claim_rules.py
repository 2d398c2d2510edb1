"""What people may do about trees: put them to the vote, and claim their leaves."""

from dataclasses import replace
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.model import claims
from tests.model.law import Entry, Leaf, Tree
from tests.model.machine import NUMBER, PAIR, is_odd, of, seldom
from tests.model.payloads import plan_entry
from tests.model.vote_rules import ALL_SAY, ENTRIES, VoteMachine, Wanted
from workmoot.domain.plan import claim_of, claim_proof, pack_tree
from workmoot.domain.proposals import State


def has_tree(machine: "VoteMachine") -> bool:
    return any(isinstance(found.content, Tree) for found in machine.law.proposals.values())


def has_recorded_tree(machine: "VoteMachine") -> bool:
    return bool(recorded_trees(machine))


def recorded_trees(machine: "VoteMachine") -> list[int]:
    return [number for number in machine.law.proposals if claims.is_recorded(machine.law, number)]


class ClaimMachine(VoteMachine):
    """Plans whose entries are claimed one by one."""

    @rule(by=NUMBER, entries=ENTRIES, helper=NUMBER, flaw=NUMBER)
    def grow_tree(self, by: int, entries: list[tuple[int, int, int]], helper: int, flaw: int) -> None:
        """Put to the vote, and mostly decided soon."""
        tree = self._tree(entries, helper, flaw)
        if not self.put_to_vote(self._voter(by), tree) and not is_odd(by, 4):
            self.decide_with_all(len(self.law.proposals), hashed=is_odd(by, 3))

    @precondition(seldom)
    @rule(by=NUMBER, entries=ENTRIES, helper=NUMBER, flaw=NUMBER, says=ALL_SAY, terms=NUMBER)
    def grow_tree_at_once(
        self, by: int, entries: list[tuple[int, int, int]], helper: int, flaw: int, says: list[int], terms: int
    ) -> None:
        tree = self._tree(entries, helper, flaw)
        self.settle_at_once(self._voter(by), tree, flaw, says=says, terms=terms)

    def _tree(self, entries: list[tuple[int, int, int]], helper: int, flaw: int) -> Wanted:
        plan = self._plan(entries)
        leaves = tuple(Leaf(entry, self._helpers_of(entry, helper + at)) for at, entry in enumerate(plan))
        packed, malformed = pack_tree(map(plan_entry, leaves)), ""
        if is_odd(flaw):
            spoilt = of(_SPOILT, flaw // 8)(packed.assignments)
            packed, malformed = replace(packed, assignments=spoilt), "MalformedTree"
        return Wanted(Tree(leaves, packed.root), packed, malformed)

    @precondition(has_tree)
    @rule(proposal=NUMBER, leaves=st.lists(PAIR, min_size=1, max_size=3))
    def claim(self, proposal: int, leaves: list[tuple[int, int]]) -> None:
        for leaf, flaw in leaves:
            self._claim(proposal, leaf, flaw)

    def _claim(self, proposal: int, leaf: int, flaw: int) -> None:
        """Mostly by the lead, with the proof of what it claims."""
        trees = {
            number: found.content for number, found in self.law.proposals.items() if isinstance(found.content, Tree)
        }
        of_tree = int(of(trees if is_odd(flaw, 12) else recorded_trees(self) or trees, proposal))
        number = self.proposal(proposal, State.ENACTED) if is_odd(flaw, 14) else of_tree
        leaves = trees[of_tree].leaves
        at = self._open_leaf(leaves, leaf)
        shown = leaf % len(leaves) if is_odd(flaw, 10) else at
        claimed = _changed(leaves[at], flaw // 16) if is_odd(flaw, 16) else leaves[at]
        entries = [plan_entry(each) for each in leaves]
        proof = claim_proof(entries, shown)
        proof = (*proof, proof[-1] if proof else b"\1" * 32) if is_odd(flaw, 18) else proof
        proven = number in trees and trees[number] == trees[of_tree] and claimed == leaves[at]
        proven = proven and proof == claim_proof(entries, at)
        name = self.person(self.account_of(claimed.entry.lead), flaw)

        def act(world: Any) -> None:
            world.by(name).claims.claim(number, claim_of(plan_entry(claimed)), proof)

        self.do(
            f"claim({name}, {number}, {claimed}, {proven})",
            lambda law: claims.claim(law, name, number, claimed, proven=proven),
            act,
        )

    def _open_leaf(self, leaves: tuple[Leaf, ...], number: int) -> int:
        """One whose task has not moved on, where there is one."""
        entries = [leaf.entry for leaf in leaves]
        open_ = [at for at, entry in enumerate(entries) if self._version(entry.task) == entry.version]
        return number % len(leaves) if is_odd(number) or not open_ else int(of(open_, number))

    def _helpers_of(self, entry: Entry, number: int) -> tuple[int, ...]:
        return tuple(help_[4] for help_ in self._helpers((entry,), number))


def _changed(leaf: Leaf, number: int) -> Leaf:
    """Not what was voted on."""
    entry = leaf.entry
    changed: tuple[Leaf, ...] = (
        replace(leaf, entry=replace(entry, version=entry.version + 1)),
        replace(leaf, entry=replace(entry, inspector=entry.inspector + 1)),
        replace(leaf, helpers=(*leaf.helpers, 1)),
    )
    return changed[number % len(changed)]


_SPOILT = (
    lambda motion: motion[:-1],
    lambda motion: motion + b"\0",
    lambda motion: motion[:4] + bytes(32) + motion[36:],
    lambda motion: motion[:36] + bytes(4),
    lambda motion: motion[:4],
)
