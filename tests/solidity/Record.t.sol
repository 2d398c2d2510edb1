// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IOverrides} from "contracts/interfaces/IOverrides.sol";
import {Number, OverrideId, ProposalId, TaskId} from "contracts/types/Ids.sol";

import {PlantFixture} from "./PlantFixture.sol";
import {Vm, vm} from "./Vm.sol";

/// @notice What an order leaves on record: who, why, what it displaced, the epoch after, and what fills which slot.
contract RecordTest is PlantFixture {
    OverrideId private constant NONE = OverrideId.wrap(0);
    OverrideId private constant FIRST = OverrideId.wrap(1);
    OverrideId private constant SECOND = OverrideId.wrap(2);
    OverrideId private constant THIRD = OverrideId.wrap(3);
    IOverrides.Subject private constant TASK = IOverrides.Subject.Task;
    IOverrides.Subject private constant ON_ROBOT = IOverrides.Subject.Robot;
    IOverrides.Subject private constant PLANT = IOverrides.Subject.Plant;

    TaskId private _task;

    function setUp() public override {
        super.setUp();
        _task = _postOne();
    }

    /* THE ORDER */

    function test_execute__aboutATask__tellsWhomItDisplacedAndTheEpochAfter() public {
        _allocate(_task, SCANNER);
        IOverrides.Order memory order = _assignment(_task, SPRAYER, PRESSER);
        (order.expectedEpoch, order.preview) = (2, keccak256("forecast"));
        _executeTelling(order, FIRST, SCANNER, 3);
        _executeTelling(_order(IOverrides.Kind.Hold, _task), SECOND, SPRAYER, 4);
        vm.assertEq(overrides.count(), 2);
    }

    function test_execute__aboutARobot__tellsTheRobotsEpoch() public {
        _executeTelling(_on(IOverrides.Kind.Hold, ON_ROBOT), FIRST, NOBODY, 2);
        _executeTelling(_on(IOverrides.Kind.Hold, PLANT), SECOND, NOBODY, 1);
        _executeTelling(_on(IOverrides.Kind.Release, ON_ROBOT), THIRD, NOBODY, 4);
    }

    function test_execute__aboutThePlant__tellsThePlantsEpoch() public {
        _executeTelling(_on(IOverrides.Kind.Hold, PLANT), FIRST, NOBODY, 1);
        _executeTelling(_on(IOverrides.Kind.Release, PLANT), SECOND, NOBODY, 1);
        _executeTelling(_on(IOverrides.Kind.Release, PLANT), THIRD, NOBODY, 2);
    }

    function test_execute__aboutAMemberOrAProposal__tellsNoEpoch() public {
        _execute(_on(IOverrides.Kind.Hold, PLANT));
        uint256 id = ProposalId.unwrap(_propose(SCANNER, _planFor(_task, SCANNER, PACKER)));
        _executeTelling(_order(IOverrides.Kind.Veto, IOverrides.Subject.Proposal, id), SECOND, NOBODY, 0);
        _executeTelling(_order(IOverrides.Kind.Suspend, IOverrides.Subject.Worker, 1), THIRD, NOBODY, 0);
    }

    /* THE STATE IT WAS GIVEN FOR */

    function test_execute__theEpochSeen__isAskedOfEverySubject() public {
        _expectsEpoch(_order(IOverrides.Kind.Hold, _task), 1);
        _expectsEpoch(_on(IOverrides.Kind.Hold, ON_ROBOT), 1);
        _execute(_on(IOverrides.Kind.Hold, PLANT));
        _expectsEpoch(_on(IOverrides.Kind.Hold, PLANT), 1);
        _expectsEpoch(_on(IOverrides.Kind.Release, ON_ROBOT), 3);
        _expectsEpoch(_order(IOverrides.Kind.Hold, _task), 3);
    }

    function test_execute__anEpochOfWhatHasNone__refused() public {
        IOverrides.Order memory order = _order(IOverrides.Kind.Suspend, IOverrides.Subject.Worker, 1);
        order.expectedEpoch = 1;
        _refused(order, abi.encodeWithSelector(IOverrides.StaleVersion.selector, 0, 1));
    }

    /* THE SLOTS */

    function test_slot__assigned__saysWhoUntilWhenAndByWhichOrder() public {
        IOverrides.Order memory order = _assignment(_task, SPRAYER, PACKER);
        _execute(order);
        _assertTaskSlot(8, IOverrides.Slot(FIRST, order.expiresAt, false, true, SPRAYER, PACKER));
        _assertTaskSlot(7, IOverrides.Slot(NONE, 0, false, false, NOBODY, NOBODY));
        _execute(_order(IOverrides.Kind.Release, _task));
        _assertTaskSlot(8, IOverrides.Slot(NONE, 0, false, false, NOBODY, NOBODY));
    }

    function test_slot__heldOrLockedOut__saysUntilWhenAndByWhichOrder() public {
        IOverrides.Order memory order = _order(IOverrides.Kind.Hold, _task);
        _execute(order);
        _assertTaskSlot(7, IOverrides.Slot(FIRST, order.expiresAt, true, false, NOBODY, NOBODY));
        order = _order(IOverrides.Kind.Hold, _task);
        (order.level, order.human, order.expiresAt) = (5, maintainer, 0);
        _execute(order);
        _assertTaskSlot(5, IOverrides.Slot(SECOND, 0, true, false, NOBODY, NOBODY));
    }

    function test_slot__plantOrRobotHeld__saysUntilWhenAndByWhichOrder() public {
        _execute(_on(IOverrides.Kind.Hold, PLANT));
        _execute(_on(IOverrides.Kind.Hold, ON_ROBOT));
        uint48 expiresAt = uint48(block.timestamp + 1 hours);
        _assertSlot(PLANT, 0, 1, IOverrides.Slot(FIRST, expiresAt, true, false, NOBODY, NOBODY));
        _assertSlot(ON_ROBOT, 6, 7, IOverrides.Slot(SECOND, expiresAt, true, false, NOBODY, NOBODY));
        _execute(_on(IOverrides.Kind.Release, ON_ROBOT));
        _assertSlot(ON_ROBOT, 6, 7, IOverrides.Slot(NONE, 0, false, false, NOBODY, NOBODY));
    }

    /* WHAT BECOMES OF THEM */

    function test_fill__filledAlready__tellsWhichOrderGaveWay() public {
        _execute(_assignment(_task, SPRAYER, PACKER));
        _expectSuperseded(FIRST, SECOND, 8);
        _execute(_assignment(_task, SCANNER, PACKER), IOverrides.OverrideSuperseded.selector, 1);
        _execute(_order(IOverrides.Kind.Hold, _task), IOverrides.OverrideSuperseded.selector, 0);
        _expectSuperseded(THIRD, OverrideId.wrap(4), 7);
        _execute(_order(IOverrides.Kind.Hold, _task), IOverrides.OverrideSuperseded.selector, 1);
    }

    function test_release__oneSlot__tellsOfThatOne() public {
        _execute(_assignment(_task, SPRAYER, PACKER));
        _expectReleased(FIRST, SECOND, 8);
        _execute(_order(IOverrides.Kind.Release, _task), IOverrides.OverrideReleased.selector, 1);
    }

    function test_release__holdAndAssignment__tellsOfBoth() public {
        _execute(_assignment(_task, SPRAYER, PACKER));
        _execute(_order(IOverrides.Kind.Hold, _task));
        _expectReleased(FIRST, THIRD, 8);
        _expectReleased(SECOND, THIRD, 7);
        _execute(_order(IOverrides.Kind.Release, _task), IOverrides.OverrideReleased.selector, 2);
    }

    function test_requeue__assignedTask__tellsThatTheSlotIsReleased() public {
        _execute(_assignment(_task, SPRAYER, PACKER));
        _expectReleased(FIRST, SECOND, 8);
        _execute(_order(IOverrides.Kind.Requeue, _task), IOverrides.OverrideReleased.selector, 1);
    }

    function test_hold__robot__tellsItsNewEpochAndWhetherItIsHeld() public {
        _execute(_on(IOverrides.Kind.Hold, PLANT));
        _expectRobot(3, true);
        _execute(_on(IOverrides.Kind.Hold, ON_ROBOT), IOverrides.RobotEpochRaised.selector, 1);
        _execute(_on(IOverrides.Kind.Hold, ON_ROBOT), IOverrides.RobotEpochRaised.selector, 0);
        _expectRobot(4, false);
        _execute(_on(IOverrides.Kind.Release, ON_ROBOT), IOverrides.RobotEpochRaised.selector, 1);
    }

    /* BUILDING AND SAYING */

    /// @dev The robot or the plant.
    function _on(IOverrides.Kind kind, IOverrides.Subject on) private returns (IOverrides.Order memory) {
        return _order(kind, on, on == PLANT ? 0 : Number.unwrap(ROBOT));
    }

    function _executeTelling(IOverrides.Order memory order, OverrideId id, Number displaced, uint64 epoch) private {
        (bytes memory signature, bytes32 digest) = (_sign(order), overrides.digestOf(order));
        vm.expectEmit(address(overrides));
        emit IOverrides.OverrideGiven(id, order.human, order.subject, displaced, epoch, digest, order);
        vm.assertTrue(overrides.execute(order, signature) == id);
    }

    function _expectsEpoch(IOverrides.Order memory order, uint64 epoch) private {
        order.expectedEpoch = epoch + 1;
        _refused(order, abi.encodeWithSelector(IOverrides.StaleVersion.selector, epoch, epoch + 1));
        order.expectedEpoch = epoch;
        _execute(order);
    }

    /// @dev Expects what was said before to be told, and so many events of that kind in all.
    function _execute(IOverrides.Order memory order, bytes32 topic, uint256 times) private {
        bytes memory signature = _sign(order);
        vm.recordLogs();
        overrides.execute(order, signature);
        Vm.Log[] memory logs = vm.getRecordedLogs();
        for (uint256 i = 0; i < logs.length; ++i) {
            if (logs[i].topics[0] == topic) --times;
        }
        vm.assertEq(times, 0);
    }

    function _expectSuperseded(OverrideId id, OverrideId by, uint8 level) private {
        vm.expectEmit(address(overrides));
        emit IOverrides.OverrideSuperseded(id, by, TASK, TaskId.unwrap(_task), level);
    }

    function _expectReleased(OverrideId id, OverrideId by, uint8 level) private {
        vm.expectEmit(address(overrides));
        emit IOverrides.OverrideReleased(id, by, TASK, TaskId.unwrap(_task), level);
    }

    function _expectRobot(uint64 epoch, bool held) private {
        vm.expectEmit(address(overrides));
        emit IOverrides.RobotEpochRaised(ROBOT, epoch, held);
    }

    function _assertTaskSlot(uint8 level, IOverrides.Slot memory expected) private view {
        _assertSlot(TASK, TaskId.unwrap(_task), level, expected);
    }

    function _assertSlot(IOverrides.Subject on, uint256 subject, uint8 level, IOverrides.Slot memory expected)
        private
        view
    {
        vm.assertEq(abi.encode(overrides.slot(on, subject, level)), abi.encode(expected));
    }
}
