// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

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

/// @notice What becomes of a plan's entries when it passed.
contract EnactmentTest is PlantFixture {
    uint256 private constant TASKS = 24;
    address private constant ROLL = address(0x9011);
    ProposalId private constant PASSED = ProposalId.wrap(7);

    OrderId private _posted;

    function setUp() public override {
        super.setUp();
        _posted = _post(_same(TASKS));
        _writeRoll(5);
    }

    function test_enact__notFromTheDao__refused() public {
        bytes memory plan = _planFor(_at(0), SCANNER, PACKER);
        vm.expectRevert(abi.encodeWithSelector(IWorkOrders.NotTheContract.selector, address(this)));
        work.enact(PASSED, 0, plan, ROLL);
    }

    function test_enact__quietTask__isAllocated() public {
        _enact(_one(0, SCANNER, PACKER));
        IWorkOrders.Task memory found = work.task(_at(0));
        vm.assertEq(uint256(found.status), uint256(Status.Allocated));
        vm.assertEq(Number.unwrap(found.worker), Number.unwrap(SCANNER));
        vm.assertEq(Number.unwrap(found.inspector), Number.unwrap(PACKER));
        vm.assertEq(found.epoch, 2);
        vm.assertEq(found.version, 2);
    }

    function test_enact__oneTask__leavesItsNeighbours() public {
        _enact(_one(4, SCANNER, PACKER));
        for (uint256 i = 0; i < TASKS; ++i) {
            vm.assertEq(_version(_at(i)), i == 4 ? 2 : 1);
            vm.assertEq(Number.unwrap(_worker(_at(i))), i == 4 ? Number.unwrap(SCANNER) : 0);
        }
    }

    function test_enact__nobodyInspects__aHumanWill() public {
        _enact(_one(0, SCANNER, NOBODY));
        vm.assertEq(uint256(_status(_at(0))), uint256(Status.Allocated));
        vm.assertEq(Number.unwrap(work.task(_at(0)).inspector), 0);
    }

    function test_enact__incapableLead__taken() public {
        Number fetcher = members.admit(_account(Number.wrap(7)), IMembers.Kind.Digital, _bit(3), "{}");
        _writeRoll(7);
        _enact(_one(0, fetcher, PACKER));
        vm.assertTrue(_worker(_at(0)) == fetcher);
    }

    /* ONE BAD ENTRY NEVER BLOCKS THE OTHERS */

    /// @dev What each entry says and its task has been through: 24 in three words, each in a way of its own.
    function testFuzz_enact__someEntriesSpoilt__theOthersAreTaken(uint8[24] memory ways) public {
        Packing.Assigned[] memory entries = new Packing.Assigned[](TASKS);
        bytes memory skipped = new bytes(TASKS / 8);
        bytes memory standing = new bytes(TASKS / 8);
        for (uint256 i = 0; i < TASKS; ++i) {
            ways[i] = ways[i] % 14;
            entries[i] = _entryFor(i, ways[i]);
            if (ways[i] > 3) skipped[i / 8] |= bytes1(uint8(1 << (i % 8)));
            if (ways[i] == 3) standing[i / 8] |= bytes1(uint8(1 << (i % 8)));
        }
        vm.expectEmit(address(work));
        emit IWorkOrders.PlanEnacted(PASSED, 0, uint16(TASKS), _cut(skipped), _cut(standing));
        _enact(entries);
        for (uint256 i = 0; i < TASKS; ++i) {
            IWorkOrders.Task memory found = work.task(_at(i));
            vm.assertTrue((found.worker == GLUER && found.version == entries[i].version + 1) == (ways[i] < 3));
            vm.assertTrue((found.standingWorker == GLUER) == (ways[i] == 3));
        }
    }

    /// @dev A bit map ends with its last byte that has a bit set.
    function _cut(bytes memory bits) private pure returns (bytes memory) {
        uint256 length = bits.length;
        while (length != 0 && bits[length - 1] == 0) --length;
        assembly ("memory-safe") {
            mstore(bits, length)
        }
        return bits;
    }

    /// @dev Taken: 0 and 1 quiet, 2 noted, 3 under a human's slot. The others are skipped.
    function _entryFor(uint256 index, uint8 way) private returns (Packing.Assigned memory entry) {
        if (way != 0) _livePast(index, way);
        entry = Packing.Assigned(_at(index), _version(_at(index)), GLUER, PACKER);
        if (way == 8) entry.lead = ROBOT;
        if (way == 9) entry.lead = Number.wrap(900);
        if (way == 10) entry.lead = NOBODY;
        if (way == 11) entry.inspector = ROBOT;
        if (way == 12) entry.inspector = GLUER;
        if (way == 13) --entry.version;
    }

    function _livePast(uint256 index, uint8 way) private {
        if (way == 1 || way == 13) _enact(_one(index, SCANNER, PACKER));
        if (way == 2) _execute(_order(IOverrides.Kind.Requeue, _at(index)));
        if (way == 3) _execute(_order(IOverrides.Kind.Hold, _at(index)));
        if (way == 4) _execute(_order(IOverrides.Kind.Cancel, _at(index)));
        if (way == 5) _failBy(index, GLUER);
        if (way == 6 || way == 7) _enact(_one(index, SCANNER, PACKER));
        if (way == 6) _start(_at(index), SCANNER);
        if (way == 7) _execute(_order(IOverrides.Kind.Cancel, _at(index)));
    }

    function test_enact__workerThatFailedTheTask__skippedThisTaskOnly() public {
        _failBy(0, SPRAYER);
        Packing.Assigned[] memory entries = new Packing.Assigned[](2);
        entries[0] = Packing.Assigned(_at(0), _version(_at(0)), SPRAYER, PACKER);
        entries[1] = Packing.Assigned(_at(1), 1, SPRAYER, PACKER);
        _enact(entries);
        vm.assertEq(uint256(_status(_at(0))), uint256(Status.Posted));
        vm.assertEq(uint256(_status(_at(1))), uint256(Status.Allocated));
    }

    function test_enact__tasksThatDoNotExist__skipped() public {
        Packing.Assigned[] memory entries = new Packing.Assigned[](4);
        entries[0] = Packing.Assigned(_at(23), 1, SCANNER, PACKER);
        entries[1] = Packing.Assigned(_at(24), 1, SCANNER, PACKER);
        entries[2] = Packing.Assigned(_at(25), 0, SCANNER, PACKER);
        entries[3] = Packing.Assigned(TaskId.wrap(99 * 256), 1, SCANNER, PACKER);
        vm.expectEmit(address(work));
        emit IWorkOrders.PlanEnacted(PASSED, 0, 4, hex"0e", "");
        _enact(entries);
        _assertUnknown(entries[1].task);
        _assertUnknown(entries[2].task);
        _assertUnknown(entries[3].task);
    }

    function test_enact__rollOfFewer__skipsWhoIsNotOnIt() public {
        _writeRoll(2);
        _enactSkipping(_one(0, GLUER, SCANNER));
        _enactSkipping(_one(0, SCANNER, GLUER));
        _enactSkipping(_one(0, NOBODY, SCANNER));
        vm.etch(ROLL, hex"00");
        _enactSkipping(_one(0, SCANNER, SPRAYER));
    }

    function test_enact__accountsOfManyZeros__areOnTheRoll() public {
        vm.etch(ROLL, abi.encodePacked(hex"00", uint160(1), uint160(1 << 159)));
        _enact(_one(0, SCANNER, SPRAYER));
        vm.assertTrue(_worker(_at(0)) == SCANNER);
    }

    /* VERSIONS */

    function test_enact__versionsOver15__goOn() public {
        for (uint32 version = 1; version < 20; ++version) {
            Number lead = Number.wrap(uint16(1 + version % 4));
            _enact(_one(3, lead, PACKER));
            vm.assertEq(_version(_at(3)), version + 1);
            vm.assertEq(_epoch(_at(3)), version + 1);
            vm.assertTrue(_worker(_at(3)) == lead);
            vm.assertEq(_version(_at(2)), 1);
        }
    }

    function test_enact__versionsOver16383__areTheHumans() public {
        for (uint32 version = 1; version < 16_384; ++version) {
            this.decideAnew();
        }
        vm.assertEq(_version(_at(3)), 16_384);
        _enactSkipping(_one(3, SPRAYER, PACKER));
        vm.assertEq(_version(_at(3)), 16_384);
    }

    /// @dev A call of its own, whose memory goes with it.
    function decideAnew() external {
        _enact(_one(3, SCANNER, PACKER));
    }

    /* UNDER A HOLD OF THE PLANT */

    function test_enact__plantHeld__nothingHappens() public {
        vm.prank(address(overrides));
        work.setPlantHold(true);
        vm.recordLogs();
        vm.assertEq(_enact(_one(0, SCANNER, PACKER)), 0);
        vm.assertEq(vm.getRecordedLogs().length, 0);
        vm.assertEq(_version(_at(0)), 1);
        vm.assertEq(_epoch(_at(0)), 2);
        vm.prank(address(overrides));
        work.setPlantHold(false);
        vm.assertEq(_enact(_one(0, SCANNER, PACKER)), 1);
    }

    /* A PART */

    function test_enact__fromAnEntryOn__saysSo() public {
        bytes memory plan = Packing.assignments(_one(0, NOBODY, PACKER));
        vm.expectEmit(address(work));
        emit IWorkOrders.PlanEnacted(PASSED, 990, 991, hex"01", "");
        vm.prank(address(dao));
        vm.assertEq(work.enact(PASSED, 990, plan, ROLL), 1);
    }

    /* WHAT IS OPEN */

    function test_requireOpen__postedOrAllocated__passes() public {
        _enact(_one(0, SCANNER, PACKER));
        work.requireOpen(Packing.assignments(_first(TASKS)));
    }

    function test_requireOpen__malformed__refused() public {
        vm.expectRevert(abi.encodeWithSelector(Plans.MalformedPlan.selector, 0));
        work.requireOpen("");
    }

    function test_requireOpen__unknownTask__refused() public {
        bytes memory plan = Packing.assignments(_at(24), 1, SCANNER, PACKER);
        vm.expectRevert(abi.encodeWithSelector(Tasks.UnknownTask.selector, _at(24)));
        work.requireOpen(plan);
    }

    function test_requireOpen__taskDecidedAnew__refused() public {
        bytes memory plan = Packing.assignments(_first(TASKS));
        _enact(_one(17, SCANNER, PACKER));
        _refusedAsMovedOn(plan, 17, 1);
    }

    function test_requireOpen__startedTask__refused() public {
        _enact(_one(17, SCANNER, PACKER));
        _start(_at(17), SCANNER);
        _refusedAsMovedOn(Packing.assignments(_first(TASKS)), 17, 2);
    }

    function _refusedAsMovedOn(bytes memory plan, uint256 index, uint32 given) private {
        vm.expectRevert(abi.encodeWithSelector(IWorkOrders.TaskMovedOn.selector, _at(index), 2, given));
        work.requireOpen(plan);
    }

    /* BUILDING */

    function _at(uint256 index) private view returns (TaskId) {
        return _idOf(_posted, index);
    }

    /// @dev Numbers 1 to `count`, but for the robot's.
    function _writeRoll(uint16 count) private {
        bytes memory code = hex"00";
        for (uint16 i = 1; i <= count; ++i) {
            Number member = Number.wrap(i);
            code = bytes.concat(code, bytes20(member == ROBOT ? address(0) : _account(member)));
        }
        vm.etch(ROLL, code);
    }

    function _one(uint256 index, Number lead, Number inspector) private view returns (Packing.Assigned[] memory one) {
        one = new Packing.Assigned[](1);
        one[0] = Packing.Assigned(_at(index), _version(_at(index)), lead, inspector);
    }

    /// @dev The first tasks as they stand.
    function _first(uint256 count) private view returns (Packing.Assigned[] memory entries) {
        entries = new Packing.Assigned[](count);
        for (uint256 i = 0; i < count; ++i) {
            entries[i] = Packing.Assigned(_at(i), _version(_at(i)), SCANNER, PACKER);
        }
    }

    function _enact(Packing.Assigned[] memory entries) private returns (uint256) {
        vm.prank(address(dao));
        return work.enact(PASSED, 0, Packing.assignments(entries), ROLL);
    }

    function _enactSkipping(Packing.Assigned[] memory one) private {
        vm.expectEmit(address(work));
        emit IWorkOrders.PlanEnacted(PASSED, 0, 1, hex"01", "");
        _enact(one);
    }

    function _failBy(uint256 index, Number worker) private {
        _enact(_one(index, worker, PACKER));
        uint64 epoch = _epoch(_at(index));
        _as(worker);
        work.decline(_at(index), epoch);
    }

    function _same(uint256 count) private pure returns (bytes memory tasks) {
        bytes memory one = Packing.pack(Packing.aTask());
        for (uint256 i = 0; i < count; ++i) {
            tasks = bytes.concat(tasks, one);
        }
    }

    function _assertUnknown(TaskId task) private {
        vm.expectRevert(abi.encodeWithSelector(Tasks.UnknownTask.selector, task));
        work.task(task);
    }
}

/// @notice What an enactment costs: all tasks quiet, accounts and slots cold, as in a transaction of its own.
contract EnactmentGasTest is PlantFixture {
    uint256 private constant TASKS = 250;
    uint256 private constant TRANSACTION_GAS = 16_777_216;
    address private constant ROLL = address(0x9011);

    event Spent(uint256 entries, uint256 size, uint256 gas);

    function setUp() public override {
        super.setUp();
        bytes memory tasks;
        for (uint256 i = 0; i < TASKS; ++i) {
            tasks = bytes.concat(tasks, Packing.pack(Packing.aTask()));
        }
        bytes memory code = hex"00";
        for (uint16 i = 1; i <= 25; ++i) {
            if (i <= 4) _post(tasks);
            code = bytes.concat(code, bytes20(_account(Number.wrap(i))));
        }
        vm.etch(ROLL, code);
    }

    function test_enact__10Entries__cheap() public {
        _assertGas(10, 31_000);
    }

    function test_enact__100Entries__cheap() public {
        _assertGas(100, 95_000);
    }

    function test_enact__1000Entries__cheap() public {
        _assertGas(1000, 790_000);
    }

    function _assertGas(uint256 count, uint256 most) private {
        bytes memory plan = Packing.assignments(_entries(count));
        vm.cool(address(work));
        vm.cool(ROLL);
        vm.prank(address(dao));
        uint256 before = gasleft();
        work.enact(ProposalId.wrap(1), 0, plan, ROLL);
        uint256 used = before - gasleft();
        emit Spent(count, plan.length, used);
        vm.assertTrue(used <= most && used + 21_000 + 16 * plan.length < TRANSACTION_GAS);
        for (uint256 i = 0; i < count; ++i) {
            vm.assertTrue(_worker(_task(i)) == _lead(i));
        }
    }

    function _entries(uint256 count) private pure returns (Packing.Assigned[] memory entries) {
        entries = new Packing.Assigned[](count);
        for (uint256 i = 0; i < count; ++i) {
            entries[i] = Packing.Assigned(_task(i), 1, _lead(i), Number.wrap(25));
        }
    }

    function _task(uint256 i) private pure returns (TaskId) {
        return _idOf(OrderId.wrap(uint24(1 + i / TASKS)), i % TASKS);
    }

    function _lead(uint256 i) private pure returns (Number) {
        return Number.wrap(uint16(1 + i % 24));
    }
}
