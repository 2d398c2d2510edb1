// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Tasks} from "contracts/libraries/Tasks.sol";
import {Number, TaskId} from "contracts/types/Ids.sol";
import {OnFailure, Status} from "contracts/types/Work.sol";

/// @notice Ten tasks decided at once, against the rule said of one after the other.
contract DecisionsSymbolic {
    uint256 private constant CELL = (1 << 25) - 1;
    uint256 private constant NUMBER = 1023;
    /// @dev The badge numbers on the roll.
    uint256 private constant FIRST = 3;
    uint256 private constant LAST = 700;

    /// @dev What the rule says of one task: the cell it leaves, zero where the task is not to be decided so.
    function _decided(uint256 cell, uint256 given, uint256 first, uint256 last) private pure returns (uint256) {
        (uint256 version, uint256 lead, uint256 inspector) = (given >> 20, (given >> 10) & NUMBER, given & NUMBER);
        bool open = cell >> 20 == version && version != 0 && version < 15;
        bool led = first <= lead && lead <= last && lead != inspector;
        bool inspected = inspector == 0 || (first <= inspector && inspector <= last);
        return open && led && inspected ? given + (1 << 20) : 0;
    }

    function _cellAt(uint256 cells, uint256 place) private pure returns (uint256) {
        return (cells >> (25 * (9 - place))) & CELL;
    }

    function _at(uint256 cell, uint256 place) private pure returns (uint256) {
        return cell << (25 * (9 - place));
    }

    function check_decide__oneTask__asTheRuleSays(uint256 cells, uint24 given) external pure {
        (uint256 low, uint256 high) = Tasks.within(FIRST, LAST);
        for (uint256 place = 0; place < 10; place += 3) {
            uint256 cell = _decided(_cellAt(cells, place), given, FIRST, LAST);
            uint256 expected = cell == 0 ? 0 : (cells & ~_at(CELL, place)) | _at(cell, place);
            assert(Tasks.decide(cells, 1 << place, _at(given, place), low, high) == expected);
        }
    }

    function check_within__anyRun__findsThatAlone(uint16 first, uint16 last, uint16 lead) external pure {
        if (first == 0 || first > NUMBER || last > NUMBER || lead > NUMBER) return;
        (uint256 low, uint256 high) = Tasks.within(first, last);
        bool decided = Tasks.decide(1 << 245, 1, _at((1 << 20) | (uint256(lead) << 10), 0), low, high) != 0;
        assert(decided == (first <= lead && lead <= last));
    }

    /// @dev What becomes of the cells when tasks 3 and 4 are decided.
    function _bothOrNone(uint256 cells, uint256 one, uint256 other) private pure returns (uint256) {
        uint256 left = _decided(_cellAt(cells, 3), one, FIRST, LAST);
        uint256 right = _decided(_cellAt(cells, 4), other, FIRST, LAST);
        uint256 kept = cells & ~(_at(CELL, 3) | _at(CELL, 4));
        return left == 0 || right == 0 ? 0 : kept | _at(left, 3) | _at(right, 4);
    }

    function check_decide__twoTasks__bothOrNone(uint256 cells, uint24 one, uint24 other) external pure {
        (uint256 low, uint256 high) = Tasks.within(FIRST, LAST);
        uint256 given = _at(one, 3) | _at(other, 4);
        assert(Tasks.decide(cells, 24, given, low, high) == _bothOrNone(cells, one, other));
    }

    function check_decide__aFullWord__onlyAsTheRuleSays(uint256 cells, uint256 given) external pure {
        if ((cells | given) >> 250 != 0) return;
        (uint256 low, uint256 high) = Tasks.within(FIRST, LAST);
        uint256 decided = Tasks.decide(cells, NUMBER, given, low, high);
        if (decided == 0) return;
        for (uint256 place = 0; place < 10; place += 9) {
            assert(_cellAt(decided, place) == _decided(_cellAt(cells, place), _cellAt(given, place), FIRST, LAST));
        }
    }
}

/// @notice Where tasks stand, kept in two tiers.
contract BookSymbolic {
    using Tasks for Tasks.Book;

    Tasks.Book private _book;

    function _isSame(Tasks.Note memory one, Tasks.Note memory other) private pure returns (bool) {
        bool marks = one.overridden == other.overridden && one.held == other.held && one.excludes == other.excludes;
        bool who = one.worker == other.worker && one.inspector == other.inspector;
        bool when = one.version == other.version && one.epoch == other.epoch && one.deadline == other.deadline;
        return one.status == other.status && one.notice == other.notice && marks && who && when
            && one.attempt == other.attempt && one.generation == other.generation;
    }

    function _note(uint256 bits, uint16 worker, uint16 inspector, uint32 version, uint64 epoch, uint48 deadline)
        private
        pure
        returns (Tasks.Note memory note, bool known)
    {
        known = bits & 15 != 0 && bits & 15 <= uint256(type(Status).max) && (bits >> 4) & 3 != 3;
        if (!known) return (note, false);
        note.status = Status(bits & 15);
        note.notice = Tasks.Notice((bits >> 4) & 3);
        note.overridden = (bits >> 6) & 1 == 1;
        note.held = (bits >> 7) & 1 == 1;
        note.excludes = (bits >> 8) & 1 == 1;
        note.attempt = uint8(bits >> 16);
        note.generation = uint32(bits >> 24);
        note.worker = Number.wrap(worker);
        note.inspector = Number.wrap(inspector);
        note.version = version;
        note.epoch = epoch;
        note.deadline = deadline;
    }

    function check_save__anyNote__isFound(
        uint256 bits,
        uint16 worker,
        uint16 inspector,
        uint32 version,
        uint64 epoch,
        uint48 deadline
    ) external {
        (Tasks.Note memory note, bool known) = _note(bits, worker, inspector, version, epoch, deadline);
        if (!known) return;
        _book.words[256].cells = 1 << 245;
        _book.save(TaskId.wrap(256), note);
        assert(_isSame(_book.find(TaskId.wrap(256)), note));
    }

    function check_open__anyTask__readsBack(uint8 capability, uint8 onFailure, uint8 retries) external {
        if (onFailure > uint8(type(OnFailure).max) || retries > 63) return;
        _book.open(TaskId.wrap(256), Tasks.Traits(1, OnFailure.Abort, 63));
        _book.open(TaskId.wrap(257), Tasks.Traits(capability, OnFailure(onFailure), retries));
        Tasks.Traits memory found = _book.traitsOf(TaskId.wrap(257));
        assert(found.capability == capability && uint8(found.onFailure) == onFailure && found.retries == retries);
        assert(_book.find(TaskId.wrap(257)).status == Status.Posted && _book.find(TaskId.wrap(257)).version == 1);
    }
}
