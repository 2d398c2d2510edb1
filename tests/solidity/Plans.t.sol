// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Plans} from "contracts/libraries/Plans.sol";
import {Number, TaskId} from "contracts/types/Ids.sol";

import {Packing} from "./Packing.sol";
import {vm} from "./Vm.sol";

contract PlansTest {
    function testFuzz_read__packedEntry__comesBack(Packing.Entry memory entry, uint8 helpers, uint8 robots)
        public
        view
    {
        _crew(entry, helpers % 8, robots % 8);
        Plans.Entry memory found = this.read(Packing.pack(entry), 0);
        vm.assertEq(TaskId.unwrap(found.task), TaskId.unwrap(entry.task));
        vm.assertEq(found.version, entry.version);
        vm.assertEq(Number.unwrap(found.lead), Number.unwrap(entry.lead));
        vm.assertEq(found.sequence, entry.sequence);
        vm.assertEq(Number.unwrap(found.inspector), Number.unwrap(entry.inspector));
        vm.assertEq(found.helpers, entry.helpers.length);
        vm.assertEq(found.next, 24 + 2 * (entry.helpers.length + entry.robots.length));
    }

    function testFuzz_helper__packedEntry__comesBack(Packing.Entry memory entry, uint8 helpers) public view {
        _crew(entry, helpers % 8, 2);
        bytes memory plan = bytes.concat("before", Packing.pack(entry));
        for (uint256 i = 0; i < entry.helpers.length; ++i) {
            vm.assertEq(Number.unwrap(this.helper(plan, 6, i)), entry.helpers[i]);
            vm.assertTrue(this.isOnTeam(plan, 6, Number.wrap(entry.helpers[i])));
        }
        vm.assertTrue(this.isOnTeam(plan, 6, entry.lead));
    }

    function testFuzz_read__cutShort__refused(Packing.Entry memory entry, uint8 crew, uint256 length) public {
        _crew(entry, crew % 4, crew % 3);
        bytes memory plan = Packing.pack(entry);
        length %= plan.length;
        assembly ("memory-safe") {
            mstore(plan, length)
        }
        _refused(0);
        this.read(plan, 0);
    }

    function testFuzz_read__nobodyLeads__refused(Packing.Entry memory entry) public {
        _crew(entry, 0, 0);
        entry.lead = Number.wrap(0);
        _refused(0);
        this.read(Packing.pack(entry), 0);
    }

    function testFuzz_readAfter__tasksDoNotAscend__refused(uint32 task, uint32 previous) public {
        TaskId id = TaskId.wrap(task);
        bytes memory plan = Packing.pack(Packing.anEntry(id, 1, Number.wrap(1), Number.wrap(2)));
        if (task <= previous) _refused(0);
        this.readAfter(plan, 0, TaskId.wrap(previous));
    }

    function testFuzz_read__anyBytes__endWithinThem(bytes memory plan, uint8 offset) public view {
        try this.read(plan, offset) returns (Plans.Entry memory entry) {
            vm.assertTrue(entry.next <= plan.length && entry.next >= uint256(offset) + 24);
        } catch {}
    }

    function read(bytes calldata plan, uint256 offset) external pure returns (Plans.Entry memory) {
        return Plans.read(plan, offset);
    }

    function readAfter(bytes calldata plan, uint256 offset, TaskId previous) external pure {
        Plans.readAfter(plan, offset, previous);
    }

    function helper(bytes calldata plan, uint256 offset, uint256 index) external pure returns (Number) {
        return Plans.helper(plan, Plans.read(plan, offset), index);
    }

    function isOnTeam(bytes calldata plan, uint256 offset, Number member) external pure returns (bool) {
        return Plans.isOnTeam(plan, Plans.read(plan, offset), member);
    }

    function _crew(Packing.Entry memory entry, uint256 helpers, uint256 robots) private pure {
        if (Number.unwrap(entry.lead) == 0) entry.lead = Number.wrap(1);
        entry.helpers = new uint16[](helpers);
        entry.robots = new uint16[](robots);
        for (uint16 i = 0; i < helpers; ++i) {
            entry.helpers[i] = 100 + i;
        }
    }

    function _refused(uint256 offset) private {
        vm.expectRevert(abi.encodeWithSelector(Plans.MalformedPlan.selector, offset));
    }
}
