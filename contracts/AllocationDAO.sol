// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {BitMaps} from "@openzeppelin/contracts/utils/structs/BitMaps.sol";

import {IAllocationDAO} from "./interfaces/IAllocationDAO.sol";
import {IMembers} from "./interfaces/IMembers.sol";
import {IWorkOrders} from "./interfaces/IWorkOrders.sol";
import {Majority} from "./libraries/Majority.sol";
import {Plans} from "./libraries/Plans.sol";
import {Number, ProposalId, TaskId} from "./types/Ids.sol";

/// @title AllocationDAO
/// @notice Digital workers offer, rank, propose, discuss and vote; what the majority of the members passes is enacted.
contract AllocationDAO is IAllocationDAO {
    using BitMaps for BitMaps.BitMap;

    uint256 private constant BLOCKS_REMEMBERED = 256;
    /// @dev Badge numbers end below: bars stand beside the ballots, not among them.
    uint256 private constant BARS_FROM = 1024;

    IMembers public immutable members;
    IWorkOrders public immutable workOrders;
    address public immutable overrides;
    uint32 public immutable votingSeconds;
    uint16 public immutable openLimit;

    uint256 public proposalCount;
    mapping(ProposalId id => Proposal) private _proposals;
    mapping(ProposalId id => BitMaps.BitMap) private _ballots;
    mapping(Number member => uint16) private _openOf;
    mapping(bytes32 help => bool) private _confirmed;

    constructor(IMembers members_, IWorkOrders workOrders_, address overrides_, Policy memory policy) {
        if (policy.votingSeconds < 10 || policy.openLimit == 0) revert PolicyTooTight();
        members = members_;
        workOrders = workOrders_;
        overrides = overrides_;
        votingSeconds = policy.votingSeconds;
        openLimit = policy.openLimit;
        emit PolicySet(policy.votingSeconds, policy.openLimit);
    }

    /* OFFERS */

    /// @inheritdoc IAllocationDAO
    function offer(bytes calldata offers, bytes calldata ranking) external {
        emit OffersPublished(members.activeWorker(msg.sender), offers, ranking);
    }

    /// @inheritdoc IAllocationDAO
    function confirm(
        TaskId[] calldata tasks,
        uint32[] calldata versions,
        Number[] calldata leads,
        uint16[] calldata sequences
    ) external {
        Number helper = members.activeWorker(msg.sender);
        for (uint256 i = 0; i < tasks.length; ++i) {
            _confirmed[_help(tasks[i], versions[i], leads[i], sequences[i], helper)] = true;
            emit HelpConfirmed(tasks[i], leads[i], helper, versions[i], sequences[i]);
        }
    }

    /// @inheritdoc IAllocationDAO
    function say(Number to, uint256 about, bytes calldata message) external {
        emit MessageSent(members.activeWorker(msg.sender), to, about, message);
    }

    /* PROPOSALS */

    /// @inheritdoc IAllocationDAO
    function propose(Opening calldata opening) external returns (ProposalId id) {
        Number proposer = members.activeWorker(msg.sender);
        if (_openOf[proposer] == openLimit) revert TooManyOpen(proposer, openLimit);
        _requireKnownBlock(opening.readAt, opening.readHash);
        if (ProposalId.unwrap(opening.counters) > proposalCount) revert UnknownProposal(opening.counters);
        workOrders.requireOpen(opening.plan);
        _requireConfirmed(opening.plan);
        ++_openOf[proposer];
        id = ProposalId.wrap(++proposalCount);
        _open(id, proposer, opening);
    }

    /// @inheritdoc IAllocationDAO
    function review(ProposalId id, bool support, uint64 makespan, bytes calldata findings, string calldata words)
        external
    {
        Number member = members.activeWorker(msg.sender);
        _requireOpen(id);
        emit ProposalReviewed(id, member, support, makespan, findings, words);
    }

    /// @inheritdoc IAllocationDAO
    function poke(ProposalId id) external {
        Proposal storage found = _proposals[id];
        if (found.state != State.Open) revert ProposalNotOpen(id, found.state);
        if (block.timestamp <= found.deadline) revert VotingNotOver(id, found.deadline);
        _settle(id, found, State.Expired);
    }

    /// @inheritdoc IAllocationDAO
    function enact(ProposalId id, bytes calldata plan, bytes32 particulars) external {
        Proposal storage found = _proposals[id];
        if (found.state != State.Passed) revert ProposalNotOpen(id, found.state);
        _enact(id, found, plan, particulars);
    }

    /// @inheritdoc IAllocationDAO
    function veto(ProposalId id) external {
        if (msg.sender != overrides) revert NotTheContract(msg.sender);
        Proposal storage found = _proposals[id];
        if (found.state != State.Open && found.state != State.Passed) revert ProposalNotOpen(id, found.state);
        _settle(id, found, State.Vetoed);
    }

    /* VOTING */

    /// @inheritdoc IAllocationDAO
    function vote(ProposalId id, bool support, string calldata reason, bytes calldata plan, bytes32 particulars)
        external
    {
        Proposal storage found = _cast(id, support, reason);
        if (found.state == State.Passed && plan.length != 0) _enact(id, found, plan, particulars);
    }

    /// @inheritdoc IAllocationDAO
    function castVote(uint256 proposalId, uint8 support) external returns (uint256 weight) {
        return castVoteWithReason(proposalId, support, "");
    }

    /// @inheritdoc IAllocationDAO
    function castVoteWithReason(uint256 proposalId, uint8 support, string memory reason) public returns (uint256) {
        if (support > 1) revert UnknownSupport(support);
        _cast(ProposalId.wrap(proposalId), support == 1, reason);
        return 1;
    }

    /// @inheritdoc IAllocationDAO
    function bar(ProposalId id, Number member) external {
        Proposal storage found = _requireOpen(id);
        if (!members.belonged(member, found.roster)) revert NotInElectorate(id, member);
        if (members.mayVote(member, found.roster)) revert StillInElectorate(id, member);
        BitMaps.BitMap storage ballots = _ballots[id];
        uint256 barred = BARS_FROM + Number.unwrap(member);
        if (ballots.get(Number.unwrap(member)) || ballots.get(barred)) revert AlreadyVoted(id, member);
        ballots.set(barred);
        ++found.barred;
        emit VoterBarred(id, member);
        _decide(id, found);
    }

    /* VIEWS */

    /// @inheritdoc IAllocationDAO
    function proposal(ProposalId id) external view returns (Proposal memory) {
        return _proposals[id];
    }

    /// @inheritdoc IAllocationDAO
    function hasVoted(uint256 proposalId, address account) external view returns (bool) {
        return _ballots[ProposalId.wrap(proposalId)].get(Number.unwrap(members.numberOf(account)));
    }

    /// @inheritdoc IAllocationDAO
    function proposalVotes(uint256 proposalId) external view returns (uint256 against, uint256 for_, uint256 abstain) {
        Proposal storage found = _proposals[ProposalId.wrap(proposalId)];
        return (found.no, found.yes, 0);
    }

    /// @inheritdoc IAllocationDAO
    function isConfirmed(TaskId task, uint32 version, Number lead, uint16 sequence, Number helper)
        external
        view
        returns (bool)
    {
        return _confirmed[_help(task, version, lead, sequence, helper)];
    }

    /// @inheritdoc IAllocationDAO
    function isContent(ProposalId id, bytes calldata plan, bytes32 particulars) public view returns (bool) {
        return _proposals[id].contentHash == keccak256(abi.encode(keccak256(plan), particulars));
    }

    /* INTERNAL */

    function _open(ProposalId id, Number proposer, Opening calldata opening) private {
        (uint64 roster, uint32 electorate) = members.roster();
        uint48 deadline = uint48(block.timestamp) + votingSeconds;
        bytes32 particulars = _particulars(proposer, opening, roster, electorate, deadline);
        bytes32 contentHash = keccak256(abi.encode(keccak256(opening.plan), particulars));
        _proposals[id] = Proposal(State.Open, proposer, roster, electorate, 0, 0, 0, deadline, contentHash);
        emit ProposalOpened(
            id, proposer, opening.counters, roster, electorate, deadline, contentHash, particulars, opening
        );
    }

    function _particulars(Number proposer, Opening calldata opening, uint64 roster, uint32 electorate, uint48 deadline)
        private
        pure
        returns (bytes32)
    {
        bytes32 words = keccak256(bytes(opening.words));
        return keccak256(
            abi.encode(
                proposer,
                opening.offers,
                opening.evidence,
                opening.figures,
                opening.counters,
                opening.readAt,
                opening.readHash,
                words,
                roster,
                electorate,
                deadline
            )
        );
    }

    function _cast(ProposalId id, bool support, string memory reason) private returns (Proposal storage found) {
        found = _requireOpen(id);
        Number member = members.activeWorker(msg.sender);
        if (!members.mayVote(member, found.roster)) revert NotInElectorate(id, member);
        BitMaps.BitMap storage ballots = _ballots[id];
        if (ballots.get(Number.unwrap(member))) revert AlreadyVoted(id, member);
        ballots.set(Number.unwrap(member));
        if (support) ++found.yes;
        else ++found.no;
        emit VoteCast(msg.sender, ProposalId.unwrap(id), support ? 1 : 0, 1, reason);
        _decide(id, found);
    }

    function _decide(ProposalId id, Proposal storage found) private {
        if (Majority.hasPassed(found.yes, found.members)) _settle(id, found, State.Passed);
        else if (Majority.isDefeated(found.no, found.barred, found.members)) _settle(id, found, State.Defeated);
    }

    function _settle(ProposalId id, Proposal storage found, State state) private {
        if (found.state == State.Open) --_openOf[found.proposer];
        found.state = state;
        emit ProposalSettled(id, state, found.yes, found.no, found.members);
    }

    function _enact(ProposalId id, Proposal storage found, bytes calldata plan, bytes32 particulars) private {
        if (!isContent(id, plan, particulars)) revert OtherPlan(id, found.contentHash);
        _settle(id, found, State.Enacted);
        workOrders.enact(id, plan);
    }

    function _requireOpen(ProposalId id) private view returns (Proposal storage found) {
        found = _proposals[id];
        if (found.state != State.Open) revert ProposalNotOpen(id, found.state);
        if (block.timestamp > found.deadline) revert VotingOver(id, found.deadline);
    }

    function _requireKnownBlock(uint64 number, bytes32 given) private view {
        bool recent = number < block.number && block.number - number <= BLOCKS_REMEMBERED;
        if (!recent || blockhash(number) != given) revert UnknownBlock(number, given);
    }

    function _requireConfirmed(bytes calldata plan) private view {
        for (uint256 offset = 0; offset < plan.length;) {
            Plans.Entry memory entry = Plans.read(plan, offset);
            for (uint256 i = 0; i < entry.helpers; ++i) {
                Number helper = Plans.helper(plan, entry, i);
                bytes32 help = _help(entry.task, entry.version, entry.lead, entry.sequence, helper);
                if (!_confirmed[help]) revert HelperNotConfirmed(entry.task, entry.lead, helper);
            }
            offset = entry.next;
        }
    }

    function _help(TaskId task, uint32 version, Number lead, uint16 sequence, Number helper)
        private
        pure
        returns (bytes32)
    {
        return keccak256(abi.encode(task, version, lead, sequence, helper));
    }
}
