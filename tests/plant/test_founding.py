import json

from tests.plant.documents import PLANT, changed
from workmoot.domain.overrides import STRICT
from workmoot.domain.workers import Kind, Role, Scope
from workmoot.plant.founding import admissions, bindings, cosigned, grants, with_ballot_boxes
from workmoot.plant.plant import numbers
from workmoot.plant.scenario import plant_of

BENCH = plant_of(PLANT, "plant")


def scopes(plant):
    return [(binding.robot, binding.worker, binding.scope) for binding in bindings(plant)]


def test_admissions__plant__in_the_order_of_badges():
    assert [admission.id for admission in admissions(BENCH)] == list(numbers(BENCH))
    assert [admission.kind for admission in admissions(BENCH)] == [Kind.ROBOTIC, Kind.DIGITAL, Kind.DIGITAL, Kind.HUMAN]


def test_admissions__profile__is_json():
    assert json.loads(admissions(BENCH)[1].profile)["name"] == "Sprayer"


def test_grants__human__each_role():
    assert grants(BENCH) == ((Role.PLANNER, "owner"), (Role.SUPERVISOR, "owner"))


def test_cosigned__plant_that_says_nothing__the_large_effects():
    assert cosigned(BENCH) == STRICT.cosigned
    policy = BENCH.policy
    assert (policy.second_s, policy.alarm_orders, policy.alarm_s) == (
        STRICT.ask_seconds,
        STRICT.alarm_orders,
        STRICT.alarm_seconds,
    )


def test_admissions__human_with_cells__their_bits():
    humans = [{**PLANT["humans"][0], "cells": [PLANT["capabilities"][1]]}]
    plant = plant_of(changed(PLANT, "humans", to=humans), "plant")
    assert admissions(plant)[-1].capabilities == 1 << 2


def test_bindings__two_commanders__a_pool():
    assert scopes(BENCH) == [(1, 2, Scope.COMPUTE), (1, 3, Scope.COMPUTE)]


def test_bindings__one_commander_and_an_observer__command_and_observe():
    workers = [PLANT["workers"][0], {**PLANT["workers"][1], "commands": [], "observes": ["arm-1"], "team": {}}]
    workers[1]["skills"] = {"planning": {"pace": 1}}
    assert scopes(plant_of(changed(PLANT, "workers", to=workers), "plant")) == [
        (1, 2, Scope.COMMAND),
        (1, 3, Scope.OBSERVE),
    ]


def voting(**policy):
    return with_ballot_boxes(plant_of(changed(PLANT, "policy", to=policy), "plant"), "http://api").policy.ballot_boxes


def test_with_ballot_boxes__signed_and_none_named__the_apis():
    assert voting(ballots="signed") == ("http://api",)


def test_with_ballot_boxes__signed_and_some_named__those():
    assert voting(ballots="signed", ballot_boxes=["http://one:1", "http://two:2/"]) == ("http://one:1", "http://two:2/")


def test_with_ballot_boxes__at_once_and_none_named__the_apis():
    assert voting(ballots="at-once") == ("http://api",)


def test_with_ballot_boxes__direct__none():
    assert voting() == ()
