from typing import Any

import pytest

from tests.plant.documents import PLANT, changed
from workmoot.plant.findings import BadDocument
from workmoot.plant.plant import Plant
from workmoot.plant.scenario import plant_of

ROBOT = PLANT["robots"][0]
SPRAYER = PLANT["workers"][0]
EXPERIENCE = PLANT["workers"][1]["experience"][0]


def plant(*steps: str | int, to: Any) -> Plant:
    return plant_of(changed(PLANT, *steps, to=to), "plant")


def refusal(*steps: str | int, to: Any) -> str:
    with pytest.raises(BadDocument) as refused:
        plant(*steps, to=to)
    return str(refused.value)


def test_plant_of__sound__read():
    assert plant_of(PLANT, "plant").name == "Bench"


def test_plant_of__no_mapping__refused():
    with pytest.raises(BadDocument, match="it is not a group of fields"):
        plant_of([1], "plant")


@pytest.mark.parametrize(
    ("steps", "to", "words"),
    [
        (("name",), ..., "name: it is missing"),
        (("format",), "workmoot/plant/9", "format: 'workmoot/plant/9' is none of the possible values"),
        (("nmae",), "x", "`nmae` is no field of this. Did you mean name?"),
        (("workers", 0, "skills", "spraying", "pace"), -1, "workers[0].skills.spraying.pace: -1 is too small"),
        (("workers", 0, "skills", "spraying", "pace"), "fast", "pace: 'fast' is not a number"),
        (("workers", 0, "skills", "spraying", "pace"), True, "pace: True is not a number"),
        (("workers", 0, "skills", "spraying", "pace"), float("nan"), "pace: nan is not finite"),
        (("workers", 0, "skills"), {}, "workers[0].skills: it has 0 entries"),
        (("workers",), [], "workers: it has 0 entries. It needs at least 1"),
        (("robots", 0, "id"), 7, "robots[0].id: 7 is not text. Put it in quotes"),
        (("robots", 0, "id"), "a b", "robots[0].id: 'a b' is not an id"),
        (("humans", 0, "roles"), ["admin"], "humans[0].roles[0]: 'admin' is none of the possible values"),
        (("policy",), {"voting_s": 5}, "policy.voting_s: 5 is too small. It is at least 10"),
        (("policy",), {"ballots": "secret"}, "policy.ballots: 'secret' is none of the possible values"),
        (("policy",), {"ballot_boxes": ["nowhere"]}, "policy.ballot_boxes[0]: 'nowhere' is not an address. Write http"),
        (("policy",), {"ballot_boxes": ["http://a"] * 17}, "policy.ballot_boxes: it has too many entries. At most 16"),
        (("stations",), "booth", "stations: 'booth' is not a list"),
    ],
)
def test_plant_of__a_value_that_cannot_be__refused_with_its_place(steps, to, words):
    assert words in refusal(*steps, to=to)


@pytest.mark.parametrize(
    ("steps", "to", "words"),
    [
        (("robots", 0, "station"), "both", "robots[0].station: there is no station `both`. Did you mean booth?"),
        (("sensors", 0, "station"), "x", "sensors[0].station: there is no station `x`"),
        (("humans", 0, "station"), "x", "humans[0].station: there is no station `x`"),
        (("stations", 0, "capabilities"), ["dry"], "stations[0].capabilities[0]: there is no capability `dry`"),
        (("robots", 0, "capabilities"), ["spraying", "dry"], "robots[0].capabilities[1]: there is no capability `dry`"),
        (("workers", 0, "skills", "sewing"), {"pace": 1}, "workers[0].skills.sewing: there is no capability `sewing`"),
        (("workers", 0, "commands"), ["arm-1", "arm-2"], "workers[0].commands[1]: there is no robot `arm-2`"),
        (("workers", 0, "observes"), ["arm-2"], "workers[0].observes[0]: there is no robot `arm-2`"),
        (("workers", 0, "commands"), ["arm-1", "arm-1"], "workers[0].commands[1]: the id `arm-1` is used already"),
        (("workers", 0, "observes"), ["arm-1"], "workers[0].observes: it commands `arm-1` and need not observe it too"),
        (("workers", 0, "id"), "gateway", "workers[0].id: `gateway` is a name of the run's own"),
        (("truth", "robots"), {"arm-2": {}}, "truth.robots.arm-2: there is no robot `arm-2`"),
        (("capabilities",), ["planning", "spraying", "sewing"], "no digital worker has the capability `sewing`"),
        (("capabilities",), ["planning", "spraying", "planning"], "capabilities[2]: the id `planning` is used already"),
        (("workers", 0, "id"), "arm-1", "workers[0]: the id `arm-1` is used already by robots[0]"),
        (("humans", 0, "id"), "planner", "humans[0]: the id `planner` is used already by workers[1]"),
        (("workers", 0, "commands"), [], "`sprayer` commands no robot that can do `spraying`. Add one of these"),
        (("robots",), [ROBOT, {**ROBOT, "id": "arm-2"}], "robots[1]: nobody commands `arm-2`"),
        (("workers", 1, "team"), {"sewing": {"factor": 1}}, "workers[1].team.sewing: `planner` lacks the skill"),
        (("workers", 1, "team", "spraying", "helpers"), 2, "2 helpers, while 1 other workers can do `spraying`"),
        (("workers", 1, "experience"), [{**EXPERIENCE, "worker": "arm-1"}], "there is no digital worker `arm-1`"),
        (("workers", 1, "experience"), [{**EXPERIENCE, "worker": "planner"}], "experience is of others"),
        (("workers", 1, "experience"), [{**EXPERIENCE, "capability": "planning"}], "`sprayer` cannot do `planning`"),
    ],
)
def test_plant_of__parts_that_do_not_fit__refused_with_what_would_be_right(steps, to, words):
    assert words in refusal(*steps, to=to)


def test_plant_of__more_members_than_badges__refused():
    many = [{**PLANT["humans"][0], "id": f"human-{number}"} for number in range(1_023)]
    assert "the plant has 1026 members. Badges end at 1023" in refusal("humans", to=many)


def test_plant_of__several_faults__all_told():
    words = refusal("robots", 0, to={**ROBOT, "station": "x", "capabilities": ["spraying", "dry"]})
    assert words.count("\n") == 1
