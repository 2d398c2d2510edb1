// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAllocationDAO} from "contracts/interfaces/IAllocationDAO.sol";
import {IClaims} from "contracts/interfaces/IClaims.sol";
import {IWorkOrders} from "contracts/interfaces/IWorkOrders.sol";
import {Number, ProposalId, TaskId} from "contracts/types/Ids.sol";
import {OnFailure, Status} from "contracts/types/Work.sol";

import {Packing} from "./Packing.sol";
import {PlantFixture} from "./PlantFixture.sol";
import {Trees} from "./Trees.sol";
import {vm} from "./Vm.sol";

/// @notice Which tasks a leaf takes: trees of one leaf, for the sprayer.
contract LeavesTest is PlantFixture {
    TaskId private _task;

    function setUp() public override {
        super.setUp();
        _task = _postOne();
    }

    function test_claim__allocatedAtThatVersion__taken() public {
        _allocate(_task, GLUER);
        _claim(Packing.anEntry(_task, 2, SPRAYER, PACKER), "");
        IWorkOrders.Task memory found = work.task(_task);
        vm.assertTrue(found.status == Status.Allocated && found.worker == SPRAYER && found.version == 3);
    }

    /// @dev At its own version too: what runs is nobody's to claim.
    function test_claim__started__refused() public {
        _allocate(_task, SPRAYER);
        _start(_task, SPRAYER);
        _refused(2);
    }

    function test_claim__failed__refused() public {
        Packing.Task memory task = Packing.aTask();
        task.onFailure = uint8(OnFailure.Human);
        _task = _postOne(task);
        _allocate(_task, SPRAYER);
        _start(_task, SPRAYER);
        uint64 epoch = _epoch(_task);
        _as(SPRAYER);
        work.fail(_task, epoch);
        _refused(_version(_task));
    }

    function _refused(uint32 version) private {
        bytes memory reason = abi.encodeWithSelector(IWorkOrders.TaskMovedOn.selector, _task, version, version);
        _claim(Packing.anEntry(_task, version, SPRAYER, PACKER), reason);
    }

    function test_claim__manyHelpers__eachHasToHaveGivenItsWord() public {
        Packing.Entry memory entry = Packing.anEntry(_task, 1, SPRAYER, PACKER);
        (entry.helpers, entry.robots) = (new uint16[](2), new uint16[](1));
        (entry.helpers[0], entry.helpers[1]) = (Number.unwrap(GLUER), Number.unwrap(PRESSER));
        entry.robots[0] = Number.unwrap(ROBOT);
        _confirm(GLUER);
        _claim(entry, abi.encodeWithSelector(IAllocationDAO.HelperNotConfirmed.selector, _task, SPRAYER, PRESSER));
        _confirm(PRESSER);
        _claim(entry, "");
        vm.assertTrue(_worker(_task) == SPRAYER);
    }

    function test_requireSound__aTreeOfOne__isSound() public {
        claims.requireSound(abi.encodePacked(hex"00000006", bytes32(uint256(1)), uint32(1)));
        _refusedMotion(hex"00000006");
        _refusedMotion(abi.encodePacked(hex"00000006", bytes32(uint256(1)), uint24(1)));
    }

    function test_propose__onlyATreesBeginning__refusedAsATree() public {
        bytes memory detail = _detail();
        vm.expectRevert(abi.encodeWithSelector(IClaims.MalformedTree.selector, 4));
        _as(SCANNER);
        dao.propose(hex"00000006", detail, "because");
    }

    function _refusedMotion(bytes memory motion) private {
        vm.expectRevert(abi.encodeWithSelector(IClaims.MalformedTree.selector, motion.length));
        claims.requireSound(motion);
    }

    /* BUILDING */

    function _claim(Packing.Entry memory entry, bytes memory reason) private {
        bytes[] memory entries = new bytes[](1);
        entries[0] = Packing.pack(entry);
        vm.roll(block.number + 1);
        ProposalId id = _decide(Trees.motionOf(entries));
        bytes32[] memory proof = new bytes32[](0);
        if (reason.length != 0) vm.expectRevert(reason);
        _as(SPRAYER);
        claims.claim(id, entries[0], proof);
    }

    function _confirm(Number helper) private {
        (TaskId[] memory tasks, uint32[] memory versions) = (new TaskId[](1), new uint32[](1));
        (Number[] memory leads, uint16[] memory sequences) = (new Number[](1), new uint16[](1));
        (tasks[0], versions[0], leads[0], sequences[0]) = (_task, 1, SPRAYER, 1);
        _as(helper);
        dao.confirm(tasks, versions, leads, sequences);
    }
}
