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

    /// @dev What a proposal says of its assignments, of a detail without teams and timetable.
    function detail(bytes memory bare, bytes memory teams, bytes memory timetable)
        internal
        pure
        returns (bytes memory)
    {
        return abi.encodePacked(bare, uint24(teams.length), teams, timetable);
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

    /// @dev In the order given: a new word wherever the tens or the version change.
    function assignments(Assigned[] memory entries) internal pure returns (bytes memory packed) {
        for (uint256 next = 0; next < entries.length;) {
            (uint32 number, uint32 version) = (wordOf(entries[next].task), entries[next].version);
            (uint256 mask, uint256 people, uint256 count) = (0, 0, 0);
            for (; next < entries.length && _isOf(entries[next], number, version); ++next) {
                mask |= 1 << ((TaskId.unwrap(entries[next].task) & 255) % 10);
                people = (people << 20) | peopleOf(entries[next].lead, entries[next].inspector);
                ++count;
            }
            packed = bytes.concat(packed, word(number, mask, version, people, count));
        }
    }

    /// @dev A word of so many tasks, which people are to do and to inspect, 20 bits each, the first highest.
    function word(uint32 number, uint256 mask, uint32 version, uint256 people, uint256 count)
        internal
        pure
        returns (bytes memory packed)
    {
        uint256 head = (uint256(number) << 224) | (mask << 214) | (uint256(version & 16383) << 200);
        packed = abi.encodePacked(head | (people << (200 - 20 * count)));
        uint256 size = 7 + (20 * count + 7) / 8;
        assembly ("memory-safe") {
            mstore(packed, size)
        }
    }

    function peopleOf(Number lead, Number inspector) internal pure returns (uint256) {
        return (uint256(Number.unwrap(lead)) << 10) | Number.unwrap(inspector);
    }

    function _isOf(Assigned memory entry, uint32 number, uint32 version) private pure returns (bool) {
        return wordOf(entry.task) == number && entry.version == version;
    }

    function wordOf(TaskId task) internal pure returns (uint32) {
        uint32 id = TaskId.unwrap(task);
        return (id & ~uint32(255)) | ((id & 255) / 10);
    }
}
