// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Tasks} from "contracts/libraries/Tasks.sol";
import {Number, TaskId} from "contracts/types/Ids.sol";
import {OnFailure, Status} from "contracts/types/Work.sol";

import {Cells} from "./Cells.sol";
import {vm} from "./Vm.sol";

contract TasksTest {
    using Tasks for Tasks.Book;

    uint256 private constant WORD = 256;

    Tasks.Book private _book;
    mapping(uint256 index => Tasks.Note) private _model;

    function testFuzz_save__anyNote__comesBack(uint32 id, uint256 seed) public {
        _book.save(TaskId.wrap(id), _note(seed));
        _assertSame(_book.load(TaskId.wrap(id)), _note(seed));
    }

    /// @dev A whole order: tasks are opened quiet and saved noted in any sequence, and each is what was last written.
    function testFuzz_save__anySequence__eachTaskIsAsLastWritten(uint24 order, uint256[40] memory writes) public {
        for (uint256 i = 0; i < writes.length; ++i) {
            uint256 index = writes[i] & 255;
            bool isNew = _model[index].status == Status.None;
            if (isNew) _openBoth(order, index);
            else _saveBoth(order, index, writes[i] >> 8);
        }
        for (uint256 index = 0; index < 256; ++index) {
            _assertSame(_book.find(_task(order, index)), _model[index]);
        }
    }

    /// @dev Some quiet, then noted, side by side in the words of one order.
    function testFuzz_save__afterAllWereOpened__leavesItsNeighbours(uint24 order, uint256 noted, uint256 seed) public {
        for (uint256 index = 0; index < 256; ++index) {
            _openBoth(order, index);
        }
        for (uint256 index = 0; index < 256; index += 3) {
            if ((noted >> index) & 1 == 1) _saveBoth(order, index, uint256(keccak256(abi.encode(seed, index))));
        }
        for (uint256 index = 0; index < 256; ++index) {
            _assertSame(_book.load(_task(order, index)), _model[index]);
        }
    }

    function testFuzz_find__quietCell__isItsNote(uint32 id, uint16 worker, uint16 inspector, uint8 version) public {
        (worker, inspector, version) = (worker & 1023, inspector & 1023, 1 + version % 15);
        uint256 index = id & 255;
        uint256 people = (uint256(worker) << 10) | inspector;
        _book.words[(id - index) | (index / 10)].cells = Cells.cell(version, people, index % 10);
        Tasks.Note memory expected;
        expected.status = worker == 0 ? Status.Posted : Status.Allocated;
        (expected.worker, expected.inspector) = (Number.wrap(worker), Number.wrap(inspector));
        (expected.version, expected.epoch) = (version, version);
        _assertSame(_book.load(TaskId.wrap(id)), expected);
    }

    /// @dev Ten cells and who is given those of the mask, all sound but for what one oddity does to one of them.
    function testFuzz_decide__oneOddity__allOrNothing(uint256 seed, uint16 mask, uint8 place, uint8 oddity)
        public
        pure
    {
        (mask, place, oddity) = (uint16(1 + mask % 1023), place % 10, oddity % 10);
        (uint256 cells, uint256 people, uint256 version) = _ten(seed, mask, place, oddity);
        (uint256 low, uint256 high) = Tasks.within(20, 600);
        uint256 expected = _isSound(mask, place, oddity) ? Cells.decided(cells, mask, people) : 0;
        vm.assertEq(Tasks.decide(cells, mask, version, people, low, high), expected);
    }

    function testFuzz_decideTen__oneOddity__allOrNothing(uint256 seed, uint8 place, uint8 oddity) public {
        (place, oddity) = (place % 10, oddity % 10);
        (uint256 cells, uint256 people, uint256 version) = _ten(seed, 1023, place, oddity);
        _book.words[WORD].cells = cells;
        (uint256 low, uint256 high) = Tasks.within(20, 600);
        uint256 tens = (WORD << 224) | (1023 << 214) | (version << 200) | people;
        bool sound = _isSound(1023, place, oddity);
        vm.assertTrue(_book.decideTen(tens, low, high) == sound);
        vm.assertEq(_book.words[WORD].cells, sound ? Cells.decided(cells, 1023, people) : cells);
    }

    function _isSound(uint256 mask, uint256 place, uint256 oddity) private pure returns (bool) {
        return oddity < 3 || (oddity != 8 && (mask >> place) & 1 == 0);
    }

    function _ten(uint256 seed, uint256 mask, uint256 place, uint256 oddity)
        private
        pure
        returns (uint256 cells, uint256 people, uint256 version)
    {
        version = oddity == 2 ? 14 : 1 + seed % 14;
        if (oddity == 8) version = [0, 15, 16, 16383][seed % 4];
        for (uint256 i = 0; i < 10; ++i) {
            uint256 random = uint256(keccak256(abi.encode(seed, i)));
            bool isGiven = (mask >> i) & 1 == 1;
            uint256 state = isGiven ? version & 15 : (random >> 100) & 31;
            if (i == place && oddity == 3) state |= 16;
            if (i == place && oddity == 4) state = 1 + version % 15;
            cells |= Cells.cell(state, (random >> 56) & 0xfffff, i);
            if (isGiven) people |= _people(random, i == place ? oddity : 0) << (180 - 20 * i);
        }
    }

    /// @dev Sound: 1 no inspector, 2 the last number and version, all of 20 to 600. Odd: 3 noted, 4 another version, 5 nobody leads,
    ///      6 the lead inspects, 7 a number above those, 8 a version that none has who is quiet, or its last, 9 a number below
    ///      them.
    function _people(uint256 random, uint256 oddity) private pure returns (uint256) {
        uint256 lead = oddity == 2 ? 600 : 20 + (random >> 8) % 581;
        uint256 inspector = 20 + (lead - 19 + (random >> 24) % 580) % 581;
        if (oddity == 1) inspector = 0;
        if (oddity == 5) lead = 0;
        if (oddity == 6) inspector = lead;
        if (oddity == 7 && random >> 255 == 0) lead = 601 + (random >> 40) % 423;
        if (oddity == 7 && random >> 255 == 1) inspector = 601 + (random >> 40) % 423;
        if (oddity == 9 && random >> 255 == 0) lead = 1 + (random >> 40) % 19;
        if (oddity == 9 && random >> 255 == 1) inspector = 1 + (random >> 40) % 19;
        return (lead << 10) | inspector;
    }

    function testFuzz_open__anyTraits__areKept(uint32 id, uint8 capability, uint8 onFailure, uint8 retries) public {
        TaskId task = TaskId.wrap(id);
        OnFailure act = OnFailure(onFailure & 3);
        _book.open(task, Tasks.Traits(capability, act, retries & 63));
        Tasks.Traits memory traits = _book.traitsOf(task);
        vm.assertEq(traits.capability, capability);
        vm.assertEq(uint256(traits.onFailure), uint256(act));
        vm.assertEq(traits.retries, retries & 63);
        _assertSame(_book.load(task), _posted());
    }

    function testFuzz_load__neverPosted__refused(uint32 id) public {
        _assertSame(_book.find(TaskId.wrap(id)), _model[0]);
        vm.expectRevert(abi.encodeWithSelector(Tasks.UnknownTask.selector, id));
        this.load(TaskId.wrap(id));
    }

    function load(TaskId task) external view returns (Tasks.Note memory) {
        return _book.load(task);
    }

    function _openBoth(uint24 order, uint256 index) private {
        _book.open(_task(order, index), Tasks.Traits(1, OnFailure.Human, 0));
        _model[index] = _posted();
    }

    function _saveBoth(uint24 order, uint256 index, uint256 seed) private {
        _book.save(_task(order, index), _note(seed));
        _model[index] = _note(seed);
    }

    function _task(uint24 order, uint256 index) private pure returns (TaskId) {
        return TaskId.wrap((uint32(order) << 8) | uint32(index));
    }

    function _posted() private pure returns (Tasks.Note memory note) {
        (note.status, note.version, note.epoch) = (Status.Posted, 1, 1);
    }

    function _note(uint256 seed) private pure returns (Tasks.Note memory note) {
        note.status = Status(1 + uint8(seed) % uint8(type(Status).max));
        note.notice = Tasks.Notice(uint8(seed >> 8) % 3);
        note.overridden = (seed >> 16) & 1 == 1;
        note.held = (seed >> 17) & 1 == 1;
        note.excludes = (seed >> 18) & 1 == 1;
        note.worker = Number.wrap(uint16(seed >> 20));
        note.inspector = Number.wrap(uint16(seed >> 36));
        note.version = uint32(seed >> 52);
        note.epoch = uint64(seed >> 84);
        note.deadline = uint48(seed >> 148);
        note.attempt = uint8(seed >> 196);
        note.generation = uint32(seed >> 204);
    }

    function _assertSame(Tasks.Note memory note, Tasks.Note memory expected) private pure {
        vm.assertEq(keccak256(abi.encode(note)), keccak256(abi.encode(expected)));
    }
}
