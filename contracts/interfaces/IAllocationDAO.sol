// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Number, ProposalId, TaskId} from "../types/Ids.sol";

/// @title IAllocationDAO
/// @notice Digital workers offer, rank, propose, discuss and vote; what the majority of the members passes is enacted.
/// @dev Assumes: `members` knows the electorate of every roster; `workOrders.enact` never reverts for a stale entry.
interface IAllocationDAO {
    enum State {
        None,
        Open,
        Passed,
        Enacted,
        Defeated,
        Expired,
        Vetoed
    }

    /// @param votingSeconds How long a proposal is open, wall seconds, at least 10.
    /// @param openLimit How many proposals a member may have open at once.
    struct Policy {
        uint32 votingSeconds;
        uint16 openLimit;
    }

    /// @dev Predicted figures of a plan: ticks of 1 ms simulated time, Wh, micro-units of cost.
    struct Figures {
        uint64 makespan;
        uint64 tardiness;
        uint64 energy;
        uint64 cost;
    }

    /// @param plan Packed, see docs/specification.md.
    /// @param offers keccak256 of the offers the plan was made from.
    /// @param evidence keccak256 of the evidence bytes (inputs, seed, figures).
    /// @param counters The proposal this one counters, zero for none.
    /// @param readAt The block at which all inputs were read.
    /// @param readHash Its hash.
    /// @param words Why, for people; a stranger's text.
    struct Opening {
        bytes plan;
        bytes32 offers;
        bytes32 evidence;
        Figures figures;
        ProposalId counters;
        uint64 readAt;
        bytes32 readHash;
        string words;
    }

    struct Proposal {
        State state;
        Number proposer;
        uint64 roster;
        uint32 members;
        uint32 yes;
        uint32 no;
        uint32 barred;
        uint48 deadline;
        bytes32 contentHash;
    }

    /// @notice How long a proposal is open, wall seconds, and how many a member may have open.
    event PolicySet(uint32 votingSeconds, uint16 openLimit);

    /// @notice A worker published estimates for tasks it can do, packed; and how it ranks the open work, packed.
    event OffersPublished(Number indexed worker, bytes offers, bytes ranking);

    /// @notice A helper is bound to a lead's offer for a task at a decision version.
    event HelpConfirmed(
        TaskId indexed task, Number indexed lead, Number indexed helper, uint32 version, uint16 sequence
    );

    /// @notice A worker asks, answers, comments or objects. Signed by its transaction; a stranger's text.
    event MessageSent(Number indexed from, Number indexed to, uint256 indexed about, bytes message);

    /// @notice A plan was put to the vote. `particulars` with the plan's hash makes the content hash.
    event ProposalOpened(
        ProposalId indexed id,
        Number indexed proposer,
        ProposalId indexed counters,
        uint64 roster,
        uint32 members,
        uint48 deadline,
        bytes32 contentHash,
        bytes32 particulars,
        Opening opening
    );

    /// @notice A member's own evaluation: what it leans to, the makespan it expects in ticks, and why.
    event ProposalReviewed(
        ProposalId indexed id, Number indexed member, bool support, uint64 makespan, bytes findings, string words
    );

    /// @notice A member voted; in the shape of IGovernor.
    event VoteCast(address indexed voter, uint256 proposalId, uint8 support, uint256 weight, string reason);

    /// @notice An electorate member can no longer vote and had not: it counts as silent for ever.
    event VoterBarred(ProposalId indexed id, Number indexed member);

    /// @notice A proposal's state changed.
    event ProposalSettled(ProposalId indexed id, State state, uint32 yes, uint32 no, uint32 members);

    /// @notice The proposal is not open.
    error ProposalNotOpen(ProposalId id, State state);

    /// @notice The proposal's time is over.
    error VotingOver(ProposalId id, uint48 deadline);

    /// @notice The proposal's time is not over yet, and the vote is not decided.
    error VotingNotOver(ProposalId id, uint48 deadline);

    /// @notice The member voted already, or was barred; the first counted ballot is final.
    error AlreadyVoted(ProposalId id, Number member);

    /// @notice Not in the electorate of the proposal, or suspended since.
    error NotInElectorate(ProposalId id, Number member);

    /// @notice The member may still vote.
    error StillInElectorate(ProposalId id, Number member);

    /// @notice The member has that many proposals open already.
    error TooManyOpen(Number member, uint16 limit);

    /// @notice The plan's bytes are not what was put to the vote.
    error OtherPlan(ProposalId id, bytes32 contentHash);

    /// @notice A plan uses a helper that has not confirmed.
    error HelperNotConfirmed(TaskId task, Number lead, Number helper);

    /// @notice The block the inputs were read at is not known by that hash, or is older than 256 blocks.
    error UnknownBlock(uint64 number, bytes32 given);

    /// @notice There is no such proposal to counter.
    error UnknownProposal(ProposalId id);

    /// @notice Only the overrides may veto or approve.
    error NotTheContract(address caller);

    /// @notice Voting lasts at least 10 seconds, and a member may have at least one proposal open.
    error PolicyTooTight();

    /// @notice Support is 0 (against) or 1 (for); nobody abstains.
    error UnknownSupport(uint8 support);

    /// @notice Publishes offers and the ranking of the open work, both packed.
    function offer(bytes calldata offers, bytes calldata ranking) external;

    /// @notice Confirms, as a helper, joint offers: parallel arrays, one item an offer.
    function confirm(
        TaskId[] calldata tasks,
        uint32[] calldata versions,
        Number[] calldata leads,
        uint16[] calldata sequences
    ) external;

    /// @notice Says something to a member (zero: to all) about a task or proposal.
    function say(Number to, uint256 about, bytes calldata message) external;

    /// @notice Puts a plan to the vote.
    function propose(Opening calldata opening) external returns (ProposalId id);

    /// @notice Publishes the caller's own evaluation of a proposal.
    function review(ProposalId id, bool support, uint64 makespan, bytes calldata findings, string calldata words)
        external;

    /// @notice Votes. When this ballot decides the vote and `plan` is given, the plan is enacted at once;
    ///         without it, `enact` follows in a transaction of anyone's.
    function vote(ProposalId id, bool support, string calldata reason, bytes calldata plan, bytes32 particulars)
        external;

    /// @notice Votes, as stock clients do: 0 against, 1 for.
    function castVote(uint256 proposalId, uint8 support) external returns (uint256 weight);

    /// @notice Votes with words, as stock clients do.
    function castVoteWithReason(uint256 proposalId, uint8 support, string calldata reason)
        external
        returns (uint256 weight);

    /// @notice Anyone: records that a member of the electorate can no longer vote; may decide the vote.
    function bar(ProposalId id, Number member) external;

    /// @notice Anyone: enacts a passed plan.
    function enact(ProposalId id, bytes calldata plan, bytes32 particulars) external;

    /// @notice Anyone: closes a proposal whose time is over.
    function poke(ProposalId id) external;

    /// @notice Ends an open proposal. For the overrides only.
    function veto(ProposalId id) external;

    /// @notice One proposal.
    function proposal(ProposalId id) external view returns (Proposal memory);

    /// @notice How many proposals there are.
    function proposalCount() external view returns (uint256);

    /// @notice Whether the account's ballot on the proposal was counted.
    function hasVoted(uint256 proposalId, address account) external view returns (bool);

    /// @notice Against, for, abstaining (always 0).
    function proposalVotes(uint256 proposalId) external view returns (uint256 against, uint256 for_, uint256 abstain);

    /// @notice Whether a helper confirmed a lead's offer.
    function isConfirmed(TaskId task, uint32 version, Number lead, uint16 sequence, Number helper)
        external
        view
        returns (bool);

    /// @notice Whether plan and particulars are what the proposal put to the vote.
    function isContent(ProposalId id, bytes calldata plan, bytes32 particulars) external view returns (bool);
}
