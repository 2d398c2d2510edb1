"""A rule broken in one line, of the contracts or of their likeness in memory, is found within a few walks."""

from collections.abc import Iterable
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

import pytest

from tests.absent import not_run

if find_spec("pyrevm") is None:
    not_run("the model of the law beside the contracts (no pyrevm for this machine)")

from tests.model.compiler import broken
from tests.model.human_rules import HumanMachine
from tests.model.walk import Disagreement
from tests.model.walks import walk
from workmoot.chain.memory import (
    authority,
    claims,
    decisions,
    humans,
    instructions,
    membership,
    motions,
    runs,
    slots,
    voting,
)
from workmoot.domain.motions import MOTION_SECONDS
from workmoot.domain.work import Status

FAR = 100_000


@dataclass(frozen=True, slots=True)
class Bug:
    """Where `file` has `rule` it says `instead`, which is compiled into `contract`."""

    contract: str
    file: str
    rule: str
    instead: str


CONTRACT_BUGS = {
    "half is a majority": Bug(
        "AllocationDAO", "libraries/Majority.sol", "return yes * 2 > members;", "return yes * 2 >= members;"
    ),
    "the last second is too late": Bug(
        "AllocationDAO",
        "AllocationDAO.sol",
        "if (block.timestamp > header.deadline()) revert VotingOver(",
        "if (block.timestamp >= header.deadline()) revert VotingOver(",
    ),
    "at once the last second is too late": Bug(
        "AllocationDAO",
        "AllocationDAO.sol",
        "if (block.timestamp > deadline) revert VotingOver(",
        "if (block.timestamp >= deadline) revert VotingOver(",
    ),
    "ballots for what is decided at once hold a second longer": Bug(
        "AllocationDAO",
        "AllocationDAO.sol",
        "if (deadline > latest) revert",
        "if (deadline > latest + 1) revert",
    ),
    "who is no voter decides at once": Bug(
        "AllocationDAO",
        "AllocationDAO.sol",
        "Number proposer = _requireVoter(msg.sender).number();",
        "Number proposer = _voters[msg.sender].number();",
    ),
    "what is still open is recorded": Bug(
        "BallotAudit",
        "BallotAudit.sol",
        "if (found == IAllocationDAO.State.Open) revert",
        "if (found == IAllocationDAO.State.Expired) revert",
    ),
    "who came back may sign for what was opened before": Bug(
        "AllocationDAO",
        "AllocationDAO.sol",
        "account != address(0) && (!special || members.mayVote(member, box.header.roster()));",
        "account != address(0);",
    ),
    "who came back may vote on what was opened before": Bug(
        "Members",
        "Members.sol",
        "badge.joined = _nextRoster(account, badge.number, true);",
        "uint32 v = _nextRoster(account, badge.number, true); if (badge.joined == 0) badge.joined = v;",
    ),
    "one retry too few": Bug(
        "WorkOrders", "WorkOrders.sol", "note.attempt <= traits.retries", "note.attempt < traits.retries"
    ),
    "overdue a second early": Bug(
        "WorkOrders",
        "WorkOrders.sol",
        "if (block.timestamp <= deadline) revert NotOverdue(id, deadline);",
        "if (block.timestamp < deadline) revert NotOverdue(id, deadline);",
    ),
    "a quiet task forgets whom it excludes": Bug(
        "WorkOrders", "libraries/Tasks.sol", "!note.held && !note.excludes;", "!note.held;"
    ),
    "a hold shortens another": Bug(
        "Overrides", "Overrides.sol", "order.expiresAt < found.expiresAt", "order.expiresAt > found.expiresAt"
    ),
    "a safe stop outlives who stopped": Bug(
        "Overrides",
        "Overrides.sol",
        "        _endSafeStop(task);\n        _apply(task, true);",
        "        _apply(task, true);",
    ),
    "who asked to end a hold ends a later one": Bug(
        "Overrides",
        "Overrides.sol",
        "_slots[order.subjectType][order.subject][level].id;",
        "NONE;",
    ),
    "one human gives both orders": Bug(
        "PlantAuthority", "PlantAuthority.sol", "own ? !recovers && !isShared(roles) :", "own ? !recovers :"
    ),
    "one suspended human lets itself back": Bug(
        "PlantAuthority", "PlantAuthority.sol", "own ? !recovers && !isShared(roles) :", "own ? !isShared(roles) :"
    ),
    "the second order may be late": Bug(
        "PlantAuthority", "PlantAuthority.sol", "counts && block.timestamp <= first.until", "counts"
    ),
    "who asked need not be one who may": Bug(
        "PlantAuthority",
        "PlantAuthority.sol",
        "mayOrder(first.human, roles, recovers);",
        "first.human != address(0);",
    ),
    "a suspended human may order": Bug(
        "PlantAuthority",
        "PlantAuthority.sol",
        "|| standing == IMembers.Standing.Active;",
        "|| standing <= IMembers.Standing.Suspended;",
    ),
    "an alarm is an order late": Bug(
        "PlantAuthority", "PlantAuthority.sol", "uint256(_alarmOrders) + 1)", "uint256(_alarmOrders) + 2)"
    ),
    "a supervisor may suspend a human": Bug("Members", "Members.sol", "kind != Kind.Human && _actsAs", "_actsAs"),
    "a human suspends as many a day as it likes": Bug(
        "Members", "Members.sol", "if (block.timestamp < by.suspendsFrom) revert", "if (by.suspendsFrom == 1) revert"
    ),
    "a human orders in any cell": Bug(
        "Members", "Members.sol", "cells == 0 || cells & capabilities != 0;", "cells == 0 || capabilities != 0;"
    ),
    "a human approves in any cell": Bug(
        "Overrides", "Overrides.sol", "everywhere || _isInScope", "vetoes || everywhere || _isInScope"
    ),
    "a plan is enacted under a plant hold": Bug(
        "WorkOrders", "Enactment.sol", "if (_plantHeld) return 0;", "if (_plantHeld && first != 0) return 0;"
    ),
    "a part of no words is one": Bug(
        "AllocationDAO",
        "AllocationDAO.sol",
        "if (entries == 0) revert NothingEnacted",
        "if (words > 9) revert NothingEnacted",
    ),
    "every part begins with the plan": Bug(
        "AllocationDAO", "AllocationDAO.sol", "assignments[done.offset:end]", "assignments[0:end]"
    ),
    "what was enacted of a vetoed plan is out of reach": Bug(
        "AllocationDAO", "AllocationDAO.sol", "if (!ended) return enacted;", "if (!ended) return enacted; enacted = 0;"
    ),
    "a tree is recorded under a plant hold": Bug(
        "AllocationDAO",
        "AllocationDAO.sol",
        "if (isTree && _isPlantHeld()) return false;",
        "if (isTree && motion.length == 0) return false;",
    ),
    "who is absent proposes": Bug(
        "AllocationDAO", "AllocationDAO.sol", "members.voter(account);", "members.activeWorker(account);"
    ),
    "a vote admits who has a role": Bug(
        "Motions", "Motions.sol", "if (since != 0) revert HasARole", "if (since != 0 && role > 9) revert HasARole"
    ),
    "a veto reaches what was not enacted": Bug(
        "Overrides", "Overrides.sol", "if (last > most) entries", "if (last > most + 9) entries"
    ),
    "a hash without a plan binds nothing": Bug(
        "AllocationDAO",
        "AllocationDAO.sol",
        "if (assignments.length != 0 || rest != 0) _req",
        "if (assignments.length != 0) _req",
    ),
    "a requeued task's epoch rises twice": Bug(
        "WorkOrders",
        "WorkOrders.sol",
        "if (changes && note.worker == NOBODY) ++note.epoch;",
        "if (changes) ++note.epoch;",
    ),
    "a vote overrules a human": Bug(
        "Members",
        "Members.sol",
        "else if (badge.byHuman) revert",
        "else if (badge.byHuman && badge.joined == 0) revert",
    ),
    "a vote suspends the last one": Bug(
        "Members", "Members.sol", "if (!votes && members == 1 &&", "if (!votes && members == 0 &&"
    ),
    "a motion is late a second early": Bug(
        "AllocationDAO",
        "AllocationDAO.sol",
        "block.timestamp > header.deadline() + MOTION_SECONDS",
        "block.timestamp >= header.deadline() + MOTION_SECONDS",
    ),
    "a lower limit counts all": Bug(
        "AllocationDAO", "AllocationDAO.sol", "_placeOf(voter, desk.openLimit())", "_placeOf(voter, Voters.PLACES)"
    ),
    "votes at once are silences one by one": Bug(
        "Motions",
        "Motions.sol",
        "if (!_ranOut(one) || one.deadline > before) continue;",
        "if (!_ranOut(one)) continue;",
    ),
    "a vote that goes on shows silence": Bug(
        "Motions", "Motions.sol", "block.timestamp > one.deadline;", "block.timestamp >= one.deadline;"
    ),
    "a decided vote shows silence": Bug(
        "Motions",
        "Motions.sol",
        "IAllocationDAO.State.Expired;",
        "IAllocationDAO.State.Expired || block.timestamp > one.deadline;",
    ),
    "silence before it came back counts": Bug(
        "Motions", "Motions.sol", "if (shown || one.roster < found.joined) return false;", "if (shown) return false;"
    ),
    "who is absent is not suspended": Bug(
        "Members",
        "Members.sol",
        "if (standing > Standing.Active && standing != Standing.Absent) revert",
        "if (standing > Standing.Active) revert",
    ),
    "a leaf goes to anyone": Bug(
        "Claims", "Claims.sol", "if (found.lead != caller) revert", "if (Number.unwrap(caller) == 0) revert"
    ),
    "a leaf without a proof": Bug(
        "Claims", "Claims.sol", "if (!MerkleProof.verifyCalldata(proof, root, leaf)) revert", "if (leaf == 0) revert"
    ),
    "a vetoed tree is claimed": Bug(
        "Claims", "Claims.sol", "if (vetoed) revert", "if (vetoed && proposal == ProposalId.wrap(0)) revert"
    ),
    "a leaf without its helpers' word": Bug(
        "Claims", "Claims.sol", "if (!confirmed) revert", "if (!confirmed && i > 9) revert"
    ),
    "a leaf nobody may take": Bug(
        "Claims", "Claims.sol", "if (version == found.version) revert", "if (version > found.version + 1) revert"
    ),
    "what ends this second is over": Bug(
        "Instructions", "Instructions.sol", "block.timestamp > found.expiresAt;", "block.timestamp >= found.expiresAt;"
    ),
    "a question is answered twice": Bug(
        "Instructions", "Instructions.sol", "} else if (found.kind == ANSWER) {", "} else if (found.kind == LIFT) {"
    ),
    "a human instructs in any cell": Bug(
        "Instructions", "Instructions.sol", "if (!inScope) revert", "if (!inScope && subject == 0) revert"
    ),
    "a shelved alarm stays so beside its acknowledgement": Bug(
        "Instructions", "Instructions.sol", "return kind == ACKNOWLEDGE ? SHELVE : kind;", "return kind;"
    ),
    "what was lifted is lifted again": Bug(
        "Instructions", "Instructions.sol", "if (found.kind != meant || !", "if (found.version == 1 || !"
    ),
}


FAR_AWAY = pytest.mark.far
"""For all but a few of the nearest: they take part where `--steps` is given."""
NEAR = (
    "half is a majority",
    "the last second is too late",
    "a plan for another version is taken",
    "places are never given back",
    "a lower limit counts all",
    "a part is the whole plan",
)


def _mostly_far(bugs: Iterable[str]) -> list[object]:
    return [bug if bug in NEAR else pytest.param(bug, marks=FAR_AWAY) for bug in bugs]


@pytest.mark.parametrize("bug", _mostly_far(CONTRACT_BUGS))
def test_walk__contracts_with_a_bug__found(bug):
    seeded = CONTRACT_BUGS[bug]
    artifacts = broken(f"contracts/{seeded.file}", seeded.rule, seeded.instead, (seeded.contract,))
    machine = type("Broken", (HumanMachine,), {"artifacts": artifacts, "_worlds": {}})
    with pytest.raises(Disagreement, match="ContractWorld"):
        walk(machine, 1, FAR, shrink=False)


def _any_version(cell: Any, version: int) -> bool:
    return cell.status in (Status.POSTED, Status.ALLOCATED)


MEMORY_BUGS = {
    "a plan for another version is taken": (decisions, "is_open", _any_version),
    "one human gives both orders": (authority, "is_shared", lambda tx, roles: False),
    "a suspended human may order": (
        authority,
        "may_order",
        lambda tx, human, roles, recovers: any(tx.has_role(role, human) for role in roles),
    ),
    "a human suspends as many a day as it likes": (membership, "_use_suspension", lambda tx, number, human: None),
    "a human orders in any cell": (membership, "is_in_scope", lambda tx, account, capabilities: True),
    "who came back may sign for what was opened before": (
        membership,
        "may_vote",
        lambda tx, number, roster: membership.votes(tx, number),
    ),
    "a safe stop outlives who stopped": (slots, "end_safe_stop", lambda tx, task: False),
    "a hold shortens another": (humans, "later_end", lambda held, order: order.expires_at),
    "a human's task fails as the DAO's": (runs, "_after_failure", lambda cell, failure: Status.POSTED),
    "a part is the whole plan": (voting, "end_of", lambda entries, first, words: len(entries)),
    "a motion is late a second late": (voting, "MOTION_SECONDS", MOTION_SECONDS + 1),
    "a decided vote shows silence": (motions, "_ran_out", lambda tx, found: tx.now > found.deadline),
    "a vetoed tree is claimed": (claims, "_require_free", lambda tx, proposal, entry: None),
    "a leaf without its helpers' word": (claims, "_require_confirmed", lambda tx, entry: None),
    "places are never given back": (voting, "_takes_place", lambda tx, proposal: True),
    "what was lifted is lifted again": (instructions, "_require_liftable", lambda tx, order, found, meant: None),
    "a shelved alarm stays so beside its acknowledgement": (instructions, "group_of", lambda kind: kind),
}


@pytest.mark.parametrize("bug", _mostly_far(MEMORY_BUGS))
def test_walk__memory_with_a_bug__found(bug, monkeypatch):
    monkeypatch.setattr(*MEMORY_BUGS[bug])
    with pytest.raises(Disagreement, match="MemoryWorld"):
        walk(HumanMachine, 1, FAR, shrink=False)
