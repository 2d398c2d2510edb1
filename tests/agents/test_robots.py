import pytest

from agents.robots import RobotPart
from workmoot.domain.ids import Number


@pytest.mark.parametrize(
    ("state", "over"),
    [("running", False), ("paused", False), ("done", True), ("failed", True), ("stopped", True)],
)
def test_is_over__state__whether_nothing_moves_any_more(state: str, over: bool):
    assert RobotPart(robot=Number(1), state=state).is_over is over
