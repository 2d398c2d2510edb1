// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Number, TaskId} from "../types/Ids.sol";
import {OnFailure, Status} from "../types/Work.sol";

/// @title Tasks
/// @notice Keeps the state of tasks packed, eight a word, non-zero from their posting on.
/// @dev 32 bits a task, from the low end: status 4 | worker 10 | version 7 | epoch 8 | overridden | held | carried.
///      Counters that outgrow their bits carry on in `carries`; `carried` says so.
library Tasks {
    struct Cell {
        Status status;
        Number worker;
        uint32 version;
        uint64 epoch;
        bool overridden;
        bool held;
    }

    struct Carry {
        uint64 epoch;
        uint32 version;
    }

    /// @dev What a task is by its posting: 16 bits, sixteen tasks a word.
    struct Traits {
        uint8 capability;
        OnFailure onFailure;
        uint8 retries;
    }

    struct Book {
        mapping(uint256 index => uint256) cells;
        mapping(uint256 index => uint256) inspectors;
        mapping(uint256 index => uint256) traits;
        mapping(TaskId task => Carry) carries;
    }

    uint256 private constant VERSION_BITS = 7;
    uint256 private constant EPOCH_BITS = 8;

    /// @notice There is no such task.
    error UnknownTask(TaskId task);

    /// @notice A task's cell; reverts where there is no task.
    function load(Book storage self, TaskId task) internal view returns (Cell memory cell) {
        uint256 id = TaskId.unwrap(task);
        cell = _unpack(self, task, self.cells[id >> 3] >> _cellShift(id));
        if (cell.status == Status.None) revert UnknownTask(task);
    }

    /// @notice Writes a task's cell.
    function save(Book storage self, TaskId task, Cell memory cell) internal {
        uint256 id = TaskId.unwrap(task);
        uint256 shift = _cellShift(id);
        uint256 word = self.cells[id >> 3];
        self.cells[id >> 3] = (word & ~(uint256(type(uint32).max) << shift)) | (_pack(self, task, cell) << shift);
    }

    /// @notice Who inspects a task, zero for a human.
    function inspectorOf(Book storage self, TaskId task) internal view returns (Number) {
        uint256 id = TaskId.unwrap(task);
        return Number.wrap(uint16(self.inspectors[id >> 4] >> _halfShift(id)));
    }

    /// @notice Names who inspects a task.
    function setInspector(Book storage self, TaskId task, Number who) internal {
        _setHalf(self.inspectors, TaskId.unwrap(task), Number.unwrap(who));
    }

    /// @notice What the task was posted as.
    function traitsOf(Book storage self, TaskId task) internal view returns (Traits memory result) {
        uint256 id = TaskId.unwrap(task);
        uint256 half = uint16(self.traits[id >> 4] >> _halfShift(id));
        result.capability = uint8(half);
        result.onFailure = OnFailure((half >> 8) & 3);
        result.retries = uint8(half >> 10);
    }

    /// @notice Writes a new task: posted, epoch 1, version 1.
    function open(Book storage self, TaskId task, Traits memory posted) internal {
        save(self, task, Cell(Status.Posted, Number.wrap(0), 1, 1, false, false));
        uint256 half = posted.capability | (uint256(posted.onFailure) << 8) | (uint256(posted.retries) << 10);
        _setHalf(self.traits, TaskId.unwrap(task), uint16(half));
    }

    function _setHalf(mapping(uint256 => uint256) storage halves, uint256 id, uint16 value) private {
        uint256 shift = _halfShift(id);
        halves[id >> 4] = (halves[id >> 4] & ~(uint256(type(uint16).max) << shift)) | (uint256(value) << shift);
    }

    function _unpack(Book storage self, TaskId task, uint256 bits) private view returns (Cell memory cell) {
        cell.status = Status(bits & 15);
        cell.worker = Number.wrap(uint16((bits >> 4) & 1023));
        cell.version = uint32((bits >> 14) & 127);
        cell.epoch = uint64((bits >> 21) & 255);
        cell.overridden = (bits >> 29) & 1 == 1;
        cell.held = (bits >> 30) & 1 == 1;
        if ((bits >> 31) & 1 == 1) {
            Carry memory carry = self.carries[task];
            cell.version |= carry.version << uint32(VERSION_BITS);
            cell.epoch |= carry.epoch << uint64(EPOCH_BITS);
        }
    }

    function _pack(Book storage self, TaskId task, Cell memory cell) private returns (uint256 bits) {
        Carry memory carry = Carry(cell.epoch >> EPOCH_BITS, cell.version >> VERSION_BITS);
        bool carried = carry.epoch != 0 || carry.version != 0;
        if (carried) self.carries[task] = carry;
        bits = uint256(cell.status) | (uint256(Number.unwrap(cell.worker)) << 4);
        bits |= (uint256(cell.version) & 127) << 14;
        bits |= (uint256(cell.epoch) & 255) << 21;
        bits |= uint256(cell.overridden ? 1 : 0) << 29;
        bits |= uint256(cell.held ? 1 : 0) << 30;
        bits |= uint256(carried ? 1 : 0) << 31;
    }

    function _cellShift(uint256 id) private pure returns (uint256) {
        return (id & 7) * 32;
    }

    function _halfShift(uint256 id) private pure returns (uint256) {
        return (id & 15) * 16;
    }
}
