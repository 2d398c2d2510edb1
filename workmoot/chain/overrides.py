"""Overrides on a node, and Instructions beside them: a human's word."""

from dataclasses import astuple

from workmoot.chain.contract import Contract
from workmoot.chain.decoder import build
from workmoot.chain.deployment import Deployment
from workmoot.chain.instructions import ChainInstructions
from workmoot.chain.node import Node
from workmoot.chain.sender import SPARE_GAS, Sender
from workmoot.domain.errors import NoDeployment
from workmoot.domain.ids import Address, Number, OverrideId, TaskId
from workmoot.domain.instructions import INSTRUCTIONS, Standing
from workmoot.domain.overrides import HumanOrder, OverrideKind, Slot, SubjectType
from workmoot.domain.payloads import ENTRIES_A_PART, read_cancel_payload
from workmoot.domain.plan import most_entries
from workmoot.domain.ports import Receipt

TASK_GAS = 100_000
"""For one task of an order about many: filling its slot and putting it in force."""


class ChainOverrides(Contract):
    """One account's hold on Overrides, and on Instructions where they are deployed; keeps `domain.ports.Overrides`."""

    name = "Overrides"

    def __init__(
        self,
        node: Node,
        address: Address,
        sender: Sender | None = None,
        *,
        instructions: ChainInstructions | None = None,
    ) -> None:
        super().__init__(node, address, sender)
        self._deployed = instructions

    def execute(self, order: HumanOrder, signature: bytes) -> Receipt:
        if order.kind in INSTRUCTIONS:
            return self._instructions.give(order, signature)
        spare_gas = SPARE_GAS + TASK_GAS * _tasks_of(order)
        return self._send("execute", astuple(order), signature, spare_gas=spare_gas)

    def ratify(self, override: OverrideId, *, support: bool, words: str) -> Receipt:
        return self._send("ratify", override, support, words)

    def poke(self, subject_type: SubjectType, subject: int, level: int) -> Receipt:
        return self._send("poke", subject_type, subject, level, tried=False)

    def safe_stop(self, task: TaskId, *, stopped: bool) -> Receipt:
        return self._send("safeStop", task, stopped)

    def digest_of(self, order: HumanOrder) -> bytes:
        if order.kind in INSTRUCTIONS:
            return self._instructions.digest_of(order)
        return bytes(self._read("digestOf", astuple(order))[0])

    def slot(self, subject_type: SubjectType, subject: int, level: int) -> Slot:
        found: Slot = build(Slot, self._read("slot", subject_type, subject, level)[0])
        return found

    def robot(self, robot: Number) -> tuple[int, bool]:
        epoch, held = self._read("robot", robot)
        return epoch, held

    def count(self) -> int:
        return int(self._read("count")[0])

    def standing(self, kind: int, subject: int) -> Standing:
        return self._instructions.standing(kind, subject)

    def instruction_count(self) -> int:
        return self._instructions.count()

    @property
    def _instructions(self) -> ChainInstructions:
        if self._deployed is None:
            raise NoDeployment("this hold knows no contract that takes instructions")
        return self._deployed


def overrides_of(node: Node, deployment: Deployment, sender: Sender | None = None) -> ChainOverrides:
    """A deployment's, with its instructions."""
    instructions = ChainInstructions(node, deployment.instructions, sender)
    return ChainOverrides(node, deployment.overrides, sender, instructions=instructions)


def _tasks_of(order: HumanOrder) -> int:
    """How many tasks the order is about, at most."""
    if order.kind is OverrideKind.CANCEL:
        return read_cancel_payload(order.payload).bit_count()
    if order.subject_type is not SubjectType.PROPOSAL:
        return 1
    return min(ENTRIES_A_PART, most_entries(order.payload))
