// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAllocationDAO} from "../interfaces/IAllocationDAO.sol";
import {Number} from "../types/Ids.sol";

/// @dev A proposal's header; zero where there is no proposal.
type Header is uint256;

/// @title Headers
/// @notice Keeps a proposal in one word.
/// @dev From the high end: contentId 160 | deadline 32 | roster 21 | state 3 | proposer 10 | yes 10 | no 10 | barred 10.
///      A count never outgrows its bits: each counts members, at most 1,023.
library Headers {
    uint256 private constant CONTENT_AT = 96;
    uint256 private constant DEADLINE_AT = 64;
    uint256 private constant ROSTER_AT = 43;
    uint256 private constant STATE_AT = 40;
    uint256 private constant PROPOSER_AT = 30;
    uint256 private constant YES_AT = 20;
    uint256 private constant NO_AT = 10;
    uint256 private constant TEN_BITS = 0x3ff;
    uint256 private constant COUNT_BITS = 0x3fffffff;
    uint256 private constant STATE_BITS = 7;

    /// @dev Rosters of a later version do not fit.
    uint256 internal constant LAST_ROSTER = 0x1fffff;

    /// @notice The header of a proposal that has just been opened.
    /// @dev The deadline is before the year 2106, the roster at most `LAST_ROSTER`.
    function open(bytes32 contentHash, uint256 deadline_, uint256 roster_, Number proposer_)
        internal
        pure
        returns (Header)
    {
        return Header.wrap(
            uint256(bytes32(bytes20(contentHash))) | (deadline_ << DEADLINE_AT) | (roster_ << ROSTER_AT)
                | (uint256(IAllocationDAO.State.Open) << STATE_AT) | (uint256(Number.unwrap(proposer_)) << PROPOSER_AT)
        );
    }

    /// @notice The header with one more ballot.
    function plus(Header self, bool support) internal pure returns (Header) {
        unchecked {
            return Header.wrap(Header.unwrap(self) + (1 << (support ? YES_AT : NO_AT)));
        }
    }

    /// @notice The header with more ballots, of members without a ballot so far.
    function plusMany(Header self, uint256 yes_, uint256 no_) internal pure returns (Header) {
        return Header.wrap(Header.unwrap(self) + (yes_ << YES_AT) + (no_ << NO_AT));
    }

    /// @notice The header with one more member barred.
    function plusBarred(Header self) internal pure returns (Header) {
        return Header.wrap(Header.unwrap(self) + 1);
    }

    /// @notice The header in another state.
    function moved(Header self, IAllocationDAO.State state_) internal pure returns (Header) {
        return Header.wrap((Header.unwrap(self) & ~(STATE_BITS << STATE_AT)) | (uint256(state_) << STATE_AT));
    }

    /// @notice Whether the header is of that content.
    function isOf(Header self, bytes32 contentHash) internal pure returns (bool) {
        return contentId(self) == bytes20(contentHash);
    }

    /// @notice Whether any ballot was counted, or any member barred.
    function hasCounts(Header self) internal pure returns (bool) {
        return Header.unwrap(self) & COUNT_BITS != 0;
    }

    function contentId(Header self) internal pure returns (bytes20) {
        return bytes20(uint160(Header.unwrap(self) >> CONTENT_AT));
    }

    function deadline(Header self) internal pure returns (uint48) {
        return uint32(Header.unwrap(self) >> DEADLINE_AT);
    }

    function roster(Header self) internal pure returns (uint64) {
        return uint64((Header.unwrap(self) >> ROSTER_AT) & LAST_ROSTER);
    }

    function state(Header self) internal pure returns (IAllocationDAO.State) {
        return IAllocationDAO.State((Header.unwrap(self) >> STATE_AT) & STATE_BITS);
    }

    function proposer(Header self) internal pure returns (Number) {
        return Number.wrap(uint16((Header.unwrap(self) >> PROPOSER_AT) & TEN_BITS));
    }

    function yes(Header self) internal pure returns (uint16) {
        return uint16((Header.unwrap(self) >> YES_AT) & TEN_BITS);
    }

    function no(Header self) internal pure returns (uint16) {
        return uint16((Header.unwrap(self) >> NO_AT) & TEN_BITS);
    }

    function barred(Header self) internal pure returns (uint16) {
        return uint16(Header.unwrap(self) & TEN_BITS);
    }
}
