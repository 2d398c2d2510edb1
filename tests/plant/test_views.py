import json
from typing import Any

import pytest

from tests.plant.documents import PLANT
from workmoot.plant import views
from workmoot.plant.plant import numbers
from workmoot.plant.scenario import plant_of

BENCH = plant_of(PLANT, "plant")
SPRAYER, PLANNER = BENCH.workers
ACCOUNTS = {name: f"0x{number:040x}" for name, number in numbers(BENCH).items()}


def described() -> dict[str, Any]:
    return views.description(BENCH, gateway_url="http://gate", gateway_address="0xabc", accounts=ACCOUNTS)


def test_numbers__plant__robots_workers_humans():
    assert numbers(BENCH) == {"arm-1": 1, "sprayer": 2, "planner": 3, "owner": 4}


def test_description__plant__tells_no_secret():
    text = json.dumps(described())
    assert not [word for word in ("pace", "ratio", "factor", "defect", "experience") if word in text]


def test_description__plant__names_badges_addresses_and_gateway():
    told = described()
    assert told["robots"][0]["number"] == 1
    assert told["humans"][0]["address"] == ACCOUNTS["owner"]
    assert told["gateway"] == {"url": "http://gate", "address": "0xabc"}


@pytest.mark.parametrize(
    ("member", "expected"),
    [
        (BENCH.robots[0], {"id": "arm-1", "name": "Arm", "capabilities": ["spraying"], "station": "booth"}),
        (SPRAYER, {"id": "sprayer", "name": "Sprayer", "capabilities": ["spraying"], "robots": [1]}),
        (BENCH.humans[0], {"id": "owner", "name": "Owner", "roles": ["planner", "supervisor"]}),
    ],
)
def test_profile__member__public_alone(member, expected):
    assert views.profile(BENCH, member) == expected


def test_mask__members__a_bit_a_capability_from_1():
    assert [views.mask(BENCH, member) for member in (BENCH.robots[0], SPRAYER, PLANNER, BENCH.humans[0])] == [
        4,
        4,
        6,
        0,
    ]


def test_private_profile__worker__its_own_beliefs():
    own = views.private_profile(PLANNER)
    assert own["skills"]["spraying"]["pace"] == 1.2
    assert own["team"] == {"spraying": {"helpers": 1, "factor": 0.6, "alone_s": 90}}
    assert own["experience"] == [{"worker": "sprayer", "capability": "spraying", "samples": 4, "ratio": 1.5}]


def test_truth__robot_with_own_figures__overlays_the_plants():
    told = views.truth(BENCH, seed=7)
    assert told == {"seed": 7, "robots": {"1": {"pace": 1.25, "spread": 0.078027, "defect": 0.04, "failure": 0.0}}}
