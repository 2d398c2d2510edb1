// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IVotes} from "@openzeppelin/contracts/governance/utils/IVotes.sol";
import {IERC6372} from "@openzeppelin/contracts/interfaces/IERC6372.sol";
import {IERC721Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";

import {IERC5192} from "contracts/interfaces/IERC5192.sol";
import {IMembers} from "contracts/interfaces/IMembers.sol";
import {Number} from "contracts/types/Ids.sol";

import {PlantFixture} from "./PlantFixture.sol";
import {vm} from "./Vm.sol";

/// @notice What a badge says of its member, and to whom.
contract BadgesTest is PlantFixture {
    Number private constant NEWCOMER = Number.wrap(7);
    uint8 private constant LAST_CAPABILITY = 255;
    address private immutable _newcomer = vm.addr(77);

    /* AN ADMISSION */

    function test_admit__digital__isReadBackAndVotesFromTheNextRosterOn() public {
        vm.expectEmit(address(members));
        emit IERC5192.Locked(7);
        vm.expectEmit(address(members));
        emit IMembers.MemberAdmitted(NEWCOMER, _newcomer, IMembers.Kind.Digital, 6, "{\"name\":\"fetcher\"}");
        vm.expectEmit(address(members));
        emit IMembers.RosterChanged(6, 6);
        vm.expectEmit(address(members));
        emit IVotes.DelegateVotesChanged(_newcomer, 0, 1);
        Number number = members.admit(_newcomer, IMembers.Kind.Digital, 6, "{\"name\":\"fetcher\"}");
        vm.assertTrue(number == NEWCOMER);
        _assertMember(IMembers.Kind.Digital, 6, 6);
    }

    function test_admit__robotOrHuman__countsInNoRoster() public {
        vm.expectEmit(address(members));
        emit IERC5192.Locked(7);
        vm.expectEmit(address(members));
        emit IMembers.MemberAdmitted(NEWCOMER, _newcomer, IMembers.Kind.Human, 2, "{}");
        members.admit(_newcomer, IMembers.Kind.Human, 2, "{}");
        _assertMember(IMembers.Kind.Human, 0, 2);
        IMembers.Member memory robot = members.member(ROBOT);
        vm.assertTrue(robot.kind == IMembers.Kind.Robotic && robot.joined == 0);
        vm.assertEq(members.getVotes(_newcomer), 0);
        (uint64 roster, uint32 voters) = members.roster();
        vm.assertTrue(roster == 5 && voters == 5);
    }

    function _assertMember(IMembers.Kind kind, uint64 joined, uint256 capabilities) private view {
        IMembers.Member memory expected =
            IMembers.Member(_newcomer, kind, IMembers.Standing.Active, joined, capabilities, false);
        vm.assertEq(keccak256(abi.encode(members.member(NEWCOMER))), keccak256(abi.encode(expected)));
        vm.assertTrue(members.numberOf(_newcomer) == NEWCOMER && members.kindOf(NEWCOMER) == kind);
        (Number number, IMembers.Kind found, IMembers.Standing standing) = members.badgeOf(_newcomer);
        vm.assertTrue(number == NEWCOMER && found == kind && standing == IMembers.Standing.Active);
        vm.assertTrue(members.ownerOf(7) == _newcomer);
    }

    function test_member__nobody__allZero() public view {
        IMembers.Member memory none;
        vm.assertEq(keccak256(abi.encode(members.member(NEWCOMER))), keccak256(abi.encode(none)));
        vm.assertEq(keccak256(abi.encode(members.member(NOBODY))), keccak256(abi.encode(none)));
        vm.assertTrue(members.numberOf(STRANGER) == NOBODY && members.kindOf(NEWCOMER) == IMembers.Kind.None);
    }

    function test_admit__theZeroAccount__refused() public {
        vm.expectRevert(abi.encodeWithSelector(IERC721Errors.ERC721InvalidReceiver.selector, address(0)));
        members.admit(address(0), IMembers.Kind.Digital, 0, "{}");
    }

    /* WHO IS WHO */

    function test_humans__anyStanding__onlyTheActiveInTheOrderOfAdmission() public {
        Number planning = members.admit(planner, IMembers.Kind.Human, 0, "{}");
        members.admit(_newcomer, IMembers.Kind.Digital, 0, "{}");
        Number operating = members.admit(operator, IMembers.Kind.Human, 0, "{}");
        _assertHumans(planner, operator);
        members.suspend(planning);
        _assertHumans(address(0), operator);
        members.reinstate(planning);
        members.retire(operating);
        _assertHumans(planner, address(0));
    }

    function _assertHumans(address first, address second) private view {
        address[] memory expected = new address[](2);
        (expected[0], expected[1]) = (first, second);
        vm.assertEq(abi.encode(members.humans()), abi.encode(expected));
    }

    function test_accounts__newestBadge__isOnTheTable() public {
        members.admit(_newcomer, IMembers.Kind.Digital, 0, "{}");
        bytes memory first = abi.encodePacked(_account(SCANNER), _account(SPRAYER), _account(GLUER));
        bytes memory rest = abi.encodePacked(_account(PRESSER), _account(PACKER), address(0), _newcomer);
        vm.assertEq(members.accounts(), bytes.concat(first, rest));
    }

    function test_isCapable__eachCapability__asAdmitted() public {
        members.admit(_newcomer, IMembers.Kind.Digital, (1 << LAST_CAPABILITY) | 2, "{}");
        vm.assertTrue(members.isCapable(NEWCOMER, 1) && members.isCapable(NEWCOMER, LAST_CAPABILITY));
        vm.assertFalse(members.isCapable(NEWCOMER, 2) || members.isCapable(NEWCOMER, LAST_CAPABILITY - 1));
        vm.assertFalse(members.isCapable(ROBOT, SPRAY) || members.isCapable(Number.wrap(8), 1));
    }

    function test_isCapable__anyStanding__whileItMayWork() public {
        vm.prank(address(motions));
        members.leaveOut(SCANNER);
        vm.assertTrue(members.isCapable(SCANNER, SCAN) && !members.isCapable(SCANNER, 3));
        members.suspend(SCANNER);
        vm.assertFalse(members.isCapable(SCANNER, SCAN));
    }

    /* RECORDS */

    function test_grow__doneOrFailed__countsEachByCapability() public {
        _grow(SCANNER, SCAN, true);
        _grow(SCANNER, SCAN, true);
        _grow(SCANNER, SCAN, false);
        _grow(SCANNER, SPRAY, false);
        _assertRecord(SCANNER, SCAN, 2, 1);
        _assertRecord(SCANNER, SPRAY, 0, 1);
        _assertRecord(SPRAYER, SCAN, 0, 0);
    }

    function _grow(Number worker, uint8 capability, bool done) private {
        vm.expectEmit(address(members));
        emit IMembers.RecordGrew(worker, capability, done);
        vm.prank(address(work));
        members.grow(worker, capability, done);
    }

    function _assertRecord(Number worker, uint8 capability, uint64 done, uint64 failed) private view {
        IMembers.Record memory found = members.record(worker, capability);
        vm.assertTrue(found.done == done && found.failed == failed);
    }

    /* STANDARDS */

    function test_locked__noSuchBadge__refused() public {
        vm.expectRevert(abi.encodeWithSelector(IERC721Errors.ERC721NonexistentToken.selector, 7));
        members.locked(7);
    }

    function test_supportsInterface__votesAndTheirClock__claimed() public view {
        vm.assertTrue(members.supportsInterface(type(IVotes).interfaceId));
        vm.assertTrue(members.supportsInterface(type(IERC6372).interfaceId));
        vm.assertTrue(members.supportsInterface(type(IERC5192).interfaceId));
        vm.assertTrue(members.supportsInterface(type(IERC165).interfaceId));
        vm.assertFalse(members.supportsInterface(0xffffffff));
        vm.assertEq(bytes(members.CLOCK_MODE()), "mode=timestamp");
    }
}
