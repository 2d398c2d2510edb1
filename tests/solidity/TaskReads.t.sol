// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAccessManager} from "@openzeppelin/contracts/access/manager/IAccessManager.sol";

import {WorkOrders} from "contracts/WorkOrders.sol";
import {IOverrides} from "contracts/interfaces/IOverrides.sol";
import {IWorkOrders} from "contracts/interfaces/IWorkOrders.sol";
import {OrderId, TaskId} from "contracts/types/Ids.sol";
import {OnFailure, Status} from "contracts/types/Work.sol";

import {Packing} from "./Packing.sol";
import {PlantFixture} from "./PlantFixture.sol";
import {vm} from "./Vm.sol";

/// @notice What is read of tasks, of the plant and of its limits.
contract TaskReadsTest is PlantFixture {
    /* A TASK */

    /// @dev Decided, given to another by a human, run and submitted, then held: nothing is as it was posted.
    function test_task__muchHappened__allIsTold() public {
        TaskId task = _liveThrough();
        IWorkOrders.Task memory expected;
        expected.status = Status.Submitted;
        (expected.worker, expected.inspector) = (SPRAYER, PRESSER);
        (expected.epoch, expected.version) = (4, 2);
        (expected.overridden, expected.held) = (true, true);
        (expected.capability, expected.retries, expected.attempt) = (SPRAY, 63, 1);
        expected.deadline = uint48(block.timestamp) + INSPECT_SECONDS;
        expected.evidence = keccak256("result");
        expected.predecessors = 1;
        (expected.standingWorker, expected.standingInspector) = (SCANNER, PACKER);
        _assertSame(work.task(task), expected);
    }

    function test_task__plantHeld__everyTaskIs() public {
        TaskId task = _postOne();
        IWorkOrders.Task memory expected;
        (expected.status, expected.version, expected.capability) = (Status.Posted, 1, SCAN);
        (expected.epoch, expected.overridden, expected.held) = (2, true, true);
        _holdPlant(true);
        _assertSame(work.task(task), expected);
        vm.assertEq(work.epochOf(task), 2);
        (expected.epoch, expected.overridden, expected.held) = (3, false, false);
        _holdPlant(false);
        _assertSame(work.task(task), expected);
        vm.assertEq(work.epochOf(task), 3);
    }

    function test_task__retried__countsItsAttempts() public {
        Packing.Task memory posted = Packing.aTask();
        (posted.onFailure, posted.retries) = (uint8(OnFailure.Retry), 2);
        TaskId task = _postOne(posted);
        _allocate(task, SCANNER);
        for (uint8 attempt = 1; attempt <= 3; ++attempt) {
            vm.assertEq(uint256(_status(task)), uint256(Status.Allocated));
            _start(task, SCANNER);
            vm.assertEq(work.task(task).attempt, attempt);
            _as(SCANNER);
            work.fail(task, 2);
        }
        vm.assertEq(uint256(_status(task)), uint256(Status.Posted));
    }

    function test_tasks__someOfAnOrder__thoseAlone() public {
        bytes memory tasks;
        for (uint8 i = 0; i < 5; ++i) {
            Packing.Task memory one = Packing.aTask();
            one.retries = i;
            tasks = bytes.concat(tasks, Packing.pack(one));
        }
        OrderId order = _post(tasks);
        IWorkOrders.Task[] memory found = work.tasks(order, 2, 2);
        vm.assertEq(found.length, 2);
        _assertSame(found[0], work.task(_idOf(order, 2)));
        _assertSame(found[1], work.task(_idOf(order, 3)));
        vm.assertEq(found[1].retries, 3);
        vm.assertEq(work.tasks(order, 4, 9).length, 1);
        vm.assertEq(work.tasks(order, 7, 2).length, 0);
        vm.assertEq(work.tasks(order, 1, 0).length, 0);
    }

    function _liveThrough() private returns (TaskId task) {
        Packing.Task memory second = Packing.aTask();
        (second.predecessors, second.capability, second.retries) = (1, SPRAY, 63);
        OrderId order = _post(bytes.concat(Packing.pack(Packing.aTask()), Packing.pack(second)));
        _run(_idOf(order, 0), GLUER);
        _inspect(_idOf(order, 0), PACKER, true);
        task = _idOf(order, 1);
        _allocate(task, SCANNER);
        _execute(_assignment(task, SPRAYER, PRESSER));
        _start(task, SPRAYER);
        _submit(task, SPRAYER);
        _execute(_order(IOverrides.Kind.Hold, task));
    }

    function _assertSame(IWorkOrders.Task memory found, IWorkOrders.Task memory expected) private pure {
        vm.assertEq(abi.encode(found), abi.encode(expected));
    }

    /* THE PLANT */

    function test_setPlantHold__heldAndResumed__toldWithTheEpoch() public {
        vm.expectEmit(address(work));
        emit IWorkOrders.PlantHoldChanged(true, 1);
        _holdPlant(true);
        _assertPlant(0, true, 1);
        vm.expectEmit(address(work));
        emit IWorkOrders.PlantHoldChanged(false, 2);
        _holdPlant(false);
        _postOne();
        _postOne();
        _assertPlant(2, false, 2);
    }

    function test_constructor__limits__areToldAndRead() public {
        IWorkOrders.Limits memory limits = IWorkOrders.Limits(10, 11, 12);
        vm.expectEmit(vm.computeCreateAddress(address(this), vm.getNonce(address(this))));
        emit IWorkOrders.LimitsSet(10, 11, 12);
        WorkOrders other = _withLimits(limits);
        vm.assertEq(other.acknowledgeSeconds(), 10);
        vm.assertEq(other.heartbeatSeconds(), 11);
        vm.assertEq(other.inspectSeconds(), 12);
        vm.assertTrue(address(other.authority()) == address(authority) && address(other.members()) == address(members));
    }

    function test_constructor__nineSeconds__refusedForEachLimit() public {
        bytes memory reason = abi.encodeWithSelector(IWorkOrders.LimitTooShort.selector, 9);
        vm.expectRevert(reason);
        _withLimits(IWorkOrders.Limits(9, 10, 10));
        vm.expectRevert(reason);
        _withLimits(IWorkOrders.Limits(10, 9, 10));
        vm.expectRevert(reason);
        _withLimits(IWorkOrders.Limits(10, 10, 9));
    }

    /// @dev The smallest plant there is: one capability.
    function test_describe__once__isTold() public {
        WorkOrders other = _withLimits(IWorkOrders.Limits(10, 10, 10));
        vm.expectEmit(address(other));
        emit IWorkOrders.PlantDescribed("a small one");
        vm.expectEmit(address(other));
        emit IWorkOrders.ClockStarted(1_700_000_000_000, 60_000);
        other.describe("a small one", 1, 1_700_000_000_000, 60_000);
        vm.assertEq(other.capabilities(), 1);
        vm.expectRevert(abi.encodeWithSelector(IWorkOrders.AlreadySet.selector));
        other.describe("another", 2, 0, 1);
    }

    function _withLimits(IWorkOrders.Limits memory limits) private returns (WorkOrders) {
        return new WorkOrders(IAccessManager(authority), members, address(dao), address(overrides), limits);
    }

    function _holdPlant(bool held) private {
        vm.prank(address(overrides));
        work.setPlantHold(held);
    }

    function _assertPlant(uint24 orders, bool held, uint64 epoch) private view {
        (uint24 foundOrders, bool foundHeld, uint64 foundEpoch) = work.plant();
        vm.assertTrue(foundOrders == orders && foundHeld == held && foundEpoch == epoch);
    }
}
