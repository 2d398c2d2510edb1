// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Plans} from "contracts/libraries/Plans.sol";
import {Number, TaskId} from "contracts/types/Ids.sol";

import {Packing} from "./Packing.sol";
import {vm} from "./Vm.sol";

/// @notice The one entry that a human signs or a leaf holds: read, and packed as a plan of its own.
contract EntriesTest {
    uint16 private constant LAST_NUMBER = 1023;
    uint32 private constant LAST_VERSION = 16_383;
    Number private constant LEAD = Number.wrap(2);
    Number private constant INSPECTOR = Number.wrap(5);

    /* READ */

    function test_read__everyField__comesBack() public view {
        Packing.Entry memory entry = Packing.Entry(
            TaskId.wrap(0x01020304), 0x05060708, Number.wrap(0x090a), 0x0b0c, Number.wrap(0x0d0e), _two(), _two()
        );
        Plans.Entry memory found = this.read(Packing.pack(entry));
        vm.assertEq(TaskId.unwrap(found.task), 0x01020304);
        vm.assertEq(found.version, 0x05060708);
        vm.assertEq(Number.unwrap(found.lead), 0x090a);
        vm.assertEq(found.sequence, 0x0b0c);
        vm.assertEq(Number.unwrap(found.inspector), 0x0d0e);
        vm.assertEq(found.helpers, 2);
        vm.assertEq(found.helpersAt, 24);
        vm.assertEq(found.next, 32);
    }

    function test_read__tooShort__refused() public {
        bytes memory packed = Packing.pack(_entry(256));
        vm.assertEq(this.read(packed).next, packed.length);
        for (uint256 length = packed.length; length != 0;) {
            --length;
            assembly ("memory-safe") {
                mstore(packed, length)
            }
            _refused();
            this.read(packed);
        }
    }

    /* THE TEAM */

    function test_isOnTeam__leadAndHelpers__nobodyElse() public view {
        Packing.Entry memory entry = _entry(256);
        (entry.helpers, entry.robots) = (_two(), new uint16[](1));
        entry.robots[0] = 6;
        bytes memory packed = Packing.pack(entry);
        vm.assertTrue(this.isOnTeam(packed, LEAD));
        vm.assertTrue(this.isOnTeam(packed, Number.wrap(7)) && this.isOnTeam(packed, Number.wrap(8)));
        vm.assertFalse(this.isOnTeam(packed, INSPECTOR) || this.isOnTeam(packed, Number.wrap(6)));
        vm.assertFalse(this.isOnTeam(packed, Number.wrap(9)) || this.isOnTeam(packed, Number.wrap(0)));
        vm.assertEq(Number.unwrap(this.helper(packed, 0)), 7);
        vm.assertEq(Number.unwrap(this.helper(packed, 1)), 8);
    }

    function test_isOnTeam__noHelpers__theLeadAlone() public view {
        bytes memory packed = Packing.pack(_entry(256));
        vm.assertTrue(this.isOnTeam(packed, LEAD));
        vm.assertFalse(this.isOnTeam(packed, INSPECTOR));
    }

    function test_helper__lastOfAPayload__isRead() public view {
        Packing.Entry memory entry = _entry(256);
        entry.helpers = _two();
        vm.assertEq(Number.unwrap(this.helper(Packing.pack(entry), 1)), 8);
    }

    /* PACKED AS A PLAN */

    function test_pack__everyTaskOfAnOrder__isThePlanOfThatEntry() public view {
        for (uint32 index = 0; index < 256; ++index) {
            _assertPacked(_entry(0x01020300 + index));
        }
    }

    function test_pack__largestNumbers__fit() public view {
        Packing.Entry memory entry = _entry(type(uint32).max);
        (entry.lead, entry.inspector) = (Number.wrap(LAST_NUMBER), Number.wrap(LAST_NUMBER));
        entry.version = LAST_VERSION;
        _assertPacked(entry);
        (entry.lead, entry.inspector, entry.version) = (Number.wrap(1), Number.wrap(0), 0);
        _assertPacked(entry);
        entry.lead = Number.wrap(LAST_NUMBER);
        _assertPacked(entry);
    }

    function test_pack__largerNumbers__refused() public {
        _refusedPack(LAST_VERSION + 1, LEAD, INSPECTOR);
        _refusedPack(1, Number.wrap(LAST_NUMBER + 1), INSPECTOR);
        _refusedPack(1, LEAD, Number.wrap(LAST_NUMBER + 1));
        _refusedPack(LAST_VERSION + 1, LEAD, Number.wrap(LAST_NUMBER + 1));
    }

    function _assertPacked(Packing.Entry memory entry) private view {
        bytes memory expected = Packing.assignments(entry.task, entry.version, entry.lead, entry.inspector);
        vm.assertEq(this.pack(Packing.pack(entry)), expected);
    }

    function _refusedPack(uint32 version, Number lead, Number inspector) private {
        bytes memory packed = Packing.pack(Packing.anEntry(TaskId.wrap(256), version, lead, inspector));
        _refused();
        this.pack(packed);
    }

    /* CALLING */

    function read(bytes calldata payload) external pure returns (Plans.Entry memory) {
        return Plans.read(payload);
    }

    function pack(bytes calldata payload) external pure returns (bytes memory) {
        return Plans.pack(Plans.read(payload));
    }

    function helper(bytes calldata payload, uint256 index) external pure returns (Number) {
        return Plans.helper(payload, Plans.read(payload), index);
    }

    function isOnTeam(bytes calldata payload, Number member) external pure returns (bool) {
        return Plans.isOnTeam(payload, Plans.read(payload), member);
    }

    /* BUILDING */

    function _entry(uint32 task) private pure returns (Packing.Entry memory) {
        return Packing.anEntry(TaskId.wrap(task), 3, LEAD, INSPECTOR);
    }

    function _two() private pure returns (uint16[] memory numbers) {
        numbers = new uint16[](2);
        (numbers[0], numbers[1]) = (7, 8);
    }

    function _refused() private {
        vm.expectRevert(abi.encodeWithSelector(Plans.MalformedPlan.selector, 0));
    }
}
