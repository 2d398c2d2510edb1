"""Following the events: over reorganisations, resets and restarts."""

import pytest

from scripts.nodes import running
from tests.builders import a_task
from tests.chain.agreement import assert_events_tell_all
from tests.chain.moves import allocated, post
from tests.chain.plants import NodePlant, deploy, found
from workmoot.chain import follower as following
from workmoot.chain.node import Node
from workmoot.domain.errors import NoDeployment, Unreachable
from workmoot.domain.events import OrderPosted


def test_catch_up__twice__tells_only_what_is_new(plant):
    follower = plant.follower()
    post(plant, a_task())
    assert follower.catch_up()
    assert follower.catch_up() == ()
    post(plant, a_task())
    assert [type(event) for event in follower.catch_up()] == [OrderPosted]
    assert follower.ledger.head == plant.head()


def test_catch_up__events__in_the_chains_order_with_their_place(plant):
    allocated(plant)
    events = plant.follower().catch_up()
    places = [(event.at.block, event.at.log_index) for event in events]
    assert places == sorted(places)
    posted = next(event for event in events if isinstance(event, OrderPosted))
    assert posted.at.timestamp <= plant.head().timestamp


@pytest.mark.parametrize("kind", ["anvil", "ganache"])
def test_catch_up__the_chain_went_another_way__starts_over_with_a_new_ledger(request, kind):
    plant: NodePlant = request.getfixturevalue(f"{kind}_plant")
    before = plant.node.ask("evm_snapshot")
    post(plant, a_task(), detail='{"name": "lost"}')
    follower = plant.follower()
    follower.catch_up()
    former = follower.ledger
    plant.node.ask("evm_revert", before)
    again = plant.node.ask("evm_snapshot")
    post(plant, a_task(), a_task(), detail='{"name": "kept"}')
    follower.catch_up()
    assert follower.rebuilds == 1
    assert follower.ledger is not former
    assert [order.detail["name"] for order in follower.ledger.orders.values()] == ["kept"]
    plant.node.ask("evm_revert", again)
    follower.catch_up()
    assert (follower.rebuilds, len(follower.ledger.orders)) == (2, 0)


def test_catch_up__node_started_anew__says_that_the_contracts_are_gone():
    with running("anvil") as process:
        plant = NodePlant(deploy(Node(process.url)))
        found(plant)
        follower = plant.follower()
        follower.catch_up()
    with pytest.raises(Unreachable):
        follower.catch_up()
    with running("anvil", port=process.port), pytest.raises(NoDeployment, match="was the node started anew"):
        follower.catch_up()


def test_catch_up__more_blocks_than_one_question_takes__reads_them_all(anvil_plant, monkeypatch):
    monkeypatch.setattr(following, "BLOCKS_PER_QUESTION", 2)
    before = anvil_plant.node.ask("evm_snapshot")
    allocated(anvil_plant)
    assert_events_tell_all(anvil_plant)
    anvil_plant.node.ask("evm_revert", before)
