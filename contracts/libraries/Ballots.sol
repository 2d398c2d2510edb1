// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";

import {Number, ProposalId} from "../types/Ids.sol";

/// @title Ballots
/// @notice Reads packed signed ballots, and lists them without their signatures.
/// @dev who u16 (support << 15 | badge number) | length u16 | signature: of 65 bytes r | s | v, of any other length an
///      ERC-1271 wallet's, of none the sender's own ballot.
library Ballots {
    uint256 internal constant HEAD_BYTES = 4;
    uint256 private constant WHO_BYTES = 2;
    /// @dev A ballot with a key's signature.
    uint256 private constant SIGNED_BYTES = 69;
    bytes32 private constant TYPE =
        keccak256("Ballot(uint256 proposalId,bytes32 contentHash,uint64 roster,uint48 deadline,uint8 support)");

    /// @dev What ballots are counted by, and on.
    /// @param accounts The voters: 20 bytes for each badge number from 1 on.
    /// @param listed Those counted, two bytes each.
    /// @param noDigest What says no when signed, zero until it is made.
    /// @param yesDigest What says yes.
    /// @param yes How many said yes.
    struct Sheet {
        bytes accounts;
        bytes listed;
        bytes32 noDigest;
        bytes32 yesDigest;
        uint256 yes;
    }

    /// @notice The ballots end within the one that begins at `offset`.
    error MalformedBallots(uint256 offset);

    /// @notice What a member signs, by EIP-712, without the domain.
    function hash(ProposalId id, bytes32 contentHash, uint64 roster, uint48 deadline, bool support)
        internal
        pure
        returns (bytes32)
    {
        return keccak256(abi.encode(TYPE, id, contentHash, roster, deadline, support));
    }

    /// @notice The ballot that begins at `offset`; listed in a list that has room for it.
    /// @return who The member and its yes or no.
    /// @return signature Ends where the next ballot begins.
    function take(bytes calldata ballots, uint256 offset, bytes memory listed)
        internal
        pure
        returns (uint256 who, bytes calldata signature)
    {
        bool cut;
        // No sum overflows: an offset is within the calldata, a length 16 bits.
        assembly ("memory-safe") {
            let head := shr(224, calldataload(add(ballots.offset, offset)))
            signature.offset := add(add(ballots.offset, offset), HEAD_BYTES)
            signature.length := and(head, 0xffff)
            cut := gt(add(signature.offset, signature.length), add(ballots.offset, ballots.length))
            who := shr(16, head)
            let length := mload(listed)
            mstore(add(add(listed, 32), length), shl(240, who))
            mstore(listed, add(length, WHO_BYTES))
        }
        if (cut) revert MalformedBallots(offset);
    }

    /// @notice Counts ballots from `offset` on while each is a key's signature that holds, of a member on the sheet's
    ///         roll whose number is above that listed before.
    /// @return Where the first ballot begins that is none, or the end.
    function countSigned(Sheet memory sheet, bytes calldata ballots, uint256 offset) internal pure returns (uint256) {
        uint256 at;
        uint256 end;
        // A sum of places in the calldata.
        assembly ("memory-safe") {
            at := add(ballots.offset, offset)
            end := add(ballots.offset, ballots.length)
        }
        unchecked {
            while (_countOne(sheet, at, end)) at += SIGNED_BYTES;
        }
        assembly ("memory-safe") {
            offset := sub(at, ballots.offset)
        }
        return offset;
    }

    /// @notice The members listed last and before, zero where there is none.
    function latest(bytes memory listed) internal pure returns (Number member, Number previous) {
        uint256 last;
        uint256 before;
        assembly ("memory-safe") {
            // The word that ends with the one listed last, and the one before, or the length where there is none.
            let end := add(listed, mload(listed))
            last := mload(end)
            if gt(mload(listed), WHO_BYTES) { before := mload(sub(end, WHO_BYTES)) }
        }
        return (memberOf(last), memberOf(before));
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

    /// @notice Whether `signer` signed. Nobody's account never did.
    /// @dev A key's signature is tried first: asking for the signer's code would cost a cold account for each.
    function isSigned(bytes32 digest, address signer, bytes calldata signature) internal view returns (bool) {
        uint256 at;
        assembly ("memory-safe") {
            at := signature.offset
        }
        if (signer == address(0)) return false;
        if (signature.length == 65 && _isKeys(digest, signer, at)) return true;
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

    /// @dev Counts the ballot that begins at that place in the calldata and ends by `end`, if it is a key's signature that
    ///      holds; says whether it did. Not where its member is not above that listed last (or the length zero) or not on the
    ///      roll, or no digest is made: anybody can sign a digest of zero. By hand, since without Solidity's reads of calldata
    ///      and memory a ballot costs half as much beside its recovery.
    function _countOne(Sheet memory sheet, uint256 at, uint256 end) private pure returns (bool) {
        uint256 who;
        address signer;
        bytes32 digest;
        bytes32 r;
        bytes32 s;
        uint8 v;
        assembly ("memory-safe") {
            who := shr(224, calldataload(at))
            let whole := and(eq(and(who, 0xffff), 65), iszero(gt(add(at, SIGNED_BYTES), end)))
            who := shr(16, who)
            let member := and(who, 0x7fff)
            let place := mul(member, 20)
            let listed := mload(add(sheet, 32))
            whole := and(whole, gt(member, and(mload(add(listed, mload(listed))), 0x7fff)))
            if and(whole, iszero(gt(place, mload(mload(sheet))))) {
                digest := mload(add(add(sheet, 64), shl(5, shr(15, who))))
                if digest { signer := shr(96, mload(add(add(mload(sheet), 12), place))) }
                r := calldataload(add(at, 4))
                s := calldataload(add(at, 36))
                v := byte(0, calldataload(add(at, 68)))
            }
        }
        if (signer == address(0)) return false;
        (address recovered,,) = ECDSA.tryRecover(digest, v, r, s);
        if (recovered != signer) return false;
        _list(sheet, who);
        return true;
    }

    /// @dev Lists a ballot, and counts its yes.
    function _list(Sheet memory sheet, uint256 who) private pure {
        assembly ("memory-safe") {
            let listed := mload(add(sheet, 32))
            mstore(add(add(listed, 32), mload(listed)), shl(240, who))
            mstore(listed, add(mload(listed), WHO_BYTES))
            let yes := add(sheet, 128)
            mstore(yes, add(mload(yes), shr(15, who)))
        }
    }

    /// @dev Whether the 65 bytes of the calldata from `at` on are a signature with the key of `signer`.
    function _isKeys(bytes32 digest, address signer, uint256 at) private pure returns (bool) {
        bytes32 r;
        bytes32 s;
        uint8 v;
        assembly ("memory-safe") {
            r := calldataload(at)
            s := calldataload(add(at, 32))
            v := byte(0, calldataload(add(at, 64)))
        }
        (address recovered,,) = ECDSA.tryRecover(digest, v, r, s);
        return recovered == signer;
    }
}
