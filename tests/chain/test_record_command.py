"""`workmoot proposal record` on a node, with what lies in a ballot box."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import pytest
from typer.testing import CliRunner, Result

from scripts.proposal import app
from tests.builders import a_task, an_entry
from tests.chain.moves import Opened, decide, post, propose, sign
from tests.chain.plants import FINISHER, SCANNER, SPRAYER, NodePlant, key
from workmoot.ballots.box import BoxedBallot, Page
from workmoot.ballots.kept import KeptBallots
from workmoot.ballots.late import Late, enter
from workmoot.chain.deployment import write_deployment
from workmoot.chain.signer import write_key
from workmoot.domain.errors import BoxUnreachable
from workmoot.domain.events import BallotsRecorded, EquivocationProven
from workmoot.domain.ids import ProposalId

Found = TypeVar("Found")


class Silent(KeptBallots):
    """A box that does not answer."""

    def read(self, proposal: ProposalId, *, after: int = 0) -> Page[BoxedBallot]:
        raise BoxUnreachable("http://away")


class Command:
    """The command line at a plant with one proposal, by the scanner, and a box that holds what a test puts in."""

    def __init__(self, plant: NodePlant, folder: Path) -> None:
        self.plant, self.box, self.away = plant, KeptBallots(), {"http://away"}
        self._key, self._file = folder / "scanner.key", folder / "here.json"
        write_key(self._key, key("scanner"))
        write_deployment(self._file, plant.connection.deployment)
        (task,) = post(plant, a_task())
        self.opened: Opened = propose(plant, an_entry(task, SPRAYER))

    def put(self, name: str, *, support: bool = True, by: str | None = None) -> None:
        """A ballot in the box; signed by another where the test says so."""
        signed = sign(self.plant, self.opened, name, support=support)
        signature = sign(self.plant, self.opened, by or name, support=support).signature
        ballot = self.opened.ballot(support=support)
        self.box.put(BoxedBallot(ballot=ballot, member=signed.member, signature=signature))

    def box_at(self, url: str) -> KeptBallots:
        return Silent() if url in self.away else self.box

    def decide(self) -> None:
        decide(
            self.plant, self.opened, sign(self.plant, self.opened, "scanner"), sign(self.plant, self.opened, "sprayer")
        )

    def run(self, *words: str, number: int | None = None) -> Result:
        where = ["--rpc", self.plant.node.url, "--deployment", str(self._file), "--box", "http://box"]
        proposal = str(self.opened.id if number is None else number)
        return CliRunner().invoke(app, ["record", proposal, *where, "--by", str(self._key), *words])


@pytest.fixture
def command(anvil_plant: NodePlant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Command]:
    before = anvil_plant.node.ask("evm_snapshot")
    anvil_plant.node.ask("evm_mine")
    command = Command(anvil_plant, tmp_path)
    monkeypatch.setattr("workmoot.ballots.http_box.HttpBallotBox", command.box_at)
    yield command
    anvil_plant.node.ask("evm_revert", before)


def events_of(plant: NodePlant, kind: type[Found]) -> list[Found]:
    return [event for event in plant.follower().catch_up() if isinstance(event, kind)]


def test_record__a_ballot_too_late_to_count__is_on_chain(command: Command):
    for name in ("scanner", "finisher"):
        command.put(name)
    command.decide()
    told = json.loads(command.run("--json").stdout)
    assert told == {"proposal": command.opened.id, "recorded": [FINISHER], "equivocated": [], "silent_boxes": []}
    (found,) = events_of(command.plant, BallotsRecorded)
    assert found.id == command.opened.id


def test_record__who_signed_both_ways__is_proved(command: Command):
    for support in (True, False):
        command.put("scanner", support=support)
    command.decide()
    assert command.run().stdout == "recorded: nobody\nequivocated: scanner\n"
    (found,) = events_of(command.plant, EquivocationProven)
    assert found.member == SCANNER


def test_record__once_more__finds_nothing_new(command: Command):
    for support in (True, False):
        command.put("finisher", support=support)
    command.decide()
    assert command.run().stdout == "recorded: finisher\nequivocated: finisher\n"
    assert command.run().stdout == "recorded: nobody\nequivocated: nobody\n"


def test_record__suspended_since__is_recorded_all_the_same(command: Command):
    command.put("finisher")
    command.decide()
    command.plant.by("supervisor").members.suspend(FINISHER)
    assert command.run().stdout == "recorded: finisher\nequivocated: nobody\n"


def test_record__a_box_is_silent__the_other_is_heard(command: Command):
    command.put("finisher")
    command.decide()
    told = json.loads(command.run("--json", "--box", "http://away").stdout)
    assert (told["recorded"], len(told["silent_boxes"])) == ([FINISHER], 1)


def test_record__no_box_answers__fails(command: Command):
    command.decide()
    command.away.add("http://box")
    result = command.run()
    assert isinstance(result.exception, BoxUnreachable)
    assert result.stdout == ""


def test_enter__the_contract_takes_one_of_two__the_other_is_recorded(command: Command):
    """As where a member's account is a contract that answers otherwise there."""
    command.decide()
    follower = command.plant.follower()
    follower.catch_up()
    genuine, forged = (sign(command.plant, command.opened, name) for name in ("finisher", "stranger"))
    late = Late(
        ballots=(replace(forged, member=SPRAYER), genuine),
        both={SPRAYER: (replace(forged, member=SPRAYER), forged)},
        silent=(),
    )
    audit = command.plant.by("stranger").ballot_audit
    entered = enter(audit, follower.ledger.proposals[command.opened.id], late)
    assert (entered.ballots, entered.both) == ((genuine,), {})
    assert len(events_of(command.plant, BallotsRecorded)) == 1


def test_record__forged__is_left_out(command: Command):
    command.put("finisher", by="stranger")
    command.decide()
    assert command.run().stdout == "recorded: nobody\nequivocated: nobody\n"


def test_record__open__exits_2_and_says_why(command: Command):
    result = command.run()
    assert (result.exit_code, "a ballot can still count" in " ".join(result.stderr.split())) == (2, True)


def test_record__of_no_proposal__exits_2(command: Command):
    result = command.run(number=99)
    assert (result.exit_code, "no proposal 99" in result.stderr) == (2, True)
