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

    function test_write__notEnoughGas__refused() public {
        vm.expectRevert(abi.encodeWithSelector(Rolls.RollNotWritten.selector));
        this.write{gas: 200_000}(100);
    }
}
