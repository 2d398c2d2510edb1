// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Rolls} from "contracts/libraries/Rolls.sol";
import {Number} from "contracts/types/Ids.sol";

import {vm} from "./Vm.sol";

contract RollsTest {
    uint16 private constant LAST_NUMBER = 1023;

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

    function test_write__notEnoughGas__refused() public {
        vm.expectRevert(abi.encodeWithSelector(Rolls.RollNotWritten.selector));
        this.write{gas: 200_000}(100);
    }
}
