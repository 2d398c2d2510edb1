// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Number, TaskId} from "../types/Ids.sol";
import {OnFailure, Status} from "../types/Work.sol";

/// @title Tasks
/// @notice Keeps where tasks stand in two tiers: quiet ones ten a word, noted ones in a slot each.
/// @dev A quiet task was posted and decided, nothing else ever happened to it. 25 bits each, ten a word, non-zero from
///      the posting on: the states of all, five bits each, noted 1 | version 4, then the people of all, worker 10 |
///      inspector 10, as in `Plans`; the first task highest, the last one's inspector lowest. Its epoch is its version; it
///      is Posted while its worker is zero, else Allocated. Of a noted task only the noted bit counts.
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
    uint256 private constant STATES_AT = 200;
    uint256 private constant STATE_BITS = 5;
    uint256 private constant STATE = (1 << STATE_BITS) - 1;
    uint256 private constant NOTED = 1 << 4;
    uint256 private constant PEOPLE_BITS = 20;
    uint256 private constant PEOPLE = (1 << PEOPLE_BITS) - 1;
    uint256 private constant NUMBER = 1023;
    uint256 private constant LAST_QUIET_VERSION = 15;
    uint256 private constant VERSION = 16383;
    uint256 private constant ALL_PEOPLE = (1 << STATES_AT) - 1;
    /// @dev A one at the foot of each state, and of each task's people.
    uint256 private constant STATE_FEET = ((1 << 50) - 1) / STATE;
    uint256 private constant FEET = ((1 << 200) - 1) / PEOPLE;
    uint256 private constant NUMBERS = FEET * NUMBER;
    uint256 private constant ABOVE = FEET << 10;
    /// @dev Copies of a mask, 21 apart: 9 lower, bit j of one of them is at the foot of the people of task j. And of half a
    ///      mask, 6 apart: 4 lower, at the foot of its state.
    uint256 private constant SPREAD = ((1 << 210) - 1) / ((1 << 21) - 1);
    uint256 private constant HALF_SPREAD = ((1 << 30) - 1) / ((1 << 6) - 1);
    uint256 private constant HALF_FEET = ((1 << 25) - 1) / STATE;

    /// @notice There is no such task.
    error UnknownTask(TaskId task);

    /// @notice Where a task stands; reverts where there is no task.
    function load(Book storage self, TaskId task) internal view returns (Note memory note) {
        note = find(self, task);
        if (note.status == Status.None) revert UnknownTask(task);
    }

    /// @notice Where a task stands, with status None where there is no task.
    function find(Book storage self, TaskId task) internal view returns (Note memory note) {
        (uint256 word, uint256 place) = _placeOf(task);
        uint256 cells = self.words[word].cells;
        uint256 state = (cells >> (STATES_AT + STATE_BITS * place)) & STATE;
        if (state & NOTED != 0) return self.notes[task];
        if (state == 0) return note;
        uint256 people = cells >> (PEOPLE_BITS * place);
        note.worker = Number.wrap(uint16((people >> 10) & NUMBER));
        note.inspector = Number.wrap(uint16(people & NUMBER));
        note.version = uint32(state);
        note.epoch = note.version;
        note.status = Number.unwrap(note.worker) == 0 ? Status.Posted : Status.Allocated;
    }

    /// @notice Writes where a task stands. A quiet one stays so while its cell can say it, else it is noted for good.
    function save(Book storage self, TaskId task, Note memory note) internal {
        (uint256 word, uint256 place) = _placeOf(task);
        uint256 cells = self.words[word].cells;
        uint256 stateAt = STATES_AT + STATE_BITS * place;
        if ((cells >> stateAt) & NOTED == 0) {
            if (_isQuiet(note)) {
                uint256 peopleAt = PEOPLE_BITS * place;
                uint256 people = (uint256(Number.unwrap(note.worker)) << 10) | Number.unwrap(note.inspector);
                cells &= ~((STATE << stateAt) | (PEOPLE << peopleAt));
                self.words[word].cells = cells | (uint256(note.version) << stateAt) | (people << peopleAt);
                return;
            }
            self.words[word].cells = cells | (NOTED << stateAt);
        }
        self.notes[task] = note;
    }

    /// @notice Decides ten quiet tasks, all of a word, in one write; or none of them where `decide` finds any odd.
    /// @param tens A full word of `Plans`, whose people are where the cells have them.
    function decideTen(Book storage self, uint256 tens, uint256 low, uint256 high) internal returns (bool) {
        Word storage kept = self.words[tens >> 224];
        // States are fifty bits, and no version of a quiet task is beyond four.
        unchecked {
            uint256 states = kept.cells >> STATES_AT;
            uint256 version = (tens >> STATES_AT) & VERSION;
            if (states != STATE_FEET * version || version - 1 > LAST_QUIET_VERSION - 2) return false;
            uint256 people = tens & ALL_PEOPLE;
            if (_odd(people, low, high) & ABOVE != 0) return false;
            kept.cells = ((states + STATE_FEET) << STATES_AT) | people;
        }
        return true;
    }

    /// @notice A word of cells after the tasks of `mask` were given to `people`, or zero if they cannot be all at once: one
    ///         is not quiet, or not of the version given, or that is the last; nobody leads it, or who inspects it; or a badge
    ///         number is not among those that `within` made `low` and `high` of.
    /// @dev `people` are zero outside of the mask.
    function decide(uint256 cells, uint256 mask, uint256 version, uint256 people, uint256 low, uint256 high)
        internal
        pure
        returns (uint256)
    {
        // No state is over its bits.
        unchecked {
            uint256 feet = FEET & ((mask * SPREAD) >> 9);
            uint256 stateFeet = _stateFeet(mask);
            if (version > LAST_QUIET_VERSION - 1 || version == 0) return 0;
            if ((cells >> STATES_AT) & (stateFeet * STATE) != stateFeet * version) return 0;
            if (_odd(people, low, high) & (feet << 10) != 0) return 0;
            return (cells & ~(feet * PEOPLE)) + ((stateFeet << STATES_AT) | people);
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
        (uint256 word, uint256 place) = _placeOf(task);
        self.words[word].cells |= 1 << (STATES_AT + STATE_BITS * place);
        uint256 half = posted.capability | (uint256(posted.onFailure) << 8) | (uint256(posted.retries) << 10);
        uint256 id = TaskId.unwrap(task);
        self.traits[id >> 4] |= half << _halfShift(id);
    }

    /// @dev Whether a word of cells can say all of a note.
    function _isQuiet(Note memory note) private pure returns (bool) {
        (uint256 worker, uint256 inspector) = (Number.unwrap(note.worker), Number.unwrap(note.inspector));
        bool idle = note.status == (worker == 0 ? Status.Posted : Status.Allocated) && note.notice == Notice.None;
        bool free = !note.overridden && !note.held && !note.excludes;
        bool fresh = note.deadline == 0 && note.attempt == 0 && note.generation == 0;
        bool fits = note.version <= LAST_QUIET_VERSION && note.epoch == note.version && (worker | inspector) <= NUMBER;
        return idle && free && fresh && fits && note.version != 0;
    }

    /// @dev Ten tasks at a time: the bit above a lead's and an inspector's number says what is odd about it, as what overflows
    ///      a number shows there: it is too high; or a lead is too low, or inspects; or an inspector is too low, but not nobody.
    function _odd(uint256 people, uint256 low, uint256 high) private pure returns (uint256) {
        // No number is over its bits, so that no sum reaches the next one but one.
        unchecked {
            uint256 inspectors = people & NUMBERS;
            uint256 leads = (people >> 10) & NUMBERS;
            return (leads + high) | (inspectors + high) | ~((leads + low) & ((leads ^ inspectors) + NUMBERS))
                | ((inspectors + NUMBERS) & ~(inspectors + low));
        }
    }

    /// @dev A one at the foot of the state of each task of the mask: five of its bits and five.
    function _stateFeet(uint256 mask) private pure returns (uint256) {
        unchecked {
            uint256 first = (((mask & 31) * HALF_SPREAD) >> 4) & HALF_FEET;
            return (first << (5 * STATE_BITS)) | ((((mask >> 5) * HALF_SPREAD) >> 4) & HALF_FEET);
        }
    }

    /// @dev Words go by order: 26 of them hold 256 tasks.
    function _placeOf(TaskId task) private pure returns (uint256 word, uint256 place) {
        uint256 id = TaskId.unwrap(task);
        uint256 index = id & 255;
        word = (id - index) | (index / 10);
        place = 9 - index % 10;
    }

    function _halfShift(uint256 id) private pure returns (uint256) {
        return (id & 15) * 16;
    }
}
