// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IOverrides} from "contracts/interfaces/IOverrides.sol";
import {IWorkOrders} from "contracts/interfaces/IWorkOrders.sol";
import {Number, OrderId, TaskId} from "contracts/types/Ids.sol";
import {Failure, OnFailure, Status} from "contracts/types/Work.sol";

import {Packing} from "./Packing.sol";
import {PlantFixture} from "./PlantFixture.sol";
import {vm} from "./Vm.sol";

/// @notice What a human's word makes of a task, and what of it is told.
contract VerdictsTest is PlantFixture {
    TaskId private _task;

    function setUp() public override {
        super.setUp();
        _task = _postOne();
    }

    /* ACCEPTED, OR TO BE DONE AGAIN */

    function test_rework__submitted__toldAndOnRecord() public {
        _run(_task, SCANNER);
        vm.expectEmit(address(work));
        emit IWorkOrders.TaskFailed(_task, SCANNER, supervisor, Failure.Rejected, Status.Rework);
        _expectInForce(2, 2, Status.Rework, SCANNER, PACKER);
        _judge(false);
        vm.assertEq(members.record(SCANNER, SCAN).failed, 1);
        vm.assertEq(members.record(SCANNER, SCAN).done, 0);
    }

    function test_accept__reworked__toldAndItsSuccessorIsReady() public {
        Packing.Task memory second = Packing.aTask();
        second.predecessors = 1;
        OrderId order = _post(bytes.concat(Packing.pack(Packing.aTask()), Packing.pack(second)));
        _task = _idOf(order, 0);
        _run(_task, SCANNER);
        _judge(false);
        vm.expectEmit(address(work));
        emit IWorkOrders.TaskReworked(_task, SCANNER, supervisor);
        _judge(true);
        _assertStatus(Status.Reworked);
        vm.assertEq(members.record(SCANNER, SCAN).done, 0);
        _allocate(_idOf(order, 1), SCANNER);
        _start(_idOf(order, 1), SCANNER);
    }

    function test_accept__failedTask__isReworkedByTheHuman() public {
        _failToAHuman();
        vm.expectEmit(address(work));
        emit IWorkOrders.TaskReworked(_task, SCANNER, supervisor);
        _judge(true);
        _assertStatus(Status.Reworked);
    }

    function test_accept__submitted__growsTheRecord() public {
        _run(_task, SCANNER);
        vm.expectEmit(address(work));
        emit IWorkOrders.TaskAccepted(_task, SCANNER, supervisor, 0, keccak256("result"), true);
        _judge(true);
        vm.assertEq(members.record(SCANNER, SCAN).done, 1);
        _refusedVerdicts(Status.Accepted);
    }

    function test_rework__whatWaitsAlready__refused() public {
        _failToAHuman();
        _refusedVerdict(false, Status.Failed);
        _task = _postOne();
        _run(_task, SCANNER);
        _judge(false);
        _refusedVerdict(false, Status.Rework);
    }

    function test_judge__noResultYet__refused() public {
        _refusedVerdicts(Status.Posted);
        _allocate(_task, SCANNER);
        _refusedVerdicts(Status.Allocated);
        _start(_task, SCANNER);
        _refusedVerdicts(Status.Started);
    }

    function _refusedVerdicts(Status status) private {
        _refusedVerdict(true, status);
        _refusedVerdict(false, status);
    }

    function _refusedVerdict(bool accepted, Status status) private {
        vm.expectRevert(abi.encodeWithSelector(IWorkOrders.WrongStatus.selector, _task, status));
        _judge(accepted);
    }

    /* POSTED ANEW */

    function test_requeue__allocated__toldAsOverridden() public {
        _allocate(_task, SCANNER);
        vm.expectEmit(address(work));
        emit IWorkOrders.TaskFailed(_task, SCANNER, supervisor, Failure.Overridden, Status.Posted);
        _expectInForce(3, 3, Status.Posted, NOBODY, NOBODY);
        _requeue();
        vm.assertTrue(work.task(_task).inspector == NOBODY);
        vm.assertEq(members.record(SCANNER, SCAN).failed, 0);
    }

    function test_requeue__triedBefore__countsAttemptsAnew() public {
        Packing.Task memory posted = Packing.aTask();
        (posted.onFailure, posted.retries) = (uint8(OnFailure.Retry), 1);
        _task = _postOne(posted);
        for (uint256 round = 0; round < 2; ++round) {
            _allocate(_task, SCANNER);
            _startAndFail();
            _assertStatus(Status.Allocated);
            vm.assertEq(work.task(_task).attempt, 1);
            _requeue();
            vm.assertEq(work.task(_task).attempt, 0);
        }
    }

    function test_requeue__runningSubmittedOrFinished__refused() public {
        _allocate(_task, SCANNER);
        _start(_task, SCANNER);
        _refusedRequeue(Status.Started);
        _submit(_task, SCANNER);
        _refusedRequeue(Status.Submitted);
        _judge(false);
        _judge(true);
        _refusedRequeue(Status.Reworked);
        _task = _postOne();
        _run(_task, SCANNER);
        _inspect(_task, PACKER, true);
        _refusedRequeue(Status.Accepted);
        _task = _postOne();
        _cancel();
        _refusedRequeue(Status.Cancelled);
    }

    /// @dev A stop of the worker whom a human named comes to the fore with the human's slot gone.
    function test_requeue__stoppedAndNobodys__raisesTheEpoch() public {
        _execute(_assignment(_task, SPRAYER, PACKER));
        _as(SPRAYER);
        overrides.safeStop(_task, true);
        _execute(_order(IOverrides.Kind.Release, _task));
        IWorkOrders.Task memory found = work.task(_task);
        vm.assertTrue(found.worker == NOBODY && found.held && !found.overridden);
        _expectInForce(found.epoch + 1, found.version + 1, Status.Posted, NOBODY, NOBODY);
        _requeue();
    }

    function _refusedRequeue(Status status) private {
        vm.expectRevert(abi.encodeWithSelector(IWorkOrders.WrongStatus.selector, _task, status));
        _requeue();
    }

    /* CANCELLED */

    function test_cancel__anyUnfinished__toldAtTheNextEpochAndVersion() public {
        _expectCancelled(2, 2, NOBODY, NOBODY);
        _cancel();
        _task = _postOne();
        _allocate(_task, SCANNER);
        _expectCancelled(3, 3, SCANNER, PACKER);
        _cancel();
        vm.expectRevert(abi.encodeWithSelector(IWorkOrders.WrongStatus.selector, _task, Status.Cancelled));
        _cancel();
    }

    function _expectCancelled(uint64 epoch, uint32 version, Number worker, Number inspector) private {
        vm.expectEmit(address(work));
        emit IWorkOrders.TaskCancelled(_task, supervisor);
        _expectInForce(epoch, version, Status.Cancelled, worker, inspector);
    }

    /* IN FORCE */

    function test_setInForce__named__isTold() public {
        vm.expectEmit(address(work));
        emit IWorkOrders.InForceChanged(_task, 2, 1, Status.Allocated, SPRAYER, PRESSER, true, false);
        vm.prank(address(overrides));
        work.setInForce(_task, IWorkOrders.Control(true, false, true, true, SPRAYER, PRESSER));
    }

    /// @dev What is in force is the same task, held as before; but a human's word now, not the worker's own.
    function test_hold__stoppedByItsWorker__isANewValueAndSoIsItsEnd() public {
        _allocate(_task, SCANNER);
        _as(SCANNER);
        overrides.safeStop(_task, true);
        _assertControl(3, false, true);
        _execute(_order(IOverrides.Kind.Hold, _task));
        _assertControl(4, true, true);
        IOverrides.Order memory release = _order(IOverrides.Kind.Release, _task);
        release.level = 7;
        _execute(release);
        _assertControl(5, false, true);
    }

    function test_setInForce__submittedAndGivenToAnother__theRunFailedByTheOverride() public {
        _run(_task, SCANNER);
        vm.expectEmit(address(work));
        emit IWorkOrders.TaskFailed(_task, SCANNER, address(overrides), Failure.Overridden, Status.Posted);
        _expectOverridden(3, 3, Status.Posted, NOBODY, NOBODY);
        vm.prank(address(overrides));
        work.setInForce(_task, IWorkOrders.Control(true, false, true, true, NOBODY, NOBODY));
    }

    /// @dev Nobody is no one to start again with.
    function test_setInForce__failedAndNobodyNamed__waitsOn() public {
        _failToAHuman();
        _expectOverridden(3, 2, Status.Failed, SCANNER, PACKER);
        vm.prank(address(overrides));
        work.setInForce(_task, IWorkOrders.Control(true, false, true, true, NOBODY, NOBODY));
    }

    function test_poke__slotEndsAfterTheTask__leavesWhatWasDone() public {
        _execute(_assignment(_task, SPRAYER, PACKER));
        _start(_task, SPRAYER);
        _submit(_task, SPRAYER);
        _inspect(_task, PACKER, true);
        vm.warp(block.timestamp + 1 hours + 1);
        _expectInForce(3, 1, Status.Accepted, SPRAYER, PACKER);
        overrides.poke(IOverrides.Subject.Task, TaskId.unwrap(_task), 8);
        _assertControl(3, false, false);
    }

    /* BUILDING */

    function _judge(bool accepted) private {
        vm.prank(address(overrides));
        work.judge(_task, accepted, supervisor);
    }

    function _requeue() private {
        vm.prank(address(overrides));
        work.requeue(_task, supervisor, false);
    }

    function _cancel() private {
        vm.prank(address(overrides));
        work.cancel(_task, supervisor);
    }

    function _startAndFail() private {
        _start(_task, SCANNER);
        uint64 epoch = _epoch(_task);
        _as(SCANNER);
        work.fail(_task, epoch);
    }

    function _failToAHuman() private {
        Packing.Task memory posted = Packing.aTask();
        posted.onFailure = uint8(OnFailure.Human);
        _task = _postOne(posted);
        _allocate(_task, SCANNER);
        _startAndFail();
        _assertStatus(Status.Failed);
    }

    function _expectInForce(uint64 epoch, uint32 version, Status status, Number worker, Number inspector) private {
        vm.expectEmit(address(work));
        emit IWorkOrders.InForceChanged(_task, epoch, version, status, worker, inspector, false, false);
    }

    function _expectOverridden(uint64 epoch, uint32 version, Status status, Number worker, Number inspector) private {
        vm.expectEmit(address(work));
        emit IWorkOrders.InForceChanged(_task, epoch, version, status, worker, inspector, true, false);
    }

    function _assertStatus(Status expected) private view {
        vm.assertEq(uint256(_status(_task)), uint256(expected));
    }

    function _assertControl(uint64 epoch, bool overridden, bool held) private view {
        IWorkOrders.Task memory found = work.task(_task);
        vm.assertEq(found.epoch, epoch);
        vm.assertTrue(found.overridden == overridden && found.held == held);
    }
}
