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
}
