// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Trees
/// @notice Builds the trees whose leaves are claimed: neighbours are hashed together level by level, the lower hash
///         first; the last of an odd level goes up as it is.
library Trees {
    function leafOf(bytes memory entry) internal pure returns (bytes32) {
        return keccak256(bytes.concat(keccak256(entry)));
    }

    function rootOf(bytes[] memory entries) internal pure returns (bytes32) {
        bytes32[] memory level = _leaves(entries);
        while (level.length > 1) {
            level = _above(level);
        }
        return level[0];
    }

    function proofOf(bytes[] memory entries, uint256 index) internal pure returns (bytes32[] memory proof) {
        bytes32[] memory level = _leaves(entries);
        while (level.length > 1) {
            uint256 beside = index ^ 1;
            if (beside < level.length) proof = _with(proof, level[beside]);
            (level, index) = (_above(level), index / 2);
        }
    }

    function motionOf(bytes[] memory entries) internal pure returns (bytes memory) {
        return abi.encodePacked(hex"00000006", rootOf(entries), uint32(entries.length));
    }

    function _leaves(bytes[] memory entries) private pure returns (bytes32[] memory leaves) {
        leaves = new bytes32[](entries.length);
        for (uint256 i = 0; i < leaves.length; ++i) {
            leaves[i] = leafOf(entries[i]);
        }
    }

    function _above(bytes32[] memory level) private pure returns (bytes32[] memory above) {
        above = new bytes32[]((level.length + 1) / 2);
        for (uint256 i = 0; i < above.length; ++i) {
            bool single = 2 * i + 1 == level.length;
            above[i] = single ? level[2 * i] : _pair(level[2 * i], level[2 * i + 1]);
        }
    }

    function _pair(bytes32 left, bytes32 right) private pure returns (bytes32) {
        return left < right ? keccak256(bytes.concat(left, right)) : keccak256(bytes.concat(right, left));
    }

    function _with(bytes32[] memory proof, bytes32 node) private pure returns (bytes32[] memory longer) {
        longer = new bytes32[](proof.length + 1);
        for (uint256 i = 0; i < proof.length; ++i) {
            longer[i] = proof[i];
        }
        longer[proof.length] = node;
    }
}
