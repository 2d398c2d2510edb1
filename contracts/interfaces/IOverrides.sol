// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Number, OverrideId, TaskId} from "../types/Ids.sol";

/// @title IOverrides
/// @notice A human's word: a signed order fills a slot that outranks every decision below its level.
/// @dev Levels: 1 plant hold, 5 maintenance lock-out, 7 and 8 human supervisor (7 holds, 8 names who does a task),
///      12 safe stop by the worker, 16 DAO. The lowest number filled is in force; releasing it hands control back to
///      the standing decision. Orders say 8 for both of the human's levels, or 7 for the hold alone.
///      Assumes: the access manager names who has which role; the other contracts obey this one.
interface IOverrides {
    enum Kind {
        None,
        Veto,
        Approve,
        Assign,
        Cancel,
        Rework,
        Accept,
        Hold,
        Release,
        Suspend,
        Reinstate,
        Requeue
    }

    enum Subject {
        None,
        Task,
        Proposal,
        Worker,
        Robot,
        Plant
    }

    /// @param subject A task's or proposal's id, a member's number; zero for the plant.
    /// @param payload By kind: docs/specification.md, *Orders*. To approve a proposal, or veto an enacted one: rest 32 |
    ///        first u16 | last u16 | assignments. It acts on the entries from `first` up to, without, `last`, in the
    ///        order of the plan, at most 150 of them; more take several orders. A veto of an enacted tree fills a slot of
    ///        the proposal: nobody claims from it until it is released; `first` and `last` say nothing then.
    /// @param level 1, 5, 7 or 8; zero takes the kind's own (plant 1, all else 8).
    /// @param reasonCode One of docs/specification.md, *Reasons*; zero is refused.
    /// @param expiresAt Unix seconds when the slot ends; zero (until released) only for holds.
    /// @param validUntil Unix seconds after which the order is refused.
    /// @param expectedEpoch The subject's epoch the human saw; zero: any.
    /// @param preview The hash of the forecast the human was shown; zero: none.
    /// @param nonce Keyed and unordered (OpenZeppelin NoncesKeyed): 192 bits of key, 64 of count.
    struct Order {
        Kind kind;
        Subject subjectType;
        uint256 subject;
        bytes payload;
        uint8 level;
        uint16 reasonCode;
        string reason;
        uint48 expiresAt;
        uint48 validUntil;
        uint64 expectedEpoch;
        bytes32 preview;
        address human;
        uint256 nonce;
    }

    /// @dev What fills one level of one subject.
    /// @param fixes Whether the slot names a worker (zero: nobody may).
    struct Slot {
        OverrideId id;
        uint48 expiresAt;
        bool held;
        bool fixes;
        Number worker;
        Number inspector;
    }

    /// @notice A human gave an order and it took effect, or, where `IPlantAuthority.SecondAsked` says so before, waits for a second one.
    /// @param displaced The worker in force before, for tasks.
    /// @param epoch The subject's epoch after.
    event OverrideGiven(
        OverrideId indexed id,
        address indexed human,
        uint256 indexed subject,
        Number displaced,
        uint64 epoch,
        bytes32 digest,
        Order order
    );

    /// @notice A slot was emptied by a human's order.
    event OverrideReleased(
        OverrideId indexed id, OverrideId indexed by, Subject subjectType, uint256 indexed subject, uint8 level
    );

    /// @notice A slot's time was over, and somebody said so.
    event OverrideExpired(
        OverrideId indexed id, address indexed by, Subject subjectType, uint256 indexed subject, uint8 level
    );

    /// @notice A later order took the slot.
    event OverrideSuperseded(
        OverrideId indexed id, OverrideId indexed by, Subject subjectType, uint256 indexed subject, uint8 level
    );

    /// @notice A member or human said what it thinks of an order. It has no effect.
    event OverrideRatified(OverrideId indexed id, address indexed by, bool support, string words);

    /// @notice A robot's value in force changed; commands of an older epoch are refused.
    event RobotEpochRaised(Number indexed robot, uint64 epoch, bool held);

    /// @notice The assigned worker stopped itself, or went on.
    event SafeStopChanged(TaskId indexed task, Number indexed worker, bool stopped);

    /// @notice The signature is not the human's.
    error BadSignature(address human);

    /// @notice The human has none of the roles that may do this, or has them with a delay.
    error NotAllowed(address human, Kind kind, uint8 level);

    /// @notice The order is no longer valid.
    error OrderExpired(uint48 validUntil);

    /// @notice An override says why: a code and words.
    error ReasonMissing();

    /// @notice An override other than a hold says until when, at least 10 seconds from now.
    error ExpiryMissing(uint48 expiresAt);

    /// @notice The human saw another state than the present one.
    error StaleVersion(uint64 epoch, uint64 expected);

    /// @notice The kind does not go with this subject.
    error WrongSubject(Kind kind, Subject subjectType);

    /// @notice Levels are 1 for the plant, 5 for maintenance, 7 for holds, 8 for all else; 12 can be released.
    error WrongLevel(uint8 level);

    /// @notice Nothing fills this level.
    error NothingToRelease(Subject subjectType, uint256 subject, uint8 level);

    /// @notice The slot's time is not over.
    error NotExpired(uint48 expiresAt);

    /// @notice The payload does not follow its layout.
    error MalformedPayload(Kind kind);

    /// @notice The worker is not active, or lacks the capability and no second reason is given.
    error NotCapable(Number worker, uint8 capability);

    /// @notice The task or robot belongs to none of the human's cells.
    error OutOfScope(address human, Subject subjectType, uint256 subject);

    /// @notice There is no such order.
    error UnknownOverride(OverrideId id);

    /// @notice Only the assigned worker may stop itself.
    error NotTheAssignee(TaskId task, Number worker, Number caller);

    /// @notice Executes a human's order. Anyone may relay it; the authority is the signature. The first of two orders
    ///         (`IPlantAuthority.HumanPolicy`) only asks.
    function execute(Order calldata order, bytes calldata signature) external returns (OverrideId id);

    /// @notice Any active member, or human with a role: says on record what it thinks of an order.
    function ratify(OverrideId id, bool support, string calldata words) external;

    /// @notice Anyone: ends a slot whose time is over.
    function poke(Subject subjectType, uint256 subject, uint8 level) external;

    /// @notice The assigned worker pauses itself (level 12) before it has submitted, or goes on. Not while the plant is
    ///         held; under a human's slot it counts from that slot's end on.
    function safeStop(TaskId task, bool stopped) external;

    /// @notice The EIP-712 digest a human signs.
    function digestOf(Order calldata order) external view returns (bytes32);

    /// @notice What fills a level of a subject.
    function slot(Subject subjectType, uint256 subject, uint8 level) external view returns (Slot memory);

    /// @notice A robot's epoch, the plant's included, and whether it is held.
    function robot(Number number) external view returns (uint64 epoch, bool held);

    /// @notice How many overrides were given.
    function count() external view returns (uint64);
}
