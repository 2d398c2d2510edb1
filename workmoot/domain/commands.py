"""Commands: what a worker signs for the gateway so that a robot moves."""

from dataclasses import dataclass

from workmoot.domain.ids import Number, TaskId
from workmoot.domain.typed import TypedDomain, TypedStruct, Value, digest_of

ACTIONS = ("acquire", "run", "measure", "stop", "return")

COMMAND = TypedStruct(
    "Command",
    (
        ("robot", "uint16"),
        ("resource", "string"),
        ("task", "uint32"),
        ("taskEpoch", "uint64"),
        ("robotEpoch", "uint64"),
        ("mandate", "bytes32"),
        ("term", "uint64"),
        ("seq", "uint64"),
        ("notAfter", "uint48"),
        ("action", "string"),
        ("parameters", "string"),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One command to one robot's resource, and the ground it stands on. `parameters` is JSON."""

    robot: Number
    resource: str
    task: TaskId
    task_epoch: int
    robot_epoch: int
    mandate: bytes
    term: int
    seq: int
    not_after: int
    """Unix seconds."""
    action: str
    parameters: str = "{}"


def command_values(command: Command) -> dict[str, Value]:
    """The command under the names of its EIP-712 type."""
    return {
        "robot": command.robot,
        "resource": command.resource,
        "task": command.task,
        "taskEpoch": command.task_epoch,
        "robotEpoch": command.robot_epoch,
        "mandate": command.mandate,
        "term": command.term,
        "seq": command.seq,
        "notAfter": command.not_after,
        "action": command.action,
        "parameters": command.parameters,
    }


def gateway_domain(*, chain_id: int, gateway: str) -> TypedDomain:
    """Where a command counts: one gateway, named by its account."""
    return TypedDomain(name="Workmoot Gateway", chain_id=chain_id, verifying_contract=gateway)


def command_digest(command: Command, *, chain_id: int, gateway: str) -> bytes:
    """What the worker signs."""
    return digest_of(gateway_domain(chain_id=chain_id, gateway=gateway), COMMAND, command_values(command))
