// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAllocationDAO} from "contracts/interfaces/IAllocationDAO.sol";
import {IMembers} from "contracts/interfaces/IMembers.sol";
import {IMotions} from "contracts/interfaces/IMotions.sol";
import {Number, ProposalId, TaskId} from "contracts/types/Ids.sol";
import {Status} from "contracts/types/Work.sol";

import {PlantFixture} from "./PlantFixture.sol";
import {vm} from "./Vm.sol";

/// @notice Who is silent for long is left out of the vote, until it comes back.
contract AbsenceTest is PlantFixture {
    uint256 private constant GRACE_SECONDS = 10 minutes;

    function setUp() public override {
        super.setUp();
        vm.roll(block.number + 1);
    }

    /* WHAT SHOWS IT */

    /// @dev Members vote, are decided upon, or let proposals run out: a member is absent exactly when the newest
    ///      `ABSENT_AFTER` that ran out alone, one after the other, and all since, show nothing of it.
    function testFuzz_leaveOut__anyHistory__onlyWhoIsAbsent(uint8[10] memory acts) public {
        uint256 silence;
        for (uint256 i = 0; i < acts.length; ++i) {
            vm.roll(block.number + 1);
            ProposalId id = _propose(SCANNER, _policyMotion(_policy()));
            uint8 act = acts[i] % 3;
            if (act == 0) {
                _vote(id, PACKER, false);
                silence = 0;
            } else if (act == 1) {
                _vote(id, SCANNER, true);
                _vote(id, SPRAYER, true);
                _vote(id, GLUER, true);
            } else {
                ++silence;
            }
            vm.warp(block.timestamp + VOTING_SECONDS + 1);
            if (act == 2 && acts[i] > 127) dao.poke(id);
        }
        if (silence < ABSENT_AFTER) vm.expectRevert(abi.encodeWithSelector(IMotions.NotAbsent.selector, PACKER));
        motions.leaveOut(PACKER);
    }

    function test_leaveOut__absent__worksButDecidesNothing() public {
        TaskId task = _postOne();
        _decide(_planFor(task, PACKER, SCANNER));
        _runOut(ABSENT_AFTER);
        ProposalId open = _propose(SCANNER, _policyMotion(_policy()));
        motions.leaveOut(PACKER);
        vm.warp(block.timestamp + 1);
        _assertNoVoter(open);
        work.poke(task);
        vm.assertTrue(_status(task) == Status.Allocated);
        _start(task, PACKER);
    }

    function _assertNoVoter(ProposalId open) private {
        bytes memory reason = abi.encodeWithSelector(IMembers.WrongStanding.selector, PACKER, IMembers.Standing.Absent);
        bytes memory detail = _detail();
        _as(PACKER);
        vm.expectRevert(reason);
        dao.vote(open, true, "", "", 0);
        _as(PACKER);
        vm.expectRevert(reason);
        dao.propose(_policyMotion(_policy()), detail, "");
    }

    /// @dev A majority was there: who had no time to vote on what it decided at once was not silent.
    function test_leaveOut__passedButNeverCarriedOut__showsNothing() public {
        for (uint256 i = 0; i < ABSENT_AFTER; ++i) {
            vm.roll(block.number + 1);
            bytes memory motion = _standingMotion(IMotions.Kind.Reinstate, PACKER);
            ProposalId id = _passed(motion);
            bytes32 rest = _rest(id);
            vm.warp(block.timestamp + VOTING_SECONDS + GRACE_SECONDS + 1);
            dao.enact(id, motion, rest, type(uint256).max);
        }
        vm.expectRevert(abi.encodeWithSelector(IMotions.NotAbsent.selector, PRESSER));
        motions.leaveOut(PRESSER);
    }

    function test_leaveOut__oneAfterTheOther__notManyAtOnce() public {
        for (uint16 i = 1; i <= 3; ++i) {
            _propose(Number.wrap(i), _policyMotion(_policy()));
            vm.warp(block.timestamp + 1);
        }
        vm.warp(block.timestamp + VOTING_SECONDS + 1);
        vm.expectRevert(abi.encodeWithSelector(IMotions.NotAbsent.selector, PACKER));
        motions.leaveOut(PACKER);
    }

    function test_leaveOut__absent__isToldAndComesBack() public {
        _runOut(ABSENT_AFTER);
        vm.expectEmit(address(members));
        emit IMembers.MemberLeftOut(PACKER);
        motions.leaveOut(PACKER);
        vm.assertTrue(members.member(PACKER).standing == IMembers.Standing.Absent);
        vm.assertTrue(members.isActive(PACKER));
        (uint64 roster,) = members.roster();
        vm.assertFalse(members.mayVote(PACKER, roster));
        vm.assertFalse(members.isSuspended(_account(PACKER)));
        (, uint32 voters) = members.roster();
        vm.assertEq(voters, 4);
        vm.expectEmit(address(members));
        emit IMembers.MemberCameBack(PACKER);
        _as(PACKER);
        members.comeBack();
        vm.assertTrue(members.isActive(PACKER));
        vm.expectRevert(abi.encodeWithSelector(IMotions.NotAbsent.selector, PACKER));
        motions.leaveOut(PACKER);
    }

    function test_leaveOut__allButOne__oneStays() public {
        _runOut(ABSENT_AFTER);
        for (uint16 i = 2; i <= 5; ++i) {
            motions.leaveOut(Number.wrap(i));
        }
        vm.warp(block.timestamp + 1);
        members.suspend(SCANNER);
        members.reinstate(SCANNER);
        (, uint32 voters) = members.roster();
        vm.assertEq(voters, 1);
        vm.prank(address(motions));
        vm.expectRevert(abi.encodeWithSelector(IMembers.LastMember.selector, SCANNER));
        members.leaveOut(SCANNER);
    }

    /// @dev The first of the three is the oldest of the newest 512; one more, and it is not looked at.
    function test_leaveOut__silentIn512ProposalsOrMore__lookedAtOrNot() public {
        _runOut(ABSENT_AFTER);
        for (uint256 i = ABSENT_AFTER; i < 512; ++i) {
            _passed(_policyMotion(_policy()));
        }
        vm.assertEq(dao.proposalCount(), 512);
        motions.leaveOut(PACKER);
        _passed(_policyMotion(_policy()));
        _refusedAsThere(PRESSER);
    }

    function test_leaveOut__noDigitalWorker__refused() public {
        _runOut(ABSENT_AFTER);
        vm.expectRevert(abi.encodeWithSelector(IMembers.WrongKind.selector, ROBOT, IMembers.Kind.Robotic));
        motions.leaveOut(ROBOT);
        Number nobody = Number.wrap(99);
        vm.expectRevert(abi.encodeWithSelector(IMembers.WrongKind.selector, nobody, IMembers.Kind.None));
        motions.leaveOut(nobody);
    }

    function test_comeBack__notAbsent__refused() public {
        vm.expectRevert(abi.encodeWithSelector(IMembers.NotAMember.selector, address(this)));
        members.comeBack();
        vm.expectRevert(abi.encodeWithSelector(IMembers.WrongStanding.selector, PACKER, IMembers.Standing.Active));
        _as(PACKER);
        members.comeBack();
    }

    /* HOW MUCH SILENCE */

    function test_leaveOut__nothingProposedYet__refused() public {
        _refusedAsThere(PACKER);
    }

    function test_leaveOut__oneSilenceLess__refused() public {
        _runOut(ABSENT_AFTER - 1);
        _refusedAsThere(PACKER);
        _runOut(1);
        motions.leaveOut(PACKER);
    }

    function test_leaveOut__policyOfOneSilence__isEnough() public {
        IMotions.Policy memory strict = _policy();
        strict.absentAfter = 1;
        _decide(_policyMotion(strict));
        _refusedAsThere(PACKER);
        _runOut(1);
        motions.leaveOut(PACKER);
    }

    /// @dev Its last second still counts.
    function test_leaveOut__newestAtItsDeadline__notOverYet() public {
        _runOut(ABSENT_AFTER - 1);
        ProposalId id = _propose(SCANNER, _policyMotion(_policy()));
        vm.warp(dao.proposal(id).deadline);
        _refusedAsThere(PACKER);
        vm.warp(block.timestamp + 1);
        motions.leaveOut(PACKER);
    }

    function test_leaveOut__proposedWithoutVoting__isThere() public {
        _runOut(1);
        _propose(PACKER, _policyMotion(_policy()));
        vm.warp(block.timestamp + VOTING_SECONDS + 1);
        _runOut(ABSENT_AFTER - 1);
        _refusedAsThere(PACKER);
        _runOut(1);
        motions.leaveOut(PACKER);
    }

    /* WHAT SHOWS NOTHING */

    /// @dev Neither silence nor an end of it.
    function test_leaveOut__defeatedOrVetoed__showsNothing() public {
        _runOut(ABSENT_AFTER - 1);
        ProposalId defeated = _propose(SCANNER, _policyMotion(_policy()));
        for (uint16 i = 1; i <= 3; ++i) {
            _vote(defeated, Number.wrap(i), false);
        }
        ProposalId vetoed = _propose(SCANNER, _policyMotion(_policy()));
        vm.prank(address(overrides));
        dao.veto(vetoed);
        vm.warp(block.timestamp + VOTING_SECONDS + 1);
        _refusedAsThere(PACKER);
        _runOut(1);
        motions.leaveOut(PACKER);
    }

    function test_leaveOut__openedBeforeTheOneBeforeEnded__showsNothing() public {
        _chain(VOTING_SECONDS - 1);
        _refusedAsThere(PACKER);
    }

    function test_leaveOut__eachOpenedAtTheDeadlineOfTheOneBefore__isAbsent() public {
        _chain(VOTING_SECONDS);
        motions.leaveOut(PACKER);
    }

    /// @dev Three, each opened so many seconds after the one before.
    function _chain(uint256 apart) private {
        for (uint256 i = 0; i < ABSENT_AFTER; ++i) {
            if (i != 0) vm.warp(block.timestamp + apart);
            _propose(SCANNER, _policyMotion(_policy()));
        }
        vm.warp(block.timestamp + VOTING_SECONDS + 1);
    }

    /* HELPERS */

    function _refusedAsThere(Number member) private {
        vm.expectRevert(abi.encodeWithSelector(IMotions.NotAbsent.selector, member));
        motions.leaveOut(member);
    }

    function _runOut(uint256 times) private {
        for (uint256 i = 0; i < times; ++i) {
            vm.roll(block.number + 1);
            _propose(SCANNER, _policyMotion(_policy()));
            vm.warp(block.timestamp + VOTING_SECONDS + 1);
        }
    }

    /// @dev Three say yes without the content at hand.
    function _passed(bytes memory content) private returns (ProposalId id) {
        id = _propose(SCANNER, content);
        _vote(id, SCANNER, true);
        _vote(id, SPRAYER, true);
        _vote(id, GLUER, true);
    }
}
