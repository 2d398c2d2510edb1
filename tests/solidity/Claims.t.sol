// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAllocationDAO} from "contracts/interfaces/IAllocationDAO.sol";
import {IClaims} from "contracts/interfaces/IClaims.sol";
import {IMembers} from "contracts/interfaces/IMembers.sol";
import {IOverrides} from "contracts/interfaces/IOverrides.sol";
import {IWorkOrders} from "contracts/interfaces/IWorkOrders.sol";
import {Plans} from "contracts/libraries/Plans.sol";
import {Number, OrderId, ProposalId, TaskId} from "contracts/types/Ids.sol";
import {Status} from "contracts/types/Work.sol";

import {Packing} from "./Packing.sol";
import {PlantFixture} from "./PlantFixture.sol";
import {Trees} from "./Trees.sol";
import {vm} from "./Vm.sol";

contract ClaimsTest is PlantFixture {
    uint256 private constant TASKS = 5;

    OrderId private _posted;
    bytes[] private _entries;

    function setUp() public override {
        super.setUp();
        bytes memory tasks;
        for (uint256 i = 0; i < TASKS; ++i) {
            tasks = bytes.concat(tasks, Packing.pack(Packing.aTask()));
        }
        _posted = _post(tasks);
        for (uint256 i = 0; i < TASKS; ++i) {
            _entries.push(Packing.pack(_entry(i)));
        }
    }

    /* A TREE IS PASSED */

    function test_propose__tree__recordedByTheVoteThatPassesIt() public {
        bytes memory motion = Trees.motionOf(_entries);
        ProposalId id = _propose(SCANNER, motion);
        bytes32 rest = _rest(id);
        _vote(id, SCANNER, true);
        _vote(id, SPRAYER, true);
        vm.expectEmit(address(claims));
        emit IClaims.TreeRecorded(id, Trees.rootOf(_entries), uint32(TASKS));
        _as(GLUER);
        dao.vote(id, true, "", motion, rest);
        vm.assertEq(claims.rootOf(id), Trees.rootOf(_entries));
        vm.assertTrue(dao.proposal(id).state == IAllocationDAO.State.Enacted);
        vm.assertTrue(_status(_task(0)) == Status.Posted);
    }

    function test_propose__noTree__refused() public {
        bytes32 root = Trees.rootOf(_entries);
        _refuseMotion(abi.encodePacked(hex"00000006", root));
        _refuseMotion(abi.encodePacked(hex"00000006", root, uint32(5), uint8(0)));
        _refuseMotion(abi.encodePacked(hex"00000006", bytes32(0), uint32(5)));
        _refuseMotion(abi.encodePacked(hex"00000006", root, uint32(0)));
    }

    function test_requireSound__anotherMotion__refused() public {
        bytes memory motion = abi.encodePacked(hex"00000005", Trees.rootOf(_entries), uint32(5));
        vm.expectRevert(abi.encodeWithSelector(IClaims.MalformedTree.selector, 40));
        claims.requireSound(motion);
    }

    function _refuseMotion(bytes memory motion) private {
        bytes memory detail = _detail();
        vm.expectRevert(abi.encodeWithSelector(IClaims.MalformedTree.selector, motion.length));
        _as(SCANNER);
        dao.propose(motion, detail, "because");
    }

    function test_record__notByTheDao__refused() public {
        bytes memory motion = Trees.motionOf(_entries);
        vm.expectRevert(abi.encodeWithSelector(IClaims.NotTheDAO.selector, STRANGER));
        vm.prank(STRANGER);
        claims.record(ProposalId.wrap(1), motion);
    }

    function test_take__notByTheClaims__refused() public {
        bytes memory plan = _planFor(_task(0), SPRAYER, PACKER);
        vm.expectRevert(abi.encodeWithSelector(IAllocationDAO.NotTheContract.selector, STRANGER));
        vm.prank(STRANGER);
        dao.take(ProposalId.wrap(1), plan);
    }

    /* A LEAF IS CLAIMED */

    function test_claim__everyLeaf__isAllocatedAsByAPlan() public {
        ProposalId id = _decide(Trees.motionOf(_entries));
        for (uint256 i = 0; i < TASKS; ++i) {
            vm.expectEmit(address(work));
            emit IWorkOrders.PlanEnacted(id, 0, 1, hex"", hex"");
            vm.expectEmit(address(claims));
            emit IClaims.AssignmentClaimed(id, _task(i), _lead(i), _entries[i]);
            _claim(id, i);
            IWorkOrders.Task memory found = work.task(_task(i));
            vm.assertTrue(found.status == Status.Allocated && found.worker == _lead(i) && found.inspector == PACKER);
            vm.assertEq(found.version, 2);
            vm.assertEq(found.epoch, 2);
        }
    }

    function test_claim__thenStart__runs() public {
        ProposalId id = _decide(Trees.motionOf(_entries));
        _claim(id, 3);
        _start(_task(3), _lead(3));
        _submit(_task(3), _lead(3));
        _inspect(_task(3), PACKER, true);
        vm.assertTrue(_status(_task(3)) == Status.Accepted);
    }

    /// forge-config: default.fuzz.runs = 64
    /// forge-config: assure.fuzz.runs = 100000
    function testFuzz_claim__anySizeOfTree__everyLeafHasAProof(uint256 size, uint256 index) public {
        size = 1 + size % 40;
        index %= size;
        bytes[] memory entries = new bytes[](size);
        for (uint256 i = 0; i < size; ++i) {
            entries[i] = i == index ? _entries[0] : bytes.concat(_entries[1], bytes32(i));
        }
        ProposalId id = _decide(Trees.motionOf(entries));
        bytes32[] memory proof = Trees.proofOf(entries, index);
        _as(SPRAYER);
        claims.claim(id, entries[index], proof);
        vm.assertTrue(_worker(_task(0)) == SPRAYER);
    }

    /// forge-config: default.fuzz.runs = 64
    /// forge-config: assure.fuzz.runs = 100000
    function testFuzz_claim__entryOrProofChanged__refused(uint256 at, uint8 bit) public {
        ProposalId id = _decide(Trees.motionOf(_entries));
        bytes memory entry = bytes.concat(_entries[0]);
        bytes32[] memory proof = Trees.proofOf(_entries, 0);
        // All but the lead, which has an error of its own, and the counts, which say how long the entry is.
        at %= 20 + 32 * proof.length;
        if (at < 20) {
            if (at == 8 || at == 9) at = 7;
            entry[at] ^= bytes1(uint8(1) << (bit % 8));
        } else {
            proof[(at - 20) / 32] ^= bytes32(1 << (8 * ((at - 20) % 32) + bit % 8));
        }
        _refuse(id, SPRAYER, entry, proof, abi.encodeWithSelector(IClaims.NotInTree.selector, id, Trees.leafOf(entry)));
    }

    function test_claim__innerNodeAsLeaf__refused() public {
        ProposalId id = _decide(Trees.motionOf(_entries));
        bytes32[] memory none = new bytes32[](0);
        // Sixty-four bytes that read as an entry by the sprayer, were nodes hashed as leaves are.
        bytes memory node = bytes.concat(_entries[0], bytes32(0), bytes8(0));
        bytes memory reason = abi.encodeWithSelector(IClaims.NotInTree.selector, id, Trees.leafOf(node));
        _refuse(id, SPRAYER, node, none, reason);
    }

    function test_claim__leafOfAnotherTree__refused() public {
        ProposalId first = _decide(Trees.motionOf(_entries));
        bytes[] memory others = new bytes[](1);
        others[0] = Packing.pack(Packing.anEntry(_task(0), 1, GLUER, PACKER));
        ProposalId second = _decide(Trees.motionOf(others));
        bytes32[] memory proof = new bytes32[](0);
        bytes memory reason = abi.encodeWithSelector(IClaims.NotInTree.selector, first, Trees.leafOf(others[0]));
        _refuse(first, GLUER, others[0], proof, reason);
        _as(GLUER);
        claims.claim(second, others[0], proof);
        vm.assertTrue(_worker(_task(0)) == GLUER);
    }

    function test_claim__byAnotherThanTheLead__refused() public {
        ProposalId id = _decide(Trees.motionOf(_entries));
        bytes memory reason = abi.encodeWithSelector(IClaims.NotTheLead.selector, _task(0), SPRAYER, GLUER);
        _refuse(id, GLUER, _entries[0], Trees.proofOf(_entries, 0), reason);
        reason = abi.encodeWithSelector(IMembers.NotAMember.selector, STRANGER);
        bytes32[] memory proof = Trees.proofOf(_entries, 0);
        vm.expectRevert(reason);
        vm.prank(STRANGER);
        claims.claim(id, _entries[0], proof);
    }

    function test_claim__proposalNotPassed__refused() public {
        ProposalId id = _propose(SCANNER, Trees.motionOf(_entries));
        _refuse(id, 0, abi.encodeWithSelector(IClaims.NoTree.selector, id));
    }

    function test_claim__bytesThatAreNoEntry__refused() public {
        ProposalId id = _decide(Trees.motionOf(_entries));
        bytes memory reason = abi.encodeWithSelector(Plans.MalformedPlan.selector, 0);
        _refuse(id, SPRAYER, hex"0000010000", Trees.proofOf(_entries, 0), reason);
    }

    function test_claim__numbersThatNoPlanCouldName__refused() public {
        bytes[] memory wide = new bytes[](2);
        wide[0] = Packing.pack(Packing.anEntry(_task(0), 1, SPRAYER, Number.wrap(1024 + 5)));
        wide[1] = Packing.pack(Packing.anEntry(_task(1), 1, SPRAYER, PACKER));
        ProposalId id = _decide(Trees.motionOf(wide));
        bytes memory reason = abi.encodeWithSelector(Plans.MalformedPlan.selector, 0);
        _refuse(id, SPRAYER, wide[0], Trees.proofOf(wide, 0), reason);
    }

    function test_claim__twice__refused() public {
        ProposalId id = _decide(Trees.motionOf(_entries));
        _claim(id, 0);
        _refuse(id, 0, abi.encodeWithSelector(IWorkOrders.TaskMovedOn.selector, _task(0), 2, 1));
    }

    function test_claim__oneEntryStale__theOthersAreTaken() public {
        ProposalId id = _decide(Trees.motionOf(_entries));
        _decide(_planFor(_task(1), GLUER, PACKER));
        _refuse(id, 1, abi.encodeWithSelector(IWorkOrders.TaskMovedOn.selector, _task(1), 2, 1));
        _claim(id, 0);
        _claim(id, 2);
        vm.assertTrue(_worker(_task(1)) == GLUER && _worker(_task(0)) == SPRAYER && _worker(_task(2)) == SPRAYER);
    }

    function test_claim__taskDone__refused() public {
        ProposalId id = _decide(Trees.motionOf(_entries));
        _execute(_order(IOverrides.Kind.Cancel, _task(0)));
        _refuse(id, 0, abi.encodeWithSelector(IWorkOrders.TaskMovedOn.selector, _task(0), 2, 1));
    }

    function test_claim__leadFailedTheTask__refused() public {
        _allocate(_task(0), SPRAYER);
        uint64 epoch = _epoch(_task(0));
        _as(SPRAYER);
        work.decline(_task(0), epoch);
        ProposalId id = _decideOne(Packing.anEntry(_task(0), _version(_task(0)), SPRAYER, PACKER));
        _refuseOne(id, abi.encodeWithSelector(IClaims.MayNotTake.selector, _task(0), SPRAYER, PACKER));
    }

    function test_claim__inspectorGone__refused() public {
        ProposalId id = _decide(Trees.motionOf(_entries));
        vm.prank(supervisor);
        members.suspend(PACKER);
        _refuse(id, 0, abi.encodeWithSelector(IClaims.MayNotTake.selector, _task(0), SPRAYER, PACKER));
    }

    function test_claim__leadInspectsItself__refused() public {
        ProposalId id = _decideOne(Packing.anEntry(_task(0), 1, SPRAYER, SPRAYER));
        _refuseOne(id, abi.encodeWithSelector(IClaims.MayNotTake.selector, _task(0), SPRAYER, SPRAYER));
    }

    function test_claim__leadSuspended__refused() public {
        ProposalId id = _decide(Trees.motionOf(_entries));
        vm.prank(supervisor);
        members.suspend(SPRAYER);
        bytes32[] memory proof = Trees.proofOf(_entries, 0);
        IMembers.Standing standing = members.member(SPRAYER).standing;
        vm.expectRevert(abi.encodeWithSelector(IMembers.WrongStanding.selector, SPRAYER, standing));
        _as(SPRAYER);
        claims.claim(id, _entries[0], proof);
    }

    function test_claim__helper__hasToHaveGivenItsWord() public {
        Packing.Entry memory entry = Packing.anEntry(_task(0), 1, SPRAYER, PACKER);
        entry.helpers = new uint16[](1);
        entry.helpers[0] = Number.unwrap(GLUER);
        ProposalId id = _decideOne(entry);
        _refuseOne(id, abi.encodeWithSelector(IAllocationDAO.HelperNotConfirmed.selector, _task(0), SPRAYER, GLUER));
        _confirm(entry);
        bytes32[] memory none = new bytes32[](0);
        _as(SPRAYER);
        claims.claim(id, Packing.pack(entry), none);
        vm.assertTrue(_worker(_task(0)) == SPRAYER);
    }

    /* HUMANS */

    function test_claim__underAHumansSlot__standsUntilItsEnd() public {
        ProposalId id = _decide(Trees.motionOf(_entries));
        _execute(_assignment(_task(0), GLUER, PACKER));
        vm.expectEmit(address(work));
        emit IWorkOrders.PlanEnacted(id, 0, 1, hex"", hex"01");
        _claim(id, 0);
        vm.assertTrue(_worker(_task(0)) == GLUER);
        vm.assertTrue(work.task(_task(0)).standingWorker == SPRAYER);
        _execute(_order(IOverrides.Kind.Release, _task(0)));
        vm.assertTrue(_worker(_task(0)) == SPRAYER);
    }

    function test_claim__plantHeld__refused() public {
        ProposalId id = _decide(Trees.motionOf(_entries));
        _execute(_order(IOverrides.Kind.Hold, IOverrides.Subject.Plant, 0));
        _refuse(id, 0, abi.encodeWithSelector(IWorkOrders.Held.selector, _task(0)));
    }

    function test_decide__treeWhileThePlantIsHeld__waitsAsAPlanDoes() public {
        _execute(_order(IOverrides.Kind.Hold, IOverrides.Subject.Plant, 0));
        bytes memory motion = Trees.motionOf(_entries);
        ProposalId id = _decide(motion);
        vm.assertTrue(dao.proposal(id).state == IAllocationDAO.State.Passed);
        vm.assertEq(claims.rootOf(id), 0);
        bytes32 rest = _rest(id);
        vm.expectRevert(abi.encodeWithSelector(IAllocationDAO.NothingEnacted.selector, id));
        dao.enact(id, motion, rest, 1);
        _execute(_order(IOverrides.Kind.Release, IOverrides.Subject.Plant, 0));
        _execute(_order(IOverrides.Kind.Release, IOverrides.Subject.Plant, 0));
        dao.enact(id, motion, rest, 1);
        _claim(id, 0);
    }

    function test_veto__enactedTree__nobodyClaimsUntilReleased() public {
        bytes memory motion = Trees.motionOf(_entries);
        ProposalId id = _decide(motion);
        _claim(id, 0);
        _execute(_veto(id, motion));
        _refuse(id, 1, abi.encodeWithSelector(IClaims.TreeVetoed.selector, id));
        vm.assertTrue(_worker(_task(0)) == SPRAYER);
        _execute(_order(IOverrides.Kind.Release, IOverrides.Subject.Proposal, ProposalId.unwrap(id)));
        _claim(id, 1);
        vm.assertTrue(_worker(_task(1)) == SPRAYER);
        vm.assertFalse(work.task(_task(2)).held);
    }

    function test_veto__enactedTreeExpired__anyonePokesItFree() public {
        bytes memory motion = Trees.motionOf(_entries);
        ProposalId id = _decide(motion);
        IOverrides.Order memory order = _veto(id, motion);
        _execute(order);
        vm.warp(order.expiresAt + 1);
        _refuse(id, 1, abi.encodeWithSelector(IClaims.TreeVetoed.selector, id));
        overrides.poke(IOverrides.Subject.Proposal, ProposalId.unwrap(id), 8);
        _claim(id, 1);
        vm.assertTrue(_worker(_task(1)) == SPRAYER);
    }

    function test_veto__openTree__ended() public {
        ProposalId id = _propose(SCANNER, Trees.motionOf(_entries));
        _execute(_order(IOverrides.Kind.Veto, IOverrides.Subject.Proposal, ProposalId.unwrap(id)));
        vm.assertTrue(dao.proposal(id).state == IAllocationDAO.State.Vetoed);
        _refuse(id, 0, abi.encodeWithSelector(IClaims.NoTree.selector, id));
    }

    function test_veto__treeOfAnotherProposal__refused() public {
        bytes memory motion = Trees.motionOf(_entries);
        ProposalId id = _decide(motion);
        IOverrides.Order memory order = _veto(id, motion);
        order.payload[40] ^= 0x01;
        _refused(order, abi.encodeWithSelector(IOverrides.MalformedPayload.selector, IOverrides.Kind.Veto));
    }

    function test_approve__tree__refusedForNothingIsNamed() public {
        bytes memory motion = Trees.motionOf(_entries);
        ProposalId id = _propose(SCANNER, motion);
        IOverrides.Order memory order = _veto(id, motion);
        order.kind = IOverrides.Kind.Approve;
        IOverrides.Subject on = IOverrides.Subject.Proposal;
        _refused(order, abi.encodeWithSelector(IOverrides.WrongSubject.selector, IOverrides.Kind.Approve, on));
    }

    /* SMALL THINGS */

    function _task(uint256 index) private view returns (TaskId) {
        return _idOf(_posted, index);
    }

    function _lead(uint256 index) private pure returns (Number) {
        return index < 3 ? SPRAYER : GLUER;
    }

    function _entry(uint256 index) private view returns (Packing.Entry memory) {
        return Packing.anEntry(_task(index), 1, _lead(index), PACKER);
    }

    function _claim(ProposalId id, uint256 index) private {
        bytes32[] memory proof = Trees.proofOf(_entries, index);
        _as(_lead(index));
        claims.claim(id, _entries[index], proof);
    }

    function _refuse(ProposalId id, uint256 index, bytes memory reason) private {
        _refuse(id, _lead(index), _entries[index], Trees.proofOf(_entries, index), reason);
    }

    function _refuse(ProposalId id, Number by, bytes memory entry, bytes32[] memory proof, bytes memory reason)
        private
    {
        vm.expectRevert(reason);
        _as(by);
        claims.claim(id, entry, proof);
    }

    /// @dev A tree of one leaf, which is its root, for the sprayer.
    function _decideOne(Packing.Entry memory entry) private returns (ProposalId) {
        delete _entries;
        _entries.push(Packing.pack(entry));
        return _decide(Trees.motionOf(_entries));
    }

    function _refuseOne(ProposalId id, bytes memory reason) private {
        _refuse(id, SPRAYER, _entries[0], new bytes32[](0), reason);
    }

    function _confirm(Packing.Entry memory entry) private {
        (TaskId[] memory tasks, uint32[] memory versions) = (new TaskId[](1), new uint32[](1));
        (Number[] memory leads, uint16[] memory sequences) = (new Number[](1), new uint16[](1));
        (tasks[0], versions[0], leads[0], sequences[0]) = (entry.task, entry.version, entry.lead, entry.sequence);
        _as(GLUER);
        dao.confirm(tasks, versions, leads, sequences);
    }

    function _veto(ProposalId id, bytes memory motion) private returns (IOverrides.Order memory order) {
        order = _order(IOverrides.Kind.Veto, IOverrides.Subject.Proposal, ProposalId.unwrap(id));
        order.payload = bytes.concat(_rest(id), bytes4(0), motion);
    }
}
