"""`workmoot motion` on a node: what it puts to the vote, and what it refuses before it sends anything."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from scripts.motion import app
from tests.chain.plants import FINISHER, POLICY, NodePlant, account, key
from workmoot.chain.deployment import write_deployment
from workmoot.chain.signer import write_key
from workmoot.domain.motions import Admission, Motion, MotionKind, PolicyChange, StandingChange
from workmoot.domain.workers import Kind


class Command:
    """The command line at a plant, by the scanner."""

    def __init__(self, plant: NodePlant, folder: Path) -> None:
        self.plant = plant
        self._key, self._file = folder / "scanner.key", folder / "here.json"
        write_key(self._key, key("scanner"))
        write_deployment(self._file, plant.connection.deployment)

    def run(self, *words: str) -> Result:
        where = ["--rpc", self.plant.node.url, "--deployment", str(self._file)]
        return CliRunner().invoke(app, [*where, *words, "--by", str(self._key), "--reason", "because"])

    def moved(self, *words: str) -> Motion:
        """What was put to the vote, as everybody sees it."""
        told = json.loads(self.run(*words, "--json").stdout)
        follower = self.plant.follower()
        follower.catch_up()
        proposal = follower.ledger.proposals[told["proposal"]]
        assert proposal.opening.words == "because"
        assert "0x" + proposal.opening.plan.assignments.hex() == told["motion"]
        found: Motion = proposal.motion
        return found


@pytest.fixture
def command(anvil_plant: NodePlant, tmp_path: Path) -> Iterator[Command]:
    before = anvil_plant.node.ask("evm_snapshot")
    anvil_plant.node.ask("evm_mine")
    yield Command(anvil_plant, tmp_path)
    anvil_plant.node.ask("evm_revert", before)


@pytest.mark.parametrize("kind", [MotionKind.SUSPEND, MotionKind.RETIRE])
def test_standing__by_id_or_number__put_to_the_vote(command: Command, kind: MotionKind):
    assert command.moved(kind.name.lower(), "finisher") == StandingChange(kind=kind, member=FINISHER)


def test_policy__what_is_not_named__stays(command: Command):
    motion = command.moved("policy", "--set", "voting_seconds=90", "--set", "risk=7")
    assert isinstance(motion, PolicyChange)
    assert (motion.policy.voting_seconds, motion.policy.open_limit) == (90, POLICY.open_limit)
    assert (motion.policy.weights.risk, motion.policy.weights.makespan) == (7, POLICY.weights.makespan)


def test_for_people__one_line(command: Command):
    assert command.run("suspend", "finisher").stdout == "proposal 1: see `workmoot proposal show 1`\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("suspend", "nobody"), "no member 'nobody'"),
        (("policy", "--set", "colour=5"), "a policy has no 'colour'"),
        (("policy", "--set", "risk"), "is not NAME=NUMBER"),
        (("admit", account("latecomer"), "--id", "late", "--capability", "juggling"), "no capability 'juggling'"),
        (("reinstate", "finisher"), "this could not be carried out: the member is active"),
        (("policy", "--set", f"voting_seconds={POLICY.voting_seconds}"), "the policy says so already"),
        (("admit", "0x12", "--id", "late", "--capability", "scanning"), "is no account"),
    ],
)
def test_input__not_well_formed__exits_2_and_says_why(command: Command, words: tuple[str, ...], said: str):
    result = command.run(*words)
    assert (result.exit_code, said in " ".join(result.stderr.split())) == (2, True), result.stderr


def test_admit__digital_or_robotic__put_to_the_vote(command: Command):
    motion = command.moved("admit", account("latecomer"), "--id", "late", "--capability", "scanning")
    assert isinstance(motion, Admission)
    assert (motion.account, motion.member_kind, motion.capabilities) == (account("latecomer"), Kind.DIGITAL, 2)
