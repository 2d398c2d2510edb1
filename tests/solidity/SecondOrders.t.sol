// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {PlantAuthority} from "contracts/PlantAuthority.sol";
import {IMembers} from "contracts/interfaces/IMembers.sol";
import {IOverrides} from "contracts/interfaces/IOverrides.sol";
import {IPlantAuthority} from "contracts/interfaces/IPlantAuthority.sol";
import {Number, OverrideId, TaskId} from "contracts/types/Ids.sol";
import {PLANNER, SUPERVISOR} from "contracts/types/Roles.sol";
import {Status} from "contracts/types/Work.sol";

import {PlantFixture} from "./PlantFixture.sol";
import {Vm, vm} from "./Vm.sol";

/// @notice Two orders for all that may take two; planner and operator supervise too, but only the supervisor has a badge.
contract SecondOrdersTest is PlantFixture {
    uint16 private constant MAY_WAIT = uint16(
        (1 << uint8(IOverrides.Kind.Approve)) | (1 << uint8(IOverrides.Kind.Accept))
            | (1 << uint8(IOverrides.Kind.Release)) | (1 << uint8(IOverrides.Kind.Reinstate))
            | (1 << uint8(IOverrides.Kind.Requeue))
    );
    uint256 private constant SUPERVISORS = 1 << SUPERVISOR;
    uint32 private constant ASK_SECONDS = 30 minutes;

    TaskId private _task;

    function setUp() public override {
        super.setUp();
        authority.grantRole(SUPERVISOR, planner, 0);
        authority.grantRole(SUPERVISOR, operator, 0);
        members.admit(supervisor, IMembers.Kind.Human, 0, "{}");
        _task = _postOne();
    }

    function _humanPolicy() internal pure override returns (IPlantAuthority.HumanPolicy memory) {
        return IPlantAuthority.HumanPolicy(MAY_WAIT, ASK_SECONDS, 4, 10 minutes);
    }

    /* WHAT WAITS */

    function test_constructor__policy__isTold() public {
        IPlantAuthority.HumanPolicy memory policy = IPlantAuthority.HumanPolicy(MAY_WAIT, 11, 12, 13);
        vm.expectEmit(vm.computeCreateAddress(address(this), vm.getNonce(address(this))));
        emit IPlantAuthority.HumanPolicySet(MAY_WAIT, 11, 12, 13);
        new PlantAuthority(address(this), members, address(1), policy);
    }

    function test_accept__submitted__takesTwo() public {
        _badge(planner, 0);
        _run(_task, SCANNER);
        _execute(_by(supervisor, IOverrides.Kind.Accept));
        vm.assertTrue(_status(_task) == Status.Submitted);
        _execute(_by(planner, IOverrides.Kind.Accept));
        vm.assertTrue(_status(_task) == Status.Accepted);
    }

    function test_requeue__postedTask__takesTwo() public {
        _badge(planner, 0);
        _execute(_by(supervisor, IOverrides.Kind.Requeue));
        vm.assertEq(_version(_task), 1);
        _execute(_by(planner, IOverrides.Kind.Requeue));
        vm.assertEq(_version(_task), 2);
    }

    function test_execute__whatTakesAuthority__waitsForNobody() public {
        _badge(planner, 0);
        _execute(_assignment(_task, SPRAYER, PACKER));
        _execute(_by(supervisor, IOverrides.Kind.Hold));
        vm.assertTrue(_worker(_task) == SPRAYER && work.task(_task).held);
        _execute(_by(supervisor, IOverrides.Kind.Release));
        vm.assertTrue(_worker(_task) == NOBODY && !work.task(_task).held);
        _run(_task, SCANNER);
        _execute(_by(supervisor, IOverrides.Kind.Rework));
        vm.assertTrue(_status(_task) == Status.Rework);
        _execute(_by(supervisor, IOverrides.Kind.Cancel));
        vm.assertTrue(_status(_task) == Status.Cancelled);
    }

    function test_accept__afterAnotherKind__asksAnew() public {
        _badge(planner, 0);
        _run(_task, SCANNER);
        _execute(_by(supervisor, IOverrides.Kind.Requeue));
        _execute(_by(planner, IOverrides.Kind.Accept));
        vm.assertTrue(_status(_task) == Status.Submitted);
    }

    /* WHAT IS SAID OF IT */

    function test_accept__first__tellsTheEffectAndUntilWhen() public {
        _run(_task, SCANNER);
        IOverrides.Order memory order = _by(supervisor, IOverrides.Kind.Accept);
        bytes memory signature = _sign(order);
        bytes32 effect = keccak256(abi.encode(order.kind, order.subjectType, order.subject, keccak256(""), 8, 0));
        uint48 until = uint48(block.timestamp) + ASK_SECONDS;
        vm.expectEmit(address(authority));
        emit IPlantAuthority.SecondAsked(OverrideId.wrap(1), supervisor, effect, until);
        overrides.execute(order, signature);
        (address human, uint48 found) = authority.asked(effect);
        vm.assertTrue(human == supervisor && found == until);
    }

    /* WHOSE SECOND ORDER IT TAKES */

    function test_accept__onlyHumanWithABadge__confirmsAlone() public {
        _run(_task, SCANNER);
        _execute(_by(supervisor, IOverrides.Kind.Accept));
        _execute(_by(supervisor, IOverrides.Kind.Accept));
        vm.assertTrue(_status(_task) == Status.Accepted);
    }

    function test_accept__threeSupervisors__neverByOneAlone() public {
        _badge(planner, 0);
        _badge(operator, 0);
        _run(_task, SCANNER);
        for (uint256 i = 0; i < 3; ++i) {
            _execute(_by(supervisor, IOverrides.Kind.Accept));
            vm.assertTrue(_status(_task) == Status.Submitted);
        }
        _execute(_by(operator, IOverrides.Kind.Accept));
        vm.assertTrue(_status(_task) == Status.Accepted);
    }

    function test_isShared__humans__countsThoseWithARoleAndAnActiveBadge() public {
        vm.assertFalse(authority.isShared(SUPERVISORS));
        Number number = _badge(planner, 0);
        vm.assertTrue(authority.isShared(SUPERVISORS));
        _badge(maintainer, 0);
        vm.assertTrue(authority.isShared(SUPERVISORS));
        vm.assertFalse(authority.isShared(1 << PLANNER));
        members.suspend(number);
        vm.assertFalse(authority.isShared(SUPERVISORS));
        _badge(operator, 0);
        members.reinstate(number);
        vm.assertTrue(authority.isShared(SUPERVISORS));
    }

    function test_requeue__twoCells__asksTheSecondHumansScope() public {
        _badge(planner, _bit(SPRAY));
        _badge(operator, _bit(SCAN));
        _execute(_by(supervisor, IOverrides.Kind.Requeue));
        bytes memory reason = abi.encodeWithSelector(
            IOverrides.OutOfScope.selector, planner, IOverrides.Subject.Task, TaskId.unwrap(_task)
        );
        _refused(_by(planner, IOverrides.Kind.Requeue), reason);
        _execute(_by(operator, IOverrides.Kind.Requeue));
        vm.assertEq(_version(_task), 2);
    }

    function test_requeue__firstOutOfScope__counts() public {
        _badge(planner, _bit(SPRAY));
        _execute(_by(planner, IOverrides.Kind.Requeue));
        _execute(_by(supervisor, IOverrides.Kind.Requeue));
        vm.assertEq(_version(_task), 2);
    }

    /* ALARMS */

    function test_alarm__ordersOfSeveral__areCountedForEach() public {
        vm.recordLogs();
        for (uint256 i = 0; i < 4; ++i) {
            _execute(_by(supervisor, IOverrides.Kind.Hold));
            _execute(_by(operator, IOverrides.Kind.Hold));
        }
        vm.assertEq(_alarms(), 0);
        IOverrides.Order memory order = _by(operator, IOverrides.Kind.Hold);
        bytes memory signature = _sign(order);
        vm.expectEmit(address(authority));
        emit IPlantAuthority.AlarmRaised(operator, 5, uint48(block.timestamp));
        overrides.execute(order, signature);
    }

    /* BUILDING AND SAYING */

    function _badge(address human, uint256 cells) private returns (Number) {
        return members.admit(human, IMembers.Kind.Human, cells, "{}");
    }

    function _by(address human, IOverrides.Kind kind) private returns (IOverrides.Order memory order) {
        order = _order(kind, _task);
        order.human = human;
    }

    function _alarms() private returns (uint256 found) {
        Vm.Log[] memory logs = vm.getRecordedLogs();
        for (uint256 i = 0; i < logs.length; ++i) {
            if (logs[i].topics[0] == IPlantAuthority.AlarmRaised.selector) ++found;
        }
    }
}
