// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IOverrides} from "contracts/interfaces/IOverrides.sol";
import {IWorkOrders} from "contracts/interfaces/IWorkOrders.sol";
import {Number, OverrideId, ProposalId, TaskId} from "contracts/types/Ids.sol";
import {Status} from "contracts/types/Work.sol";

import {PlantFixture} from "./PlantFixture.sol";
import {vm} from "./Vm.sol";

/// @notice What one slot leaves to another, and to the human who filled it.
contract SlotsTest is PlantFixture {
    OverrideId private constant NONE = OverrideId.wrap(0);

    TaskId private _task;

    function setUp() public override {
        super.setUp();
        _task = _postOne();
    }

    /* WHAT FAILED WAITS FOR A HUMAN'S WORD ABOUT IT */

    function test_safeStop__failedUnderAHumansSlot__refused() public {
        _failUnderAnAssignment();
        bytes memory reason = abi.encodeWithSelector(IWorkOrders.WrongStatus.selector, _task, Status.Failed);
        _as(SPRAYER);
        vm.expectRevert(reason);
        overrides.safeStop(_task, true);
        _assertStatus(Status.Failed);
    }

    function test_safeStop__endedAfterTheFailure__leavesItWaiting() public {
        _failUnderAnAssignment();
        _as(SPRAYER);
        overrides.safeStop(_task, false);
        _assertStatus(Status.Failed);
    }

    function test_hold__failedUnderAnAssignment__leavesItWaiting() public {
        _failUnderAnAssignment();
        _execute(_order(IOverrides.Kind.Hold, _task));
        _assertStatus(Status.Failed);
        vm.warp(block.timestamp + 2 hours);
        vm.prank(STRANGER);
        overrides.poke(IOverrides.Subject.Task, TaskId.unwrap(_task), 7);
        _assertStatus(Status.Failed);
    }

    /* WHOM A HUMAN NAMES HAS THE TIME FOR IT */

    function test_assign__anotherInspector__hasItsTime() public {
        _run(_task, SCANNER);
        vm.warp(block.timestamp + INSPECT_SECONDS + 1);
        work.poke(_task);
        _execute(_assignment(_task, SCANNER, PRESSER));
        uint48 deadline = uint48(block.timestamp) + INSPECT_SECONDS;
        vm.assertEq(work.task(_task).deadline, deadline);
        vm.expectRevert(abi.encodeWithSelector(IWorkOrders.NotOverdue.selector, _task, deadline));
        work.poke(_task);
        _inspect(_task, PRESSER, true);
        _assertStatus(Status.Accepted);
    }

    /* NOBODY ENDS MORE THAN IT MAY */

    function test_release__byAPlanner__leavesTheHold() public {
        _execute(_assignment(_task, SPRAYER, PACKER));
        _execute(_order(IOverrides.Kind.Hold, _task));
        IOverrides.Order memory order = _order(IOverrides.Kind.Release, _task);
        order.human = planner;
        _execute(order);
        vm.assertTrue(work.task(_task).held);
        vm.assertEq(Number.unwrap(_worker(_task)), 0);
    }

    function test_hold__plantHeldLonger__endsNoEarlier() public {
        _execute(_holdPlant(supervisor, 0));
        _execute(_holdPlant(operator, uint48(block.timestamp + 10)));
        vm.warp(block.timestamp + 11);
        vm.expectRevert(abi.encodeWithSelector(IOverrides.NotExpired.selector, 0));
        overrides.poke(IOverrides.Subject.Plant, 0, 1);
        vm.assertTrue(work.task(_task).held);
    }

    function test_hold__plantHeldShorter__endsWithTheLater() public {
        uint48 later = uint48(block.timestamp + 1 hours);
        _execute(_holdPlant(operator, uint48(block.timestamp + 10)));
        _execute(_holdPlant(supervisor, later));
        vm.assertEq(overrides.slot(IOverrides.Subject.Plant, 0, 1).expiresAt, later);
        _execute(_holdPlant(operator, later - 1));
        vm.assertEq(overrides.slot(IOverrides.Subject.Plant, 0, 1).expiresAt, later);
        _execute(_holdPlant(operator, 0));
        vm.assertEq(overrides.slot(IOverrides.Subject.Plant, 0, 1).expiresAt, 0);
    }

    /* A STOP IS OF SOMETHING THAT MOVES */

    function test_safeStop__submitted__leavesTheInspectionAlone() public {
        _run(_task, SCANNER);
        _as(SCANNER);
        vm.expectRevert(abi.encodeWithSelector(IWorkOrders.WrongStatus.selector, _task, Status.Submitted));
        overrides.safeStop(_task, true);
    }

    function test_safeStop__moving__isToldAndEndsAfterFiveMinutes() public {
        _allocate(_task, SCANNER);
        _start(_task, SCANNER);
        uint48 expiresAt = uint48(block.timestamp) + 300;
        _safeStopTelling(true);
        _assertStop(IOverrides.Slot(NONE, expiresAt, true, false, SCANNER, NOBODY));
        vm.warp(expiresAt);
        vm.expectRevert(abi.encodeWithSelector(IOverrides.NotExpired.selector, expiresAt));
        overrides.poke(IOverrides.Subject.Task, TaskId.unwrap(_task), 12);
        vm.warp(expiresAt + 1);
        overrides.poke(IOverrides.Subject.Task, TaskId.unwrap(_task), 12);
        _assertStop(IOverrides.Slot(NONE, 0, false, false, NOBODY, NOBODY));
        vm.assertFalse(work.task(_task).held);
    }

    function test_safeStop__goesOnByItself__isToldAndNothingIsLeftToEnd() public {
        _allocate(_task, SCANNER);
        _safeStopTelling(true);
        _safeStopTelling(false);
        _assertStop(IOverrides.Slot(NONE, 0, false, false, SCANNER, NOBODY));
        vm.assertFalse(work.task(_task).held);
        vm.expectRevert(abi.encodeWithSelector(IOverrides.NotExpired.selector, 0));
        overrides.poke(IOverrides.Subject.Task, TaskId.unwrap(_task), 12);
    }

    /* A VETO IS OF WHAT WAS DECIDED */

    function test_veto__entryThatWasSkipped__leavesTheOthersDecision() public {
        bytes memory plan = _planFor(_task, SPRAYER, PACKER);
        ProposalId late = _propose(SPRAYER, plan);
        bytes32 rest = _rest(late);
        _allocate(_task, SCANNER);
        _vote(late, SCANNER, true);
        _vote(late, SPRAYER, true);
        _as(GLUER);
        dao.vote(late, true, "", plan, rest);
        IOverrides.Order memory order =
            _order(IOverrides.Kind.Veto, IOverrides.Subject.Proposal, ProposalId.unwrap(late));
        order.payload = bytes.concat(rest, hex"00000001", plan);
        _execute(order);
        vm.assertEq(Number.unwrap(_worker(_task)), Number.unwrap(SCANNER));
        vm.assertFalse(work.task(_task).overridden);
    }

    /* BUILDING */

    function _failUnderAnAssignment() private {
        _execute(_assignment(_task, SPRAYER, PACKER));
        _start(_task, SPRAYER);
        uint64 epoch = _epoch(_task);
        _as(SPRAYER);
        work.fail(_task, epoch);
        _assertStatus(Status.Failed);
    }

    function _holdPlant(address human, uint48 expiresAt) private returns (IOverrides.Order memory order) {
        order = _order(IOverrides.Kind.Hold, IOverrides.Subject.Plant, 0);
        (order.human, order.expiresAt) = (human, expiresAt);
    }

    function _safeStopTelling(bool stopped) private {
        vm.expectEmit(address(overrides));
        emit IOverrides.SafeStopChanged(_task, SCANNER, stopped);
        _as(SCANNER);
        overrides.safeStop(_task, stopped);
    }

    function _assertStop(IOverrides.Slot memory expected) private view {
        bytes memory found = abi.encode(overrides.slot(IOverrides.Subject.Task, TaskId.unwrap(_task), 12));
        vm.assertEq(found, abi.encode(expected));
    }

    function _assertStatus(Status expected) private view {
        vm.assertEq(uint256(_status(_task)), uint256(expected));
    }
}
