// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Number, TaskId} from "../types/Ids.sol";

/// @title Plans
/// @notice Reads packed plans: entries of 24 bytes and two more for each helper and robot, ascending by task.
/// @dev task u32 | version u32 | lead u16 | sequence u16 | inspector u16 | start u32 | duration u32 |
///      helpers u8 | robots u8 | helper u16 … | robot u16 …
library Plans {
    /// @dev `next` is where the following entry begins, `helpersAt` where this one's helpers do.
    struct Entry {
        TaskId task;
        uint32 version;
        Number lead;
        uint16 sequence;
        Number inspector;
        uint256 helpers;
        uint256 helpersAt;
        uint256 next;
    }

    uint256 internal constant FIXED = 24;

    /// @dev 208 entries without helpers or robots: more could pass a vote that no human can veto in one transaction of
    ///      16,777,216 gas.
    uint256 internal constant MOST_BYTES = 4_992;

    /// @notice The plan's bytes do not follow the layout, its tasks do not ascend, or it is over 4,992 bytes long.
    error MalformedPlan(uint256 offset);

    /// @notice The entry that begins at `offset`.
    function read(bytes calldata plan, uint256 offset) internal pure returns (Entry memory entry) {
        if (offset + FIXED > plan.length) revert MalformedPlan(offset);
        uint256 word = uint256(bytes32(plan[offset:offset + FIXED]));
        entry.task = TaskId.wrap(uint32(word >> 224));
        entry.version = uint32(word >> 192);
        entry.lead = Number.wrap(uint16(word >> 176));
        entry.sequence = uint16(word >> 160);
        entry.inspector = Number.wrap(uint16(word >> 144));
        entry.helpers = uint8(word >> 72);
        entry.helpersAt = offset + FIXED;
        entry.next = entry.helpersAt + 2 * (entry.helpers + uint8(word >> 64));
        if (entry.next > plan.length || Number.unwrap(entry.lead) == 0) revert MalformedPlan(offset);
    }

    /// @notice The entry after a task; refuses one that does not ascend.
    function readAfter(bytes calldata plan, uint256 offset, TaskId previous)
        internal
        pure
        returns (Entry memory entry)
    {
        entry = read(plan, offset);
        if (TaskId.unwrap(entry.task) <= TaskId.unwrap(previous)) revert MalformedPlan(offset);
    }

    /// @notice The entry's helper `index`.
    function helper(bytes calldata plan, Entry memory entry, uint256 index) internal pure returns (Number) {
        uint256 begin = entry.helpersAt + 2 * index;
        return Number.wrap(uint16(bytes2(plan[begin:begin + 2])));
    }

    /// @notice Whether a member leads the entry or helps in it.
    function isOnTeam(bytes calldata plan, Entry memory entry, Number member) internal pure returns (bool) {
        if (entry.lead == member) return true;
        for (uint256 i = 0; i < entry.helpers; ++i) {
            if (helper(plan, entry, i) == member) return true;
        }
        return false;
    }
}
