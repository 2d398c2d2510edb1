// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Number, ProposalId, TaskId} from "../types/Ids.sol";

/// @title IClaims
/// @notice Plans of more than 1,000 entries: a vote records the root of a tree, each lead claims its own leaf.
/// @dev A leaf is keccak256(keccak256(entry)), an inner node keccak256 of its two children, the lower first; entries are
///      those of `Plans`, with a duration of zero. Whether a root is that of the leaves in `ProposalCreated`, the
///      voters compute; this contract believes the majority, as all others do.
///      Assumes: `dao` records only what a majority passed, and has the work orders skip an entry, never revert for it.
interface IClaims {
    /// @notice A tree of `count` leaves passed. They are in the `ProposalCreated` of the same proposal.
    event TreeRecorded(ProposalId indexed proposal, bytes32 root, uint32 count);

    /// @notice An entry became the standing decision of its task, as `PlanEnacted` of the same transaction says.
    event AssignmentClaimed(ProposalId indexed proposal, TaskId indexed task, Number indexed worker, bytes entry);

    /// @notice Only the DAO records trees.
    error NotTheDAO(address caller);

    /// @notice A tree is a root that is not zero, and the number of its leaves, at least one.
    error MalformedTree(uint256 length);

    /// @notice No tree was recorded for this proposal.
    error NoTree(ProposalId proposal);

    /// @notice A human's slot is in force for the whole tree: nobody claims from it.
    error TreeVetoed(ProposalId proposal);

    /// @notice Another worker leads the entry.
    error NotTheLead(TaskId task, Number lead, Number caller);

    /// @notice The proof does not lead from this leaf to the root.
    error NotInTree(ProposalId proposal, bytes32 leaf);

    /// @notice The lead failed the task before, or who is to inspect is not another active digital worker.
    error MayNotTake(TaskId task, Number lead, Number inspector);

    /// @notice Records the tree that passed. For the DAO only.
    /// @param motion 0x00000006 | root bytes32 | count u32
    function record(ProposalId proposal, bytes calldata motion) external;

    /// @notice Takes one assignment of a tree, exactly as the enactment of a plan with this one entry would. For its lead
    ///         only, while its task is open at the version it names, its helpers have given their word, and no plant
    ///         hold is in force. Under a human's slot of the task it waits as the standing decision.
    function claim(ProposalId proposal, bytes calldata entry, bytes32[] calldata proof) external;

    /// @notice Refuses what is not a tree, before it is put to the vote.
    function requireSound(bytes calldata motion) external pure;

    /// @notice The root of a tree that passed, else zero.
    function rootOf(ProposalId proposal) external view returns (bytes32);
}
