// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IGovernor} from "@openzeppelin/contracts/governance/IGovernor.sol";
import {IERC5805} from "@openzeppelin/contracts/interfaces/IERC5805.sol";
import {IERC6372} from "@openzeppelin/contracts/interfaces/IERC6372.sol";

import {Number, ProposalId, TaskId} from "../types/Ids.sol";
import {IERC4824} from "./IERC4824.sol";

/// @title IAllocationDAO
/// @notice Digital workers offer, rank, propose, discuss and vote; what the majority of the members passes is enacted.
/// @dev The byte layouts of plans, motions, details and ballots are in docs/specification.md. What a proposal is about:
///      `rest` = keccak256(abi.encode(keccak256(detail), keccak256(words), proposer, roster, members, deadline)),
///      `contentHash` = keccak256(abi.encode(keccak256(assignments), rest)).
///      Signed ballots are EIP-712 structs of the domain that `eip712Domain` tells: for `decide`,
///      `decideAtOnce` and `IBallotAudit` `Ballot(uint256 proposalId,bytes32 contentHash,uint64 roster,uint48 deadline,uint8 support)`, for
///      `castVoteBySig` `Ballot(uint256 proposalId,uint8 support,address voter,uint256 nonce)`.
///      Assumes: `members` knows the electorate of every roster and tells every change of it, and refuses as an active
///      worker whom it told not to vote; `workOrders.enact` never
///      reverts for a stale entry; `motions` sets a policy before the first proposal.
interface IAllocationDAO is IERC4824, IERC6372 {
    enum State {
        None,
        Open,
        Passed,
        Enacted,
        Defeated,
        Expired,
        Vetoed
    }

    /// @param roster The electorate, `members` strong; neither changes.
    /// @param yes Ballots counted, in whatever way they came.
    /// @param barred Members that can no longer vote and have not.
    /// @param contentId The first 20 bytes of the content hash; signatures bind all 32.
    struct Proposal {
        State state;
        Number proposer;
        uint64 roster;
        uint32 members;
        uint32 yes;
        uint32 no;
        uint32 barred;
        uint48 deadline;
        bytes20 contentId;
    }

    /// @notice What is put to the vote, as for `propose`.
    struct Draft {
        bytes assignments;
        bytes detail;
        string words;
    }

    /// @notice A worker published estimates for tasks it can do, packed; and how it ranks the open work, packed.
    event OffersPublished(Number indexed worker, bytes offers, bytes ranking);

    /// @notice A helper is bound to a lead's offer for a task at a decision version.
    event HelpConfirmed(
        TaskId indexed task, Number indexed lead, Number indexed helper, uint32 version, uint16 sequence
    );

    /// @notice A worker asks, answers, comments or objects. Signed by its transaction; a stranger's text.
    event MessageSent(Number indexed from, Number indexed to, uint256 indexed about, bytes message);

    /// @notice A plan was put to the vote; in the shape of IGovernor.
    /// @param targets Empty, as are `values` and `signatures`: what passes is enacted by this contract alone.
    /// @param calldatas The assignments and the detail.
    /// @param voteStart The time of opening. @param voteEnd The deadline, which still counts.
    /// @param description Why, for people; a stranger's text.
    event ProposalCreated(
        uint256 proposalId,
        address proposer,
        address[] targets,
        uint256[] values,
        string[] signatures,
        bytes[] calldatas,
        uint256 voteStart,
        uint256 voteEnd,
        string description
    );

    /// @notice A member's own evaluation: what it leans to, the makespan it expects in ticks, and why.
    event ProposalReviewed(
        ProposalId indexed id, Number indexed member, bool support, uint64 makespan, bytes findings, string words
    );

    /// @notice A member voted; in the shape of IGovernor.
    event VoteCast(address indexed voter, uint256 proposalId, uint8 support, uint256 weight, string reason);

    /// @notice An electorate member can no longer vote and had not: it counts as silent for ever.
    event VoterBarred(ProposalId indexed id, Number indexed member);

    /// @notice A proposal's state changed, to any but Enacted: that is `ProposalExecuted`. What a ballot, `decide` or
    ///         `decideAtOnce` enacts in one transaction was never Passed.
    event ProposalSettled(ProposalId indexed id, State state, uint16 yes, uint16 no);

    /// @notice The plan is Enacted, to its end; in the shape of IGovernor.
    event ProposalExecuted(uint256 proposalId);

    /// @notice A human vetoed the proposal; in the shape of IGovernor.
    event ProposalCanceled(uint256 proposalId);

    /// @notice The ballots that decided, two bytes each: support << 15 | badge number.
    event BallotsCounted(ProposalId indexed id, bytes ballots);

    /// @notice The accounts of the present roster are in the code of `roll`.
    event RosterSealed(uint64 indexed roster, address roll);

    /// @notice The proposal is not open.
    error ProposalNotOpen(ProposalId id, State state);

    /// @notice Another proposal took that number, or it is not reached yet.
    error NotTheNext(ProposalId id, ProposalId next);

    /// @notice No proposal is open for so long.
    error DeadlineTooLate(uint48 deadline, uint256 latest);

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

    /// @notice The bytes or the content hash are not what was put to the vote.
    error OtherPlan(ProposalId id, bytes20 contentId);

    /// @notice The ballots given leave the vote open.
    error Undecided(ProposalId id, uint256 yes, uint256 no, uint256 members);

    /// @notice The plant is held, or no word was asked for.
    error NothingEnacted(ProposalId id);

    /// @notice Ballots ascend by badge number: no member has two.
    error BallotOutOfOrder(ProposalId id, Number previous, Number member);

    /// @notice Not the member's signature of `digest`: it signed for another chain, contract, proposal, content, roster,
    ///         deadline or support, or somebody else signed.
    error BadBallot(ProposalId id, Number member, bytes32 digest);

    /// @notice A ballot without a signature is its member's own only when that member sends it.
    error NotTheSender(ProposalId id, Number member, address sender);

    /// @notice The signature is not the voter's, for its next nonce.
    error BadSignature(address voter);

    /// @notice The teams' bytes end within the team that begins at `offset`.
    error MalformedTeams(uint256 offset);

    /// @notice A plan uses a helper that has not confirmed.
    error HelperNotConfirmed(TaskId task, Number lead, Number helper);

    /// @notice The block the inputs were read at is not known by that hash, or is older than 256 blocks.
    error UnknownBlock(uint64 number, bytes32 given);

    /// @notice There is no such proposal.
    error UnknownProposal(ProposalId id);

    /// @notice Only the overrides veto, only the members' contract says who votes, only the motions by which policy, only
    ///         the claims take.
    error NotTheContract(address caller);

    /// @notice Only the plant's administrator says where the DAO is described.
    error NotTheAdministrator(address account);

    /// @notice Rosters end at 2,097,151.
    error RostersOver(uint24 version);

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

    /// @notice Puts a plan to the vote, or, in the place of its assignments, a tree (`IClaims`) or, without teams, a motion
    ///         (`IMotions`). Whether a plan's tasks are open, the sender asks `workOrders.requireOpen` before; at enactment,
    ///         what has moved on is skipped. Helpers of a plan have given their word before, those of a tree until a claim.
    /// @param detail offers 32 | evidence 32 | readHash 32 | readAt u64 | makespan u64 | tardiness u64 | energy u64 | cost u64
    ///        | counters u64 | teams' length u24 | teams | timetable: hashes of the offers and of the evidence, the block at
    ///        which all inputs were read, the predicted figures in ticks of 1 ms, Wh and micro-units of cost, the proposal
    ///        this one counters, who helps, and what is for the voters alone.
    /// @param words Why, for people.
    function propose(bytes calldata assignments, bytes calldata detail, string calldata words)
        external
        returns (ProposalId id);

    /// @notice Publishes the caller's own evaluation of a proposal.
    function review(ProposalId id, bool support, uint64 makespan, bytes calldata findings, string calldata words)
        external;

    /// @notice Votes. When this ballot decides the vote and `assignments` is given, the plan is enacted at once, unless
    ///         the plant is held; otherwise it waits as Passed, and `enact` follows in transactions of anyone's.
    /// @param assignments What the ballot is for, with `rest`; empty where `rest` is the content hash, and where a ballot
    ///        binds the proposal's id alone (`rest` zero).
    function vote(ProposalId id, bool support, string calldata reason, bytes calldata assignments, bytes32 rest)
        external;

    /// @notice Votes, as stock clients do: 0 against, 1 for.
    function castVote(uint256 proposalId, uint8 support) external returns (uint256 weight);

    /// @notice Votes with words, as stock clients do.
    function castVoteWithReason(uint256 proposalId, uint8 support, string calldata reason)
        external
        returns (uint256 weight);

    /// @notice Anyone: casts the ballot a member signed with its next nonce, as stock clients do.
    function castVoteBySig(uint256 proposalId, uint8 support, address voter, bytes calldata signature)
        external
        returns (uint256 weight);

    /// @notice Anyone: decides the vote by signed ballots, together with those cast before, and enacts what passed, unless
    ///         the plant is held; reverts when that leaves the vote open. Every ballot given is counted, and must be one
    ///         to count.
    /// @param assignments Empty where `rest` is the content hash: what passes then waits for `enact`.
    /// @param ballots Packed, ascending by badge number.
    function decide(ProposalId id, bytes calldata assignments, bytes32 rest, bytes calldata ballots) external;

    /// @notice Puts to the vote and decides in one transaction what was discussed elsewhere: the members signed it before it
    ///         had its number. The sender is its proposer; its own ballot is among the others. It takes none of the
    ///         sender's places for open proposals.
    /// @param id The next proposal's, which the ballots are for.
    /// @param deadline What the ballots are for too: not over yet, and no later than that of a proposal opened now.
    /// @param ballots Packed, ascending by badge number.
    function decideAtOnce(ProposalId id, uint48 deadline, Draft calldata draft, bytes calldata ballots) external;

    /// @notice Anyone: records that a member of the electorate can no longer vote; may decide the vote.
    function bar(ProposalId id, Number member) external;

    /// @notice Anyone: enacts a passed plan, `words` words of its assignments from where it was left, or all that remain.
    ///         What was enacted stays. Not while the plant is held. Or carries out a passed motion; of one whose time was
    ///         over 10 minutes ago it says so instead: it is Expired.
    function enact(ProposalId id, bytes calldata assignments, bytes32 rest, uint256 words) external;

    /// @notice Anyone: closes a proposal whose time is over.
    function poke(ProposalId id) external;

    /// @notice Ends an open or passed proposal; reverts where there is none to end, and none of it was enacted. For the
    ///         overrides only.
    /// @return enacted How many of its entries, from the first on, were enacted; 1,000 where all were.
    function veto(ProposalId id) external returns (uint256 enacted);

    /// @notice Has one claimed assignment of a tree that passed recorded, as an enacted plan. For the claims only.
    function take(ProposalId id, bytes calldata assignments) external;

    /// @notice Takes a change of the electorate: whether a member votes from roster `roster` on, which is `size` strong.
    ///         For the members' contract only.
    function setVoter(address account, Number number, bool votes, uint24 roster, uint16 size) external;

    /// @notice Takes a change of the policy, which is within its limits. For the motions' contract only.
    function setPolicy(uint24 votingSeconds, uint8 openLimit) external;

    /// @notice Anyone: writes the accounts of the present roster into code, where ballots and plans are checked against
    ///         them; whoever needs it first does it otherwise.
    function seal() external;

    /// @notice Says where the document is that `daoURI` names; empty for none. For the administrator, at once: nothing of
    ///         ours reads it.
    function setDaoURI(string calldata uri) external;

    /// @notice One proposal; all zero where there is none.
    function proposal(ProposalId id) external view returns (Proposal memory);

    /// @notice How many entries of a plan are enacted that is Passed, or was when it was vetoed; zero for all others.
    function progress(ProposalId id) external view returns (uint256 entries);

    /// @notice How many proposals there are.
    function proposalCount() external view returns (uint256);

    /// @notice Whether a helper confirmed a lead's offer.
    function isConfirmed(TaskId task, uint32 version, Number lead, uint16 sequence, Number helper)
        external
        view
        returns (bool);

    /// @notice Whether assignments and rest are what the proposal put to the vote.
    function isContent(ProposalId id, bytes calldata assignments, bytes32 rest) external view returns (bool);

    /// @notice How many proposals a member may have open at once.
    function openLimit() external view returns (uint8);

    /// @notice The contract whose code has the accounts of the present roster, zero until somebody needed it.
    function roll() external view returns (address);

    /// @notice The name in the domain of signed ballots.
    function name() external view returns (string memory);

    /// @notice The version in the domain of signed ballots.
    function version() external view returns (string memory);

    /// @notice The contract that tells everybody's votes by ERC-5805: the members'.
    function token() external view returns (IERC5805);

    /// @notice How ballots count, for stock clients: 0 against, 1 for; only those for make the quorum.
    // solhint-disable-next-line func-name-mixedcase
    function COUNTING_MODE() external view returns (string memory);

    /// @notice Where a proposal stands, as stock clients number it; Expired from its deadline on, poked or not.
    function state(uint256 proposalId) external view returns (IGovernor.ProposalState);

    /// @notice When the proposal was opened; its electorate is that of a roster, which may be one of that very second. Of one
    ///         decided at once its deadline less a vote's time: no later than that, and where its proposer chose an early
    ///         deadline maybe before its roster, so that `quorum` and `getPastVotes` of then are of another.
    function proposalSnapshot(uint256 proposalId) external view returns (uint256);

    /// @notice When its time is over; a ballot at that second still counts.
    function proposalDeadline(uint256 proposalId) external view returns (uint256);

    /// @notice The account that opened the proposal.
    function proposalProposer(uint256 proposalId) external view returns (address);

    /// @notice Always 0: what has passed waits for nothing.
    function proposalEta(uint256 proposalId) external view returns (uint256);

    /// @notice Always false: nothing is queued.
    function proposalNeedsQueuing(uint256 proposalId) external view returns (bool);

    /// @notice Against, for, abstaining (always 0).
    function proposalVotes(uint256 proposalId) external view returns (uint256 against, uint256 for_, uint256 abstain);

    /// @notice Whether the account's ballot was cast, by itself or by its signature; those that `decide` counted are in
    ///         `BallotsCounted` only.
    function hasVoted(uint256 proposalId, address account) external view returns (bool);

    /// @notice Always 0: votes begin at once.
    function votingDelay() external view returns (uint256);

    /// @notice How long a proposal is open, wall seconds.
    function votingPeriod() external view returns (uint256);

    /// @notice Always 1: any member proposes.
    function proposalThreshold() external view returns (uint256);

    /// @notice How many had to say yes at a time in the past, or have to now: a proposal's snapshot may be this very second.
    function quorum(uint256 timepoint) external view returns (uint256);

    /// @notice The account's votes now or at a time in the past: 1 for a member, else 0.
    function getVotes(address account, uint256 timepoint) external view returns (uint256);

    /// @notice The newest proposal, zero before the first.
    function latestProposalId() external view returns (uint256);
}
