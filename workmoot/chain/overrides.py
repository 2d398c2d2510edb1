"""Overrides on a node: a human's word."""

from dataclasses import astuple

from workmoot.chain.contract import Contract
from workmoot.chain.decoder import build
from workmoot.domain.ids import Number, TaskId
from workmoot.domain.overrides import HumanOrder, Slot, SubjectType
from workmoot.domain.ports import Receipt


class ChainOverrides(Contract):
    """One account's hold on Overrides; keeps `domain.ports.Overrides`."""

    name = "Overrides"

    def execute(self, order: HumanOrder, signature: bytes) -> Receipt:
        return self._send("execute", astuple(order), signature)

    def poke(self, subject_type: SubjectType, subject: int, level: int) -> Receipt:
        return self._send("poke", subject_type, subject, level, tried=False)

    def safe_stop(self, task: TaskId, *, stopped: bool) -> Receipt:
        return self._send("safeStop", task, stopped)

    def digest_of(self, order: HumanOrder) -> bytes:
        return bytes(self._read("digestOf", astuple(order))[0])

    def slot(self, subject_type: SubjectType, subject: int, level: int) -> Slot:
        found: Slot = build(Slot, self._read("slot", subject_type, subject, level)[0])
        return found

    def robot(self, robot: Number) -> tuple[int, bool]:
        epoch, held = self._read("robot", robot)
        return epoch, held

    def count(self) -> int:
        return int(self._read("count")[0])
