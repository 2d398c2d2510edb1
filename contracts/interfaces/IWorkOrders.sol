// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Number, OrderId, ProposalId, TaskId} from "../types/Ids.sol";
import {Failure, Status} from "../types/Work.sol";

/// @title IWorkOrders
/// @notice What is to be done, by whom, and how far it is.
/// @dev The byte layouts of tasks and plan entries are in docs/specification.md.
///      Assumes: `dao` enacts only what a majority passed, and of that only sound assignments; `overrides` passes on only what a human signed.
interface IWorkOrders {
    /// @dev Wall seconds, each at least 10.
    struct Limits {
        uint32 acknowledgeSeconds;
        uint32 heartbeatSeconds;
        uint32 inspectSeconds;
    }

    /// @dev What the human slots of a task come to.
    /// @param fixes Whether a slot names the worker (zero: nobody).
    /// @param anew Whether a slot that names was filled or emptied: a new value even for the same worker, since the
    ///        robots may be others.
    struct Control {
        bool overridden;
        bool held;
        bool fixes;
        bool anew;
        Number worker;
        Number inspector;
    }

    /// @dev Everything about one task that a decision needs, in one read.
    struct Task {
        Status status;
        Number worker;
        Number inspector;
        uint64 epoch;
        uint32 version;
        bool overridden;
        bool held;
        uint8 capability;
        uint8 retries;
        uint8 attempt;
        uint48 deadline;
        bytes32 evidence;
        uint256 predecessors;
        Number standingWorker;
        Number standingInspector;
    }

    /// @notice How long workers and inspectors may keep silent, wall seconds.
    event LimitsSet(uint32 acknowledgeSeconds, uint32 heartbeatSeconds, uint32 inspectSeconds);

    /// @notice The plant's public description, UTF-8 JSON.
    event PlantDescribed(string description);

    /// @notice Simulated tick 0 (1 ms each) is `originMilliseconds` of Unix time; time runs `speedMilli`/1000 as fast.
    event ClockStarted(uint64 originMilliseconds, uint64 speedMilli);

    /// @notice An order was posted. `tasks` is packed, 52 bytes a task; `detail` is UTF-8 JSON, a stranger's text.
    event OrderPosted(OrderId indexed order, address indexed by, bytes tasks, string detail);

    /// @notice A plan, or a part of one, became the standing decision: its entries from `first` up to, without, `last`,
    ///         counted from 0 on, as the `ProposalCreated` of the same proposal has them. Bit i of `skipped`: entry
    ///         `first + i` was not taken, its task had moved on or its people may not. Bit i of `standing`: it was
    ///         recorded, while a human's slot is in force. A byte for each eight entries, lowest bit first; a map ends
    ///         with the last byte that has one.
    /// @param proposal The proposal that passed.
    event PlanEnacted(ProposalId indexed proposal, uint16 first, uint16 last, bytes skipped, bytes standing);

    /// @notice The value in force of one task changed (not said for the tasks of `PlanEnacted`).
    event InForceChanged(
        TaskId indexed task,
        uint64 epoch,
        uint32 version,
        Status status,
        Number worker,
        Number inspector,
        bool overridden,
        bool held
    );

    /// @notice The clock for starting an idle, ready task runs until `deadline`.
    event TaskSummoned(TaskId indexed task, Number indexed worker, uint48 deadline);

    /// @notice The worker knows of the task and will start it.
    event TaskAcknowledged(TaskId indexed task, Number indexed worker, uint48 deadline);

    /// @notice A run began. `attempt` counts to 255 and stays there.
    event TaskStarted(TaskId indexed task, Number indexed worker, uint64 epoch, uint8 attempt, uint48 deadline);

    /// @notice A hold ended, or a human named another inspector; the run's or inspection's clock begins anew.
    event DeadlineMoved(TaskId indexed task, uint48 deadline);

    /// @notice The worker is alive and at work.
    event HeartbeatSeen(TaskId indexed task, Number indexed worker, uint48 deadline);

    /// @notice A run ended with a result, to be inspected until `deadline`.
    /// @param busyTicks The run's simulated duration as the worker reports it.
    event ResultSubmitted(
        TaskId indexed task,
        Number indexed worker,
        uint64 epoch,
        uint8 grade,
        uint32 busyTicks,
        bytes32 evidence,
        uint48 deadline
    );

    /// @notice A result was accepted, by its inspector or (`human`) by a human.
    event TaskAccepted(
        TaskId indexed task, Number indexed worker, address indexed by, uint8 grade, bytes32 evidence, bool human
    );

    /// @notice A human corrected the work; the task is done.
    event TaskReworked(TaskId indexed task, Number indexed worker, address indexed by);

    /// @notice A run failed, or its result was not accepted.
    event TaskFailed(TaskId indexed task, Number indexed worker, address indexed by, Failure failure, Status next);

    /// @notice The inspector never came; the inspection is a human's now.
    event InspectionOverdue(TaskId indexed task, Number indexed inspector);

    /// @notice The task will not be done.
    event TaskCancelled(TaskId indexed task, address indexed by);

    /// @notice The plant is held (or not); every task's and robot's epoch rose by one.
    event PlantHoldChanged(bool held, uint64 plantEpoch);

    /// @notice Only the contract named may do this.
    error NotTheContract(address caller);

    /// @notice The human lacks the role, or has it with a delay.
    error NotThePlanner(address account);

    /// @notice This can be said once only.
    error AlreadySet();

    /// @notice Limits are wall seconds, each at least 10.
    error LimitTooShort(uint32 secondsGiven);

    /// @notice Tasks are packed, 52 bytes each; an order has 1 to 256.
    error MalformedOrder(uint256 length);

    /// @notice A predecessor must come before its task in the order: this also rules out cycles.
    error PredecessorNotBefore(uint256 index, uint256 predecessors);

    /// @notice The plant has no such capability.
    error UnknownCapability(uint256 index, uint8 capability);

    /// @notice The work of a task is at least one tick, its team at least one worker, its stage 1 to 5.
    error MalformedTask(uint256 index);

    /// @notice The signed order to post is not valid any more.
    error PostExpired(uint48 deadline);

    /// @notice The signature is not the human's.
    error BadSignature(address human);

    /// @notice The task is not where this would need it to be.
    error WrongStatus(TaskId task, Status status);

    /// @notice Another worker has the task, or none.
    error NotTheAssignee(TaskId task, Number worker, Number caller);

    /// @notice Another member inspects the task.
    error NotTheInspector(TaskId task, Number inspector, Number caller);

    /// @notice The caller acts on an epoch that has passed.
    error Fenced(TaskId task, uint64 epoch, uint64 given);

    /// @notice A hold is in force: nothing progresses.
    error Held(TaskId task);

    /// @notice The worker lacks the capability the task needs, and no human named it all the same.
    error NotCapable(Number worker, uint8 capability);

    /// @notice Predecessors in the mask are not accepted yet.
    error NotReady(TaskId task, uint256 missing);

    /// @notice The worker acknowledged this assignment already; once must do.
    error AlreadyAcknowledged(TaskId task);

    /// @notice A result names its evidence.
    error EvidenceMissing(TaskId task);

    /// @notice The inspector judged other evidence than the worker submitted.
    error OtherEvidence(TaskId task, bytes32 submitted, bytes32 given);

    /// @notice Nothing is overdue.
    error NotOverdue(TaskId task, uint48 deadline);

    /// @notice The entry is for a task that has moved on: taken, decided anew, done.
    error TaskMovedOn(TaskId task, uint32 version, uint32 given);

    /// @notice A grade is 0 to 100.
    error GradeTooHigh(uint8 grade);

    /// @notice Says once what the plant is and starts its clock. For the administrator, at deployment.
    /// @param capabilities How many capabilities the plant knows; they are numbered from 1.
    function describe(string calldata description, uint8 capabilities, uint64 originMilliseconds, uint64 speedMilli)
        external;

    /// @notice Posts an order as a human with the planner's or the supervisor's role.
    /// @param tasks Packed, 52 bytes a task, predecessors before their successors.
    /// @param detail UTF-8 JSON with the names, emitted and hashed, not read.
    function post(bytes calldata tasks, string calldata detail) external returns (OrderId order);

    /// @notice Posts an order that a human signed (EIP-712 `Post(bytes32 specHash,address human,uint256 nonce,uint48 deadline)`).
    function postBySig(
        bytes calldata tasks,
        string calldata detail,
        address human,
        uint256 nonce,
        uint48 deadline,
        bytes calldata signature
    ) external returns (OrderId order);

    /// @notice The assignee knows of its ready task and will start it; once an assignment. It has the capability, or a
    ///         human's slot is filled.
    function acknowledge(TaskId task, uint64 epoch) external;

    /// @notice The assignee gives a task back before starting; counts in its record.
    function decline(TaskId task, uint64 epoch) external;

    /// @notice The assignee begins a ready task. It has the capability, or a human's slot is filled.
    function start(TaskId task, uint64 epoch) external;

    /// @notice The assignee is still at work.
    function heartbeat(TaskId task, uint64 epoch) external;

    /// @notice The assignee hands in a result.
    /// @param grade 0 to 100. @param busyTicks simulated milliseconds the run took.
    function submit(TaskId task, uint64 epoch, uint8 grade, uint32 busyTicks, bytes32 evidence) external;

    /// @notice The assignee reports that its run failed.
    function fail(TaskId task, uint64 epoch) external;

    /// @notice The inspector accepts or rejects a result.
    /// @param evidence The evidence it judged, as submitted.
    /// @param findings The hash of what the inspector found.
    function inspect(TaskId task, uint64 epoch, bytes32 evidence, bool accepted, uint8 grade, bytes32 findings) external;

    /// @notice Anyone: settles what is overdue. An idle ready task is summoned first, given back after the deadline; at
    ///         once, and without blame, where its worker is not active or, with no human's slot filled, not capable.
    function poke(TaskId task) external;

    /// @notice Records a passed plan, or some words of it, unless the plant is held. Skipped are entries that moved on, whose lead failed the task before, or whose lead
    ///         or inspector is not on the roll or one and the same. For the DAO only.
    /// @param first How many entries the plan has before these.
    /// @param assignments Whole words, sound by `Plans.requireSound`, which is not asked again.
    /// @param roll A contract whose code is a zero byte and 20 bytes for each badge number from 1 on: the account of an
    ///        active digital worker, else zero.
    /// @return entries How many entries these words have; zero while the plant is held, and nothing happened.
    function enact(ProposalId proposal, uint256 first, bytes calldata assignments, address roll)
        external
        returns (uint256 entries);

    /// @notice Puts the human slots' outcome in force for one task. For the overrides only.
    function setInForce(TaskId task, Control calldata control) external;

    /// @notice A human's verdict on a result, or the end of a rework. For the overrides only.
    function judge(TaskId task, bool accepted, address human) external;

    /// @notice Puts a failed or set-aside task back to the posted ones, and no human names anybody for it. For the
    ///         overrides only.
    /// @param held Whether a human holds it still.
    function requeue(TaskId task, address human, bool held) external;

    /// @notice Ends a task. For the overrides only.
    function cancel(TaskId task, address human) external;

    /// @notice Holds or resumes the whole plant. For the overrides only.
    function setPlantHold(bool held) external;

    /// @notice Refuses assignments that are malformed, or with an entry for a task that is not open at the version it
    ///         names. For clients to ask before they propose.
    function requireOpen(bytes calldata assignments) external view;

    /// @notice Where a task stands, at which decision version.
    function standing(TaskId id) external view returns (Status status, uint32 version, Number worker);

    /// @notice Everything about a task.
    function task(TaskId id) external view returns (Task memory);

    /// @notice The tasks of one order, `count` of them from `first` on.
    function tasks(OrderId order, uint256 first, uint256 count) external view returns (Task[] memory);

    /// @notice The task's epoch, the plant's included.
    function epochOf(TaskId id) external view returns (uint64);

    /// @notice How many orders there are, and whether the plant is held and at which epoch.
    function plant() external view returns (uint24 orders, bool held, uint64 plantEpoch);

    /// @notice How many tasks an order has and the hash of what was posted.
    function order(OrderId id) external view returns (uint16 taskCount, uint48 postedAt, bytes32 specHash);

    /// @notice Whether that worker failed that task before and may not get it again from the DAO.
    function isExcluded(TaskId task, Number worker) external view returns (bool);
}
