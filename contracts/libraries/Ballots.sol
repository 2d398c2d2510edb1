// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";

import {Number} from "../types/Ids.sol";

/// @title Ballots
/// @notice Reads packed signed ballots, and lists them without their signatures.
/// @dev who u16 (support << 15 | badge number) | length u16 | signature: of 65 bytes r | s | v, of any other length an
///      ERC-1271 wallet's, of none the sender's own ballot.
library Ballots {
    uint256 private constant HEAD_BYTES = 4;
    uint256 private constant WHO_BYTES = 2;

    /// @notice The ballots end within the one that begins at `offset`.
    error MalformedBallots(uint256 offset);

    /// @notice The ballot that begins at `offset`, and where the next one does; listed in a list that has room for it.
    function take(bytes calldata ballots, uint256 offset, bytes memory listed)
        internal
        pure
        returns (uint256 who, bytes calldata signature, uint256 next)
    {
        // By hand, without Solidity's checks of every slice, which cost half of what recovering the signer does. No sum
        // overflows: an offset is within the calldata, a length 16 bits.
        assembly ("memory-safe") {
            let head := shr(224, calldataload(add(ballots.offset, offset)))
            who := shr(16, head)
            signature.length := and(head, 0xffff)
            next := add(offset, HEAD_BYTES)
            signature.offset := add(ballots.offset, next)
            next := add(next, signature.length)
            let length := mload(listed)
            mstore(add(add(listed, 32), length), shl(240, who))
            mstore(listed, add(length, WHO_BYTES))
        }
        if (next > ballots.length) revert MalformedBallots(offset);
    }

    /// @notice Whose the ballot is.
    function memberOf(uint256 who) internal pure returns (Number) {
        return Number.wrap(uint16(who & 0x7fff));
    }

    /// @notice Whether the ballot says yes.
    function isYes(uint256 who) internal pure returns (bool) {
        return who >> 15 == 1;
    }

    /// @notice A member's yes or no.
    function whoOf(Number member, bool support) internal pure returns (uint256) {
        return Number.unwrap(member) | (uint256(support ? 1 : 0) << 15);
    }

    /// @notice Whether `signer` signed.
    /// @dev A key's signature is tried first: asking for the signer's code would cost a cold account for each.
    function isSigned(bytes32 digest, address signer, bytes calldata signature) internal view returns (bool) {
        if (signature.length == 65) {
            bytes32 r;
            bytes32 s;
            uint8 v;
            assembly ("memory-safe") {
                r := calldataload(signature.offset)
                s := calldataload(add(signature.offset, 32))
                v := byte(0, calldataload(add(signature.offset, 64)))
            }
            (address recovered,,) = ECDSA.tryRecover(digest, v, r, s);
            if (recovered == signer) return true;
        }
        return SignatureChecker.isValidERC1271SignatureNow(signer, digest, signature);
    }

    /// @notice An empty list with room for as many as `length` bytes of ballots can be.
    function list(uint256 length) internal pure returns (bytes memory listed) {
        // The last one is written as a whole word.
        listed = new bytes(length / HEAD_BYTES * WHO_BYTES + 32);
        assembly ("memory-safe") {
            mstore(listed, 0)
        }
    }
}
