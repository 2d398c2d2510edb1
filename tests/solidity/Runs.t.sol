// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IWorkOrders} from "contracts/interfaces/IWorkOrders.sol";
import {Number, TaskId} from "contracts/types/Ids.sol";
import {Failure, OnFailure, Status} from "contracts/types/Work.sol";

import {Packing} from "./Packing.sol";
import {PlantFixture} from "./PlantFixture.sol";
import {vm} from "./Vm.sol";

/// @notice What each act of a run tells, in a plant that was held and resumed before: epochs are the task's and the
///         plant's together.
contract RunsTest is PlantFixture {
    uint64 private constant PLANT_EPOCH = 2;
    uint64 private constant EPOCH = PLANT_EPOCH + 2;
    uint32 private constant VERSION = 2;

    TaskId private _task;

    function setUp() public override {
        super.setUp();
        _holdPlant(true);
        _holdPlant(false);
        vm.warp(block.timestamp + 1 hours);
        _task = _postOne();
        _allocate(_task, SCANNER);
    }

    /* ONE RUN THAT ENDS WELL */

    function test_poke__idleTask__tellsTheSummons() public {
        vm.expectEmit(address(work));
        emit IWorkOrders.TaskSummoned(_task, SCANNER, uint48(block.timestamp) + ACKNOWLEDGE_SECONDS);
        work.poke(_task);
    }

    function test_acknowledge__assignee__tellsUntilWhenItStarts() public {
        vm.expectEmit(address(work));
        emit IWorkOrders.TaskAcknowledged(_task, SCANNER, uint48(block.timestamp) + HEARTBEAT_SECONDS);
        _as(SCANNER);
        work.acknowledge(_task, EPOCH);
    }

    function test_start__assignee__tellsTheAttempt() public {
        vm.expectEmit(address(work));
        emit IWorkOrders.TaskStarted(_task, SCANNER, EPOCH, 1, uint48(block.timestamp) + HEARTBEAT_SECONDS);
        _as(SCANNER);
        work.start(_task, EPOCH);
    }

    function test_heartbeat__assignee__tellsTheNewDeadline() public {
        _start(_task, SCANNER);
        vm.warp(block.timestamp + 7);
        vm.expectEmit(address(work));
        emit IWorkOrders.HeartbeatSeen(_task, SCANNER, uint48(block.timestamp) + HEARTBEAT_SECONDS);
        _as(SCANNER);
        work.heartbeat(_task, EPOCH);
    }

    function test_submit__assignee__tellsTheResult() public {
        _start(_task, SCANNER);
        uint48 deadline = uint48(block.timestamp) + INSPECT_SECONDS;
        vm.expectEmit(address(work));
        emit IWorkOrders.ResultSubmitted(_task, SCANNER, EPOCH, 100, 1234, keccak256("proof"), deadline);
        _as(SCANNER);
        work.submit(_task, EPOCH, 100, 1234, keccak256("proof"));
    }

    function test_inspect__fullMarks__tellsTheFindings() public {
        _run(_task, SCANNER, SPRAYER);
        address inspector = _account(SPRAYER);
        vm.expectEmit(address(work));
        emit IWorkOrders.TaskAccepted(_task, SCANNER, inspector, 100, keccak256("findings"), false);
        vm.prank(inspector);
        work.inspect(_task, EPOCH + 1, keccak256("result"), true, 100, keccak256("findings"));
    }

    /* ENDS THAT ARE NOT WELL */

    function test_fail__reallocate__tellsThatAnyoneElseMay() public {
        _start(_task, SCANNER);
        _expectReposted(_account(SCANNER), Failure.Reported);
        _as(SCANNER);
        work.fail(_task, EPOCH);
        _assertPeople(NOBODY, NOBODY);
    }

    function test_decline__allocated__tellsThatAnyoneElseMay() public {
        _expectReposted(_account(SCANNER), Failure.Declined);
        _as(SCANNER);
        work.decline(_task, EPOCH);
        _assertPeople(NOBODY, NOBODY);
    }

    function test_inspect__rejected__tellsThatAnyoneElseMay() public {
        _start(_task, SCANNER);
        _submit(_task, SCANNER);
        _expectReposted(_account(PACKER), Failure.Rejected);
        _as(PACKER);
        work.inspect(_task, EPOCH, keccak256("result"), false, 0, 0);
        _assertPeople(NOBODY, NOBODY);
    }

    function test_poke__overdue__tellsWhoPoked() public {
        _start(_task, SCANNER);
        vm.warp(block.timestamp + HEARTBEAT_SECONDS + 1);
        _expectReposted(STRANGER, Failure.Overdue);
        vm.prank(STRANGER);
        work.poke(_task);
    }

    function test_poke__workerGone__tellsWhoPoked() public {
        _start(_task, SCANNER);
        members.suspend(SCANNER);
        _expectReposted(STRANGER, Failure.WorkerGone);
        vm.prank(STRANGER);
        work.poke(_task);
    }

    function test_fail__retry__tellsTheNextVersionOfTheSameRun() public {
        _failAs(OnFailure.Retry, 1, Status.Allocated, VERSION + 1);
    }

    function test_fail__human__tellsThatItWaits() public {
        _failAs(OnFailure.Human, 1, Status.Failed, VERSION);
    }

    function test_fail__abort__tellsThatItWaits() public {
        _failAs(OnFailure.Abort, 1, Status.Failed, VERSION);
    }

    /// @dev How often a run may be tried again is of retries alone.
    function test_fail__reallocateWithRetriesLeft__goesToAnother() public {
        _postTask(OnFailure.Reallocate, 5);
        _expectReposted(_account(SCANNER), Failure.Reported);
        _as(SCANNER);
        work.fail(_task, EPOCH);
    }

    /// @dev Worker, inspector and epoch stay.
    function _failAs(OnFailure onFailure, uint8 retries, Status next, uint32 version) private {
        _postTask(onFailure, retries);
        vm.expectEmit(address(work));
        emit IWorkOrders.TaskFailed(_task, SCANNER, _account(SCANNER), Failure.Reported, next);
        vm.expectEmit(address(work));
        emit IWorkOrders.InForceChanged(_task, EPOCH, version, next, SCANNER, PACKER, false, false);
        _as(SCANNER);
        work.fail(_task, EPOCH);
        _assertPeople(SCANNER, PACKER);
    }

    function _expectReposted(address by, Failure failure) private {
        vm.expectEmit(address(work));
        emit IWorkOrders.TaskFailed(_task, SCANNER, by, failure, Status.Posted);
        vm.expectEmit(address(work));
        emit IWorkOrders.InForceChanged(_task, EPOCH + 1, VERSION + 1, Status.Posted, NOBODY, NOBODY, false, false);
    }

    function test_poke__inspectorSilent__tellsThatAHumanInspects() public {
        _start(_task, SCANNER);
        _submit(_task, SCANNER);
        vm.warp(block.timestamp + INSPECT_SECONDS + 1);
        vm.expectEmit(address(work));
        emit IWorkOrders.InspectionOverdue(_task, PACKER);
        vm.expectEmit(address(work));
        emit IWorkOrders.InForceChanged(_task, EPOCH + 1, VERSION, Status.Submitted, SCANNER, NOBODY, false, false);
        work.poke(_task);
        vm.assertEq(work.task(_task).deadline, 0);
    }

    /* WHAT IS REFUSED */

    function test_inspect__aThirdMember__refused() public {
        _start(_task, SCANNER);
        _submit(_task, SCANNER);
        _as(PRESSER);
        vm.expectRevert(abi.encodeWithSelector(IWorkOrders.NotTheInspector.selector, _task, PACKER, PRESSER));
        work.inspect(_task, EPOCH, keccak256("result"), true, 1, 0);
    }

    /// @dev Even were it named as its own inspector.
    function test_inspect__ownResult__refused() public {
        vm.prank(address(overrides));
        work.setInForce(_task, IWorkOrders.Control(true, false, true, true, SCANNER, SCANNER));
        _start(_task, SCANNER);
        _submit(_task, SCANNER);
        _as(SCANNER);
        vm.expectRevert(abi.encodeWithSelector(IWorkOrders.NotTheInspector.selector, _task, SCANNER, SCANNER));
        work.inspect(_task, EPOCH + 1, keccak256("result"), true, 1, 0);
    }

    function test_acts__taskOrPlantHeld__refused() public {
        _control(true);
        _refusedActs(EPOCH + 1);
        _control(false);
        _holdPlant(true);
        _refusedActs(EPOCH + 3);
    }

    function _refusedActs(uint64 epoch) private {
        bytes[7] memory acts = [
            abi.encodeCall(work.acknowledge, (_task, epoch)),
            abi.encodeCall(work.decline, (_task, epoch)),
            abi.encodeCall(work.start, (_task, epoch)),
            abi.encodeCall(work.heartbeat, (_task, epoch)),
            abi.encodeCall(work.submit, (_task, epoch, 1, 1, keccak256("result"))),
            abi.encodeCall(work.fail, (_task, epoch)),
            abi.encodeCall(work.poke, (_task))
        ];
        for (uint256 i = 0; i < acts.length; ++i) {
            _as(SCANNER);
            (bool done, bytes memory reason) = address(work).call(acts[i]);
            vm.assertFalse(done);
            vm.assertEq(reason, abi.encodeWithSelector(IWorkOrders.Held.selector, _task));
        }
    }

    /* BUILDING */

    function _postTask(OnFailure onFailure, uint8 retries) private {
        Packing.Task memory task = Packing.aTask();
        (task.onFailure, task.retries) = (uint8(onFailure), retries);
        _task = _postOne(task);
        _allocate(_task, SCANNER);
        _start(_task, SCANNER);
    }

    function _run(TaskId task, Number worker, Number inspector) private {
        _decide(_planFor(task, worker, inspector));
        _start(task, worker);
        _submit(task, worker);
    }

    function _holdPlant(bool held) private {
        vm.prank(address(overrides));
        work.setPlantHold(held);
    }

    /// @dev A human's hold of the task, or its end.
    function _control(bool held) private {
        vm.prank(address(overrides));
        work.setInForce(_task, IWorkOrders.Control(held, held, false, false, NOBODY, NOBODY));
    }

    function _assertPeople(Number worker, Number inspector) private view {
        IWorkOrders.Task memory found = work.task(_task);
        vm.assertTrue(found.worker == worker && found.inspector == inspector);
    }
}
