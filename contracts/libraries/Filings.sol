// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAllocationDAO} from "../interfaces/IAllocationDAO.sol";
import {Number, ProposalId} from "../types/Ids.sol";

/// @title Filings
/// @notice Hashes and announces what is proposed.
/// @dev The parts are copied once, to where the log of `ProposalCreated` has them, and hashed there: Solidity's own
///      encoder would copy each twice, word by word.
library Filings {
    /// @dev The first six are what `rest` is the hash of, as they stand here.
    /// @param log What `ProposalCreated` says.
    struct Filing {
        bytes32 detail;
        bytes32 words;
        Number proposer;
        uint64 roster;
        uint32 members;
        uint48 deadline;
        bytes32 assignments;
        bytes log;
    }

    uint256 private constant REST_BYTES = 192;
    /// @dev Of the log: nine words for the arguments, three empty arrays, the number of parts, where each part begins.
    uint256 private constant HEAD_BYTES = 480;
    /// @dev Where the parts' places are told, counted from where the log has the first of them.
    uint256 private constant PARTS_AT = 416;
    uint256 private constant WORDS_AT = 256;
    /// @dev A part's length, and what fills its last word.
    uint256 private constant MOST_ADDED = 64;

    /// @notice Files what is proposed. Who, when and by which electorate is for the caller to fill in.
    function file(bytes calldata assignments, bytes calldata detail, string calldata words)
        internal
        pure
        returns (Filing memory filing)
    {
        filing.log = _blank(assignments.length + detail.length + bytes(words).length);
        bytes memory log = filing.log;
        filing.assignments = _append(assignments, log, PARTS_AT, PARTS_AT);
        filing.detail = _append(detail, log, PARTS_AT + 32, PARTS_AT);
        filing.words = _append(bytes(words), log, WORDS_AT, 0);
    }

    /// @notice What a proposal of that filing is about.
    function contentHash(Filing memory filing) internal pure returns (bytes32 hash) {
        bytes32 assignments = filing.assignments;
        assembly ("memory-safe") {
            mstore(0, assignments)
            mstore(32, keccak256(filing, REST_BYTES))
            hash := keccak256(0, 64)
        }
    }

    /// @notice Logs `ProposalCreated`, by the sender and as of now.
    function announce(Filing memory filing, ProposalId id) internal {
        (bytes memory log, uint256 deadline) = (filing.log, filing.deadline);
        bytes32 topic = IAllocationDAO.ProposalCreated.selector;
        assembly ("memory-safe") {
            let head := add(log, 32)
            mstore(head, id)
            mstore(add(head, 32), caller())
            // Targets, values, signatures: empty.
            mstore(add(head, 64), 288)
            mstore(add(head, 96), 320)
            mstore(add(head, 128), 352)
            mstore(add(head, 160), 384)
            mstore(add(head, 192), timestamp())
            mstore(add(head, 224), deadline)
            mstore(add(head, 384), 2)
            log1(head, mload(log), topic)
        }
    }

    /// @dev An empty log with room for three parts of so many bytes.
    function _blank(uint256 bytes_) private pure returns (bytes memory log) {
        log = new bytes(HEAD_BYTES + bytes_ + 3 * MOST_ADDED);
        assembly ("memory-safe") {
            mstore(log, HEAD_BYTES)
        }
    }

    /// @dev Adds a part to a log that has room for it, and says where it is.
    /// @param at Where to say it. @param from Where to count from.
    function _append(bytes calldata part, bytes memory log, uint256 at, uint256 from)
        private
        pure
        returns (bytes32 hash)
    {
        assembly ("memory-safe") {
            let head := add(log, 32)
            let length := mload(log)
            mstore(add(head, at), sub(length, from))
            let begin := add(add(head, length), 32)
            mstore(sub(begin, 32), part.length)
            calldatacopy(begin, part.offset, part.length)
            hash := keccak256(begin, part.length)
            mstore(log, add(length, and(add(part.length, 63), not(31))))
        }
    }
}
