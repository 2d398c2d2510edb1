// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Nonces} from "@openzeppelin/contracts/utils/Nonces.sol";
import {BitMaps} from "@openzeppelin/contracts/utils/structs/BitMaps.sol";

import {StockReads} from "./StockReads.sol";
import {IAllocationDAO} from "./interfaces/IAllocationDAO.sol";
import {IClaims} from "./interfaces/IClaims.sol";
import {IMembers} from "./interfaces/IMembers.sol";
import {IMotions} from "./interfaces/IMotions.sol";
import {IWorkOrders} from "./interfaces/IWorkOrders.sol";
import {Ballots} from "./libraries/Ballots.sol";
import {Desk, Desks} from "./libraries/Desks.sol";
import {Details} from "./libraries/Details.sol";
import {Filings} from "./libraries/Filings.sol";
import {Header, Headers} from "./libraries/Headers.sol";
import {Majority} from "./libraries/Majority.sol";
import {MotionLayout} from "./libraries/MotionLayout.sol";
import {Plans} from "./libraries/Plans.sol";
import {Rolls} from "./libraries/Rolls.sol";
import {Voter, Voters} from "./libraries/Voters.sol";
import {Number, ProposalId, TaskId} from "./types/Ids.sol";

/// @title AllocationDAO
/// @notice Digital workers offer, rank, propose, discuss and vote; what the majority of the members passes is enacted.
contract AllocationDAO is StockReads, Nonces {
    using BitMaps for BitMaps.BitMap;
    using Desks for Desk;
    using Filings for Filings.Filing;
    using Headers for Header;
    using Voters for Voter;

    /// @dev What the signed ballots of one transaction are checked against.
    struct Box {
        ProposalId id;
        Header header;
        bytes32 contentHash;
        Ballots.Sheet sheet;
    }

    /// @dev How far a plan is enacted that is enacted in parts.
    /// @param offset Where in the assignments the next word begins.
    /// @param entries How many entries come before it.
    struct Progress {
        uint128 offset;
        uint128 entries;
    }

    bytes32 private constant STOCK_BALLOT =
        keccak256("Ballot(uint256 proposalId,uint8 support,address voter,uint256 nonce)");
    uint256 private constant BLOCKS_REMEMBERED = 256;
    uint256 private constant TEAM_BYTES = 13;
    /// @dev How long after its deadline a motion that passed may still be carried out.
    uint256 private constant MOTION_SECONDS = 10 minutes;
    /// @dev Badge numbers end below: bars stand beside the ballots, not among them.
    uint256 private constant BARS_FROM = 1024;

    IWorkOrders public immutable workOrders;
    address public immutable overrides;
    IClaims public immutable claims;

    mapping(address account => Voter) private _voters;
    mapping(bytes32 help => bool) private _confirmed;
    mapping(ProposalId id => Progress) private _progress;

    constructor(IMembers members_, IWorkOrders workOrders_, address overrides_, IMotions motions_, IClaims claims_)
        StockReads(members_, motions_)
    {
        workOrders = workOrders_;
        overrides = overrides_;
        claims = claims_;
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
    function propose(bytes calldata assignments, bytes calldata detail, string calldata words)
        external
        returns (ProposalId)
    {
        _requireSound(assignments, detail);
        return _open(Filings.file(assignments, detail, words));
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
        Header header = _headers[id];
        if (header.state() != State.Open) revert ProposalNotOpen(id, header.state());
        if (block.timestamp <= header.deadline()) revert VotingNotOver(id, header.deadline());
        _save(id, header.moved(State.Expired));
    }

    /// @inheritdoc IAllocationDAO
    function enact(ProposalId id, bytes calldata assignments, bytes32 rest, uint256 words) external {
        Header header = _headers[id];
        if (header.state() != State.Passed) revert ProposalNotOpen(id, header.state());
        _requireContent(id, header, _contentHash(assignments, rest));
        if (MotionLayout.isMotion(assignments)) {
            if (!_carryOut(id, header, assignments)) revert NothingEnacted(id);
            return;
        }
        Progress memory done = _progress[id];
        uint256 end = Plans.endOf(assignments, done.offset, words);
        uint256 entries = _enactPart(id, done.entries, assignments[done.offset:end], _sealed());
        if (entries == 0) revert NothingEnacted(id);
        if (end != assignments.length) {
            // Lengths of calldata and counts of entries.
            _progress[id] = Progress(uint128(end), uint128(done.entries + entries));
            return;
        }
        if (done.entries != 0) delete _progress[id];
        _saveEnacted(id, header);
    }

    /// @inheritdoc IAllocationDAO
    function take(ProposalId id, bytes calldata assignments) external {
        if (msg.sender != address(claims)) revert NotTheContract(msg.sender);
        workOrders.enact(id, 0, assignments, _sealed().roll());
    }

    /// @inheritdoc IAllocationDAO
    function veto(ProposalId id) external returns (uint256 enacted) {
        if (msg.sender != overrides) revert NotTheContract(msg.sender);
        Header header = _headers[id];
        State found = header.state();
        bool ended = found == State.Open || found == State.Passed;
        enacted = found == State.Enacted ? Plans.MOST_ENTRIES : _progress[id].entries;
        if (!ended && enacted == 0) revert ProposalNotOpen(id, found);
        if (!ended) return enacted;
        _save(id, header.moved(State.Vetoed));
        emit ProposalCanceled(ProposalId.unwrap(id));
    }

    /* VOTING ONE BY ONE */

    /// @inheritdoc IAllocationDAO
    function vote(ProposalId id, bool support, string calldata reason, bytes calldata assignments, bytes32 rest)
        external
    {
        Header header = _cast(id, msg.sender, support, reason);
        if (assignments.length != 0 || rest != 0) _requireContent(id, header, _contentOf(assignments, rest));
        if (header.state() != State.Passed || assignments.length == 0) return _save(id, header);
        _enact(id, header, assignments, _sealed());
    }

    /// @inheritdoc IAllocationDAO
    function castVote(uint256 proposalId, uint8 support) external returns (uint256) {
        return _castStock(proposalId, msg.sender, support, "");
    }

    /// @inheritdoc IAllocationDAO
    function castVoteWithReason(uint256 proposalId, uint8 support, string calldata reason) external returns (uint256) {
        return _castStock(proposalId, msg.sender, support, reason);
    }

    /// @inheritdoc IAllocationDAO
    function castVoteBySig(uint256 proposalId, uint8 support, address voter, bytes calldata signature)
        external
        returns (uint256)
    {
        bytes32 content = keccak256(abi.encode(STOCK_BALLOT, proposalId, support, voter, _useNonce(voter)));
        if (!Ballots.isSigned(_hashTypedDataV4(content), voter, signature)) revert BadSignature(voter);
        return _castStock(proposalId, voter, support, "");
    }

    /// @inheritdoc IAllocationDAO
    function bar(ProposalId id, Number member) external {
        Header header = _requireOpen(id);
        if (!members.belonged(member, header.roster())) revert NotInElectorate(id, member);
        if (members.mayVote(member, header.roster())) revert StillInElectorate(id, member);
        BitMaps.BitMap storage ballots = _ballots[id];
        uint256 barred = BARS_FROM + Number.unwrap(member);
        if (ballots.get(Number.unwrap(member)) || ballots.get(barred)) revert AlreadyVoted(id, member);
        ballots.set(barred);
        emit VoterBarred(id, member);
        _save(id, _judged(header.plusBarred(), _desk));
    }

    /* VOTING TOGETHER */

    /// @inheritdoc IAllocationDAO
    function decide(ProposalId id, bytes calldata assignments, bytes32 rest, bytes calldata ballots) external {
        Header header = _requireOpen(id);
        bytes32 contentHash = _requireContent(id, header, _contentOf(assignments, rest));
        _decide(id, header, contentHash, assignments, _sealed(), ballots);
    }

    /// @inheritdoc IAllocationDAO
    function decideAtOnce(ProposalId id, uint48 deadline, Draft calldata draft, bytes calldata ballots) external {
        _requireSound(draft.assignments, draft.detail);
        Number proposer = _requireVoter(msg.sender).number();
        Desk desk = _sealed().plusOne();
        if (desk.count() != ProposalId.unwrap(id)) revert NotTheNext(id, ProposalId.wrap(desk.count()));
        if (block.timestamp > deadline) revert VotingOver(id, deadline);
        uint256 latest = block.timestamp + desk.votingSeconds();
        if (deadline > latest) revert DeadlineTooLate(deadline, latest);
        _desk = desk;
        Filings.Filing memory filing = Filings.file(draft.assignments, draft.detail, draft.words);
        (Header header, bytes32 contentHash) = _announce(filing, id, proposer, deadline, desk);
        _decide(id, header, contentHash, draft.assignments, desk, ballots);
    }

    /* THE ROSTER AND THE POLICY */

    /// @inheritdoc IAllocationDAO
    function setVoter(address account, Number number, bool votes, uint24 roster, uint16 size) external {
        if (msg.sender != address(members)) revert NotTheContract(msg.sender);
        if (roster > Headers.LAST_ROSTER) revert RostersOver(roster);
        _voters[account] = _voters[account].withJoined(number, votes ? roster : 0);
        _desk = _desk.withRoster(roster, size);
    }

    /// @inheritdoc IAllocationDAO
    function setPolicy(uint24 votingSeconds, uint8 openLimit_) external {
        if (msg.sender != address(motions)) revert NotTheContract(msg.sender);
        _desk = _desk.withPolicy(votingSeconds, openLimit_);
    }

    /// @inheritdoc IAllocationDAO
    function seal() external {
        _sealed();
    }

    /* VIEWS */

    /// @inheritdoc IAllocationDAO
    function proposal(ProposalId id) external view returns (Proposal memory found) {
        Header header = _headers[id];
        found.state = header.state();
        if (found.state == State.None) return found;
        found.proposer = header.proposer();
        found.roster = header.roster();
        found.members = uint32(_membersOf(header, _desk));
        found.yes = header.yes();
        found.no = header.no();
        found.barred = header.barred();
        found.deadline = header.deadline();
        found.contentId = header.contentId();
    }

    /// @inheritdoc IAllocationDAO
    function progress(ProposalId id) external view returns (uint256 entries) {
        return _progress[id].entries;
    }

    /// @inheritdoc IAllocationDAO
    function proposalCount() public view returns (uint256) {
        return _desk.count();
    }

    /// @inheritdoc IAllocationDAO
    function isConfirmed(TaskId task, uint32 taskVersion, Number lead, uint16 sequence, Number helper)
        external
        view
        returns (bool)
    {
        return _confirmed[_help(task, taskVersion, lead, sequence, helper)];
    }

    /// @inheritdoc IAllocationDAO
    function isContent(ProposalId id, bytes calldata assignments, bytes32 rest) external view returns (bool) {
        return _headers[id].isOf(_contentHash(assignments, rest));
    }

    /// @inheritdoc IAllocationDAO
    function openLimit() external view returns (uint8) {
        return _desk.openLimit();
    }

    /// @inheritdoc IAllocationDAO
    function roll() external view returns (address) {
        return _desk.roll();
    }

    /* INTERNAL: A PROPOSAL'S LIFE */

    function _open(Filings.Filing memory filing) private returns (ProposalId id) {
        Voter voter = _requireVoter(msg.sender);
        Desk desk = _sealed().plusOne();
        _desk = desk;
        id = ProposalId.wrap(desk.count());
        _voters[msg.sender] = voter.withProposal(_placeOf(voter, desk.openLimit()), desk.count());
        uint48 deadline = uint48(block.timestamp) + desk.votingSeconds();
        (_headers[id],) = _announce(filing, id, voter.number(), deadline, desk);
    }

    /// @dev The header of what is put to the vote, not saved yet.
    function _announce(Filings.Filing memory filing, ProposalId id, Number proposer, uint48 deadline, Desk desk)
        private
        returns (Header header, bytes32 contentHash)
    {
        filing.proposer = proposer;
        filing.roster = desk.roster();
        filing.members = desk.members();
        filing.deadline = deadline;
        contentHash = filing.contentHash();
        header = Headers.open(contentHash, deadline, desk.roster(), proposer);
        filing.announce(id);
    }

    /// @dev A place is free when the proposal in it is settled or past its deadline.
    function _placeOf(Voter voter, uint256 limit) private view returns (uint256) {
        for (uint256 place = limit; place != 0; --place) {
            if (!_isUnderWay(voter.proposal(place))) return place;
        }
        revert TooManyOpen(voter.number(), uint16(limit));
    }

    function _isUnderWay(uint256 number) private view returns (bool) {
        if (number == 0) return false;
        Header header = _headers[ProposalId.wrap(number)];
        return header.state() == State.Open && block.timestamp <= header.deadline();
    }

    /// @dev The header with one more ballot, not saved yet.
    function _cast(ProposalId id, address voter, bool support, string memory reason) private returns (Header header) {
        header = _requireOpen(id);
        Voter found = _requireVoter(voter);
        Number member = found.number();
        if (found.joined() > header.roster()) revert NotInElectorate(id, member);
        BitMaps.BitMap storage ballots = _ballots[id];
        if (ballots.get(Number.unwrap(member))) revert AlreadyVoted(id, member);
        ballots.set(Number.unwrap(member));
        emit VoteCast(voter, ProposalId.unwrap(id), support ? 1 : 0, 1, reason);
        return _judged(header.plus(support), _desk);
    }

    function _castStock(uint256 proposalId, address voter, uint8 support, string memory reason)
        private
        returns (uint256)
    {
        if (support > 1) revert UnknownSupport(support);
        ProposalId id = ProposalId.wrap(proposalId);
        _save(id, _cast(id, voter, support == 1, reason));
        return 1;
    }

    /// @dev The header in the state that its counts put it in.
    function _judged(Header header, Desk desk) private view returns (Header) {
        uint256 size = _membersOf(header, desk);
        if (Majority.hasPassed(header.yes(), size)) return header.moved(State.Passed);
        if (Majority.isDefeated(header.no(), header.barred(), size)) return header.moved(State.Defeated);
        return header;
    }

    function _save(ProposalId id, Header header) private {
        _headers[id] = header;
        State found = header.state();
        if (found != State.Open) emit ProposalSettled(id, found, header.yes(), header.no());
    }

    /// @dev What has just passed, all of it; while the plant is held a plan waits, and a tree.
    function _enact(ProposalId id, Header header, bytes calldata assignments, Desk desk) private {
        if (MotionLayout.isMotion(assignments)) {
            if (!_carryOut(id, header, assignments)) _save(id, header);
            return;
        }
        if (_enactPart(id, 0, assignments, desk) == 0) return _save(id, header);
        _saveEnacted(id, header);
    }

    function _enactPart(ProposalId id, uint256 first, bytes calldata part, Desk desk)
        private
        returns (uint256 entries)
    {
        return workOrders.enact(id, first, part, desk.roll());
    }

    /// @return done Whether nothing of it waits: a tree does while the plant is held.
    function _carryOut(ProposalId id, Header header, bytes calldata motion) private returns (bool done) {
        bool isTree = Plans.isTree(motion);
        // What was wanted so long ago lies in wait for nobody; a tree's entries name what they were made for.
        bool late = !isTree && block.timestamp > header.deadline() + MOTION_SECONDS;
        if (late) {
            _save(id, header.moved(State.Expired));
            return true;
        }
        if (isTree && _isPlantHeld()) return false;
        _saveEnacted(id, header);
        if (isTree) claims.record(id, motion);
        else motions.carryOut(id, motion);
        return true;
    }

    function _isPlantHeld() private view returns (bool held) {
        (, held,) = workOrders.plant();
    }

    function _saveEnacted(ProposalId id, Header header) private {
        _headers[id] = header.moved(State.Enacted);
        emit ProposalExecuted(ProposalId.unwrap(id));
    }

    /* INTERNAL: SIGNED BALLOTS */

    function _box(ProposalId id, Header header, bytes32 contentHash) private pure returns (Box memory box) {
        box.id = id;
        box.header = header;
        box.contentHash = contentHash;
    }

    /// @dev Settles by ballots what nothing of is saved yet.
    function _decide(
        ProposalId id,
        Header header,
        bytes32 contentHash,
        bytes calldata assignments,
        Desk desk,
        bytes calldata ballots
    ) private {
        header = _judged(_count(id, header, contentHash, desk, ballots), desk);
        if (header.state() == State.Open) revert Undecided(id, header.yes(), header.no(), _membersOf(header, desk));
        if (header.state() != State.Passed || assignments.length == 0) return _save(id, header);
        _enact(id, header, assignments, desk);
    }

    /// @dev The header with the ballots counted, not saved yet.
    function _count(ProposalId id, Header header, bytes32 contentHash, Desk desk, bytes calldata ballots)
        private
        returns (Header)
    {
        Box memory box = _box(id, header, contentHash);
        Ballots.Sheet memory sheet = box.sheet;
        sheet.accounts = Rolls.read(desk.roll());
        sheet.listed = Ballots.list(ballots.length);
        _countAll(box, ballots, header.roster() != desk.roster() || header.hasCounts());
        emit BallotsCounted(id, sheet.listed);
        // Two bytes each.
        return header.plusMany(sheet.yes, sheet.listed.length / 2 - sheet.yes);
    }

    /// @param special Whether the present roster is not the electorate, or ballots were cast one by one before.
    function _countAll(Box memory box, bytes calldata ballots, bool special) private view {
        Ballots.Sheet memory sheet = box.sheet;
        _makeDigest(box, true);
        // Sums of bits, and of lengths within the calldata.
        unchecked {
            for (uint256 offset = 0; true;) {
                if (!special) offset = Ballots.countSigned(sheet, ballots, offset);
                if (offset >= ballots.length) return;
                (uint256 who, bytes calldata signature) = Ballots.take(ballots, offset, sheet.listed);
                _requireCast(box, who, _requireUncast(box, special), signature);
                sheet.yes += who >> 15;
                offset += Ballots.HEAD_BYTES + signature.length;
            }
        }
    }

    /// @dev The account of the member listed last, which may vote and has not.
    function _requireUncast(Box memory box, bool special) private view returns (address account) {
        Number member = _requireAscending(box);
        account = Rolls.accountOf(box.sheet.accounts, member);
        bool belongs = account != address(0) && (!special || members.mayVote(member, box.header.roster()));
        if (!belongs) revert NotInElectorate(box.id, member);
        if (special && _ballots[box.id].get(Number.unwrap(member))) revert AlreadyVoted(box.id, member);
    }

    function _requireAscending(Box memory box) private pure returns (Number member) {
        Number previous;
        (member, previous) = Ballots.latest(box.sheet.listed);
        if (Number.unwrap(member) <= Number.unwrap(previous)) revert BallotOutOfOrder(box.id, previous, member);
    }

    function _requireCast(Box memory box, uint256 who, address account, bytes calldata signature) private view {
        if (signature.length != 0) return _requireSigned(box, who, account, signature);
        if (account != msg.sender) revert NotTheSender(box.id, Ballots.memberOf(who), msg.sender);
    }

    function _requireSigned(Box memory box, uint256 who, address account, bytes calldata signature) private view {
        bytes32 digest = Ballots.isYes(who) ? box.sheet.yesDigest : box.sheet.noDigest;
        if (digest == 0) digest = _makeDigest(box, Ballots.isYes(who));
        if (!Ballots.isSigned(digest, account, signature)) revert BadBallot(box.id, Ballots.memberOf(who), digest);
    }

    function _makeDigest(Box memory box, bool support) private view returns (bytes32 digest) {
        (uint64 roster, uint48 deadline) = (box.header.roster(), box.header.deadline());
        digest = _hashTypedDataV4(Ballots.hash(box.id, box.contentHash, roster, deadline, support));
        if (support) box.sheet.yesDigest = digest;
        else box.sheet.noDigest = digest;
    }

    /* INTERNAL: SMALL THINGS */

    /// @dev The members' contract says why one may not.
    function _requireVoter(address account) private view returns (Voter voter) {
        voter = _voters[account];
        if (voter.joined() == 0) members.voter(account);
    }

    function _requireOpen(ProposalId id) private view returns (Header header) {
        header = _headers[id];
        if (header.state() != State.Open) revert ProposalNotOpen(id, header.state());
        if (block.timestamp > header.deadline()) revert VotingOver(id, header.deadline());
    }

    function _requireContent(ProposalId id, Header header, bytes32 contentHash) private pure returns (bytes32) {
        if (!header.isOf(contentHash)) revert OtherPlan(id, header.contentId());
        return contentHash;
    }

    /// @dev Without assignments, which no proposal is, the hash itself is given.
    function _contentOf(bytes calldata assignments, bytes32 rest) private pure returns (bytes32) {
        return assignments.length == 0 ? rest : _contentHash(assignments, rest);
    }

    function _contentHash(bytes calldata assignments, bytes32 rest) private pure returns (bytes32) {
        return keccak256(abi.encode(keccak256(assignments), rest));
    }

    /// @dev The electorate never changes: a roster of the past has the size it had.
    function _membersOf(Header header, Desk desk) private view returns (uint256) {
        uint64 roster = header.roster();
        return roster == desk.roster() ? desk.members() : members.membersAt(roster);
    }

    /// @dev The desk with the present roll, written now if nobody needed it before.
    function _sealed() private returns (Desk desk) {
        desk = _desk;
        if (desk.roll() != address(0)) return desk;
        desk = desk.withRoll(Rolls.write(members.accounts()));
        _desk = desk;
        emit RosterSealed(desk.roster(), desk.roll());
    }

    function _requireSound(bytes calldata assignments, bytes calldata detail) private view {
        bytes calldata teams = Details.teams(detail);
        if (MotionLayout.isMotion(assignments)) _requireSoundMotion(assignments, teams);
        else _requireSoundPlan(assignments, teams);
        _requireKnownInputs(detail);
    }

    function _requireSoundPlan(bytes calldata assignments, bytes calldata teams) private view {
        Plans.requireSound(assignments);
        _requireConfirmed(teams);
    }

    function _requireSoundMotion(bytes calldata motion, bytes calldata teams) private view {
        if (Plans.isTree(motion)) return claims.requireSound(motion);
        if (teams.length != 0) revert MalformedTeams(0);
        motions.requireSound(motion);
    }

    /// @dev Whether the block and the proposal that a detail names are known.
    function _requireKnownInputs(bytes calldata detail) private view {
        (uint64 readAt, bytes32 readHash) = Details.read(detail);
        bool recent = readAt < block.number && block.number - readAt <= BLOCKS_REMEMBERED;
        if (!recent || blockhash(readAt) != readHash) revert UnknownBlock(readAt, readHash);
        ProposalId counters = Details.counters(detail);
        if (ProposalId.unwrap(counters) == 0) return;
        if (ProposalId.unwrap(counters) > proposalCount()) revert UnknownProposal(counters);
    }

    function _requireConfirmed(bytes calldata teams) private view {
        for (uint256 offset = 0; offset < teams.length;) {
            uint256 next = offset + TEAM_BYTES;
            if (next > teams.length) revert MalformedTeams(offset);
            bytes calldata head = teams[offset:next];
            next += 2 * uint256(uint8(head[12]));
            if (next > teams.length) revert MalformedTeams(offset);
            _requireHelpers(head, teams[offset + TEAM_BYTES:next]);
            offset = next;
        }
    }

    function _requireHelpers(bytes calldata head, bytes calldata helpers) private view {
        TaskId task = TaskId.wrap(uint32(bytes4(head[:4])));
        uint32 taskVersion = uint32(bytes4(head[4:8]));
        Number lead = Number.wrap(uint16(bytes2(head[8:10])));
        uint16 sequence = uint16(bytes2(head[10:12]));
        for (uint256 i = 0; i < helpers.length; i += 2) {
            Number helper = Number.wrap(uint16(bytes2(helpers[i:i + 2])));
            bool confirmed = _confirmed[_help(task, taskVersion, lead, sequence, helper)];
            if (!confirmed) revert HelperNotConfirmed(task, lead, helper);
        }
    }

    function _help(TaskId task, uint32 taskVersion, Number lead, uint16 sequence, Number helper)
        private
        pure
        returns (bytes32)
    {
        return keccak256(abi.encode(task, taskVersion, lead, sequence, helper));
    }
}
