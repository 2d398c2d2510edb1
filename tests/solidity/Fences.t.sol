// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAllocationDAO} from "contracts/interfaces/IAllocationDAO.sol";
import {IWorkOrders} from "contracts/interfaces/IWorkOrders.sol";
import {ProposalId, TaskId} from "contracts/types/Ids.sol";

import {PlantFixture} from "./PlantFixture.sol";
import {vm} from "./Vm.sol";

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
}
