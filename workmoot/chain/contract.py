"""What the contract classes share: how one account calls one contract."""

from typing import Any

from workmoot.chain.abi import abi_of
from workmoot.chain.node import Node
from workmoot.chain.sender import SPARE_GAS, Sender
from workmoot.domain.errors import WorkmootError
from workmoot.domain.ids import Address
from workmoot.domain.ports import Receipt


class ReadOnly(WorkmootError):
    """A transaction was asked of a hold that has no key."""


class Contract:
    """One account's hold on one contract; without a sender it can only read."""

    name: str

    def __init__(self, node: Node, address: Address, sender: Sender | None = None) -> None:
        self.node = node
        self.address = address
        self._sender = sender
        self._functions = abi_of(self.name).functions

    def _send(self, function: str, *arguments: object, spare_gas: int = SPARE_GAS, tried: bool = True) -> Receipt:
        if self._sender is None:
            raise ReadOnly(f"{self.name}.{function} needs a key")
        return self._sender.send(
            self.address, self._functions[function].call(*arguments), spare_gas=spare_gas, tried=tried
        )

    def _read(self, function: str, *arguments: object) -> tuple[Any, ...]:
        form = self._functions[function]
        sender = self._sender.address if self._sender else None
        return form.answer(self.node.call(self.address, form.call(*arguments), sender=sender))
