// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {PlantAuthority} from "contracts/PlantAuthority.sol";
import {IMembers} from "contracts/interfaces/IMembers.sol";
import {IOverrides} from "contracts/interfaces/IOverrides.sol";
import {IPlantAuthority} from "contracts/interfaces/IPlantAuthority.sol";
import {Number, OverrideId, ProposalId, TaskId} from "contracts/types/Ids.sol";
import {MAINTENANCE, OPERATOR, PLANNER, SUPERVISOR} from "contracts/types/Roles.sol";

import {PlantFixture} from "./PlantFixture.sol";
import {Vm, vm} from "./Vm.sol";

/// @notice Orders that take two humans, and what bounds one human's key. The planner supervises too.
contract HumansTest is PlantFixture {
    uint16 private constant STRICT = uint16(
        (1 << uint8(IOverrides.Kind.Release)) | (1 << uint8(IOverrides.Kind.Approve))
            | (1 << uint8(IOverrides.Kind.Reinstate))
    );
    uint16 private constant MAY_WAIT =
        STRICT | uint16((1 << uint8(IOverrides.Kind.Accept)) | (1 << uint8(IOverrides.Kind.Requeue)));
    uint256 private constant SUPERVISORS = 1 << SUPERVISOR;
    uint256 private constant EVERYONE = type(uint256).max;
    bytes32 private constant ALARM = keccak256("AlarmRaised(address,uint32,uint48)");

    /// @dev By role: the badge of the human that has it.
    Number[5] private _badge;
    TaskId private _task;

    function setUp() public override {
        super.setUp();
        for (uint64 role = OPERATOR; role <= MAINTENANCE; ++role) {
            _badge[role] = members.admit(vm.addr(role), IMembers.Kind.Human, 0, "{}");
        }
        authority.grantRole(SUPERVISOR, planner, 0);
        _task = _postOne();
    }

    function _humanPolicy() internal pure override returns (IPlantAuthority.HumanPolicy memory) {
        return IPlantAuthority.HumanPolicy(STRICT, 1 hours, 3, 10 minutes);
    }

    /* TWO ORDERS */

    function test_release__plant__wantsAnotherHuman() public {
        _holdPlant();
        _resume(supervisor);
        _resume(supervisor);
        vm.assertTrue(_plantHeld());
        _resume(planner);
        vm.assertFalse(_plantHeld());
    }

    function test_release__plantAtTheLastSecond__counts() public {
        _holdPlant();
        _resume(supervisor);
        vm.warp(block.timestamp + 1 hours);
        _resume(planner);
        vm.assertFalse(_plantHeld());
    }

    function test_release__plantASecondTooLate__asksAnew() public {
        _holdPlant();
        _resume(supervisor);
        vm.warp(block.timestamp + 1 hours + 1);
        _resume(planner);
        vm.assertTrue(_plantHeld());
    }

    function test_release__plantHeldAnew__isAskedAnew() public {
        _holdPlant();
        _resume(supervisor);
        _holdPlant();
        _resume(planner);
        vm.assertTrue(_plantHeld());
    }

    function test_release__othersSuspended__confirmsAlone() public {
        _holdPlant();
        members.suspend(_badge[PLANNER]);
        _resume(supervisor);
        _resume(supervisor);
        vm.assertFalse(_plantHeld());
    }

    function test_release__whoAskedIsSuspended__doesNotCount() public {
        _holdPlant();
        _resume(supervisor);
        members.suspend(_badge[SUPERVISOR]);
        _resume(planner);
        vm.assertTrue(_plantHeld());
    }

    function test_release__plant__isOnRecord() public {
        _holdPlant();
        IOverrides.Order memory order = _by(supervisor, IOverrides.Kind.Release, IOverrides.Subject.Plant, 0);
        _execute(order);
        bytes32 effect = keccak256(abi.encode(order.kind, order.subjectType, 0, keccak256(""), 1, 1));
        (address human, uint48 until) = authority.asked(effect);
        vm.assertTrue(human == supervisor && until == block.timestamp + 1 hours);
        _resume(planner);
        (human, until) = authority.asked(effect);
        vm.assertTrue(human == address(0) && until == 0);
    }

    function test_reinstate__worker__takesTwo() public {
        members.suspend(SCANNER);
        _reinstate(supervisor, SCANNER);
        vm.assertFalse(members.isActive(SCANNER));
        _reinstate(planner, SCANNER);
        vm.assertTrue(members.isActive(SCANNER));
    }

    function test_approve__secondOrder__fillsTheSlots() public {
        bytes memory plan = _planFor(_task, SPRAYER, PACKER);
        ProposalId id = _propose(SCANNER, plan);
        bytes memory payload = bytes.concat(_rest(id), abi.encodePacked(uint16(0), uint16(1)), plan);
        _approve(supervisor, id, payload);
        vm.assertFalse(work.task(_task).overridden);
        _approve(planner, id, payload);
        vm.assertTrue(work.task(_task).overridden);
    }

    /// @dev A human's veto, hold, assignment, rejection, cancellation or suspension waits for nobody: no policy may say so.
    function testFuzz_constructor__policy__neverDelaysWhatTakesAuthority(uint16 cosigned) public {
        IPlantAuthority.HumanPolicy memory policy = IPlantAuthority.HumanPolicy(cosigned, 10, 1, 1);
        if (cosigned & ~MAY_WAIT != 0) {
            vm.expectRevert(abi.encodeWithSelector(IPlantAuthority.NeverCosigned.selector, cosigned));
        }
        new PlantAuthority(address(this), members, address(1), policy);
    }

    function test_constructor__policyTooTight__refused() public {
        _refusedPolicy(IPlantAuthority.HumanPolicy(0, 9, 1, 1));
        _refusedPolicy(IPlantAuthority.HumanPolicy(0, 10, 0, 1));
        _refusedPolicy(IPlantAuthority.HumanPolicy(0, 10, 1, 0));
    }

    function test_constructor__theTightestPolicy__isTaken() public {
        IPlantAuthority.HumanPolicy memory policy = IPlantAuthority.HumanPolicy(0, 10, 1, 1);
        vm.expectEmit(vm.computeCreateAddress(address(this), vm.getNonce(address(this))));
        emit IPlantAuthority.HumanPolicySet(0, 10, 1, 1);
        new PlantAuthority(address(this), members, address(1), policy);
    }

    function _refusedPolicy(IPlantAuthority.HumanPolicy memory policy) private {
        vm.expectRevert(abi.encodeWithSelector(IPlantAuthority.HumanPolicyTooTight.selector));
        this.deploy(policy);
    }

    function deploy(IPlantAuthority.HumanPolicy calldata policy) external {
        new PlantAuthority(address(this), members, address(1), policy);
    }

    function test_take__notFromTheOverrides__refused() public {
        bytes memory reason = abi.encodeWithSelector(IPlantAuthority.NotTheOverrides.selector, address(this));
        vm.expectRevert(reason);
        authority.takeOrder(supervisor, EVERYONE, false);
        vm.expectRevert(reason);
        authority.takeSecond(OverrideId.wrap(1), supervisor, 2, 0, EVERYONE, false);
        vm.expectRevert(abi.encodeWithSelector(IMembers.NotTheRegistrar.selector, address(this)));
        members.suspendFor(SCANNER, supervisor);
    }

    /* A STOLEN KEY */

    /// @dev Whatever one bad key of three orders first, the two others end with the plant in their hands.
    function testFuzz_stolenKey__ofThree__neverOutlastsTheOthers(uint8 thief, uint8[4] memory acts) public {
        members.retire(_badge[MAINTENANCE]);
        thief %= 3;
        uint64 bad = OPERATOR + thief;
        for (uint256 i = 0; i < acts.length; ++i) {
            uint64 whom = OPERATOR + acts[i] % 3;
            bool back = acts[i] & 128 != 0;
            _try(_by(vm.addr(bad), _kind(back), IOverrides.Subject.Worker, Number.unwrap(_badge[whom])));
        }
        uint64 first = OPERATOR + (thief + 1) % 3;
        uint64 second = OPERATOR + (thief + 2) % 3;
        (first, second) = _isActive(first) ? (first, second) : (second, first);
        vm.assertTrue(_isActive(first));
        _suspend(vm.addr(first), _badge[bad]);
        if (!_isActive(second)) {
            _reinstate(vm.addr(second), _badge[second]);
            _reinstate(vm.addr(first), _badge[second]);
        }
        _try(_by(vm.addr(bad), IOverrides.Kind.Reinstate, IOverrides.Subject.Worker, Number.unwrap(_badge[bad])));
        _try(_by(vm.addr(bad), IOverrides.Kind.Reinstate, IOverrides.Subject.Worker, Number.unwrap(_badge[bad])));
        vm.assertTrue(_isActive(first) && _isActive(second) && !_isActive(bad));
    }

    /// @dev Orders of humans leave at least one of them active, and nobody who is not retired beyond recovery.
    function testFuzz_suspend__anyOrders__leaveAHumanActive(uint8[12] memory acts) public {
        for (uint256 i = 0; i < acts.length; ++i) {
            uint64 by = OPERATOR + acts[i] % 4;
            uint64 whom = OPERATOR + (acts[i] >> 2) % 4;
            if (acts[i] & 16 != 0) vm.warp(block.timestamp + 1 days);
            _try(_by(vm.addr(by), _kind(acts[i] & 32 != 0), IOverrides.Subject.Worker, Number.unwrap(_badge[whom])));
        }
        uint256 active = 0;
        for (uint64 role = OPERATOR; role <= MAINTENANCE; ++role) {
            if (_isActive(role)) ++active;
            vm.assertTrue(authority.mayOrder(vm.addr(role), EVERYONE, true));
        }
        vm.assertTrue(active > 0);
    }

    function test_suspend__aSecondHumanADay__refused() public {
        _suspend(operator, _badge[SUPERVISOR]);
        uint48 from = uint48(block.timestamp) + 1 days;
        IOverrides.Order memory order = _suspension(operator, _badge[PLANNER]);
        _refused(order, abi.encodeWithSelector(IMembers.SuspensionUsed.selector, _badge[OPERATOR], from));
        vm.warp(from);
        _suspend(operator, _badge[PLANNER]);
        vm.assertTrue(members.isSuspended(planner));
    }

    function test_suspend__itselfOrWithoutABadge__refused() public {
        IOverrides.Order memory order = _suspension(supervisor, _badge[SUPERVISOR]);
        _refused(order, abi.encodeWithSelector(IMembers.NotAnother.selector, _badge[SUPERVISOR]));
    }

    function test_reinstate__humanByOneAlone__never() public {
        members.suspend(_badge[SUPERVISOR]);
        _reinstate(planner, _badge[SUPERVISOR]);
        _reinstate(planner, _badge[SUPERVISOR]);
        vm.assertTrue(members.isSuspended(supervisor));
        _reinstate(supervisor, _badge[SUPERVISOR]);
        vm.assertFalse(members.isSuspended(supervisor));
    }

    function test_humansBadge__bySupervisorAlone__refused() public {
        bytes memory reason = abi.encodeWithSelector(IMembers.NotTheRegistrar.selector, supervisor);
        vm.prank(supervisor);
        vm.expectRevert(reason);
        members.suspend(_badge[OPERATOR]);
        vm.prank(supervisor);
        vm.expectRevert(reason);
        members.retire(_badge[OPERATOR]);
        vm.prank(supervisor);
        vm.expectRevert(reason);
        members.admit(STRANGER, IMembers.Kind.Human, 0, "{}");
    }

    /* ALARMS */

    function test_alarm__theFourthOrderOfAWindow__isTold() public {
        _holdPlant();
        _holdPlant();
        vm.warp(block.timestamp + 10 minutes - 1);
        _holdPlant();
        IOverrides.Order memory order = _by(supervisor, IOverrides.Kind.Hold, IOverrides.Subject.Plant, 0);
        bytes memory signature = _sign(order);
        vm.expectEmit(address(authority));
        emit IPlantAuthority.AlarmRaised(supervisor, 4, uint48(block.timestamp - 10 minutes + 1));
        overrides.execute(order, signature);
        vm.assertEq(_holdPlant(), 0);
    }

    function test_alarm__windowOver__countsAnew() public {
        for (uint256 i = 0; i < 3; ++i) {
            vm.assertEq(_holdPlant(), 0);
        }
        vm.warp(block.timestamp + 10 minutes);
        vm.assertEq(_holdPlant(), 0);
    }

    /* CELLS */

    function test_scope__otherCell__refusedButForHoldsAndVetoes() public {
        members.retire(_badge[OPERATOR]);
        address scoped = vm.addr(77);
        members.admit(scoped, IMembers.Kind.Human, _bit(SPRAY), "{}");
        vm.assertTrue(members.isInScope(scoped, _bit(SPRAY)) && !members.isInScope(scoped, _bit(SCAN)));
        vm.assertTrue(members.isRobotInScope(scoped, ROBOT) && !members.isRobotInScope(scoped, Number.wrap(99)));
        vm.assertTrue(members.isInScope(supervisor, 0) && members.isInScope(STRANGER, 0));
        vm.assertTrue(members.isInScope(_account(SCANNER), 0));
    }

    /* ON RECORD */

    function test_ratify__memberOrHuman__isTold() public {
        _holdPlant();
        vm.expectEmit(address(overrides));
        emit IOverrides.OverrideRatified(OverrideId.wrap(1), _account(SCANNER), true, "rightly so");
        vm.prank(_account(SCANNER));
        overrides.ratify(OverrideId.wrap(1), true, "rightly so");
        vm.prank(operator);
        overrides.ratify(OverrideId.wrap(1), false, "too early");
    }

    function test_ratify__unknownOrderOrStranger__refused() public {
        _refusedRatification(operator, 0, abi.encodeWithSelector(IOverrides.UnknownOverride.selector, 0));
        _refusedRatification(operator, 1, abi.encodeWithSelector(IOverrides.UnknownOverride.selector, 1));
        _holdPlant();
        _refusedRatification(STRANGER, 1, abi.encodeWithSelector(IMembers.NotAMember.selector, STRANGER));
        members.suspend(SCANNER);
        address scanner = _account(SCANNER);
        _refusedRatification(scanner, 1, abi.encodeWithSelector(IMembers.NotAMember.selector, scanner));
    }

    function _refusedRatification(address by, uint64 id, bytes memory reason) private {
        vm.prank(by);
        vm.expectRevert(reason);
        overrides.ratify(OverrideId.wrap(id), true, "");
    }

    /* GRANTS */

    function test_grant__withADelay__anotherAdministratorVetoesIt() public {
        authority.grantRole(0, STRANGER, 0);
        authority.setGrantDelay(SUPERVISOR, 1 days);
        vm.warp(block.timestamp + 5 days);
        address latecomer = vm.addr(77);
        authority.grantRole(SUPERVISOR, latecomer, 0);
        vm.assertFalse(authority.mayOrder(latecomer, SUPERVISORS, false));
        vm.warp(block.timestamp + 1 days - 1);
        vm.assertFalse(authority.mayOrder(latecomer, SUPERVISORS, false));
        vm.prank(STRANGER);
        authority.revokeRole(SUPERVISOR, latecomer);
        vm.warp(block.timestamp + 1);
        vm.assertFalse(authority.mayOrder(latecomer, SUPERVISORS, false));
    }

    function test_grant__withADelay__countsFromItsEndOn() public {
        authority.setGrantDelay(SUPERVISOR, 1 days);
        vm.warp(block.timestamp + 5 days);
        authority.grantRole(SUPERVISOR, vm.addr(77), 0);
        vm.warp(block.timestamp + 1 days);
        vm.assertTrue(authority.mayOrder(vm.addr(77), SUPERVISORS, false));
    }

    /* INTERNAL */

    function _by(address human, IOverrides.Kind kind, IOverrides.Subject on, uint256 subject)
        private
        returns (IOverrides.Order memory order)
    {
        order = _order(kind, on, subject);
        order.human = human;
    }

    function _holdPlant() private returns (uint256) {
        vm.recordLogs();
        _execute(_by(supervisor, IOverrides.Kind.Hold, IOverrides.Subject.Plant, 0));
        return _alarms();
    }

    function _resume(address human) private {
        _execute(_by(human, IOverrides.Kind.Release, IOverrides.Subject.Plant, 0));
    }

    function _plantHeld() private view returns (bool held) {
        (, held,) = work.plant();
    }

    function _approve(address human, ProposalId id, bytes memory payload) private {
        IOverrides.Order memory order =
            _by(human, IOverrides.Kind.Approve, IOverrides.Subject.Proposal, ProposalId.unwrap(id));
        order.payload = payload;
        _execute(order);
    }

    function _suspension(address human, Number whom) private returns (IOverrides.Order memory) {
        return _by(human, IOverrides.Kind.Suspend, IOverrides.Subject.Worker, Number.unwrap(whom));
    }

    function _suspend(address human, Number whom) private {
        _execute(_suspension(human, whom));
    }

    function _reinstate(address human, Number whom) private {
        _execute(_by(human, IOverrides.Kind.Reinstate, IOverrides.Subject.Worker, Number.unwrap(whom)));
    }

    function _kind(bool back) private pure returns (IOverrides.Kind) {
        return back ? IOverrides.Kind.Reinstate : IOverrides.Kind.Suspend;
    }

    function _try(IOverrides.Order memory order) private {
        bytes memory signature = _sign(order);
        try overrides.execute(order, signature) {} catch {}
    }

    function _isActive(uint64 role) private view returns (bool) {
        return !members.isSuspended(vm.addr(role));
    }

    function _alarms() private returns (uint256 found) {
        Vm.Log[] memory logs = vm.getRecordedLogs();
        for (uint256 i = 0; i < logs.length; ++i) {
            if (logs[i].topics[0] == ALARM) ++found;
        }
    }
}
