// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAllocationDAO} from "contracts/interfaces/IAllocationDAO.sol";
import {IMembers} from "contracts/interfaces/IMembers.sol";
import {IOverrides} from "contracts/interfaces/IOverrides.sol";
import {IWorkOrders} from "contracts/interfaces/IWorkOrders.sol";
import {Number, OverrideId, ProposalId, TaskId} from "contracts/types/Ids.sol";
import {Status} from "contracts/types/Work.sol";

import {Packing} from "./Packing.sol";
import {PlantFixture} from "./PlantFixture.sol";
import {vm} from "./Vm.sol";

/// @notice Who is in control of a task: slots, epochs, the standing decision.
contract ControlTest is PlantFixture {
    /// @dev Entries of a plan that one order acts on.
    uint16 private constant MOST = 150;

    TaskId private _task;

    function setUp() public override {
        super.setUp();
        _task = _postOne();
    }

    /* ASSIGNING */

    function test_assign__postedTask__allocatedAtTheNextEpoch() public {
        _execute(_assignment(_task, SPRAYER, PACKER));
        IWorkOrders.Task memory found = work.task(_task);
        vm.assertEq(uint256(found.status), uint256(Status.Allocated));
        _assertControl(SPRAYER, PACKER, 2, true, false);
        vm.assertEq(found.version, 1);
    }

    function test_assign__sameWorkerAgain__isANewValue() public {
        _execute(_assignment(_task, SPRAYER, PACKER));
        _execute(_assignment(_task, SPRAYER, PACKER));
        _assertControl(SPRAYER, PACKER, 3, true, false);
    }

    function test_assign__anotherRuns__endsTheRun() public {
        _allocate(_task, SCANNER);
        _start(_task, SCANNER);
        uint32 version = _version(_task);
        _execute(_assignment(_task, SPRAYER, PACKER));
        vm.assertEq(uint256(_status(_task)), uint256(Status.Allocated));
        _assertControl(SPRAYER, PACKER, 3, true, false);
        vm.assertEq(_version(_task), version + 1);
    }

    function test_assign__sameWorkerRuns__goesOnUnderTheNewEpoch() public {
        _allocate(_task, SCANNER);
        _start(_task, SCANNER);
        _execute(_assignment(_task, SCANNER, PRESSER));
        vm.assertEq(uint256(_status(_task)), uint256(Status.Started));
        _assertControl(SCANNER, PRESSER, 3, true, false);
    }

    function test_assign__failedTask__startsAgain() public {
        _execute(_assignment(_task, SPRAYER, PACKER));
        _startAndFail(SPRAYER);
        vm.assertEq(uint256(_status(_task)), uint256(Status.Failed));
        _execute(_assignment(_task, SPRAYER, PACKER));
        vm.assertEq(uint256(_status(_task)), uint256(Status.Allocated));
        vm.assertEq(_version(_task), 2);
        _assertControl(SPRAYER, PACKER, 3, true, false);
    }

    /* A HUMAN WINS */

    function test_enact__underAHumansSlot__stands() public {
        bytes memory plan = _planFor(_task, SCANNER, PACKER);
        _execute(_assignment(_task, SPRAYER, PACKER));
        _decide(plan);
        _assertControl(SPRAYER, PACKER, 2, true, false);
        vm.assertEq(Number.unwrap(work.task(_task).standingWorker), Number.unwrap(SCANNER));
        vm.assertEq(_version(_task), 2);
    }

    function test_fail__underAHumansSlot__waitsForAHuman() public {
        _execute(_assignment(_task, SPRAYER, PACKER));
        _startAndFail(SPRAYER);
        vm.assertEq(uint256(_status(_task)), uint256(Status.Failed));
        _assertControl(SPRAYER, PACKER, 2, true, false);
    }

    function test_poke__overdueUnderAHumansSlot__waitsForAHuman() public {
        _execute(_assignment(_task, SPRAYER, PACKER));
        work.poke(_task);
        vm.warp(block.timestamp + ACKNOWLEDGE_SECONDS + 1);
        work.poke(_task);
        vm.assertEq(uint256(_status(_task)), uint256(Status.Failed));
        _assertControl(SPRAYER, PACKER, 2, true, false);
    }

    function test_safeStop__underAHumansSlot__changesNoHold() public {
        _execute(_assignment(_task, SPRAYER, PACKER));
        _as(SPRAYER);
        overrides.safeStop(_task, true);
        _assertControl(SPRAYER, PACKER, 2, true, false);
    }

    function test_safeStop__underAHumansHold__doesNotLiftIt() public {
        _allocate(_task, SPRAYER);
        _execute(_order(IOverrides.Kind.Hold, _task));
        _as(SPRAYER);
        overrides.safeStop(_task, false);
        _assertControl(SPRAYER, PACKER, 3, true, true);
    }

    function test_enact__underAHold__takesOverOnlyWithItsEnd() public {
        _allocate(_task, SCANNER);
        _execute(_order(IOverrides.Kind.Hold, _task));
        _decide(_planFor(_task, SPRAYER, PRESSER));
        _as(SCANNER);
        overrides.safeStop(_task, false);
        _assertControl(SCANNER, PACKER, 3, true, true);
        IOverrides.Order memory lockOut = _holdUntilReleased();
        (lockOut.level, lockOut.human) = (5, maintainer);
        _execute(lockOut);
        _execute(_order(IOverrides.Kind.Release, _task));
        _assertControl(SCANNER, PACKER, 3, true, true);
        lockOut = _order(IOverrides.Kind.Release, _task);
        (lockOut.level, lockOut.human) = (5, maintainer);
        _execute(lockOut);
        _assertControl(SPRAYER, PRESSER, 4, false, false);
    }

    /// @dev Whatever members and strangers do, in any order, while a human's slot is filled.
    function testFuzz_anyone__underAHumansSlot__changesNeitherWorkerNorHold(uint8[24] memory acts, uint8 slots) public {
        bool hold = slots % 3 != 0;
        _allocate(_task, SPRAYER);
        if (hold) _execute(_order(IOverrides.Kind.Hold, _task));
        if (slots % 3 != 1) _execute(_assignment(_task, SPRAYER, PACKER));
        for (uint256 i = 0; i < acts.length; ++i) {
            this.act(acts[i]);
            IWorkOrders.Task memory found = work.task(_task);
            vm.assertEq(Number.unwrap(found.worker), Number.unwrap(SPRAYER));
            vm.assertTrue(found.held == hold && found.overridden);
            vm.assertTrue(found.status != Status.Posted && (!hold || found.status == Status.Allocated));
        }
    }

    /// @dev One transaction of a member or a stranger; many are refused.
    function act(uint8 choice) external {
        uint64 epoch = _epoch(_task);
        Number member = Number.wrap(1 + uint16(choice >> 4) % 5);
        choice &= 15;
        if (choice == 0) return _tryDecide(member);
        if (choice == 1) {
            vm.warp(block.timestamp + 25);
        } else if (choice < 4) {
            try work.poke(_task) {} catch {}
        } else if (choice == 4) {
            try overrides.poke(IOverrides.Subject.Task, TaskId.unwrap(_task), 8) {} catch {}
        } else if (choice == 5) {
            try overrides.poke(IOverrides.Subject.Task, TaskId.unwrap(_task), 7) {} catch {}
        } else {
            _actAsMember(choice, choice < 9 ? member : SPRAYER, epoch);
        }
    }

    function _actAsMember(uint8 choice, Number member, uint64 epoch) private {
        _as(member);
        if (choice == 6) try overrides.safeStop(_task, true) {} catch {}
        if (choice == 7) try overrides.safeStop(_task, false) {} catch {}
        if (choice == 8) try work.inspect(_task, epoch, keccak256("result"), false, 0, 0) {} catch {}
        if (choice == 9) try work.acknowledge(_task, epoch) {} catch {}
        if (choice == 10 || choice == 11) try work.start(_task, epoch) {} catch {}
        if (choice == 12) try work.submit(_task, epoch, 1, 1, keccak256("result")) {} catch {}
        if (choice == 13) try work.fail(_task, epoch) {} catch {}
        if (choice == 14) try work.decline(_task, epoch) {} catch {}
        if (choice == 15) try work.heartbeat(_task, epoch) {} catch {}
    }

    function _tryDecide(Number lead) private {
        Status status = _status(_task);
        if (status == Status.Posted || status == Status.Allocated) _decide(_planFor(_task, lead, PACKER));
    }

    /* HANDING BACK */

    function test_release__standingDecision__takesOver() public {
        _allocate(_task, SCANNER);
        _execute(_assignment(_task, SPRAYER, PRESSER));
        _execute(_order(IOverrides.Kind.Release, _task));
        vm.assertEq(uint256(_status(_task)), uint256(Status.Allocated));
        _assertControl(SCANNER, PACKER, 4, false, false);
        vm.assertEq(Number.unwrap(work.task(_task).standingWorker), 0);
    }

    function test_release__noDecision__posted() public {
        _execute(_assignment(_task, SPRAYER, PACKER));
        _execute(_order(IOverrides.Kind.Release, _task));
        vm.assertEq(uint256(_status(_task)), uint256(Status.Posted));
        _assertControl(NOBODY, NOBODY, 3, false, false);
        vm.assertEq(_version(_task), 1);
    }

    function test_release__humansWorkerRuns__endsTheRun() public {
        _allocate(_task, SCANNER);
        _execute(_assignment(_task, SPRAYER, PACKER));
        _start(_task, SPRAYER);
        _execute(_order(IOverrides.Kind.Release, _task));
        vm.assertEq(uint256(_status(_task)), uint256(Status.Allocated));
        _assertControl(SCANNER, PACKER, 4, false, false);
    }

    function test_release__decisionThatFailed__standsNoMore() public {
        _task = _postOne(_withOnFailure(0));
        _allocate(_task, SCANNER);
        _startAndFail(SCANNER);
        _execute(_assignment(_task, SPRAYER, PACKER));
        _execute(_order(IOverrides.Kind.Release, _task));
        vm.assertEq(uint256(_status(_task)), uint256(Status.Posted));
    }

    function test_poke__slotExpired__handsBack() public {
        IOverrides.Order memory order = _assignment(_task, SPRAYER, PACKER);
        OverrideId id = _execute(order);
        vm.warp(order.expiresAt);
        vm.expectRevert(abi.encodeWithSelector(IOverrides.NotExpired.selector, order.expiresAt));
        overrides.poke(IOverrides.Subject.Task, TaskId.unwrap(_task), 8);
        vm.warp(order.expiresAt + 1);
        vm.expectEmit(address(overrides));
        emit IOverrides.OverrideExpired(id, STRANGER, IOverrides.Subject.Task, TaskId.unwrap(_task), 8);
        vm.prank(STRANGER);
        overrides.poke(IOverrides.Subject.Task, TaskId.unwrap(_task), 8);
        _assertControl(NOBODY, NOBODY, 3, false, false);
    }

    /* HOLDING */

    function test_hold__overAnAssignment__outlivesIt() public {
        IOverrides.Order memory assignment = _assignment(_task, SPRAYER, PACKER);
        _execute(assignment);
        _execute(_holdUntilReleased());
        vm.warp(assignment.expiresAt + 1);
        overrides.poke(IOverrides.Subject.Task, TaskId.unwrap(_task), 8);
        _assertControl(NOBODY, NOBODY, 4, true, true);
    }

    function test_assign__overAHold__leavesTheHold() public {
        _execute(_holdUntilReleased());
        IOverrides.Order memory assignment = _assignment(_task, SPRAYER, PACKER);
        _execute(assignment);
        vm.warp(assignment.expiresAt + 1);
        overrides.poke(IOverrides.Subject.Task, TaskId.unwrap(_task), 8);
        _assertControl(NOBODY, NOBODY, 4, true, true);
    }

    function test_release__holdOnly__leavesTheAssignmentAndItsEnd() public {
        IOverrides.Order memory assignment = _assignment(_task, SPRAYER, PACKER);
        _execute(assignment);
        _execute(_holdUntilReleased());
        IOverrides.Order memory release = _order(IOverrides.Kind.Release, _task);
        release.payload = abi.encode(1);
        _execute(release);
        _assertControl(SPRAYER, PACKER, 4, true, false);
        vm.assertEq(overrides.slot(IOverrides.Subject.Task, TaskId.unwrap(_task), 8).expiresAt, assignment.expiresAt);
    }

    function test_release__holdAndAssignment__bothAtOnce() public {
        _execute(_assignment(_task, SPRAYER, PACKER));
        _execute(_holdUntilReleased());
        _execute(_order(IOverrides.Kind.Release, _task));
        _assertControl(NOBODY, NOBODY, 4, false, false);
    }

    function test_poke__holdUntilReleased__refusedForEver() public {
        _execute(_holdUntilReleased());
        vm.warp(block.timestamp + 3650 days);
        vm.expectRevert(abi.encodeWithSelector(IOverrides.NotExpired.selector, 0));
        overrides.poke(IOverrides.Subject.Task, TaskId.unwrap(_task), 7);
    }

    function test_poke__emptyPlantSlot__refused() public {
        vm.expectRevert(abi.encodeWithSelector(IOverrides.NotExpired.selector, 0));
        overrides.poke(IOverrides.Subject.Plant, 0, 1);
    }

    function test_hold__running__stopsTheClockAndGivesTimeAnew() public {
        _allocate(_task, SCANNER);
        _start(_task, SCANNER);
        _execute(_holdUntilReleased());
        vm.warp(block.timestamp + 1 hours);
        vm.expectRevert(abi.encodeWithSelector(IWorkOrders.Held.selector, _task));
        work.poke(_task);
        _execute(_order(IOverrides.Kind.Release, _task));
        vm.assertEq(work.task(_task).deadline, block.timestamp + HEARTBEAT_SECONDS);
    }

    function test_hold__summoned__isSummonedAnew() public {
        _allocate(_task, SCANNER);
        work.poke(_task);
        _execute(_holdUntilReleased());
        vm.warp(block.timestamp + 1 hours);
        _execute(_order(IOverrides.Kind.Release, _task));
        work.poke(_task);
        vm.assertEq(uint256(_status(_task)), uint256(Status.Allocated));
        vm.assertEq(work.task(_task).deadline, block.timestamp + ACKNOWLEDGE_SECONDS);
    }

    function test_lockOut__besideAnAssignment__endsByItself() public {
        _execute(_assignment(_task, SPRAYER, PACKER));
        IOverrides.Order memory order = _holdUntilReleased();
        (order.level, order.human) = (5, maintainer);
        _execute(order);
        _execute(_order(IOverrides.Kind.Release, _task));
        _assertControl(NOBODY, NOBODY, 4, true, true);
    }

    /* SAFE STOPS */

    function test_safeStop__assignedWorker__pausesUntilAnyoneMayEndIt() public {
        _allocate(_task, SCANNER);
        _as(SCANNER);
        overrides.safeStop(_task, true);
        _assertControl(SCANNER, PACKER, 3, false, true);
        vm.warp(block.timestamp + 301);
        overrides.poke(IOverrides.Subject.Task, TaskId.unwrap(_task), 12);
        _assertControl(SCANNER, PACKER, 4, false, false);
    }

    function test_safeStop__aHumanReleasesIt__goesOn() public {
        _allocate(_task, SCANNER);
        _as(SCANNER);
        overrides.safeStop(_task, true);
        IOverrides.Order memory order = _order(IOverrides.Kind.Release, _task);
        (order.level, order.human) = (12, operator);
        _execute(order);
        _assertControl(SCANNER, PACKER, 4, false, false);
    }

    function test_safeStop__aHumanNamesAnother__endsWithIt() public {
        _allocate(_task, SCANNER);
        _as(SCANNER);
        overrides.safeStop(_task, true);
        IOverrides.Order memory other = _assignment(_task, SPRAYER, PACKER);
        bytes memory signature = _sign(other);
        vm.expectEmit(address(overrides));
        emit IOverrides.SafeStopChanged(_task, SCANNER, false);
        overrides.execute(other, signature);
        _execute(_order(IOverrides.Kind.Release, _task));
        _assertControl(SCANNER, PACKER, 5, false, false);
    }

    function test_safeStop__anotherWorker__refused() public {
        _allocate(_task, SCANNER);
        _as(SPRAYER);
        vm.expectRevert(abi.encodeWithSelector(IOverrides.NotTheAssignee.selector, _task, SCANNER, SPRAYER));
        overrides.safeStop(_task, true);
    }

    function test_safeStop__plantHeld__refused() public {
        _allocate(_task, SCANNER);
        _execute(_onPlant(IOverrides.Kind.Hold));
        _as(SCANNER);
        vm.expectRevert(abi.encodeWithSelector(IWorkOrders.Held.selector, _task));
        overrides.safeStop(_task, true);
    }

    function test_safeStop__finishedTask__refused() public {
        _run(_task, SCANNER);
        _inspect(_task, PACKER, true);
        _as(SCANNER);
        vm.expectRevert(abi.encodeWithSelector(IWorkOrders.WrongStatus.selector, _task, Status.Accepted));
        overrides.safeStop(_task, true);
    }

    /* THE PLANT AND ITS ROBOTS */

    function test_plantHold__release__takesTwoOrders() public {
        _allocate(_task, SCANNER);
        _execute(_onPlant(IOverrides.Kind.Hold));
        vm.assertTrue(work.task(_task).held);
        _execute(_onPlant(IOverrides.Kind.Release));
        vm.assertTrue(work.task(_task).held);
        _execute(_onPlant(IOverrides.Kind.Release));
        vm.assertFalse(work.task(_task).held);
        _assertControl(SCANNER, PACKER, 4, false, false);
    }

    function test_plantHold__againBetweenTheTwoOrders__takesTwoAnew() public {
        _execute(_onPlant(IOverrides.Kind.Hold));
        _execute(_onPlant(IOverrides.Kind.Release));
        _execute(_onPlant(IOverrides.Kind.Hold));
        _execute(_onPlant(IOverrides.Kind.Release));
        vm.assertTrue(work.task(_task).held);
    }

    function test_plantHold__enactment__waitsForItsEnd() public {
        bytes memory plan = _planFor(_task, SCANNER, PACKER);
        _execute(_onPlant(IOverrides.Kind.Hold));
        ProposalId id = _decide(plan);
        vm.assertEq(uint256(dao.proposal(id).state), uint256(IAllocationDAO.State.Passed));
        _assertControl(NOBODY, NOBODY, 2, true, true);
        _execute(_onPlant(IOverrides.Kind.Release));
        _execute(_onPlant(IOverrides.Kind.Release));
        dao.enact(id, plan, _rest(id), 1);
        vm.assertEq(uint256(dao.proposal(id).state), uint256(IAllocationDAO.State.Enacted));
        _assertControl(SCANNER, PACKER, 4, false, false);
    }

    function test_plantHold__overdueMeanwhile__getsTimeAnew() public {
        _allocate(_task, SCANNER);
        _start(_task, SCANNER);
        _execute(_onPlant(IOverrides.Kind.Hold));
        vm.warp(block.timestamp + 1 hours);
        _execute(_onPlant(IOverrides.Kind.Release));
        _execute(_onPlant(IOverrides.Kind.Release));
        uint48 deadline = uint48(block.timestamp) + HEARTBEAT_SECONDS;
        vm.expectRevert(abi.encodeWithSelector(IWorkOrders.NotOverdue.selector, _task, deadline));
        work.poke(_task);
    }

    function test_hold__robot__raisesItsEpochOncePerChange() public {
        _execute(_onRobot(IOverrides.Kind.Hold, 0));
        _assertRobot(2, true);
        IOverrides.Order memory lockOut = _onRobot(IOverrides.Kind.Hold, 5);
        lockOut.human = maintainer;
        _execute(lockOut);
        _assertRobot(2, true);
        _execute(_onRobot(IOverrides.Kind.Release, 0));
        _assertRobot(2, true);
        lockOut = _onRobot(IOverrides.Kind.Release, 5);
        lockOut.human = maintainer;
        _execute(lockOut);
        _assertRobot(3, false);
    }

    function test_hold__notARobot__refused() public {
        IOverrides.Order memory order = _order(IOverrides.Kind.Hold, IOverrides.Subject.Robot, 1);
        _refused(order, abi.encodeWithSelector(IMembers.WrongKind.selector, SCANNER, IMembers.Kind.Digital));
    }

    function test_hold__robotAndPlant__bothCount() public {
        _execute(_onPlant(IOverrides.Kind.Hold));
        _assertRobot(2, true);
        _execute(_onRobot(IOverrides.Kind.Hold, 0));
        _assertRobot(3, true);
        _execute(_onPlant(IOverrides.Kind.Release));
        _execute(_onPlant(IOverrides.Kind.Release));
        _assertRobot(4, true);
    }

    /* PROPOSALS */

    function test_approve__openProposal__inForceAndTheVoteStillStands() public {
        bytes memory plan = _planFor(_task, SCANNER, PACKER);
        ProposalId id = _propose(SCANNER, plan);
        bytes32 rest = _rest(id);
        _execute(_onProposal(IOverrides.Kind.Approve, id, plan));
        _assertControl(SCANNER, PACKER, 2, true, false);
        _vote(id, SCANNER, true);
        _vote(id, SPRAYER, true);
        _as(GLUER);
        dao.vote(id, true, "", plan, rest);
        vm.assertEq(Number.unwrap(work.task(_task).standingWorker), Number.unwrap(SCANNER));
        _assertControl(SCANNER, PACKER, 2, true, false);
        _execute(_order(IOverrides.Kind.Release, _task));
        _assertControl(SCANNER, PACKER, 3, false, false);
    }

    function test_approve__suspendedLead__entryIsLeftOut() public {
        bytes memory plan = _planFor(_task, SCANNER, PACKER);
        ProposalId id = _propose(SCANNER, plan);
        IOverrides.Order memory order = _onProposal(IOverrides.Kind.Approve, id, plan);
        members.suspend(SCANNER);
        _execute(order);
        _assertControl(NOBODY, NOBODY, 1, false, false);
    }

    function test_approve__otherPlan__refused() public {
        ProposalId id = _propose(SCANNER, _planFor(_task, SCANNER, PACKER));
        IOverrides.Order memory order = _onProposal(IOverrides.Kind.Approve, id, _planFor(_task, SPRAYER, PACKER));
        _refused(order, abi.encodeWithSelector(IOverrides.MalformedPayload.selector, IOverrides.Kind.Approve));
    }

    function test_veto__openProposal__ended() public {
        ProposalId id = _propose(SCANNER, _planFor(_task, SCANNER, PACKER));
        _execute(_order(IOverrides.Kind.Veto, IOverrides.Subject.Proposal, ProposalId.unwrap(id)));
        vm.assertEq(uint256(dao.proposal(id).state), uint256(IAllocationDAO.State.Vetoed));
    }

    function test_veto__enactedProposal__nobodyUntilReleased() public {
        bytes memory plan = _planFor(_task, SCANNER, PACKER);
        ProposalId id = _decide(plan);
        _execute(_onProposal(IOverrides.Kind.Veto, id, plan));
        vm.assertEq(uint256(_status(_task)), uint256(Status.Posted));
        _assertControl(NOBODY, NOBODY, 3, true, false);
        _decide(_planFor(_task, SPRAYER, PACKER));
        _assertControl(NOBODY, NOBODY, 3, true, false);
        _execute(_order(IOverrides.Kind.Release, _task));
        _assertControl(SPRAYER, PACKER, 4, false, false);
    }

    function test_veto__runningTask__isLeftAlone() public {
        bytes memory plan = _planFor(_task, SCANNER, PACKER);
        ProposalId id = _decide(plan);
        _start(_task, SCANNER);
        _execute(_onProposal(IOverrides.Kind.Veto, id, plan));
        vm.assertEq(uint256(_status(_task)), uint256(Status.Started));
        _assertControl(SCANNER, PACKER, 2, false, false);
    }

    /* PROPOSALS IN PARTS */

    function test_veto__aPartOfThePlan__leavesTheOthers() public {
        (ProposalId id, bytes memory plan, TaskId first) = _decideMany(23);
        _execute(_onPart(IOverrides.Kind.Veto, id, plan, 9, 12));
        for (uint32 i = 0; i < 23; ++i) {
            bool isVetoed = i >= 9 && i < 12;
            _task = TaskId.wrap(TaskId.unwrap(first) + i);
            _assertControl(isVetoed ? NOBODY : SCANNER, isVetoed ? NOBODY : PACKER, isVetoed ? 3 : 2, isVetoed, false);
        }
    }

    function test_approve__aPartOfThePlan__leavesTheOthers() public {
        (bytes memory plan, TaskId first) = _planMany(23);
        ProposalId id = _propose(SCANNER, plan);
        _execute(_onPart(IOverrides.Kind.Approve, id, plan, 20, 23));
        for (uint32 i = 0; i < 23; ++i) {
            _task = TaskId.wrap(TaskId.unwrap(first) + i);
            _assertControl(i < 20 ? NOBODY : SCANNER, i < 20 ? NOBODY : PACKER, i < 20 ? 1 : 2, i >= 20, false);
        }
    }

    function test_approve__leadInspectsItself__aHumanInspects() public {
        bytes memory plan = Packing.assignments(_task, 1, SCANNER, SCANNER);
        ProposalId id = _propose(SCANNER, plan);
        _execute(_onProposal(IOverrides.Kind.Approve, id, plan));
        _assertControl(SCANNER, NOBODY, 2, true, false);
    }

    function test_veto__partThatIsNone__refused() public {
        (ProposalId id, bytes memory plan,) = _decideMany(23);
        bytes memory reason = abi.encodeWithSelector(IOverrides.MalformedPayload.selector, IOverrides.Kind.Veto);
        _refused(_onPart(IOverrides.Kind.Veto, id, plan, 9, 9), reason);
        _refused(_onPart(IOverrides.Kind.Veto, id, plan, 9, 8), reason);
        _refused(_onPart(IOverrides.Kind.Veto, id, plan, 22, 24), reason);
        _refused(_onPart(IOverrides.Kind.Veto, id, plan, 23, 24), reason);
        IOverrides.Order memory order = _onPart(IOverrides.Kind.Veto, id, plan, 0, 1);
        order.payload = new bytes(35);
        _refused(order, reason);
    }

    /// @dev The dearest part of the longest plan, all of it calm before: each task gets a slot, a word and a decision
    ///      of its own.
    function test_veto__theLargestPart__fitsOneTransaction() public {
        (ProposalId id, bytes memory plan, TaskId first) = _decideMany(1000);
        bytes memory reason = abi.encodeWithSelector(IOverrides.MalformedPayload.selector, IOverrides.Kind.Veto);
        _refused(_onPart(IOverrides.Kind.Veto, id, plan, 0, MOST + 1), reason);
        _assertFits(_onPart(IOverrides.Kind.Veto, id, plan, 1000 - MOST, 1000));
        vm.assertFalse(work.task(first).overridden);
        vm.assertTrue(work.task(TaskId.wrap(TaskId.unwrap(first) + 3 * 256 + 249)).overridden);
    }

    function test_approve__theLargestPart__fitsOneTransaction() public {
        (bytes memory plan, TaskId first) = _planMany(1000);
        ProposalId id = _propose(SCANNER, plan);
        _assertFits(_onPart(IOverrides.Kind.Approve, id, plan, 1000 - MOST, 1000));
        vm.assertTrue(_worker(TaskId.wrap(TaskId.unwrap(first) + 3 * 256 + 249)) == SCANNER);
    }

    event Spent(uint256 gas);

    function _assertFits(IOverrides.Order memory order) private {
        bytes memory signature = _sign(order);
        vm.cool(address(work));
        vm.cool(address(overrides));
        vm.cool(address(members));
        uint256 before = gasleft();
        overrides.execute(order, signature);
        uint256 used = before - gasleft() + 21_000 + 16 * (order.payload.length + 800);
        emit Spent(used);
        vm.assertTrue(used <= 16_777_216);
    }

    function _decideMany(uint256 count) private returns (ProposalId id, bytes memory plan, TaskId first) {
        (plan, first) = _planMany(count);
        id = _decide(plan);
    }

    /// @dev Orders of 250 tasks, or one of fewer.
    function _planMany(uint256 count) private returns (bytes memory plan, TaskId first) {
        Packing.Assigned[] memory entries = new Packing.Assigned[](count);
        uint256 size = count < 250 ? count : 250;
        bytes memory tasks;
        for (uint256 i = 0; i < size; ++i) {
            tasks = bytes.concat(tasks, Packing.pack(Packing.aTask()));
        }
        for (uint256 i = 0; i < count; ++i) {
            if (i % size == 0) first = _idOf(_post(tasks), 0);
            entries[i] = Packing.Assigned(TaskId.wrap(TaskId.unwrap(first) + uint32(i % size)), 1, SCANNER, PACKER);
        }
        return (Packing.assignments(entries), entries[0].task);
    }

    function _onPart(IOverrides.Kind kind, ProposalId id, bytes memory plan, uint16 first, uint16 last)
        private
        returns (IOverrides.Order memory order)
    {
        order = _order(kind, IOverrides.Subject.Proposal, ProposalId.unwrap(id));
        order.payload = bytes.concat(_rest(id), bytes2(first), bytes2(last), plan);
    }

    /* VERDICTS */

    function test_accept__submitted__namesTheHuman() public {
        _run(_task, SCANNER);
        IOverrides.Order memory order = _order(IOverrides.Kind.Accept, _task);
        bytes memory signature = _sign(order);
        vm.expectEmit(address(work));
        emit IWorkOrders.TaskAccepted(_task, SCANNER, supervisor, 0, keccak256("result"), true);
        overrides.execute(order, signature);
        vm.assertEq(uint256(_status(_task)), uint256(Status.Accepted));
    }

    function test_rework__submitted__thenAccepted__isReworked() public {
        _run(_task, SCANNER);
        _execute(_order(IOverrides.Kind.Rework, _task));
        vm.assertEq(uint256(_status(_task)), uint256(Status.Rework));
        _execute(_order(IOverrides.Kind.Accept, _task));
        vm.assertEq(uint256(_status(_task)), uint256(Status.Reworked));
    }

    function test_accept__notSubmitted__refused() public {
        bytes memory reason = abi.encodeWithSelector(IWorkOrders.WrongStatus.selector, _task, Status.Posted);
        _refused(_order(IOverrides.Kind.Accept, _task), reason);
        _refused(_order(IOverrides.Kind.Rework, _task), reason);
    }

    function test_requeue__failedTask__postedForEveryone() public {
        _allocate(_task, SCANNER);
        _startAndFail(SCANNER);
        vm.assertTrue(work.isExcluded(_task, SCANNER));
        _execute(_order(IOverrides.Kind.Requeue, _task));
        vm.assertEq(uint256(_status(_task)), uint256(Status.Posted));
        vm.assertFalse(work.isExcluded(_task, SCANNER));
    }

    function test_requeue__postedTask__keepsTheEpoch() public {
        _execute(_order(IOverrides.Kind.Requeue, _task));
        _assertControl(NOBODY, NOBODY, 1, false, false);
        vm.assertEq(_version(_task), 2);
    }

    function test_requeue__assignedTask__leavesTheSlot() public {
        _allocate(_task, SCANNER);
        _execute(_assignment(_task, SPRAYER, PACKER));
        _execute(_order(IOverrides.Kind.Requeue, _task));
        vm.assertEq(uint256(_status(_task)), uint256(Status.Posted));
        vm.assertEq(_version(_task), 3);
        _assertControl(NOBODY, NOBODY, 4, false, false);
    }

    function test_requeue__vetoedTask__raisesTheEpochOnce() public {
        bytes memory plan = _planFor(_task, SCANNER, PACKER);
        _execute(_onProposal(IOverrides.Kind.Veto, _decide(plan), plan));
        _assertControl(NOBODY, NOBODY, 3, true, false);
        _execute(_order(IOverrides.Kind.Requeue, _task));
        _assertControl(NOBODY, NOBODY, 4, false, false);
    }

    function test_requeue__assignedAndHeld__staysHeld() public {
        _execute(_assignment(_task, SPRAYER, PACKER));
        _execute(_holdUntilReleased());
        _execute(_order(IOverrides.Kind.Requeue, _task));
        _assertControl(NOBODY, NOBODY, 4, true, true);
        _execute(_order(IOverrides.Kind.Requeue, _task));
        _assertControl(NOBODY, NOBODY, 4, true, true);
        _execute(_order(IOverrides.Kind.Release, _task));
        _assertControl(NOBODY, NOBODY, 5, false, false);
    }

    function test_requeue__underALockOut__staysPostedAfterIt() public {
        _allocate(_task, SCANNER);
        IOverrides.Order memory order = _holdUntilReleased();
        (order.level, order.human) = (5, maintainer);
        _execute(order);
        _execute(_order(IOverrides.Kind.Requeue, _task));
        order = _order(IOverrides.Kind.Release, _task);
        (order.level, order.human) = (5, maintainer);
        _execute(order);
        vm.assertEq(uint256(_status(_task)), uint256(Status.Posted));
    }

    function test_requeue__safeStopped__endsTheStop() public {
        _allocate(_task, SCANNER);
        _as(SCANNER);
        overrides.safeStop(_task, true);
        _execute(_order(IOverrides.Kind.Requeue, _task));
        vm.assertFalse(overrides.slot(IOverrides.Subject.Task, TaskId.unwrap(_task), 12).held);
        _assertControl(NOBODY, NOBODY, 4, false, false);
        _allocate(_task, SPRAYER);
        _start(_task, SPRAYER);
        vm.assertFalse(work.task(_task).held);
    }

    function test_requeue__runningTask__refused() public {
        _allocate(_task, SCANNER);
        _start(_task, SCANNER);
        bytes memory reason = abi.encodeWithSelector(IWorkOrders.WrongStatus.selector, _task, Status.Started);
        _refused(_order(IOverrides.Kind.Requeue, _task), reason);
    }

    function test_cancel__wholeOrder__leavesWhatIsDone() public {
        bytes memory one = Packing.pack(Packing.aTask());
        TaskId first = _idOf(_post(bytes.concat(one, one, one)), 0);
        TaskId second = TaskId.wrap(TaskId.unwrap(first) + 1);
        _run(first, SCANNER);
        _inspect(first, PACKER, true);
        IOverrides.Order memory order = _order(IOverrides.Kind.Cancel, second);
        order.payload = abi.encode(7);
        _execute(order);
        vm.assertEq(uint256(_status(first)), uint256(Status.Accepted));
        vm.assertEq(uint256(_status(second)), uint256(Status.Cancelled));
        vm.assertEq(uint256(_status(TaskId.wrap(TaskId.unwrap(first) + 2))), uint256(Status.Cancelled));
    }

    /* SAYING */

    function _assertControl(Number worker, Number inspector, uint64 epoch, bool overridden, bool held) private view {
        IWorkOrders.Task memory found = work.task(_task);
        vm.assertEq(Number.unwrap(found.worker), Number.unwrap(worker));
        vm.assertEq(Number.unwrap(found.inspector), Number.unwrap(inspector));
        vm.assertEq(found.epoch, epoch);
        vm.assertTrue(found.overridden == overridden);
        vm.assertTrue(found.held == held);
    }

    function _assertRobot(uint64 expectedEpoch, bool expectedHeld) private view {
        (uint64 epoch, bool held) = overrides.robot(ROBOT);
        vm.assertEq(epoch, expectedEpoch);
        vm.assertTrue(held == expectedHeld);
    }

    function _startAndFail(Number worker) private {
        _start(_task, worker);
        uint64 epoch = _epoch(_task);
        _as(worker);
        work.fail(_task, epoch);
    }

    function _withOnFailure(uint8 onFailure) private pure returns (Packing.Task memory task) {
        task = Packing.aTask();
        task.onFailure = onFailure;
    }

    function _holdUntilReleased() private returns (IOverrides.Order memory order) {
        order = _order(IOverrides.Kind.Hold, _task);
        order.expiresAt = 0;
    }

    function _onPlant(IOverrides.Kind kind) private returns (IOverrides.Order memory order) {
        order = _order(kind, IOverrides.Subject.Plant, 0);
        order.expiresAt = 0;
    }

    function _onRobot(IOverrides.Kind kind, uint8 level) private returns (IOverrides.Order memory order) {
        order = _order(kind, IOverrides.Subject.Robot, Number.unwrap(ROBOT));
        (order.level, order.expiresAt) = (level, 0);
    }

    function _onProposal(IOverrides.Kind kind, ProposalId id, bytes memory plan)
        private
        returns (IOverrides.Order memory)
    {
        return _onPart(kind, id, plan, 0, 1);
    }
}
