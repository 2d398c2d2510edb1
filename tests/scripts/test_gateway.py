"""How `workmoot gateway run` says why it ended."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from scripts import gateway
from workmoot.domain.errors import Refused, Unreachable

NO = Refused("NotAllowed", "0x1")
WHY = "NotAllowed(0x1): the human lacks the role, or is suspended"
ENDS = {
    "one": (NO, f"gateway: {WHY}\n"),
    "several at once": (
        ExceptionGroup("tasks", [ExceptionGroup("more", [NO]), Unreachable("the node is away")]),
        f"gateway: {WHY}; the node is away\n",
    ),
}


@pytest.mark.parametrize(("error", "says"), ENDS.values(), ids=ENDS)
def test_run__refused__says_what_is_in_the_way(error: Exception, says: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async def ends(_: object) -> None:
        raise error

    monkeypatch.setattr(gateway, "_parts", lambda *_: None)
    monkeypatch.setattr("gateway.running.run", ends)
    file = str(Path(__file__))
    done = CliRunner().invoke(gateway.app, ["run", "--rpc", "http://none", "--key", file, "--truth", file])
    assert (done.exit_code, done.stderr) == (1, says)
