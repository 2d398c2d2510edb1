// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAllocationDAO} from "contracts/interfaces/IAllocationDAO.sol";
import {IWorkOrders} from "contracts/interfaces/IWorkOrders.sol";
import {Number, ProposalId, TaskId} from "contracts/types/Ids.sol";
import {Failure, Status} from "contracts/types/Work.sol";

import {PlantFixture} from "./PlantFixture.sol";
import {Vm, vm} from "./Vm.sol";

/// @notice Who may not, and what a refusal says: faults in these lines went unnoticed by every other test.
contract FencesTest is PlantFixture {
    function test_veto__notFromTheOverrides__refused() public {
        TaskId task = _postOne();
        ProposalId id = _propose(SPRAYER, _planFor(task, SCANNER, PACKER));
        address[2] memory others = [STRANGER, supervisor];
        for (uint256 i = 0; i < others.length; ++i) {
            vm.prank(others[i]);
            vm.expectRevert(abi.encodeWithSelector(IAllocationDAO.NotTheContract.selector, others[i]));
            dao.veto(id);
        }
    }

    function test_start__plantHeldMeanwhile__fencedByTheTasksAndThePlantsEpochTogether() public {
        TaskId task = _postOne();
        _allocate(task, SCANNER);
        uint64 before = _epoch(task);
        vm.prank(address(overrides));
        work.setPlantHold(true);
        vm.prank(address(overrides));
        work.setPlantHold(false);
        _as(SCANNER);
        vm.expectRevert(abi.encodeWithSelector(IWorkOrders.Fenced.selector, task, before + 2, before));
        work.start(task, before);
    }

    function test_setInForce__givenToAnotherWhileItRuns__theRunFailedByTheOverride() public {
        TaskId task = _postOne();
        _allocate(task, SCANNER);
        _start(task, SCANNER);
        vm.expectEmit(address(work));
        emit IWorkOrders.TaskFailed(task, SCANNER, address(overrides), Failure.Overridden, Status.Allocated);
        vm.prank(address(overrides));
        work.setInForce(task, IWorkOrders.Control(true, false, true, true, SPRAYER, PACKER));
    }

    function test_setInForce__givenToAnotherBeforeItRuns__noRunFailed() public {
        TaskId task = _postOne();
        _allocate(task, SCANNER);
        vm.recordLogs();
        vm.prank(address(overrides));
        work.setInForce(task, IWorkOrders.Control(true, false, true, true, SPRAYER, PACKER));
        Vm.Log[] memory logs = vm.getRecordedLogs();
        for (uint256 i = 0; i < logs.length; ++i) {
            vm.assertFalse(logs[i].topics[0] == IWorkOrders.TaskFailed.selector);
        }
        vm.assertTrue(Number.unwrap(_worker(task)) == Number.unwrap(SPRAYER));
    }
}
