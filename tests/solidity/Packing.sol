// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Number, TaskId} from "contracts/types/Ids.sol";
import {OnFailure} from "contracts/types/Work.sol";

/// @title Packing
/// @notice Writes the byte layouts that the contracts read.
library Packing {
    struct Task {
        uint256 predecessors;
        uint8 capability;
        uint8 stage;
        uint8 onFailure;
        uint8 retries;
        uint8 team;
        uint32 work;
    }

    struct Entry {
        TaskId task;
        uint32 version;
        Number lead;
        uint16 sequence;
        Number inspector;
        uint16[] helpers;
        uint16[] robots;
    }

    /// @dev One assigned task of a plan.
    struct Assigned {
        TaskId task;
        uint32 version;
        Number lead;
        Number inspector;
    }

    function aTask() internal pure returns (Task memory) {
        return Task(0, 1, 1, uint8(OnFailure.Reallocate), 0, 1, 1000);
    }

    function pack(Task memory task) internal pure returns (bytes memory) {
        bytes memory kind = abi.encodePacked(task.capability, task.stage, task.onFailure, task.retries);
        return abi.encodePacked(task.predecessors, kind, uint8(0), task.team, task.work, uint32(0), uint48(0));
    }

    function anEntry(TaskId task, uint32 version, Number lead, Number inspector) internal pure returns (Entry memory) {
        return Entry(task, version, lead, 1, inspector, new uint16[](0), new uint16[](0));
    }

    function pack(Entry memory entry) internal pure returns (bytes memory) {
        bytes memory head = abi.encodePacked(
            TaskId.unwrap(entry.task),
            entry.version,
            Number.unwrap(entry.lead),
            entry.sequence,
            Number.unwrap(entry.inspector)
        );
        bytes memory times = abi.encodePacked(uint32(7), uint32(1000));
        bytes memory counts = abi.encodePacked(uint8(entry.helpers.length), uint8(entry.robots.length));
        return bytes.concat(head, times, counts, pack(entry.helpers), pack(entry.robots));
    }

    function pack(uint16[] memory numbers) internal pure returns (bytes memory packed) {
        for (uint256 i = 0; i < numbers.length; ++i) {
            packed = bytes.concat(packed, bytes2(numbers[i]));
        }
    }

    /// @dev The assignments of a plan of one task.
    function assignments(TaskId task, uint32 version, Number lead, Number inspector)
        internal
        pure
        returns (bytes memory)
    {
        Assigned[] memory one = new Assigned[](1);
        one[0] = Assigned(task, version, lead, inspector);
        return assignments(one);
    }

    /// @dev In the order given: a new word wherever the tens change.
    function assignments(Assigned[] memory entries) internal pure returns (bytes memory packed) {
        for (uint256 next = 0; next < entries.length;) {
            uint32 word = wordOf(entries[next].task);
            uint16 mask = 0;
            bytes memory tasks;
            for (; next < entries.length && wordOf(entries[next].task) == word; ++next) {
                mask |= uint16(1 << ((TaskId.unwrap(entries[next].task) & 255) % 10));
                tasks = bytes.concat(tasks, pack(entries[next]));
            }
            packed = bytes.concat(packed, bytes4(word), bytes2(mask), tasks);
        }
    }

    function pack(Assigned memory entry) internal pure returns (bytes4) {
        uint32 people = (uint32(Number.unwrap(entry.lead)) << 10) | Number.unwrap(entry.inspector);
        return bytes4((entry.version << 20) | people);
    }

    function wordOf(TaskId task) internal pure returns (uint32) {
        uint32 id = TaskId.unwrap(task);
        return (id & ~uint32(255)) | ((id & 255) / 10);
    }
}
