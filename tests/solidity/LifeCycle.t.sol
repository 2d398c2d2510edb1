// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IMembers} from "contracts/interfaces/IMembers.sol";
import {IOverrides} from "contracts/interfaces/IOverrides.sol";
import {IWorkOrders} from "contracts/interfaces/IWorkOrders.sol";
import {Number, OrderId, TaskId} from "contracts/types/Ids.sol";
import {Failure, OnFailure, Status} from "contracts/types/Work.sol";

import {Packing} from "./Packing.sol";
import {PlantFixture} from "./PlantFixture.sol";
import {vm} from "./Vm.sol";

/// @notice The edges of a run's life cycle, without a human.
contract LifeCycleTest is PlantFixture {
    TaskId private _task;

    function setUp() public override {
        super.setUp();
        _task = _postOne();
    }

    /* START */

    function test_start__unreadyTask__refusedUntilItsPredecessorsAreAccepted() public {
        Packing.Task memory second = Packing.aTask();
        second.predecessors = 1;
        OrderId order = _post(bytes.concat(Packing.pack(Packing.aTask()), Packing.pack(second)));
        _task = _idOf(order, 1);
        _allocate(_task, SCANNER);
        _refusedStart(SCANNER, 2, abi.encodeWithSelector(IWorkOrders.NotReady.selector, _task, 1));
        _run(_idOf(order, 0), SPRAYER);
        _refusedStart(SCANNER, 2, abi.encodeWithSelector(IWorkOrders.NotReady.selector, _task, 1));
        _inspect(_idOf(order, 0), PACKER, true);
        _start(_task, SCANNER);
    }

    function test_start__manyPredecessors__eachCounts() public {
        bytes memory one = Packing.pack(Packing.aTask());
        Packing.Task memory last = Packing.aTask();
        last.predecessors = 3;
        OrderId order = _post(bytes.concat(one, one, Packing.pack(last)));
        _task = _idOf(order, 2);
        _allocate(_task, SCANNER);
        for (uint256 i = 0; i < 2; ++i) {
            uint256 missing = 3 << i & 3;
            _refusedStart(SCANNER, 2, abi.encodeWithSelector(IWorkOrders.NotReady.selector, _task, missing));
            _run(_idOf(order, i), SPRAYER);
            _inspect(_idOf(order, i), PACKER, true);
        }
        _start(_task, SCANNER);
    }

    function test_start__notAllocated__refused() public {
        _refusedStart(SCANNER, 1, abi.encodeWithSelector(IWorkOrders.WrongStatus.selector, _task, Status.Posted));
    }

    function test_start__another__refused() public {
        _allocate(_task, SCANNER);
        _refusedStart(SPRAYER, 2, abi.encodeWithSelector(IWorkOrders.NotTheAssignee.selector, _task, SCANNER, SPRAYER));
    }

    function testFuzz_start__otherEpoch__fenced(uint64 epoch) public {
        _allocate(_task, SCANNER);
        if (epoch == 2) ++epoch;
        _refusedStart(SCANNER, epoch, abi.encodeWithSelector(IWorkOrders.Fenced.selector, _task, 2, epoch));
    }

    function test_start__suspendedWorker__refused() public {
        _allocate(_task, SCANNER);
        members.suspend(SCANNER);
        bytes memory reason =
            abi.encodeWithSelector(IMembers.WrongStanding.selector, SCANNER, IMembers.Standing.Suspended);
        _refusedStart(SCANNER, 2, reason);
    }

    function test_start__lacksTheCapability__refusedUnlessAHumanNamedIt() public {
        Number fetcher = _allocateToIncapable();
        _refusedStart(fetcher, 2, abi.encodeWithSelector(IWorkOrders.NotCapable.selector, fetcher, SCAN));
        IOverrides.Order memory order = _assignment(_task, fetcher, PACKER);
        order.payload = bytes.concat(order.payload, "it can, I saw it");
        _execute(order);
        _start(_task, fetcher);
        _assertStatus(Status.Started);
    }

    function test_acknowledge__lacksTheCapability__refused() public {
        Number fetcher = _allocateToIncapable();
        _as(fetcher);
        vm.expectRevert(abi.encodeWithSelector(IWorkOrders.NotCapable.selector, fetcher, SCAN));
        work.acknowledge(_task, 2);
    }

    function test_poke__lacksTheCapability__reallocatedAtOnceWithoutBlame() public {
        Number fetcher = _allocateToIncapable();
        work.poke(_task);
        _assertStatus(Status.Posted);
        vm.assertFalse(work.isExcluded(_task, fetcher));
        vm.assertEq(members.record(fetcher, SCAN).failed, 0);
    }

    function test_poke__lacksTheCapabilityUnderAHumansSlot__summoned() public {
        Number fetcher = _allocateToIncapable();
        IOverrides.Order memory order = _assignment(_task, fetcher, PACKER);
        order.payload = bytes.concat(order.payload, "it can, I saw it");
        _execute(order);
        vm.expectEmit(address(work));
        emit IWorkOrders.TaskSummoned(_task, fetcher, uint48(block.timestamp) + ACKNOWLEDGE_SECONDS);
        work.poke(_task);
    }

    /// @dev More attempts than are counted: the count stays, the task goes on.
    function test_start__256thTime__stillStarts() public {
        _allocate(_task, SCANNER);
        for (uint256 i = 0; i < 256; ++i) {
            _execute(_assignment(_task, i % 2 == 0 ? SPRAYER : GLUER, PACKER));
            _start(_task, i % 2 == 0 ? SPRAYER : GLUER);
        }
        vm.assertEq(work.task(_task).attempt, 255);
    }

    /// @dev In another's place, so that three votes still pass.
    function _allocateToIncapable() private returns (Number fetcher) {
        members.suspend(PRESSER);
        fetcher = members.admit(_account(Number.wrap(7)), IMembers.Kind.Digital, _bit(3), "{}");
        _allocate(_task, fetcher);
    }

    /* SUBMIT AND INSPECT */

    function test_submit__gradeOver100OrNoEvidence__refused() public {
        _allocate(_task, SCANNER);
        _start(_task, SCANNER);
        _as(SCANNER);
        vm.expectRevert(abi.encodeWithSelector(IWorkOrders.GradeTooHigh.selector, 101));
        work.submit(_task, 2, 101, 1, keccak256("result"));
        _as(SCANNER);
        vm.expectRevert(abi.encodeWithSelector(IWorkOrders.EvidenceMissing.selector, _task));
        work.submit(_task, 2, 100, 1, 0);
    }

    function test_inspect__accepted__growsTheRecord() public {
        _run(_task, SCANNER);
        _inspect(_task, PACKER, true);
        _assertStatus(Status.Accepted);
        vm.assertEq(members.record(SCANNER, SCAN).done, 1);
    }

    function test_inspect__another__refused() public {
        _run(_task, SCANNER);
        _refusedInspection(
            SCANNER,
            keccak256("result"),
            1,
            abi.encodeWithSelector(IWorkOrders.NotTheInspector.selector, _task, PACKER, SCANNER)
        );
    }

    function test_inspect__otherEvidence__refused() public {
        _run(_task, SCANNER);
        bytes memory reason =
            abi.encodeWithSelector(IWorkOrders.OtherEvidence.selector, _task, keccak256("result"), bytes32(0));
        _refusedInspection(PACKER, 0, 1, reason);
    }

    function test_inspect__gradeOver100__refused() public {
        _run(_task, SCANNER);
        bytes memory reason = abi.encodeWithSelector(IWorkOrders.GradeTooHigh.selector, 101);
        _refusedInspection(PACKER, keccak256("result"), 101, reason);
    }

    function test_inspect__twice__refused() public {
        _run(_task, SCANNER);
        _inspect(_task, PACKER, true);
        bytes memory reason = abi.encodeWithSelector(IWorkOrders.WrongStatus.selector, _task, Status.Accepted);
        _refusedInspection(PACKER, keccak256("result"), 1, reason);
    }

    /* FAILURE: WHAT THE TASK ASKS FOR */

    function test_fail__toAHuman__waits() public {
        _failOnce(OnFailure.Human, 0);
        _assertStatus(Status.Failed);
    }

    function test_fail__abort__waits() public {
        _failOnce(OnFailure.Abort, 0);
        _assertStatus(Status.Failed);
    }

    function test_fail__reallocate__postedWithoutTheWorker() public {
        _failOnce(OnFailure.Reallocate, 0);
        _assertStatus(Status.Posted);
        vm.assertTrue(work.isExcluded(_task, SCANNER));
        vm.assertEq(_epoch(_task), 3);
        vm.assertEq(_version(_task), 3);
        vm.assertEq(members.record(SCANNER, SCAN).failed, 1);
    }

    function test_fail__retry__asOftenAsAllowedThenReallocated() public {
        _failOnce(OnFailure.Retry, 1);
        _assertStatus(Status.Allocated);
        vm.assertEq(Number.unwrap(_worker(_task)), Number.unwrap(SCANNER));
        vm.assertEq(_version(_task), 3);
        _startAndFail(SCANNER);
        _assertStatus(Status.Posted);
    }

    function test_inspect__rejected__asTheTaskSays() public {
        _rejectOnce(OnFailure.Human, 0);
        _assertStatus(Status.Rework);
        _rejectOnce(OnFailure.Reallocate, 0);
        _assertStatus(Status.Posted);
        _rejectOnce(OnFailure.Retry, 1);
        _assertStatus(Status.Allocated);
        _rejectOnce(OnFailure.Abort, 0);
        _assertStatus(Status.Failed);
    }

    function test_decline__allocated__postedAndRecorded() public {
        _allocate(_task, SCANNER);
        _as(SCANNER);
        work.decline(_task, 2);
        _assertStatus(Status.Posted);
        vm.assertTrue(work.isExcluded(_task, SCANNER));
        vm.assertEq(members.record(SCANNER, SCAN).failed, 1);
    }

    function test_decline__started__refused() public {
        _allocate(_task, SCANNER);
        _start(_task, SCANNER);
        _as(SCANNER);
        vm.expectRevert(abi.encodeWithSelector(IWorkOrders.WrongStatus.selector, _task, Status.Started));
        work.decline(_task, 2);
    }

    /* POKES */

    function test_poke__idle__summonedThenReallocated() public {
        _allocate(_task, SCANNER);
        work.poke(_task);
        uint48 deadline = uint48(block.timestamp) + ACKNOWLEDGE_SECONDS;
        vm.warp(deadline);
        _refusedPoke(abi.encodeWithSelector(IWorkOrders.NotOverdue.selector, _task, deadline));
        vm.warp(deadline + 1);
        work.poke(_task);
        _assertStatus(Status.Posted);
        vm.assertTrue(work.isExcluded(_task, SCANNER));
    }

    function test_poke__unready__refused() public {
        Packing.Task memory second = Packing.aTask();
        second.predecessors = 1;
        _task = _idOf(_post(bytes.concat(Packing.pack(Packing.aTask()), Packing.pack(second))), 1);
        _allocate(_task, SCANNER);
        _refusedPoke(abi.encodeWithSelector(IWorkOrders.NotReady.selector, _task, 1));
    }

    function test_acknowledge__summoned__givesTimeOnce() public {
        _allocate(_task, SCANNER);
        work.poke(_task);
        _as(SCANNER);
        work.acknowledge(_task, 2);
        vm.assertEq(work.task(_task).deadline, block.timestamp + HEARTBEAT_SECONDS);
        _as(SCANNER);
        vm.expectRevert(abi.encodeWithSelector(IWorkOrders.AlreadyAcknowledged.selector, _task));
        work.acknowledge(_task, 2);
    }

    function test_poke__heartbeatsStop__reallocated() public {
        _allocate(_task, SCANNER);
        _start(_task, SCANNER);
        vm.warp(block.timestamp + HEARTBEAT_SECONDS);
        _as(SCANNER);
        work.heartbeat(_task, 2);
        vm.warp(block.timestamp + HEARTBEAT_SECONDS);
        _refusedPoke(abi.encodeWithSelector(IWorkOrders.NotOverdue.selector, _task, uint48(block.timestamp)));
        vm.warp(block.timestamp + 1);
        work.poke(_task);
        _assertStatus(Status.Posted);
    }

    function test_poke__workerGone__reallocatedAtOnceWithoutBlame() public {
        _allocate(_task, SCANNER);
        members.suspend(SCANNER);
        work.poke(_task);
        _assertStatus(Status.Posted);
        vm.assertFalse(work.isExcluded(_task, SCANNER));
        vm.assertEq(members.record(SCANNER, SCAN).failed, 0);
    }

    function test_poke__inspectorSilent__theInspectionIsAHumans() public {
        _run(_task, SCANNER);
        vm.warp(block.timestamp + INSPECT_SECONDS + 1);
        work.poke(_task);
        _assertStatus(Status.Submitted);
        vm.assertEq(Number.unwrap(work.task(_task).inspector), 0);
        vm.assertEq(_epoch(_task), 3);
        _refusedPoke(abi.encodeWithSelector(IWorkOrders.NotOverdue.selector, _task, type(uint48).max));
    }

    function test_poke__inspectorGone__theInspectionIsAHumansAtOnce() public {
        _run(_task, SCANNER);
        members.suspend(PACKER);
        work.poke(_task);
        vm.assertEq(Number.unwrap(work.task(_task).inspector), 0);
    }

    function test_poke__postedOrFinished__refused() public {
        _refusedPoke(abi.encodeWithSelector(IWorkOrders.WrongStatus.selector, _task, Status.Posted));
        _run(_task, SCANNER);
        _inspect(_task, PACKER, true);
        _refusedPoke(abi.encodeWithSelector(IWorkOrders.WrongStatus.selector, _task, Status.Accepted));
    }

    /* CONTRACTS AMONG THEMSELVES */

    function test_decisions__notFromTheContracts__refused() public {
        bytes memory reason = abi.encodeWithSelector(IWorkOrders.NotTheContract.selector, address(this));
        vm.expectRevert(reason);
        work.judge(_task, true, supervisor);
        vm.expectRevert(reason);
        work.requeue(_task, supervisor, false);
        vm.expectRevert(reason);
        work.cancel(_task, supervisor);
        vm.expectRevert(reason);
        work.setPlantHold(true);
        vm.expectRevert(reason);
        work.setInForce(_task, IWorkOrders.Control(true, true, false, false, NOBODY, NOBODY));
    }

    function _failOnce(OnFailure onFailure, uint8 retries) private {
        _postTask(onFailure, retries);
        _allocate(_task, SCANNER);
        _startAndFail(SCANNER);
    }

    function _rejectOnce(OnFailure onFailure, uint8 retries) private {
        _postTask(onFailure, retries);
        _run(_task, SCANNER);
        _inspect(_task, PACKER, false);
    }

    function _postTask(OnFailure onFailure, uint8 retries) private {
        Packing.Task memory task = Packing.aTask();
        (task.onFailure, task.retries) = (uint8(onFailure), retries);
        _task = _postOne(task);
    }

    function _startAndFail(Number worker) private {
        _start(_task, worker);
        uint64 epoch = _epoch(_task);
        _as(worker);
        work.fail(_task, epoch);
    }

    function _refusedStart(Number worker, uint64 epoch, bytes memory reason) private {
        _as(worker);
        vm.expectRevert(reason);
        work.start(_task, epoch);
    }

    function _refusedInspection(Number inspector, bytes32 evidence, uint8 grade, bytes memory reason) private {
        uint64 epoch = _epoch(_task);
        _as(inspector);
        vm.expectRevert(reason);
        work.inspect(_task, epoch, evidence, true, grade, 0);
    }

    function _refusedPoke(bytes memory reason) private {
        vm.expectRevert(reason);
        work.poke(_task);
    }

    function _assertStatus(Status expected) private view {
        vm.assertEq(uint256(_status(_task)), uint256(expected));
    }
}
