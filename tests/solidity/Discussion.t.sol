// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAllocationDAO} from "contracts/interfaces/IAllocationDAO.sol";
import {IMembers} from "contracts/interfaces/IMembers.sol";
import {Number, OrderId, ProposalId, TaskId} from "contracts/types/Ids.sol";

import {Packing} from "./Packing.sol";
import {PlantFixture} from "./PlantFixture.sol";
import {vm} from "./Vm.sol";

/// @notice What members say before they vote: offers, messages, reviews, and the word of those who help.
contract DiscussionTest is PlantFixture {
    OrderId private _posted;

    function setUp() public override {
        super.setUp();
        bytes memory one = Packing.pack(Packing.aTask());
        _posted = _post(bytes.concat(one, one, one, one));
    }

    /* OFFERS AND MESSAGES */

    function test_offer__byAWorker__isTold() public {
        vm.expectEmit(address(dao));
        emit IAllocationDAO.OffersPublished(GLUER, "offers", "ranking");
        _as(GLUER);
        dao.offer("offers", "ranking");
    }

    function test_say__toOneOrToAll__isTold() public {
        vm.expectEmit(address(dao));
        emit IAllocationDAO.MessageSent(GLUER, PACKER, 7, "who inspects?");
        _as(GLUER);
        dao.say(PACKER, 7, "who inspects?");
        vm.expectEmit(address(dao));
        emit IAllocationDAO.MessageSent(PACKER, NOBODY, 0, "I do");
        _as(PACKER);
        dao.say(NOBODY, 0, "I do");
    }

    function test_review__openProposal__isToldAndCountsForNothing() public {
        ProposalId id = _opened();
        vm.expectEmit(address(dao));
        emit IAllocationDAO.ProposalReviewed(id, GLUER, false, 1234, "findings", "too slow");
        _as(GLUER);
        dao.review(id, false, 1234, "findings", "too slow");
        vm.expectEmit(address(dao));
        emit IAllocationDAO.ProposalReviewed(id, GLUER, true, 1200, "", "after all");
        _as(GLUER);
        dao.review(id, true, 1200, "", "after all");
        vm.assertTrue(dao.proposal(id).yes == 0 && dao.proposal(id).no == 0);
        vm.assertFalse(dao.hasVoted(ProposalId.unwrap(id), _account(GLUER)));
    }

    function test_review__timeIsOver__refused() public {
        ProposalId id = _opened();
        uint48 deadline = dao.proposal(id).deadline;
        vm.warp(deadline);
        _as(GLUER);
        dao.review(id, true, 0, "", "");
        vm.warp(deadline + 1);
        _as(GLUER);
        vm.expectRevert(abi.encodeWithSelector(IAllocationDAO.VotingOver.selector, id, deadline));
        dao.review(id, true, 0, "", "");
    }

    function test_discussion__strangerRobotOrSuspended__refused() public {
        ProposalId id = _opened();
        members.suspend(PACKER);
        _refusedAll(id, STRANGER, abi.encodeWithSelector(IMembers.NotAMember.selector, STRANGER));
        bytes memory robot = abi.encodeWithSelector(IMembers.WrongKind.selector, ROBOT, IMembers.Kind.Robotic);
        _refusedAll(id, _account(ROBOT), robot);
        IMembers.Standing suspended = IMembers.Standing.Suspended;
        bytes memory gone = abi.encodeWithSelector(IMembers.WrongStanding.selector, PACKER, suspended);
        _refusedAll(id, _account(PACKER), gone);
    }

    function _refusedAll(ProposalId id, address sender, bytes memory reason) private {
        vm.startPrank(sender);
        vm.expectRevert(reason);
        dao.offer("", "");
        vm.expectRevert(reason);
        dao.say(NOBODY, 0, "");
        vm.expectRevert(reason);
        dao.review(id, true, 0, "", "");
        vm.expectRevert(reason);
        dao.confirm(new TaskId[](0), new uint32[](0), new Number[](0), new uint16[](0));
        vm.stopPrank();
    }

    /// @dev Who is left out of the vote still works, and says so.
    function test_discussion__absentMember__isHeard() public {
        ProposalId id = _opened();
        vm.prank(address(motions));
        members.leaveOut(PACKER);
        vm.expectEmit(address(dao));
        emit IAllocationDAO.ProposalReviewed(id, PACKER, true, 1, "", "");
        _as(PACKER);
        dao.review(id, true, 1, "", "");
    }

    /* WHO HELPS */

    function test_confirm__manyAtOnce__eachIsBoundAndTold() public {
        (TaskId[] memory tasks, uint32[] memory versions, Number[] memory leads, uint16[] memory sequences) = _two();
        for (uint256 i = 0; i < 2; ++i) {
            vm.expectEmit(address(dao));
            emit IAllocationDAO.HelpConfirmed(tasks[i], leads[i], GLUER, versions[i], sequences[i]);
        }
        _as(GLUER);
        dao.confirm(tasks, versions, leads, sequences);
        for (uint256 i = 0; i < 2; ++i) {
            vm.assertTrue(dao.isConfirmed(tasks[i], versions[i], leads[i], sequences[i], GLUER));
            vm.assertFalse(dao.isConfirmed(tasks[i], versions[i], leads[i], sequences[i], PRESSER));
            vm.assertFalse(dao.isConfirmed(tasks[1 - i], versions[i], leads[i], sequences[i], GLUER));
            vm.assertFalse(dao.isConfirmed(tasks[i], versions[1 - i], leads[i], sequences[i], GLUER));
            vm.assertFalse(dao.isConfirmed(tasks[i], versions[i], leads[1 - i], sequences[i], GLUER));
            vm.assertFalse(dao.isConfirmed(tasks[i], versions[i], leads[i], sequences[1 - i], GLUER));
        }
    }

    function _two()
        private
        view
        returns (TaskId[] memory tasks, uint32[] memory versions, Number[] memory leads, uint16[] memory sequences)
    {
        (tasks, versions) = (new TaskId[](2), new uint32[](2));
        (leads, sequences) = (new Number[](2), new uint16[](2));
        (tasks[0], versions[0], leads[0], sequences[0]) = (_idOf(_posted, 2), 0x01020304, SPRAYER, 0x0506);
        (tasks[1], versions[1], leads[1], sequences[1]) = (_idOf(_posted, 3), 9, Number.wrap(0x0203), 8);
    }

    /// @dev Whatever part of the team is another than what its helper gave its word for.
    function test_propose__teamOfAnotherOffer__refused() public {
        (TaskId[] memory tasks, uint32[] memory versions, Number[] memory leads, uint16[] memory sequences) = _two();
        _as(GLUER);
        dao.confirm(tasks, versions, leads, sequences);
        for (uint256 i = 0; i < 2; ++i) {
            bytes memory team = abi.encodePacked(tasks[i], versions[i], leads[i], sequences[i], uint8(1), GLUER);
            for (uint256 at = 0; at < team.length; ++at) {
                if (at != 12) _refusedTeam(_flipped(team, at));
            }
            _proposeWith(team);
        }
    }

    function _flipped(bytes memory team, uint256 at) private pure returns (bytes memory other) {
        other = bytes.concat(team);
        other[at] ^= 0x01;
    }

    function _refusedTeam(bytes memory team) private {
        TaskId task = TaskId.wrap(uint32(_read(team, 0, 4)));
        Number lead = Number.wrap(uint16(_read(team, 8, 2)));
        Number helper = Number.wrap(uint16(_read(team, 13, 2)));
        bytes memory plan = _planFor(_idOf(_posted, 0), SPRAYER, PACKER);
        bytes memory detail = _detailOf(team);
        vm.expectRevert(abi.encodeWithSelector(IAllocationDAO.HelperNotConfirmed.selector, task, lead, helper));
        _as(SCANNER);
        dao.propose(plan, detail, "because");
    }

    function _proposeWith(bytes memory team) private {
        IAllocationDAO.Draft memory draft = _draft(_planFor(_idOf(_posted, 0), SPRAYER, PACKER));
        draft.detail = _detailOf(team);
        _propose(SCANNER, draft);
    }

    function _read(bytes memory from, uint256 at, uint256 size) private pure returns (uint256 value) {
        for (uint256 i = at; i < at + size; ++i) {
            value = (value << 8) | uint8(from[i]);
        }
    }

    function _opened() private returns (ProposalId) {
        return _propose(SCANNER, _planFor(_idOf(_posted, 0), SPRAYER, PACKER));
    }
}
