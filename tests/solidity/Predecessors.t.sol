// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IWorkOrders} from "contracts/interfaces/IWorkOrders.sol";
import {OrderId, TaskId} from "contracts/types/Ids.sol";

import {Packing} from "./Packing.sol";
import {PlantFixture} from "./PlantFixture.sol";
import {vm} from "./Vm.sol";

/// @notice Which tasks must be done before which: those of the same order, wherever they stand in it.
contract PredecessorsTest is PlantFixture {
    TaskId private _task;

    function test_acknowledge__unready__refused() public {
        bytes memory one = Packing.pack(Packing.aTask());
        Packing.Task memory second = Packing.aTask();
        second.predecessors = 1;
        _task = _idOf(_post(bytes.concat(one, Packing.pack(second))), 1);
        _allocate(_task, SCANNER);
        _as(SCANNER);
        vm.expectRevert(abi.encodeWithSelector(IWorkOrders.NotReady.selector, _task, 1));
        work.acknowledge(_task, 2);
    }

    /// @dev What was done in an order says nothing of those beside it.
    function test_start__sameTaskOfAnotherOrderDone__notReady() public {
        Packing.Task memory second = Packing.aTask();
        second.predecessors = 1;
        bytes memory tasks = bytes.concat(Packing.pack(Packing.aTask()), Packing.pack(second));
        TaskId[6] memory firsts;
        for (uint256 i = 0; i < firsts.length; ++i) {
            firsts[i] = _idOf(_post(tasks), 0);
            _task = TaskId.wrap(TaskId.unwrap(firsts[i]) + 1);
            _allocate(_task, SCANNER);
            _run(firsts[i], SPRAYER);
            _refusedStart();
            _inspect(firsts[i], PACKER, true);
        }
        for (uint256 i = 0; i < firsts.length; ++i) {
            _start(TaskId.wrap(TaskId.unwrap(firsts[i]) + 1), SCANNER);
        }
    }

    function _refusedStart() private {
        _as(SCANNER);
        vm.expectRevert(abi.encodeWithSelector(IWorkOrders.NotReady.selector, _task, 1));
        work.start(_task, 2);
    }

    /// @dev From the first to the last of the longest order.
    function test_start__farPredecessors__eachCounts() public {
        bytes memory tasks;
        for (uint256 i = 0; i < 255; ++i) {
            tasks = bytes.concat(tasks, Packing.pack(Packing.aTask()));
        }
        Packing.Task memory last = Packing.aTask();
        last.predecessors = 1 | (1 << 127) | (1 << 254);
        OrderId order = _post(bytes.concat(tasks, Packing.pack(last)));
        uint8[3] memory before = [0, 127, 254];
        for (uint256 i = 0; i < before.length; ++i) {
            _run(_idOf(order, before[i]), SPRAYER);
            _inspect(_idOf(order, before[i]), PACKER, true);
        }
        _allocate(_idOf(order, 255), SCANNER);
        _start(_idOf(order, 255), SCANNER);
    }
}
