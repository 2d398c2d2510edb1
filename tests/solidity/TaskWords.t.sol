// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Tasks} from "contracts/libraries/Tasks.sol";
import {Number, TaskId} from "contracts/types/Ids.sol";
import {OnFailure, Status} from "contracts/types/Work.sol";

import {Cells} from "./Cells.sol";
import {vm} from "./Vm.sol";

/// @notice What a word of ten tasks can say, and what it cannot: each edge on its own.
contract TaskWordsTest {
    using Tasks for Tasks.Book;

    /// @dev Of the first ten tasks of order 1.
    uint256 private constant WORD = 256;
    uint256 private constant FIRST = 20;
    uint256 private constant LAST = 600;
    uint256 private constant SOUND = (100 << 10) | 200;

    Tasks.Book private _book;

    /* QUIET TASKS */

    function test_save__whatACellCanSay__staysInItsCell() public {
        uint16[3] memory numbers = [0, 1, 1023];
        for (uint256 i = 0; i < 90; ++i) {
            (uint256 place, uint16 worker, uint16 inspector) = (i / 9, numbers[i % 3], numbers[i / 3 % 3]);
            _assertStaysQuiet(place, _quiet(worker, inspector, 1));
            _assertStaysQuiet(place, _quiet(worker, inspector, 15));
        }
    }

    function test_save__oneThingThatNoCellSays__isNotedAndComesBack() public {
        for (uint256 i = 0; i < 14; ++i) {
            _assertNoted(_spoilt(_quiet(0, 0, 3), i));
            _assertNoted(_spoilt(_quiet(1, 2, 3), i));
        }
    }

    function test_save__anotherStatusThanItsPeopleTell__isNotedAndComesBack() public {
        for (uint8 status = uint8(Status.Posted); status <= uint8(Status.Cancelled); ++status) {
            for (uint16 worker = 0; worker < 3; ++worker) {
                Tasks.Note memory note = _quiet(worker, 0, 3);
                if (note.status == Status(status)) continue;
                note.status = Status(status);
                _assertNoted(note);
            }
        }
    }

    function _assertStaysQuiet(uint256 place, Tasks.Note memory note) private {
        uint256 people = (uint256(Number.unwrap(note.worker)) << 10) | Number.unwrap(note.inspector);
        uint256 before = Cells.ten(15, 0xfffff);
        _book.words[WORD].cells = before;
        _book.save(_task(place), note);
        uint256 others = before & ~Cells.cell(31, 0xfffff, place);
        vm.assertEq(_book.words[WORD].cells, others | Cells.cell(note.version, people, place));
        _assertSame(_book.load(_task(place)), note);
    }

    function _assertNoted(Tasks.Note memory note) private {
        uint256 before = Cells.ten(1, 0);
        _book.words[WORD].cells = before;
        _book.save(_task(4), note);
        vm.assertEq(_book.words[WORD].cells, before | Cells.cell(Cells.NOTED, 0, 4));
        _assertSame(_book.load(_task(4)), note);
    }

    /// @dev One thing at a time, and that as little as can be.
    function _spoilt(Tasks.Note memory note, uint256 how) private pure returns (Tasks.Note memory) {
        if (how == 0) note.notice = Tasks.Notice.Summoned;
        if (how == 1) note.notice = Tasks.Notice.Acknowledged;
        if (how == 2) note.overridden = true;
        if (how == 3) note.held = true;
        if (how == 4) note.excludes = true;
        if (how == 5) note.deadline = 1;
        if (how == 6) note.attempt = 1;
        if (how == 7) note.generation = 1;
        if (how == 8) ++note.epoch;
        if (how == 9) --note.epoch;
        if (how == 10) (note.version, note.epoch) = (16, 16);
        if (how == 11) (note.version, note.epoch) = (0, 0);
        if (how == 12) (note.status, note.worker) = (Status.Allocated, Number.wrap(1024));
        if (how == 13) note.inspector = Number.wrap(1024);
        return note;
    }

    function _quiet(uint16 worker, uint16 inspector, uint32 version) private pure returns (Tasks.Note memory note) {
        note.status = worker == 0 ? Status.Posted : Status.Allocated;
        (note.worker, note.inspector) = (Number.wrap(worker), Number.wrap(inspector));
        (note.version, note.epoch) = (version, version);
    }

    /* TRAITS */

    function test_open__aWholeOrder__eachTaskKeepsItsTraits() public {
        for (uint256 i = 0; i < 256; ++i) {
            _book.open(_task(i), _traits(i));
        }
        for (uint256 i = 0; i < 256; ++i) {
            bytes memory found = abi.encode(_book.traitsOf(_task(i)));
            vm.assertEq(found, abi.encode(_traits(i)));
            _assertSame(_book.load(_task(i)), _quiet(0, 0, 1));
        }
    }

    function _traits(uint256 index) private pure returns (Tasks.Traits memory) {
        return Tasks.Traits(uint8(255 - index), OnFailure(index % 4), uint8((63 - index * 5 % 64)));
    }

    /* DECIDING TEN */

    function test_decide__versions__1To14Alone() public {
        for (uint256 version = 0; version < 33; ++version) {
            uint256 cells = Cells.ten(version & 31, 0x12345);
            _assertDecided(cells, version, Cells.ten(0, SOUND), version > 0 && version < 15);
        }
        _assertDecided(Cells.ten(31, 0), 16383, Cells.ten(0, SOUND), false);
    }

    function test_decide__oneOfAnotherVersionOrNoted__none() public {
        uint256 people = Cells.ten(0, SOUND);
        for (uint256 place = 0; place < 10; ++place) {
            for (uint256 state = 0; state < 32; ++state) {
                uint256 cells = Cells.ten(5, 0) & ~Cells.cell(31, 0, place) | Cells.cell(state, 0, place);
                _assertDecided(cells, 5, people, state == 5);
                _assertDecided(cells, 5, people, 1 << place, state == 5);
                _assertDecided(cells, 5, people, Cells.EVERY ^ (1 << place), true);
            }
        }
    }

    /// @dev The numbers at the edges of those on the roll, and of all there are.
    function test_decide__oneNumberBesideTheRun__none() public {
        uint16[7] memory numbers = [0, 1, 19, 20, 600, 601, 1023];
        for (uint256 place = 0; place < 10; ++place) {
            for (uint256 i = 0; i < numbers.length; ++i) {
                bool on = numbers[i] >= FIRST && numbers[i] <= LAST;
                _assertPeople(place, (uint256(numbers[i]) << 10) | 200, on);
                _assertPeople(place, (uint256(100) << 10) | numbers[i], on || numbers[i] == 0);
            }
        }
    }

    function test_decide__oneInspectsItself__none() public {
        for (uint256 place = 0; place < 10; ++place) {
            for (uint256 number = FIRST; number < LAST; number += 29) {
                _assertPeople(place, (number << 10) | number, false);
                _assertPeople(place, (number << 10) | (number ^ 1), true);
            }
        }
    }

    /// @dev With the people of one task among sound ones, of all ten and of this one alone.
    function _assertPeople(uint256 place, uint256 odd, bool sound) private {
        uint256 cells = Cells.ten(7, 0xfedcb);
        uint256 people = Cells.withPeople(Cells.ten(0, SOUND), odd, place);
        _assertDecided(cells, 7, people, sound);
        _assertDecided(cells, 7, people, 1 << place, sound);
        _assertDecided(cells, 7, people, Cells.EVERY ^ (1 << place), true);
    }

    /// @dev A full word, by itself and as one of any mask.
    function _assertDecided(uint256 cells, uint256 version, uint256 people, bool sound) private {
        _assertDecided(cells, version, people, Cells.EVERY, sound);
        _book.words[WORD].cells = cells;
        (uint256 low, uint256 high) = Tasks.within(FIRST, LAST);
        uint256 tens = (WORD << 224) | (Cells.EVERY << 214) | (version << 200) | people;
        vm.assertTrue(_book.decideTen(tens, low, high) == sound);
        vm.assertEq(_book.words[WORD].cells, sound ? Cells.decided(cells, Cells.EVERY, people) : cells);
    }

    function _assertDecided(uint256 cells, uint256 version, uint256 people, uint256 mask, bool sound) private pure {
        (uint256 low, uint256 high) = Tasks.within(FIRST, LAST);
        people = Cells.only(people, mask);
        uint256 expected = sound ? Cells.decided(cells, mask, people) : 0;
        vm.assertEq(Tasks.decide(cells, mask, version, people, low, high), expected);
    }

    function _task(uint256 index) private pure returns (TaskId) {
        return TaskId.wrap(uint32(WORD | index));
    }

    function _assertSame(Tasks.Note memory note, Tasks.Note memory expected) private pure {
        vm.assertEq(keccak256(abi.encode(note)), keccak256(abi.encode(expected)));
    }
}
