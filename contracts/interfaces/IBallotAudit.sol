// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Number, ProposalId} from "../types/Ids.sol";
import {IAllocationDAO} from "./IAllocationDAO.sol";
import {IMembers} from "./IMembers.sol";

/// @title IBallotAudit
/// @notice Puts on record what members signed beside what was counted. It changes no vote.
/// @dev The ballots are those of `IAllocationDAO.decide`, signed for the DAO.
interface IBallotAudit {
    /// @notice Ballots that came too late to count, two bytes each: support << 15 | badge number.
    event BallotsRecorded(ProposalId indexed id, bytes ballots);

    /// @notice The member signed a yes and a no on the same proposal.
    event EquivocationProven(ProposalId indexed id, Number indexed member);

    /// @notice The proposal is not settled yet.
    error ProposalNotSettled(ProposalId id, IAllocationDAO.State state);

    /// @notice Anyone: records signed ballots that came after the proposal was settled.
    /// @param ballots Packed, ascending by badge number.
    function record(ProposalId id, bytes32 contentHash, bytes calldata ballots) external;

    /// @notice Anyone: shows that a member signed both a yes and a no.
    function proveEquivocation(ProposalId id, bytes32 contentHash, Number member, bytes calldata yes, bytes calldata no)
        external;

    /// @notice Whose members.
    function members() external view returns (IMembers);

    /// @notice Whose proposals.
    function dao() external view returns (IAllocationDAO);
}
