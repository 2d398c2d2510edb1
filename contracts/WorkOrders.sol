// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAccessManager} from "@openzeppelin/contracts/access/manager/IAccessManager.sol";
import {NoncesKeyed} from "@openzeppelin/contracts/utils/NoncesKeyed.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {BitMaps} from "@openzeppelin/contracts/utils/structs/BitMaps.sol";

import {IMembers} from "./interfaces/IMembers.sol";
import {IWorkOrders} from "./interfaces/IWorkOrders.sol";
import {Plans} from "./libraries/Plans.sol";
import {Tasks} from "./libraries/Tasks.sol";
import {Number, OrderId, ProposalId, TaskId} from "./types/Ids.sol";
import {ADMIN, PLANNER, SUPERVISOR} from "./types/Roles.sol";
import {Failure, OnFailure, Status} from "./types/Work.sol";

/// @title WorkOrders
/// @notice What is to be done, by whom, and how far it is.
contract WorkOrders is EIP712, NoncesKeyed, IWorkOrders {
    using BitMaps for BitMaps.BitMap;
    using Tasks for Tasks.Book;

    /// @dev Whether the assignee of an idle task was told to start, or said that it will.
    enum Notice {
        None,
        Summoned,
        Acknowledged
    }

    struct Run {
        uint48 deadline;
        uint8 attempt;
        uint32 generation;
        Notice notice;
        bool excludes;
    }

    struct Posted {
        uint16 taskCount;
        uint48 postedAt;
        bytes32 specHash;
        uint256 done;
    }

    struct Decision {
        Number worker;
        Number inspector;
    }

    uint256 private constant TASK_BYTES = 52;
    bytes32 private constant POST_TYPE =
        keccak256("Post(bytes32 specHash,address human,uint256 nonce,uint48 deadline)");
    Number private constant NOBODY = Number.wrap(0);

    IAccessManager public immutable authority;
    IMembers public immutable members;
    address public immutable dao;
    address public immutable overrides;
    uint32 public immutable acknowledgeSeconds;
    uint32 public immutable heartbeatSeconds;
    uint32 public immutable inspectSeconds;

    uint8 public capabilities;
    uint24 private _orderCount;
    bool private _plantHeld;
    uint64 private _plantEpoch;
    uint48 private _resumedAt;

    Tasks.Book private _book;
    mapping(OrderId order => Posted) private _orders;
    mapping(TaskId task => uint256) private _predecessors;
    mapping(TaskId task => Run) private _runs;
    mapping(TaskId task => bytes32) private _evidence;
    mapping(TaskId task => Decision) private _standing;
    BitMaps.BitMap private _excluded;

    constructor(IAccessManager authority_, IMembers members_, address dao_, address overrides_, Limits memory limits)
        EIP712("Workmoot WorkOrders", "1")
    {
        authority = authority_;
        members = members_;
        dao = dao_;
        overrides = overrides_;
        acknowledgeSeconds = _atLeastTen(limits.acknowledgeSeconds);
        heartbeatSeconds = _atLeastTen(limits.heartbeatSeconds);
        inspectSeconds = _atLeastTen(limits.inspectSeconds);
        emit LimitsSet(limits.acknowledgeSeconds, limits.heartbeatSeconds, limits.inspectSeconds);
    }

    modifier onlyOverrides() {
        _requireCaller(overrides);
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
        Tasks.Cell memory cell = _asAssignee(id, epoch, Status.Allocated);
        _requireReady(id);
        if (_runs[id].notice == Notice.Acknowledged) revert AlreadyAcknowledged(id);
        _runs[id].notice = Notice.Acknowledged;
        emit TaskAcknowledged(id, cell.worker, _setDeadline(id, heartbeatSeconds));
    }

    /// @inheritdoc IWorkOrders
    function decline(TaskId id, uint64 epoch) external {
        _fail(id, _asAssignee(id, epoch, Status.Allocated), Failure.Declined);
    }

    /// @inheritdoc IWorkOrders
    function start(TaskId id, uint64 epoch) external {
        Tasks.Cell memory cell = _asAssignee(id, epoch, Status.Allocated);
        _requireReady(id);
        cell.status = Status.Started;
        _book.save(id, cell);
        Run storage run = _runs[id];
        run.notice = Notice.None;
        uint8 attempt = ++run.attempt;
        emit TaskStarted(id, cell.worker, epoch, attempt, _setDeadline(id, heartbeatSeconds));
    }

    /// @inheritdoc IWorkOrders
    function heartbeat(TaskId id, uint64 epoch) external {
        Tasks.Cell memory cell = _asAssignee(id, epoch, Status.Started);
        emit HeartbeatSeen(id, cell.worker, _setDeadline(id, heartbeatSeconds));
    }

    /// @inheritdoc IWorkOrders
    function submit(TaskId id, uint64 epoch, uint8 grade, uint32 busyTicks, bytes32 evidence) external {
        Tasks.Cell memory cell = _asAssignee(id, epoch, Status.Started);
        if (grade > 100) revert GradeTooHigh(grade);
        if (evidence == 0) revert EvidenceMissing(id);
        cell.status = Status.Submitted;
        _book.save(id, cell);
        _evidence[id] = evidence;
        uint48 deadline = _setDeadline(id, inspectSeconds);
        emit ResultSubmitted(id, cell.worker, epoch, grade, busyTicks, evidence, deadline);
    }

    /// @inheritdoc IWorkOrders
    function fail(TaskId id, uint64 epoch) external {
        _fail(id, _asAssignee(id, epoch, Status.Started), Failure.Reported);
    }

    /// @inheritdoc IWorkOrders
    function inspect(TaskId id, uint64 epoch, bytes32 evidence, bool accepted, uint8 grade, bytes32 findings) external {
        Number caller = members.activeWorker(msg.sender);
        Tasks.Cell memory cell = _open(id, epoch, Status.Submitted);
        Number inspector = _book.inspectorOf(id);
        if (inspector != caller || caller == cell.worker) revert NotTheInspector(id, inspector, caller);
        if (_evidence[id] != evidence) revert OtherEvidence(id, _evidence[id], evidence);
        if (grade > 100) revert GradeTooHigh(grade);
        if (accepted) _accept(id, cell, msg.sender, grade, findings);
        else _fail(id, cell, Failure.Rejected);
    }

    /// @inheritdoc IWorkOrders
    function poke(TaskId id) external {
        Tasks.Cell memory cell = _book.load(id);
        if (cell.held || _plantHeld) revert Held(id);
        if (cell.status == Status.Submitted) return _pokeInspection(id, cell);
        if (cell.status != Status.Allocated && cell.status != Status.Started) revert WrongStatus(id, cell.status);
        if (!members.isActive(cell.worker)) return _fail(id, cell, Failure.WorkerGone);
        if (cell.status == Status.Allocated && _runs[id].notice == Notice.None) return _summon(id, cell);
        _requireOverdue(id);
        _fail(id, cell, Failure.Overdue);
    }

    /* DECISIONS OF THE DAO */

    /// @inheritdoc IWorkOrders
    function enact(ProposalId proposal, bytes calldata plan) external {
        _requireCaller(dao);
        bytes memory skipped = new bytes((_entries(plan) + 7) / 8);
        bytes memory standing_ = new bytes(skipped.length);
        uint256 index;
        for (uint256 offset = 0; offset < plan.length; ++index) {
            Plans.Entry memory entry = Plans.read(plan, offset);
            Tasks.Cell memory cell = _book.load(entry.task);
            if (!_isTakeable(plan, entry, cell)) _setBit(skipped, index);
            else if (_take(entry, cell)) _setBit(standing_, index);
            offset = entry.next;
        }
        emit PlanEnacted(proposal, plan, skipped, standing_);
    }

    /* DECISIONS OF HUMANS */

    /// @inheritdoc IWorkOrders
    function setInForce(TaskId id, Control calldata control) external onlyOverrides {
        Tasks.Cell memory cell = _book.load(id);
        Decision memory before = Decision(cell.worker, _book.inspectorOf(id));
        Decision memory target = _target(id, cell, before, control);
        bool resumes = cell.held && !control.held;
        bool changes = control.anew || cell.overridden != control.overridden || cell.held != control.held;
        cell.overridden = control.overridden;
        cell.held = control.held;
        if (!_isFinal(cell.status)) {
            _redirect(id, cell, target, control.fixes && control.anew);
            if (resumes) _resume(id, cell.status);
        }
        changes = changes || cell.worker != before.worker || _book.inspectorOf(id) != before.inspector;
        if (changes) ++cell.epoch;
        _tell(id, cell);
    }

    /// @inheritdoc IWorkOrders
    function judge(TaskId id, bool accepted, address human) external onlyOverrides {
        Tasks.Cell memory cell = _book.load(id);
        if (accepted && cell.status == Status.Submitted) return _accept(id, cell, human, 0, _evidence[id]);
        if (accepted && (cell.status == Status.Rework || cell.status == Status.Failed)) {
            _finish(id, cell, Status.Reworked);
            emit TaskReworked(id, cell.worker, human);
        } else if (!accepted && cell.status == Status.Submitted) {
            cell.status = Status.Rework;
            _recordRun(id, cell.worker, false);
            emit TaskFailed(id, cell.worker, human, Failure.Rejected, Status.Rework);
            _tell(id, cell);
        } else {
            revert WrongStatus(id, cell.status);
        }
    }

    /// @inheritdoc IWorkOrders
    function requeue(TaskId id, address human) external onlyOverrides {
        Tasks.Cell memory cell = _book.load(id);
        if (_isFinal(cell.status) || cell.status == Status.Started || cell.status == Status.Submitted) {
            revert WrongStatus(id, cell.status);
        }
        emit TaskFailed(id, cell.worker, human, Failure.Overridden, Status.Posted);
        Run storage run = _runs[id];
        ++run.generation;
        run.attempt = 0;
        delete _standing[id];
        _repost(id, cell);
        _tell(id, cell);
    }

    /// @inheritdoc IWorkOrders
    function cancel(TaskId id, address human) external onlyOverrides {
        Tasks.Cell memory cell = _book.load(id);
        if (_isFinal(cell.status)) revert WrongStatus(id, cell.status);
        cell.status = Status.Cancelled;
        ++cell.epoch;
        ++cell.version;
        emit TaskCancelled(id, human);
        _tell(id, cell);
    }

    /// @inheritdoc IWorkOrders
    function setPlantHold(bool held) external onlyOverrides {
        _plantHeld = held;
        if (!held) _resumedAt = uint48(block.timestamp);
        emit PlantHoldChanged(held, ++_plantEpoch);
    }

    /* VIEWS */

    /// @inheritdoc IWorkOrders
    function requireOpen(bytes calldata plan) external view {
        if (plan.length == 0) revert Plans.MalformedPlan(0);
        if (plan.length > Plans.MOST_BYTES) revert Plans.MalformedPlan(Plans.MOST_BYTES);
        TaskId previous = TaskId.wrap(0);
        for (uint256 offset = 0; offset < plan.length;) {
            Plans.Entry memory entry = Plans.readAfter(plan, offset, previous);
            Tasks.Cell memory cell = _book.load(entry.task);
            if (!_isOpen(cell, entry.version)) revert TaskMovedOn(entry.task, cell.version, entry.version);
            previous = entry.task;
            offset = entry.next;
        }
    }

    /// @inheritdoc IWorkOrders
    function standing(TaskId id) external view returns (Status, uint32, Number) {
        Tasks.Cell memory cell = _book.load(id);
        return (cell.status, cell.version, cell.worker);
    }

    /// @inheritdoc IWorkOrders
    function task(TaskId id) public view returns (Task memory found) {
        Tasks.Cell memory cell = _book.load(id);
        Tasks.Traits memory traits = _book.traitsOf(id);
        Run memory run = _runs[id];
        found.status = cell.status;
        found.worker = cell.worker;
        found.inspector = _book.inspectorOf(id);
        found.epoch = cell.epoch + _plantEpoch;
        found.version = cell.version;
        found.overridden = cell.overridden || _plantHeld;
        found.held = cell.held || _plantHeld;
        found.capability = traits.capability;
        found.retries = traits.retries;
        found.attempt = run.attempt;
        found.deadline = run.deadline;
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
    function isExcluded(TaskId id, Number worker) public view returns (bool) {
        Run memory run = _runs[id];
        return run.excludes && _excluded.get(_exclusion(id, run.generation, worker));
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

    function _asAssignee(TaskId id, uint64 epoch, Status expected) private view returns (Tasks.Cell memory cell) {
        Number caller = members.activeWorker(msg.sender);
        cell = _open(id, epoch, expected);
        if (cell.worker != caller) revert NotTheAssignee(id, cell.worker, caller);
    }

    function _open(TaskId id, uint64 epoch, Status expected) private view returns (Tasks.Cell memory cell) {
        cell = _book.load(id);
        if (cell.epoch + _plantEpoch != epoch) revert Fenced(id, cell.epoch + _plantEpoch, epoch);
        if (cell.held || _plantHeld) revert Held(id);
        if (cell.status != expected) revert WrongStatus(id, cell.status);
    }

    function _missing(TaskId id) private view returns (uint256) {
        return _predecessors[id] & ~_orders[_orderOf(id)].done;
    }

    function _requireReady(TaskId id) private view {
        uint256 missing = _missing(id);
        if (missing != 0) revert NotReady(id, missing);
    }

    function _setDeadline(TaskId id, uint32 secondsFromNow) private returns (uint48 deadline) {
        deadline = uint48(block.timestamp) + secondsFromNow;
        _runs[id].deadline = deadline;
    }

    /// @dev A plant hold stops every clock; its end grants each a heartbeat's time.
    function _requireOverdue(TaskId id) private view {
        uint48 deadline = _runs[id].deadline;
        if (_resumedAt != 0 && deadline < _resumedAt + heartbeatSeconds) deadline = _resumedAt + heartbeatSeconds;
        if (block.timestamp <= deadline) revert NotOverdue(id, deadline);
    }

    function _summon(TaskId id, Tasks.Cell memory cell) private {
        _requireReady(id);
        _runs[id].notice = Notice.Summoned;
        emit TaskSummoned(id, cell.worker, _setDeadline(id, acknowledgeSeconds));
    }

    function _pokeInspection(TaskId id, Tasks.Cell memory cell) private {
        Number inspector = _book.inspectorOf(id);
        if (inspector == NOBODY) revert NotOverdue(id, type(uint48).max);
        if (members.isActive(inspector)) _requireOverdue(id);
        _book.setInspector(id, NOBODY);
        _runs[id].deadline = 0;
        ++cell.epoch;
        emit InspectionOverdue(id, inspector);
        _tell(id, cell);
    }

    function _accept(TaskId id, Tasks.Cell memory cell, address by, uint8 grade, bytes32 evidence) private {
        _recordRun(id, cell.worker, true);
        _finish(id, cell, Status.Accepted);
        emit TaskAccepted(id, cell.worker, by, grade, evidence, msg.sender == overrides);
    }

    function _finish(TaskId id, Tasks.Cell memory cell, Status status) private {
        cell.status = status;
        _book.save(id, cell);
        _orders[_orderOf(id)].done |= 1 << (TaskId.unwrap(id) & 255);
    }

    function _fail(TaskId id, Tasks.Cell memory cell, Failure failure) private {
        Number worker = cell.worker;
        Status next = _afterFailure(id, cell, failure);
        if (failure != Failure.WorkerGone) _recordRun(id, worker, false);
        emit TaskFailed(id, worker, msg.sender, failure, next);
        if (next == Status.Posted) {
            if (failure != Failure.WorkerGone) _exclude(id, worker);
            _repost(id, cell);
        } else {
            cell.status = next;
            if (next == Status.Allocated) ++cell.version;
            _runs[id].notice = Notice.None;
        }
        _tell(id, cell);
    }

    function _afterFailure(TaskId id, Tasks.Cell memory cell, Failure failure) private view returns (Status) {
        bool rejected = failure == Failure.Rejected;
        Status human = rejected ? Status.Rework : Status.Failed;
        if (cell.overridden) return human;
        if (!rejected && failure != Failure.Reported) return Status.Posted;
        Tasks.Traits memory traits = _book.traitsOf(id);
        if (traits.onFailure == OnFailure.Human) return human;
        if (traits.onFailure == OnFailure.Abort) return Status.Failed;
        bool again = traits.onFailure == OnFailure.Retry && _runs[id].attempt <= traits.retries;
        return again ? Status.Allocated : Status.Posted;
    }

    function _repost(TaskId id, Tasks.Cell memory cell) private {
        if (cell.worker != NOBODY) ++cell.epoch;
        cell.status = Status.Posted;
        cell.worker = NOBODY;
        ++cell.version;
        _runs[id].notice = Notice.None;
        _book.setInspector(id, NOBODY);
    }

    function _exclude(TaskId id, Number worker) private {
        Run storage run = _runs[id];
        run.excludes = true;
        _excluded.set(_exclusion(id, run.generation, worker));
    }

    function _exclusion(TaskId id, uint32 generation, Number worker) private pure returns (uint256) {
        return (uint256(TaskId.unwrap(id)) << 48) | (uint256(generation) << 16) | Number.unwrap(worker);
    }

    function _recordRun(TaskId id, Number worker, bool done) private {
        members.grow(worker, _book.traitsOf(id).capability, done);
    }

    /* INTERNAL: WHO IS IN CONTROL */

    function _isOpen(Tasks.Cell memory cell, uint32 version) private pure returns (bool) {
        return (cell.status == Status.Posted || cell.status == Status.Allocated) && cell.version == version;
    }

    function _isTakeable(bytes calldata plan, Plans.Entry memory entry, Tasks.Cell memory cell)
        private
        view
        returns (bool)
    {
        if (!_isOpen(cell, entry.version) || isExcluded(entry.task, entry.lead)) return false;
        if (!members.isCapable(entry.lead, _book.traitsOf(entry.task).capability)) return false;
        if (entry.inspector == NOBODY) return true;
        return members.isActive(entry.inspector) && !Plans.isOnTeam(plan, entry, entry.inspector);
    }

    /// @dev Writes slot 16; under a human's slot of the task it waits there as the standing decision.
    function _take(Plans.Entry memory entry, Tasks.Cell memory cell) private returns (bool stands) {
        ++cell.version;
        if (cell.overridden) {
            _standing[entry.task] = Decision(entry.lead, entry.inspector);
        } else {
            cell.status = Status.Allocated;
            cell.worker = entry.lead;
            if (!_plantHeld) ++cell.epoch;
            _book.setInspector(entry.task, entry.inspector);
            _runs[entry.task].notice = Notice.None;
        }
        _book.save(entry.task, cell);
        return cell.overridden || _plantHeld;
    }

    /// @dev Whom a slot names from then on; where slots only hold or let go, whoever has the task; from the end of an
    ///      assignment or of all slots on, the standing decision. One that failed and waits for a human stands no more.
    function _target(TaskId id, Tasks.Cell memory cell, Decision memory before, Control calldata control)
        private
        returns (Decision memory)
    {
        if (!cell.overridden) _standing[id] = _waits(cell.status) ? Decision(NOBODY, NOBODY) : before;
        Decision memory stands = _standing[id];
        if (!control.overridden) delete _standing[id];
        if (control.overridden && !control.anew) return before;
        return control.fixes ? Decision(control.worker, control.inspector) : stands;
    }

    /// @dev The decision version rises only when a life cycle starts again: a vote on an idle task goes on beside it.
    ///      What failed waits until a human names somebody.
    function _redirect(TaskId id, Tasks.Cell memory cell, Decision memory target, bool names) private {
        bool waits = _waits(cell.status);
        bool moves = waits ? names && target.worker != NOBODY : cell.worker != target.worker;
        if (waits && !moves) return;
        bool inspects = target.inspector != NOBODY && target.inspector != _book.inspectorOf(id);
        _book.setInspector(id, target.inspector);
        if (!moves) {
            if (inspects && cell.status == Status.Submitted) _moveDeadline(id, inspectSeconds);
            return;
        }
        Status next = target.worker == NOBODY ? Status.Posted : Status.Allocated;
        if (cell.status == Status.Started || cell.status == Status.Submitted) {
            emit TaskFailed(id, cell.worker, msg.sender, Failure.Overridden, next);
        }
        if (cell.status != Status.Posted && cell.status != Status.Allocated) ++cell.version;
        cell.status = next;
        cell.worker = target.worker;
        _runs[id].notice = Notice.None;
    }

    function _resume(TaskId id, Status status) private {
        if (status == Status.Allocated) _runs[id].notice = Notice.None;
        if (status == Status.Started) _moveDeadline(id, heartbeatSeconds);
        if (status == Status.Submitted) _moveDeadline(id, inspectSeconds);
    }

    function _moveDeadline(TaskId id, uint32 secondsFromNow) private {
        emit DeadlineMoved(id, _setDeadline(id, secondsFromNow));
    }

    function _tell(TaskId id, Tasks.Cell memory cell) private {
        _book.save(id, cell);
        emit InForceChanged(
            id,
            cell.epoch + _plantEpoch,
            cell.version,
            cell.status,
            cell.worker,
            _book.inspectorOf(id),
            cell.overridden,
            cell.held
        );
    }

    /* INTERNAL: SMALL THINGS */

    function _isFinal(Status status) private pure returns (bool) {
        return status >= Status.Accepted;
    }

    function _waits(Status status) private pure returns (bool) {
        return status == Status.Failed || status == Status.Rework;
    }

    function _entries(bytes calldata plan) private pure returns (uint256 count) {
        for (uint256 offset = 0; offset < plan.length; ++count) {
            offset = Plans.read(plan, offset).next;
        }
    }

    function _setBit(bytes memory bits, uint256 index) private pure {
        bits[index / 8] |= bytes1(uint8(1 << (index % 8)));
    }

    function _orderOf(TaskId id) private pure returns (OrderId) {
        return OrderId.wrap(uint24(TaskId.unwrap(id) >> 8));
    }

    function _requireCaller(address expected) private view {
        if (msg.sender != expected) revert NotTheContract(msg.sender);
    }

    function _has(uint64 role, address account) private view returns (bool granted) {
        (granted,) = authority.hasRole(role, account);
    }

    function _atLeastTen(uint32 secondsGiven) private pure returns (uint32) {
        if (secondsGiven < 10) revert LimitTooShort(secondsGiven);
        return secondsGiven;
    }
}
