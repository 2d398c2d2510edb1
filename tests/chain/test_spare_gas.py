"""Gas for what is about many tasks, where the node does not estimate: what a hundred of them take is there."""

from typing import Any

import pytest

from tests.builders import an_entry, an_opening, an_order
from tests.chain.plants import account
from workmoot.chain.allocation_dao import ChainAllocationDao
from workmoot.chain.node import Node
from workmoot.chain.overrides import ChainOverrides
from workmoot.chain.work_orders import ChainWorkOrders
from workmoot.domain.ids import ProposalId, task_id
from workmoot.domain.overrides import OverrideKind, SubjectType
from workmoot.domain.payloads import PlanPart, cancel_payload, plan_payload
from workmoot.domain.plan import PackedPlan, pack_plan

ASSIGNMENTS = pack_plan(an_entry(task_id(1, index)) for index in range(100)).assignments
PLAN = plan_payload(PlanPart(rest=b"\1" * 32, first=0, last=100, assignments=ASSIGNMENTS))


class Purse:
    """Stands where the sender does and keeps what it was asked for."""

    spare_gas = 0

    def send(self, *_: object, spare_gas: int, tried: bool) -> None:
        self.spare_gas = spare_gas


@pytest.mark.parametrize(
    ("kind", "payload", "gas"),
    [
        (OverrideKind.VETO, PLAN, 7_500_000),
        (OverrideKind.APPROVE, PLAN, 7_500_000),
        (OverrideKind.CANCEL, cancel_payload(2**256 - 1), 3_400_000),
    ],
)
def test_execute__about_many_tasks__has_the_gas(kind, payload, gas):
    purse: Any = Purse()
    about = SubjectType.TASK if kind is OverrideKind.CANCEL else SubjectType.PROPOSAL
    given = an_order(kind, 256, subject_type=about, human=account("supervisor"), payload=payload)
    ChainOverrides(Node("http://nowhere"), account("stranger"), purse).execute(given, b"\1" * 65)
    assert purse.spare_gas > gas


@pytest.mark.parametrize(
    "decide",
    [
        lambda dao: dao.decide(ProposalId(1), ASSIGNMENTS, b"\1" * 32, b""),
        lambda dao: dao.decide_at_once(ProposalId(1), 1, an_opening(PackedPlan(assignments=ASSIGNMENTS)), b""),
        lambda dao: dao.vote(ProposalId(1), support=True, reason="", assignments=ASSIGNMENTS, rest=b"\1" * 32),
    ],
    ids=["decide", "decide_at_once", "vote"],
)
def test_vote_and_decide__for_many_tasks__have_the_gas_to_enact_what_humans_assigned(decide):
    purse: Any = Purse()
    node, nobody = Node("http://nowhere"), account("stranger")
    decide(ChainAllocationDao(node, nobody, purse, work_orders=ChainWorkOrders(node, nobody)))
    assert purse.spare_gas > 4_600_000


def test_enact__in_parts__has_the_gas_for_its_part():
    purse: Any = Purse()
    node, nobody = Node("http://nowhere"), account("stranger")
    dao = ChainAllocationDao(node, nobody, purse, work_orders=ChainWorkOrders(node, nobody))
    dao.enact(ProposalId(1), ASSIGNMENTS, b"\1" * 32, words=5)
    assert 2_300_000 < purse.spare_gas < 2_500_000
