// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAllocationDAO} from "contracts/interfaces/IAllocationDAO.sol";
import {IMembers} from "contracts/interfaces/IMembers.sol";
import {IMotions} from "contracts/interfaces/IMotions.sol";
import {IOverrides} from "contracts/interfaces/IOverrides.sol";
import {Number, ProposalId, TaskId} from "contracts/types/Ids.sol";
import {Status} from "contracts/types/Work.sol";

import {Packing} from "./Packing.sol";
import {PlantFixture} from "./PlantFixture.sol";
import {Trees} from "./Trees.sol";
import {Vm, vm} from "./Vm.sol";

/// @notice How a proposal ends, what is told of it, and what an ended one refuses.
contract SettlingTest is PlantFixture {
    uint256 private constant ALL = type(uint256).max;
    uint256 private constant GRACE_SECONDS = 10 minutes;

    TaskId private _task;
    bytes private _plan;
    ProposalId private _id;
    bytes32 private _bound;

    function setUp() public override {
        super.setUp();
        vm.roll(block.number + 1);
        _task = _postOne();
        _open(_planFor(_task, SCANNER, PACKER));
    }

    function _open(bytes memory content) private {
        _plan = content;
        _id = _propose(SCANNER, content);
        _bound = _rest(_id);
    }

    /* WHAT IS TOLD */

    function test_poke__someVoted__toldWithTheirBallots() public {
        _vote(_id, SCANNER, true);
        _vote(_id, SPRAYER, false);
        _vote(_id, PACKER, false);
        vm.warp(block.timestamp + VOTING_SECONDS + 1);
        _expectSettled(IAllocationDAO.State.Expired, 1, 2);
        dao.poke(_id);
    }

    function test_veto__someVoted__toldWithTheirBallots() public {
        _vote(_id, SCANNER, true);
        _vote(_id, SPRAYER, true);
        _vote(_id, PACKER, false);
        _expectSettled(IAllocationDAO.State.Vetoed, 2, 1);
        vm.expectEmit(address(dao));
        emit IAllocationDAO.ProposalCanceled(ProposalId.unwrap(_id));
        _veto(_id);
    }

    /// @dev One ballot decides, told after it; the tasks hear of it only where the content is at hand.
    function test_vote__decidesWithoutTheContent__nothingButTheVoteIsTold() public {
        _vote(_id, SCANNER, true);
        _vote(_id, SPRAYER, true);
        vm.recordLogs();
        _vote(_id, GLUER, true);
        _assertTold(IAllocationDAO.VoteCast.selector, IAllocationDAO.ProposalSettled.selector);
    }

    function test_decide__byTheContentHash__nothingButTheBallotsIsTold() public {
        dao.seal();
        bytes32 hash = _contentHash(_id, _plan);
        bytes memory ballots;
        for (uint16 i = 1; i <= 3; ++i) {
            ballots = bytes.concat(ballots, _signedBallot(_id, hash, Number.wrap(i), true));
        }
        vm.recordLogs();
        dao.decide(_id, "", hash, ballots);
        _assertTold(IAllocationDAO.BallotsCounted.selector, IAllocationDAO.ProposalSettled.selector);
    }

    function _assertTold(bytes32 first, bytes32 second) private {
        Vm.Log[] memory logs = vm.getRecordedLogs();
        vm.assertEq(logs.length, 2);
        vm.assertTrue(logs[0].topics[0] == first && logs[1].topics[0] == second);
        vm.assertTrue(logs[0].emitter == address(dao) && logs[1].emitter == address(dao));
    }

    /// @dev An open one says nothing of its state.
    function test_vote__decidesNothing__onlyTheVoteIsTold() public {
        vm.recordLogs();
        _vote(_id, SCANNER, true);
        vm.assertEq(vm.getRecordedLogs().length, 1);
    }

    /* WHAT AN ENDED ONE REFUSES */

    function test_settled__everyEnd__nothingMoreIsDone() public {
        for (uint8 end = 0; end <= uint8(type(IAllocationDAO.State).max); ++end) {
            IAllocationDAO.State state = IAllocationDAO.State(end);
            if (state == IAllocationDAO.State.Open) continue;
            uint256 before = vm.snapshotState();
            _bring(state);
            vm.assertTrue(dao.proposal(_id).state == state);
            _assertEnded(state);
            vm.revertToState(before);
        }
    }

    /// @dev By whatever ends it so; none is a number not reached yet.
    function _bring(IAllocationDAO.State state) private {
        if (state == IAllocationDAO.State.None) _id = ProposalId.wrap(99);
        if (state == IAllocationDAO.State.Passed) _voteThree(true);
        if (state == IAllocationDAO.State.Defeated) _voteThree(false);
        if (state == IAllocationDAO.State.Vetoed) _veto(_id);
        if (state == IAllocationDAO.State.Enacted) {
            _voteThree(true);
            dao.enact(_id, _plan, _bound, ALL);
        }
        vm.warp(block.timestamp + VOTING_SECONDS + 1);
        if (state == IAllocationDAO.State.Expired) dao.poke(_id);
    }

    function _assertEnded(IAllocationDAO.State state) private {
        bytes memory reason = abi.encodeWithSelector(IAllocationDAO.ProposalNotOpen.selector, _id, state);
        vm.expectRevert(reason);
        dao.poke(_id);
        _as(PACKER);
        vm.expectRevert(reason);
        dao.vote(_id, true, "", "", 0);
        _as(PACKER);
        vm.expectRevert(reason);
        dao.review(_id, true, 0, "", "");
        vm.expectRevert(reason);
        dao.bar(_id, PACKER);
        vm.expectRevert(reason);
        dao.decide(_id, _plan, _bound, "");
        if (state == IAllocationDAO.State.Passed) return;
        vm.expectRevert(reason);
        dao.enact(_id, _plan, _bound, ALL);
        if (state == IAllocationDAO.State.Enacted) return;
        vm.prank(address(overrides));
        vm.expectRevert(reason);
        dao.veto(_id);
    }

    function test_enact__open__refused() public {
        IAllocationDAO.State open = IAllocationDAO.State.Open;
        vm.expectRevert(abi.encodeWithSelector(IAllocationDAO.ProposalNotOpen.selector, _id, open));
        dao.enact(_id, _plan, _bound, ALL);
    }

    /* HOW MUCH OF IT IS ENACTED */

    function test_veto__passedOrEnacted__saysHowMuchIsEnacted() public {
        _voteThree(true);
        uint256 passed = vm.snapshotState();
        vm.assertEq(_veto(_id), 0);
        vm.revertToState(passed);
        dao.enact(_id, _plan, _bound, ALL);
        vm.assertEq(_veto(_id), 1000);
        vm.assertTrue(dao.proposal(_id).state == IAllocationDAO.State.Enacted);
    }

    function test_veto__oneEntryEnacted__saysSoAgain() public {
        _openTwoWords();
        dao.enact(_id, _plan, _bound, 1);
        vm.assertEq(_veto(_id), 1);
        vm.assertEq(_veto(_id), 1);
        vm.assertEq(dao.progress(_id), 1);
        vm.assertTrue(dao.proposal(_id).state == IAllocationDAO.State.Vetoed);
    }

    function test_enact__oneEntryAfterTheOther__noProgressIsLeft() public {
        _openTwoWords();
        dao.enact(_id, _plan, _bound, 1);
        vm.assertEq(dao.progress(_id), 1);
        dao.enact(_id, _plan, _bound, 1);
        vm.assertTrue(dao.proposal(_id).state == IAllocationDAO.State.Enacted);
        vm.assertEq(dao.progress(_id), 0);
    }

    /// @dev A passed plan of two words with one entry each.
    function _openTwoWords() private {
        Packing.Assigned[] memory entries = new Packing.Assigned[](2);
        entries[0] = _assigned(_task, SCANNER, PACKER);
        entries[1] = _assigned(_postOne(), SCANNER, PACKER);
        _open(Packing.assignments(entries));
        _voteThree(true);
    }

    /* UNTIL WHEN */

    function test_enact__motionAtTheEndOfItsGrace__carriedOut() public {
        _openMotion();
        vm.warp(dao.proposal(_id).deadline + GRACE_SECONDS);
        vm.expectEmit(address(dao));
        emit IAllocationDAO.ProposalExecuted(ProposalId.unwrap(_id));
        vm.expectEmit(address(motions));
        emit IMotions.MotionCarriedOut(_id, IMotions.Kind.Suspend);
        dao.enact(_id, _plan, _bound, ALL);
        vm.assertTrue(members.member(PACKER).standing == IMembers.Standing.Suspended);
    }

    function test_enact__motionASecondAfterItsGrace__expires() public {
        _openMotion();
        vm.warp(dao.proposal(_id).deadline + GRACE_SECONDS + 1);
        _expectSettled(IAllocationDAO.State.Expired, 3, 0);
        dao.enact(_id, _plan, _bound, ALL);
        vm.assertTrue(members.member(PACKER).standing == IMembers.Standing.Active);
        vm.assertTrue(dao.proposal(_id).state == IAllocationDAO.State.Expired);
    }

    function test_enact__tree__hasNoSuchEnd() public {
        bytes[] memory leaves = new bytes[](1);
        leaves[0] = Packing.pack(Packing.anEntry(_task, _version(_task), SPRAYER, PACKER));
        _open(Trees.motionOf(leaves));
        _voteThree(true);
        vm.warp(block.timestamp + 30 days);
        dao.enact(_id, _plan, _bound, ALL);
        vm.assertTrue(dao.proposal(_id).state == IAllocationDAO.State.Enacted);
        vm.assertEq(claims.rootOf(_id), Trees.rootOf(leaves));
    }

    /// @dev A hold of the plant keeps tasks from workers; who belongs is another matter.
    function test_vote__motionWhilePlantHeld__carriedOutAtOnce() public {
        _execute(_order(IOverrides.Kind.Hold, IOverrides.Subject.Plant, 0));
        _decide(_standingMotion(IMotions.Kind.Suspend, PACKER));
        vm.assertTrue(members.member(PACKER).standing == IMembers.Standing.Suspended);
        vm.assertTrue(_status(_task) == Status.Posted);
    }

    function _openMotion() private {
        _open(_standingMotion(IMotions.Kind.Suspend, PACKER));
        _voteThree(true);
    }

    /* HELPERS */

    function _voteThree(bool support) private {
        for (uint16 i = 1; i <= 3; ++i) {
            _vote(_id, Number.wrap(i), support);
        }
    }

    function _veto(ProposalId id) private returns (uint256) {
        vm.prank(address(overrides));
        return dao.veto(id);
    }

    function _expectSettled(IAllocationDAO.State state, uint16 yes, uint16 no) private {
        vm.expectEmit(address(dao));
        emit IAllocationDAO.ProposalSettled(_id, state, yes, no);
    }
}
