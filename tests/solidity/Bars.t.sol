// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAllocationDAO} from "contracts/interfaces/IAllocationDAO.sol";
import {IMembers} from "contracts/interfaces/IMembers.sol";
import {Number, ProposalId} from "contracts/types/Ids.sol";

import {PlantFixture} from "./PlantFixture.sol";
import {vm} from "./Vm.sol";

/// @notice Members that can no longer vote, put on record beside the ballots.
contract BarsTest is PlantFixture {
    Number private constant LAST = Number.wrap(1023);

    function test_bar__suspendedSince__isToldAndCounted() public {
        ProposalId id = _opened();
        members.suspend(SPRAYER);
        vm.expectEmit(address(dao));
        emit IAllocationDAO.VoterBarred(id, SPRAYER);
        vm.prank(STRANGER);
        dao.bar(id, SPRAYER);
        IAllocationDAO.Proposal memory found = dao.proposal(id);
        vm.assertTrue(found.state == IAllocationDAO.State.Open && found.members == 5);
        vm.assertTrue(found.yes == 0 && found.no == 0 && found.barred == 1);
    }

    function test_bar__leavesNoMajority__toldAsDefeat() public {
        ProposalId id = _opened();
        _vote(id, SCANNER, true);
        _vote(id, PACKER, false);
        members.suspend(SPRAYER);
        members.suspend(GLUER);
        dao.bar(id, SPRAYER);
        vm.expectEmit(address(dao));
        emit IAllocationDAO.VoterBarred(id, GLUER);
        vm.expectEmit(address(dao));
        emit IAllocationDAO.ProposalSettled(id, IAllocationDAO.State.Defeated, 1, 1);
        dao.bar(id, GLUER);
        vm.assertEq(dao.proposal(id).barred, 2);
    }

    function test_bar__afterTheDeadline__refused() public {
        ProposalId id = _opened();
        members.suspend(SPRAYER);
        members.suspend(GLUER);
        uint48 deadline = dao.proposal(id).deadline;
        vm.warp(deadline);
        dao.bar(id, SPRAYER);
        vm.warp(deadline + 1);
        vm.expectRevert(abi.encodeWithSelector(IAllocationDAO.VotingOver.selector, id, deadline));
        dao.bar(id, GLUER);
    }

    /// @dev The first badge and the last: who is barred takes nobody's ballot, and leaves none of its own.
    function test_bar__firstAndLastBadge__standBesideTheBallots() public {
        for (uint256 i = members.count(); i < 1022; ++i) {
            members.admit(vm.addr(10_000 + i), IMembers.Kind.Robotic, 0, "");
        }
        members.admit(_account(LAST), IMembers.Kind.Digital, 0, "");
        _assertBeside(SCANNER, LAST);
        members.reinstate(SCANNER);
        _assertBeside(LAST, SCANNER);
    }

    function _assertBeside(Number barred, Number voter) private {
        ProposalId id = _opened();
        members.suspend(barred);
        dao.bar(id, barred);
        uint256 number = ProposalId.unwrap(id);
        vm.assertFalse(dao.hasVoted(number, _account(barred)) || dao.hasVoted(number, _account(voter)));
        _vote(id, voter, true);
        vm.assertTrue(dao.hasVoted(number, _account(voter)) && !dao.hasVoted(number, _account(barred)));
        vm.expectRevert(abi.encodeWithSelector(IAllocationDAO.AlreadyVoted.selector, id, barred));
        dao.bar(id, barred);
    }

    function _opened() private returns (ProposalId) {
        return _propose(PRESSER, _planFor(_postOne(), SCANNER, PACKER));
    }
}
