// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAccessManager} from "@openzeppelin/contracts/access/manager/IAccessManager.sol";
import {IVotes} from "@openzeppelin/contracts/governance/utils/IVotes.sol";
import {IERC6372} from "@openzeppelin/contracts/interfaces/IERC6372.sol";
import {ERC721} from "@openzeppelin/contracts/token/ERC721/ERC721.sol";
import {Checkpoints} from "@openzeppelin/contracts/utils/structs/Checkpoints.sol";

import {IAllocationDAO} from "./interfaces/IAllocationDAO.sol";
import {IERC5192} from "./interfaces/IERC5192.sol";
import {IMembers} from "./interfaces/IMembers.sol";
import {Rolls} from "./libraries/Rolls.sol";
import {Number} from "./types/Ids.sol";
import {ADMIN, SUPERVISOR} from "./types/Roles.sol";

/// @title Members
/// @notice Who may act, as soulbound badges; the electorate is checkpointed by roster version.
contract Members is ERC721, IERC5192, IMembers {
    using Checkpoints for Checkpoints.Trace208;
    using Checkpoints for Checkpoints.Trace224;

    /// @dev What a member is, in one word; who has the badge, the owner of the token knows.
    /// @param byHuman Whether a human suspended or reinstated it: from then on the vote has no say in its standing.
    struct Badge {
        Number number;
        Kind kind;
        Standing standing;
        uint32 joined;
        uint48 suspendsFrom;
        bool byHuman;
    }

    uint16 private constant LAST_NUMBER = 1023;
    /// @dev The numbers beyond are the humans' to give: no vote leaves them without badges.
    uint16 private constant LAST_VOTED_NUMBER = 767;
    /// @dev In which one human may suspend one other: a bad key suspends one before another human suspends it.
    uint48 private constant SUSPENSION_SECONDS = 1 days;
    Number private constant NOBODY = Number.wrap(0);

    IAccessManager public immutable authority;
    address public immutable workOrders;
    IAllocationDAO public immutable dao;
    address public immutable overrides;
    address public immutable motions;

    uint16 public count;
    mapping(address account => Badge) private _badges;
    mapping(Number number => uint256) private _capabilities;
    mapping(Number worker => mapping(uint8 capability => Record)) private _records;
    mapping(Number robot => mapping(bytes32 resource => Number)) private _commanders;
    mapping(Number number => Checkpoints.Trace224) private _memberships;
    Checkpoints.Trace224 private _rosters;
    /// @dev By time: the last roster version of that second.
    Checkpoints.Trace208 private _versions;
    Number[] private _humans;

    constructor(
        IAccessManager authority_,
        address workOrders_,
        IAllocationDAO dao_,
        address overrides_,
        address motions_
    ) ERC721("Workmoot member", "MOOT") {
        authority = authority_;
        workOrders = workOrders_;
        dao = dao_;
        overrides = overrides_;
        motions = motions_;
    }

    /* MEMBERSHIP */

    /// @inheritdoc IMembers
    function admit(address account, Kind kind, uint256 capabilities, string calldata profile)
        external
        returns (Number number)
    {
        _requireRegistrar(kind);
        if (kind == Kind.None) revert KindMissing();
        Badge storage badge = _badges[account];
        if (badge.number != NOBODY) revert AlreadyAMember(account, badge.number);
        if (count == LAST_NUMBER || (_isVote() && count >= LAST_VOTED_NUMBER)) revert RosterFull();
        number = Number.wrap(++count);
        _badges[account] = Badge(number, kind, Standing.Active, 0, 0, false);
        if (kind == Kind.Human) _humans.push(number);
        _capabilities[number] = capabilities;
        _mint(account, Number.unwrap(number));
        emit Locked(Number.unwrap(number));
        emit MemberAdmitted(number, account, kind, capabilities, profile);
        _enter(account, badge);
    }

    /// @inheritdoc IMembers
    function suspend(Number number) external {
        Badge storage badge = _badgeOf(number);
        _requireRegistrar(badge.kind);
        _suspend(number);
        _sign(badge);
    }

    /// @inheritdoc IMembers
    function suspendFor(Number number, address human) external {
        if (msg.sender != overrides) revert NotTheRegistrar(msg.sender);
        Badge storage badge = _badgeOf(number);
        if (badge.kind == Kind.Human) _useSuspension(number, _badges[human]);
        _suspend(number);
        _sign(badge);
    }

    /// @inheritdoc IMembers
    function reinstate(Number number) external {
        _requireRegistrar(_badgeOf(number).kind);
        Badge storage badge = _require(number, Standing.Suspended);
        _sign(badge);
        badge.standing = Standing.Active;
        emit MemberReinstated(number, msg.sender, _isVote());
        _enter(_accountOf(number), badge);
    }

    /// @inheritdoc IMembers
    function retire(Number number) external {
        Badge storage badge = _badgeOf(number);
        _requireRegistrar(badge.kind);
        if (badge.standing == Standing.Retired) revert WrongStanding(number, Standing.Retired);
        _leave(number, Standing.Retired);
        _sign(badge);
        emit MemberRetired(number, msg.sender, _isVote());
    }

    /* ABSENCE */

    /// @inheritdoc IMembers
    function leaveOut(Number number) external {
        if (!_isVote()) revert NotTheRegistrar(msg.sender);
        _requireKind(number, Kind.Digital);
        _require(number, Standing.Active);
        _leave(number, Standing.Absent);
        emit MemberLeftOut(number);
    }

    /// @inheritdoc IMembers
    function comeBack() external {
        Badge storage badge = _badges[msg.sender];
        if (badge.number == NOBODY) revert NotAMember(msg.sender);
        _require(badge.number, Standing.Absent);
        badge.standing = Standing.Active;
        emit MemberCameBack(badge.number);
        _enter(msg.sender, badge);
    }

    /* ROBOTS */

    /// @inheritdoc IMembers
    function bind(Number robot, Number worker, bytes32 resource, Scope scope) external {
        _requireRegistrar(Kind.Robotic);
        _requireKind(robot, Kind.Robotic);
        _requireKind(worker, Kind.Digital);
        Number holder = _commanders[robot][resource];
        if (scope == Scope.Command) {
            if (holder != NOBODY && holder != worker) revert CommandTaken(robot, resource, holder);
            _commanders[robot][resource] = worker;
        } else if (holder == worker) {
            _commanders[robot][resource] = NOBODY;
        }
        emit RobotBound(robot, worker, resource, scope);
    }

    /* RECORDS */

    /// @inheritdoc IMembers
    function grow(Number worker, uint8 capability, bool done) external {
        if (msg.sender != workOrders) revert NotTheWorkOrders(msg.sender);
        Record storage kept = _records[worker][capability];
        if (done) ++kept.done;
        else ++kept.failed;
        emit RecordGrew(worker, capability, done);
    }

    /* VIEWS */

    /// @inheritdoc IMembers
    function member(Number number) external view returns (Member memory) {
        Badge memory badge = _badgeOf(number);
        address account = _accountOf(number);
        return Member(account, badge.kind, badge.standing, badge.joined, _capabilities[number], badge.byHuman);
    }

    /// @inheritdoc IMembers
    function numberOf(address account) external view returns (Number) {
        return _badges[account].number;
    }

    /// @inheritdoc IMembers
    function activeWorker(address account) external view returns (Number) {
        return _worker(account, true);
    }

    /// @inheritdoc IMembers
    function voter(address account) external view returns (Number) {
        return _worker(account, false);
    }

    /// @inheritdoc IMembers
    function isCapable(Number number, uint8 capability) external view returns (bool) {
        return isActive(number) && (_capabilities[number] >> capability) & 1 == 1;
    }

    /// @inheritdoc IMembers
    function isActive(Number number) public view returns (bool) {
        return _acts(_badgeOf(number));
    }

    /// @inheritdoc IMembers
    function mayVote(Number number, uint64 version) external view returns (bool) {
        Badge memory badge = _badgeOf(number);
        return _votes(badge) && badge.joined <= version;
    }

    /// @inheritdoc IMembers
    function belonged(Number number, uint64 version) public view returns (bool) {
        // A version counts changes one by one and never outgrows 32 bits.
        return _memberships[number].upperLookup(uint32(version)) == 1;
    }

    /// @inheritdoc IMembers
    function isSuspended(address account) public view returns (bool) {
        Badge memory badge = _badges[account];
        return badge.kind == Kind.Human && badge.standing > Standing.Active;
    }

    /// @inheritdoc IMembers
    function badgeOf(address account) external view returns (Number number, Kind kind, Standing standing) {
        Badge memory badge = _badges[account];
        return (badge.number, badge.kind, badge.standing);
    }

    /// @inheritdoc IMembers
    function kindOf(Number number) external view returns (Kind) {
        return _badgeOf(number).kind;
    }

    /// @inheritdoc IMembers
    function humans() external view returns (address[] memory found) {
        found = new address[](_humans.length);
        for (uint256 i = 0; i < found.length; ++i) {
            address account = _accountOf(_humans[i]);
            if (_badges[account].standing == Standing.Active) found[i] = account;
        }
    }

    /// @inheritdoc IMembers
    function isInScope(address account, uint256 capabilities) public view returns (bool) {
        Badge memory badge = _badges[account];
        uint256 cells = badge.kind == Kind.Human ? _capabilities[badge.number] : 0;
        return cells == 0 || cells & capabilities != 0;
    }

    /// @inheritdoc IMembers
    function isRobotInScope(address account, Number robot) external view returns (bool) {
        return isInScope(account, _capabilities[robot]);
    }

    /// @inheritdoc IMembers
    function roster() external view returns (uint64 version, uint32 members) {
        (, uint32 key, uint224 value) = _rosters.latestCheckpoint();
        return (key, uint32(value));
    }

    /// @inheritdoc IMembers
    function membersAt(uint64 version) public view returns (uint32) {
        return uint32(_rosters.upperLookup(uint32(version)));
    }

    /// @inheritdoc IMembers
    function accounts() external view returns (bytes memory table) {
        table = Rolls.blank(count);
        for (uint16 i = 1; i <= count; ++i) {
            address account = _accountOf(Number.wrap(i));
            if (_votes(_badges[account])) Rolls.enter(table, Number.wrap(i), account);
        }
    }

    /// @inheritdoc IMembers
    function record(Number worker, uint8 capability) external view returns (Record memory) {
        return _records[worker][capability];
    }

    /// @inheritdoc IERC5192
    function locked(uint256 tokenId) external view returns (bool) {
        _requireOwned(tokenId);
        return true;
    }

    /// @inheritdoc ERC721
    function supportsInterface(bytes4 interfaceId) public view override returns (bool) {
        return interfaceId == type(IERC5192).interfaceId || interfaceId == type(IVotes).interfaceId
            || interfaceId == type(IERC6372).interfaceId || super.supportsInterface(interfaceId);
    }

    /* VIEWS: VOTES, AS STOCK CLIENTS READ THEM */

    /// @inheritdoc IERC6372
    function clock() public view returns (uint48) {
        return uint48(block.timestamp);
    }

    /// @inheritdoc IERC6372
    // solhint-disable-next-line func-name-mixedcase
    function CLOCK_MODE() external pure returns (string memory) {
        return "mode=timestamp";
    }

    /// @inheritdoc IVotes
    function getVotes(address account) external view returns (uint256) {
        return _votes(_badges[account]) ? 1 : 0;
    }

    /// @inheritdoc IVotes
    function getPastVotes(address account, uint256 timepoint) external view returns (uint256) {
        return belonged(_badges[account].number, _versionAt(timepoint)) ? 1 : 0;
    }

    /// @inheritdoc IVotes
    function getPastTotalSupply(uint256 timepoint) external view returns (uint256) {
        return membersAt(_versionAt(timepoint));
    }

    /// @inheritdoc IVotes
    function delegates(address account) external pure returns (address) {
        return account;
    }

    /// @inheritdoc IVotes
    function delegate(address) external pure {
        revert NobodyDelegates();
    }

    /// @inheritdoc IVotes
    function delegateBySig(address, uint256, uint256, uint8, bytes32, bytes32) external pure {
        revert NobodyDelegates();
    }

    /* INTERNAL */

    function _enter(address account, Badge storage badge) private {
        if (badge.kind != Kind.Digital) return;
        badge.joined = _nextRoster(account, badge.number, true);
        emit DelegateVotesChanged(account, 0, 1);
    }

    function _suspend(Number number) private {
        Standing standing = _badgeOf(number).standing;
        if (standing > Standing.Active && standing != Standing.Absent) revert WrongStanding(number, standing);
        _leave(number, Standing.Suspended);
        emit MemberSuspended(number, msg.sender, _isVote());
    }

    /// @dev What a human decided of a member, no vote changes.
    function _sign(Badge storage badge) private {
        if (!_isVote()) badge.byHuman = true;
        else if (badge.byHuman) revert HumanDecided(badge.number);
    }

    function _useSuspension(Number number, Badge storage by) private {
        if (by.kind != Kind.Human) revert WrongKind(by.number, by.kind);
        if (by.number == number) revert NotAnother(number);
        if (block.timestamp < by.suspendsFrom) revert SuspensionUsed(by.number, by.suspendsFrom);
        by.suspendsFrom = uint48(block.timestamp) + SUSPENSION_SECONDS;
    }

    function _leave(Number number, Standing to) private {
        Badge storage badge = _badgeOf(number);
        Standing from = badge.standing;
        if (from == Standing.None) revert UnknownMember(number);
        badge.standing = to;
        if (badge.kind != Kind.Digital || from != Standing.Active) return;
        address account = _accountOf(number);
        _nextRoster(account, number, false);
        emit DelegateVotesChanged(account, 1, 0);
    }

    function _nextRoster(address account, Number number, bool votes) private returns (uint32 version) {
        (, uint32 key, uint224 members) = _rosters.latestCheckpoint();
        if (!votes && members == 1 && _isVote()) revert LastMember(number);
        version = key + 1;
        uint224 size = votes ? members + 1 : members - 1;
        _rosters.push(version, size);
        _versions.push(clock(), version);
        _memberships[number].push(version, votes ? 1 : 0);
        emit RosterChanged(version, uint32(size));
        // No more members than badges; the DAO refuses a version it has no room for.
        dao.setVoter(account, number, votes, uint24(version), uint16(size));
    }

    function _versionAt(uint256 timepoint) private view returns (uint64) {
        if (timepoint >= clock()) revert FutureLookup(timepoint, clock());
        // The present fits 48 bits, so does what is before it; versions are 32 bits.
        return uint64(_versions.upperLookupRecent(uint48(timepoint)));
    }

    function _accountOf(Number number) private view returns (address) {
        return _ownerOf(Number.unwrap(number));
    }

    /// @dev The badge of the zero account, which is nobody's, where there is no such number.
    function _badgeOf(Number number) private view returns (Badge storage) {
        return _badges[_accountOf(number)];
    }

    function _worker(address account, bool mayBeAbsent) private view returns (Number) {
        Badge memory badge = _badges[account];
        if (badge.number == NOBODY) revert NotAMember(account);
        bool stands = badge.standing == Standing.Active || (mayBeAbsent && badge.standing == Standing.Absent);
        if (!stands) revert WrongStanding(badge.number, badge.standing);
        if (badge.kind != Kind.Digital) revert WrongKind(badge.number, badge.kind);
        return badge.number;
    }

    function _votes(Badge memory badge) private pure returns (bool) {
        return badge.standing == Standing.Active && badge.kind == Kind.Digital;
    }

    /// @dev Absence takes the vote alone; only digital workers can be absent.
    function _acts(Badge memory badge) private pure returns (bool) {
        return _votes(badge) || badge.standing == Standing.Absent;
    }

    function _require(Number number, Standing standing) private view returns (Badge storage badge) {
        badge = _badgeOf(number);
        if (badge.standing == Standing.None) revert UnknownMember(number);
        if (badge.standing != standing) revert WrongStanding(number, badge.standing);
    }

    function _requireKind(Number number, Kind kind) private view {
        Kind found = _badgeOf(number).kind;
        if (found != kind) revert WrongKind(number, found);
    }

    /// @dev Whether the majority decided it, or its silence did.
    function _isVote() private view returns (bool) {
        return msg.sender == motions;
    }

    /// @dev Humans' badges are the administrator's and the humans' own orders': no supervisor takes them alone, no vote
    ///      ever.
    function _requireRegistrar(Kind kind) private view {
        if (msg.sender == overrides || (_isVote() && kind != Kind.Human)) return;
        (bool mayRegister,) = authority.hasRole(ADMIN, msg.sender);
        if (kind != Kind.Human && _actsAs(SUPERVISOR, msg.sender)) mayRegister = true;
        if (!mayRegister || isSuspended(msg.sender)) revert NotTheRegistrar(msg.sender);
    }

    /// @dev A role that acts only after a delay is none here, where nothing can be scheduled.
    function _actsAs(uint64 role, address account) private view returns (bool) {
        (bool granted, uint32 delay) = authority.hasRole(role, account);
        return granted && delay == 0;
    }

    function _update(address to, uint256 tokenId, address auth) internal override returns (address from) {
        from = super._update(to, tokenId, auth);
        if (from != address(0)) revert Soulbound(tokenId);
    }
}
