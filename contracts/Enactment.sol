// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {BitMaps} from "@openzeppelin/contracts/utils/structs/BitMaps.sol";

import {IWorkOrders} from "./interfaces/IWorkOrders.sol";
import {Plans, Tens} from "./libraries/Plans.sol";
import {Rolls} from "./libraries/Rolls.sol";
import {Tasks} from "./libraries/Tasks.sol";
import {Number, ProposalId, TaskId} from "./types/Ids.sol";
import {Status} from "./types/Work.sol";

/// @title Enactment
/// @notice Where the tasks stand, and how a plan that passed moves them.
abstract contract Enactment is IWorkOrders {
    using BitMaps for BitMaps.BitMap;
    using Plans for Tens;
    using Tasks for Tasks.Book;

    struct Decision {
        Number worker;
        Number inspector;
    }

    /// @dev A plan, or a part of one, on its way through: `low` and `high` find, in `Tasks.decide`, numbers that are all
    ///      on the roll.
    struct Batch {
        uint256 low;
        uint256 high;
        bytes roll;
        bytes skipped;
        bytes standing;
    }

    Number internal constant NOBODY = Number.wrap(0);

    address public immutable dao;

    Tasks.Book internal _book;
    mapping(TaskId task => Decision) internal _standing;
    BitMaps.BitMap internal _excluded;
    bool internal _plantHeld;

    constructor(address dao_) {
        dao = dao_;
    }

    /// @inheritdoc IWorkOrders
    function enact(ProposalId proposal, uint256 first, bytes calldata assignments, address roll)
        external
        returns (uint256 entries)
    {
        if (msg.sender != dao) revert NotTheContract(msg.sender);
        if (_plantHeld) return 0;
        Batch memory batch = _begin(assignments.length, roll);
        (uint256 low, uint256 high) = (batch.low, batch.high);
        // Sums of lengths and counts, far below 256 bits.
        unchecked {
            for (uint256 offset = 0; offset < assignments.length;) {
                Tens tens = Plans.load(assignments, offset);
                (uint256 count, uint256 next) = (Tasks.CELLS, offset + Plans.FULL_BYTES);
                if (!tens.isFull() || !_book.decideTen(Tens.unwrap(tens), low, high)) {
                    (count, next) = (Plans.countBits(tens.mask()), offset + tens.length());
                    if (!_enactQuietly(tens, batch)) _enactEach(assignments[offset:next], count, entries, batch);
                }
                entries += count;
                offset = next;
            }
        }
        // A plan has at most 1,000 entries.
        emit PlanEnacted(proposal, uint16(first), uint16(first + entries), batch.skipped, batch.standing);
    }

    /* INTERNAL: WHAT A DECISION MAY TAKE */

    function _isOpen(Tasks.Note memory note, uint32 version) internal pure returns (bool) {
        return (note.status == Status.Posted || note.status == Status.Allocated) && note.version == version;
    }

    function _isExcluded(TaskId id, Tasks.Note memory note, Number worker) internal view returns (bool) {
        return note.excludes && _excluded.get(_exclusion(id, note.generation, worker));
    }

    function _exclusion(TaskId id, uint32 generation, Number worker) internal pure returns (uint256) {
        return (uint256(TaskId.unwrap(id)) << 48) | (uint256(generation) << 16) | Number.unwrap(worker);
    }

    /* INTERNAL: WORD BY WORD */

    function _begin(uint256 length, address roll) private view returns (Batch memory batch) {
        batch.roll = Rolls.read(roll);
        batch.skipped = _noBits(length);
        batch.standing = _noBits(length);
        // Looking up the people of ten tasks, which is 32 bytes, costs what looking at some fifty numbers does.
        uint256 size = Rolls.size(batch.roll);
        (uint256 first, uint256 last) = Rolls.longestRun(batch.roll, size < length ? size : length);
        (batch.low, batch.high) = Tasks.within(first, last);
    }

    /// @dev Quiet tasks of one word are decided together, in one write, or none of them.
    function _enactQuietly(Tens tens, Batch memory batch) private returns (bool) {
        Tasks.Word storage kept = _book.words[tens.word()];
        (uint256 cells, uint256 people) = (kept.cells, tens.people());
        uint256 decided = Tasks.decide(cells, tens.mask(), tens.version(), people, batch.low, batch.high);
        if (decided == 0) {
            if (!Plans.areOn(batch.roll, people)) return false;
            (uint256 low, uint256 high) = Tasks.within(1, Rolls.size(batch.roll));
            decided = Tasks.decide(cells, tens.mask(), tens.version(), people, low, high);
        }
        if (decided == 0) return false;
        kept.cells = decided;
        return true;
    }

    /// @dev One by one, where not all tasks of a word can be decided as quiet ones.
    /// @param first How many entries of the batch come before the word's.
    function _enactEach(bytes calldata word, uint256 count, uint256 first, Batch memory batch) private {
        Plans.Assignment[] memory entries = Plans.slice(word, 0, count);
        for (uint256 i = 0; i < count; ++i) {
            Tasks.Note memory note = _book.find(entries[i].task);
            if (!_isTakeable(entries[i], note, batch.roll)) _setBit(batch.skipped, first + i);
            else if (_take(entries[i], note)) _setBit(batch.standing, first + i);
        }
    }

    function _isTakeable(Plans.Assignment memory entry, Tasks.Note memory note, bytes memory roll)
        private
        view
        returns (bool)
    {
        if (!_isOpen(note, entry.version) || _isExcluded(entry.task, note, entry.lead)) return false;
        if (entry.lead == entry.inspector || !_isOn(roll, entry.lead)) return false;
        return entry.inspector == NOBODY || _isOn(roll, entry.inspector);
    }

    function _isOn(bytes memory roll, Number member) private pure returns (bool) {
        return Rolls.accountOf(roll, member) != address(0);
    }

    /// @dev Writes slot 16; under a human's slot of the task it waits there as the standing decision.
    function _take(Plans.Assignment memory entry, Tasks.Note memory note) private returns (bool stands) {
        ++note.version;
        if (note.overridden) {
            _standing[entry.task] = Decision(entry.lead, entry.inspector);
        } else {
            note.status = Status.Allocated;
            note.notice = Tasks.Notice.None;
            note.worker = entry.lead;
            note.inspector = entry.inspector;
            ++note.epoch;
        }
        _book.save(entry.task, note);
        return note.overridden;
    }

    /* INTERNAL: BIT MAPS */

    /// @dev An empty bit map, with room for the entries of so many bytes: each takes two and a half.
    function _noBits(uint256 length) private pure returns (bytes memory bits) {
        bits = new bytes(length / 20 + 1);
        assembly ("memory-safe") {
            mstore(bits, 0)
        }
    }

    /// @dev The map ends with the last byte that has a bit set.
    function _setBit(bytes memory bits, uint256 index) private pure {
        uint256 needed = index / 8 + 1;
        if (bits.length < needed) {
            assembly ("memory-safe") {
                mstore(bits, needed)
            }
        }
        bits[index / 8] |= bytes1(uint8(1 << (index % 8)));
    }
}
