// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Number, TaskId} from "../types/Ids.sol";
import {OnFailure, Status} from "../types/Work.sol";

/// @title Tasks
/// @notice Keeps where tasks stand in two tiers: quiet ones ten a word, noted ones in a slot each.
/// @dev A quiet task was posted and decided, nothing else ever happened to it. 25 bits each, ten a word, non-zero from
///      the posting on, the first task highest; from the low end: inspector 10 | worker 10 | version 4 | noted 1. Its
///      epoch is its version; it is Posted while its worker is zero, else Allocated. Of a noted task's cell only the
///      noted bit counts.
library Tasks {
    /// @dev Whether the assignee of an idle task was told to start, or said that it will.
    enum Notice {
        None,
        Summoned,
        Acknowledged
    }

    /// @dev Where a task stands: of a noted one its slot, of a quiet one what its slot would be.
    struct Note {
        Status status;
        Notice notice;
        bool overridden;
        bool held;
        bool excludes;
        Number worker;
        Number inspector;
        uint32 version;
        uint64 epoch;
        uint48 deadline;
        uint8 attempt;
        uint32 generation;
    }

    /// @dev What a task is by its posting: 16 bits, sixteen tasks a word.
    struct Traits {
        uint8 capability;
        OnFailure onFailure;
        uint8 retries;
    }

    /// @dev Ten cells.
    struct Word {
        uint256 cells;
    }

    struct Book {
        mapping(uint256 word => Word) words;
        mapping(TaskId task => Note) notes;
        mapping(uint256 index => uint256) traits;
    }

    /// @dev Of one word.
    uint256 internal constant CELLS = 10;
    uint256 internal constant CELL_BITS = 25;
    uint256 private constant CELL = (1 << CELL_BITS) - 1;
    uint256 private constant NOTED = 1 << 24;
    uint256 private constant NUMBER = 1023;
    uint256 private constant LAST_QUIET_VERSION = 15;
    /// @dev A one at the foot of each cell, and copies of a mask, 26 apart: 9 lower, bit j of one of
    ///      them is at the foot of the cell of task j.
    uint256 private constant FEET = ((1 << 250) - 1) / CELL;
    uint256 private constant NUMBERS = FEET * NUMBER;
    uint256 private constant ABOVE = FEET << 10;
    uint256 private constant STATES = FEET * (31 << 20);
    uint256 private constant SPREAD = ((1 << 260) - 1) / ((1 << 26) - 1);

    /// @notice There is no such task.
    error UnknownTask(TaskId task);

    /// @notice Where a task stands; reverts where there is no task.
    function load(Book storage self, TaskId task) internal view returns (Note memory note) {
        note = find(self, task);
        if (note.status == Status.None) revert UnknownTask(task);
    }

    /// @notice Where a task stands, with status None where there is no task.
    function find(Book storage self, TaskId task) internal view returns (Note memory note) {
        (uint256 word, uint256 shift) = _placeOf(task);
        uint256 cell = (self.words[word].cells >> shift) & CELL;
        if (cell & NOTED != 0) return self.notes[task];
        if (cell == 0) return note;
        note.worker = Number.wrap(uint16((cell >> 10) & NUMBER));
        note.inspector = Number.wrap(uint16(cell & NUMBER));
        note.version = uint32(cell >> 20);
        note.epoch = note.version;
        note.status = Number.unwrap(note.worker) == 0 ? Status.Posted : Status.Allocated;
    }

    /// @notice Writes where a task stands. A quiet one stays so while its cell can say it, else it is noted for good.
    function save(Book storage self, TaskId task, Note memory note) internal {
        (uint256 word, uint256 shift) = _placeOf(task);
        uint256 cells = self.words[word].cells;
        uint256 cell = (cells >> shift) & CELL;
        if (cell & NOTED == 0) {
            uint256 quiet = _quiet(note);
            self.words[word].cells = cells ^ ((cell ^ (quiet == 0 ? cell | NOTED : quiet)) << shift);
            if (quiet != 0) return;
        }
        self.notes[task] = note;
    }

    /// @notice A word of cells after the tasks of `mask` were decided as `given`, or zero if they cannot be all at once:
    ///         one is not quiet, or not of the version given, or that is the last; nobody leads it, or who inspects it;
    ///         or a badge number is not among those that `within` made `low` and `high` of.
    /// @dev Ten at a time: what overflows a field shows in the bit above it. Versions given are below 16.
    function decide(uint256 cells, uint256 mask, uint256 given, uint256 low, uint256 high)
        internal
        pure
        returns (uint256)
    {
        // No field is over its bits, so that no sum reaches the next field but one.
        unchecked {
            uint256 inspectors = given & NUMBERS;
            uint256 leads = (given >> 10) & NUMBERS;
            // The bit above each number says what is odd about it: it is too high; or a lead is too low, or inspects; or
            // an inspector is too low, but not nobody. Versions end or are none: 14 bits higher.
            uint256 odd = (leads + high) | (inspectors + high) | ~((leads + low) & ((leads ^ inspectors) + NUMBERS))
                | ((inspectors + NUMBERS) & ~(inspectors + low))
                | (((given + (FEET << 20)) | ~(given + FEET * (15 << 20))) >> 14);
            if (mask == 1023) return (odd & ABOVE) | ((cells ^ given) & STATES) == 0 ? given + (FEET << 20) : 0;
            uint256 feet = FEET & ((mask * SPREAD) >> 9);
            odd = (odd & (feet << 10)) | ((cells ^ given) & (feet * (31 << 20)));
            return odd == 0 ? (cells & ~(feet * CELL)) | (given + (feet << 20)) : 0;
        }
    }

    /// @notice What `decide` finds badge numbers from `first` to `last` by.
    function within(uint256 first, uint256 last) internal pure returns (uint256 low, uint256 high) {
        // Numbers have ten bits.
        unchecked {
            return (FEET * (NUMBER + 1 - first), FEET * (NUMBER - last));
        }
    }

    /// @notice What the task was posted as.
    function traitsOf(Book storage self, TaskId task) internal view returns (Traits memory result) {
        uint256 id = TaskId.unwrap(task);
        uint256 half = uint16(self.traits[id >> 4] >> _halfShift(id));
        result.capability = uint8(half);
        result.onFailure = OnFailure((half >> 8) & 3);
        result.retries = uint8(half >> 10);
    }

    /// @notice Writes a new task: quiet, posted, version 1.
    function open(Book storage self, TaskId task, Traits memory posted) internal {
        (uint256 word, uint256 shift) = _placeOf(task);
        self.words[word].cells |= 1 << (shift + 20);
        uint256 half = posted.capability | (uint256(posted.onFailure) << 8) | (uint256(posted.retries) << 10);
        uint256 id = TaskId.unwrap(task);
        self.traits[id >> 4] |= half << _halfShift(id);
    }

    /// @dev The cell that says all of a note, zero where none can.
    function _quiet(Note memory note) private pure returns (uint256) {
        (uint256 worker, uint256 inspector) = (Number.unwrap(note.worker), Number.unwrap(note.inspector));
        bool idle = note.status == (worker == 0 ? Status.Posted : Status.Allocated) && note.notice == Notice.None;
        bool free = !note.overridden && !note.held && !note.excludes;
        bool fresh = note.deadline == 0 && note.attempt == 0 && note.generation == 0;
        bool fits = note.version <= LAST_QUIET_VERSION && note.epoch == note.version && (worker | inspector) <= NUMBER;
        return idle && free && fresh && fits ? (uint256(note.version) << 20) | (worker << 10) | inspector : 0;
    }

    /// @dev Words go by order: 26 of them hold 256 tasks.
    function _placeOf(TaskId task) private pure returns (uint256 word, uint256 shift) {
        uint256 id = TaskId.unwrap(task);
        uint256 index = id & 255;
        word = (id - index) | (index / 10);
        shift = (9 - index % 10) * CELL_BITS;
    }

    function _halfShift(uint256 id) private pure returns (uint256) {
        return (id & 15) * 16;
    }
}
