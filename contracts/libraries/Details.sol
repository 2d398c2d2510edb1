// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ProposalId} from "../types/Ids.sol";

/// @title Details
/// @notice Reads what a proposal says of its assignments.
/// @dev offers 32 | evidence 32 | readHash 32 | readAt u64 | makespan u64 | tardiness u64 | energy u64 | cost u64 |
///      counters u64 | teams' length u24 | teams | timetable.
library Details {
    uint256 private constant HASH_AT = 64;
    uint256 private constant READ_AT = 96;
    uint256 private constant COUNTERS_AT = 136;
    uint256 private constant LENGTH_AT = 144;
    uint256 private constant TEAMS_AT = 147;

    /// @notice A detail has 147 bytes, and those of its teams.
    error MalformedDetail(uint256 length);

    /// @notice Who helps.
    function teams(bytes calldata detail) internal pure returns (bytes calldata) {
        uint256 end = TEAMS_AT + (_load(detail, LENGTH_AT) >> 232);
        if (detail.length < end) revert MalformedDetail(detail.length);
        return detail[TEAMS_AT:end];
    }

    /// @notice The block at which all inputs were read, and its hash. Right only where there are teams, or could be.
    function read(bytes calldata detail) internal pure returns (uint64 number, bytes32 hash) {
        return (uint64(_load(detail, READ_AT) >> 192), bytes32(_load(detail, HASH_AT)));
    }

    /// @notice The proposal it counters, zero for none. Right only where there are teams, or could be.
    function counters(bytes calldata detail) internal pure returns (ProposalId) {
        return ProposalId.wrap(_load(detail, COUNTERS_AT) >> 192);
    }

    /// @dev What is beyond the end is whatever follows in the calldata, or zero.
    function _load(bytes calldata detail, uint256 offset) private pure returns (uint256 found) {
        // A slice would be checked against the end again with every read.
        assembly ("memory-safe") {
            found := calldataload(add(detail.offset, offset))
        }
    }
}
