"""The golden vectors in tests/vectors, made with eth_abi and eth_account, hold for our own codecs and digests."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from workmoot.domain.ballots import (
    Ballot,
    SignedBallot,
    ballot_digest,
    pack_ballots,
    pack_counted,
    unpack_ballots,
    vote_digest,
)
from workmoot.domain.commands import Command, command_digest
from workmoot.domain.evidence import Evidence, evidence_hash, pack_evidence
from workmoot.domain.hashing import keccak
from workmoot.domain.ids import Number
from workmoot.domain.motions import (
    Admission,
    MotionKind,
    PolicyChange,
    StandingChange,
    is_motion,
    pack_motion,
    unpack_motion,
)
from workmoot.domain.offers import (
    Offer,
    RankedTask,
    offers_digest,
    pack_offers,
    pack_ranking,
    unpack_offers,
    unpack_ranking,
)
from workmoot.domain.overrides import HumanOrder, OverrideKind, SubjectType, order_digest, post_digest
from workmoot.domain.plan import (
    PackedPlan,
    PlanEntry,
    claim_of,
    claim_proof,
    mandate_of,
    pack_plan,
    pack_tree,
    unpack_plan,
)
from workmoot.domain.proposals import (
    Figures,
    Opening,
    Policy,
    Weights,
    content_hash_of,
    pack_detail,
    rest_of,
    unpack_detail,
)
from workmoot.domain.work import OnFailure, Stage, TaskSpec, pack_task, unpack_task
from workmoot.domain.workers import Kind

VECTORS = Path(__file__).resolve().parents[1] / "vectors"


def cases(name: str) -> Any:
    """The cases of one file, each under its name."""
    found = json.loads((VECTORS / f"{name}.json").read_text())["cases"]
    return pytest.mark.parametrize("case", [pytest.param(_read(case), id=case["name"]) for case in found])


def _read(value: Any) -> Any:
    """Hexadecimal strings of whole bytes but addresses are bytes; long numbers are strings."""
    if isinstance(value, dict):
        return {key: _read(item) for key, item in value.items()}
    if isinstance(value, list):
        return tuple(_read(item) for item in value)
    if isinstance(value, str) and value.startswith("0x") and len(value) != 42:
        return bytes.fromhex(value[2:])
    return int(value) if isinstance(value, str) and value.isdigit() else value


@cases("task")
def test_task__vector__packs_and_unpacks(case):
    values = case["task"]
    spec = TaskSpec(**values | {"stage": Stage(values["stage"]), "on_failure": OnFailure(values["on_failure"])})
    assert pack_task(spec) == case["packed"]
    assert unpack_task(case["packed"]) == spec


@cases("motion")
def test_motion__vector__packs_and_unpacks(case):
    motion = _motion(case)
    assert (motion.kind, pack_motion(motion), is_motion(case["packed"])) == (case["kind"], case["packed"], True)
    assert unpack_motion(case["packed"]) == motion


def _motion(case):
    if "admission" in case:
        values = case["admission"]
        return Admission(**values | {"member_kind": Kind(values["member_kind"])})
    if "member" in case:
        return StandingChange(kind=MotionKind(case["kind"]), member=Number(case["member"]))
    values = dict(case["policy"])
    rules = {name: values.pop(name) for name in ("voting_seconds", "open_limit", "absent_after")}
    return PolicyChange(policy=Policy(**rules, weights=Weights(**values)))


@cases("plan")
def test_plan__vector__packs_and_unpacks(case):
    entries = tuple(PlanEntry(**values) for values in case["entries"])
    plan = PackedPlan(**{name: case[name] or b"" for name in ("assignments", "teams", "timetable")})
    assert pack_plan(entries) == plan
    assert unpack_plan(plan) == tuple(replace(entry, duration=0, robots=()) for entry in entries)
    assert keccak(plan.content) == case["hash"]
    assert tuple(mandate_of(entry) for entry in entries) == case["mandates"]


@cases("tree")
def test_tree__vector__packs_unpacks_and_proves(case):
    entries = tuple(PlanEntry(**values) for values in case["entries"])
    plan = pack_tree(entries)
    assert plan == PackedPlan(**{name: case[name] or b"" for name in ("assignments", "teams", "timetable")})
    assert plan.root == case["root"]
    assert unpack_plan(plan) == tuple(replace(entry, duration=0, robots=()) for entry in entries)
    assert tuple(claim_of(entry) for entry in entries) == case["claims"]
    assert tuple(claim_proof(entries, index) for index in range(len(entries))) == case["proofs"]


@cases("offer")
def test_offer__vector__packs_and_unpacks(case):
    offers = tuple(Offer(**values) for values in case["offers"])
    assert pack_offers(offers) == case["packed"]
    assert unpack_offers(case["packed"]) == offers
    assert offers_digest((Number(lead), offer) for lead, offer in enumerate(offers, 1)) == case["digest"]


@cases("ranking")
def test_ranking__vector__packs_and_unpacks(case):
    ranking = tuple(RankedTask(**values) for values in case["ranking"])
    assert pack_ranking(ranking) == case["packed"]
    assert unpack_ranking(case["packed"]) == ranking


@cases("evidence")
def test_evidence__vector__packs_and_hashes(case):
    values = case["evidence"]
    evidence = Evidence(**values | {"figures": Figures(**values["figures"])})
    assert pack_evidence(evidence) == case["packed"]
    assert evidence_hash(evidence) == case["hash"]


@cases("content")
def test_content__vector__binds_the_assignments_and_the_rest(case):
    plan = PackedPlan(**{name: case[name] or b"" for name in ("assignments", "teams", "timetable")})
    detail = case["detail"] | {"figures": Figures(**case["detail"]["figures"])}
    opening = Opening(plan=plan, words=case["words"], **detail)
    opened = {name: case[name] for name in ("proposer", "roster", "members", "deadline")}
    assert pack_detail(opening) == case["packed"]
    assert unpack_detail(case["packed"], assignments=plan.assignments, words=case["words"]) == opening
    assert rest_of(opening, **opened) == case["rest"]
    assert content_hash_of(plan.assignments, case["rest"]) == case["content_hash"]


@cases("order")
def test_order__vector__digest(case):
    values = case["order"]
    kinds = {"kind": OverrideKind(values["kind"]), "subject_type": SubjectType(values["subject_type"])}
    payload = {"payload": values["payload"] or b""}
    order = HumanOrder(**values | kinds | payload)
    assert order_digest(order, chain_id=case["chain_id"], overrides=case["overrides"]) == case["digest"]


@cases("post")
def test_post__vector__digest(case):
    values = {name: value for name, value in case.items() if name not in ("name", "digest")}
    assert post_digest(**values) == case["digest"]


@cases("command")
def test_command__vector__digest(case):
    command = Command(**case["command"])
    assert command_digest(command, chain_id=case["chain_id"], gateway=case["gateway"]) == case["digest"]


@cases("ballots")
def test_ballot__vector__digest(case):
    where = {"chain_id": case["chain_id"], "dao": case["dao"]}
    ballot = Ballot(**case["ballot"])
    by = {"support": ballot.support, "voter": case["voter"], "nonce": case["nonce"]}
    assert ballot_digest(ballot, **where) == case["digest"]
    assert vote_digest(ballot.proposal, **by, **where) == case["vote_digest"]


@cases("ballots")
def test_ballots__vector__pack_and_unpack(case):
    signed = tuple(SignedBallot(**values | {"signature": values["signature"] or b""}) for values in case["signed"])
    assert pack_ballots(signed) == case["packed"]
    assert unpack_ballots(case["packed"]) == signed
    assert pack_counted(signed) == case["counted"]
