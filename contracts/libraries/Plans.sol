// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Number, TaskId} from "../types/Ids.sol";

/// @title Plans
/// @notice Reads who is to do what: a plan's `assignments`, and the one entry that a human signs.
/// @dev Assignments are words of up to ten tasks of one order, strictly ascending, each with four bytes for each task:
///      order u24 | tens u8 | mask u16, then for each bit of the mask, from the lowest on: version u12 | lead u10 |
///      inspector u10. Bit j of the mask stands for the order's task 10 * tens + j. The last 20 bits of an assigned
///      task are those of its cell in `Tasks`.
///      An entry is task u32 | version u32 | lead u16 | sequence u16 | inspector u16 | start u32 | duration u32 |
///      helpers u8 | robots u8 | helper u16 … | robot u16 …
library Plans {
    /// @dev One assigned task, unpacked.
    struct Assignment {
        TaskId task;
        uint32 version;
        Number lead;
        Number inspector;
    }

    /// @dev `next` is where what follows the entry begins, `helpersAt` where its helpers do.
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

    uint256 internal constant MOST_ENTRIES = 1000;
    uint256 internal constant HEAD_BYTES = 6;
    uint256 internal constant ASSIGNED_BYTES = 4;
    /// @dev The mask of a word of tasks that has them all.
    uint256 internal constant FULL = 1023;
    /// @dev What a tree's motion begins with.
    bytes4 internal constant TREE = 0x00000006;
    /// @dev The bits that versions from 16 on have, in each lane of 32 bits.
    uint256 internal constant LATE = (((1 << 256) - 1) / ((1 << 32) - 1)) * (255 << 24);
    uint256 private constant LEADS = (((1 << 256) - 1) / ((1 << 32) - 1)) * (1023 << 16);
    uint256 private constant INSPECTORS = (((1 << 256) - 1) / ((1 << 32) - 1)) * 1023;
    uint256 private constant ODD_32 = ((1 << 256) - 1) / ((1 << 32) + 1);
    uint256 private constant ODD_64 = ((1 << 256) - 1) / ((1 << 64) + 1);
    uint256 private constant FIXED = 24;
    uint256 private constant LAST_VERSION = 4095;
    uint256 private constant LAST_NUMBER = 1023;

    /// @notice The bytes do not follow the layout, their tasks do not ascend, or there are none or more than 1,000.
    error MalformedPlan(uint256 offset);

    /* ASSIGNMENTS */

    /// @notice Refuses assignments that do not follow the layout.
    function requireSound(bytes calldata assignments) internal pure {
        (bool sound, uint256 offset) = _survey(assignments);
        if (!sound) revert MalformedPlan(offset);
    }

    /// @notice Whether the bytes are no assignments but the root of a plan whose entries are claimed one by one.
    function isTree(bytes calldata assignments) internal pure returns (bool) {
        return assignments.length >= 4 && bytes4(assignments[:4]) == TREE;
    }

    /// @notice The word of tasks that begins at `offset`, and which of them it assigns.
    function head(bytes calldata assignments, uint256 offset) internal pure returns (uint256 word, uint256 mask) {
        uint256 found = _load(assignments, offset);
        word = found >> 224;
        mask = (found >> 208) & type(uint16).max;
    }

    /// @notice The assigned tasks of one word, from `offset` on, 32 bits each, the first highest: eight, and two more.
    ///         Zero where the word has no more.
    function lanes(bytes calldata assignments, uint256 offset, uint256 count)
        internal
        pure
        returns (uint256 eight, uint256 two)
    {
        // By hand: the bytes are the caller's to be sound.
        assembly ("memory-safe") {
            eight := calldataload(add(assignments.offset, offset))
            two := shr(192, calldataload(add(add(assignments.offset, offset), 32)))
            // A shift of 256 bits, or by less than nothing, leaves none.
            if iszero(eq(count, 10)) {
                let cut := mul(lt(count, 8), sub(256, mul(32, count)))
                eight := shl(cut, shr(cut, eight))
                cut := sub(320, mul(32, count))
                two := shl(cut, shr(cut, two))
            }
        }
    }

    /// @notice Those tasks as cells of `Tasks`, each at its place. Right only if versions are below 16.
    function cells(uint256 eight, uint256 two, uint256 mask) internal pure returns (uint256 packed) {
        // Shifts of a word.
        unchecked {
            if (mask == FULL) {
                // Neighbours close up: 25 of 32 bits, then 50 of 64, then 100 of 128.
                uint256 odd = eight & ODD_32;
                eight = ((eight ^ odd) >> 7) | odd;
                odd = eight & ODD_64;
                eight = ((eight ^ odd) >> 14) | odd;
                eight = ((eight >> 128) << 100) | uint128(eight);
                return (eight << 50) | ((two >> 32) << 25) | uint32(two);
            }
            for (uint256 shift = 225; mask != 0; mask >>= 1) {
                if (mask & 1 == 1) {
                    packed |= (eight >> 224) << shift;
                    eight = (eight << 32) | (two >> 32);
                    two = uint32(two) << 32;
                }
                shift -= 25;
            }
        }
    }

    /// @notice Whether all of eight tasks' leads and inspectors are on the roll, zero left out.
    /// @dev What is beyond the roll is looked at, but says nothing.
    /// @param roll Accounts as `Rolls` reads them.
    function areOn(bytes memory roll, uint256 eight) internal pure returns (bool on) {
        // Where each one's account is, 16 bits each.
        uint256 places;
        unchecked {
            places = (((eight << 6) & LEADS) | (eight & INSPECTORS)) * 20;
        }
        // By hand, as it is most of what a decision costs beside the writing: four people a turn.
        assembly ("memory-safe") {
            // The 32 bytes from here on, plus 20 n, begin with the account of n. Those of zero begin with the length,
            // which is zero only where nobody is on the roll.
            let accounts := add(roll, 12)
            let least := shl(96, 1)
            for {} places { places := shr(64, places) } {
                let a := lt(mload(add(accounts, and(places, 0xffff))), least)
                let b := lt(mload(add(accounts, and(shr(16, places), 0xffff))), least)
                let c := lt(mload(add(accounts, and(shr(32, places), 0xffff))), least)
                let d := lt(mload(add(accounts, and(shr(48, places), 0xffff))), least)
                on := or(on, or(or(a, b), or(c, d)))
            }
            on := iszero(on)
        }
    }

    /// @notice The entries `first` up to, without, `last` of sound assignments; fewer where there are no more.
    function slice(bytes calldata assignments, uint256 first, uint256 last)
        internal
        pure
        returns (Assignment[] memory found)
    {
        found = new Assignment[](last - first);
        uint256 index;
        for (uint256 offset = 0; offset < assignments.length && index < last;) {
            (uint256 word, uint256 mask) = head(assignments, offset);
            offset += HEAD_BYTES;
            for (uint256 place = 0; mask >> place != 0; ++place) {
                if ((mask >> place) & 1 == 0) continue;
                if (index >= first && index < last) {
                    found[index - first] = _unpack(word, place, _load(assignments, offset) >> 224);
                }
                offset += ASSIGNED_BYTES;
                ++index;
            }
        }
        uint256 end = index < last ? index : last;
        uint256 length = end > first ? end - first : 0;
        assembly ("memory-safe") {
            mstore(found, length)
        }
    }

    /// @notice Where the words of sound assignments end: `words` of them from `offset` on, or all there are.
    function endOf(bytes calldata assignments, uint256 offset, uint256 words) internal pure returns (uint256 end) {
        end = offset;
        for (; words != 0 && end < assignments.length; --words) {
            (, uint256 mask) = head(assignments, end);
            end += HEAD_BYTES + ASSIGNED_BYTES * countBits(mask);
        }
    }

    /// @notice How many of the lowest 14 bits are set.
    function countBits(uint256 mask) internal pure returns (uint256) {
        // Copies of the mask, 15 apart, leave every bit at a place of its own, a multiple of four: the remainder by 15
        // adds such hexadecimal digits up.
        unchecked {
            return ((mask * 0x200040008001) & 0x111111111111111) % 15;
        }
    }

    /// @dev Whether all words follow the layout, and where the first one begins that does not.
    function _survey(bytes calldata assignments) private pure returns (bool sound, uint256 offset) {
        // By hand: a proposal pays this for every word, and Solidity's own reads and branches cost as much again.
        assembly ("memory-safe") {
            let at := assignments.offset
            let end := add(at, assignments.length)
            let previous := 0
            let entries := 0
            for {} lt(at, end) {} {
                let head_ := shr(208, calldataload(at))
                let word := shr(16, head_)
                let mask := and(head_, 0xffff)
                let count := 10
                if iszero(and(eq(mask, FULL), lt(and(word, 0xff), 25))) {
                    // An order has 256 tasks, a word ten: the last word six, those beyond it none.
                    let most := and(shr(mul(and(word, 0xff), 10), not(0)), FULL)
                    if iszero(lt(sub(mask, 1), most)) { break }
                    // As in `countBits`.
                    count := mod(and(mul(mask, 0x200040008001), 0x111111111111111), 15)
                }
                let next := add(at, add(HEAD_BYTES, mul(count, ASSIGNED_BYTES)))
                entries := add(entries, count)
                if or(or(gt(next, end), gt(entries, MOST_ENTRIES)), iszero(gt(word, previous))) { break }
                previous := word
                at := next
            }
            sound := and(eq(at, end), gt(entries, 0))
            offset := sub(at, assignments.offset)
        }
    }

    function _unpack(uint256 word, uint256 place, uint256 bits) private pure returns (Assignment memory found) {
        // A sound word's task is within its order.
        found.task = TaskId.wrap(uint32((word & ~uint256(255)) + 10 * (word & 255) + place));
        found.version = uint32(bits >> 20);
        found.lead = Number.wrap(uint16((bits >> 10) & 1023));
        found.inspector = Number.wrap(uint16(bits & 1023));
    }

    /// @dev What is beyond the end is whatever follows in the calldata, or zero.
    function _load(bytes calldata packed, uint256 offset) private pure returns (uint256 found) {
        // A slice would be checked against the end again with every read.
        assembly ("memory-safe") {
            found := calldataload(add(packed.offset, offset))
        }
    }

    /* THE ENTRY OF A HUMAN'S ASSIGNMENT */

    /// @notice The entry that an order to assign begins with.
    function read(bytes calldata payload) internal pure returns (Entry memory entry) {
        if (payload.length < FIXED) revert MalformedPlan(0);
        uint256 word = uint256(bytes32(payload[:FIXED]));
        entry.task = TaskId.wrap(uint32(word >> 224));
        entry.version = uint32(word >> 192);
        entry.lead = Number.wrap(uint16(word >> 176));
        entry.sequence = uint16(word >> 160);
        entry.inspector = Number.wrap(uint16(word >> 144));
        entry.helpers = uint8(word >> 72);
        entry.helpersAt = FIXED;
        entry.next = FIXED + 2 * (entry.helpers + uint8(word >> 64));
        if (entry.next > payload.length || Number.unwrap(entry.lead) == 0) revert MalformedPlan(0);
    }

    /// @notice The assignments of a plan with this one entry.
    function pack(Entry memory entry) internal pure returns (bytes memory) {
        (uint256 lead, uint256 inspector) = (Number.unwrap(entry.lead), Number.unwrap(entry.inspector));
        if (entry.version > LAST_VERSION || (lead | inspector) > LAST_NUMBER) revert MalformedPlan(0);
        uint32 id = TaskId.unwrap(entry.task);
        uint32 index = id & 255;
        // Each fits its bits: a version 12, a number 10.
        uint32 assigned = uint32((uint256(entry.version) << 20) | (lead << 10) | inspector);
        return abi.encodePacked((id - index) | (index / 10), uint16(1 << (index % 10)), assigned);
    }

    /// @notice The entry's helper `index`.
    function helper(bytes calldata payload, Entry memory entry, uint256 index) internal pure returns (Number) {
        uint256 begin = entry.helpersAt + 2 * index;
        return Number.wrap(uint16(bytes2(payload[begin:begin + 2])));
    }

    /// @notice Whether a member leads the entry or helps in it.
    function isOnTeam(bytes calldata payload, Entry memory entry, Number member) internal pure returns (bool) {
        if (entry.lead == member) return true;
        for (uint256 i = 0; i < entry.helpers; ++i) {
            if (helper(payload, entry, i) == member) return true;
        }
        return false;
    }
}
