// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Number, ProposalId} from "../types/Ids.sol";

/// @title IMotions
/// @notice What a majority decides besides who does what: who belongs, and by which policy it decides.
/// @dev A motion is put to the vote in the place of a plan's assignments, and begins with an order that no plan has:
///      zero u24 | kind u8 | body. The bodies are in docs/specification.md.
///      Assumes: `dao` carries out what was put to the vote and passed, once; `members` refuses what is not the vote's to
///      decide.
interface IMotions {
    enum Kind {
        None,
        Admit,
        Suspend,
        Reinstate,
        Retire,
        Policy
    }

    /// @dev What a plan is judged by, in parts of any whole.
    struct Weights {
        uint16 makespan;
        uint16 tardiness;
        uint16 cost;
        uint16 energy;
        uint16 risk;
    }

    /// @param votingSeconds How long a proposal is open, wall seconds, 10 to 16,777,215.
    /// @param openLimit How many proposals a member may have open at once, 1 to 9.
    /// @param absentAfter In how many proposals that ran out, one after the other, a member is silent before it may be left
    ///        out, 1 to 256.
    struct Policy {
        uint32 votingSeconds;
        uint16 openLimit;
        uint16 absentAfter;
        Weights weights;
    }

    /// @notice The policy from now on; proposals that are open keep their deadlines.
    event PolicySet(uint32 votingSeconds, uint16 openLimit, uint16 absentAfter, Weights weights);

    /// @notice What the majority wanted is done.
    event MotionCarriedOut(ProposalId indexed id, Kind kind);

    /// @notice The bytes follow no motion's layout.
    error MalformedMotion();

    /// @notice Voting lasts at least 10 seconds, a member may have at least one proposal open, and is left out after the
    ///         silence of at least one; a plan is judged by something.
    error PolicyTooTight();

    /// @notice Voting lasts at most 16,777,215 seconds, a member may have at most 9 proposals open, and is left out after
    ///         the silence of at most 256.
    error PolicyTooWide();

    /// @notice A vote admits no account that has a human's role.
    error HasARole(address account, uint64 role);

    /// @notice Only the DAO carries out what passed.
    error NotTheDAO(address caller);

    /// @notice The member is no digital worker, or it voted, proposed, or joined since.
    error NotAbsent(Number number);

    /// @notice Refuses what can never be carried out: another layout, a policy beyond its limits, a human's badge.
    function requireSound(bytes calldata motion) external view;

    /// @notice Does what the majority wanted, or reverts. For the DAO only.
    function carryOut(ProposalId id, bytes calldata motion) external;

    /// @notice Anyone: leaves out a digital worker that cast no ballot in the last `absentAfter` proposals that ran out,
    ///         each opened after the one before had run out, and neither voted nor proposed anything since.
    /// @dev Looks at the newest 512 proposals.
    function leaveOut(Number number) external;

    /// @notice The present policy.
    function policy() external view returns (Policy memory);

    /// @notice How long a proposal of that number is open.
    function votingSecondsOf(ProposalId id) external view returns (uint256);
}
