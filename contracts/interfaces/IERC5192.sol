// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title ERC-5192: minimal soulbound tokens
interface IERC5192 {
    /// @notice The badge cannot be transferred.
    event Locked(uint256 tokenId);

    /// @notice The badge can be transferred; never emitted here.
    event Unlocked(uint256 tokenId);

    /// @notice Whether the badge is locked; reverts for a badge that does not exist.
    function locked(uint256 tokenId) external view returns (bool);
}
