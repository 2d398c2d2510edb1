"""Members on a node: who may act."""

from workmoot.chain.contract import Contract
from workmoot.domain.ids import Address, Number
from workmoot.domain.ports import Receipt
from workmoot.domain.workers import Kind, Member, Record, Scope, Standing


class ChainMembers(Contract):
    """One account's hold on Members; keeps `domain.ports.Members`."""

    name = "Members"

    def admit(self, account: Address, kind: Kind, capabilities: int, profile: str) -> Receipt:
        return self._send("admit", account, kind, capabilities, profile)

    def suspend(self, number: Number) -> Receipt:
        return self._send("suspend", number)

    def reinstate(self, number: Number) -> Receipt:
        return self._send("reinstate", number)

    def retire(self, number: Number) -> Receipt:
        return self._send("retire", number)

    def come_back(self) -> Receipt:
        return self._send("comeBack")

    def bind(self, robot: Number, worker: Number, resource: bytes, scope: Scope) -> Receipt:
        return self._send("bind", robot, worker, resource, scope)

    def member(self, number: Number) -> Member | None:
        account, kind, standing, joined, capabilities, by_human = self._read("member", number)[0]
        if not kind:
            return None
        return Member(
            number=number,
            account=account,
            kind=Kind(kind),
            standing=Standing(standing),
            joined=joined,
            capabilities=capabilities,
            by_human=by_human,
        )

    def number_of(self, account: Address) -> Number:
        return Number(self._read("numberOf", account)[0])

    def is_capable(self, number: Number, capability: int) -> bool:
        return bool(self._read("isCapable", number, capability)[0])

    def may_vote(self, number: Number, roster: int) -> bool:
        return bool(self._read("mayVote", number, roster)[0])

    def belonged(self, number: Number, roster: int) -> bool:
        return bool(self._read("belonged", number, roster)[0])

    def accounts(self) -> bytes:
        return bytes(self._read("accounts")[0])

    def is_suspended(self, account: Address) -> bool:
        return bool(self._read("isSuspended", account)[0])

    def roster(self) -> tuple[int, int]:
        version, members = self._read("roster")
        return version, members

    def members_at(self, version: int) -> int:
        return int(self._read("membersAt", version)[0])

    def count(self) -> int:
        return int(self._read("count")[0])

    def record(self, worker: Number, capability: int) -> Record:
        done, failed = self._read("record", worker, capability)[0]
        return Record(done=done, failed=failed)
