"""A draft: what members sign before it is opened, so that one transaction opens and decides it."""

from dataclasses import dataclass
from functools import cached_property

from workmoot.domain.ballots import Ballot, Content
from workmoot.domain.ids import Number, ProposalId
from workmoot.domain.motions import is_plan
from workmoot.domain.proposals import DETAIL_SIZE, Opening, content_hash_of, rest_of


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A proposal that may come to be: it counts only under this number, before this electorate, until this deadline."""

    proposal: ProposalId
    proposer: Number
    roster: int
    members: int
    deadline: int
    opening: Opening

    @cached_property
    def rest(self) -> bytes:
        """The hash of everything about it but the assignments."""
        return rest_of(
            self.opening,
            proposer=self.proposer,
            roster=self.roster,
            members=self.members,
            deadline=self.deadline,
        )

    @cached_property
    def content_hash(self) -> bytes:
        """What ballots bind."""
        return content_hash_of(self.opening.plan.assignments, self.rest)

    @property
    def content(self) -> Content:
        """What ballots are about."""
        return self.proposal, self.content_hash

    @property
    def is_plan(self) -> bool:
        """Whether it is a plan that is enacted word by word: neither a motion nor a tree is drafted."""
        return is_plan(self.opening.plan.assignments)

    @property
    def size(self) -> int:
        """Its bytes, words included."""
        return len(self.opening.plan.content) + DETAIL_SIZE + len(self.opening.words.encode())

    def ballot(self, *, support: bool) -> Ballot:
        """What a member signs for yes or no."""
        return Ballot(
            proposal=self.proposal,
            content_hash=self.content_hash,
            roster=self.roster,
            deadline=self.deadline,
            support=support,
        )
