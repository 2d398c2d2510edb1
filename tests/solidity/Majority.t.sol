// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Majority} from "contracts/libraries/Majority.sol";

import {vm} from "./Vm.sol";

contract MajorityTest {
    function testFuzz_hasPassed__anyTally__excludesDefeat(uint16 yes, uint16 no, uint16 barred, uint16 silent)
        public
        pure
    {
        uint256 members = uint256(yes) + no + barred + silent;
        vm.assertFalse(Majority.hasPassed(yes, members) && Majority.isDefeated(no, barred, members));
    }

    function testFuzz_hasPassed__anyTally__isMoreThanHalf(uint16 yes, uint16 others) public pure {
        vm.assertTrue(Majority.hasPassed(yes, uint256(yes) + others) == (yes > others));
    }

    function testFuzz_isDefeated__anyTally__whenAllTheRestCouldNotPassIt(
        uint16 yes,
        uint16 no,
        uint16 barred,
        uint16 silent
    ) public pure {
        uint256 members = uint256(yes) + no + barred + silent;
        bool couldPass = Majority.hasPassed(uint256(yes) + silent, members);
        vm.assertTrue(Majority.isDefeated(no, barred, members) == !couldPass);
    }

    function testFuzz_isDefeated__everybodyVoted__decidesOneWay(uint16 yes, uint16 no) public pure {
        uint256 members = uint256(yes) + no;
        vm.assertTrue(Majority.hasPassed(yes, members) != Majority.isDefeated(no, 0, members));
    }

    function test_hasPassed__halfOfFour__no() public pure {
        vm.assertFalse(Majority.hasPassed(2, 4));
        vm.assertTrue(Majority.isDefeated(2, 0, 4));
    }

    /// @dev Counted by heads, in every electorate of up to nine.
    function test_rule__everySmallTally__byHeads() public pure {
        for (uint256 members = 1; members <= 9; ++members) {
            for (uint256 yes = 0; yes <= members; ++yes) {
                for (uint256 lost = 0; lost <= members - yes; ++lost) {
                    vm.assertTrue(Majority.hasPassed(yes, members) == _areMore(yes, members - yes));
                    bool defeated = !_areMore(members - lost, lost);
                    vm.assertTrue(Majority.isDefeated(lost, 0, members) == defeated);
                    vm.assertTrue(Majority.isDefeated(0, lost, members) == defeated);
                    vm.assertTrue(Majority.isDefeated(lost / 2, lost - lost / 2, members) == defeated);
                }
            }
        }
    }

    function _areMore(uint256 some, uint256 others) private pure returns (bool) {
        return some > others;
    }
}
