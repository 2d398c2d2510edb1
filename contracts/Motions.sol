// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Checkpoints} from "@openzeppelin/contracts/utils/structs/Checkpoints.sol";

import {IAllocationDAO} from "./interfaces/IAllocationDAO.sol";
import {IMembers} from "./interfaces/IMembers.sol";
import {IMotions} from "./interfaces/IMotions.sol";
import {Majority} from "./libraries/Majority.sol";
import {MotionLayout} from "./libraries/MotionLayout.sol";
import {Number, ProposalId} from "./types/Ids.sol";
import {ADMIN, MAINTENANCE} from "./types/Roles.sol";

/// @title Motions
/// @notice What a majority decides besides who does what: who belongs, and by which policy it decides.
contract Motions is IMotions {
    using Checkpoints for Checkpoints.Trace208;
    using MotionLayout for bytes;

    uint32 private constant SHORTEST_SECONDS = 10;
    uint32 private constant LONGEST_SECONDS = type(uint24).max;
    uint16 private constant MOST_OPEN = 9;
    uint16 private constant LONGEST_SILENCE = 256;
    uint256 private constant PROPOSALS_LOOKED_AT = 512;

    IMembers public immutable members;
    IAllocationDAO public immutable dao;

    Policy private _policy;
    /// @dev By proposal: how long those from that one on are open.
    Checkpoints.Trace208 private _votingSeconds;

    constructor(IMembers members_, IAllocationDAO dao_, Policy memory policy_) {
        _requireWithin(policy_);
        members = members_;
        dao = dao_;
        _set(dao_, policy_);
    }

    /* MOTIONS */

    /// @inheritdoc IMotions
    function requireSound(bytes calldata motion) external view {
        Kind kind = motion.kindOf();
        if (kind == Kind.Policy) return _requireWithin(motion.policyOf());
        if (kind == Kind.Admit) return _requireAdmissible(motion);
        Number number = motion.numberOf();
        IMembers.Kind found = members.kindOf(number);
        if (found == IMembers.Kind.None) revert IMembers.UnknownMember(number);
        if (found == IMembers.Kind.Human) revert IMembers.WrongKind(number, found);
    }

    /// @inheritdoc IMotions
    function carryOut(ProposalId id, bytes calldata motion) external {
        if (msg.sender != address(dao)) revert NotTheDAO(msg.sender);
        Kind kind = motion.kindOf();
        if (kind == Kind.Policy) _set(dao, motion.policyOf());
        else if (kind == Kind.Admit) _admit(motion);
        else if (kind == Kind.Suspend) members.suspend(motion.numberOf());
        else if (kind == Kind.Reinstate) members.reinstate(motion.numberOf());
        else members.retire(motion.numberOf());
        emit MotionCarriedOut(id, kind);
    }

    /* ABSENCE */

    /// @inheritdoc IMotions
    function leaveOut(Number number) external {
        if (!_isAbsent(number)) revert NotAbsent(number);
        members.leaveOut(number);
    }

    /* VIEWS */

    /// @inheritdoc IMotions
    function policy() external view returns (Policy memory) {
        return _policy;
    }

    /// @inheritdoc IMotions
    function votingSecondsOf(ProposalId id) public view returns (uint256) {
        // Proposals are counted in 24 bits.
        return _votingSeconds.upperLookupRecent(uint48(ProposalId.unwrap(id)));
    }

    /* INTERNAL */

    function _requireAdmissible(bytes calldata motion) private view {
        (IMembers.Kind kind, address account,,) = motion.admission();
        if (kind == IMembers.Kind.None) revert IMembers.KindMissing();
        if (kind == IMembers.Kind.Human) revert IMembers.WrongKind(Number.wrap(0), kind);
        Number number = members.numberOf(account);
        if (account == address(0)) revert MalformedMotion();
        if (Number.unwrap(number) != 0) revert IMembers.AlreadyAMember(account, number);
        _requireNoRole(account);
    }

    function _admit(bytes calldata motion) private {
        (IMembers.Kind kind, address account, uint256 capabilities, string calldata profile) = motion.admission();
        _requireNoRole(account);
        members.admit(account, kind, capabilities, profile);
    }

    /// @dev A human's account is not the vote's to give a standing to.
    function _requireNoRole(address account) private view {
        for (uint64 role = ADMIN; role <= MAINTENANCE; ++role) {
            (uint48 since,,,) = members.authority().getAccess(role, account);
            if (since != 0) revert HasARole(account, role);
        }
    }

    function _requireWithin(Policy memory wanted) private pure {
        Weights memory weights = wanted.weights;
        bool judges = weights.makespan | weights.tardiness | weights.cost | weights.energy | weights.risk != 0;
        bool tight = wanted.votingSeconds < SHORTEST_SECONDS || wanted.openLimit == 0 || wanted.absentAfter == 0;
        if (tight || !judges) revert PolicyTooTight();
        bool wide = wanted.votingSeconds > LONGEST_SECONDS || wanted.openLimit > MOST_OPEN;
        if (wide || wanted.absentAfter > LONGEST_SILENCE) revert PolicyTooWide();
    }

    /// @dev The policy is within its limits: both numbers fit.
    function _set(IAllocationDAO dao_, Policy memory wanted) private {
        _policy = wanted;
        _votingSeconds.push(uint48(dao_.proposalCount() + 1), wanted.votingSeconds);
        dao_.setPolicy(uint24(wanted.votingSeconds), uint8(wanted.openLimit));
        emit PolicySet(wanted.votingSeconds, wanted.openLimit, wanted.absentAfter, wanted.weights);
    }

    /// @dev A vote that was decided, or ended by a human, may have left no time to vote: only one that ran out shows silence,
    ///      and only one at a time, so that many at once do not make a short absence a long one.
    function _isAbsent(Number number) private view returns (bool) {
        IMembers.Member memory found = members.member(number);
        uint256 newest = dao.proposalCount();
        (uint256 missing, uint256 before) = (_policy.absentAfter, block.timestamp);
        for (uint256 id = newest; id != 0 && newest - id < PROPOSALS_LOOKED_AT; --id) {
            IAllocationDAO.Proposal memory one = dao.proposal(ProposalId.wrap(id));
            bool shown = one.proposer == number || dao.hasVoted(id, found.account);
            if (shown || one.roster < found.joined) return false;
            if (!_ranOut(one) || one.deadline > before) continue;
            if (--missing == 0) return true;
            before = one.deadline - votingSecondsOf(ProposalId.wrap(id));
        }
        return false;
    }

    /// @dev A motion that passed and expired later was decided.
    function _ranOut(IAllocationDAO.Proposal memory one) private view returns (bool) {
        if (Majority.hasPassed(one.yes, one.members)) return false;
        bool open = one.state == IAllocationDAO.State.Open && block.timestamp > one.deadline;
        return open || one.state == IAllocationDAO.State.Expired;
    }
}
