// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAccessManager} from "@openzeppelin/contracts/access/manager/IAccessManager.sol";
import {IERC5805} from "@openzeppelin/contracts/interfaces/IERC5805.sol";

import {Number} from "../types/Ids.sol";

/// @title IMembers
/// @notice Who may act: digital workers vote, robotic workers are commanded, human workers override.
/// @dev Every active digital worker has one vote, its own: `delegates` names the account itself, nobody delegates.
///      The past is told by time (ERC-6372, `mode=timestamp`): the last roster of that second.
///      Assumes: the access manager names the humans' roles; `overrides` executes only what a human signed; `dao` takes
///      every roster.
interface IMembers is IERC5805 {
    enum Kind {
        None,
        Digital,
        Robotic,
        Human
    }

    enum Standing {
        None,
        Active,
        Suspended,
        Retired,
        Absent
    }

    enum Scope {
        None,
        Command,
        Observe,
        Compute
    }

    /// @param account The key the member acts with; a robot's is its gateway identity.
    /// @param capabilities Bit `c` is set when the member has capability `c` (1 to 255); a human's are the cells it may
    ///        override in, none: the whole plant.
    /// @param joined The roster version from which on the member counts.
    /// @param byHuman Whether a human suspended or reinstated it: no vote changes its standing.
    struct Member {
        address account;
        Kind kind;
        Standing standing;
        uint64 joined;
        uint256 capabilities;
        bool byHuman;
    }

    /// @dev What became of the tasks a worker led, per capability.
    struct Record {
        uint64 done;
        uint64 failed;
    }

    /// @notice A member was admitted. `profile` is UTF-8 JSON that says who it is; a stranger's text.
    event MemberAdmitted(
        Number indexed number, address indexed account, Kind kind, uint256 capabilities, string profile
    );

    /// @notice A member may not act until it is reinstated.
    event MemberSuspended(Number indexed number, address indexed by, bool byVote);

    /// @notice A suspended member acts again, from the next roster on.
    event MemberReinstated(Number indexed number, address indexed by, bool byVote);

    /// @notice A member left for good.
    event MemberRetired(Number indexed number, address indexed by, bool byVote);

    /// @notice A member that was silent for long neither counts nor votes until it comes back; its work goes on.
    event MemberLeftOut(Number indexed number);

    /// @notice A member that was left out counts again, from the next roster on.
    event MemberCameBack(Number indexed number);

    /// @notice The electorate changed: `members` digital workers vote from roster `roster` on.
    event RosterChanged(uint64 indexed roster, uint32 members);

    /// @notice `worker` may use `resource` of `robot` in `scope`; `Scope.None` ends its binding.
    event RobotBound(Number indexed robot, Number indexed worker, bytes32 resource, Scope scope);

    /// @notice A settled task entered a worker's record.
    event RecordGrew(Number indexed worker, uint8 indexed capability, bool done);

    /// @notice The account has no badge.
    error NotAMember(address account);

    /// @notice There is no member with that number.
    error UnknownMember(Number number);

    /// @notice The account has a badge already.
    error AlreadyAMember(address account, Number number);

    /// @notice A human does not suspend itself.
    error NotAnother(Number number);

    /// @notice A human suspends one other human a day.
    error SuspensionUsed(Number by, uint48 from);

    /// @notice Kinds are 1 digital, 2 robotic, 3 human.
    error KindMissing();

    /// @notice Badge numbers end at 1023, those that a vote gives at 767.
    error RosterFull();

    /// @notice A human suspended or reinstated this member: no vote changes its standing.
    error HumanDecided(Number number);

    /// @notice No vote and no silence takes the last one who votes.
    error LastMember(Number number);

    /// @notice The member's standing does not allow this.
    error WrongStanding(Number number, Standing standing);

    /// @notice The member is of another kind.
    error WrongKind(Number number, Kind kind);

    /// @notice Neither a human with the role nor a contract that may.
    error NotTheRegistrar(address account);

    /// @notice Another worker holds the command of this resource.
    error CommandTaken(Number robot, bytes32 resource, Number holder);

    /// @notice Badges do not change hands.
    error Soulbound(uint256 tokenId);

    /// @notice Only the contract of the work orders feeds records.
    error NotTheWorkOrders(address account);

    /// @notice A vote is its member's own.
    error NobodyDelegates();

    /// @notice That time is not past yet.
    error FutureLookup(uint256 timepoint, uint48 clock);

    /// @notice Admits a member. This and what follows is for the administrator, a human with the supervisor's role (not
    ///         about humans' badges), an order, or a vote: about digital and robotic workers whose standing no human
    ///         decided.
    /// @param capabilities One bit per capability number; bit 0 is unused.
    /// @param profile UTF-8 JSON: name and what else the public may know.
    function admit(address account, Kind kind, uint256 capabilities, string calldata profile)
        external
        returns (Number number);

    /// @notice Suspends a member; its ballots on open votes are refused from now on.
    function suspend(Number number) external;

    /// @notice Suspends a member by a human's order: another human's badge by any human with a badge, once a day. For the
    ///         overrides only, which know who may.
    function suspendFor(Number number, address human) external;

    /// @notice Reinstates a suspended member; votes open before do not count it again.
    function reinstate(Number number) external;

    /// @notice Retires a member for good.
    function retire(Number number) external;

    /// @notice Leaves an absent digital worker out until it comes back. For the motions only, which know who is absent.
    function leaveOut(Number number) external;

    /// @notice Ends the caller's absence; votes open before do not count it.
    function comeBack() external;

    /// @notice Binds a robot's resource to a digital worker; one `Command` holder a resource at a time.
    function bind(Number robot, Number worker, bytes32 resource, Scope scope) external;

    /// @notice Enters a settled task into a worker's record. For the work orders only.
    function grow(Number worker, uint8 capability, bool done) external;

    /// @notice The member with that number; all zero where there is none.
    function member(Number number) external view returns (Member memory);

    /// @notice The number of an account, zero for a stranger.
    function numberOf(address account) external view returns (Number);

    /// @notice The number of a digital worker that is active or absent; reverts for anyone else.
    function activeWorker(address account) external view returns (Number);

    /// @notice The number of an active digital worker; reverts for anyone else, an absent one too.
    function voter(address account) external view returns (Number);

    /// @notice Whether the member is a digital worker, active or absent, with that capability.
    function isCapable(Number number, uint8 capability) external view returns (bool);

    /// @notice Whether the member is a digital worker, active or absent: absence takes the vote alone.
    function isActive(Number number) external view returns (bool);

    /// @notice Whether the member belongs to the electorate of `roster` and may still vote.
    function mayVote(Number number, uint64 roster) external view returns (bool);

    /// @notice Whether the member belonged to the electorate of `roster`, whatever became of it since.
    function belonged(Number number, uint64 roster) external view returns (bool);

    /// @notice Whether the account has a human's badge that is not active; what has a role acts as a human, whatever
    ///         other badge it has.
    function isSuspended(address account) external view returns (bool);

    /// @notice What the account's badge says; all zero without one.
    function badgeOf(address account) external view returns (Number number, Kind kind, Standing standing);

    /// @notice What the member with that number is.
    function kindOf(Number number) external view returns (Kind);

    /// @notice The accounts of the humans in the order of their admission; zero for one whose badge is not active.
    function humans() external view returns (address[] memory);

    /// @notice Whether what needs one of these capabilities is a human's to override: its badge names one of them as its
    ///         cell, or none at all, or it has no badge.
    function isInScope(address account, uint256 capabilities) external view returns (bool);

    /// @notice Whether the robot shares a capability with the human's cell, or the human has none.
    function isRobotInScope(address account, Number robot) external view returns (bool);

    /// @notice The present roster version and its number of voters.
    function roster() external view returns (uint64 version, uint32 members);

    /// @notice How many digital workers were active at a roster version.
    function membersAt(uint64 version) external view returns (uint32);

    /// @notice 20 bytes for each badge number from 1 on: the account of an active digital worker, else zero.
    function accounts() external view returns (bytes memory);

    /// @notice The access manager, which knows the humans' roles.
    function authority() external view returns (IAccessManager);

    /// @notice The number of badges ever given.
    function count() external view returns (uint16);

    /// @notice A worker's record with one capability.
    function record(Number worker, uint8 capability) external view returns (Record memory);
}
