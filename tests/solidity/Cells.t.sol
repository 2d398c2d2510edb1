// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAllocationDAO} from "contracts/interfaces/IAllocationDAO.sol";
import {IMembers} from "contracts/interfaces/IMembers.sol";
import {IOverrides} from "contracts/interfaces/IOverrides.sol";
import {Number, OrderId, ProposalId, TaskId} from "contracts/types/Ids.sol";
import {Status} from "contracts/types/Work.sol";

import {Packing} from "./Packing.sol";
import {PlantFixture} from "./PlantFixture.sol";
import {vm} from "./Vm.sol";

/// @notice What a human overrides whose badge names a cell: here the supervisor's, where they spray and fetch.
contract CellsTest is PlantFixture {
    uint8 private constant FETCH = 0;
    uint8 private constant GLUE = 3;

    TaskId private _inside;
    TaskId private _outside;

    function setUp() public override {
        super.setUp();
        members.admit(supervisor, IMembers.Kind.Human, _bit(SPRAY) | _bit(FETCH), "{}");
        OrderId order = _post(bytes.concat(Packing.pack(_needing(SPRAY)), Packing.pack(_needing(SCAN))));
        (_inside, _outside) = (_idOf(order, 0), _idOf(order, 1));
    }

    /* TASKS */

    function test_assign__anotherCellsTask__refused() public {
        _refusedOutside(_assignment(_outside, GLUER, PACKER));
        _execute(_assignment(_inside, GLUER, PACKER));
        vm.assertTrue(_worker(_inside) == GLUER);
    }

    function test_judge__anotherCellsTask__refused() public {
        _run(_outside, SCANNER);
        _refusedOutside(_order(IOverrides.Kind.Accept, _outside));
        _refusedOutside(_order(IOverrides.Kind.Rework, _outside));
        _run(_inside, SCANNER);
        _execute(_order(IOverrides.Kind.Rework, _inside));
        _execute(_order(IOverrides.Kind.Accept, _inside));
        vm.assertTrue(_status(_inside) == Status.Reworked);
    }

    function test_requeue__anotherCellsTask__refused() public {
        _refusedOutside(_order(IOverrides.Kind.Requeue, _outside));
        _execute(_order(IOverrides.Kind.Requeue, _inside));
        vm.assertEq(_version(_inside), 2);
    }

    function test_cancel__anotherCellsTask__refused() public {
        _refusedOutside(_order(IOverrides.Kind.Cancel, _outside));
        _execute(_order(IOverrides.Kind.Cancel, _inside));
        vm.assertTrue(_status(_inside) == Status.Cancelled);
    }

    function test_cancel__anotherCellsTaskAmongSeveral__refused() public {
        IOverrides.Order memory both = _order(IOverrides.Kind.Cancel, _inside);
        both.payload = abi.encode(3);
        _refusedOutside(both);
        IOverrides.Order memory other = _order(IOverrides.Kind.Cancel, _outside);
        other.human = planner;
        _execute(other);
        _execute(both);
        vm.assertTrue(_status(_inside) == Status.Cancelled);
    }

    function test_hold__anotherCellsTask__isHeldAndNotReleased() public {
        _execute(_order(IOverrides.Kind.Hold, _outside));
        vm.assertTrue(work.task(_outside).held);
        _refusedOutside(_order(IOverrides.Kind.Release, _outside));
        _execute(_order(IOverrides.Kind.Hold, _inside));
        _execute(_order(IOverrides.Kind.Release, _inside));
        vm.assertFalse(work.task(_inside).held);
    }

    /* ROBOTS AND THE PLANT */

    function test_hold__anotherCellsRobot__isHeldAndNotReleased() public {
        Number gluing = members.admit(vm.addr(88), IMembers.Kind.Robotic, _bit(GLUE), "{}");
        _execute(_onRobot(IOverrides.Kind.Hold, gluing));
        bytes memory reason = abi.encodeWithSelector(
            IOverrides.OutOfScope.selector, supervisor, IOverrides.Subject.Robot, Number.unwrap(gluing)
        );
        _refused(_onRobot(IOverrides.Kind.Release, gluing), reason);
        _execute(_onRobot(IOverrides.Kind.Hold, ROBOT));
        _execute(_onRobot(IOverrides.Kind.Release, ROBOT));
        (, bool held) = overrides.robot(ROBOT);
        vm.assertFalse(held);
    }

    function test_release__plant__isOfEveryCell() public {
        _execute(_order(IOverrides.Kind.Hold, IOverrides.Subject.Plant, 0));
        _execute(_order(IOverrides.Kind.Release, IOverrides.Subject.Plant, 0));
        _execute(_order(IOverrides.Kind.Release, IOverrides.Subject.Plant, 0));
        (, bool held,) = work.plant();
        vm.assertFalse(held);
    }

    /* PLANS */

    function test_veto__enactedPlan__leavesTheOtherCellsEntries() public {
        bytes memory plan = _planOfBoth();
        _execute(_onBoth(IOverrides.Kind.Veto, _decide(plan), plan));
        vm.assertTrue(_worker(_inside) == NOBODY && work.task(_inside).overridden);
        vm.assertTrue(_worker(_outside) == GLUER && !work.task(_outside).overridden);
    }

    function test_approve__plan__leavesTheOtherCellsEntries() public {
        bytes memory plan = _planOfBoth();
        _execute(_onBoth(IOverrides.Kind.Approve, _propose(SCANNER, plan), plan));
        vm.assertTrue(_worker(_inside) == GLUER && work.task(_inside).overridden);
        vm.assertTrue(_worker(_outside) == NOBODY && !work.task(_outside).overridden);
    }

    function test_veto__openPlanOfAnotherCell__ended() public {
        ProposalId id = _propose(SCANNER, _planFor(_outside, GLUER, PACKER));
        _execute(_order(IOverrides.Kind.Veto, IOverrides.Subject.Proposal, ProposalId.unwrap(id)));
        vm.assertTrue(dao.proposal(id).state == IAllocationDAO.State.Vetoed);
    }

    /* BUILDING */

    function _needing(uint8 capability) private pure returns (Packing.Task memory task) {
        task = Packing.aTask();
        task.capability = capability;
    }

    function _onRobot(IOverrides.Kind kind, Number robot) private returns (IOverrides.Order memory) {
        return _order(kind, IOverrides.Subject.Robot, Number.unwrap(robot));
    }

    /// @dev The gluer does both tasks, the packer inspects them.
    function _planOfBoth() private view returns (bytes memory) {
        Packing.Assigned[] memory entries = new Packing.Assigned[](2);
        entries[0] = _assigned(_inside, GLUER, PACKER);
        entries[1] = _assigned(_outside, GLUER, PACKER);
        return Packing.assignments(entries);
    }

    function _onBoth(IOverrides.Kind kind, ProposalId id, bytes memory plan)
        private
        returns (IOverrides.Order memory order)
    {
        order = _order(kind, IOverrides.Subject.Proposal, ProposalId.unwrap(id));
        order.payload = bytes.concat(_rest(id), hex"00000002", plan);
    }

    function _refusedOutside(IOverrides.Order memory order) private {
        uint256 task = TaskId.unwrap(_outside);
        _refused(
            order, abi.encodeWithSelector(IOverrides.OutOfScope.selector, supervisor, IOverrides.Subject.Task, task)
        );
    }
}
