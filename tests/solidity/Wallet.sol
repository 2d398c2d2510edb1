// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";

/// @notice A member whose word is one signature, and which changes its mind.
contract Wallet is IERC1271 {
    bytes private _word;

    function set(bytes calldata word) external {
        _word = word;
    }

    function isValidSignature(bytes32 hash, bytes memory signature) external view returns (bytes4) {
        bool valid = keccak256(signature) == keccak256(bytes.concat(hash, _word));
        return valid ? IERC1271.isValidSignature.selector : bytes4(0xffffffff);
    }
}
