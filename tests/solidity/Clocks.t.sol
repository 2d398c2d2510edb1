// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAccessManager} from "@openzeppelin/contracts/access/manager/IAccessManager.sol";

import {WorkOrders} from "contracts/WorkOrders.sol";
import {IOverrides} from "contracts/interfaces/IOverrides.sol";
import {IWorkOrders} from "contracts/interfaces/IWorkOrders.sol";
import {TaskId} from "contracts/types/Ids.sol";
import {Status} from "contracts/types/Work.sol";

import {PlantFixture} from "./PlantFixture.sol";
import {Vm, vm} from "./Vm.sol";

/// @notice Until which second a worker or an inspector has time, and what moves that and what does not.
contract ClocksTest is PlantFixture {
    TaskId private _task;

    function setUp() public override {
        super.setUp();
        _task = _postOne();
        _allocate(_task, SCANNER);
    }

    /* A WORKER'S WORD */

    function test_acknowledge__unsummoned__hasAHeartbeatsTimeToStart() public {
        _as(SCANNER);
        work.acknowledge(_task, 2);
        _assertOverdueAfter(uint48(block.timestamp) + HEARTBEAT_SECONDS, Status.Posted);
    }

    function test_start__acknowledged__runsByItsHeartbeats() public {
        _as(SCANNER);
        work.acknowledge(_task, 2);
        vm.warp(block.timestamp + 5);
        _start(_task, SCANNER);
        _assertOverdueAfter(uint48(block.timestamp) + HEARTBEAT_SECONDS, Status.Posted);
    }

    function test_submit__inspectorSilent__overdueASecondLater() public {
        _start(_task, SCANNER);
        _submit(_task, SCANNER);
        _assertOverdueAfter(uint48(block.timestamp) + INSPECT_SECONDS, Status.Submitted);
    }

    /* THE PLANT HELD */

    function test_poke__plantHeld__refused() public {
        _start(_task, SCANNER);
        vm.warp(block.timestamp + 1 hours);
        _holdPlant(true);
        _refusedPoke(abi.encodeWithSelector(IWorkOrders.Held.selector, _task));
    }

    /// @dev Too short for any to be overdue at its end.
    function test_poke__plantHeldShortly__aHeartbeatsTimeFromItsEnd() public {
        _start(_task, SCANNER);
        vm.warp(block.timestamp + 10);
        _holdPlant(true);
        vm.warp(block.timestamp + 10);
        _holdPlant(false);
        _assertOverdueAfter(uint48(block.timestamp) + HEARTBEAT_SECONDS, Status.Posted);
    }

    function test_poke__plantHeldAndSummoned__aHeartbeatsTimeFromItsEnd() public {
        work.poke(_task);
        _holdPlant(true);
        vm.warp(block.timestamp + 1 hours);
        _holdPlant(false);
        _assertOverdueAfter(uint48(block.timestamp) + HEARTBEAT_SECONDS, Status.Posted);
    }

    /// @dev Later than what the plant's hold grants.
    function test_poke__plantHeldBeforeTheRun__theRunsOwnTime() public {
        _holdPlant(true);
        _holdPlant(false);
        vm.warp(block.timestamp + 1);
        _start(_task, SCANNER);
        _assertOverdueAfter(uint48(block.timestamp) + HEARTBEAT_SECONDS, Status.Posted);
    }

    function test_poke__plantHeldLongAgo__theSummonsOwnTime() public {
        _holdPlant(true);
        _holdPlant(false);
        vm.warp(block.timestamp + 1 hours);
        work.poke(_task);
        _assertOverdueAfter(uint48(block.timestamp) + ACKNOWLEDGE_SECONDS, Status.Posted);
    }

    /// @dev However long a heartbeat's time is: nothing ended that could grant it.
    function test_poke__plantNeverHeld__theSummonsOwnTime() public {
        IWorkOrders.Limits memory limits = IWorkOrders.Limits(10, type(uint32).max, 10);
        work = new WorkOrders(IAccessManager(authority), members, address(dao), address(overrides), limits);
        work.describe("{}", CAPABILITIES, 0, 1000);
        _task = _postOne();
        vm.prank(address(overrides));
        work.setInForce(_task, IWorkOrders.Control(true, false, true, true, SCANNER, NOBODY));
        work.poke(_task);
        _refusedPoke(abi.encodeWithSelector(IWorkOrders.NotOverdue.selector, _task, uint48(block.timestamp + 10)));
    }

    /* THE TASK HELD */

    function test_release__running__itsClockBeginsAnew() public {
        _start(_task, SCANNER);
        _execute(_order(IOverrides.Kind.Hold, _task));
        vm.warp(block.timestamp + 10 minutes);
        _expectMoved(HEARTBEAT_SECONDS);
        _release();
        _assertOverdueAfter(uint48(block.timestamp) + HEARTBEAT_SECONDS, Status.Posted);
    }

    function test_release__submitted__itsInspectionsClockBeginsAnew() public {
        _start(_task, SCANNER);
        _submit(_task, SCANNER);
        _execute(_order(IOverrides.Kind.Hold, _task));
        vm.warp(block.timestamp + 10 minutes);
        _expectMoved(INSPECT_SECONDS);
        _release();
        _assertOverdueAfter(uint48(block.timestamp) + INSPECT_SECONDS, Status.Submitted);
    }

    function test_hold__heldAlready__movesNoClock() public {
        _start(_task, SCANNER);
        _execute(_order(IOverrides.Kind.Hold, _task));
        IOverrides.Order memory lockOut = _order(IOverrides.Kind.Hold, _task);
        (lockOut.level, lockOut.human) = (5, maintainer);
        _assertMovesNothing(lockOut);
    }

    /* WHOM A HUMAN NAMES */

    function test_assign__sameWorkerRuns__movesNoClock() public {
        _start(_task, SCANNER);
        _assertMovesNothing(_assignment(_task, SCANNER, PACKER));
        _assertMovesNothing(_assignment(_task, SCANNER, PRESSER));
    }

    function test_assign__anotherInspector__hasAllTheTime() public {
        _start(_task, SCANNER);
        _submit(_task, SCANNER);
        vm.warp(block.timestamp + 10);
        IOverrides.Order memory order = _assignment(_task, SCANNER, PRESSER);
        bytes memory signature = _sign(order);
        _expectMoved(INSPECT_SECONDS);
        overrides.execute(order, signature);
        _assertOverdueAfter(uint48(block.timestamp) + INSPECT_SECONDS, Status.Submitted);
    }

    function test_assign__sameInspectorOrNobody__movesNoClock() public {
        _start(_task, SCANNER);
        _submit(_task, SCANNER);
        vm.warp(block.timestamp + 10);
        _assertMovesNothing(_assignment(_task, SCANNER, PACKER));
        _assertMovesNothing(_assignment(_task, SCANNER, SCANNER));
        vm.assertTrue(work.task(_task).inspector == NOBODY);
    }

    function test_assign__summonedWorkerAgain__itsClockGoesOn() public {
        work.poke(_task);
        uint48 deadline = work.task(_task).deadline;
        vm.warp(block.timestamp + 10);
        _assertMovesNothing(_assignment(_task, SCANNER, PACKER));
        _assertOverdueAfter(deadline, Status.Failed);
    }

    function test_assign__insteadOfTheSummoned__isSummonedItself() public {
        work.poke(_task);
        vm.warp(block.timestamp + 1 hours);
        _execute(_assignment(_task, SPRAYER, PACKER));
        uint48 deadline = uint48(block.timestamp) + ACKNOWLEDGE_SECONDS;
        vm.expectEmit(address(work));
        emit IWorkOrders.TaskSummoned(_task, SPRAYER, deadline);
        work.poke(_task);
        _assertOverdueAfter(deadline, Status.Failed);
    }

    function test_enact__insteadOfTheSummoned__isSummonedItself() public {
        work.poke(_task);
        vm.warp(block.timestamp + 1 hours);
        _allocate(_task, SPRAYER);
        work.poke(_task);
        _assertOverdueAfter(uint48(block.timestamp) + ACKNOWLEDGE_SECONDS, Status.Posted);
    }

    function test_decline__summoned__theNextIsSummonedItself() public {
        work.poke(_task);
        _as(SCANNER);
        work.decline(_task, 2);
        vm.warp(block.timestamp + 1 hours);
        _execute(_assignment(_task, SPRAYER, PACKER));
        work.poke(_task);
        _assertOverdueAfter(uint48(block.timestamp) + ACKNOWLEDGE_SECONDS, Status.Failed);
    }

    /* SAYING */

    /// @dev To the second: at the deadline nothing is, a second later it is settled.
    function _assertOverdueAfter(uint48 deadline, Status next) private {
        vm.warp(deadline);
        _refusedPoke(abi.encodeWithSelector(IWorkOrders.NotOverdue.selector, _task, deadline));
        vm.warp(uint256(deadline) + 1);
        work.poke(_task);
        IWorkOrders.Task memory found = work.task(_task);
        vm.assertEq(uint256(found.status), uint256(next));
        vm.assertTrue(next != Status.Submitted || found.inspector == NOBODY);
    }

    function _refusedPoke(bytes memory reason) private {
        vm.expectRevert(reason);
        work.poke(_task);
    }

    function _expectMoved(uint32 secondsFromNow) private {
        vm.expectEmit(address(work));
        emit IWorkOrders.DeadlineMoved(_task, uint48(block.timestamp) + secondsFromNow);
    }

    function _assertMovesNothing(IOverrides.Order memory order) private {
        uint48 before = work.task(_task).deadline;
        vm.recordLogs();
        _execute(order);
        Vm.Log[] memory logs = vm.getRecordedLogs();
        for (uint256 i = 0; i < logs.length; ++i) {
            vm.assertFalse(logs[i].topics[0] == IWorkOrders.DeadlineMoved.selector);
        }
        vm.assertEq(work.task(_task).deadline, before);
    }

    /* BUILDING */

    /// @dev By the overrides alone, so that an event is expected of their very next call.
    function _release() private {
        vm.prank(address(overrides));
        work.setInForce(_task, IWorkOrders.Control(false, false, false, true, NOBODY, NOBODY));
    }

    function _holdPlant(bool held) private {
        vm.prank(address(overrides));
        work.setPlantHold(held);
    }
}
