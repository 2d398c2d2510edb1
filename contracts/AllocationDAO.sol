// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IGovernor} from "@openzeppelin/contracts/governance/IGovernor.sol";
import {IERC5267} from "@openzeppelin/contracts/interfaces/IERC5267.sol";
import {IERC5805} from "@openzeppelin/contracts/interfaces/IERC5805.sol";
import {IERC6372} from "@openzeppelin/contracts/interfaces/IERC6372.sol";
import {Nonces} from "@openzeppelin/contracts/utils/Nonces.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {ERC165} from "@openzeppelin/contracts/utils/introspection/ERC165.sol";
import {BitMaps} from "@openzeppelin/contracts/utils/structs/BitMaps.sol";

import {IAllocationDAO} from "./interfaces/IAllocationDAO.sol";
import {IERC4824} from "./interfaces/IERC4824.sol";
import {IMembers} from "./interfaces/IMembers.sol";
import {IWorkOrders} from "./interfaces/IWorkOrders.sol";
import {Ballots} from "./libraries/Ballots.sol";
import {Header, Headers} from "./libraries/Headers.sol";
import {Majority} from "./libraries/Majority.sol";
import {Plans} from "./libraries/Plans.sol";
import {Rolls} from "./libraries/Rolls.sol";
import {Number, ProposalId, TaskId} from "./types/Ids.sol";
import {ADMIN} from "./types/Roles.sol";

/// @title AllocationDAO
/// @notice Digital workers offer, rank, propose, discuss and vote; what the majority of the members passes is enacted.
contract AllocationDAO is EIP712, Nonces, ERC165, IAllocationDAO {
    using BitMaps for BitMaps.BitMap;
    using Headers for Header;

    /// @dev All that every proposal needs, in one word.
    struct Desk {
        uint24 count;
        uint24 roster;
        uint16 members;
        uint24 votingSeconds;
        uint8 openLimit;
        address roll;
    }

    /// @dev All that a member's proposals and direct ballots need, in one word.
    /// @param joined The roster version from which on it votes, zero while it does not.
    /// @param recent Its latest proposals that may be open, 24 bits each, the newest lowest.
    struct Voter {
        Number number;
        uint24 joined;
        uint216 recent;
    }

    /// @dev What the signed ballots of one transaction are checked against.
    /// @param accounts The present voters.
    /// @param outdated Whether the present roster is not the electorate.
    /// @param mixed Whether ballots were cast one by one before.
    /// @param yes What says yes when signed, made when first needed.
    /// @param no What says no.
    struct Box {
        ProposalId id;
        Header header;
        bytes32 contentHash;
        bytes accounts;
        bool outdated;
        bool mixed;
        bytes32 yes;
        bytes32 no;
    }

    string private constant NAME = "Workmoot AllocationDAO";
    string private constant VERSION = "1";
    bytes32 private constant CONTENT_BALLOT =
        keccak256("Ballot(uint256 proposalId,bytes32 contentHash,uint64 roster,uint48 deadline,uint8 support)");
    bytes32 private constant STOCK_BALLOT =
        keccak256("Ballot(uint256 proposalId,uint8 support,address voter,uint256 nonce)");
    uint256 private constant BLOCKS_REMEMBERED = 256;
    uint256 private constant DETAIL_BYTES = 144;
    uint256 private constant TEAM_BYTES = 13;
    uint256 private constant MOST_OPEN = 9;
    uint256 private constant ID_BITS = 24;
    /// @dev Badge numbers end below: bars stand beside the ballots, not among them.
    uint256 private constant BARS_FROM = 1024;

    IMembers public immutable members;
    IWorkOrders public immutable workOrders;
    address public immutable overrides;

    Desk private _desk;
    mapping(ProposalId id => Header) private _headers;
    mapping(ProposalId id => BitMaps.BitMap) private _ballots;
    mapping(address account => Voter) private _voters;
    mapping(bytes32 help => bool) private _confirmed;
    /// @inheritdoc IERC4824
    string public daoURI;

    constructor(IMembers members_, IWorkOrders workOrders_, address overrides_, Policy memory policy)
        EIP712(NAME, VERSION)
    {
        if (policy.votingSeconds < 10 || policy.openLimit == 0) revert PolicyTooTight();
        if (policy.votingSeconds > type(uint24).max || policy.openLimit > MOST_OPEN) revert PolicyTooWide();
        members = members_;
        workOrders = workOrders_;
        overrides = overrides_;
        _desk.votingSeconds = uint24(policy.votingSeconds);
        _desk.openLimit = uint8(policy.openLimit);
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
    function propose(
        bytes calldata assignments,
        bytes calldata teams,
        bytes calldata timetable,
        bytes calldata detail,
        string calldata words
    ) external returns (ProposalId) {
        Plans.requireSound(assignments);
        _requireConfirmed(teams);
        _requireSoundDetail(detail);
        bytes[] memory parts = new bytes[](4);
        parts[0] = assignments;
        parts[1] = teams;
        parts[2] = timetable;
        parts[3] = detail;
        return _open(parts, words);
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
    function enact(ProposalId id, bytes calldata assignments, bytes32 rest) external {
        Header header = _headers[id];
        if (header.state() != State.Passed) revert ProposalNotOpen(id, header.state());
        _requireContent(id, header, _contentHash(assignments, rest));
        _enact(id, header, assignments);
    }

    /// @inheritdoc IAllocationDAO
    function veto(ProposalId id) external {
        if (msg.sender != overrides) revert NotTheContract(msg.sender);
        Header header = _headers[id];
        State from = header.state();
        if (from != State.Open && from != State.Passed) revert ProposalNotOpen(id, from);
        _save(id, header.moved(State.Vetoed));
        emit ProposalCanceled(ProposalId.unwrap(id));
    }

    /* VOTING ONE BY ONE */

    /// @inheritdoc IAllocationDAO
    function vote(ProposalId id, bool support, string calldata reason, bytes calldata assignments, bytes32 rest)
        external
    {
        Header header = _cast(id, msg.sender, support, reason);
        if (header.state() != State.Passed || assignments.length == 0) return _save(id, header);
        _requireContent(id, header, _contentHash(assignments, rest));
        _enact(id, header, assignments);
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
        _save(id, _judged(header.plusBarred()));
    }

    /* VOTING TOGETHER */

    /// @inheritdoc IAllocationDAO
    function decide(ProposalId id, bytes calldata assignments, bytes32 rest, bytes calldata ballots) external {
        Header header = _requireOpen(id);
        bytes32 contentHash = _requireContent(id, header, _contentHash(assignments, rest));
        header = _judged(_count(_box(id, header, contentHash), ballots));
        if (header.state() == State.Passed) return _enact(id, header, assignments);
        if (header.state() == State.Open) revert Undecided(id, header.yes(), header.no(), _membersOf(header));
        _save(id, header);
    }

    /// @inheritdoc IAllocationDAO
    function record(ProposalId id, bytes32 contentHash, bytes calldata ballots) external {
        Box memory box = _box(id, _headers[id], contentHash);
        State found = box.header.state();
        if (found == State.None || found == State.Open) revert ProposalNotSettled(id, found);
        _requireContent(id, box.header, contentHash);
        bytes memory recorded = Ballots.list(ballots.length);
        Number previous;
        for (uint256 offset = 0; offset < ballots.length;) {
            (uint256 who, bytes calldata signature, uint256 next) = Ballots.read(ballots, offset);
            previous = _requireAscending(id, previous, who);
            _requireCast(box, who, _requireBelonged(box, previous), signature);
            Ballots.append(recorded, who);
            offset = next;
        }
        emit BallotsRecorded(id, recorded);
    }

    /// @inheritdoc IAllocationDAO
    function proveEquivocation(ProposalId id, bytes32 contentHash, Number member, bytes calldata yes, bytes calldata no)
        external
    {
        Box memory box = _box(id, _requireKnown(id), contentHash);
        _requireContent(id, box.header, contentHash);
        address account = _requireBelonged(box, member);
        _requireSigned(box, Ballots.whoOf(member, true), account, yes);
        _requireSigned(box, Ballots.whoOf(member, false), account, no);
        emit EquivocationProven(id, member);
    }

    /* THE ROSTER */

    /// @inheritdoc IAllocationDAO
    function setVoter(address account, Number number, bool votes, uint24 roster, uint16 size) external {
        if (msg.sender != address(members)) revert NotTheContract(msg.sender);
        if (roster > Headers.LAST_ROSTER) revert RostersOver(roster);
        _voters[account].number = number;
        _voters[account].joined = votes ? roster : 0;
        _desk.roster = roster;
        _desk.members = size;
        _desk.roll = address(0);
    }

    /// @inheritdoc IAllocationDAO
    function seal() external {
        _sealed();
    }

    /* WHERE TO READ MORE */

    /// @inheritdoc IAllocationDAO
    function setDaoURI(string calldata uri) external {
        (bool granted,) = members.authority().hasRole(ADMIN, msg.sender);
        if (!granted || members.isSuspended(msg.sender)) revert NotTheAdministrator(msg.sender);
        daoURI = uri;
        emit DAOURIUpdate(address(this), uri);
    }

    /* VIEWS */

    /// @inheritdoc IAllocationDAO
    function proposal(ProposalId id) external view returns (Proposal memory found) {
        Header header = _headers[id];
        found.state = header.state();
        if (found.state == State.None) return found;
        found.proposer = header.proposer();
        found.roster = header.roster();
        found.members = uint32(_membersOf(header));
        found.yes = header.yes();
        found.no = header.no();
        found.barred = header.barred();
        found.deadline = header.deadline();
        found.contentId = header.contentId();
    }

    /// @inheritdoc IAllocationDAO
    function proposalCount() public view returns (uint256) {
        return _desk.count;
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
        return _desk.openLimit;
    }

    /// @inheritdoc IAllocationDAO
    function roll() external view returns (address) {
        return _desk.roll;
    }

    /* VIEWS: AS STOCK CLIENTS READ THEM */

    /// @inheritdoc IAllocationDAO
    function name() external pure returns (string memory) {
        return NAME;
    }

    /// @inheritdoc IAllocationDAO
    function version() external pure returns (string memory) {
        return VERSION;
    }

    /// @inheritdoc IAllocationDAO
    function token() external view returns (IERC5805) {
        return members;
    }

    /// @inheritdoc IAllocationDAO
    // solhint-disable-next-line func-name-mixedcase
    function COUNTING_MODE() external pure returns (string memory) {
        return "support=bravo&quorum=for";
    }

    /// @inheritdoc IERC6372
    function clock() external view returns (uint48) {
        return uint48(block.timestamp);
    }

    /// @inheritdoc IERC6372
    // solhint-disable-next-line func-name-mixedcase
    function CLOCK_MODE() external pure returns (string memory) {
        return "mode=timestamp";
    }

    /// @inheritdoc IAllocationDAO
    function state(uint256 proposalId) external view returns (IGovernor.ProposalState) {
        Header header = _requireKnown(ProposalId.wrap(proposalId));
        State found = header.state();
        if (found == State.Passed) return IGovernor.ProposalState.Succeeded;
        if (found == State.Enacted) return IGovernor.ProposalState.Executed;
        if (found == State.Defeated) return IGovernor.ProposalState.Defeated;
        if (found == State.Vetoed) return IGovernor.ProposalState.Canceled;
        bool over = found == State.Expired || block.timestamp > header.deadline();
        return over ? IGovernor.ProposalState.Expired : IGovernor.ProposalState.Active;
    }

    /// @inheritdoc IAllocationDAO
    function proposalSnapshot(uint256 proposalId) external view returns (uint256) {
        return _requireKnown(ProposalId.wrap(proposalId)).deadline() - _desk.votingSeconds;
    }

    /// @inheritdoc IAllocationDAO
    function proposalDeadline(uint256 proposalId) external view returns (uint256) {
        return _requireKnown(ProposalId.wrap(proposalId)).deadline();
    }

    /// @inheritdoc IAllocationDAO
    function proposalProposer(uint256 proposalId) external view returns (address) {
        return members.member(_requireKnown(ProposalId.wrap(proposalId)).proposer()).account;
    }

    /// @inheritdoc IAllocationDAO
    function proposalEta(uint256) external pure returns (uint256) {
        return 0;
    }

    /// @inheritdoc IAllocationDAO
    function proposalNeedsQueuing(uint256) external pure returns (bool) {
        return false;
    }

    /// @inheritdoc IAllocationDAO
    function proposalVotes(uint256 proposalId) external view returns (uint256 against, uint256 for_, uint256 abstain) {
        Header header = _requireKnown(ProposalId.wrap(proposalId));
        return (header.no(), header.yes(), 0);
    }

    /// @inheritdoc IAllocationDAO
    function hasVoted(uint256 proposalId, address account) external view returns (bool) {
        return _ballots[ProposalId.wrap(proposalId)].get(Number.unwrap(members.numberOf(account)));
    }

    /// @inheritdoc IAllocationDAO
    function votingDelay() external pure returns (uint256) {
        return 0;
    }

    /// @inheritdoc IAllocationDAO
    function votingPeriod() external view returns (uint256) {
        return _desk.votingSeconds;
    }

    /// @inheritdoc IAllocationDAO
    function proposalThreshold() external pure returns (uint256) {
        return 1;
    }

    /// @inheritdoc IAllocationDAO
    function quorum(uint256 timepoint) external view returns (uint256) {
        uint256 size = timepoint == block.timestamp ? _desk.members : members.getPastTotalSupply(timepoint);
        return size / 2 + 1;
    }

    /// @inheritdoc IAllocationDAO
    function getVotes(address account, uint256 timepoint) external view returns (uint256) {
        return timepoint == block.timestamp ? members.getVotes(account) : members.getPastVotes(account, timepoint);
    }

    /// @inheritdoc IAllocationDAO
    function latestProposalId() external view returns (uint256) {
        return proposalCount();
    }

    /// @inheritdoc ERC165
    function supportsInterface(bytes4 interfaceId) public view override returns (bool) {
        return interfaceId == type(IERC6372).interfaceId || interfaceId == type(IERC5267).interfaceId
            || interfaceId == type(IERC4824).interfaceId || super.supportsInterface(interfaceId);
    }

    /* INTERNAL: A PROPOSAL'S LIFE */

    function _open(bytes[] memory parts, string calldata words) private returns (ProposalId id) {
        Number proposer = _requireVoter(msg.sender).number;
        _sealed();
        Desk memory desk = _desk;
        uint24 number = desk.count + 1;
        id = ProposalId.wrap(number);
        _makeRoom(proposer, number, desk.openLimit);
        uint256 deadline = block.timestamp + desk.votingSeconds;
        bytes32 contentHash = _contentOf(parts, words, proposer, desk, deadline);
        _desk.count = number;
        _headers[id] = Headers.open(contentHash, deadline, desk.roster, proposer);
        _tell(id, parts, deadline, words);
    }

    function _contentOf(
        bytes[] memory parts,
        string calldata words,
        Number proposer,
        Desk memory desk,
        uint256 deadline
    ) private pure returns (bytes32) {
        bytes32 rest = keccak256(
            abi.encode(
                keccak256(parts[1]),
                keccak256(parts[2]),
                keccak256(parts[3]),
                keccak256(bytes(words)),
                proposer,
                desk.roster,
                desk.members,
                deadline
            )
        );
        return keccak256(abi.encode(keccak256(parts[0]), rest));
    }

    function _tell(ProposalId id, bytes[] memory parts, uint256 deadline, string calldata words) private {
        emit ProposalCreated(
            ProposalId.unwrap(id),
            msg.sender,
            new address[](0),
            new uint256[](0),
            new string[](0),
            parts,
            block.timestamp,
            deadline,
            words
        );
    }

    /// @dev A place is free when the proposal in it is settled or past its deadline.
    function _makeRoom(Number member, uint256 number, uint256 limit) private {
        uint256 recent = _voters[msg.sender].recent;
        for (uint256 place = limit; place != 0; --place) {
            uint256 top = place * ID_BITS;
            uint256 bottom = top - ID_BITS;
            if (_isUnderWay(uint24(recent >> bottom))) continue;
            uint256 newer = recent & ((1 << bottom) - 1);
            // At most nine ids of 24 bits.
            _voters[msg.sender].recent = uint216(((recent >> top) << top) | (newer << ID_BITS) | number);
            return;
        }
        revert TooManyOpen(member, uint16(limit));
    }

    function _isUnderWay(uint256 number) private view returns (bool) {
        if (number == 0) return false;
        Header header = _headers[ProposalId.wrap(number)];
        return header.state() == State.Open && block.timestamp <= header.deadline();
    }

    /// @dev The header with one more ballot, not saved yet.
    function _cast(ProposalId id, address voter, bool support, string memory reason) private returns (Header header) {
        header = _requireOpen(id);
        Voter storage found = _requireVoter(voter);
        Number member = found.number;
        if (found.joined > header.roster()) revert NotInElectorate(id, member);
        BitMaps.BitMap storage ballots = _ballots[id];
        if (ballots.get(Number.unwrap(member))) revert AlreadyVoted(id, member);
        ballots.set(Number.unwrap(member));
        emit VoteCast(voter, ProposalId.unwrap(id), support ? 1 : 0, 1, reason);
        return _judged(header.plus(support));
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
    function _judged(Header header) private view returns (Header) {
        uint256 size = _membersOf(header);
        if (Majority.hasPassed(header.yes(), size)) return header.moved(State.Passed);
        if (Majority.isDefeated(header.no(), header.barred(), size)) return header.moved(State.Defeated);
        return header;
    }

    function _save(ProposalId id, Header header) private {
        _headers[id] = header;
        State found = header.state();
        if (found != State.Open) emit ProposalSettled(id, found, header.yes(), header.no());
    }

    function _enact(ProposalId id, Header header, bytes calldata assignments) private {
        _save(id, header.moved(State.Enacted));
        emit ProposalExecuted(ProposalId.unwrap(id));
        workOrders.enact(id, assignments, _sealed());
    }

    /* INTERNAL: SIGNED BALLOTS */

    function _box(ProposalId id, Header header, bytes32 contentHash) private pure returns (Box memory box) {
        box.id = id;
        box.header = header;
        box.contentHash = contentHash;
    }

    /// @dev The header with the ballots counted, not saved yet.
    function _count(Box memory box, bytes calldata ballots) private returns (Header header) {
        header = box.header;
        box.accounts = Rolls.read(_sealed());
        box.outdated = header.roster() != _desk.roster;
        box.mixed = header.hasCounts();
        bytes memory counted = Ballots.list(ballots.length);
        Number previous;
        for (uint256 offset = 0; offset < ballots.length;) {
            (uint256 who, bytes calldata signature, uint256 next) = Ballots.read(ballots, offset);
            previous = _requireAscending(box.id, previous, who);
            _requireCast(box, who, _requireUncast(box, previous), signature);
            header = header.plus(Ballots.isYes(who));
            Ballots.append(counted, who);
            offset = next;
        }
        emit BallotsCounted(box.id, counted);
    }

    /// @dev The account of a member that may vote and has not.
    function _requireUncast(Box memory box, Number member) private view returns (address account) {
        account = Rolls.accountOf(box.accounts, member);
        bool belongs = account != address(0) && (!box.outdated || members.mayVote(member, box.header.roster()));
        if (!belongs) revert NotInElectorate(box.id, member);
        if (box.mixed && _ballots[box.id].get(Number.unwrap(member))) revert AlreadyVoted(box.id, member);
    }

    /// @dev The account of a member of the electorate, whatever became of it since.
    function _requireBelonged(Box memory box, Number member) private view returns (address) {
        if (!members.belonged(member, box.header.roster())) revert NotInElectorate(box.id, member);
        return members.member(member).account;
    }

    function _requireAscending(ProposalId id, Number previous, uint256 who) private pure returns (Number member) {
        member = Ballots.memberOf(who);
        if (Number.unwrap(member) <= Number.unwrap(previous)) revert BallotOutOfOrder(id, previous, member);
    }

    function _requireCast(Box memory box, uint256 who, address account, bytes calldata signature) private view {
        if (signature.length != 0) return _requireSigned(box, who, account, signature);
        if (account != msg.sender) revert NotTheSender(box.id, Ballots.memberOf(who), msg.sender);
    }

    function _requireSigned(Box memory box, uint256 who, address account, bytes calldata signature) private view {
        bytes32 digest = Ballots.isYes(who) ? box.yes : box.no;
        if (digest == 0) digest = _makeDigest(box, Ballots.isYes(who));
        if (!Ballots.isSigned(digest, account, signature)) revert BadBallot(box.id, Ballots.memberOf(who), digest);
    }

    function _makeDigest(Box memory box, bool support) private view returns (bytes32 digest) {
        (uint64 roster, uint48 deadline) = (box.header.roster(), box.header.deadline());
        digest =
            _hashTypedDataV4(keccak256(abi.encode(CONTENT_BALLOT, box.id, box.contentHash, roster, deadline, support)));
        if (support) box.yes = digest;
        else box.no = digest;
    }

    /* INTERNAL: SMALL THINGS */

    /// @dev The members' contract says why one may not.
    function _requireVoter(address account) private view returns (Voter storage found) {
        found = _voters[account];
        if (found.joined == 0) members.activeWorker(account);
    }

    function _requireKnown(ProposalId id) private view returns (Header header) {
        header = _headers[id];
        if (header.state() == State.None) revert UnknownProposal(id);
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

    function _contentHash(bytes calldata assignments, bytes32 rest) private pure returns (bytes32) {
        return keccak256(abi.encode(keccak256(assignments), rest));
    }

    /// @dev The electorate never changes: a roster of the past has the size it had.
    function _membersOf(Header header) private view returns (uint256) {
        uint64 roster = header.roster();
        return roster == _desk.roster ? _desk.members : members.membersAt(roster);
    }

    /// @dev The present roll, written now if nobody needed it before.
    function _sealed() private returns (address found) {
        found = _desk.roll;
        if (found != address(0)) return found;
        found = Rolls.write(members.accounts());
        _desk.roll = found;
        emit RosterSealed(_desk.roster, found);
    }

    function _requireSoundDetail(bytes calldata detail) private view {
        if (detail.length != DETAIL_BYTES) revert MalformedDetail(detail.length);
        (bytes32 readHash, uint64 readAt) = (bytes32(detail[64:96]), uint64(bytes8(detail[96:104])));
        bool recent = readAt < block.number && block.number - readAt <= BLOCKS_REMEMBERED;
        if (!recent || blockhash(readAt) != readHash) revert UnknownBlock(readAt, readHash);
        ProposalId counters = ProposalId.wrap(uint64(bytes8(detail[136:144])));
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
