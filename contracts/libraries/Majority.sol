// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Majority
/// @notice The voting rule: a proposal passes when more than half of all members say yes.
/// @dev In heads, never by a rounded percentage. Silence counts against: 2 of 4 is not a majority.
library Majority {
    /// @notice Whether `yes` ballots pass among `members` members.
    function hasPassed(uint256 yes, uint256 members) internal pure returns (bool) {
        return yes * 2 > members;
    }

    /// @notice Whether the ballots still possible can no longer pass.
    /// @param barred Members that can no longer vote and have not.
    function isDefeated(uint256 no, uint256 barred, uint256 members) internal pure returns (bool) {
        return (members - no - barred) * 2 <= members;
    }
}
