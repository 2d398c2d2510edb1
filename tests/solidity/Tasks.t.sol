// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Tasks} from "contracts/libraries/Tasks.sol";
import {Number, TaskId} from "contracts/types/Ids.sol";
import {OnFailure, Status} from "contracts/types/Work.sol";

import {vm} from "./Vm.sol";

contract TasksTest {
    using Tasks for Tasks.Book;

    Tasks.Book private _book;

    function testFuzz_save__anyCell__comesBack(uint32 id, uint256 seed) public {
        Tasks.Cell memory cell = _cell(seed);
        _book.save(TaskId.wrap(id), cell);
        _assertSame(_book.load(TaskId.wrap(id)), cell);
    }

    function testFuzz_save__anyCell__leavesItsNeighbours(uint32 id, uint256[8] memory seeds, uint256 change) public {
        uint32 first = id & ~uint32(7);
        for (uint32 i = 0; i < 8; ++i) {
            _book.save(TaskId.wrap(first + i), _cell(seeds[i]));
        }
        seeds[id & 7] = change;
        _book.save(TaskId.wrap(id), _cell(change));
        for (uint32 i = 0; i < 8; ++i) {
            _assertSame(_book.load(TaskId.wrap(first + i)), _cell(seeds[i]));
        }
    }

    function testFuzz_save__countersOutgrowTheirBits__carryOn(uint64 epoch, uint32 version) public {
        TaskId task = TaskId.wrap(257);
        Tasks.Cell memory cell = Tasks.Cell(Status.Posted, Number.wrap(0), version % 120, epoch % 250, true, true);
        for (uint256 i = 0; i < 20; ++i) {
            _book.save(task, cell);
            _assertSame(_book.load(task), cell);
            ++cell.version;
            ++cell.epoch;
        }
    }

    function testFuzz_setInspector__anyone__leavesItsNeighbours(uint32 id, uint16 who, uint16 beside) public {
        TaskId task = TaskId.wrap(id);
        TaskId neighbour = TaskId.wrap(id ^ 1);
        _book.setInspector(neighbour, Number.wrap(beside));
        _book.setInspector(task, Number.wrap(who));
        vm.assertEq(Number.unwrap(_book.inspectorOf(task)), who);
        vm.assertEq(Number.unwrap(_book.inspectorOf(neighbour)), beside);
    }

    function testFuzz_open__anyTraits__areKept(uint32 id, uint8 capability, uint8 onFailure, uint8 retries) public {
        TaskId task = TaskId.wrap(id);
        OnFailure act = OnFailure(onFailure & 3);
        _book.open(task, Tasks.Traits(capability, act, retries & 63));
        Tasks.Traits memory traits = _book.traitsOf(task);
        vm.assertEq(traits.capability, capability);
        vm.assertEq(uint256(traits.onFailure), uint256(act));
        vm.assertEq(traits.retries, retries & 63);
        _assertSame(_book.load(task), Tasks.Cell(Status.Posted, Number.wrap(0), 1, 1, false, false));
    }

    function testFuzz_load__neverPosted__refused(uint32 id) public {
        vm.expectRevert(abi.encodeWithSelector(Tasks.UnknownTask.selector, id));
        this.load(TaskId.wrap(id));
    }

    function load(TaskId task) external view returns (Tasks.Cell memory) {
        return _book.load(task);
    }

    function _cell(uint256 seed) private pure returns (Tasks.Cell memory cell) {
        cell.status = Status(1 + uint8(seed) % uint8(type(Status).max));
        cell.worker = Number.wrap(uint16(seed >> 8) & 1023);
        cell.version = uint32(seed >> 24);
        cell.epoch = uint64(seed >> 56);
        cell.overridden = (seed >> 120) & 1 == 1;
        cell.held = (seed >> 121) & 1 == 1;
    }

    function _assertSame(Tasks.Cell memory cell, Tasks.Cell memory expected) private pure {
        vm.assertEq(keccak256(abi.encode(cell)), keccak256(abi.encode(expected)));
    }
}
