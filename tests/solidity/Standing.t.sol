// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IMembers} from "contracts/interfaces/IMembers.sol";
import {Number} from "contracts/types/Ids.sol";
import {SUPERVISOR} from "contracts/types/Roles.sol";

import {PlantFixture} from "./PlantFixture.sol";
import {vm} from "./Vm.sol";

/// @notice Who may act, who votes, and who changes that.
contract StandingTest is PlantFixture {
    Number private constant NEWCOMER = Number.wrap(7);
    Number private constant UNKNOWN = Number.wrap(99);

    /* WHAT EACH STANDING ALLOWS */

    function test_voter__anyStanding__onlyTheActive() public {
        vm.assertTrue(members.voter(_account(SCANNER)) == SCANNER);
        _stand(SCANNER, IMembers.Standing.Absent);
        _refusedBy(IMembers.Standing.Absent);
        members.voter(_account(SCANNER));
        vm.assertTrue(members.activeWorker(_account(SCANNER)) == SCANNER);
        _stand(SCANNER, IMembers.Standing.Suspended);
        _refusedBoth(IMembers.Standing.Suspended);
        _stand(SCANNER, IMembers.Standing.Retired);
        _refusedBoth(IMembers.Standing.Retired);
    }

    function _refusedBoth(IMembers.Standing standing) private {
        _refusedBy(standing);
        members.voter(_account(SCANNER));
        _refusedBy(standing);
        members.activeWorker(_account(SCANNER));
    }

    function test_voter__strangerOrRobot__refused() public {
        vm.expectRevert(abi.encodeWithSelector(IMembers.NotAMember.selector, STRANGER));
        members.voter(STRANGER);
        vm.expectRevert(abi.encodeWithSelector(IMembers.WrongKind.selector, ROBOT, IMembers.Kind.Robotic));
        members.voter(_account(ROBOT));
    }

    function test_leaveOut__notActive__refused() public {
        _stand(SCANNER, IMembers.Standing.Absent);
        _refusedLeave(IMembers.Standing.Absent);
        _stand(SCANNER, IMembers.Standing.Suspended);
        _refusedLeave(IMembers.Standing.Suspended);
        _stand(SCANNER, IMembers.Standing.Retired);
        _refusedLeave(IMembers.Standing.Retired);
    }

    function _refusedLeave(IMembers.Standing standing) private {
        _refusedBy(standing);
        vm.prank(address(motions));
        members.leaveOut(SCANNER);
        vm.assertTrue(members.member(SCANNER).standing == standing);
    }

    function test_comeBack__suspended__refused() public {
        _stand(SCANNER, IMembers.Standing.Suspended);
        _refusedBy(IMembers.Standing.Suspended);
        _as(SCANNER);
        members.comeBack();
    }

    /* THE ROSTER CHANGES WITH THE VOTES ALONE */

    function test_suspend__absent__leavesTheRosterAsItIs() public {
        _stand(SCANNER, IMembers.Standing.Absent);
        _assertRoster(6, 4);
        _stand(SCANNER, IMembers.Standing.Suspended);
        _assertRoster(6, 4);
        vm.expectEmit(address(members));
        emit IMembers.RosterChanged(7, 5);
        members.reinstate(SCANNER);
        _assertRoster(7, 5);
        vm.assertEq(members.member(SCANNER).joined, 7);
    }

    function test_comeBack__absent__votesFromTheNextRosterOn() public {
        _stand(SCANNER, IMembers.Standing.Absent);
        vm.expectEmit(address(members));
        emit IMembers.RosterChanged(7, 5);
        _as(SCANNER);
        members.comeBack();
        vm.assertTrue(members.member(SCANNER).standing == IMembers.Standing.Active);
        vm.assertTrue(members.voter(_account(SCANNER)) == SCANNER);
        vm.assertTrue(members.mayVote(SCANNER, 7) && !members.mayVote(SCANNER, 6));
        vm.assertFalse(members.member(SCANNER).byHuman);
        _assertRoster(7, 5);
    }

    function test_retire__suspendedOrAbsent__leavesTheRosterAsItIs() public {
        _stand(SCANNER, IMembers.Standing.Suspended);
        _stand(SPRAYER, IMembers.Standing.Absent);
        _assertRoster(7, 3);
        _stand(SCANNER, IMembers.Standing.Retired);
        _stand(SPRAYER, IMembers.Standing.Retired);
        _assertRoster(7, 3);
    }

    function test_suspend__robot__leavesTheRosterAsItIs() public {
        members.suspend(ROBOT);
        vm.assertTrue(members.member(ROBOT).standing == IMembers.Standing.Suspended);
        members.reinstate(ROBOT);
        members.retire(ROBOT);
        vm.assertTrue(members.member(ROBOT).standing == IMembers.Standing.Retired);
        _assertRoster(5, 5);
    }

    function test_suspend__lastByVote__refusedAndAHumanMay() public {
        for (uint16 i = 2; i <= 5; ++i) {
            members.suspend(Number.wrap(i));
        }
        bytes memory reason = abi.encodeWithSelector(IMembers.LastMember.selector, SCANNER);
        vm.prank(address(motions));
        vm.expectRevert(reason);
        members.suspend(SCANNER);
        vm.prank(address(motions));
        vm.expectRevert(reason);
        members.retire(SCANNER);
        members.suspend(SCANNER);
        (, uint32 voters) = members.roster();
        vm.assertEq(voters, 0);
    }

    function _assertRoster(uint64 version, uint32 voters) private view {
        (uint64 found, uint32 counted) = members.roster();
        vm.assertTrue(found == version && counted == voters);
        vm.assertEq(members.membersAt(version), voters);
    }

    /* A HUMAN'S WORD IS TOLD AND KEPT */

    function test_suspend__byASupervisor__isTold() public {
        vm.expectEmit(address(members));
        emit IMembers.MemberSuspended(SCANNER, supervisor, false);
        vm.prank(supervisor);
        members.suspend(SCANNER);
        vm.assertTrue(members.member(SCANNER).byHuman);
    }

    function test_reinstate__byASupervisor__isTold() public {
        vm.prank(address(motions));
        members.suspend(SCANNER);
        vm.assertFalse(members.member(SCANNER).byHuman);
        vm.expectEmit(address(members));
        emit IMembers.MemberReinstated(SCANNER, supervisor, false);
        vm.prank(supervisor);
        members.reinstate(SCANNER);
        vm.assertTrue(members.member(SCANNER).byHuman);
    }

    function test_retire__byASupervisor__isTold() public {
        vm.expectEmit(address(members));
        emit IMembers.MemberRetired(SCANNER, supervisor, false);
        vm.prank(supervisor);
        members.retire(SCANNER);
        vm.assertTrue(members.member(SCANNER).byHuman);
    }

    function test_suspendFor__byOrder__isTold() public {
        vm.expectEmit(address(members));
        emit IMembers.MemberSuspended(SCANNER, address(overrides), false);
        vm.prank(address(overrides));
        members.suspendFor(SCANNER, supervisor);
        vm.assertTrue(members.member(SCANNER).byHuman);
    }

    /* WHO REGISTERS */

    function test_register__byAStranger__refused() public {
        bytes memory reason = abi.encodeWithSelector(IMembers.NotTheRegistrar.selector, STRANGER);
        vm.startPrank(STRANGER);
        vm.expectRevert(reason);
        members.admit(STRANGER, IMembers.Kind.Digital, 0, "{}");
        vm.expectRevert(reason);
        members.suspend(SCANNER);
        vm.expectRevert(reason);
        members.reinstate(SCANNER);
        vm.expectRevert(reason);
        members.retire(SCANNER);
        vm.expectRevert(reason);
        members.bind(ROBOT, SCANNER, "arm", IMembers.Scope.Command);
        vm.stopPrank();
    }

    function test_register__supervisorWithADelay__isNone() public {
        authority.grantRole(SUPERVISOR, STRANGER, 1);
        vm.expectRevert(abi.encodeWithSelector(IMembers.NotTheRegistrar.selector, STRANGER));
        vm.prank(STRANGER);
        members.suspend(SCANNER);
    }

    function test_bind__byASupervisor__allowed() public {
        vm.expectEmit(address(members));
        emit IMembers.RobotBound(ROBOT, SCANNER, "arm", IMembers.Scope.Command);
        vm.prank(supervisor);
        members.bind(ROBOT, SCANNER, "arm", IMembers.Scope.Command);
    }

    function test_bind__sameCommanderAgain__keepsIt() public {
        members.bind(ROBOT, SCANNER, "arm", IMembers.Scope.Command);
        members.bind(ROBOT, SCANNER, "arm", IMembers.Scope.Command);
        vm.expectRevert(abi.encodeWithSelector(IMembers.CommandTaken.selector, ROBOT, bytes32("arm"), SCANNER));
        members.bind(ROBOT, SPRAYER, "arm", IMembers.Scope.Command);
    }

    function test_reinstateOrRetire__unknown__refused() public {
        bytes memory reason = abi.encodeWithSelector(IMembers.UnknownMember.selector, UNKNOWN);
        vm.expectRevert(reason);
        members.reinstate(UNKNOWN);
        vm.expectRevert(reason);
        members.retire(UNKNOWN);
    }

    /* ONE HUMAN SUSPENDS ANOTHER */

    function test_suspendFor__byNoHuman__refused() public {
        members.admit(operator, IMembers.Kind.Human, 0, "{}");
        vm.startPrank(address(overrides));
        vm.expectRevert(abi.encodeWithSelector(IMembers.WrongKind.selector, NOBODY, IMembers.Kind.None));
        members.suspendFor(NEWCOMER, supervisor);
        vm.expectRevert(abi.encodeWithSelector(IMembers.WrongKind.selector, SCANNER, IMembers.Kind.Digital));
        members.suspendFor(NEWCOMER, _account(SCANNER));
        vm.stopPrank();
        vm.assertFalse(members.isSuspended(operator));
    }

    /// @dev A worker's suspension is none of those that a human has one a day of.
    function test_suspendFor__worker__usesNoSuspension() public {
        members.admit(operator, IMembers.Kind.Human, 0, "{}");
        members.admit(supervisor, IMembers.Kind.Human, 0, "{}");
        vm.startPrank(address(overrides));
        members.suspendFor(SCANNER, supervisor);
        members.suspendFor(SPRAYER, supervisor);
        members.suspendFor(NEWCOMER, supervisor);
        vm.stopPrank();
        vm.assertTrue(members.isSuspended(operator));
    }

    /* BUILDING */

    function _stand(Number number, IMembers.Standing standing) private {
        if (standing == IMembers.Standing.Suspended) return members.suspend(number);
        if (standing == IMembers.Standing.Retired) return members.retire(number);
        vm.prank(address(motions));
        members.leaveOut(number);
    }

    /// @dev Expects the scanner's standing to be in the way.
    function _refusedBy(IMembers.Standing standing) private {
        vm.expectRevert(abi.encodeWithSelector(IMembers.WrongStanding.selector, SCANNER, standing));
    }
}
