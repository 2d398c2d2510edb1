import json
from pathlib import Path

import pytest

from agents.profile import Experience, Profile, Skill, Teamwork, read_profile
from workmoot.domain.errors import Malformed

WHOLE = {
    "id": "sprayer",
    "skills": {"spraying": {"pace": 1.1, "spread": 1.3, "energy_w": 900, "cost_per_h": 8, "success": 0.98}},
    "team": {"spraying": {"helpers": 1, "factor": 0.6, "alone_s": 1.5}},
    "experience": [{"worker": "finisher", "capability": "spraying", "samples": 6, "ratio": 1.2}],
}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "sprayer.json"


def test_read_profile__whole_file__everything_in_it(file: Path):
    file.write_text(json.dumps(WHOLE))
    found = read_profile(file)
    assert found == Profile(
        id="sprayer",
        skills={"spraying": Skill(pace=1.1, spread=1.3, energy_w=900, cost_per_h=8, success=0.98)},
        team={"spraying": Teamwork(helpers=1, factor=0.6, alone_s=1.5)},
        experience=(Experience(worker="finisher", capability="spraying", samples=6, ratio=1.2),),
    )


def test_read_profile__empty_object__knows_nothing(file: Path):
    file.write_text("{}")
    assert read_profile(file) == Profile()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ({"skills": {"spraying": {"pace": 0}}}, "skills.spraying.pace"),
        ({"skills": {"spraying": {"pace": 1, "colour": "red"}}}, "skills.spraying.colour"),
        ({"team": {"spraying": {"factor": 3}}}, "team.spraying.factor"),
        ({"skills": {"spraying": {"pace": 1, "times": {"A": -1}}}}, "skills.spraying.times.A"),
        ({"team": {"spraying": {"factor": 1, "alone_s": -1}}}, "team.spraying.alone_s"),
        ({"experience": [{"worker": "finisher", "capability": "x", "samples": 0, "ratio": 1}]}, "experience.0.samples"),
        ([], "Input should be"),
    ],
)
def test_read_profile__does_not_fit__named_by_the_field(file: Path, content: object, says: str):
    file.write_text(json.dumps(content))
    with pytest.raises(Malformed, match=says):
        read_profile(file)


def test_read_profile__not_json__says_so(file: Path):
    file.write_text("{")
    with pytest.raises(Malformed, match="not JSON"):
        read_profile(file)


def test_read_profile__no_such_file__says_so(file: Path):
    with pytest.raises(Malformed, match="No such file"):
        read_profile(file)
