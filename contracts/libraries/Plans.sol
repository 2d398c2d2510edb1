// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Number, TaskId} from "../types/Ids.sol";

/// @dev A word of a plan: ten tasks of one order or fewer.
type Tens is uint256;

/// @title Plans
/// @notice Reads who is to do what: a plan's `assignments`, and the one entry that a human signs.
/// @dev Assignments are words of up to ten tasks of one order, decided at one version, their tasks strictly ascending:
///      order u24 | tens u8 | mask u10 | version u14, then for each bit of the mask, from the lowest on: lead u10 |
///      inspector u10, and zeros to the end of the byte. Bit j of the mask stands for the order's task 10 * tens + j.
///      Tasks of the same ten at another version follow in a word of their own. A full word has the 32 bytes of an EVM
///      word, of which the last 200 bits are what `Tasks` keeps.
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
    /// @dev The mask of a word of tasks that has them all.
    uint256 internal constant FULL = 1023;
    /// @dev What a tree's motion begins with.
    bytes4 internal constant TREE = 0x00000006;
    uint256 internal constant FULL_BYTES = 32;
    uint256 private constant HEAD_BYTES = 7;
    /// @dev The number and mask before those of the first order, which has the number one.
    uint256 private constant LAST_OF_NO_ORDER = (1 << 18) - 1;
    uint256 private constant HEAD_BITS = 56;
    uint256 private constant PEOPLE_BITS = 20;
    uint256 private constant NUMBER = 1023;
    uint256 private constant LAST_VERSION = 16383;
    uint256 private constant FIXED = 24;

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

    /// @notice The 32 bytes that begin at `offset`: the word of tasks that begins there, and what follows it.
    function load(bytes calldata assignments, uint256 offset) internal pure returns (Tens found) {
        // A slice would be checked against the end with every read. What is beyond is whatever follows, or zero.
        assembly ("memory-safe") {
            found := calldataload(add(assignments.offset, offset))
        }
    }

    /// @notice The number of the word of tasks.
    function word(Tens self) internal pure returns (uint256) {
        return Tens.unwrap(self) >> 224;
    }

    /// @notice Which of its tasks it assigns.
    function mask(Tens self) internal pure returns (uint256) {
        return (Tens.unwrap(self) >> 214) & FULL;
    }

    /// @notice At which version.
    function version(Tens self) internal pure returns (uint256) {
        return (Tens.unwrap(self) >> 200) & LAST_VERSION;
    }

    /// @notice Whether it assigns ten.
    function isFull(Tens self) internal pure returns (bool) {
        return mask(self) == FULL;
    }

    /// @notice Its bytes.
    function length(Tens self) internal pure returns (uint256) {
        // At most 32.
        unchecked {
            return HEAD_BYTES + ((5 * countBits(mask(self)) + 1) >> 1);
        }
    }

    /// @notice Who is to do and to inspect its tasks, each at its place in `Tasks`.
    function people(Tens self) internal pure returns (uint256 packed) {
        uint256 left = mask(self);
        // Shifts of a word.
        unchecked {
            uint256 given = Tens.unwrap(self) << HEAD_BITS;
            if (left == FULL) return given >> HEAD_BITS;
            for (uint256 shift = 180; left != 0; left >>= 1) {
                if (left & 1 == 1) {
                    packed |= (given >> (256 - PEOPLE_BITS)) << shift;
                    given <<= PEOPLE_BITS;
                }
                shift -= PEOPLE_BITS;
            }
        }
    }

    /// @notice Whether all leads and inspectors of a word are on the roll, zero left out.
    /// @dev What is beyond the roll is looked at, but says nothing.
    /// @param roll Accounts as `Rolls` reads them.
    function areOn(bytes memory roll, uint256 packed) internal pure returns (bool on) {
        // By hand, as it is most of what a decision costs beside the writing: four people a turn.
        assembly ("memory-safe") {
            // The 32 bytes from here on, plus 20 n, begin with the account of n. Those of zero begin with the length,
            // which is zero only where nobody is on the roll.
            let accounts := add(roll, 12)
            let least := shl(96, 1)
            for {} packed { packed := shr(40, packed) } {
                let a := lt(mload(add(accounts, mul(and(packed, NUMBER), 20))), least)
                let b := lt(mload(add(accounts, mul(and(shr(10, packed), NUMBER), 20))), least)
                let c := lt(mload(add(accounts, mul(and(shr(20, packed), NUMBER), 20))), least)
                let d := lt(mload(add(accounts, mul(and(shr(30, packed), NUMBER), 20))), least)
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
            Tens tens = load(assignments, offset);
            (uint256 chosen, uint256 packed) = (mask(tens), people(tens));
            for (uint256 place = 0; chosen >> place != 0; ++place) {
                if ((chosen >> place) & 1 == 0) continue;
                if (index >= first && index < last) found[index - first] = _unpack(tens, place, packed);
                ++index;
            }
            offset += length(tens);
        }
        uint256 end = index < last ? index : last;
        uint256 size = end > first ? end - first : 0;
        assembly ("memory-safe") {
            mstore(found, size)
        }
    }

    /// @notice Where the words of sound assignments end: `words` of them from `offset` on, or all there are.
    function endOf(bytes calldata assignments, uint256 offset, uint256 words) internal pure returns (uint256 end) {
        end = offset;
        for (; words != 0 && end < assignments.length; --words) {
            end += length(load(assignments, end));
        }
    }

    /// @notice How many of the lowest 14 bits are set.
    function countBits(uint256 bits) internal pure returns (uint256) {
        // Copies of the mask, 15 apart, leave every bit at a place of its own, a multiple of four: the remainder by 15
        // adds such hexadecimal digits up.
        unchecked {
            return ((bits * 0x200040008001) & 0x111111111111111) % 15;
        }
    }

    /// @dev Whether all words follow the layout, and where the first one begins that does not. By hand: a proposal pays this
    ///      for every word, and Solidity's own reads and branches cost as much again. An order has 256 tasks, a word ten: the
    ///      last word six, those beyond it none. What is of one ten and version is in one word; `rises` compares with the
    ///      lowest bit of the mask alone, so that of the same ten only later tasks follow. Half a byte that is nobody's is
    ///      zero. How many bits, and how long, as in `countBits` and `length`.
    function _survey(bytes calldata assignments) private pure returns (bool sound, uint256 offset) {
        assembly ("memory-safe") {
            let at := assignments.offset
            let end := add(at, assignments.length)
            let last := at
            let previous := LAST_OF_NO_ORDER
            let entries := 0
            for {} lt(at, end) {} {
                let head := shr(214, calldataload(at))
                let chosen := and(head, FULL)
                let tens := and(shr(10, head), 0xff)
                let next := add(at, FULL_BYTES)
                let tasks := 10
                if iszero(and(eq(chosen, FULL), lt(tens, 25))) {
                    if iszero(lt(sub(chosen, 1), and(shr(mul(tens, 10), not(0)), FULL))) { break }
                    let version_ := and(shr(200, xor(calldataload(at), calldataload(last))), LAST_VERSION)
                    if iszero(or(shr(10, xor(head, previous)), version_)) { break }
                    tasks := mod(and(mul(chosen, 0x200040008001), 0x111111111111111), 15)
                    next := add(at, add(HEAD_BYTES, shr(1, add(mul(tasks, 5), 1))))
                    if and(and(tasks, 1), gt(and(calldataload(sub(next, 32)), 15), 0)) { break }
                }
                entries := add(entries, tasks)
                let rises := gt(sub(head, and(chosen, sub(chosen, 1))), previous)
                if or(or(gt(next, end), gt(entries, MOST_ENTRIES)), iszero(rises)) { break }
                previous := head
                last := at
                at := next
            }
            sound := and(eq(at, end), gt(entries, 0))
            offset := sub(at, assignments.offset)
        }
    }

    function _unpack(Tens tens, uint256 place, uint256 packed) private pure returns (Assignment memory found) {
        uint256 number = word(tens);
        // A sound word's task is within its order.
        found.task = TaskId.wrap(uint32((number & ~uint256(255)) + 10 * (number & 255) + place));
        found.version = uint32(version(tens));
        uint256 shift = (9 - place) * PEOPLE_BITS;
        found.lead = Number.wrap(uint16((packed >> (shift + 10)) & NUMBER));
        found.inspector = Number.wrap(uint16((packed >> shift) & NUMBER));
    }

    /* THE ENTRY OF A HUMAN'S ASSIGNMENT */

    /// @notice The entry that an order to assign begins with.
    function read(bytes calldata payload) internal pure returns (Entry memory entry) {
        if (payload.length < FIXED) revert MalformedPlan(0);
        uint256 fixed_ = uint256(bytes32(payload[:FIXED]));
        entry.task = TaskId.wrap(uint32(fixed_ >> 224));
        entry.version = uint32(fixed_ >> 192);
        entry.lead = Number.wrap(uint16(fixed_ >> 176));
        entry.sequence = uint16(fixed_ >> 160);
        entry.inspector = Number.wrap(uint16(fixed_ >> 144));
        entry.helpers = uint8(fixed_ >> 72);
        entry.helpersAt = FIXED;
        entry.next = FIXED + 2 * (entry.helpers + uint8(fixed_ >> 64));
        if (entry.next > payload.length || Number.unwrap(entry.lead) == 0) revert MalformedPlan(0);
    }

    /// @notice The assignments of a plan with this one entry.
    function pack(Entry memory entry) internal pure returns (bytes memory) {
        (uint256 lead, uint256 inspector) = (Number.unwrap(entry.lead), Number.unwrap(entry.inspector));
        if (entry.version > LAST_VERSION || (lead | inspector) > NUMBER) revert MalformedPlan(0);
        uint32 id = TaskId.unwrap(entry.task);
        uint32 index = id & 255;
        // Each fits its bits: a mask 10, a version 14, a number 10.
        uint24 chosen = uint24(((1 << (index % 10)) << 14) | entry.version);
        uint24 given = uint24(((lead << 10) | inspector) << 4);
        return abi.encodePacked((id - index) | (index / 10), chosen, given);
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
