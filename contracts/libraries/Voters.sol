// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Number} from "../types/Ids.sol";

/// @dev All that a member's proposals and direct ballots need.
type Voter is uint256;

/// @title Voters
/// @notice Keeps in one word, read once and written once: a member's number, since when it votes, and its latest proposals.
/// @dev From the high end: nine proposals of 24 bits, the newest lowest | joined 24 | number 16. `joined` is the roster
///      from which on it votes, zero while it does not.
library Voters {
    uint256 private constant NUMBER_BITS = 16;
    uint256 private constant PROPOSALS_AT = 40;
    uint256 private constant ID_BITS = 24;
    uint256 private constant LOW_BITS = (1 << PROPOSALS_AT) - 1;

    /// @dev How many proposals there is room for.
    uint256 internal constant PLACES = 9;

    /// @notice The voter who votes from another roster on, or no more.
    function withJoined(Voter self, Number number_, uint24 joined_) internal pure returns (Voter) {
        uint256 kept = Voter.unwrap(self) & ~LOW_BITS;
        return Voter.wrap(kept | (uint256(joined_) << NUMBER_BITS) | Number.unwrap(number_));
    }

    /// @notice The voter whose proposal in `place` gave way to a newer one.
    /// @param place Counted from 1, the newest, to `PLACES`.
    function withProposal(Voter self, uint256 place, uint256 id) internal pure returns (Voter) {
        uint256 whole = Voter.unwrap(self);
        // Shifts of a word.
        unchecked {
            uint256 top = PROPOSALS_AT + ID_BITS * place;
            uint256 older = (whole >> top) << top;
            uint256 newer = (whole & ((1 << (top - ID_BITS)) - 1) & ~LOW_BITS) << ID_BITS;
            return Voter.wrap(older | newer | (id << PROPOSALS_AT) | (whole & LOW_BITS));
        }
    }

    /// @notice The proposal in a place, zero where there is none.
    function proposal(Voter self, uint256 place) internal pure returns (uint256) {
        // A place is at most `PLACES`.
        unchecked {
            return uint24(Voter.unwrap(self) >> (PROPOSALS_AT - ID_BITS + ID_BITS * place));
        }
    }

    function joined(Voter self) internal pure returns (uint24) {
        return uint24(Voter.unwrap(self) >> NUMBER_BITS);
    }

    function number(Voter self) internal pure returns (Number) {
        return Number.wrap(uint16(Voter.unwrap(self)));
    }
}
