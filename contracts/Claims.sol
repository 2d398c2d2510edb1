// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";

import {IAllocationDAO} from "./interfaces/IAllocationDAO.sol";
import {IClaims} from "./interfaces/IClaims.sol";
import {IMembers} from "./interfaces/IMembers.sol";
import {IOverrides} from "./interfaces/IOverrides.sol";
import {IWorkOrders} from "./interfaces/IWorkOrders.sol";
import {Plans} from "./libraries/Plans.sol";
import {Number, ProposalId, TaskId} from "./types/Ids.sol";
import {Status} from "./types/Work.sol";

/// @title Claims
/// @notice Plans of more than 1,000 entries: a vote records the root of a tree, each lead claims its own leaf.
contract Claims is IClaims {
    uint8 private constant HUMAN = 8;
    uint256 private constant MOTION_BYTES = 40;
    uint256 private constant ROOT_AT = 4;
    uint256 private constant COUNT_AT = 36;

    IMembers public immutable members;
    IWorkOrders public immutable workOrders;
    IAllocationDAO public immutable dao;
    IOverrides public immutable overrides;

    mapping(ProposalId proposal => bytes32) private _roots;

    constructor(IMembers members_, IWorkOrders workOrders_, IAllocationDAO dao_, IOverrides overrides_) {
        members = members_;
        workOrders = workOrders_;
        dao = dao_;
        overrides = overrides_;
    }

    /// @inheritdoc IClaims
    function record(ProposalId proposal, bytes calldata motion) external {
        if (msg.sender != address(dao)) revert NotTheDAO(msg.sender);
        (bytes32 root, uint32 count) = _read(motion);
        _roots[proposal] = root;
        emit TreeRecorded(proposal, root, count);
    }

    /// @inheritdoc IClaims
    function claim(ProposalId proposal, bytes calldata entry, bytes32[] calldata proof) external {
        Number caller = members.activeWorker(msg.sender);
        Plans.Entry memory found = Plans.read(entry);
        if (found.lead != caller) revert NotTheLead(found.task, found.lead, caller);
        _requireInTree(proposal, entry, proof);
        _requireFree(proposal, found.task);
        _requireOpen(found);
        _requireConfirmed(entry, found);
        dao.take(proposal, Plans.pack(found));
        (, uint32 version,) = workOrders.standing(found.task);
        if (version == found.version) revert MayNotTake(found.task, found.lead, found.inspector);
        emit AssignmentClaimed(proposal, found.task, caller, entry);
    }

    /// @inheritdoc IClaims
    function requireSound(bytes calldata motion) external pure {
        _read(motion);
    }

    /// @inheritdoc IClaims
    function rootOf(ProposalId proposal) external view returns (bytes32) {
        return _roots[proposal];
    }

    function _read(bytes calldata motion) private pure returns (bytes32 root, uint32 count) {
        if (motion.length != MOTION_BYTES || !Plans.isTree(motion)) revert MalformedTree(motion.length);
        root = bytes32(motion[ROOT_AT:COUNT_AT]);
        count = uint32(bytes4(motion[COUNT_AT:]));
        if (root == 0 || count == 0) revert MalformedTree(motion.length);
    }

    /// @dev Hashed twice, so that no inner node of 64 bytes is a leaf.
    function _requireInTree(ProposalId proposal, bytes calldata entry, bytes32[] calldata proof) private view {
        bytes32 root = _roots[proposal];
        if (root == 0) revert NoTree(proposal);
        bytes32 leaf = keccak256(bytes.concat(keccak256(entry)));
        if (!MerkleProof.verifyCalldata(proof, root, leaf)) revert NotInTree(proposal, leaf);
    }

    /// @dev Neither vetoed by a human nor under a plant hold, where nothing progresses.
    function _requireFree(ProposalId proposal, TaskId task) private view {
        bool vetoed = overrides.slot(IOverrides.Subject.Proposal, ProposalId.unwrap(proposal), HUMAN).fixes;
        if (vetoed) revert TreeVetoed(proposal);
        (, bool held,) = workOrders.plant();
        if (held) revert IWorkOrders.Held(task);
    }

    function _requireOpen(Plans.Entry memory entry) private view {
        (Status status, uint32 version,) = workOrders.standing(entry.task);
        bool open = status == Status.Posted || status == Status.Allocated;
        if (!open || version != entry.version) revert IWorkOrders.TaskMovedOn(entry.task, version, entry.version);
    }

    function _requireConfirmed(bytes calldata packed, Plans.Entry memory entry) private view {
        for (uint256 i = 0; i < entry.helpers; ++i) {
            Number helper = Plans.helper(packed, entry, i);
            bool confirmed = dao.isConfirmed(entry.task, entry.version, entry.lead, entry.sequence, helper);
            if (!confirmed) revert IAllocationDAO.HelperNotConfirmed(entry.task, entry.lead, helper);
        }
    }
}
