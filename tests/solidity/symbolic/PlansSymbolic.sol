// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Plans, Tens} from "contracts/libraries/Plans.sol";
import {Rolls} from "contracts/libraries/Rolls.sol";
import {Number} from "contracts/types/Ids.sol";

/// @notice A plan's bits, moved together, against the same done one by one.
contract PlansSymbolic {
    using Plans for Tens;

    function check_countBits__anyMask__asOneByOne(uint16 mask) external pure {
        if (mask > Plans.FULL) return;
        uint256 count = 0;
        for (uint256 i = 0; i < 10; ++i) {
            count += (mask >> i) & 1;
        }
        assert(Plans.countBits(mask) == count);
    }

    function check_people__aFullWord__areItsLast200Bits(uint256 word) external pure {
        Tens tens = Tens.wrap(word | (Plans.FULL << 214));
        assert(tens.isFull() && tens.people() == uint200(word) && tens.length() == Plans.FULL_BYTES);
    }

    function check_people__anyThree__eachAtItsPlace(uint64 three, uint8 which) external pure {
        if (three >> 60 != 0) return;
        // Of the places 0, 4, 8 and 9 all but one.
        uint256[4] memory places = [uint256(0), 4, 8, 9];
        uint256 mask = 0;
        uint256 expected = 0;
        uint256 given = 0;
        for (uint256 i = 0; i < 4; ++i) {
            if (i == which % 4) continue;
            mask |= 1 << places[i];
            expected |= ((uint256(three) >> (40 - 20 * given)) & 0xfffff) << (180 - 20 * places[i]);
            ++given;
        }
        Tens tens = Tens.wrap((mask << 214) | (uint256(three) << 140));
        assert(tens.people() == expected && tens.length() == 15);
    }
}

/// @notice The roll of few members.
contract RollsSymbolic {
    function check_enter__anyAccounts__eachAtItsPlace(address one, address two, address three) external pure {
        bytes memory accounts = Rolls.blank(3);
        Rolls.enter(accounts, Number.wrap(1), one);
        Rolls.enter(accounts, Number.wrap(3), three);
        Rolls.enter(accounts, Number.wrap(2), two);
        assert(Rolls.accountOf(accounts, Number.wrap(1)) == one);
        assert(Rolls.accountOf(accounts, Number.wrap(2)) == two);
        assert(Rolls.accountOf(accounts, Number.wrap(3)) == three);
        assert(Rolls.accountOf(accounts, Number.wrap(0)) == address(0));
        assert(Rolls.accountOf(accounts, Number.wrap(4)) == address(0));
    }

    /// @dev How many vote one after the other from a member on, of those whose bit is set.
    function _runFrom(uint256 member, uint256 voters) private pure returns (uint256 length) {
        while ((voters >> (member + length - 1)) & 1 == 1) ++length;
    }

    function check_longestRun__anySevenMembers__noneIsLonger(uint8 voters) external pure {
        if (voters > 127) return;
        bytes memory accounts = Rolls.blank(7);
        for (uint256 i = 0; i < 7; ++i) {
            if ((voters >> i) & 1 == 1) accounts[20 * i + 19] = 0x01;
        }
        (uint256 first, uint256 last) = Rolls.longestRun(accounts, 7);
        uint256 length = last + 1 - first;
        if (length != 0) assert(_runFrom(first, voters) == length);
        for (uint256 member = 1; member <= 7; ++member) {
            assert(_runFrom(member, voters) <= length);
        }
    }
}
