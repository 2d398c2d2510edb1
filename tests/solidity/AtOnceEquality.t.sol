// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAllocationDAO} from "contracts/interfaces/IAllocationDAO.sol";
import {IMembers} from "contracts/interfaces/IMembers.sol";
import {IMotions} from "contracts/interfaces/IMotions.sol";
import {IOverrides} from "contracts/interfaces/IOverrides.sol";
import {Number, OrderId, ProposalId, TaskId} from "contracts/types/Ids.sol";

import {Packing} from "./Packing.sol";
import {PlantFixture} from "./PlantFixture.sol";
import {Trees} from "./Trees.sol";
import {Vm, vm} from "./Vm.sol";

/// @notice What is decided at once is decided as if it had been proposed and then decided: the same is left, the same is
///         told, and the same is refused for the same reason.
contract AtOnceEqualityTest is PlantFixture {
    struct Outcome {
        bool done;
        bytes why;
        bytes left;
        Vm.Log[] told;
    }

    uint256 private constant TASKS = 12;

    uint256 private _seed;
    OrderId private _posted;
    IAllocationDAO.Draft private _drafted;
    bytes private _ballots;
    uint48 private _end;

    function setUp() public override {
        super.setUp();
        bytes memory tasks;
        for (uint256 i = 0; i < TASKS; ++i) {
            tasks = bytes.concat(tasks, Packing.pack(Packing.aTask()));
        }
        _posted = _post(tasks);
        vm.roll(block.number + 1);
    }

    function testFuzz_decideAtOnce__anyDraft__asProposedAndDecided(uint256 seed) public {
        _seed = seed;
        _begin();
        _drafted = _anyDraft();
        _end = uint48(block.timestamp + dao.votingPeriod());
        _ballots = _anyBallots();
        uint256 snapshot = vm.snapshotState();
        Outcome memory apart = _proposeAndDecide();
        vm.revertToState(snapshot);
        Outcome memory together = _decideAtOnce();
        vm.assertTrue(together.done == apart.done);
        vm.assertEq(together.why, apart.why);
        vm.assertEq(together.left, apart.left);
        vm.assertEq(abi.encode(together.told), abi.encode(apart.told));
    }

    /* BOTH WAYS */

    function _proposeAndDecide() private returns (Outcome memory outcome) {
        bytes32 rest = _restOf(_drafted);
        ProposalId id = ProposalId.wrap(dao.proposalCount() + 1);
        IAllocationDAO.Draft memory draft = _drafted;
        vm.recordLogs();
        _as(SCANNER);
        (outcome.done, outcome.why) =
            address(dao).call(abi.encodeCall(dao.propose, (draft.assignments, draft.detail, draft.words)));
        if (outcome.done) {
            _as(SCANNER);
            (outcome.done, outcome.why) =
                address(dao).call(abi.encodeCall(dao.decide, (id, draft.assignments, rest, _ballots)));
        }
        if (outcome.done) (outcome.left, outcome.told) = (_left(id), vm.getRecordedLogs());
    }

    function _decideAtOnce() private returns (Outcome memory outcome) {
        ProposalId id = ProposalId.wrap(dao.proposalCount() + 1);
        vm.recordLogs();
        _as(SCANNER);
        (outcome.done, outcome.why) =
            address(dao).call(abi.encodeCall(dao.decideAtOnce, (id, _end, _drafted, _ballots)));
        if (outcome.done) (outcome.left, outcome.told) = (_left(id), vm.getRecordedLogs());
    }

    /// @dev All that any view says which either of them may change.
    function _left(ProposalId id) private view returns (bytes memory) {
        return bytes.concat(_leftOfProposal(id), _leftOfMembers(), abi.encode(work.tasks(_posted, 0, TASKS)));
    }

    function _leftOfProposal(ProposalId id) private view returns (bytes memory left) {
        uint256 number = ProposalId.unwrap(id);
        (uint256 against, uint256 for_,) = dao.proposalVotes(number);
        left = abi.encode(dao.proposal(id), dao.progress(id), dao.proposalCount(), dao.roll(), claims.rootOf(id));
        left = bytes.concat(left, abi.encode(dao.state(number), dao.proposalSnapshot(number), against, for_));
        for (uint16 i = 1; i <= 6; ++i) {
            left = bytes.concat(left, abi.encode(dao.hasVoted(number, _account(Number.wrap(i)))));
        }
    }

    function _leftOfMembers() private view returns (bytes memory left) {
        (uint64 roster, uint32 size) = members.roster();
        left = abi.encode(roster, size, members.accounts(), motions.policy(), dao.openLimit(), dao.votingPeriod());
        for (uint16 i = 1; i <= members.count(); ++i) {
            left = bytes.concat(left, abi.encode(members.member(Number.wrap(i))));
        }
    }

    /* ANY SITUATION */

    function _draw(uint256 below) private returns (uint256) {
        _seed = uint256(keccak256(abi.encode(_seed)));
        return _seed % below;
    }

    function _anyMember() private returns (Number) {
        return Number.wrap(uint16(1 + _draw(_draw(8) == 0 ? 7 : 5)));
    }

    function _begin() private {
        if (_draw(2) == 0) _decide(_planFor(_anyTask(), SPRAYER, PACKER));
        if (_draw(4) == 0) _propose(GLUER, _draft(_planFor(_anyTask(), GLUER, PACKER)));
        if (_draw(3) == 0) members.suspend(Number.wrap(uint16(2 + _draw(4))));
        if (_draw(3) == 0) dao.seal();
        if (_draw(4) == 0) _execute(_assignment(_anyTask(), SCANNER, NOBODY));
        if (_draw(4) == 0) _execute(_order(IOverrides.Kind.Hold, IOverrides.Subject.Plant, 0));
        vm.warp(block.timestamp + _draw(3));
    }

    function _anyTask() private returns (TaskId) {
        return _idOf(_posted, _draw(TASKS));
    }

    function _anyDraft() private returns (IAllocationDAO.Draft memory draft) {
        draft = _draft(_draw(3) == 0 ? _anyMotion() : _anyPlan());
        draft.detail = _detailOf(new bytes(_draw(8) == 0 ? _draw(15) : 0), new bytes(_draw(70)));
        if (_draw(16) == 0) draft.detail = new bytes(_draw(2) == 0 ? 146 : 147);
    }

    function _anyPlan() private returns (bytes memory) {
        Packing.Assigned[] memory drawn = new Packing.Assigned[](TASKS);
        uint256 count;
        for (uint256 i = 0; i < TASKS; ++i) {
            TaskId task = _idOf(_posted, i);
            uint32 version = _version(task) + (_draw(8) == 0 ? 1 : 0);
            if (_draw(3) != 0) drawn[count++] = Packing.Assigned(task, version, _anyMember(), _anyMember());
        }
        Packing.Assigned[] memory entries = new Packing.Assigned[](count);
        for (uint256 i = 0; i < count; ++i) {
            entries[i] = drawn[i];
        }
        return Packing.assignments(entries);
    }

    function _anyMotion() private returns (bytes memory) {
        uint256 kind = _draw(6);
        IMotions.Policy memory wanted = _policy();
        wanted.votingSeconds = uint32(9 + _draw(60));
        if (kind == 0) return _policyMotion(wanted);
        if (kind == 1) return _admissionMotion(IMembers.Kind.Digital, _draw(4) == 0 ? supervisor : STRANGER);
        if (kind == 2) return _standingMotion(IMotions.Kind.Reinstate, _anyMember());
        if (kind == 3) return _standingMotion(IMotions.Kind.Suspend, _anyMember());
        if (kind == 4) return _standingMotion(IMotions.Kind.Retire, _anyMember());
        bytes[] memory leaves = new bytes[](1);
        leaves[0] = Packing.pack(Packing.anEntry(_anyTask(), 1, SPRAYER, PACKER));
        return Trees.motionOf(leaves);
    }

    /// @dev Mostly yes, of most; seldom one that does not count.
    function _anyBallots() private returns (bytes memory ballots) {
        ProposalId id = ProposalId.wrap(dao.proposalCount() + 1);
        bytes32 hash = _contentHash(_drafted, SCANNER, _end);
        bool mostlyYes = _draw(4) != 0;
        for (uint16 i = 1; i <= 6; ++i) {
            Number member = Number.wrap(i);
            if (_draw(6) == 0 || (!members.mayVote(member, type(uint32).max) && _draw(8) != 0)) continue;
            bool support = (_draw(4) != 0) == mostlyYes;
            bytes memory signature = _sign(_key(member), _digestOf(id, hash, (_draw(64) == 0) != support));
            ballots = bytes.concat(ballots, _ballot(member, support, i == 1 && _draw(2) == 0 ? bytes("") : signature));
        }
    }

    function _digestOf(ProposalId id, bytes32 hash, bool support) private view returns (bytes32) {
        (uint64 roster,) = members.roster();
        return _digest(id, hash, roster, _end, support);
    }

    function _restOf(IAllocationDAO.Draft memory draft) private view returns (bytes32) {
        (uint64 roster, uint32 size) = members.roster();
        return _rest(draft, SCANNER, roster, size, _end);
    }
}
