// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAccessManager} from "@openzeppelin/contracts/access/manager/IAccessManager.sol";
import {NoncesKeyed} from "@openzeppelin/contracts/utils/NoncesKeyed.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {BitMaps} from "@openzeppelin/contracts/utils/structs/BitMaps.sol";

import {Enactment} from "./Enactment.sol";
import {IMembers} from "./interfaces/IMembers.sol";
import {IWorkOrders} from "./interfaces/IWorkOrders.sol";
import {Plans} from "./libraries/Plans.sol";
import {Tasks} from "./libraries/Tasks.sol";
import {Number, OrderId, TaskId} from "./types/Ids.sol";
import {ADMIN, PLANNER, SUPERVISOR} from "./types/Roles.sol";
import {Failure, OnFailure, Status} from "./types/Work.sol";

/// @title WorkOrders
/// @notice What is to be done, by whom, and how far it is.
contract WorkOrders is EIP712, NoncesKeyed, Enactment {
    using BitMaps for BitMaps.BitMap;
    using Tasks for Tasks.Book;

    struct Posted {
        uint16 taskCount;
        uint48 postedAt;
        bytes32 specHash;
        uint256 done;
    }

    uint256 private constant TASK_BYTES = 52;
    bytes32 private constant POST_TYPE =
        keccak256("Post(bytes32 specHash,address human,uint256 nonce,uint48 deadline)");

    IAccessManager public immutable authority;
    IMembers public immutable members;
    address public immutable overrides;
    uint32 public immutable acknowledgeSeconds;
    uint32 public immutable heartbeatSeconds;
    uint32 public immutable inspectSeconds;

    uint8 public capabilities;
    uint24 private _orderCount;
    uint64 private _plantEpoch;
    uint48 private _resumedAt;

    mapping(OrderId order => Posted) private _orders;
    mapping(TaskId task => uint256) private _predecessors;
    mapping(TaskId task => bytes32) private _evidence;

    constructor(IAccessManager authority_, IMembers members_, address dao_, address overrides_, Limits memory limits)
        EIP712("Workmoot WorkOrders", "1")
        Enactment(dao_)
    {
        authority = authority_;
        members = members_;
        overrides = overrides_;
        acknowledgeSeconds = _atLeastTen(limits.acknowledgeSeconds);
        heartbeatSeconds = _atLeastTen(limits.heartbeatSeconds);
        inspectSeconds = _atLeastTen(limits.inspectSeconds);
        emit LimitsSet(limits.acknowledgeSeconds, limits.heartbeatSeconds, limits.inspectSeconds);
    }

    modifier onlyOverrides() {
        if (msg.sender != overrides) revert NotTheContract(msg.sender);
        _;
    }

    /* THE PLANT */

    /// @inheritdoc IWorkOrders
    function describe(string calldata description, uint8 capabilityCount, uint64 originMilliseconds, uint64 speedMilli)
        external
    {
        if (!_has(ADMIN, msg.sender)) revert NotThePlanner(msg.sender);
        if (capabilities != 0) revert AlreadySet();
        if (capabilityCount == 0) revert UnknownCapability(0, 0);
        capabilities = capabilityCount;
        emit PlantDescribed(description);
        emit ClockStarted(originMilliseconds, speedMilli);
    }

    /* ORDERS */

    /// @inheritdoc IWorkOrders
    function post(bytes calldata packed, string calldata detail) external returns (OrderId) {
        return _post(msg.sender, packed, detail);
    }

    /// @inheritdoc IWorkOrders
    function postBySig(
        bytes calldata packed,
        string calldata detail,
        address human,
        uint256 nonce,
        uint48 deadline,
        bytes calldata signature
    ) external returns (OrderId) {
        if (block.timestamp > deadline) revert PostExpired(deadline);
        bytes32 content = keccak256(abi.encode(POST_TYPE, _specHash(packed, detail), human, nonce, deadline));
        if (!SignatureChecker.isValidSignatureNow(human, _hashTypedDataV4(content), signature)) {
            revert BadSignature(human);
        }
        _useCheckedNonce(human, nonce);
        return _post(human, packed, detail);
    }

    /* A RUN */

    /// @inheritdoc IWorkOrders
    function acknowledge(TaskId id, uint64 epoch) external {
        Tasks.Note memory note = _asAssignee(id, epoch, Status.Allocated);
        _requireReady(id);
        _requireCapable(id, note);
        if (note.notice == Tasks.Notice.Acknowledged) revert AlreadyAcknowledged(id);
        note.notice = Tasks.Notice.Acknowledged;
        note.deadline = _after(heartbeatSeconds);
        _book.save(id, note);
        emit TaskAcknowledged(id, note.worker, note.deadline);
    }

    /// @inheritdoc IWorkOrders
    function decline(TaskId id, uint64 epoch) external {
        _fail(id, _asAssignee(id, epoch, Status.Allocated), Failure.Declined);
    }

    /// @inheritdoc IWorkOrders
    function start(TaskId id, uint64 epoch) external {
        Tasks.Note memory note = _asAssignee(id, epoch, Status.Allocated);
        _requireReady(id);
        _requireCapable(id, note);
        note.status = Status.Started;
        note.notice = Tasks.Notice.None;
        if (note.attempt != type(uint8).max) ++note.attempt;
        note.deadline = _after(heartbeatSeconds);
        _book.save(id, note);
        emit TaskStarted(id, note.worker, epoch, note.attempt, note.deadline);
    }

    /// @inheritdoc IWorkOrders
    function heartbeat(TaskId id, uint64 epoch) external {
        Tasks.Note memory note = _asAssignee(id, epoch, Status.Started);
        note.deadline = _after(heartbeatSeconds);
        _book.save(id, note);
        emit HeartbeatSeen(id, note.worker, note.deadline);
    }

    /// @inheritdoc IWorkOrders
    function submit(TaskId id, uint64 epoch, uint8 grade, uint32 busyTicks, bytes32 evidence) external {
        Tasks.Note memory note = _asAssignee(id, epoch, Status.Started);
        if (grade > 100) revert GradeTooHigh(grade);
        if (evidence == 0) revert EvidenceMissing(id);
        note.status = Status.Submitted;
        note.deadline = _after(inspectSeconds);
        _book.save(id, note);
        _evidence[id] = evidence;
        emit ResultSubmitted(id, note.worker, epoch, grade, busyTicks, evidence, note.deadline);
    }

    /// @inheritdoc IWorkOrders
    function fail(TaskId id, uint64 epoch) external {
        _fail(id, _asAssignee(id, epoch, Status.Started), Failure.Reported);
    }

    /// @inheritdoc IWorkOrders
    function inspect(TaskId id, uint64 epoch, bytes32 evidence, bool accepted, uint8 grade, bytes32 findings) external {
        Number caller = members.activeWorker(msg.sender);
        Tasks.Note memory note = _open(id, epoch, Status.Submitted);
        if (note.inspector != caller || caller == note.worker) revert NotTheInspector(id, note.inspector, caller);
        if (_evidence[id] != evidence) revert OtherEvidence(id, _evidence[id], evidence);
        if (grade > 100) revert GradeTooHigh(grade);
        if (accepted) _accept(id, note, msg.sender, grade, findings);
        else _fail(id, note, Failure.Rejected);
    }

    /// @inheritdoc IWorkOrders
    function poke(TaskId id) external {
        Tasks.Note memory note = _book.load(id);
        if (note.held || _plantHeld) revert Held(id);
        if (note.status == Status.Submitted) return _pokeInspection(id, note);
        if (note.status != Status.Allocated && note.status != Status.Started) revert WrongStatus(id, note.status);
        if (!_mayWork(id, note)) return _fail(id, note, Failure.WorkerGone);
        if (note.status == Status.Allocated && note.notice == Tasks.Notice.None) return _summon(id, note);
        _requireOverdue(id, note.deadline);
        _fail(id, note, Failure.Overdue);
    }

    /* DECISIONS OF HUMANS */

    /// @inheritdoc IWorkOrders
    function setInForce(TaskId id, Control calldata control) external onlyOverrides {
        Tasks.Note memory note = _book.load(id);
        Decision memory before = Decision(note.worker, note.inspector);
        Decision memory target = _target(id, note, before, control);
        bool resumes = note.held && !control.held;
        bool changes = control.anew || note.overridden != control.overridden || note.held != control.held;
        note.overridden = control.overridden;
        note.held = control.held;
        if (!_isFinal(note.status)) {
            _redirect(id, note, target, control.fixes && control.anew);
            if (resumes) _resume(id, note);
        }
        if (changes) ++note.epoch;
        _tell(id, note);
    }

    /// @inheritdoc IWorkOrders
    function judge(TaskId id, bool accepted, address human) external onlyOverrides {
        Tasks.Note memory note = _book.load(id);
        if (accepted && note.status == Status.Submitted) return _accept(id, note, human, 0, _evidence[id]);
        if (accepted && (note.status == Status.Rework || note.status == Status.Failed)) {
            _finish(id, note, Status.Reworked);
            emit TaskReworked(id, note.worker, human);
        } else if (!accepted && note.status == Status.Submitted) {
            note.status = Status.Rework;
            _recordRun(id, note.worker, false);
            emit TaskFailed(id, note.worker, human, Failure.Rejected, Status.Rework);
            _tell(id, note);
        } else {
            revert WrongStatus(id, note.status);
        }
    }

    /// @inheritdoc IWorkOrders
    function requeue(TaskId id, address human, bool held) external onlyOverrides {
        Tasks.Note memory note = _book.load(id);
        if (_isFinal(note.status) || note.status == Status.Started || note.status == Status.Submitted) {
            revert WrongStatus(id, note.status);
        }
        emit TaskFailed(id, note.worker, human, Failure.Overridden, Status.Posted);
        ++note.generation;
        note.attempt = 0;
        delete _standing[id];
        // With a worker, giving the task back is what raises the epoch.
        bool changes = note.overridden != held || note.held != held;
        if (changes && note.worker == NOBODY) ++note.epoch;
        note.overridden = held;
        note.held = held;
        _repost(note);
        _tell(id, note);
    }

    /// @inheritdoc IWorkOrders
    function cancel(TaskId id, address human) external onlyOverrides {
        Tasks.Note memory note = _book.load(id);
        if (_isFinal(note.status)) revert WrongStatus(id, note.status);
        note.status = Status.Cancelled;
        ++note.epoch;
        ++note.version;
        emit TaskCancelled(id, human);
        _tell(id, note);
    }

    /// @inheritdoc IWorkOrders
    function setPlantHold(bool held) external onlyOverrides {
        _plantHeld = held;
        if (!held) _resumedAt = uint48(block.timestamp);
        emit PlantHoldChanged(held, ++_plantEpoch);
    }

    /* VIEWS */

    /// @inheritdoc IWorkOrders
    function requireOpen(bytes calldata assignments) external view {
        Plans.requireSound(assignments);
        Plans.Assignment[] memory entries = Plans.slice(assignments, 0, Plans.MOST_ENTRIES);
        for (uint256 i = 0; i < entries.length; ++i) {
            TaskId id = entries[i].task;
            Tasks.Note memory note = _book.load(id);
            if (!_isOpen(note, entries[i].version)) revert TaskMovedOn(id, note.version, entries[i].version);
        }
    }

    /// @inheritdoc IWorkOrders
    function standing(TaskId id) external view returns (Status, uint32, Number) {
        Tasks.Note memory note = _book.load(id);
        return (note.status, note.version, note.worker);
    }

    /// @inheritdoc IWorkOrders
    function task(TaskId id) public view returns (Task memory found) {
        Tasks.Note memory note = _book.load(id);
        Tasks.Traits memory traits = _book.traitsOf(id);
        found.status = note.status;
        found.worker = note.worker;
        found.inspector = note.inspector;
        found.epoch = note.epoch + _plantEpoch;
        found.version = note.version;
        found.overridden = note.overridden || _plantHeld;
        found.held = note.held || _plantHeld;
        found.capability = traits.capability;
        found.retries = traits.retries;
        found.attempt = note.attempt;
        found.deadline = note.deadline;
        found.evidence = _evidence[id];
        found.predecessors = _predecessors[id];
        found.standingWorker = _standing[id].worker;
        found.standingInspector = _standing[id].inspector;
    }

    /// @inheritdoc IWorkOrders
    function tasks(OrderId id, uint256 first, uint256 number) external view returns (Task[] memory found) {
        uint256 end = first + number;
        if (end > _orders[id].taskCount) end = _orders[id].taskCount;
        found = new Task[](end > first ? end - first : 0);
        for (uint256 i = 0; i < found.length; ++i) {
            found[i] = task(_taskId(id, first + i));
        }
    }

    /// @inheritdoc IWorkOrders
    function epochOf(TaskId id) external view returns (uint64) {
        return _book.load(id).epoch + _plantEpoch;
    }

    /// @inheritdoc IWorkOrders
    function plant() external view returns (uint24, bool, uint64) {
        return (_orderCount, _plantHeld, _plantEpoch);
    }

    /// @inheritdoc IWorkOrders
    function order(OrderId id) external view returns (uint16, uint48, bytes32) {
        Posted storage posted = _orders[id];
        return (posted.taskCount, posted.postedAt, posted.specHash);
    }

    /// @inheritdoc IWorkOrders
    function isExcluded(TaskId id, Number worker) external view returns (bool) {
        return _isExcluded(id, _book.find(id), worker);
    }

    /* INTERNAL: ORDERS */

    function _post(address human, bytes calldata packed, string calldata detail) private returns (OrderId id) {
        bool plans = _has(PLANNER, human) || _has(SUPERVISOR, human);
        if (!plans || members.isSuspended(human)) revert NotThePlanner(human);
        uint256 count = packed.length / TASK_BYTES;
        if (packed.length % TASK_BYTES != 0 || count == 0 || count > 256) revert MalformedOrder(packed.length);
        id = OrderId.wrap(++_orderCount);
        _orders[id] = Posted(uint16(count), uint48(block.timestamp), _specHash(packed, detail), 0);
        for (uint256 i = 0; i < count; ++i) {
            _postTask(_taskId(id, i), i, packed[i * TASK_BYTES:(i + 1) * TASK_BYTES]);
        }
        emit OrderPosted(id, human, packed, detail);
    }

    /// @dev predecessors u256 | capability u8 | stage u8 | onFailure u8 | retries u8 | priority u8 | team u8 | work u32 | …
    function _postTask(TaskId id, uint256 index, bytes calldata packed) private {
        uint256 before = uint256(bytes32(packed[:32]));
        if (before >> index != 0) revert PredecessorNotBefore(index, before);
        uint8 capability = uint8(packed[32]);
        if (capability == 0 || capability > capabilities) revert UnknownCapability(index, capability);
        uint8 stage = uint8(packed[33]);
        uint8 onFailure = uint8(packed[34]);
        uint8 retries = uint8(packed[35]);
        bool sound = stage != 0 && stage <= 5 && onFailure <= uint8(type(OnFailure).max) && retries <= 63;
        if (!sound || packed[37] == 0 || bytes4(packed[38:42]) == 0) revert MalformedTask(index);
        if (before != 0) _predecessors[id] = before;
        _book.open(id, Tasks.Traits(capability, OnFailure(onFailure), retries));
    }

    function _specHash(bytes calldata packed, string calldata detail) private pure returns (bytes32) {
        return keccak256(abi.encode(keccak256(packed), keccak256(bytes(detail))));
    }

    function _taskId(OrderId id, uint256 index) private pure returns (TaskId) {
        // index < 256 by the limit of an order
        return TaskId.wrap((uint32(OrderId.unwrap(id)) << 8) | uint32(index));
    }

    /* INTERNAL: RUNS */

    function _asAssignee(TaskId id, uint64 epoch, Status expected) private view returns (Tasks.Note memory note) {
        Number caller = members.activeWorker(msg.sender);
        note = _open(id, epoch, expected);
        if (note.worker != caller) revert NotTheAssignee(id, note.worker, caller);
    }

    function _open(TaskId id, uint64 epoch, Status expected) private view returns (Tasks.Note memory note) {
        note = _book.load(id);
        if (note.epoch + _plantEpoch != epoch) revert Fenced(id, note.epoch + _plantEpoch, epoch);
        if (note.held || _plantHeld) revert Held(id);
        if (note.status != expected) revert WrongStatus(id, note.status);
    }

    function _missing(TaskId id) private view returns (uint256) {
        return _predecessors[id] & ~_orders[_orderOf(id)].done;
    }

    function _requireReady(TaskId id) private view {
        uint256 missing = _missing(id);
        if (missing != 0) revert NotReady(id, missing);
    }

    /// @dev Who holds the task by a human's word may do it without the capability.
    function _mayWork(TaskId id, Tasks.Note memory note) private view returns (bool) {
        if (note.overridden) return members.isActive(note.worker);
        return members.isCapable(note.worker, _book.traitsOf(id).capability);
    }

    function _requireCapable(TaskId id, Tasks.Note memory note) private view {
        if (!_mayWork(id, note)) revert NotCapable(note.worker, _book.traitsOf(id).capability);
    }

    function _after(uint32 secondsFromNow) private view returns (uint48) {
        return uint48(block.timestamp) + secondsFromNow;
    }

    /// @dev A plant hold stops every clock; its end grants each a heartbeat's time.
    function _requireOverdue(TaskId id, uint48 deadline) private view {
        if (_resumedAt != 0 && deadline < _resumedAt + heartbeatSeconds) deadline = _resumedAt + heartbeatSeconds;
        if (block.timestamp <= deadline) revert NotOverdue(id, deadline);
    }

    function _summon(TaskId id, Tasks.Note memory note) private {
        _requireReady(id);
        note.notice = Tasks.Notice.Summoned;
        note.deadline = _after(acknowledgeSeconds);
        _book.save(id, note);
        emit TaskSummoned(id, note.worker, note.deadline);
    }

    function _pokeInspection(TaskId id, Tasks.Note memory note) private {
        Number inspector = note.inspector;
        if (inspector == NOBODY) revert NotOverdue(id, type(uint48).max);
        if (members.isActive(inspector)) _requireOverdue(id, note.deadline);
        note.inspector = NOBODY;
        note.deadline = 0;
        ++note.epoch;
        emit InspectionOverdue(id, inspector);
        _tell(id, note);
    }

    function _accept(TaskId id, Tasks.Note memory note, address by, uint8 grade, bytes32 evidence) private {
        _recordRun(id, note.worker, true);
        _finish(id, note, Status.Accepted);
        emit TaskAccepted(id, note.worker, by, grade, evidence, msg.sender == overrides);
    }

    function _finish(TaskId id, Tasks.Note memory note, Status status) private {
        note.status = status;
        _book.save(id, note);
        _orders[_orderOf(id)].done |= 1 << (TaskId.unwrap(id) & 255);
    }

    function _fail(TaskId id, Tasks.Note memory note, Failure failure) private {
        Number worker = note.worker;
        Status next = _afterFailure(id, note, failure);
        if (failure != Failure.WorkerGone) _recordRun(id, worker, false);
        emit TaskFailed(id, worker, msg.sender, failure, next);
        if (next == Status.Posted) {
            if (failure != Failure.WorkerGone) _exclude(id, note);
            _repost(note);
        } else {
            note.status = next;
            if (next == Status.Allocated) ++note.version;
            note.notice = Tasks.Notice.None;
        }
        _tell(id, note);
    }

    function _afterFailure(TaskId id, Tasks.Note memory note, Failure failure) private view returns (Status) {
        bool rejected = failure == Failure.Rejected;
        Status human = rejected ? Status.Rework : Status.Failed;
        if (note.overridden) return human;
        if (!rejected && failure != Failure.Reported) return Status.Posted;
        Tasks.Traits memory traits = _book.traitsOf(id);
        if (traits.onFailure == OnFailure.Human) return human;
        if (traits.onFailure == OnFailure.Abort) return Status.Failed;
        bool again = traits.onFailure == OnFailure.Retry && note.attempt <= traits.retries;
        return again ? Status.Allocated : Status.Posted;
    }

    function _repost(Tasks.Note memory note) private pure {
        if (note.worker != NOBODY) ++note.epoch;
        note.status = Status.Posted;
        note.notice = Tasks.Notice.None;
        note.worker = NOBODY;
        note.inspector = NOBODY;
        ++note.version;
    }

    function _exclude(TaskId id, Tasks.Note memory note) private {
        note.excludes = true;
        _excluded.set(_exclusion(id, note.generation, note.worker));
    }

    function _recordRun(TaskId id, Number worker, bool done) private {
        members.grow(worker, _book.traitsOf(id).capability, done);
    }

    /* INTERNAL: WHO IS IN CONTROL */

    /// @dev Whom a slot names from then on; where slots only hold or let go, whoever has the task; from the end of an
    ///      assignment or of all slots on, the standing decision. One that failed and waits for a human stands no more.
    function _target(TaskId id, Tasks.Note memory note, Decision memory before, Control calldata control)
        private
        returns (Decision memory)
    {
        if (!note.overridden) _standing[id] = _waits(note.status) ? Decision(NOBODY, NOBODY) : before;
        Decision memory stands = _standing[id];
        if (!control.overridden) delete _standing[id];
        if (control.overridden && !control.anew) return before;
        return control.fixes ? Decision(control.worker, control.inspector) : stands;
    }

    /// @dev The decision version rises only when a life cycle starts again: a vote on an idle task goes on beside it.
    ///      What failed waits until a human names somebody.
    function _redirect(TaskId id, Tasks.Note memory note, Decision memory target, bool names) private {
        bool waits = _waits(note.status);
        bool moves = waits ? names && target.worker != NOBODY : note.worker != target.worker;
        if (waits && !moves) return;
        bool inspects = target.inspector != NOBODY && target.inspector != note.inspector;
        note.inspector = target.inspector;
        if (!moves) {
            if (inspects && note.status == Status.Submitted) _moveDeadline(id, note, inspectSeconds);
            return;
        }
        Status next = target.worker == NOBODY ? Status.Posted : Status.Allocated;
        if (note.status == Status.Started || note.status == Status.Submitted) {
            emit TaskFailed(id, note.worker, msg.sender, Failure.Overridden, next);
        }
        if (note.status != Status.Posted && note.status != Status.Allocated) ++note.version;
        note.status = next;
        note.notice = Tasks.Notice.None;
        note.worker = target.worker;
    }

    function _resume(TaskId id, Tasks.Note memory note) private {
        if (note.status == Status.Allocated) note.notice = Tasks.Notice.None;
        if (note.status == Status.Started) _moveDeadline(id, note, heartbeatSeconds);
        if (note.status == Status.Submitted) _moveDeadline(id, note, inspectSeconds);
    }

    function _moveDeadline(TaskId id, Tasks.Note memory note, uint32 secondsFromNow) private {
        note.deadline = _after(secondsFromNow);
        emit DeadlineMoved(id, note.deadline);
    }

    function _tell(TaskId id, Tasks.Note memory note) private {
        _book.save(id, note);
        emit InForceChanged(
            id,
            note.epoch + _plantEpoch,
            note.version,
            note.status,
            note.worker,
            note.inspector,
            note.overridden,
            note.held
        );
    }

    /* INTERNAL: SMALL THINGS */

    function _isFinal(Status status) private pure returns (bool) {
        return status >= Status.Accepted;
    }

    function _waits(Status status) private pure returns (bool) {
        return status == Status.Failed || status == Status.Rework;
    }

    function _orderOf(TaskId id) private pure returns (OrderId) {
        return OrderId.wrap(uint24(TaskId.unwrap(id) >> 8));
    }

    /// @dev A role that acts only after a delay is none here, where nothing can be scheduled.
    function _has(uint64 role, address account) private view returns (bool) {
        (bool granted, uint32 delay) = authority.hasRole(role, account);
        return granted && delay == 0;
    }

    function _atLeastTen(uint32 secondsGiven) private pure returns (uint32) {
        if (secondsGiven < 10) revert LimitTooShort(secondsGiven);
        return secondsGiven;
    }
}
