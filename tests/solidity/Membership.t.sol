// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IVotes} from "@openzeppelin/contracts/governance/utils/IVotes.sol";
import {IERC721} from "@openzeppelin/contracts/token/ERC721/IERC721.sol";

import {IERC5192} from "contracts/interfaces/IERC5192.sol";
import {IMembers} from "contracts/interfaces/IMembers.sol";
import {Number} from "contracts/types/Ids.sol";

import {PlantFixture} from "./PlantFixture.sol";
import {vm} from "./Vm.sol";

contract MembershipTest is PlantFixture {
    bytes32 private constant ARM = "arm";

    /* THE ROSTER */

    function testFuzz_roster__anyHistory__isTheActiveWorkersAtEachVersion(uint8[16] memory acts) public {
        uint64[] memory masks = new uint64[](64);
        (uint64 version,) = members.roster();
        for (uint256 i = 0; i < acts.length; ++i) {
            masks[version] = _active();
            this.change(Number.wrap(1 + acts[i] % 5), acts[i] >> 6);
            (version,) = members.roster();
        }
        masks[version] = _active();
        for (uint64 v = 5; v <= version; ++v) {
            vm.assertEq(members.membersAt(v), _ones(masks[v]));
            for (uint16 i = 1; i <= 5; ++i) {
                vm.assertTrue(members.belonged(Number.wrap(i), v) == ((masks[v] >> i) & 1 == 1));
                bool mayVote = members.mayVote(Number.wrap(i), v);
                vm.assertTrue(!mayVote || (members.belonged(Number.wrap(i), v) && members.isActive(Number.wrap(i))));
            }
        }
    }

    function change(Number number, uint8 act) external {
        if (act < 2) {
            try members.suspend(number) {} catch {}
        } else if (act == 2) {
            try members.reinstate(number) {} catch {}
        } else {
            try members.retire(number) {} catch {}
        }
    }

    function test_admit__robotOrHuman__leavesTheRoster() public {
        (uint64 version, uint32 voters) = members.roster();
        members.admit(vm.addr(77), IMembers.Kind.Human, 0, "{}");
        (uint64 after_, uint32 votersAfter) = members.roster();
        vm.assertEq(after_, version);
        vm.assertEq(votersAfter, voters);
        vm.assertFalse(members.belonged(ROBOT, version));
    }

    function test_mayVote__reinstated__notBeforeItsReturn() public {
        (uint64 before,) = members.roster();
        members.suspend(SCANNER);
        members.reinstate(SCANNER);
        (uint64 now_,) = members.roster();
        vm.assertFalse(members.mayVote(SCANNER, before));
        vm.assertTrue(members.mayVote(SCANNER, now_));
    }

    function test_activeWorker__noVoter__refused() public {
        vm.assertEq(Number.unwrap(members.activeWorker(_account(SCANNER))), 1);
        vm.expectRevert(abi.encodeWithSelector(IMembers.NotAMember.selector, STRANGER));
        members.activeWorker(STRANGER);
        vm.expectRevert(abi.encodeWithSelector(IMembers.WrongKind.selector, ROBOT, IMembers.Kind.Robotic));
        members.activeWorker(_account(ROBOT));
        members.suspend(SCANNER);
        _refusedStanding(IMembers.Standing.Suspended);
        members.activeWorker(_account(SCANNER));
    }

    function test_accounts__robotsAndTheSuspended__areBlank() public {
        members.suspend(GLUER);
        bytes memory head = abi.encodePacked(_account(SCANNER), _account(SPRAYER), address(0));
        vm.assertEq(members.accounts(), abi.encodePacked(head, _account(PRESSER), _account(PACKER), address(0)));
    }

    /* VOTES, AS STOCK CLIENTS READ THEM */

    function test_getPastVotes__everyChange__asItWasThen() public {
        uint256 start = members.clock();
        vm.warp(start + 10);
        vm.expectEmit(address(members));
        emit IVotes.DelegateVotesChanged(_account(SCANNER), 1, 0);
        members.suspend(SCANNER);
        vm.warp(start + 20);
        vm.expectEmit(address(members));
        emit IVotes.DelegateVotesChanged(_account(SCANNER), 0, 1);
        members.reinstate(SCANNER);
        members.suspend(SPRAYER);
        vm.warp(start + 30);
        _assertPast(start - 1, 0, 0, 0);
        _assertPast(start, 1, 1, 5);
        _assertPast(start + 9, 1, 1, 5);
        _assertPast(start + 10, 0, 1, 4);
        _assertPast(start + 19, 0, 1, 4);
        _assertPast(start + 20, 1, 0, 4);
        _assertPast(start + 29, 1, 0, 4);
        vm.assertEq(members.getVotes(_account(SCANNER)), 1);
        vm.assertEq(members.getVotes(_account(SPRAYER)), 0);
        vm.assertEq(members.getVotes(_account(ROBOT)), 0);
    }

    function test_getPastVotes__present__refused() public {
        uint48 clock = members.clock();
        bytes memory reason = abi.encodeWithSelector(IMembers.FutureLookup.selector, clock, clock);
        vm.expectRevert(reason);
        members.getPastVotes(_account(SCANNER), clock);
        vm.expectRevert(reason);
        members.getPastTotalSupply(clock);
    }

    function test_delegate__toAnybody__refused() public {
        vm.assertTrue(members.delegates(_account(SCANNER)) == _account(SCANNER));
        bytes memory reason = abi.encodeWithSelector(IMembers.NobodyDelegates.selector);
        vm.expectRevert(reason);
        members.delegate(STRANGER);
        vm.expectRevert(reason);
        members.delegateBySig(STRANGER, 0, 0, 27, 0, 0);
    }

    function _assertPast(uint256 time, uint256 scanner, uint256 sprayer, uint256 all) private view {
        vm.assertEq(members.getPastVotes(_account(SCANNER), time), scanner);
        vm.assertEq(members.getPastVotes(_account(SPRAYER), time), sprayer);
        vm.assertEq(members.getPastTotalSupply(time), all);
    }

    /* STANDING */

    function test_admit__again__refused() public {
        vm.expectRevert(abi.encodeWithSelector(IMembers.AlreadyAMember.selector, _account(SCANNER), SCANNER));
        members.admit(_account(SCANNER), IMembers.Kind.Digital, 0, "{}");
    }

    function test_admit__noKind__refused() public {
        vm.expectRevert(abi.encodeWithSelector(IMembers.KindMissing.selector));
        members.admit(vm.addr(77), IMembers.Kind.None, 0, "{}");
    }

    function test_admit__after1023__refused() public {
        for (uint256 i = members.count(); i < 1023; ++i) {
            members.admit(vm.addr(10_000 + i), IMembers.Kind.Robotic, 0, "");
        }
        vm.expectRevert(abi.encodeWithSelector(IMembers.RosterFull.selector));
        members.admit(vm.addr(77), IMembers.Kind.Robotic, 0, "");
    }

    function test_suspend__unknownOrSuspended__refused() public {
        vm.expectRevert(abi.encodeWithSelector(IMembers.UnknownMember.selector, 99));
        members.suspend(Number.wrap(99));
        members.suspend(SCANNER);
        _refusedStanding(IMembers.Standing.Suspended);
        members.suspend(SCANNER);
    }

    function test_retire__suspended__forGood() public {
        members.suspend(SCANNER);
        members.retire(SCANNER);
        _refusedStanding(IMembers.Standing.Retired);
        members.reinstate(SCANNER);
        _refusedStanding(IMembers.Standing.Retired);
        members.retire(SCANNER);
    }

    function test_reinstate__active__refused() public {
        _refusedStanding(IMembers.Standing.Active);
        members.reinstate(SCANNER);
    }

    function _refusedStanding(IMembers.Standing standing) private {
        vm.expectRevert(abi.encodeWithSelector(IMembers.WrongStanding.selector, SCANNER, standing));
    }

    /* WHO REGISTERS */

    function test_admit__byAPlanner__refused() public {
        vm.prank(planner);
        vm.expectRevert(abi.encodeWithSelector(IMembers.NotTheRegistrar.selector, planner));
        members.admit(vm.addr(77), IMembers.Kind.Digital, 0, "{}");
    }

    function test_reinstate__suspendedSupervisorItself__refused() public {
        Number number = members.admit(supervisor, IMembers.Kind.Human, 0, "{}");
        members.suspend(number);
        vm.assertTrue(members.isSuspended(supervisor));
        vm.prank(supervisor);
        vm.expectRevert(abi.encodeWithSelector(IMembers.NotTheRegistrar.selector, supervisor));
        members.reinstate(number);
    }

    function test_grow__notFromTheWorkOrders__refused() public {
        vm.expectRevert(abi.encodeWithSelector(IMembers.NotTheWorkOrders.selector, address(this)));
        members.grow(SCANNER, SCAN, true);
    }

    /* BINDINGS */

    function test_bind__secondCommander__refusedUntilTheFirstEnds() public {
        members.bind(ROBOT, SCANNER, ARM, IMembers.Scope.Command);
        members.bind(ROBOT, SPRAYER, ARM, IMembers.Scope.Observe);
        vm.expectRevert(abi.encodeWithSelector(IMembers.CommandTaken.selector, ROBOT, ARM, SCANNER));
        members.bind(ROBOT, SPRAYER, ARM, IMembers.Scope.Command);
        members.bind(ROBOT, SCANNER, ARM, IMembers.Scope.None);
        members.bind(ROBOT, SPRAYER, ARM, IMembers.Scope.Command);
    }

    function test_bind__anyScope__isTold() public {
        vm.expectEmit(address(members));
        emit IMembers.RobotBound(ROBOT, SCANNER, ARM, IMembers.Scope.Command);
        members.bind(ROBOT, SCANNER, ARM, IMembers.Scope.Command);
        vm.expectEmit(address(members));
        emit IMembers.RobotBound(ROBOT, SCANNER, ARM, IMembers.Scope.None);
        members.bind(ROBOT, SCANNER, ARM, IMembers.Scope.None);
    }

    function test_bind__commanderOnlyObserves__freesTheCommand() public {
        members.bind(ROBOT, SCANNER, ARM, IMembers.Scope.Command);
        members.bind(ROBOT, SCANNER, ARM, IMembers.Scope.Observe);
        members.bind(ROBOT, SPRAYER, ARM, IMembers.Scope.Command);
    }

    function test_bind__otherKinds__refused() public {
        vm.expectRevert(abi.encodeWithSelector(IMembers.WrongKind.selector, SCANNER, IMembers.Kind.Digital));
        members.bind(SCANNER, SPRAYER, ARM, IMembers.Scope.Command);
        vm.expectRevert(abi.encodeWithSelector(IMembers.WrongKind.selector, ROBOT, IMembers.Kind.Robotic));
        members.bind(ROBOT, ROBOT, ARM, IMembers.Scope.Command);
        vm.expectRevert(abi.encodeWithSelector(IMembers.WrongKind.selector, NOBODY, IMembers.Kind.None));
        members.bind(ROBOT, NOBODY, ARM, IMembers.Scope.None);
    }

    /* BADGES */

    function test_transferFrom__badge__refused() public {
        vm.prank(_account(SCANNER));
        vm.expectRevert(abi.encodeWithSelector(IMembers.Soulbound.selector, 1));
        members.transferFrom(_account(SCANNER), STRANGER, 1);
    }

    function test_badge__standards__answered() public view {
        vm.assertTrue(members.locked(1));
        vm.assertTrue(members.supportsInterface(type(IERC5192).interfaceId));
        vm.assertTrue(members.supportsInterface(type(IERC721).interfaceId));
        vm.assertTrue(members.ownerOf(1) == _account(SCANNER));
    }

    function _active() private view returns (uint64 mask) {
        for (uint16 i = 1; i <= 5; ++i) {
            if (members.isActive(Number.wrap(i))) mask |= uint64(1) << i;
        }
    }

    function _ones(uint64 mask) private pure returns (uint256 count) {
        for (; mask != 0; mask &= mask - 1) {
            ++count;
        }
    }
}
