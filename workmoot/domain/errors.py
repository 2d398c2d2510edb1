"""Everything that can be refused or can fail.

WorkmootError
├── Malformed          bytes or values that do not follow their layout
├── NoCapableTeam      no set of workers has the skills
├── NoSuchProduct      no order has a product of that name
├── NoKernel           the search could not be compiled for this machine
├── ChainError
│   ├── Refused        a contract said no, with the name of its error and the values
│   ├── Unreachable    the node did not answer: wait and try again
│   ├── OutOfGas       the key cannot pay: fund it and try again
│   ├── NotMined       sent, and not seen in a block in time: the same bytes may still be mined
│   ├── NodeFault      the node answered with an error of its own
│   ├── WrongChain     another chain than the deployment's
│   ├── NoDeployment   the contracts are not where the deployment says
│   └── Unprovable     what the node tells does not hash to what the chain says
├── GatewayError
│   ├── GatewayRefused       the gateway said no, with its code
│   └── GatewayUnreachable   the gateway did not answer: wait and try again
├── BoxError
│   ├── BoxRefused       a ballot box said no, or what no ballot box says
│   └── BoxUnreachable   no ballot box answered: members vote on chain instead
├── DatabaseError
│   ├── DatabaseUnreachable  the database did not answer: wait and try again
│   └── WrongDatabase        it has what was read of another deployment
└── WouldContradict    a member is asked to sign the contrary of what it signed
"""


class WorkmootError(Exception):
    """Base of all we raise; an edge catches this and nothing wider."""


class Malformed(WorkmootError):
    """Bytes or values do not follow their layout."""

    def __init__(self, what: str, *, offset: int | None = None) -> None:
        super().__init__(what if offset is None else f"{what} at byte {offset}")
        self.what = what
        self.offset = offset


class NoCapableTeam(WorkmootError):
    """No set of workers has the skills."""


class NoSuchProduct(WorkmootError):
    """No order has a product of that name."""


class NoKernel(WorkmootError):
    """The search could not be compiled for this machine."""

    def __init__(self, said: str) -> None:
        super().__init__(f"the search could not be compiled: {said}")
        self.said = said


class ChainError(WorkmootError):
    """What can go wrong between a program and the contracts."""


class Refused(ChainError):
    """A contract said no: `name` is its custom error, `arguments` its values in the ABI's order."""

    def __init__(self, name: str, *arguments: object) -> None:
        super().__init__(f"{name}({', '.join(_shown(value) for value in arguments)})")
        self.name = name
        self.arguments = arguments


class Unreachable(ChainError):
    """The node did not answer."""


class OutOfGas(ChainError):
    """The key cannot pay for a transaction."""

    def __init__(self, account: str, *, balance: int, needed: int) -> None:
        super().__init__(f"{account} has {balance} wei and needs {needed}: send it some and it goes on")
        self.account = account
        self.balance = balance
        self.needed = needed


class NotMined(ChainError):
    """A transaction was sent and not seen in a block in time."""

    def __init__(self, transaction: str, *, seconds: float) -> None:
        super().__init__(f"{transaction} was not mined within {seconds:g} s")
        self.transaction = transaction


class NodeFault(ChainError):
    """The node answered with an error that is no contract's."""

    def __init__(self, method: str, *, code: int, message: str) -> None:
        super().__init__(f"{method}: {message} ({code})")
        self.method = method
        self.code = code
        self.message = message


class WrongChain(ChainError):
    """The node runs another chain than the deployment was made on."""

    def __init__(self, *, expected: int, found: int, where: str) -> None:
        super().__init__(
            f"{where} is chain {found}, the deployment is for chain {expected}: "
            f"use a node of chain {expected} or --deployment deployments/{found}.json"
        )
        self.expected = expected
        self.found = found


class NoDeployment(ChainError):
    """The contracts are not where the deployment says, or there is no such file."""


class Unprovable(ChainError):
    """What the node tells does not hash to what the chain says, or cannot be written down."""


class GatewayError(WorkmootError):
    """What can go wrong between a program and the robot gateway."""


class GatewayRefused(GatewayError):
    """The gateway said no: `code` is one of its words, such as FENCED or HELD."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail


class GatewayUnreachable(GatewayError):
    """The gateway did not answer."""


class BoxError(WorkmootError):
    """What can go wrong between a member and a ballot box."""

    def __init__(self, box: str, *words: str) -> None:
        super().__init__(": ".join((box, *words)))
        self.box = box


class BoxRefused(BoxError):
    """The box said no, with its words, or said what no ballot box says."""


class BoxUnreachable(BoxError):
    """The box did not answer."""


class DatabaseError(WorkmootError):
    """What can go wrong between a program and its database."""


class DatabaseUnreachable(DatabaseError):
    """The database did not answer, or could not take what was written."""


class WrongDatabase(DatabaseError):
    """The database has what was read of another deployment."""

    def __init__(self, *, expected: str, found: str) -> None:
        super().__init__(
            f"this database belongs to the deployment {found}, not to {expected}: name another one with --database"
        )
        self.expected = expected
        self.found = found


class WouldContradict(WorkmootError):
    """The ballot asked for is the contrary of one that the member has signed."""


def _shown(value: object) -> str:
    return "0x" + value.hex() if isinstance(value, bytes) else str(value)
