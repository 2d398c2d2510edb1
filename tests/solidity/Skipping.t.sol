// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IOverrides} from "contracts/interfaces/IOverrides.sol";
import {IWorkOrders} from "contracts/interfaces/IWorkOrders.sol";
import {Number, OrderId, ProposalId, TaskId} from "contracts/types/Ids.sol";
import {Status} from "contracts/types/Work.sol";

import {Packing} from "./Packing.sol";
import {PlantFixture} from "./PlantFixture.sol";
import {vm} from "./Vm.sol";

/// @notice Which entries of a passed plan are skipped, and how the others are taken: ten at once, or one by one.
contract SkippingTest is PlantFixture {
    uint256 private constant TASKS = 24;
    address private constant ROLL = address(0x9011);
    ProposalId private constant PASSED = ProposalId.wrap(7);

    OrderId private _posted;

    function setUp() public override {
        super.setUp();
        bytes memory tasks;
        for (uint256 i = 0; i < TASKS; ++i) {
            tasks = bytes.concat(tasks, Packing.pack(Packing.aTask()));
        }
        _posted = _post(tasks);
        bytes memory first = abi.encodePacked(_account(SCANNER), _account(SPRAYER), _account(GLUER), address(0));
        vm.etch(ROLL, abi.encodePacked(hex"00", first, _account(PACKER), address(0), _account(Number.wrap(7))));
    }

    /* ONE ODD ENTRY */

    /// @dev The presser has a number between those that vote, but is not on the roll.
    function test_enact__anyOneLeadAbsent__theOthersAreTaken() public {
        _checkEachAlone(PRESSER, PACKER);
    }

    function test_enact__anyOneInspectorAbsent__theOthersAreTaken() public {
        _checkEachAlone(SCANNER, PRESSER);
    }

    function test_enact__anyOneLeadNobody__theOthersAreTaken() public {
        _checkEachAlone(NOBODY, PACKER);
    }

    function test_enact__anyOneInspectsItself__theOthersAreTaken() public {
        _checkEachAlone(GLUER, GLUER);
    }

    function _checkEachAlone(Number lead, Number inspector) private {
        for (uint256 odd = 0; odd < TASKS; ++odd) {
            uint256 before = vm.snapshotState();
            Packing.Assigned[] memory entries = _entries();
            (entries[odd].lead, entries[odd].inspector) = (lead, inspector);
            _expect(_bit(odd), "");
            _enact(entries);
            _assertTakenBut(odd);
            vm.revertToState(before);
        }
    }

    function test_enact__anyOneUnderAHumansSlot__standsBesideIt() public {
        for (uint256 odd = 0; odd < TASKS; ++odd) {
            uint256 before = vm.snapshotState();
            _execute(_order(IOverrides.Kind.Hold, _at(odd)));
            _expect("", _bit(odd));
            _enact(_entries());
            IWorkOrders.Task memory found = work.task(_at(odd));
            vm.assertTrue(found.standingWorker == GLUER && found.standingInspector == PACKER);
            vm.assertTrue(found.version == 2 && found.epoch == 2 && found.status == Status.Posted);
            _assertTakenBut(odd);
            vm.revertToState(before);
        }
    }

    /// @dev Of each three one is skipped, one stands beside a human's slot, one is taken.
    function test_enact__hundredEntries__eachHasItsBit() public {
        bytes memory tasks;
        for (uint256 i = 0; i < 100; ++i) {
            tasks = bytes.concat(tasks, Packing.pack(Packing.aTask()));
        }
        _posted = _post(tasks);
        Packing.Assigned[] memory entries = new Packing.Assigned[](100);
        (bytes memory skipped, bytes memory standing) = (new bytes(13), new bytes(13));
        for (uint256 i = 0; i < 100; ++i) {
            if (i % 3 == 1) _execute(_order(IOverrides.Kind.Hold, _at(i)));
            entries[i] = Packing.Assigned(_at(i), 1, i % 3 == 0 ? PRESSER : GLUER, PACKER);
            if (i % 3 == 0) skipped[i / 8] |= bytes1(uint8(1 << (i % 8)));
            if (i % 3 == 1) standing[i / 8] |= bytes1(uint8(1 << (i % 8)));
        }
        vm.expectEmit(address(work));
        emit IWorkOrders.PlanEnacted(PASSED, 0, 100, skipped, standing);
        _enact(entries);
    }

    /// @dev Eight of ten, followed by a word of an order and tens that would read as the people of the other two.
    function test_enact__wordThatIsNotFull__leavesTheTasksItDoesNotName() public {
        Packing.Assigned[] memory entries = new Packing.Assigned[](9);
        for (uint256 i = 0; i < 8; ++i) {
            entries[i] = Packing.Assigned(_at(i), 1, SCANNER, GLUER);
        }
        uint32 order = (2 << 14) | (1 << 4);
        entries[8] = Packing.Assigned(TaskId.wrap((order << 8) | 43), 1, SCANNER, GLUER);
        vm.expectEmit(address(work));
        emit IWorkOrders.PlanEnacted(PASSED, 0, 9, hex"0001", "");
        _enact(entries);
        vm.assertTrue(_worker(_at(7)) == SCANNER);
        vm.assertTrue(_status(_at(8)) == Status.Posted && _version(_at(8)) == 1);
        vm.assertTrue(_status(_at(9)) == Status.Posted && _version(_at(9)) == 1);
    }

    function test_enact__leadsAfterAGap__areTaken() public {
        Packing.Assigned[] memory entries = _entries();
        for (uint256 i = 0; i < TASKS; ++i) {
            entries[i].lead = Number.wrap(7);
        }
        _expect("", "");
        _enact(entries);
        for (uint256 i = 0; i < TASKS; ++i) {
            vm.assertTrue(_worker(_at(i)) == Number.wrap(7) && _version(_at(i)) == 2);
        }
    }

    function _assertTakenBut(uint256 odd) private view {
        for (uint256 i = 0; i < TASKS; ++i) {
            IWorkOrders.Task memory found = work.task(_at(i));
            vm.assertTrue((found.status == Status.Allocated) == (i != odd));
            vm.assertTrue((found.worker == GLUER && found.inspector == PACKER) == (i != odd));
            if (i != odd) vm.assertTrue(found.version == 2 && found.epoch == 2);
        }
    }

    /* A TASK WITH A PAST */

    /// @dev Given back, it is noted for good; given again, it is as any other.
    function test_enact__taskGivenBack__eachFieldIsThePlans() public {
        _enactOne(0, SCANNER);
        uint64 epoch = _epoch(_at(0));
        _as(SCANNER);
        work.decline(_at(0), epoch);
        _enactOne(0, SPRAYER);
        IWorkOrders.Task memory found = work.task(_at(0));
        vm.assertTrue(found.status == Status.Allocated && found.worker == SPRAYER && found.inspector == PACKER);
        vm.assertTrue(found.version == 4 && found.epoch == 4);
        vm.assertTrue(found.standingWorker == NOBODY && !found.overridden);
    }

    function test_enact__summonedTask__itsNextWorkerIsSummonedAnew() public {
        _enactOne(0, SCANNER);
        work.poke(_at(0));
        _enactOne(0, SPRAYER);
        vm.warp(block.timestamp + ACKNOWLEDGE_SECONDS + 1);
        uint48 deadline = uint48(block.timestamp) + ACKNOWLEDGE_SECONDS;
        vm.expectEmit(address(work));
        emit IWorkOrders.TaskSummoned(_at(0), SPRAYER, deadline);
        work.poke(_at(0));
        vm.assertTrue(_worker(_at(0)) == SPRAYER);
    }

    function test_enact__startedTask__skippedAtItsOwnVersion() public {
        _enactOne(0, SCANNER);
        _start(_at(0), SCANNER);
        _expectOne(hex"01");
        _enactOne(0, SPRAYER);
        vm.assertTrue(_worker(_at(0)) == SCANNER && _status(_at(0)) == Status.Started);
    }

    /// @dev A human inspects what nobody is named for.
    function test_enact__taskGivenBackAndNobodyInspects__taken() public {
        _failBy(0, SCANNER);
        Packing.Assigned[] memory one = _one(0, SPRAYER);
        one[0].inspector = NOBODY;
        _expectOne("");
        _enact(one);
        vm.assertTrue(_worker(_at(0)) == SPRAYER && work.task(_at(0)).inspector == NOBODY);
    }

    /* WHO FAILED IT */

    function test_isExcluded__oneWorkerOneTask__noOther() public {
        _failBy(0, SCANNER);
        _failBy(1, SPRAYER);
        vm.assertTrue(work.isExcluded(_at(0), SCANNER) && work.isExcluded(_at(1), SPRAYER));
        vm.assertFalse(work.isExcluded(_at(0), SPRAYER) || work.isExcluded(_at(1), SCANNER));
        vm.assertFalse(work.isExcluded(_at(2), SCANNER));
        _expectOne(hex"01");
        _enactOne(0, SCANNER);
        _expectOne("");
        _enactOne(0, SPRAYER);
        _expectOne("");
        _enactOne(1, SCANNER);
    }

    /// @dev A human's requeueing begins anew.
    function test_isExcluded__requeued__nobody() public {
        _failBy(0, SCANNER);
        _execute(_order(IOverrides.Kind.Requeue, _at(0)));
        vm.assertFalse(work.isExcluded(_at(0), SCANNER));
        _failBy(0, SPRAYER);
        vm.assertTrue(work.isExcluded(_at(0), SPRAYER) && !work.isExcluded(_at(0), SCANNER));
        _expectOne("");
        _enactOne(0, SCANNER);
        vm.assertTrue(_worker(_at(0)) == SCANNER);
    }

    /* BUILDING */

    function _at(uint256 index) private view returns (TaskId) {
        return _idOf(_posted, index);
    }

    /// @dev All tasks as they stand, for the gluer.
    function _entries() private view returns (Packing.Assigned[] memory entries) {
        entries = new Packing.Assigned[](TASKS);
        for (uint256 i = 0; i < TASKS; ++i) {
            entries[i] = Packing.Assigned(_at(i), _version(_at(i)), GLUER, PACKER);
        }
    }

    function _one(uint256 index, Number lead) private view returns (Packing.Assigned[] memory one) {
        one = new Packing.Assigned[](1);
        one[0] = Packing.Assigned(_at(index), _version(_at(index)), lead, PACKER);
    }

    function _enactOne(uint256 index, Number lead) private {
        _enact(_one(index, lead));
    }

    function _enact(Packing.Assigned[] memory entries) private {
        bytes memory plan = Packing.assignments(entries);
        vm.prank(address(dao));
        vm.assertEq(work.enact(PASSED, 0, plan, ROLL), entries.length);
    }

    function _failBy(uint256 index, Number worker) private {
        _enactOne(index, worker);
        uint64 epoch = _epoch(_at(index));
        _as(worker);
        work.decline(_at(index), epoch);
    }

    function _expect(bytes memory skipped, bytes memory standing) private {
        vm.expectEmit(address(work));
        emit IWorkOrders.PlanEnacted(PASSED, 0, uint16(TASKS), skipped, standing);
    }

    function _expectOne(bytes memory skipped) private {
        vm.expectEmit(address(work));
        emit IWorkOrders.PlanEnacted(PASSED, 0, 1, skipped, "");
    }

    /// @dev The bit map of one entry, which ends with its byte.
    function _bit(uint256 index) private pure returns (bytes memory bits) {
        bits = new bytes(index / 8 + 1);
        bits[index / 8] = bytes1(uint8(1 << (index % 8)));
    }
}
