"""What a daemon sees and acts with in tests: the workshop's chain, and robots that do what a test says."""

from agents.ballots import Ballots, Known
from agents.daemon import Eyes
from agents.execution import Hands
from agents.robots import Finding, RobotPart
from tests.workshop import NO_BALLOTS, Workshop
from workmoot.chain.memory import MemoryFollower
from workmoot.domain.ballots import Ballot
from workmoot.domain.drafts import Draft
from workmoot.domain.errors import GatewayUnreachable, Unreachable
from workmoot.domain.ids import Number, TaskId
from workmoot.domain.ledger import Block, Ledger, Task

GOOD = Finding(grade=97, accepted=True, report={"grade": 97})


class ToldRobots:
    """Robots that report what they were told to, and remember what they were commanded."""

    def __init__(self) -> None:
        self.said: dict[TaskId, tuple[RobotPart, ...]] = {}
        self.ran: list[tuple[TaskId, Number, int, int, str]] = []
        self.measured: list[TaskId] = []
        self.finding = GOOD
        self.silent = False

    def parts(self, task: Task) -> tuple[RobotPart, ...]:
        if self.silent:
            raise GatewayUnreachable("nobody answers")
        return self.said.get(task.id, ())

    def run(self, task: Task, robot: Number, *, capability: int, work_ticks: int, part: str) -> None:
        self.ran.append((task.id, robot, capability, work_ticks, part))

    def measure(self, task: Task) -> Finding:
        self.measured.append(task.id)
        return self.finding


class WorkshopEyes(Eyes):
    """Sees the workshop's chain, unless the node is away."""

    def __init__(self, workshop: Workshop) -> None:
        self._chain = workshop.chain
        self._follower = MemoryFollower(self._chain)
        self.looks = 0
        self.away_for = 0
        """How many looks the node will not answer."""

    @property
    def ledger(self) -> Ledger:
        return self._follower.ledger

    def look(self) -> Block:
        self.looks += 1
        if self.looks <= self.away_for:
            raise Unreachable("the node is away")
        self._follower.catch_up()
        return self._follower.ledger.head

    def block_hash(self, number: int) -> bytes:
        return self._chain.blocks[number].hash

    def reorganised(self) -> None:
        """Reads everything again, into another ledger."""
        self._follower = MemoryFollower(self._chain)


class ToldBallots:
    """Knows what a test says, and remembers what was signed."""

    def __init__(self) -> None:
        self.known = NO_BALLOTS
        self.signed: list[Ballot] = []
        self.shared: list[Draft] = []
        self.looked_at: list[Ledger] = []

    def look(self, ledger: Ledger) -> Known:
        self.looked_at.append(ledger)
        return self.known

    def sign(self, ballot: Ballot) -> None:
        self.signed.append(ballot)

    def share(self, draft: Draft) -> None:
        self.shared.append(draft)


def hands(workshop: Workshop, name: str, robots: ToldRobots, ballots: Ballots | None = None) -> Hands:
    """That worker's hold on the contracts, the robots and the ballots."""
    contracts = workshop.by(name)
    return Hands(
        dao=contracts.dao,
        work=contracts.work_orders,
        overrides=contracts.overrides,
        members=contracts.members,
        motions=contracts.motions,
        claims=contracts.claims,
        robots=robots,
        ballots=ballots or ToldBallots(),
    )
