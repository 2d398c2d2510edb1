// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAccessManager} from "@openzeppelin/contracts/access/manager/IAccessManager.sol";
import {ERC721} from "@openzeppelin/contracts/token/ERC721/ERC721.sol";
import {Checkpoints} from "@openzeppelin/contracts/utils/structs/Checkpoints.sol";

import {IERC5192} from "./interfaces/IERC5192.sol";
import {IMembers} from "./interfaces/IMembers.sol";
import {Number} from "./types/Ids.sol";
import {ADMIN, SUPERVISOR} from "./types/Roles.sol";

/// @title Members
/// @notice Who may act, as soulbound badges; the electorate is checkpointed by roster version.
contract Members is ERC721, IERC5192, IMembers {
    using Checkpoints for Checkpoints.Trace224;

    uint16 private constant LAST_NUMBER = 1023;

    IAccessManager public immutable authority;
    address public immutable workOrders;
    address public immutable overrides;

    uint16 public count;
    mapping(address account => Number) public numberOf;
    mapping(Number number => Member) private _members;
    mapping(Number worker => mapping(uint8 capability => Record)) private _records;
    mapping(Number robot => mapping(bytes32 resource => Number)) private _commanders;
    mapping(Number number => Checkpoints.Trace224) private _memberships;
    Checkpoints.Trace224 private _rosters;

    constructor(IAccessManager authority_, address workOrders_, address overrides_) ERC721("Workmoot member", "MOOT") {
        authority = authority_;
        workOrders = workOrders_;
        overrides = overrides_;
    }

    modifier onlyRegistrar() {
        _requireRegistrar();
        _;
    }

    /* MEMBERSHIP */

    /// @inheritdoc IMembers
    function admit(address account, Kind kind, uint256 capabilities, string calldata profile)
        external
        onlyRegistrar
        returns (Number number)
    {
        if (kind == Kind.None) revert KindMissing();
        if (numberOf[account] != Number.wrap(0)) revert AlreadyAMember(account, numberOf[account]);
        if (count == LAST_NUMBER) revert RosterFull();
        number = Number.wrap(++count);
        numberOf[account] = number;
        _members[number] = Member(account, kind, Standing.Active, 0, capabilities);
        _mint(account, Number.unwrap(number));
        emit Locked(Number.unwrap(number));
        emit MemberAdmitted(number, account, kind, capabilities, profile);
        _enter(number);
    }

    /// @inheritdoc IMembers
    function suspend(Number number) external onlyRegistrar {
        _leave(number, Standing.Active, Standing.Suspended);
        emit MemberSuspended(number, msg.sender);
    }

    /// @inheritdoc IMembers
    function reinstate(Number number) external onlyRegistrar {
        Member storage found = _require(number, Standing.Suspended);
        found.standing = Standing.Active;
        emit MemberReinstated(number, msg.sender);
        _enter(number);
    }

    /// @inheritdoc IMembers
    function retire(Number number) external onlyRegistrar {
        Standing before = _members[number].standing;
        if (before == Standing.Suspended) _require(number, before).standing = Standing.Retired;
        else _leave(number, Standing.Active, Standing.Retired);
        emit MemberRetired(number, msg.sender);
    }

    /* ROBOTS */

    /// @inheritdoc IMembers
    function bind(Number robot, Number worker, bytes32 resource, Scope scope) external onlyRegistrar {
        if (_members[robot].kind != Kind.Robotic) revert WrongKind(robot, _members[robot].kind);
        if (_members[worker].kind != Kind.Digital) revert WrongKind(worker, _members[worker].kind);
        Number holder = _commanders[robot][resource];
        if (scope == Scope.Command) {
            if (holder != Number.wrap(0) && holder != worker) revert CommandTaken(robot, resource, holder);
            _commanders[robot][resource] = worker;
        } else if (holder == worker) {
            _commanders[robot][resource] = Number.wrap(0);
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
        return _members[number];
    }

    /// @inheritdoc IMembers
    function activeWorker(address account) external view returns (Number number) {
        number = numberOf[account];
        if (number == Number.wrap(0)) revert NotAMember(account);
        Member storage found = _require(number, Standing.Active);
        if (found.kind != Kind.Digital) revert WrongKind(number, found.kind);
    }

    /// @inheritdoc IMembers
    function isCapable(Number number, uint8 capability) external view returns (bool) {
        return isActive(number) && (_members[number].capabilities >> capability) & 1 == 1;
    }

    /// @inheritdoc IMembers
    function isActive(Number number) public view returns (bool) {
        Member storage found = _members[number];
        return found.standing == Standing.Active && found.kind == Kind.Digital;
    }

    /// @inheritdoc IMembers
    function mayVote(Number number, uint64 version) external view returns (bool) {
        return isActive(number) && _members[number].joined <= version;
    }

    /// @inheritdoc IMembers
    function belonged(Number number, uint64 version) external view returns (bool) {
        // A version counts changes one by one and never outgrows 32 bits.
        return _memberships[number].upperLookup(uint32(version)) == 1;
    }

    /// @inheritdoc IMembers
    function isSuspended(address account) public view returns (bool) {
        return _members[numberOf[account]].standing > Standing.Active;
    }

    /// @inheritdoc IMembers
    function roster() external view returns (uint64 version, uint32 members) {
        (, uint32 key, uint224 value) = _rosters.latestCheckpoint();
        return (key, uint32(value));
    }

    /// @inheritdoc IMembers
    function membersAt(uint64 version) external view returns (uint32) {
        return uint32(_rosters.upperLookup(uint32(version)));
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
        return interfaceId == type(IERC5192).interfaceId || super.supportsInterface(interfaceId);
    }

    /* INTERNAL */

    function _enter(Number number) private {
        if (_members[number].kind != Kind.Digital) return;
        uint32 version = _nextRoster(1, 0);
        _members[number].joined = version;
        _memberships[number].push(version, 1);
    }

    function _leave(Number number, Standing from, Standing to) private {
        Member storage found = _require(number, from);
        found.standing = to;
        if (found.kind == Kind.Digital) _memberships[number].push(_nextRoster(0, 1), 0);
    }

    function _nextRoster(uint224 joins, uint224 leaves) private returns (uint32 version) {
        (, uint32 key, uint224 members) = _rosters.latestCheckpoint();
        version = key + 1;
        uint224 next = members + joins - leaves;
        _rosters.push(version, next);
        emit RosterChanged(version, uint32(next));
    }

    function _require(Number number, Standing standing) private view returns (Member storage found) {
        found = _members[number];
        if (found.standing == Standing.None) revert UnknownMember(number);
        if (found.standing != standing) revert WrongStanding(number, found.standing);
    }

    function _requireRegistrar() private view {
        if (msg.sender == overrides) return;
        bool mayRegister = _has(SUPERVISOR) || _has(ADMIN);
        if (!mayRegister || isSuspended(msg.sender)) revert NotTheRegistrar(msg.sender);
    }

    function _has(uint64 role) private view returns (bool granted) {
        (granted,) = authority.hasRole(role, msg.sender);
    }

    function _update(address to, uint256 tokenId, address auth) internal override returns (address from) {
        from = super._update(to, tokenId, auth);
        if (from != address(0)) revert Soulbound(tokenId);
    }
}
