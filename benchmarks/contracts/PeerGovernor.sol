// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Governor} from "@openzeppelin/contracts/governance/Governor.sol";
import {GovernorCountingSimple} from "@openzeppelin/contracts/governance/extensions/GovernorCountingSimple.sol";
import {GovernorSettings} from "@openzeppelin/contracts/governance/extensions/GovernorSettings.sol";
import {GovernorVotes} from "@openzeppelin/contracts/governance/extensions/GovernorVotes.sol";
import {IVotes} from "@openzeppelin/contracts/governance/utils/IVotes.sol";

/// @title PeerGovernor
/// @notice OpenZeppelin's Governor at its cheapest: no threshold, no time lock, a quorum that is a constant.
contract PeerGovernor is Governor, GovernorSettings, GovernorCountingSimple, GovernorVotes {
    uint256 private immutable _quorum;

    constructor(IVotes token, uint256 quorum_, uint32 votingBlocks)
        Governor("Peer")
        GovernorSettings(0, votingBlocks, 0)
        GovernorVotes(token)
    {
        _quorum = quorum_;
    }

    function quorum(uint256) public view override returns (uint256) {
        return _quorum;
    }

    function proposalThreshold() public view override(Governor, GovernorSettings) returns (uint256) {
        return super.proposalThreshold();
    }
}
