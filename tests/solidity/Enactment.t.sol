// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAllocationDAO} from "contracts/interfaces/IAllocationDAO.sol";
import {IMembers} from "contracts/interfaces/IMembers.sol";
import {IOverrides} from "contracts/interfaces/IOverrides.sol";
import {IWorkOrders} from "contracts/interfaces/IWorkOrders.sol";
import {Plans} from "contracts/libraries/Plans.sol";
import {Tasks} from "contracts/libraries/Tasks.sol";
import {Number, OrderId, ProposalId, TaskId} from "contracts/types/Ids.sol";
import {Status} from "contracts/types/Work.sol";

import {Packing} from "./Packing.sol";
import {PlantFixture} from "./PlantFixture.sol";
import {vm} from "./Vm.sol";

/// @notice What a plan must be to be proposed, and what becomes of its entries when it passed.
contract EnactmentTest is PlantFixture {
    uint256 private constant TASKS = 8;

    OrderId private _posted;

    function setUp() public override {
        super.setUp();
        _posted = _post(_same(TASKS));
    }

    /* WHAT MAY BE PROPOSED */

    function test_propose__emptyPlan__refused() public {
        _refusedPlan("", abi.encodeWithSelector(Plans.MalformedPlan.selector, 0));
    }

    function test_propose__tasksDescendOrRepeat__refused() public {
        bytes memory entry = _entry(3);
        _refusedPlan(bytes.concat(entry, _entry(2)), abi.encodeWithSelector(Plans.MalformedPlan.selector, 24));
        _refusedPlan(bytes.concat(entry, entry), abi.encodeWithSelector(Plans.MalformedPlan.selector, 24));
    }

    function test_propose__unknownTask__refused() public {
        TaskId unknown = TaskId.wrap(999);
        bytes memory plan = Packing.pack(Packing.anEntry(unknown, 1, SCANNER, PACKER));
        _refusedPlan(plan, abi.encodeWithSelector(Tasks.UnknownTask.selector, unknown));
    }

    function test_propose__taskDecidedAnew__refused() public {
        bytes memory plan = _entry(0);
        _decide(plan);
        _refusedPlan(plan, abi.encodeWithSelector(IWorkOrders.TaskMovedOn.selector, _at(0), 2, 1));
    }

    function test_propose__startedTask__refused() public {
        _allocate(_at(0), SCANNER);
        _start(_at(0), SCANNER);
        _refusedPlan(_entry(0), abi.encodeWithSelector(IWorkOrders.TaskMovedOn.selector, _at(0), 2, 2));
    }

    function test_propose__helperNotConfirmed__refused() public {
        bytes memory plan = _withHelper(0, GLUER);
        _refusedPlan(plan, abi.encodeWithSelector(IAllocationDAO.HelperNotConfirmed.selector, _at(0), SCANNER, GLUER));
        _confirm(0, 1, 2);
        _refusedPlan(plan, abi.encodeWithSelector(IAllocationDAO.HelperNotConfirmed.selector, _at(0), SCANNER, GLUER));
        _confirm(0, 1, 1);
        _propose(SCANNER, plan);
    }

    function test_propose__countersNothing__refused() public {
        IAllocationDAO.Opening memory opening = _opening(_entry(0));
        opening.counters = ProposalId.wrap(1);
        _refused(opening, abi.encodeWithSelector(IAllocationDAO.UnknownProposal.selector, 1));
    }

    function test_propose__unknownBlock__refused() public {
        vm.roll(1000);
        IAllocationDAO.Opening memory opening = _opening(_entry(0));
        opening.readHash = keccak256("another chain");
        _refusedBlock(opening);
        (opening.readAt, opening.readHash) = (uint64(block.number), 0);
        _refusedBlock(opening);
        (opening.readAt, opening.readHash) = (uint64(block.number - 257), 0);
        _refusedBlock(opening);
        (opening.readAt, opening.readHash) = (uint64(block.number - 256), blockhash(block.number - 256));
        _as(SCANNER);
        dao.propose(opening);
    }

    function test_propose__content__bindsPlanAndParticulars() public {
        bytes memory plan = _entry(0);
        ProposalId id = _propose(SCANNER, plan);
        bytes32 particulars = _particulars(id);
        vm.assertTrue(dao.isContent(id, plan, particulars));
        vm.assertFalse(dao.isContent(id, _entry(1), particulars));
        vm.assertFalse(dao.isContent(id, plan, keccak256("others")));
    }

    /* ENACTMENT */

    function test_enact__otherPlan__refused() public {
        ProposalId id = _propose(SCANNER, _entry(0));
        bytes32 contentHash = dao.proposal(id).contentHash;
        bytes32 particulars = _particulars(id);
        _vote(id, SCANNER, true);
        _vote(id, SPRAYER, true);
        bytes memory other = _entry(1);
        _as(GLUER);
        vm.expectRevert(abi.encodeWithSelector(IAllocationDAO.OtherPlan.selector, id, contentHash));
        dao.vote(id, true, "", other, particulars);
    }

    function test_enact__passedWithoutThePlan__byAnyoneOnce() public {
        bytes memory plan = _entry(0);
        ProposalId id = _propose(SCANNER, plan);
        bytes32 particulars = _particulars(id);
        _refusedEnact(id, plan, IAllocationDAO.State.Open);
        _vote(id, SCANNER, true);
        _vote(id, SPRAYER, true);
        _vote(id, GLUER, true);
        vm.assertEq(uint256(_status(_at(0))), uint256(Status.Posted));
        vm.prank(STRANGER);
        dao.enact(id, plan, particulars);
        vm.assertEq(uint256(_status(_at(0))), uint256(Status.Allocated));
        _refusedEnact(id, plan, IAllocationDAO.State.Enacted);
    }

    function test_enact__notFromTheDao__refused() public {
        bytes memory plan = _entry(0);
        vm.expectRevert(abi.encodeWithSelector(IWorkOrders.NotTheContract.selector, address(this)));
        work.enact(ProposalId.wrap(1), plan);
    }

    function test_veto__notFromTheOverrides__refused() public {
        ProposalId id = _propose(SCANNER, _entry(0));
        vm.expectRevert(abi.encodeWithSelector(IAllocationDAO.NotTheContract.selector, address(this)));
        dao.veto(id);
    }

    /// @dev Each entry is spoilt in its own way, or not at all; the sound ones must be taken, and only they.
    function testFuzz_enact__someEntriesSpoilt__theOthersAreTaken(uint8[8] memory spoils) public {
        bytes memory plan;
        uint8 skipped;
        for (uint256 i = 0; i < TASKS; ++i) {
            spoils[i] = spoils[i] % 8;
            plan = bytes.concat(plan, _spoilt(i, spoils[i]));
            if (spoils[i] != 0) skipped |= uint8(1 << i);
        }
        ProposalId id = _propose(SCANNER, plan);
        bytes32 particulars = _particulars(id);
        for (uint256 i = 0; i < TASKS; ++i) {
            _spoilLater(i, spoils[i]);
        }
        _enactExpecting(id, plan, particulars, skipped);
        for (uint256 i = 0; i < TASKS; ++i) {
            bool taken = _worker(_at(i)) == SCANNER;
            vm.assertTrue(taken == (spoils[i] == 0));
        }
    }

    /// @dev 1 incapable lead, 2 unknown lead, 3 robot inspects, 4 lead inspects, 5 helper inspects.
    function _spoilt(uint256 index, uint8 spoil) private returns (bytes memory) {
        if (spoil == 5) return _inspectedByItsHelper(index);
        Packing.Entry memory entry = Packing.anEntry(_at(index), 1, SCANNER, PACKER);
        if (spoil == 1) entry.lead = ROBOT;
        if (spoil == 2) entry.lead = Number.wrap(60_000);
        if (spoil == 3) entry.inspector = ROBOT;
        if (spoil == 4) entry.inspector = SCANNER;
        return Packing.pack(entry);
    }

    /// @dev 6 cancelled, 7 decided anew since.
    function _spoilLater(uint256 index, uint8 spoil) private {
        if (spoil == 6) _execute(_order(IOverrides.Kind.Cancel, _at(index)));
        if (spoil == 7) _allocate(_at(index), SPRAYER);
    }

    function _enactExpecting(ProposalId id, bytes memory plan, bytes32 particulars, uint8 skipped) private {
        _vote(id, SCANNER, true);
        _vote(id, SPRAYER, true);
        vm.expectEmit(address(work));
        emit IWorkOrders.PlanEnacted(id, plan, abi.encodePacked(skipped), hex"00");
        _as(GLUER);
        dao.vote(id, true, "", plan, particulars);
    }

    function test_enact__workerThatFailedTheTask__skippedThisTaskOnly() public {
        _allocate(_at(0), SPRAYER);
        _as(SPRAYER);
        work.decline(_at(0), 2);
        bytes memory plan = bytes.concat(_planFor(_at(0), SPRAYER, PACKER), _planFor(_at(1), SPRAYER, PACKER));
        _decide(plan);
        vm.assertEq(uint256(_status(_at(0))), uint256(Status.Posted));
        vm.assertEq(uint256(_status(_at(1))), uint256(Status.Allocated));
    }

    function test_enact__nobodyInspects__aHumanWill() public {
        _decide(_planFor(_at(0), SCANNER, NOBODY));
        vm.assertEq(uint256(_status(_at(0))), uint256(Status.Allocated));
    }

    function test_enact__theLongestPlan__fitsOneTransaction() public {
        OrderId order = _post(_same(208));
        bytes memory plan = new bytes(0);
        for (uint256 i = 0; i < 208; ++i) {
            plan = bytes.concat(plan, Packing.pack(Packing.anEntry(_idOf(order, i), 1, SCANNER, PACKER)));
        }
        ProposalId id = _propose(SCANNER, plan);
        bytes32 particulars = _particulars(id);
        _vote(id, SCANNER, true);
        _vote(id, SPRAYER, true);
        _as(GLUER);
        uint256 before = gasleft();
        dao.vote(id, true, "", plan, particulars);
        vm.assertTrue(before - gasleft() + 21_000 + 16 * plan.length <= 16_777_216);
        vm.assertEq(uint256(_status(_idOf(order, 207))), uint256(Status.Allocated));
    }

    function test_propose__aPlanTooLongToBeVetoed__refused() public {
        _refusedPlan(new bytes(4_993), abi.encodeWithSelector(Plans.MalformedPlan.selector, 4_992));
    }

    /* BUILDING */

    function _at(uint256 index) private view returns (TaskId) {
        return _idOf(_posted, index);
    }

    function _entry(uint256 index) private view returns (bytes memory) {
        return _planFor(_at(index), SCANNER, PACKER);
    }

    function _withHelper(uint256 index, Number helper) private view returns (bytes memory) {
        Packing.Entry memory entry = Packing.anEntry(_at(index), 1, SCANNER, PACKER);
        entry.helpers = new uint16[](1);
        entry.helpers[0] = Number.unwrap(helper);
        return Packing.pack(entry);
    }

    function _inspectedByItsHelper(uint256 index) private returns (bytes memory) {
        _confirm(index, 1, 1);
        Packing.Entry memory entry = Packing.anEntry(_at(index), 1, SCANNER, GLUER);
        entry.helpers = new uint16[](1);
        entry.helpers[0] = Number.unwrap(GLUER);
        return Packing.pack(entry);
    }

    /// @dev The gluer confirms to help the scanner.
    function _confirm(uint256 index, uint32 version, uint16 sequence) private {
        TaskId[] memory tasks = new TaskId[](1);
        uint32[] memory versions = new uint32[](1);
        Number[] memory leads = new Number[](1);
        uint16[] memory sequences = new uint16[](1);
        (tasks[0], versions[0], leads[0], sequences[0]) = (_at(index), version, SCANNER, sequence);
        _as(GLUER);
        dao.confirm(tasks, versions, leads, sequences);
        vm.assertTrue(dao.isConfirmed(_at(index), version, SCANNER, sequence, GLUER));
    }

    function _same(uint256 count) private pure returns (bytes memory tasks) {
        bytes memory one = Packing.pack(Packing.aTask());
        for (uint256 i = 0; i < count; ++i) {
            tasks = bytes.concat(tasks, one);
        }
    }

    function _refusedPlan(bytes memory plan, bytes memory reason) private {
        _refused(_opening(plan), reason);
    }

    function _refusedBlock(IAllocationDAO.Opening memory opening) private {
        _refused(
            opening, abi.encodeWithSelector(IAllocationDAO.UnknownBlock.selector, opening.readAt, opening.readHash)
        );
    }

    function _refused(IAllocationDAO.Opening memory opening, bytes memory reason) private {
        _as(SCANNER);
        vm.expectRevert(reason);
        dao.propose(opening);
    }

    function _refusedEnact(ProposalId id, bytes memory plan, IAllocationDAO.State state) private {
        vm.expectRevert(abi.encodeWithSelector(IAllocationDAO.ProposalNotOpen.selector, id, state));
        dao.enact(id, plan, 0);
    }
}
