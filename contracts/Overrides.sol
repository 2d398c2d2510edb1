// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {NoncesKeyed} from "@openzeppelin/contracts/utils/NoncesKeyed.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";

import {IAllocationDAO} from "./interfaces/IAllocationDAO.sol";
import {IMembers} from "./interfaces/IMembers.sol";
import {IOverrides} from "./interfaces/IOverrides.sol";
import {IPlantAuthority} from "./interfaces/IPlantAuthority.sol";
import {IWorkOrders} from "./interfaces/IWorkOrders.sol";
import {MotionLayout} from "./libraries/MotionLayout.sol";
import {Plans} from "./libraries/Plans.sol";
import {Number, OverrideId, ProposalId, TaskId} from "./types/Ids.sol";
import {MAINTENANCE, OPERATOR, PLANNER, SUPERVISOR} from "./types/Roles.sol";
import {Status} from "./types/Work.sol";

/// @title Overrides
/// @notice A human's word: a signed order fills a slot that outranks every decision below its level.
contract Overrides is EIP712, NoncesKeyed, IOverrides {
    uint8 private constant PLANT = 1;
    uint8 private constant LOCK_OUT = 5;
    uint8 private constant HOLD = 7;
    uint8 private constant HUMAN = 8;
    uint8 private constant WORKER = 12;
    uint48 private constant SHORTEST_SECONDS = 10;
    uint48 private constant SAFE_STOP_SECONDS = 300;
    uint256 private constant OPERATORS = 1 << OPERATOR;
    uint256 private constant PLANNERS = 1 << PLANNER;
    uint256 private constant SUPERVISORS = 1 << SUPERVISOR;
    uint256 private constant MAINTAINERS = 1 << MAINTENANCE;
    uint256 private constant EVERYONE = OPERATORS | PLANNERS | SUPERVISORS | MAINTAINERS;
    uint256 private constant PART_BYTES = 36;
    /// @dev A veto of more would not fit a transaction of 16,777,216 gas.
    uint256 private constant MOST_ENTRIES = 150;
    Number private constant NOBODY = Number.wrap(0);
    OverrideId private constant NONE = OverrideId.wrap(0);
    bytes32 private constant ORDER_TYPE = keccak256(
        "Order(uint8 kind,uint8 subjectType,uint256 subject,bytes payload,uint8 level,uint16 reasonCode,string reason,uint48 expiresAt,uint48 validUntil,uint64 expectedEpoch,bytes32 preview,address human,uint256 nonce)"
    );

    IPlantAuthority public immutable authority;
    IMembers public immutable members;
    IWorkOrders public immutable workOrders;
    IAllocationDAO public immutable dao;

    uint64 public count;
    mapping(Subject subjectType => mapping(uint256 subject => mapping(uint8 level => Slot))) private _slots;
    mapping(Number robot => uint64) private _robotEpochs;

    constructor(IPlantAuthority authority_, IMembers members_, IWorkOrders workOrders_, IAllocationDAO dao_)
        EIP712("Workmoot Overrides", "1")
    {
        authority = authority_;
        members = members_;
        workOrders = workOrders_;
        dao = dao_;
    }

    /* A HUMAN'S ORDER */

    /// @inheritdoc IOverrides
    function execute(Order calldata order, bytes calldata signature) external returns (OverrideId id) {
        bytes32 digest = digestOf(order);
        _requireSound(order);
        if (!SignatureChecker.isValidSignatureNow(order.human, digest, signature)) revert BadSignature(order.human);
        _useCheckedNonce(order.human, order.nonce);
        uint8 level = _levelOf(order);
        _requireAllowed(order, level);
        _requireExpected(order);
        id = OverrideId.wrap(++count);
        Number displaced = _inForce(order);
        _dispatch(id, order, level);
        emit OverrideGiven(id, order.human, order.subject, displaced, _epochOf(order), digest, order);
    }

    /// @inheritdoc IOverrides
    function digestOf(Order calldata order) public view returns (bytes32) {
        bytes memory head = abi.encode(
            ORDER_TYPE,
            order.kind,
            order.subjectType,
            order.subject,
            keccak256(order.payload),
            order.level,
            order.reasonCode,
            keccak256(bytes(order.reason))
        );
        bytes memory tail =
            abi.encode(order.expiresAt, order.validUntil, order.expectedEpoch, order.preview, order.human, order.nonce);
        return _hashTypedDataV4(keccak256(bytes.concat(head, tail)));
    }

    /// @inheritdoc IOverrides
    function ratify(OverrideId id, bool support, string calldata words) external {
        uint64 number = OverrideId.unwrap(id);
        if (number == 0 || number > count) revert UnknownOverride(id);
        if (!authority.isInGoodStanding(msg.sender)) revert IMembers.NotAMember(msg.sender);
        emit OverrideRatified(id, msg.sender, support, words);
    }

    /* WITHOUT A HUMAN */

    /// @inheritdoc IOverrides
    function poke(Subject subjectType, uint256 subject, uint8 level) external {
        Slot storage found = _slots[subjectType][subject][level];
        if (found.expiresAt == 0 || block.timestamp <= found.expiresAt) revert NotExpired(found.expiresAt);
        emit OverrideExpired(found.id, msg.sender, subjectType, subject, level);
        delete _slots[subjectType][subject][level];
        _refresh(subjectType, subject, level == HUMAN);
    }

    /// @inheritdoc IOverrides
    function safeStop(TaskId task, bool stopped) external {
        Number caller = members.activeWorker(msg.sender);
        (Status status, Number worker) = _requireUnfinished(task);
        if (worker != caller) revert NotTheAssignee(task, worker, caller);
        bool moves = status == Status.Allocated || status == Status.Started;
        if (stopped && !moves) revert IWorkOrders.WrongStatus(task, status);
        (, bool plantHeld,) = workOrders.plant();
        if (plantHeld) revert IWorkOrders.Held(task);
        uint48 expiresAt = stopped ? uint48(block.timestamp) + SAFE_STOP_SECONDS : 0;
        _slots[Subject.Task][TaskId.unwrap(task)][WORKER] = Slot(NONE, expiresAt, stopped, false, worker, NOBODY);
        emit SafeStopChanged(task, worker, stopped);
        _apply(task, false);
    }

    /* VIEWS */

    /// @inheritdoc IOverrides
    function slot(Subject subjectType, uint256 subject, uint8 level) external view returns (Slot memory) {
        return _slots[subjectType][subject][level];
    }

    /// @inheritdoc IOverrides
    function robot(Number number) public view returns (uint64 epoch, bool held) {
        (, bool plantHeld, uint64 plantEpoch) = workOrders.plant();
        return (1 + _robotEpochs[number] + plantEpoch, plantHeld || _isRobotHeld(number));
    }

    /* INTERNAL: WHETHER AN ORDER STANDS */

    function _requireSound(Order calldata order) private view {
        if (block.timestamp > order.validUntil) revert OrderExpired(order.validUntil);
        bool stray = order.subjectType == Subject.Plant && order.subject != 0;
        if (stray) revert WrongSubject(order.kind, Subject.Plant);
        if (order.reasonCode == 0 || bytes(order.reason).length == 0) revert ReasonMissing();
        bool open = order.expiresAt == 0;
        bool fills = order.kind == Kind.Assign || order.kind == Kind.Approve;
        if (open ? fills : order.expiresAt < block.timestamp + SHORTEST_SECONDS) revert ExpiryMissing(order.expiresAt);
    }

    /// @dev A hold fills a level of its own, so that neither it nor an assignment ends with the other.
    function _levelOf(Order calldata order) private view returns (uint8 level) {
        level = order.level;
        if (level == 0) level = order.subjectType == Subject.Plant ? PLANT : HUMAN;
        bool releases = order.kind == Kind.Release;
        bool onFloor = order.subjectType == Subject.Task || order.subjectType == Subject.Robot;
        bool fits = order.subjectType == Subject.Plant ? level == PLANT : level == HUMAN;
        bool frees = level == WORKER && releases && order.subjectType == Subject.Task;
        bool holds = (level == LOCK_OUT || level == HOLD) && (releases || order.kind == Kind.Hold) && onFloor;
        if (!fits && !frees && !holds) revert WrongLevel(order.level);
        if (level != HUMAN) return level;
        if (order.kind == Kind.Hold || (releases && _freesHoldOnly(order))) return HOLD;
    }

    function _freesHoldOnly(Order calldata order) private view returns (bool) {
        if (order.payload.length != 0 && _word(order) == 1) return true;
        mapping(uint8 level => Slot) storage slots = _slots[order.subjectType][order.subject];
        return _isFilled(slots[HOLD]) && !_isFilled(slots[HUMAN]);
    }

    function _requireAllowed(Order calldata order, uint8 level) private {
        bool allowed = authority.takeOrder(order.human, _rolesFor(order, level), _recovers(order));
        if (!allowed) revert NotAllowed(order.human, order.kind, level);
    }

    /// @dev One bit for each role that may give the order.
    function _rolesFor(Order calldata order, uint8 level) private view returns (uint256) {
        Kind kind = order.kind;
        if (level == LOCK_OUT) return MAINTAINERS;
        if (kind == Kind.Hold) return level == PLANT ? EVERYONE : SUPERVISORS | OPERATORS;
        if (kind == Kind.Assign || kind == Kind.Cancel || kind == Kind.Requeue) return SUPERVISORS | PLANNERS;
        if (kind == Kind.Release && level == HUMAN) return SUPERVISORS | PLANNERS;
        if (kind == Kind.Release && level != PLANT) return SUPERVISORS | OPERATORS;
        bool ofHumans = (kind == Kind.Suspend || kind == Kind.Reinstate) && _isOnHuman(order);
        return ofHumans ? EVERYONE : SUPERVISORS;
    }

    /// @dev To let a human back, the suspended may sign too: else one bad key could lock the others out.
    function _recovers(Order calldata order) private view returns (bool) {
        return order.kind == Kind.Reinstate && _isOnHuman(order);
    }

    function _isOnHuman(Order calldata order) private view returns (bool) {
        return order.subjectType == Subject.Worker && members.kindOf(_numberOf(order.subject)) == IMembers.Kind.Human;
    }

    function _requireExpected(Order calldata order) private view {
        if (order.expectedEpoch == 0) return;
        uint64 epoch = _epochOf(order);
        if (epoch != order.expectedEpoch) revert StaleVersion(epoch, order.expectedEpoch);
    }

    /// @dev What a human with a cell may do elsewhere, a hold or a veto, does not ask here.
    function _requireInScope(address human, TaskId task) private view {
        if (!_isInScope(human, task)) revert OutOfScope(human, Subject.Task, TaskId.unwrap(task));
    }

    function _isInScope(address human, TaskId task) private view returns (bool) {
        return members.isInScope(human, 1 << workOrders.task(task).capability);
    }

    function _requireRobotInScope(address human, Number number) private view {
        bool inScope = members.isRobotInScope(human, number);
        if (!inScope) revert OutOfScope(human, Subject.Robot, Number.unwrap(number));
    }

    /* INTERNAL: WHOSE SECOND ORDER IT TAKES */

    function _waits(OverrideId id, Order calldata order, uint8 level) private returns (bool) {
        bytes32 effect = _effectOf(order, level);
        uint256 roles = _rolesFor(order, level);
        return authority.takeSecond(id, order.human, uint8(order.kind), effect, roles, _recovers(order));
    }

    /// @dev What fills the slot is part of it: who asked to end a hold did not ask to end a later one.
    function _effectOf(Order calldata order, uint8 level) private view returns (bytes32) {
        OverrideId filled = _slots[order.subjectType][order.subject][level].id;
        return
            keccak256(abi.encode(order.kind, order.subjectType, order.subject, keccak256(order.payload), level, filled));
    }

    /* INTERNAL: WHAT AN ORDER DOES */

    function _dispatch(OverrideId id, Order calldata order, uint8 level) private {
        Subject on = order.subjectType;
        if (order.kind == Kind.Hold) return _hold(id, order, level);
        if (order.kind == Kind.Release) return _release(id, order, level);
        if (on == Subject.Task) return _dispatchTask(id, order, level);
        if (on == Subject.Proposal && order.kind == Kind.Veto) return _veto(id, order);
        if (on == Subject.Proposal && order.kind == Kind.Approve) return _approve(id, order, level);
        if (on == Subject.Worker && order.kind == Kind.Suspend) {
            return members.suspendFor(_numberOf(order.subject), order.human);
        }
        if (on == Subject.Worker && order.kind == Kind.Reinstate) return _reinstate(id, order, level);
        revert WrongSubject(order.kind, on);
    }

    function _reinstate(OverrideId id, Order calldata order, uint8 level) private {
        if (!_waits(id, order, level)) members.reinstate(_numberOf(order.subject));
    }

    function _dispatchTask(OverrideId id, Order calldata order, uint8 level) private {
        TaskId task = _taskOf(order.subject);
        bool mayWait = order.kind == Kind.Accept || order.kind == Kind.Requeue;
        if (mayWait && _waits(id, order, level)) return;
        _requireInScope(order.human, task);
        if (order.kind == Kind.Assign) return _assign(id, order, task);
        if (order.kind == Kind.Accept) return workOrders.judge(task, true, order.human);
        if (order.kind == Kind.Rework) return workOrders.judge(task, false, order.human);
        if (order.kind == Kind.Cancel) return _cancel(order, task);
        if (order.kind != Kind.Requeue) revert WrongSubject(order.kind, Subject.Task);
        _requeue(id, order, task);
    }

    /// @dev The task is everybody's again: nobody is named for it, and no worker's stop is left.
    function _requeue(OverrideId id, Order calldata order, TaskId task) private {
        _endSafeStop(task);
        if (_isFilled(_slots[Subject.Task][order.subject][HUMAN])) _empty(id, Subject.Task, order.subject, HUMAN);
        workOrders.requeue(task, order.human, _isHeldByHuman(task));
    }

    function _assign(OverrideId id, Order calldata order, TaskId task) private {
        Plans.Entry memory entry = Plans.read(order.payload);
        if (entry.task != task) revert MalformedPayload(Kind.Assign);
        _requireUnfinished(task);
        uint8 capability = workOrders.task(task).capability;
        bool secondReason = order.payload.length > entry.next;
        bool fits = members.isCapable(entry.lead, capability) || (secondReason && members.isActive(entry.lead));
        if (!fits) revert NotCapable(entry.lead, capability);
        _name(id, task, order.expiresAt, entry.lead, _inspectorOf(order.payload, entry));
    }

    function _cancel(Order calldata order, TaskId task) private {
        if (order.payload.length == 0) return workOrders.cancel(task, order.human);
        uint256 mask = _word(order);
        uint32 first = TaskId.unwrap(task) & ~uint32(255);
        if ((mask >> (TaskId.unwrap(task) - first)) & 1 == 0) revert MalformedPayload(Kind.Cancel);
        for (uint32 i = 0; i < 256; ++i) {
            if ((mask >> i) & 1 == 1) _cancelUnfinished(TaskId.wrap(first | i), order.human);
        }
    }

    /// @dev One task that is done does not keep an order's others from being cancelled.
    function _cancelUnfinished(TaskId task, address human) private {
        (Status status,,) = workOrders.standing(task);
        if (status >= Status.Accepted) return;
        _requireInScope(human, task);
        workOrders.cancel(task, human);
    }

    function _veto(OverrideId id, Order calldata order) private {
        uint256 enacted = dao.veto(ProposalId.wrap(order.subject));
        if (enacted == 0) return;
        if (!Plans.isTree(_contentOf(order))) return _eachEntry(id, order, _part(order, enacted), true);
        _fill(id, Subject.Proposal, order.subject, HUMAN, order.expiresAt).fixes = true;
    }

    function _approve(OverrideId id, Order calldata order, uint8 level) private {
        Plans.Assignment[] memory entries = _part(order, Plans.MOST_ENTRIES);
        if (!_waits(id, order, level)) _eachEntry(id, order, entries, false);
    }

    /// @dev Fills the slots of what has not started: with nobody for a veto, else with the plan's worker. Entries of
    ///      another cell than the human's stay as they are.
    function _eachEntry(OverrideId id, Order calldata order, Plans.Assignment[] memory entries, bool vetoes) private {
        bool everywhere = members.isInScope(order.human, 0);
        for (uint256 i = 0; i < entries.length; ++i) {
            if (!_isOpen(entries[i], vetoes) || !(everywhere || _isInScope(order.human, entries[i].task))) continue;
            if (vetoes) _name(id, entries[i].task, order.expiresAt, NOBODY, NOBODY);
            else if (members.isActive(entries[i].lead)) _approveEntry(id, order.expiresAt, entries[i]);
        }
    }

    /// @dev rest 32 | first u16 | last u16 | assignments: the entries from `first` up to, without, `last`, as far as they
    ///      are among the first `most`.
    function _part(Order calldata order, uint256 most) private view returns (Plans.Assignment[] memory entries) {
        bytes calldata assignments = _contentOf(order);
        if (MotionLayout.isMotion(assignments)) revert WrongSubject(order.kind, Subject.Proposal);
        uint16 first = uint16(bytes2(order.payload[32:34]));
        uint16 last = uint16(bytes2(order.payload[34:PART_BYTES]));
        if (first >= last || last > first + MOST_ENTRIES) revert MalformedPayload(order.kind);
        entries = Plans.slice(assignments, first, last);
        if (entries.length != last - first) revert MalformedPayload(order.kind);
        if (last > most) entries = Plans.slice(assignments, first, most > first ? most : first);
    }

    /// @dev What the proposal that the order is about put to the vote.
    function _contentOf(Order calldata order) private view returns (bytes calldata assignments) {
        if (order.payload.length < PART_BYTES) revert MalformedPayload(order.kind);
        assignments = order.payload[PART_BYTES:];
        bool same = dao.isContent(ProposalId.wrap(order.subject), assignments, bytes32(order.payload[:32]));
        if (!same) revert MalformedPayload(order.kind);
    }

    function _approveEntry(OverrideId id, uint48 expiresAt, Plans.Assignment memory entry) private {
        bool inspects = entry.inspector != entry.lead && members.isActive(entry.inspector);
        _name(id, entry.task, expiresAt, entry.lead, inspects ? entry.inspector : NOBODY);
    }

    /// @dev Whether what a plan says of a task, or said when it was enacted, still holds. An entry that was skipped says
    ///      nothing of a task that has another worker since.
    function _isOpen(Plans.Assignment memory entry, bool enacted) private view returns (bool) {
        (Status status, uint32 version, Number worker) = workOrders.standing(entry.task);
        uint32 expected = enacted ? entry.version + 1 : entry.version;
        if ((status != Status.Posted && status != Status.Allocated) || version != expected) return false;
        return !enacted || worker == entry.lead || _isOverridden(entry.task);
    }

    /// @dev Nobody (a human inspects) where the entry names one who is not active or is on the team.
    function _inspectorOf(bytes calldata payload, Plans.Entry memory entry) private view returns (Number) {
        bool sound = members.isActive(entry.inspector) && !Plans.isOnTeam(payload, entry, entry.inspector);
        return sound ? entry.inspector : NOBODY;
    }

    /// @dev Whoever had the task before, its safe stop ends with it.
    function _name(OverrideId id, TaskId task, uint48 expiresAt, Number worker, Number inspector) private {
        Slot storage found = _fill(id, Subject.Task, TaskId.unwrap(task), HUMAN, expiresAt);
        found.fixes = true;
        found.worker = worker;
        found.inspector = inspector;
        _endSafeStop(task);
        _apply(task, true);
    }

    function _endSafeStop(TaskId task) private {
        Slot memory stop = _slots[Subject.Task][TaskId.unwrap(task)][WORKER];
        if (!stop.held) return;
        delete _slots[Subject.Task][TaskId.unwrap(task)][WORKER];
        emit SafeStopChanged(task, stop.worker, false);
    }

    function _hold(OverrideId id, Order calldata order, uint8 level) private {
        Subject on = order.subjectType;
        if (on == Subject.Task) _requireUnfinished(_taskOf(order.subject));
        else if (on != Subject.Robot && on != Subject.Plant) revert WrongSubject(Kind.Hold, on);
        bool held = on == Subject.Robot && _isRobotHeld(_robotOf(order.subject));
        _fill(id, on, order.subject, level, _laterEnd(order, level)).held = true;
        if (on == Subject.Task) _apply(_taskOf(order.subject), false);
        else if (on == Subject.Robot) _raiseRobot(_numberOf(order.subject), held);
        else _holdPlant();
    }

    /// @dev Who holds what is held already does not end it earlier: who may hold need not be one who may release.
    function _laterEnd(Order calldata order, uint8 level) private view returns (uint48) {
        Slot storage found = _slots[order.subjectType][order.subject][level];
        bool endsEarlier = found.expiresAt == 0 || (order.expiresAt != 0 && order.expiresAt < found.expiresAt);
        return _isFilled(found) && endsEarlier ? found.expiresAt : order.expiresAt;
    }

    function _holdPlant() private {
        (, bool held,) = workOrders.plant();
        if (!held) workOrders.setPlantHold(true);
    }

    /// @dev Level 8 stands for both of the human's levels, to a human who may release both.
    function _release(OverrideId id, Order calldata order, uint8 level) private {
        mapping(uint8 level => Slot) storage slots = _slots[order.subjectType][order.subject];
        bool alsoHold =
            level == HUMAN && _isFilled(slots[HOLD]) && authority.mayOrder(order.human, _rolesFor(order, HOLD), false);
        if (!_isFilled(slots[level])) revert NothingToRelease(order.subjectType, order.subject, level);
        if (level == PLANT && _waits(id, order, level)) return;
        if (order.subjectType == Subject.Task) _requireInScope(order.human, _taskOf(order.subject));
        if (order.subjectType == Subject.Robot) _requireRobotInScope(order.human, _robotOf(order.subject));
        _empty(id, order.subjectType, order.subject, level);
        if (alsoHold) _empty(id, order.subjectType, order.subject, HOLD);
        _refresh(order.subjectType, order.subject, level == HUMAN);
    }

    /* INTERNAL: SLOTS */

    function _fill(OverrideId id, Subject on, uint256 subject, uint8 level, uint48 expiresAt)
        private
        returns (Slot storage found)
    {
        found = _slots[on][subject][level];
        if (_isFilled(found)) emit OverrideSuperseded(found.id, id, on, subject, level);
        found.id = id;
        found.expiresAt = expiresAt;
    }

    function _empty(OverrideId by, Subject on, uint256 subject, uint8 level) private {
        emit OverrideReleased(_slots[on][subject][level].id, by, on, subject, level);
        delete _slots[on][subject][level];
    }

    /// @dev After a slot was emptied.
    function _refresh(Subject on, uint256 subject, bool anew) private {
        if (on == Subject.Task) {
            _apply(_taskOf(subject), anew);
        } else if (on == Subject.Robot) {
            _raiseRobot(_numberOf(subject), true);
        } else if (on == Subject.Plant) {
            workOrders.setPlantHold(false);
        }
    }

    /// @dev Levels 5 and 7 hold, level 8 names the worker; a worker's own stop counts only where no human's slot does.
    function _apply(TaskId task, bool anew) private {
        mapping(uint8 level => Slot) storage slots = _slots[Subject.Task][TaskId.unwrap(task)];
        Slot memory named = slots[HUMAN];
        bool heldByHuman = _isHeldByHuman(task);
        bool overridden = heldByHuman || named.fixes;
        bool held = overridden ? heldByHuman : slots[WORKER].held;
        workOrders.setInForce(
            task, IWorkOrders.Control(overridden, held, named.fixes, anew, named.worker, named.inspector)
        );
    }

    function _raiseRobot(Number number, bool wasHeld) private {
        if (_isRobotHeld(number) == wasHeld) return;
        ++_robotEpochs[number];
        (uint64 epoch,) = robot(number);
        emit RobotEpochRaised(number, epoch, !wasHeld);
    }

    function _isRobotHeld(Number number) private view returns (bool) {
        mapping(uint8 level => Slot) storage slots = _slots[Subject.Robot][Number.unwrap(number)];
        return slots[LOCK_OUT].held || slots[HOLD].held;
    }

    function _isOverridden(TaskId task) private view returns (bool) {
        return _isHeldByHuman(task) || _slots[Subject.Task][TaskId.unwrap(task)][HUMAN].fixes;
    }

    function _isHeldByHuman(TaskId task) private view returns (bool) {
        mapping(uint8 level => Slot) storage slots = _slots[Subject.Task][TaskId.unwrap(task)];
        return slots[LOCK_OUT].held || slots[HOLD].held;
    }

    function _isFilled(Slot storage found) private view returns (bool) {
        return found.held || found.fixes;
    }

    /* INTERNAL: SMALL THINGS */

    function _requireUnfinished(TaskId task) private view returns (Status status, Number worker) {
        (status,, worker) = workOrders.standing(task);
        if (status >= Status.Accepted) revert IWorkOrders.WrongStatus(task, status);
    }

    function _inForce(Order calldata order) private view returns (Number worker) {
        if (order.subjectType == Subject.Task) (,, worker) = workOrders.standing(_taskOf(order.subject));
    }

    function _epochOf(Order calldata order) private view returns (uint64 epoch) {
        if (order.subjectType == Subject.Task) return workOrders.epochOf(_taskOf(order.subject));
        if (order.subjectType == Subject.Robot) (epoch,) = robot(_numberOf(order.subject));
        if (order.subjectType == Subject.Plant) (,, epoch) = workOrders.plant();
    }

    function _word(Order calldata order) private pure returns (uint256) {
        if (order.payload.length != 32) revert MalformedPayload(order.kind);
        return uint256(bytes32(order.payload));
    }

    function _robotOf(uint256 subject) private view returns (Number number) {
        number = _numberOf(subject);
        IMembers.Kind kind = members.kindOf(number);
        if (kind != IMembers.Kind.Robotic) revert IMembers.WrongKind(number, kind);
    }

    function _numberOf(uint256 subject) private pure returns (Number) {
        if (subject > type(uint16).max) revert IMembers.UnknownMember(NOBODY);
        return Number.wrap(uint16(subject));
    }

    function _taskOf(uint256 subject) private pure returns (TaskId) {
        if (subject > type(uint32).max) revert MalformedPayload(Kind.None);
        return TaskId.wrap(uint32(subject));
    }
}
