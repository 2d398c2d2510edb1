// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title ERC-4824: common interfaces for DAOs
interface IERC4824 {
    /// @notice The DAO is described elsewhere now.
    event DAOURIUpdate(address daoAddress, string daoURI);

    /// @notice Where the JSON-LD document is that describes the DAO and leads to its members, proposals, acts, rules and
    ///         contracts; empty where nobody serves one.
    function daoURI() external view returns (string memory);
}
