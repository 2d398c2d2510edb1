// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC5267} from "@openzeppelin/contracts/interfaces/IERC5267.sol";
import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";

import {IAllocationDAO} from "./interfaces/IAllocationDAO.sol";
import {IBallotAudit} from "./interfaces/IBallotAudit.sol";
import {IMembers} from "./interfaces/IMembers.sol";
import {Ballots} from "./libraries/Ballots.sol";
import {Number, ProposalId} from "./types/Ids.sol";

/// @title BallotAudit
/// @notice Puts on record what members signed beside what was counted. It changes no vote.
contract BallotAudit is IBallotAudit {
    /// @dev What signatures are checked against.
    struct Box {
        ProposalId id;
        IAllocationDAO.Proposal proposal;
        bytes32 contentHash;
        bytes32 domain;
    }

    bytes32 private constant DOMAIN =
        keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");

    IMembers public immutable members;
    IAllocationDAO public immutable dao;

    constructor(IMembers members_, IAllocationDAO dao_) {
        members = members_;
        dao = dao_;
    }

    /// @inheritdoc IBallotAudit
    function record(ProposalId id, bytes32 contentHash, bytes calldata ballots) external {
        Box memory box = _box(id, contentHash);
        IAllocationDAO.State found = box.proposal.state;
        if (found == IAllocationDAO.State.Open) revert ProposalNotSettled(id, found);
        bytes memory listed = Ballots.list(ballots.length);
        for (uint256 offset = 0; offset < ballots.length;) {
            (uint256 who, bytes calldata signature) = Ballots.take(ballots, offset, listed);
            (Number member, Number previous) = Ballots.latest(listed);
            if (Number.unwrap(member) <= Number.unwrap(previous)) {
                revert IAllocationDAO.BallotOutOfOrder(id, previous, member);
            }
            _requireCast(box, who, signature);
            offset += Ballots.HEAD_BYTES + signature.length;
        }
        emit BallotsRecorded(id, listed);
    }

    /// @inheritdoc IBallotAudit
    function proveEquivocation(ProposalId id, bytes32 contentHash, Number member, bytes calldata yes, bytes calldata no)
        external
    {
        Box memory box = _box(id, contentHash);
        address account = _requireBelonged(box, member);
        _requireSigned(box, Ballots.whoOf(member, true), account, yes);
        _requireSigned(box, Ballots.whoOf(member, false), account, no);
        emit EquivocationProven(id, member);
    }

    function _box(ProposalId id, bytes32 contentHash) private view returns (Box memory box) {
        box.id = id;
        box.contentHash = contentHash;
        box.proposal = dao.proposal(id);
        if (box.proposal.state == IAllocationDAO.State.None) revert IAllocationDAO.UnknownProposal(id);
        bytes20 contentId = box.proposal.contentId;
        if (bytes20(contentHash) != contentId) revert IAllocationDAO.OtherPlan(id, contentId);
        (, string memory name, string memory version,,,,) = IERC5267(address(dao)).eip712Domain();
        bytes memory domain =
            abi.encode(DOMAIN, keccak256(bytes(name)), keccak256(bytes(version)), block.chainid, address(dao));
        box.domain = keccak256(domain);
    }

    /// @dev A ballot without a signature is the sender's own.
    function _requireCast(Box memory box, uint256 who, bytes calldata signature) private view {
        Number member = Ballots.memberOf(who);
        address account = _requireBelonged(box, member);
        if (signature.length != 0) return _requireSigned(box, who, account, signature);
        if (account != msg.sender) revert IAllocationDAO.NotTheSender(box.id, member, msg.sender);
    }

    /// @dev The account of a member of the electorate, whatever became of it since.
    function _requireBelonged(Box memory box, Number member) private view returns (address) {
        if (!members.belonged(member, box.proposal.roster)) revert IAllocationDAO.NotInElectorate(box.id, member);
        return members.member(member).account;
    }

    function _requireSigned(Box memory box, uint256 who, address account, bytes calldata signature) private view {
        IAllocationDAO.Proposal memory found = box.proposal;
        bytes32 ballot = Ballots.hash(box.id, box.contentHash, found.roster, found.deadline, Ballots.isYes(who));
        bytes32 digest = MessageHashUtils.toTypedDataHash(box.domain, ballot);
        if (!Ballots.isSigned(digest, account, signature)) {
            revert IAllocationDAO.BadBallot(box.id, Ballots.memberOf(who), digest);
        }
    }
}
