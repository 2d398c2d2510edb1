// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Tasks} from "contracts/libraries/Tasks.sol";
import {Number, TaskId} from "contracts/types/Ids.sol";
import {OnFailure, Status} from "contracts/types/Work.sol";

/// @notice Ten tasks decided at once, against the rule said of one after the other.
contract DecisionsSymbolic {
    using Tasks for Tasks.Book;

    uint256 private constant NUMBER = 1023;
    uint256 private constant PEOPLE = (1 << 20) - 1;
    /// @dev The badge numbers on the roll.
    uint256 private constant FIRST = 3;
    uint256 private constant LAST = 700;

    Tasks.Book private _book;

    /// @dev What the rule says of one task: whether it is decided so.
    function _isSound(uint256 state, uint256 version, uint256 people, uint256 first, uint256 last)
        private
        pure
        returns (bool)
    {
        (uint256 lead, uint256 inspector) = (people >> 10, people & NUMBER);
        bool open = state == version && version != 0 && version < 15;
        bool led = first <= lead && lead <= last && lead != inspector;
        return open && led && (inspector == 0 || (first <= inspector && inspector <= last));
    }

    function _stateAt(uint256 cells, uint256 place) private pure returns (uint256) {
        return (cells >> (245 - 5 * place)) & 31;
    }

    function _peopleAt(uint256 cells, uint256 place) private pure returns (uint256) {
        return (cells >> (180 - 20 * place)) & PEOPLE;
    }

    function _at(uint256 state, uint256 people, uint256 place) private pure returns (uint256) {
        return (state << (245 - 5 * place)) | (people << (180 - 20 * place));
    }

    function check_decide__oneTask__asTheRuleSays(uint256 cells, uint16 version, uint24 given) external pure {
        if (version > 16383 || given > PEOPLE) return;
        (uint256 low, uint256 high) = Tasks.within(FIRST, LAST);
        for (uint256 place = 0; place < 10; place += 3) {
            uint256 kept = cells & ~_at(31, PEOPLE, place);
            bool sound = _isSound(_stateAt(cells, place), version, given, FIRST, LAST);
            uint256 expected = sound ? kept | _at(uint256(version) + 1, given, place) : 0;
            uint256 people = uint256(given) << (180 - 20 * place);
            assert(Tasks.decide(cells, 1 << place, version, people, low, high) == expected);
        }
    }

    function check_within__anyRun__findsThatAlone(uint16 first, uint16 last, uint16 lead) external pure {
        if (first == 0 || first > NUMBER || last > NUMBER || lead > NUMBER) return;
        (uint256 low, uint256 high) = Tasks.within(first, last);
        bool decided = Tasks.decide(1 << 245, 1, 1, uint256(lead) << 190, low, high) != 0;
        assert(decided == (first <= lead && lead <= last));
    }

    /// @dev What becomes of the cells when tasks 3 and 7 are decided: of either half of a word one.
    function _bothOrNone(uint256 cells, uint256 version, uint256 one, uint256 other) private pure returns (uint256) {
        bool left = _isSound(_stateAt(cells, 3), version, one, FIRST, LAST);
        bool right = _isSound(_stateAt(cells, 7), version, other, FIRST, LAST);
        uint256 kept = cells & ~(_at(31, PEOPLE, 3) | _at(31, PEOPLE, 7));
        return left && right ? kept | _at(version + 1, one, 3) | _at(version + 1, other, 7) : 0;
    }

    function check_decide__twoTasks__bothOrNone(uint256 cells, uint8 version, uint24 one, uint24 other) external pure {
        if (one > PEOPLE || other > PEOPLE) return;
        (uint256 low, uint256 high) = Tasks.within(FIRST, LAST);
        uint256 people = (uint256(one) << 120) | (uint256(other) << 40);
        assert(Tasks.decide(cells, 136, version, people, low, high) == _bothOrNone(cells, version, one, other));
    }

    function check_decideTen__anyWord__onlyAsTheRuleSays(uint256 cells, uint256 tens) external {
        if (cells >> 250 != 0) return;
        (uint256 low, uint256 high) = Tasks.within(FIRST, LAST);
        _book.words[tens >> 224].cells = cells;
        bool done = _book.decideTen(tens, low, high);
        uint256 left = _book.words[tens >> 224].cells;
        if (!done) {
            assert(left == cells);
            return;
        }
        uint256 version = (tens >> 200) & 16383;
        assert(uint200(left) == uint200(tens));
        for (uint256 place = 0; place < 10; place += 9) {
            assert(_isSound(_stateAt(cells, place), version, _peopleAt(tens, place), FIRST, LAST));
            assert(_stateAt(left, place) == version + 1);
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
