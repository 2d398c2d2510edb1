// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAllocationDAO} from "contracts/interfaces/IAllocationDAO.sol";
import {IMembers} from "contracts/interfaces/IMembers.sol";
import {Number, ProposalId, TaskId} from "contracts/types/Ids.sol";

import {PlantFixture} from "./PlantFixture.sol";
import {vm} from "./Vm.sol";

contract VotingTest is PlantFixture {
    TaskId private _task;

    function setUp() public override {
        super.setUp();
        _task = _postOne();
    }

    /* MAJORITY */

    function test_vote__moreThanHalfSayYes__passesEarly() public {
        ProposalId id = _opened();
        _vote(id, SCANNER, true);
        _vote(id, SPRAYER, true);
        _assertState(id, IAllocationDAO.State.Open);
        _vote(id, GLUER, true);
        _assertState(id, IAllocationDAO.State.Passed);
    }

    function test_vote__majorityOutOfReach__defeatedEarly() public {
        ProposalId id = _opened();
        _vote(id, SCANNER, false);
        _vote(id, SPRAYER, false);
        _assertState(id, IAllocationDAO.State.Open);
        _vote(id, GLUER, false);
        _assertState(id, IAllocationDAO.State.Defeated);
    }

    function test_vote__tieOfFour__defeated() public {
        members.suspend(PACKER);
        ProposalId id = _opened();
        _vote(id, SCANNER, true);
        _vote(id, SPRAYER, true);
        _vote(id, GLUER, false);
        _assertState(id, IAllocationDAO.State.Open);
        _vote(id, PRESSER, false);
        _assertState(id, IAllocationDAO.State.Defeated);
    }

    function testFuzz_vote__anyBallots__asTheRuleSays(uint8 size, uint8 ballots) public {
        uint16 electorate = 1 + size % 5;
        for (uint16 i = 5; i > electorate; --i) {
            members.suspend(Number.wrap(i));
        }
        ProposalId id = _opened();
        uint256 yes;
        uint256 no;
        for (uint16 i = 1; i <= electorate && yes * 2 <= electorate && (electorate - no) * 2 > electorate; ++i) {
            bool support = (ballots >> i) & 1 == 1;
            _vote(id, Number.wrap(i), support);
            if (support) ++yes;
            else ++no;
        }
        bool passed = dao.proposal(id).state == IAllocationDAO.State.Passed;
        vm.assertTrue(passed == (yes * 2 > electorate));
        vm.assertTrue(passed != (dao.proposal(id).state == IAllocationDAO.State.Defeated));
    }

    /* WHO MAY VOTE */

    function test_vote__twice__refused() public {
        ProposalId id = _opened();
        _vote(id, SCANNER, true);
        _refusedVote(id, SCANNER, abi.encodeWithSelector(IAllocationDAO.AlreadyVoted.selector, id, SCANNER));
    }

    function test_vote__suspendedSince__refused() public {
        ProposalId id = _opened();
        members.suspend(SCANNER);
        bytes memory reason =
            abi.encodeWithSelector(IMembers.WrongStanding.selector, SCANNER, IMembers.Standing.Suspended);
        _refusedVote(id, SCANNER, reason);
    }

    function test_vote__reinstatedSince__refused() public {
        ProposalId id = _opened();
        members.suspend(SCANNER);
        members.reinstate(SCANNER);
        _refusedVote(id, SCANNER, abi.encodeWithSelector(IAllocationDAO.NotInElectorate.selector, id, SCANNER));
    }

    function test_vote__admittedSince__refused() public {
        ProposalId id = _opened();
        Number late = members.admit(_account(Number.wrap(7)), IMembers.Kind.Digital, _bit(SCAN), "{}");
        _refusedVote(id, late, abi.encodeWithSelector(IAllocationDAO.NotInElectorate.selector, id, late));
    }

    function test_vote__robot__refused() public {
        ProposalId id = _opened();
        _refusedVote(id, ROBOT, abi.encodeWithSelector(IMembers.WrongKind.selector, ROBOT, IMembers.Kind.Robotic));
    }

    function test_vote__atTheDeadline__counts() public {
        ProposalId id = _opened();
        vm.warp(dao.proposal(id).deadline);
        _vote(id, SCANNER, true);
        vm.assertEq(dao.proposal(id).yes, 1);
    }

    function test_vote__afterTheDeadline__refused() public {
        ProposalId id = _opened();
        uint48 deadline = dao.proposal(id).deadline;
        vm.warp(deadline + 1);
        _refusedVote(id, SCANNER, abi.encodeWithSelector(IAllocationDAO.VotingOver.selector, id, deadline));
    }

    function test_vote__suspendedAfterIt__stands() public {
        ProposalId id = _opened();
        _vote(id, SCANNER, true);
        members.suspend(SCANNER);
        _vote(id, SPRAYER, true);
        _vote(id, GLUER, true);
        _assertState(id, IAllocationDAO.State.Passed);
    }

    /* BARS */

    function test_bar__suspendedSince__bringsDefeatNearer() public {
        ProposalId id = _opened();
        _vote(id, SCANNER, false);
        members.suspend(SPRAYER);
        members.suspend(GLUER);
        dao.bar(id, SPRAYER);
        _assertState(id, IAllocationDAO.State.Open);
        dao.bar(id, GLUER);
        _assertState(id, IAllocationDAO.State.Defeated);
    }

    function test_bar__suspendedBeforeTheOpening__refused() public {
        members.suspend(PACKER);
        ProposalId id = _opened();
        _refusedBar(id, PACKER, abi.encodeWithSelector(IAllocationDAO.NotInElectorate.selector, id, PACKER));
    }

    function test_bar__retiredBeforeTheOpening__refused() public {
        members.suspend(PACKER);
        members.retire(PACKER);
        ProposalId id = _opened();
        _refusedBar(id, PACKER, abi.encodeWithSelector(IAllocationDAO.NotInElectorate.selector, id, PACKER));
    }

    function test_bar__reinstatedSince__stillBarred() public {
        ProposalId id = _opened();
        members.suspend(PACKER);
        members.reinstate(PACKER);
        dao.bar(id, PACKER);
        vm.assertEq(dao.proposal(id).barred, 1);
        vm.assertFalse(dao.hasVoted(ProposalId.unwrap(id), _account(PACKER)));
    }

    function test_bar__activeMember__refused() public {
        ProposalId id = _opened();
        _refusedBar(id, PACKER, abi.encodeWithSelector(IAllocationDAO.StillInElectorate.selector, id, PACKER));
    }

    function test_bar__voted__refused() public {
        ProposalId id = _opened();
        _vote(id, PACKER, false);
        members.suspend(PACKER);
        _refusedBar(id, PACKER, abi.encodeWithSelector(IAllocationDAO.AlreadyVoted.selector, id, PACKER));
    }

    function test_bar__twice__refused() public {
        ProposalId id = _opened();
        members.suspend(PACKER);
        dao.bar(id, PACKER);
        _refusedBar(id, PACKER, abi.encodeWithSelector(IAllocationDAO.AlreadyVoted.selector, id, PACKER));
    }

    /* THE END */

    function test_poke__silence__expires() public {
        ProposalId id = _opened();
        uint48 deadline = dao.proposal(id).deadline;
        vm.warp(deadline);
        vm.expectRevert(abi.encodeWithSelector(IAllocationDAO.VotingNotOver.selector, id, deadline));
        dao.poke(id);
        vm.warp(deadline + 1);
        dao.poke(id);
        _assertState(id, IAllocationDAO.State.Expired);
    }

    function test_propose__limitOpen__refusedUntilOneIsSettled() public {
        ProposalId first = _opened();
        for (uint256 i = 1; i < OPEN_LIMIT; ++i) {
            _opened();
        }
        bytes memory plan = _planFor(_task, SCANNER, PACKER);
        bytes memory detail = _detail();
        _as(SCANNER);
        vm.expectRevert(abi.encodeWithSelector(IAllocationDAO.TooManyOpen.selector, SCANNER, OPEN_LIMIT));
        dao.propose(plan, detail, "");
        vm.warp(block.timestamp + VOTING_SECONDS + 1);
        dao.poke(first);
        _opened();
    }

    function _opened() private returns (ProposalId) {
        return _propose(SCANNER, _planFor(_task, SCANNER, PACKER));
    }

    function _refusedVote(ProposalId id, Number member, bytes memory reason) private {
        _as(member);
        vm.expectRevert(reason);
        dao.vote(id, true, "", "", 0);
    }

    function _refusedBar(ProposalId id, Number member, bytes memory reason) private {
        vm.expectRevert(reason);
        dao.bar(id, member);
    }

    function _assertState(ProposalId id, IAllocationDAO.State expected) private view {
        vm.assertEq(uint256(dao.proposal(id).state), uint256(expected));
    }
}
