// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Rolls} from "contracts/libraries/Rolls.sol";
import {Number} from "contracts/types/Ids.sol";

import {vm} from "./Vm.sol";

contract RollsTest {
    uint16 private constant LAST_NUMBER = 1023;
    address private constant LOWEST = address(1);
    address private constant HIGHEST = address(uint160(1 << 159));
    bytes private constant PANIC_ASSERT = abi.encodeWithSignature("Panic(uint256)", 1);

    function write(uint256 size) external returns (address) {
        return Rolls.write(Rolls.blank(size));
    }

    function test_write__aFullHouse__isReadAsWritten() public {
        bytes memory accounts = Rolls.blank(LAST_NUMBER);
        for (uint16 i = 1; i <= LAST_NUMBER; ++i) {
            Rolls.enter(accounts, Number.wrap(i), address(uint160(i) << 100 | i));
        }
        bytes memory found = Rolls.read(Rolls.write(accounts));
        vm.assertEq(found, accounts);
        vm.assertTrue(Rolls.accountOf(found, Number.wrap(LAST_NUMBER)) == address(uint160(1023) << 100 | 1023));
        vm.assertTrue(Rolls.accountOf(found, Number.wrap(0)) == address(0));
        vm.assertTrue(Rolls.accountOf(found, Number.wrap(LAST_NUMBER + 1)) == address(0));
    }

    function testFuzz_longestRun__anyGaps__asCountedOneByOne(uint256 present, uint256 often, uint8 size, uint16 most)
        public
        pure
    {
        if (often % 2 == 0) present |= often << 1;
        bytes memory accounts = Rolls.blank(size);
        for (uint16 i = 1; i <= size; ++i) {
            if ((present >> i) & 1 == 1) Rolls.enter(accounts, Number.wrap(i), address(1));
        }
        (uint256 first, uint256 last) = Rolls.longestRun(accounts, most < size ? most : size);
        uint256 run;
        (uint256 expectedFirst, uint256 expectedLast) = (1, 0);
        for (uint256 i = 1; i <= size && i <= most; ++i) {
            run = (present >> i) & 1 == 1 ? run + 1 : 0;
            if (run > expectedLast + 1 - expectedFirst) (expectedFirst, expectedLast) = (i + 1 - run, i);
        }
        vm.assertEq(first, expectedFirst);
        vm.assertEq(last, expectedLast);
    }

    function test_write__anyRoll__isGivenNoEther() public {
        vm.assertTrue(address(this).balance != 0);
        vm.assertEq(this.write(3).balance, 0);
    }

    function test_write__notEnoughGas__refused() public {
        vm.expectRevert(abi.encodeWithSelector(Rolls.RollNotWritten.selector));
        this.write{gas: 200_000}(100);
    }

    /* A TABLE */

    function test_blank__anySize__isNobodys() public pure {
        for (uint16 size = 0; size < 40; ++size) {
            bytes memory accounts = Rolls.blank(size);
            vm.assertEq(accounts.length, 20 * uint256(size));
            vm.assertEq(Rolls.size(accounts), size);
            vm.assertTrue(Rolls.accountOf(accounts, Number.wrap(size)) == address(0));
        }
    }

    function test_enter__numberWithoutRoom__refused() public {
        this.enter(7, 1);
        this.enter(7, 7);
        vm.expectRevert(PANIC_ASSERT);
        this.enter(7, 0);
        vm.expectRevert(PANIC_ASSERT);
        this.enter(7, 8);
    }

    function enter(uint256 size, uint16 number) external pure {
        bytes memory accounts = Rolls.blank(size);
        Rolls.enter(accounts, Number.wrap(number), HIGHEST);
        vm.assertTrue(Rolls.accountOf(accounts, Number.wrap(number)) == HIGHEST);
    }

    function test_enter__twoNeighbours__leaveEachOther() public pure {
        bytes memory accounts = Rolls.blank(3);
        address all = address(type(uint160).max);
        Rolls.enter(accounts, Number.wrap(3), all);
        Rolls.enter(accounts, Number.wrap(2), all);
        Rolls.enter(accounts, Number.wrap(1), all);
        vm.assertEq(accounts, abi.encodePacked(all, all, all));
    }

    /* RUNS */

    /// @dev Every roll of nine, whatever the accounts look like, however many of them are looked at.
    function test_longestRun__everyRollOfNine__asCountedOneByOne() public pure {
        for (uint256 present = 0; present < 1 << 9; ++present) {
            _checkRuns(present, LOWEST);
            _checkRuns(present, HIGHEST);
        }
    }

    function _checkRuns(uint256 present, address account) private pure {
        bytes memory accounts = Rolls.blank(9);
        (uint256 expectedFirst, uint256 expectedLast, uint256 run) = (1, 0, 0);
        for (uint16 i = 1; i <= 9; ++i) {
            if ((present >> (i - 1)) & 1 == 1) Rolls.enter(accounts, Number.wrap(i), account);
        }
        for (uint256 most = 0; most <= 9; ++most) {
            run = most != 0 && (present >> (most - 1)) & 1 == 1 ? run + 1 : 0;
            if (run > expectedLast + 1 - expectedFirst) (expectedFirst, expectedLast) = (most + 1 - run, most);
            (uint256 first, uint256 last) = Rolls.longestRun(accounts, most);
            vm.assertTrue(first == expectedFirst && last == expectedLast);
        }
    }
}
