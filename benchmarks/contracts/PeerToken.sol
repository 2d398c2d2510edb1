// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC20Votes} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Votes.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";

/// @title PeerToken
/// @notice One vote for each member, as OpenZeppelin's Governor counts them.
contract PeerToken is ERC20, ERC20Votes {
    constructor(address[] memory members) ERC20("Peer", "PEER") EIP712("Peer", "1") {
        for (uint256 i = 0; i < members.length; ++i) {
            _mint(members[i], 1);
            _delegate(members[i], members[i]);
        }
    }

    function _update(address from, address to, uint256 value) internal override(ERC20, ERC20Votes) {
        super._update(from, to, value);
    }
}
