// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAccessManager} from "@openzeppelin/contracts/access/manager/IAccessManager.sol";

import {WorkOrders} from "contracts/WorkOrders.sol";
import {IMembers} from "contracts/interfaces/IMembers.sol";
import {IOverrides} from "contracts/interfaces/IOverrides.sol";
import {IWorkOrders} from "contracts/interfaces/IWorkOrders.sol";
import {Tasks} from "contracts/libraries/Tasks.sol";
import {TaskId} from "contracts/types/Ids.sol";

import {PlantFixture} from "./PlantFixture.sol";
import {vm} from "./Vm.sol";

/// @notice Orders about what cannot be, and slots of each kind whose time is over.
contract RefusalsTest is PlantFixture {
    TaskId private _task;

    function setUp() public override {
        super.setUp();
        _task = _postOne();
    }

    function test_describe__noCapabilities__refused() public {
        IWorkOrders.Limits memory limits = IWorkOrders.Limits(ACKNOWLEDGE_SECONDS, HEARTBEAT_SECONDS, INSPECT_SECONDS);
        WorkOrders other = new WorkOrders(IAccessManager(authority), members, address(dao), address(overrides), limits);
        vm.expectRevert(abi.encodeWithSelector(IWorkOrders.UnknownCapability.selector, 0, 0));
        other.describe("{}", 0, 0, 1000);
    }

    /* SUBJECTS TOO LARGE TO BE ANY */

    function testFuzz_order__taskBeyond32Bits__refused(uint256 subject) public {
        if (subject <= type(uint32).max) return;
        bytes memory reason = abi.encodeWithSelector(IOverrides.MalformedPayload.selector, IOverrides.Kind.None);
        for (uint8 kind = uint8(IOverrides.Kind.Assign); kind <= uint8(IOverrides.Kind.Hold); ++kind) {
            _refused(_order(IOverrides.Kind(kind), IOverrides.Subject.Task, subject), reason);
        }
        _refused(_order(IOverrides.Kind.Requeue, IOverrides.Subject.Task, subject), reason);
    }

    function testFuzz_order__memberBeyond16Bits__refused(uint256 subject) public {
        if (subject <= type(uint16).max) return;
        bytes memory reason = abi.encodeWithSelector(IMembers.UnknownMember.selector, NOBODY);
        _refused(_order(IOverrides.Kind.Suspend, IOverrides.Subject.Worker, subject), reason);
        _refused(_order(IOverrides.Kind.Reinstate, IOverrides.Subject.Worker, subject), reason);
        _refused(_order(IOverrides.Kind.Hold, IOverrides.Subject.Robot, subject), reason);
    }

    function test_order__theLargestNumbers__areUnknown() public {
        TaskId last = TaskId.wrap(type(uint32).max);
        bytes memory reason = abi.encodeWithSelector(Tasks.UnknownTask.selector, last);
        _refused(_order(IOverrides.Kind.Hold, last), reason);
        reason = abi.encodeWithSelector(IMembers.UnknownMember.selector, type(uint16).max);
        _refused(_order(IOverrides.Kind.Suspend, IOverrides.Subject.Worker, type(uint16).max), reason);
    }

    /* WHAT GOES WITH NO SUBJECT OF ITS KIND */

    function test_order__kindOfAnotherSubject__refused() public {
        _refusedSubject(IOverrides.Kind.Veto, IOverrides.Subject.Task, TaskId.unwrap(_task));
        _refusedSubject(IOverrides.Kind.Suspend, IOverrides.Subject.Task, TaskId.unwrap(_task));
        _refusedSubject(IOverrides.Kind.Assign, IOverrides.Subject.Proposal, 1);
        _refusedSubject(IOverrides.Kind.Approve, IOverrides.Subject.Worker, 1);
        _refusedSubject(IOverrides.Kind.Hold, IOverrides.Subject.Proposal, 1);
        _refusedSubject(IOverrides.Kind.Requeue, IOverrides.Subject.Robot, 6);
        _refusedSubject(IOverrides.Kind.None, IOverrides.Subject.Plant, 0);
    }

    function _refusedSubject(IOverrides.Kind kind, IOverrides.Subject on, uint256 subject) private {
        _refused(_order(kind, on, subject), abi.encodeWithSelector(IOverrides.WrongSubject.selector, kind, on));
    }

    function testFuzz_order__payloadThatIsNoWord__refused(bytes calldata payload) public {
        if (payload.length == 0 || payload.length == 32) return;
        _refusedPayload(IOverrides.Kind.Cancel, payload);
        _refusedPayload(IOverrides.Kind.Release, payload);
    }

    function _refusedPayload(IOverrides.Kind kind, bytes calldata payload) private {
        IOverrides.Order memory order = _order(kind, _task);
        order.payload = payload;
        _refused(order, abi.encodeWithSelector(IOverrides.MalformedPayload.selector, kind));
    }

    function test_cancel__maskWithoutItsOwnTask__refused() public {
        IOverrides.Order memory order = _order(IOverrides.Kind.Cancel, _task);
        order.payload = abi.encode(2);
        _refused(order, abi.encodeWithSelector(IOverrides.MalformedPayload.selector, IOverrides.Kind.Cancel));
    }

    /* SLOTS WHOSE TIME IS OVER */

    function test_poke__robotHoldExpired__goesOnAtTheNextEpoch() public {
        _execute(_order(IOverrides.Kind.Hold, IOverrides.Subject.Robot, 6));
        vm.warp(block.timestamp + 1 hours + 1);
        overrides.poke(IOverrides.Subject.Robot, 6, 7);
        (uint64 epoch, bool held) = overrides.robot(ROBOT);
        vm.assertTrue(epoch == 3 && !held);
    }

    function test_poke__robotHoldExpiredUnderALockOut__staysHeld() public {
        IOverrides.Order memory lockOut = _order(IOverrides.Kind.Hold, IOverrides.Subject.Robot, 6);
        (lockOut.level, lockOut.human, lockOut.expiresAt) = (5, maintainer, 0);
        _execute(lockOut);
        _execute(_order(IOverrides.Kind.Hold, IOverrides.Subject.Robot, 6));
        vm.warp(block.timestamp + 1 hours + 1);
        overrides.poke(IOverrides.Subject.Robot, 6, 7);
        (uint64 epoch, bool held) = overrides.robot(ROBOT);
        vm.assertTrue(epoch == 2 && held);
    }

    function test_poke__plantHoldExpired__goesOn() public {
        _execute(_order(IOverrides.Kind.Hold, IOverrides.Subject.Plant, 0));
        vm.warp(block.timestamp + 1 hours + 1);
        overrides.poke(IOverrides.Subject.Plant, 0, 1);
        (, bool held, uint64 epoch) = work.plant();
        vm.assertTrue(!held && epoch == 2);
    }
}
