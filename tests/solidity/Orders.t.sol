// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Nonces} from "@openzeppelin/contracts/utils/Nonces.sol";
import {NoncesKeyed} from "@openzeppelin/contracts/utils/NoncesKeyed.sol";
import {IMembers} from "contracts/interfaces/IMembers.sol";
import {IOverrides} from "contracts/interfaces/IOverrides.sol";
import {IWorkOrders} from "contracts/interfaces/IWorkOrders.sol";
import {Number, OrderId, TaskId} from "contracts/types/Ids.sol";
import {OPERATOR, PLANNER, SUPERVISOR} from "contracts/types/Roles.sol";
import {Status} from "contracts/types/Work.sol";

import {Packing} from "./Packing.sol";
import {PlantFixture} from "./PlantFixture.sol";
import {vm} from "./Vm.sol";

/// @notice Whether a human's order stands: signature, role, level, reason, time.
contract OrdersTest is PlantFixture {
    TaskId private _task;

    function setUp() public override {
        super.setUp();
        _task = _postOne();
    }

    /* SIGNATURES */

    function test_execute__relayedByAStranger__takesEffect() public {
        IOverrides.Order memory order = _order(IOverrides.Kind.Hold, _task);
        bytes memory signature = _sign(order);
        vm.prank(STRANGER);
        overrides.execute(order, signature);
        vm.assertTrue(work.task(_task).held);
    }

    function test_execute__replayed__refused() public {
        IOverrides.Order memory order = _order(IOverrides.Kind.Hold, _task);
        _execute(order);
        uint256 next = order.nonce + 1;
        _refused(order, abi.encodeWithSelector(Nonces.InvalidAccountNonce.selector, supervisor, next));
    }

    function test_execute__replayedOnAnotherContract__refused() public {
        IOverrides.Order memory order = _order(IOverrides.Kind.Hold, _task);
        bytes memory signature = _sign(order);
        super.setUp();
        _task = _postOne();
        vm.expectRevert(abi.encodeWithSelector(IOverrides.BadSignature.selector, supervisor));
        overrides.execute(order, signature);
    }

    function test_execute__signedByAnother__refused() public {
        IOverrides.Order memory order = _order(IOverrides.Kind.Hold, _task);
        bytes memory signature = _sign(OPERATOR, overrides.digestOf(order));
        vm.expectRevert(abi.encodeWithSelector(IOverrides.BadSignature.selector, supervisor));
        overrides.execute(order, signature);
    }

    function testFuzz_execute__mutated__refused(uint8 field, uint64 change) public {
        IOverrides.Order memory order = _order(IOverrides.Kind.Hold, _task);
        order.expectedEpoch = _epoch(_task);
        bytes memory signature = _sign(order);
        _mutate(order, field % 8, 1 + change % 1_000_000);
        vm.expectRevert(abi.encodeWithSelector(IOverrides.BadSignature.selector, order.human));
        overrides.execute(order, signature);
    }

    function _mutate(IOverrides.Order memory order, uint8 field, uint64 change) private pure {
        if (field == 0) order.subject += change;
        if (field == 1) order.payload = abi.encode(change);
        if (field == 2) order.reason = "another";
        if (field == 3) order.reasonCode += uint16(1 + change % 1000);
        if (field == 4) order.expiresAt += uint48(change);
        if (field == 5) order.validUntil += uint48(change);
        if (field == 6) order.preview = bytes32(uint256(change));
        if (field == 7) order.nonce += change;
    }

    function test_execute__noncesOfDifferentKeys__inAnyOrder() public {
        IOverrides.Order memory first = _order(IOverrides.Kind.Hold, _task);
        IOverrides.Order memory second = _order(IOverrides.Kind.Release, _task);
        (first.nonce, second.nonce) = (second.nonce, first.nonce);
        _execute(first);
        _execute(second);
        vm.assertFalse(work.task(_task).held);
    }

    /* SOUNDNESS */

    function test_execute__tooLate__refused() public {
        IOverrides.Order memory order = _order(IOverrides.Kind.Hold, _task);
        order.validUntil = uint48(block.timestamp - 1);
        _refused(order, abi.encodeWithSelector(IOverrides.OrderExpired.selector, order.validUntil));
    }

    function test_execute__inItsLastSecond__takesEffect() public {
        IOverrides.Order memory order = _order(IOverrides.Kind.Hold, _task);
        order.validUntil = uint48(block.timestamp);
        _execute(order);
        vm.assertTrue(work.task(_task).held);
    }

    function test_execute__noReasonCode__refused() public {
        IOverrides.Order memory order = _order(IOverrides.Kind.Hold, _task);
        order.reasonCode = 0;
        _refused(order, abi.encodeWithSelector(IOverrides.ReasonMissing.selector));
    }

    function test_execute__noWords__refused() public {
        IOverrides.Order memory order = _order(IOverrides.Kind.Hold, _task);
        order.reason = "";
        _refused(order, abi.encodeWithSelector(IOverrides.ReasonMissing.selector));
    }

    function test_execute__assignmentWithoutEnd__refused() public {
        IOverrides.Order memory order = _assignment(_task, SPRAYER, PACKER);
        order.expiresAt = 0;
        _refused(order, abi.encodeWithSelector(IOverrides.ExpiryMissing.selector, 0));
    }

    function test_execute__endsTooSoon__refused() public {
        IOverrides.Order memory order = _order(IOverrides.Kind.Hold, _task);
        order.expiresAt = uint48(block.timestamp + 9);
        _refused(order, abi.encodeWithSelector(IOverrides.ExpiryMissing.selector, order.expiresAt));
        order.expiresAt = uint48(block.timestamp + 10);
        _execute(order);
        vm.assertTrue(work.task(_task).held);
    }

    function test_execute__otherEpochThanSeen__refused() public {
        IOverrides.Order memory order = _order(IOverrides.Kind.Hold, _task);
        order.expectedEpoch = 7;
        _refused(order, abi.encodeWithSelector(IOverrides.StaleVersion.selector, 1, 7));
    }

    function test_execute__kindAndSubjectDoNotFit__refused() public {
        IOverrides.Order memory order = _order(IOverrides.Kind.Veto, _task);
        _refusedSubject(order);
        order = _order(IOverrides.Kind.Hold, IOverrides.Subject.Worker, 1);
        _refusedSubject(order);
        order = _order(IOverrides.Kind.None, _task);
        _refusedSubject(order);
        order = _order(IOverrides.Kind.Assign, IOverrides.Subject.Robot, Number.unwrap(ROBOT));
        _refusedSubject(order);
    }

    function test_execute__plantWithANumber__refused() public {
        _refusedSubject(_order(IOverrides.Kind.Hold, IOverrides.Subject.Plant, 7));
    }

    function _refusedSubject(IOverrides.Order memory order) private {
        _refused(order, abi.encodeWithSelector(IOverrides.WrongSubject.selector, order.kind, order.subjectType));
    }

    function test_execute__levelDoesNotFit__refused() public {
        _refusedLevel(_order(IOverrides.Kind.Hold, _task), 1);
        _refusedLevel(_order(IOverrides.Kind.Hold, _task), 12);
        _refusedLevel(_order(IOverrides.Kind.Hold, _task), 16);
        _refusedLevel(_order(IOverrides.Kind.Assign, _task), 5);
        _refusedLevel(_order(IOverrides.Kind.Assign, _task), 7);
        _refusedLevel(_order(IOverrides.Kind.Hold, IOverrides.Subject.Plant, 0), 8);
    }

    function _refusedLevel(IOverrides.Order memory order, uint8 level) private {
        order.level = level;
        _refused(order, abi.encodeWithSelector(IOverrides.WrongLevel.selector, level));
    }

    /* ROLES */

    function test_execute__strangerOrAdministrator__refused() public {
        authority.grantRole(0, vm.addr(77), 0);
        IOverrides.Order memory order = _order(IOverrides.Kind.Hold, _task);
        order.human = vm.addr(77);
        bytes memory signature = _sign(77, overrides.digestOf(order));
        vm.expectRevert(abi.encodeWithSelector(IOverrides.NotAllowed.selector, order.human, order.kind, 7));
        overrides.execute(order, signature);
    }

    function test_execute__roleWithADelay__isNone() public {
        authority.grantRole(SUPERVISOR, supervisor, 1 hours);
        _refusedRole(_order(IOverrides.Kind.Hold, _task), supervisor, 7);
    }

    function test_execute__suspendedHuman__refused() public {
        Number number = members.admit(supervisor, IMembers.Kind.Human, 0, "{}");
        members.suspend(number);
        _refusedRole(_order(IOverrides.Kind.Hold, _task), supervisor, 7);
    }

    function test_execute__lockOut__forMaintenanceAlone() public {
        IOverrides.Order memory order = _order(IOverrides.Kind.Hold, _task);
        order.level = 5;
        _refusedRole(order, supervisor, 5);
        order.human = maintainer;
        _execute(order);
        vm.assertTrue(work.task(_task).held);
    }

    function test_execute__plantHold__forEveryRole() public {
        for (uint64 role = 1; role <= 4; ++role) {
            IOverrides.Order memory order = _order(IOverrides.Kind.Hold, IOverrides.Subject.Plant, 0);
            order.human = vm.addr(role);
            _execute(order);
        }
        IOverrides.Order memory release = _order(IOverrides.Kind.Release, IOverrides.Subject.Plant, 0);
        _refusedRole(release, operator, 1);
        _refusedRole(release, planner, 1);
        _refusedRole(release, maintainer, 1);
    }

    function test_execute__operatorReleasesAnAssignment__refused() public {
        _execute(_assignment(_task, SPRAYER, PACKER));
        _refusedRole(_order(IOverrides.Kind.Release, _task), operator, 8);
    }

    function test_execute__operatorReleasesAHold__allowed() public {
        _execute(_assignment(_task, SPRAYER, PACKER));
        _execute(_order(IOverrides.Kind.Hold, _task));
        IOverrides.Order memory order = _order(IOverrides.Kind.Release, _task);
        order.human = operator;
        order.level = 7;
        _execute(order);
        vm.assertFalse(work.task(_task).held);
        vm.assertTrue(work.task(_task).overridden);
    }

    function _refusedRole(IOverrides.Order memory order, address human, uint8 level) private {
        order.human = human;
        _refused(order, abi.encodeWithSelector(IOverrides.NotAllowed.selector, human, order.kind, level));
    }

    /* PAYLOADS */

    function test_assign__entryOfAnotherTask__refused() public {
        IOverrides.Order memory order = _assignment(_postOne(), SPRAYER, PACKER);
        order.subject = TaskId.unwrap(_task);
        _refused(order, abi.encodeWithSelector(IOverrides.MalformedPayload.selector, IOverrides.Kind.Assign));
    }

    function test_assign__lacksTheCapability__wantsASecondReason() public {
        Number fetcher = members.admit(_account(Number.wrap(7)), IMembers.Kind.Digital, _bit(3), "{}");
        IOverrides.Order memory order = _assignment(_task, fetcher, PACKER);
        _refused(order, abi.encodeWithSelector(IOverrides.NotCapable.selector, fetcher, SCAN));
        order.payload = bytes.concat(order.payload, "it can, I saw it");
        _execute(order);
        vm.assertTrue(_worker(_task) == fetcher);
    }

    function test_assign__suspendedWorker__refusedWithAnyReason() public {
        members.suspend(SPRAYER);
        IOverrides.Order memory order = _assignment(_task, SPRAYER, PACKER);
        order.payload = bytes.concat(order.payload, "all the same");
        _refused(order, abi.encodeWithSelector(IOverrides.NotCapable.selector, SPRAYER, SCAN));
    }

    function test_assign__unsoundInspector__aHumanInspects() public {
        _execute(_assignment(_task, SPRAYER, SPRAYER));
        vm.assertEq(Number.unwrap(work.task(_task).inspector), 0);
        _execute(_assignment(_task, SPRAYER, ROBOT));
        vm.assertEq(Number.unwrap(work.task(_task).inspector), 0);
    }

    function test_cancel__payloadOfOtherLength__refused() public {
        IOverrides.Order memory order = _order(IOverrides.Kind.Cancel, _task);
        order.payload = new bytes(31);
        _refused(order, abi.encodeWithSelector(IOverrides.MalformedPayload.selector, IOverrides.Kind.Cancel));
    }

    function test_cancel__maskWithoutTheSubject__refused() public {
        IOverrides.Order memory order = _order(IOverrides.Kind.Cancel, _task);
        order.payload = abi.encode(2);
        _refused(order, abi.encodeWithSelector(IOverrides.MalformedPayload.selector, IOverrides.Kind.Cancel));
    }

    function test_cancel__aFullOrder__cancelsWhatTheMaskNamesFromTheFirstToTheLast() public {
        bytes memory tasks;
        for (uint256 i = 0; i < 256; ++i) {
            tasks = bytes.concat(tasks, Packing.pack(Packing.aTask()));
        }
        OrderId posted = _post(tasks);
        IOverrides.Order memory order = _order(IOverrides.Kind.Cancel, _idOf(posted, 255));
        order.payload = abi.encode((1 << 255) | (1 << 100) | 1);
        _execute(order);
        for (uint256 i = 0; i < 256; ++i) {
            bool named = i == 0 || i == 100 || i == 255;
            vm.assertTrue(_status(_idOf(posted, i)) == (named ? Status.Cancelled : Status.Posted));
        }
    }

    function test_release__nothingFilled__refused() public {
        IOverrides.Order memory order = _order(IOverrides.Kind.Release, _task);
        _refused(
            order,
            abi.encodeWithSelector(
                IOverrides.NothingToRelease.selector, IOverrides.Subject.Task, TaskId.unwrap(_task), 8
            )
        );
    }

    function test_fill__finishedTask__refused() public {
        _execute(_order(IOverrides.Kind.Cancel, _task));
        bytes memory reason = abi.encodeWithSelector(IWorkOrders.WrongStatus.selector, _task, Status.Cancelled);
        _refused(_assignment(_task, SPRAYER, PACKER), reason);
        _refused(_order(IOverrides.Kind.Hold, _task), reason);
        _refused(_order(IOverrides.Kind.Cancel, _task), reason);
    }

    function test_fill__acceptedTask__refused() public {
        _run(_task, SCANNER);
        _inspect(_task, PACKER, true);
        bytes memory reason = abi.encodeWithSelector(IWorkOrders.WrongStatus.selector, _task, Status.Accepted);
        _refused(_assignment(_task, SPRAYER, PACKER), reason);
        _refused(_order(IOverrides.Kind.Hold, _task), reason);
    }
}
