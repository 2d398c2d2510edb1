// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @dev All that every proposal needs.
type Desk is uint256;

/// @title Desks
/// @notice Keeps in one word, read once and written once: how many proposals there are, the present roster, its size and
///         the roll of its accounts, and the policy.
/// @dev From the high end: roll 160 | openLimit 8 | votingSeconds 24 | members 16 | roster 24 | count 24.
library Desks {
    uint256 private constant ROLL_AT = 96;
    uint256 private constant LIMIT_AT = 88;
    uint256 private constant SECONDS_AT = 64;
    uint256 private constant MEMBERS_AT = 48;
    uint256 private constant ROSTER_AT = 24;
    /// @dev The bits of roll, members and roster.
    uint256 private constant ELECTORATE = (type(uint256).max << ROLL_AT) | (((1 << 40) - 1) << ROSTER_AT);
    /// @dev The bits of openLimit and votingSeconds.
    uint256 private constant POLICY = ((1 << 32) - 1) << SECONDS_AT;

    /// @notice The desk with another policy.
    function withPolicy(Desk self, uint24 votingSeconds_, uint8 openLimit_) internal pure returns (Desk) {
        uint256 policy = (uint256(openLimit_) << LIMIT_AT) | (uint256(votingSeconds_) << SECONDS_AT);
        return Desk.wrap((Desk.unwrap(self) & ~POLICY) | policy);
    }

    /// @notice The desk after one more proposal.
    function plusOne(Desk self) internal pure returns (Desk) {
        assert(count(self) != type(uint24).max);
        return Desk.wrap(Desk.unwrap(self) + 1);
    }

    /// @notice The desk with the next roster, whose roll is not written yet.
    function withRoster(Desk self, uint24 roster_, uint16 members_) internal pure returns (Desk) {
        uint256 electorate = (uint256(roster_) << ROSTER_AT) | (uint256(members_) << MEMBERS_AT);
        return Desk.wrap((Desk.unwrap(self) & ~ELECTORATE) | electorate);
    }

    /// @notice The desk with its roll, where it had none.
    function withRoll(Desk self, address roll_) internal pure returns (Desk) {
        return Desk.wrap(Desk.unwrap(self) | (uint256(uint160(roll_)) << ROLL_AT));
    }

    function count(Desk self) internal pure returns (uint256) {
        return uint24(Desk.unwrap(self));
    }

    function roster(Desk self) internal pure returns (uint24) {
        return uint24(Desk.unwrap(self) >> ROSTER_AT);
    }

    function members(Desk self) internal pure returns (uint16) {
        return uint16(Desk.unwrap(self) >> MEMBERS_AT);
    }

    function votingSeconds(Desk self) internal pure returns (uint24) {
        return uint24(Desk.unwrap(self) >> SECONDS_AT);
    }

    function openLimit(Desk self) internal pure returns (uint8) {
        return uint8(Desk.unwrap(self) >> LIMIT_AT);
    }

    function roll(Desk self) internal pure returns (address) {
        return address(uint160(Desk.unwrap(self) >> ROLL_AT));
    }
}
