// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IMembers} from "../interfaces/IMembers.sol";
import {IMotions} from "../interfaces/IMotions.sol";
import {Number} from "../types/Ids.sol";

/// @title MotionLayout
/// @notice Reads motions: zero u24 | kind u8 | body. A body is, by kind:
///         Admit: member's kind u8 | account 20 | capabilities u256 | profile; Suspend, Reinstate, Retire: number u16;
///         Policy: votingSeconds u32 | openLimit u16 | absentAfter u16 | weights of makespan u16 | tardiness u16 |
///         cost u16 | energy u16 | risk u16.
library MotionLayout {
    uint256 private constant HEAD_BYTES = 4;
    uint256 private constant ADMISSION_BYTES = 57;
    uint256 private constant STANDING_BYTES = 6;
    uint256 private constant POLICY_BYTES = 22;

    /// @notice Whether what is put to the vote is a motion: no plan has an order of number zero.
    function isMotion(bytes calldata content) internal pure returns (bool answer) {
        // By hand: every proposal and every decision asks.
        assembly ("memory-safe") {
            answer := and(gt(content.length, 2), iszero(shr(232, calldataload(content.offset))))
        }
    }

    /// @notice The kind of a motion whose length is that of its kind.
    function kindOf(bytes calldata motion) internal pure returns (IMotions.Kind kind) {
        uint8 found = motion.length < HEAD_BYTES ? 0 : uint8(motion[3]);
        if (found == 0 || found > uint8(type(IMotions.Kind).max)) revert IMotions.MalformedMotion();
        kind = IMotions.Kind(found);
        if (!_fits(kind, motion.length)) revert IMotions.MalformedMotion();
    }

    /// @notice Whom a motion of that kind is to admit.
    function admission(bytes calldata motion)
        internal
        pure
        returns (IMembers.Kind kind, address account, uint256 capabilities, string calldata profile)
    {
        uint8 found = uint8(motion[4]);
        if (found > uint8(type(IMembers.Kind).max)) revert IMotions.MalformedMotion();
        kind = IMembers.Kind(found);
        account = address(bytes20(motion[5:25]));
        capabilities = uint256(bytes32(motion[25:ADMISSION_BYTES]));
        profile = string(motion[ADMISSION_BYTES:]);
    }

    /// @notice Whose standing a motion of such a kind is to change.
    function numberOf(bytes calldata motion) internal pure returns (Number) {
        return Number.wrap(uint16(bytes2(motion[HEAD_BYTES:STANDING_BYTES])));
    }

    /// @notice The policy that a motion of that kind is to set.
    function policyOf(bytes calldata motion) internal pure returns (IMotions.Policy memory policy) {
        uint256 body = uint256(bytes32(motion[HEAD_BYTES:POLICY_BYTES]));
        policy.votingSeconds = uint32(body >> 224);
        policy.openLimit = uint16(body >> 208);
        policy.absentAfter = uint16(body >> 192);
        policy.weights = IMotions.Weights({
            makespan: uint16(body >> 176),
            tardiness: uint16(body >> 160),
            cost: uint16(body >> 144),
            energy: uint16(body >> 128),
            risk: uint16(body >> 112)
        });
    }

    function _fits(IMotions.Kind kind, uint256 length) private pure returns (bool) {
        if (kind == IMotions.Kind.Admit) return length >= ADMISSION_BYTES;
        return length == (kind == IMotions.Kind.Policy ? POLICY_BYTES : STANDING_BYTES);
    }
}
