// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Plans, Tens} from "contracts/libraries/Plans.sol";
import {Number, TaskId} from "contracts/types/Ids.sol";

import {Packing} from "./Packing.sol";
import {vm} from "./Vm.sol";

contract PlansTest {
    using Plans for Tens;

    /* ASSIGNMENTS */

    function testFuzz_slice__packedAssignments__comeBack(uint256 seed, uint8 count) public view {
        Packing.Assigned[] memory entries = _random(seed, 1 + count % 60);
        bytes memory plan = Packing.assignments(entries);
        this.requireSound(plan);
        _assertSlice(plan, entries, 0, entries.length);
    }

    function testFuzz_slice__aPart__isThatPart(uint256 seed, uint8 count, uint8 first, uint8 last) public view {
        Packing.Assigned[] memory entries = _random(seed, 1 + count % 60);
        last = 1 + last % 80;
        first %= last;
        uint256 end = last < entries.length ? last : entries.length;
        Plans.Assignment[] memory found = this.slice(Packing.assignments(entries), first, last);
        vm.assertEq(found.length, first < end ? end - first : 0);
        if (first < end) _assertSlice(Packing.assignments(entries), entries, first, end);
    }

    function test_countBits__everyMask__isTheirNumber() public pure {
        for (uint256 mask = 0; mask < 1 << 14; ++mask) {
            uint256 expected = 0;
            for (uint256 rest = mask; rest != 0; rest >>= 1) {
                expected += rest & 1;
            }
            vm.assertEq(Plans.countBits(mask), expected);
        }
    }

    /* WHAT IS SOUND */

    function test_requireSound__nothing__refused() public {
        _refused(0);
        this.requireSound("");
    }

    function testFuzz_requireSound__cutShort__refused(uint256 seed, uint256 length) public {
        bytes memory plan = Packing.assignments(_random(seed, 1));
        length %= plan.length;
        assembly ("memory-safe") {
            mstore(plan, length)
        }
        _refused(0);
        this.requireSound(plan);
    }

    function test_requireSound__bytesAfterTheLast__refused() public {
        bytes memory plan = Packing.assignments(TaskId.wrap(257), 1, Number.wrap(1), Number.wrap(2));
        _refused(plan.length);
        this.requireSound(bytes.concat(plan, hex"00"));
    }

    function testFuzz_requireSound__wordsDoNotAscend__refused(uint32 word, uint32 before) public {
        (word, before) = (_word(word), _word(before));
        bytes memory plan = bytes.concat(_one(before, 1), _one(word, 1));
        if (word <= before) _refused(10);
        this.requireSound(plan);
    }

    /// @dev The same ten again: only with later tasks, and at another version.
    function testFuzz_requireSound__theSameWordAgain__onlyWithLaterTasks(uint16 first, uint16 second, uint8 version)
        public
    {
        (first, second, version) = (uint16(1 + first % 1023), uint16(1 + second % 1023), version % 3);
        bytes memory before = _one(256, first);
        if (second & (~second + 1) <= first || version == 1) _refused(before.length);
        this.requireSound(bytes.concat(before, Packing.word(256, second, version, 0, Plans.countBits(second))));
    }

    /// @dev The half byte after an odd number of tasks.
    function testFuzz_requireSound__bitsThatAreNobodys__refused(uint16 mask, uint8 bits) public {
        mask = uint16(1 + mask % 1023);
        bytes memory plan = _one(256, mask);
        plan[plan.length - 1] = bytes1(bits & 15);
        if (Plans.countBits(mask) % 2 == 1 && bits & 15 != 0) _refused(0);
        this.requireSound(plan);
    }

    function testFuzz_requireSound__orderOfNumberZero__refused(uint8 tens, uint16 mask) public {
        bytes memory plan = _one(tens, uint16(1 + mask % 1023));
        _refused(0);
        this.requireSound(plan);
    }

    function testFuzz_requireSound__anyMask__onlyTasksOfTheWord(uint24 order, uint8 tens, uint16 mask) public {
        (order, mask) = (order == 0 ? 1 : order, mask & 1023);
        uint32 word = (uint32(order) << 8) | tens;
        bool sound = mask != 0 && (tens < 25 || (tens == 25 && mask < 64));
        bytes memory plan = _one(word, mask);
        if (!sound) _refused(0);
        this.requireSound(plan);
    }

    /// @dev An order has 256 tasks: six in its last word.
    function test_requireSound__lastWordOfAnOrder__hasSixTasks() public {
        this.requireSound(_one(256 + 25, 63));
        _refused(0);
        this.requireSound(_one(256 + 25, 64));
    }

    function test_slice__moreIsAsked__endsWithTheAssignments() public view {
        bytes memory plan = _one(256, 3);
        bytes memory followed = bytes.concat(plan, _one(257, 1023), _one(258, 1));
        vm.assertEq(this.sliceOf(followed, plan.length).length, 2);
    }

    function sliceOf(bytes calldata followed, uint256 length) external pure returns (Plans.Assignment[] memory) {
        return Plans.slice(followed[:length], 0, 1000);
    }

    function test_requireSound__1000Entries__passTheNextDoesNot() public {
        bytes memory plan;
        for (uint32 i = 0; i < 100; ++i) {
            plan = bytes.concat(plan, _one(((1 + i / 25) << 8) | (i % 25), 1023));
        }
        this.requireSound(plan);
        _refused(plan.length);
        this.requireSound(bytes.concat(plan, _one(9 << 8, 1)));
    }

    function testFuzz_requireSound__anyBytes__aSliceOfWhatPassesIsWhole(bytes memory plan) public view {
        try this.requireSound(plan) {
            vm.assertTrue(this.slice(plan, 0, 1000).length > 0);
        } catch {}
    }

    /* A WORD OF TASKS */

    function testFuzz_load__anyWord__eachFieldAtItsPlace(uint32 word, uint16 mask, uint16 version, uint256 seed)
        public
        view
    {
        (mask, version) = (uint16(1 + mask % 1023), version & 16383);
        uint256 given;
        uint256 expected;
        for (uint256 place = 0; place < 10; ++place) {
            if ((mask >> place) & 1 == 0) continue;
            uint256 bits = uint256(keccak256(abi.encode(seed, place))) & 0xfffff;
            given = (given << 20) | bits;
            expected |= bits << (180 - 20 * place);
        }
        bytes memory packed = Packing.word(word, mask, version, given, Plans.countBits(mask));
        Tens tens = this.load(bytes.concat(packed, bytes32(seed)));
        vm.assertTrue(tens.word() == word && tens.mask() == mask && tens.version() == version);
        vm.assertEq(tens.people(), expected);
        vm.assertEq(tens.length(), packed.length);
        vm.assertTrue(tens.isFull() == (mask == 1023));
    }

    function testFuzz_areOn__anyNumbers__asTheRollSays(uint256 seed, uint8 count, uint256 absent) public pure {
        bytes memory roll;
        for (uint256 i = 1; i <= count; ++i) {
            bool isAbsent = (absent >> i) & 1 == 1;
            roll = bytes.concat(roll, bytes20(isAbsent ? address(0) : vm.addr(i)));
        }
        uint256 people;
        bool expected = true;
        for (uint256 i = 0; i < 20; ++i) {
            uint256 number = uint256(keccak256(abi.encode(seed, i))) % (uint256(count) + 1);
            if ((seed >> i) & 1 == 1) number = 0;
            people |= number << (10 * i);
            if (number != 0 && (absent >> number) & 1 == 1) expected = false;
        }
        vm.assertTrue(Plans.areOn(roll, people) == expected);
    }

    function testFuzz_endOf__anyWords__isWhereTheyEnd(uint16[4] memory masks, uint8 from, uint8 words) public view {
        uint256[5] memory ends;
        bytes memory assignments;
        for (uint256 i = 0; i < 4; ++i) {
            uint16 mask = uint16(1 + masks[i] % 1023);
            assignments = bytes.concat(assignments, _one(uint32(256 + i), mask));
            ends[i + 1] = assignments.length;
        }
        from %= 5;
        uint256 last = uint256(from) + words;
        vm.assertEq(this.endOf(assignments, ends[from], words), ends[last < 4 ? last : 4]);
        vm.assertEq(this.endOf(assignments, ends[from], type(uint256).max), assignments.length);
    }

    function endOf(bytes calldata assignments, uint256 offset, uint256 words) external pure returns (uint256) {
        return Plans.endOf(assignments, offset, words);
    }

    /* THE ENTRY OF A HUMAN'S ASSIGNMENT */

    function testFuzz_read__packedEntry__comesBack(Packing.Entry memory entry, uint8 helpers, uint8 robots)
        public
        view
    {
        _crew(entry, helpers % 8, robots % 8);
        Plans.Entry memory found = this.read(Packing.pack(entry));
        vm.assertEq(TaskId.unwrap(found.task), TaskId.unwrap(entry.task));
        vm.assertEq(found.version, entry.version);
        vm.assertEq(Number.unwrap(found.lead), Number.unwrap(entry.lead));
        vm.assertEq(Number.unwrap(found.inspector), Number.unwrap(entry.inspector));
        vm.assertEq(found.helpers, entry.helpers.length);
        vm.assertEq(found.next, 24 + 2 * (entry.helpers.length + entry.robots.length));
    }

    function testFuzz_helper__packedEntry__comesBack(Packing.Entry memory entry, uint8 helpers) public view {
        _crew(entry, helpers % 8, 2);
        bytes memory payload = bytes.concat(Packing.pack(entry), "it can, I saw it");
        for (uint256 i = 0; i < entry.helpers.length; ++i) {
            vm.assertEq(Number.unwrap(this.helper(payload, i)), entry.helpers[i]);
            vm.assertTrue(this.isOnTeam(payload, Number.wrap(entry.helpers[i])));
        }
        vm.assertTrue(this.isOnTeam(payload, entry.lead));
    }

    function testFuzz_read__cutShort__refused(Packing.Entry memory entry, uint8 crew, uint256 length) public {
        _crew(entry, crew % 4, crew % 3);
        bytes memory payload = Packing.pack(entry);
        length %= payload.length;
        assembly ("memory-safe") {
            mstore(payload, length)
        }
        _refused(0);
        this.read(payload);
    }

    function testFuzz_read__nobodyLeads__refused(Packing.Entry memory entry) public {
        _crew(entry, 0, 0);
        entry.lead = Number.wrap(0);
        _refused(0);
        this.read(Packing.pack(entry));
    }

    /* CALLING */

    function requireSound(bytes calldata plan) external pure {
        Plans.requireSound(plan);
    }

    function slice(bytes calldata plan, uint256 first, uint256 last) external pure returns (Plans.Assignment[] memory) {
        return Plans.slice(plan, first, last);
    }

    function load(bytes calldata plan) external pure returns (Tens) {
        return Plans.load(plan, 0);
    }

    function read(bytes calldata payload) external pure returns (Plans.Entry memory) {
        return Plans.read(payload);
    }

    function helper(bytes calldata payload, uint256 index) external pure returns (Number) {
        return Plans.helper(payload, Plans.read(payload), index);
    }

    function isOnTeam(bytes calldata payload, Number member) external pure returns (bool) {
        return Plans.isOnTeam(payload, Plans.read(payload), member);
    }

    /* BUILDING */

    /// @dev Ascending by task, with gaps, over the ends of words and orders.
    function _random(uint256 seed, uint256 count) private pure returns (Packing.Assigned[] memory entries) {
        entries = new Packing.Assigned[](count);
        uint256 task = 256 + seed % 256;
        for (uint256 i = 0; i < count; ++i) {
            uint256 random = uint256(keccak256(abi.encode(seed, i)));
            task += 1 + (random & 1) * ((random >> 8) % 40);
            entries[i].task = TaskId.wrap(uint32(task));
            entries[i].version = 1 + (uint32(random >> 16) & 1) * (uint32(random >> 17) & 16382);
            entries[i].lead = Number.wrap(uint16(random >> 48) & 1023);
            entries[i].inspector = Number.wrap(uint16(random >> 64) & 1023);
        }
    }

    function _assertSlice(bytes memory plan, Packing.Assigned[] memory entries, uint256 first, uint256 last)
        private
        view
    {
        Plans.Assignment[] memory found = this.slice(plan, first, last);
        vm.assertEq(found.length, last - first);
        for (uint256 i = 0; i < found.length; ++i) {
            vm.assertEq(keccak256(abi.encode(found[i])), keccak256(abi.encode(entries[first + i])));
        }
    }

    /// @dev A word of tasks that assigns those of the mask.
    function _one(uint32 word, uint16 mask) private pure returns (bytes memory) {
        return Packing.word(word, mask, 1, 0, Plans.countBits(mask));
    }

    function _word(uint32 seed) private pure returns (uint32) {
        return (1 + seed % 1000) << 8 | (seed / 1000) % 26;
    }

    function _crew(Packing.Entry memory entry, uint256 helpers, uint256 robots) private pure {
        if (Number.unwrap(entry.lead) == 0) entry.lead = Number.wrap(1);
        entry.helpers = new uint16[](helpers);
        entry.robots = new uint16[](robots);
        for (uint16 i = 0; i < helpers; ++i) {
            entry.helpers[i] = 100 + i;
        }
    }

    function _refused(uint256 offset) private {
        vm.expectRevert(abi.encodeWithSelector(Plans.MalformedPlan.selector, offset));
    }
}
