// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Majority} from "contracts/libraries/Majority.sol";

/// @notice The voting rule, for every tally there can be.
contract MajoritySymbolic {
    function check_hasPassed__anyTally__isMoreThanHalf(uint32 yes, uint32 others) external pure {
        assert(Majority.hasPassed(yes, uint256(yes) + others) == (yes > others));
    }

    function check_hasPassed__anyTally__excludesDefeat(uint32 yes, uint32 no, uint32 barred, uint32 silent)
        external
        pure
    {
        uint256 members = uint256(yes) + no + barred + silent;
        assert(!Majority.hasPassed(yes, members) || !Majority.isDefeated(no, barred, members));
    }

    function check_isDefeated__anyTally__whenTheRestCannotPass(uint32 yes, uint32 no, uint32 barred, uint32 silent)
        external
        pure
    {
        uint256 members = uint256(yes) + no + barred + silent;
        bool couldPass = Majority.hasPassed(uint256(yes) + silent, members);
        assert(Majority.isDefeated(no, barred, members) == !couldPass);
    }

    function check_isDefeated__everybodyVoted__decidesOneWay(uint32 yes, uint32 no, uint32 barred) external pure {
        uint256 members = uint256(yes) + no + barred;
        assert(Majority.hasPassed(yes, members) != Majority.isDefeated(no, barred, members));
    }

    function check_hasPassed__oneMoreYes__staysPassed(uint32 yes, uint32 members) external pure {
        if (Majority.hasPassed(yes, members)) assert(Majority.hasPassed(uint256(yes) + 1, members));
    }

    function check_isDefeated__oneMoreBarred__staysDefeated(uint32 no, uint32 barred, uint32 silent) external pure {
        uint256 members = uint256(no) + barred + silent + 1;
        if (Majority.isDefeated(no, barred, members)) assert(Majority.isDefeated(no, uint256(barred) + 1, members));
    }

    function check_isDefeated__barredOrAgainst__isTheSame(uint32 no, uint32 barred, uint32 silent) external pure {
        uint256 members = uint256(no) + barred + silent;
        assert(Majority.isDefeated(no, barred, members) == Majority.isDefeated(uint256(no) + barred, 0, members));
    }

    function check_hasPassed__half__isNone(uint32 half) external pure {
        assert(!Majority.hasPassed(half, uint256(half) * 2));
    }
}
