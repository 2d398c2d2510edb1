// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IOverrides} from "contracts/interfaces/IOverrides.sol";
import {Number, OrderId, ProposalId, TaskId} from "contracts/types/Ids.sol";
import {Status} from "contracts/types/Work.sol";

import {Packing} from "./Packing.sol";
import {PlantFixture} from "./PlantFixture.sol";
import {vm} from "./Vm.sol";

/// @notice What a human's veto or approval makes of a plan whose tasks have moved on, and of a long one.
contract PlanOrdersTest is PlantFixture {
    /// @dev Entries of a plan that one order acts on.
    uint16 private constant MOST = 150;

    TaskId private _task;

    function setUp() public override {
        super.setUp();
        _task = _postOne();
    }

    /* A VETO OF WHAT IS DECIDED */

    function test_veto__enactedUnderAHumansHold__nobodyAfterIt() public {
        bytes memory plan = _planFor(_task, SCANNER, PACKER);
        _execute(_order(IOverrides.Kind.Hold, _task));
        _execute(_part(IOverrides.Kind.Veto, _decide(plan), plan, 0, 1));
        IOverrides.Order memory release = _order(IOverrides.Kind.Release, _task);
        release.payload = abi.encode(1);
        _execute(release);
        _assertTask(Status.Posted, NOBODY, true);
    }

    function test_veto__enactedUnderAnAssignment__nobodyInstead() public {
        bytes memory plan = _planFor(_task, SCANNER, PACKER);
        _execute(_assignment(_task, GLUER, PACKER));
        _execute(_part(IOverrides.Kind.Veto, _decide(plan), plan, 0, 1));
        _assertTask(Status.Posted, NOBODY, true);
    }

    function test_veto__oneEntryEnacted__takesItFromItsWorker() public {
        TaskId other = _postOne();
        Packing.Assigned[] memory entries = new Packing.Assigned[](2);
        (entries[0], entries[1]) = (_assigned(_task, SCANNER, PACKER), _assigned(other, SCANNER, PACKER));
        bytes memory plan = Packing.assignments(entries);
        ProposalId id = _propose(SCANNER, plan);
        for (uint16 i = 1; i <= 3; ++i) {
            _vote(id, Number.wrap(i), true);
        }
        dao.enact(id, plan, _rest(id), 1);
        vm.assertEq(dao.progress(id), 1);
        _execute(_part(IOverrides.Kind.Veto, id, plan, 0, 2));
        _assertTask(Status.Posted, NOBODY, true);
        vm.assertFalse(work.task(other).overridden);
    }

    /* AN APPROVAL OF WHAT IS OPEN */

    function test_approve__withoutEnd__refused() public {
        bytes memory plan = _planFor(_task, SCANNER, PACKER);
        IOverrides.Order memory order = _part(IOverrides.Kind.Approve, _propose(SCANNER, plan), plan, 0, 1);
        order.expiresAt = 0;
        _refused(order, abi.encodeWithSelector(IOverrides.ExpiryMissing.selector, 0));
    }

    function test_approve__taskThatMovedOn__isLeftAlone() public {
        bytes memory plan = _planFor(_task, SCANNER, PACKER);
        ProposalId id = _propose(SCANNER, plan);
        _allocate(_task, GLUER);
        _execute(_part(IOverrides.Kind.Approve, id, plan, 0, 1));
        _assertTask(Status.Allocated, GLUER, false);
    }

    function test_approve__allocatedTaskAtItsVersion__isTheOtherWorkers() public {
        _allocate(_task, GLUER);
        bytes memory plan = _planFor(_task, SCANNER, PACKER);
        _execute(_part(IOverrides.Kind.Approve, _propose(SCANNER, plan), plan, 0, 1));
        _assertTask(Status.Allocated, SCANNER, true);
    }

    function test_approve__startedTask__isLeftAlone() public {
        _allocate(_task, GLUER);
        bytes memory plan = _planFor(_task, SCANNER, PACKER);
        ProposalId id = _propose(SCANNER, plan);
        _start(_task, GLUER);
        _execute(_part(IOverrides.Kind.Approve, id, plan, 0, 1));
        _assertTask(Status.Started, GLUER, false);
    }

    function test_approve__suspendedInspector__aHumanInspects() public {
        bytes memory plan = _planFor(_task, SCANNER, PACKER);
        ProposalId id = _propose(SCANNER, plan);
        members.suspend(PACKER);
        _execute(_part(IOverrides.Kind.Approve, id, plan, 0, 1));
        _assertTask(Status.Allocated, SCANNER, true);
        vm.assertTrue(work.task(_task).inspector == NOBODY);
    }

    /* A LONG PLAN */

    function test_approve__moreEntriesThanAnOrderTakes__refused() public {
        (bytes memory plan, OrderId posted) = _longPlan();
        ProposalId id = _propose(SCANNER, plan);
        bytes memory reason = abi.encodeWithSelector(IOverrides.MalformedPayload.selector, IOverrides.Kind.Approve);
        _refused(_part(IOverrides.Kind.Approve, id, plan, 0, MOST + 1), reason);
        _refused(_part(IOverrides.Kind.Approve, id, plan, 1, MOST + 2), reason);
        _execute(_part(IOverrides.Kind.Approve, id, plan, 1, MOST + 1));
        for (uint256 i = 0; i < MOST + 2; ++i) {
            vm.assertTrue(work.task(_idOf(posted, i)).overridden == (i >= 1 && i <= MOST));
        }
    }

    function test_veto__moreEntriesThanAnOrderTakes__refused() public {
        (bytes memory plan, OrderId posted) = _longPlan();
        ProposalId id = _decide(plan);
        bytes memory reason = abi.encodeWithSelector(IOverrides.MalformedPayload.selector, IOverrides.Kind.Veto);
        _refused(_part(IOverrides.Kind.Veto, id, plan, 0, MOST + 1), reason);
        _execute(_part(IOverrides.Kind.Veto, id, plan, 0, MOST));
        for (uint256 i = 0; i < MOST + 2; ++i) {
            vm.assertTrue(_worker(_idOf(posted, i)) == (i < MOST ? NOBODY : SCANNER));
        }
    }

    /* BUILDING AND SAYING */

    /// @dev Two entries more than an order takes.
    function _longPlan() private returns (bytes memory plan, OrderId posted) {
        Packing.Assigned[] memory entries = new Packing.Assigned[](MOST + 2);
        bytes memory tasks;
        for (uint256 i = 0; i < entries.length; ++i) {
            tasks = bytes.concat(tasks, Packing.pack(Packing.aTask()));
        }
        posted = _post(tasks);
        for (uint256 i = 0; i < entries.length; ++i) {
            entries[i] = _assigned(_idOf(posted, i), SCANNER, PACKER);
        }
        plan = Packing.assignments(entries);
    }

    function _part(IOverrides.Kind kind, ProposalId id, bytes memory plan, uint16 first, uint16 last)
        private
        returns (IOverrides.Order memory order)
    {
        order = _order(kind, IOverrides.Subject.Proposal, ProposalId.unwrap(id));
        order.payload = abi.encodePacked(_rest(id), first, last, plan);
    }

    function _assertTask(Status status, Number worker, bool overridden) private view {
        vm.assertTrue(_status(_task) == status);
        vm.assertTrue(_worker(_task) == worker);
        vm.assertTrue(work.task(_task).overridden == overridden);
    }
}
