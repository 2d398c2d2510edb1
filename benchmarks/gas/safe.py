"""A Safe 1.4.1 whose owners are the members: signatures of a majority in one transaction, nothing proposed on chain."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.gas.chain import Chain, Decision, call_of
from benchmarks.gas.peers import safe_artifact
from benchmarks.gas.recorders import Packed, Plain, Recorder
from benchmarks.gas.systems import majority_of, signer_of
from workmoot.domain.hashing import checksum_address, word
from workmoot.domain.ids import Address

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workmoot.chain.signer import Signer

SETUP = "setup(address[],uint256,address,bytes,address,address,uint256,address)"
CREATE = "createProxyWithNonce(address,bytes,uint256)"
EXECUTE = "execTransaction(address,uint256,bytes,uint8,uint256,uint256,uint256,address,address,bytes)"
HASH = "getTransactionHash(address,uint256,bytes,uint8,uint256,uint256,uint256,address,address,uint256)"
NOBODY = "0x" + "00" * 20
CALL, DELEGATE_CALL = 0, 1
BY_SENDING = bytes(32) + b"\1"
"""The sender's own approval needs no signature."""


class Safe:
    """One Safe, and what it calls."""

    def __init__(self, chain: Chain, members: Sequence[Signer], *, plain: bool) -> None:
        self._chain = chain
        self._members = members
        self._safe = _create(chain, [member.address for member in members])
        self._senders = chain.create(signer_of("deployer").address, safe_artifact("libraries/MultiSendCallOnly"))
        kind = Plain if plain else Packed
        self._recorder: Recorder = kind(chain, owner=self._safe, members=members)
        self._batch = 0

    def decide(self, tasks: int) -> Decision:
        """One transaction; the proposal has gone round off chain."""
        self._batch += 1
        calls = self._recorder.calls(self._batch, tasks)
        act = self._all_of(calls) if len(calls) > 1 else (self._recorder.address, 0, calls[0], CALL)
        action = (*act, 0, 0, 0, NOBODY, NOBODY)
        approvals = self._approvals(action)
        cost = self._chain.send(self._members[0].address, self._safe, call_of(EXECUTE, *action, approvals))
        self._recorder.require(self._batch, tasks)
        return Decision(costs=(cost,))

    def _all_of(self, calls: Sequence[bytes]) -> tuple[Address, int, bytes, int]:
        to = bytes.fromhex(self._recorder.address[2:])
        packed = b"".join(b"\0" + to + word(0) + word(len(content)) + content for content in calls)
        return self._senders, 0, call_of("multiSend(bytes)", packed), DELEGATE_CALL

    def _approvals(self, action: tuple[object, ...]) -> bytes:
        """A majority's, in the order of their addresses; the first member sends, and so does not sign."""
        nonce = int.from_bytes(self._chain.read(self._safe, "nonce()"), "big")
        digest = self._chain.read(self._safe, HASH, *action, nonce)
        sender, *others = self._members[: majority_of(len(self._members))]
        approvals = {int(other.address, 16): other.sign(digest) for other in others}
        approvals[int(sender.address, 16)] = word(sender.address) + BY_SENDING
        return b"".join(approvals[address] for address in sorted(approvals))


def _create(chain: Chain, owners: list[Address]) -> Address:
    deployer = signer_of("deployer").address
    singleton = chain.create(deployer, safe_artifact("Safe"))
    factory = chain.create(deployer, safe_artifact("proxies/SafeProxyFactory"))
    told = call_of(SETUP, owners, majority_of(len(owners)), NOBODY, b"", NOBODY, NOBODY, 0, NOBODY)
    creation = call_of(CREATE, singleton, told, 0)
    place = chain.node.call(factory, creation)
    chain.send(deployer, factory, creation)
    return Address(checksum_address("0x" + place[-20:].hex()))
