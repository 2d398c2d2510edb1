"""OpenZeppelin's Governor 5.7: a proposal, a vote a transaction, execution after the voting period."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.gas.chain import Chain, Cost, Decision, call_of
from benchmarks.gas.peers import artifact
from benchmarks.gas.recorders import Packed, Plain, Recorder
from benchmarks.gas.systems import majority_of, signer_of
from workmoot.domain.hashing import keccak

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workmoot.chain.signer import Signer
    from workmoot.domain.ids import Address

PROPOSE = "propose(address[],uint256[],bytes[],string)"
VOTE = "castVote(uint256,uint8)"
EXECUTE = "execute(address[],uint256[],bytes[],bytes32)"
VOTING_BLOCKS = 100
FOR = 1


class Governor:
    """One Governor with one vote for each member, and what it calls when it executes."""

    def __init__(self, chain: Chain, members: Sequence[Signer], *, plain: bool) -> None:
        self._chain = chain
        self._members = members
        deployer = signer_of("deployer").address
        token = chain.create(deployer, artifact("PeerToken"), [member.address for member in members])
        quorum = majority_of(len(members))
        self._governor = chain.create(deployer, artifact("PeerGovernor"), token, quorum, VOTING_BLOCKS)
        kind = Plain if plain else Packed
        self._recorder: Recorder = kind(chain, owner=self._governor, members=members)
        self._batch = 0

    def decide(self, tasks: int) -> Decision:
        """From the proposal to its execution."""
        self._batch += 1
        calls = self._recorder.calls(self._batch, tasks)
        actions = [self._recorder.address] * len(calls), [0] * len(calls), calls
        opened = self._propose(actions)
        votes = [self.vote(place) for place in range(majority_of(len(self._members)))]
        self._chain.mine(VOTING_BLOCKS)
        executed = self._send(self._members[0], EXECUTE, *actions, keccak(self._description().encode()))
        self._recorder.require(self._batch, tasks)
        return Decision(costs=(opened, *votes, executed))

    def open(self) -> None:
        """A proposal to be voted on."""
        self._batch += 1
        calls = self._recorder.calls(self._batch, 1)
        self._propose(([self._recorder.address], [0], calls))

    def vote(self, place: int) -> Cost:
        """A yes to the newest proposal."""
        return self._send(self._members[place], VOTE, self._id, FOR)

    def _propose(self, actions: tuple[list[Address], list[int], list[bytes]]) -> Cost:
        opened = self._send(self._members[0], PROPOSE, *actions, self._description())
        hashed = call_of("hash(address[],uint256[],bytes[],bytes32)", *actions, keccak(self._description().encode()))
        self._id = int.from_bytes(keccak(hashed[4:]), "big")
        self._chain.mine(1)
        return opened

    def _description(self) -> str:
        return f"batch {self._batch}"

    def _send(self, sender: Signer, signature: str, *arguments: object) -> Cost:
        return self._chain.send(sender.address, self._governor, call_of(signature, *arguments))
