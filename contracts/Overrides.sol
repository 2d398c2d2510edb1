// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAccessManager} from "@openzeppelin/contracts/access/manager/IAccessManager.sol";
import {NoncesKeyed} from "@openzeppelin/contracts/utils/NoncesKeyed.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";

import {IAllocationDAO} from "./interfaces/IAllocationDAO.sol";
import {IMembers} from "./interfaces/IMembers.sol";
import {IOverrides} from "./interfaces/IOverrides.sol";
import {IWorkOrders} from "./interfaces/IWorkOrders.sol";
import {Plans} from "./libraries/Plans.sol";
import {Number, OverrideId, ProposalId, TaskId} from "./types/Ids.sol";
import {MAINTENANCE, OPERATOR, PLANNER, SUPERVISOR} from "./types/Roles.sol";
import {Status} from "./types/Work.sol";

/// @title Overrides
/// @notice A human's word: a signed order fills a slot that outranks every decision below its level.
contract Overrides is EIP712, NoncesKeyed, IOverrides {
    uint8 private constant PLANT = 1;
    uint8 private constant LOCK_OUT = 5;
    uint8 private constant HUMAN = 8;
    uint8 private constant WORKER = 12;
    uint48 private constant SHORTEST_SECONDS = 10;
    uint48 private constant SAFE_STOP_SECONDS = 300;
    Number private constant NOBODY = Number.wrap(0);
    OverrideId private constant NONE = OverrideId.wrap(0);
    bytes32 private constant ORDER_TYPE = keccak256(
        "Order(uint8 kind,uint8 subjectType,uint256 subject,bytes payload,uint8 level,uint16 reasonCode,string reason,uint48 expiresAt,uint48 validUntil,uint64 expectedEpoch,bytes32 preview,address human,uint256 nonce)"
    );

    IAccessManager public immutable authority;
    IMembers public immutable members;
    IWorkOrders public immutable workOrders;
    IAllocationDAO public immutable dao;

    uint64 public count;
    bool private _resumeAsked;
    mapping(Subject subjectType => mapping(uint256 subject => mapping(uint8 level => Slot))) private _slots;
    mapping(Number robot => uint64) private _robotEpochs;

    constructor(IAccessManager authority_, IMembers members_, IWorkOrders workOrders_, IAllocationDAO dao_)
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

    /* WITHOUT A HUMAN */

    /// @inheritdoc IOverrides
    function poke(Subject subjectType, uint256 subject, uint8 level) external {
        Slot storage found = _slots[subjectType][subject][level];
        if (found.expiresAt == 0 || block.timestamp <= found.expiresAt) revert NotExpired(found.expiresAt);
        emit OverrideExpired(found.id, msg.sender, subjectType, subject, level);
        _clear(subjectType, subject, level);
    }

    /// @inheritdoc IOverrides
    function safeStop(TaskId task, bool stopped) external {
        Number caller = members.activeWorker(msg.sender);
        (,, Number worker) = workOrders.standing(task);
        if (worker != caller) revert NotTheAssignee(task, worker, caller);
        Slot storage found = _slots[Subject.Task][TaskId.unwrap(task)][WORKER];
        found.held = stopped;
        found.expiresAt = stopped ? uint48(block.timestamp) + SAFE_STOP_SECONDS : 0;
        emit SafeStopChanged(task, worker, stopped);
        _apply(task);
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
        if (order.reasonCode == 0 || bytes(order.reason).length == 0) revert ReasonMissing();
        bool open = order.expiresAt == 0;
        bool fills = order.kind == Kind.Assign || order.kind == Kind.Approve;
        if (open ? fills : order.expiresAt < block.timestamp + SHORTEST_SECONDS) revert ExpiryMissing(order.expiresAt);
    }

    function _levelOf(Order calldata order) private pure returns (uint8 level) {
        level = order.level;
        if (level == 0) level = order.subjectType == Subject.Plant ? PLANT : HUMAN;
        bool holds = order.kind == Kind.Hold || order.kind == Kind.Release;
        bool onFloor = order.subjectType == Subject.Task || order.subjectType == Subject.Robot;
        bool fits = order.subjectType == Subject.Plant ? level == PLANT : level == HUMAN;
        bool frees = level == WORKER && order.kind == Kind.Release && order.subjectType == Subject.Task;
        if (!fits && !frees && !(level == LOCK_OUT && holds && onFloor)) revert WrongLevel(order.level);
    }

    function _requireAllowed(Order calldata order, uint8 level) private view {
        Kind kind = order.kind;
        bool allowed;
        if (level == LOCK_OUT) {
            allowed = _has(MAINTENANCE, order.human);
        } else if (kind == Kind.Hold) {
            allowed = _has(OPERATOR, order.human) || _has(SUPERVISOR, order.human)
                || (level == PLANT && (_has(PLANNER, order.human) || _has(MAINTENANCE, order.human)));
        } else if (kind == Kind.Release && level != PLANT) {
            allowed = _has(OPERATOR, order.human) || _has(SUPERVISOR, order.human);
        } else if (kind == Kind.Assign || kind == Kind.Cancel || kind == Kind.Requeue) {
            allowed = _has(PLANNER, order.human) || _has(SUPERVISOR, order.human);
        } else {
            allowed = _has(SUPERVISOR, order.human);
        }
        if (!allowed || _isSuspended(order.human)) revert NotAllowed(order.human, kind, level);
    }

    /// @dev A human without a badge has its role alone.
    function _isSuspended(address human) private view returns (bool) {
        Number number = members.numberOf(human);
        return number != NOBODY && members.member(number).standing != IMembers.Standing.Active;
    }

    function _requireExpected(Order calldata order) private view {
        if (order.expectedEpoch == 0) return;
        uint64 epoch = _epochOf(order);
        if (epoch != order.expectedEpoch) revert StaleVersion(epoch, order.expectedEpoch);
    }

    /* INTERNAL: WHAT AN ORDER DOES */

    function _dispatch(OverrideId id, Order calldata order, uint8 level) private {
        Subject on = order.subjectType;
        if (order.kind == Kind.Hold) return _hold(id, order, level);
        if (order.kind == Kind.Release) return _release(id, order, level);
        if (on == Subject.Task) return _dispatchTask(id, order);
        if (on == Subject.Proposal && order.kind == Kind.Veto) return _veto(id, order);
        if (on == Subject.Proposal && order.kind == Kind.Approve) return _approve(id, order);
        if (on == Subject.Worker && order.kind == Kind.Suspend) return members.suspend(_numberOf(order.subject));
        if (on == Subject.Worker && order.kind == Kind.Reinstate) return members.reinstate(_numberOf(order.subject));
        revert WrongSubject(order.kind, on);
    }

    function _dispatchTask(OverrideId id, Order calldata order) private {
        TaskId task = _taskOf(order.subject);
        if (order.kind == Kind.Assign) return _assign(id, order, task);
        if (order.kind == Kind.Accept) return workOrders.judge(task, true, order.human);
        if (order.kind == Kind.Rework) return workOrders.judge(task, false, order.human);
        if (order.kind == Kind.Cancel) return _cancel(order, task);
        if (order.kind != Kind.Requeue) revert WrongSubject(order.kind, Subject.Task);
        if (_isFilled(_slots[Subject.Task][order.subject][HUMAN])) _empty(id, Subject.Task, order.subject, HUMAN);
        workOrders.requeue(task, order.human);
    }

    function _assign(OverrideId id, Order calldata order, TaskId task) private {
        Plans.Entry memory entry = Plans.read(order.payload, 0);
        if (entry.task != task) revert MalformedPayload(Kind.Assign);
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
        for (uint32 i = 0; i < 256; ++i) {
            if ((mask >> i) & 1 == 1) workOrders.cancel(TaskId.wrap(first | i), order.human);
        }
    }

    function _veto(OverrideId id, Order calldata order) private {
        ProposalId proposal = ProposalId.wrap(order.subject);
        if (dao.proposal(proposal).state != IAllocationDAO.State.Enacted) return dao.veto(proposal);
        _eachEntry(id, order, true);
    }

    function _approve(OverrideId id, Order calldata order) private {
        _eachEntry(id, order, false);
    }

    /// @dev Fills the slots of what has not started: with nobody for a veto, else with the plan's worker.
    function _eachEntry(OverrideId id, Order calldata order, bool vetoes) private {
        if (order.payload.length < 32) revert MalformedPayload(order.kind);
        bytes calldata plan = order.payload[32:];
        bool same = dao.isContent(ProposalId.wrap(order.subject), plan, bytes32(order.payload[:32]));
        if (!same) revert MalformedPayload(order.kind);
        for (uint256 offset = 0; offset < plan.length;) {
            Plans.Entry memory entry = Plans.read(plan, offset);
            if (vetoes && _isOpen(entry, true)) _name(id, entry.task, order.expiresAt, NOBODY, NOBODY);
            if (!vetoes && _isOpen(entry, false) && members.isActive(entry.lead)) {
                _name(id, entry.task, order.expiresAt, entry.lead, _inspectorOf(plan, entry));
            }
            offset = entry.next;
        }
    }

    function _isOpen(Plans.Entry memory entry, bool enacted) private view returns (bool) {
        (Status status, uint32 version,) = workOrders.standing(entry.task);
        uint32 expected = enacted ? entry.version + 1 : entry.version;
        return (status == Status.Posted || status == Status.Allocated) && version == expected;
    }

    /// @dev Nobody (a human inspects) where the entry names one who is not active or is on the team.
    function _inspectorOf(bytes calldata plan, Plans.Entry memory entry) private view returns (Number) {
        bool sound = members.isActive(entry.inspector) && !Plans.isOnTeam(plan, entry, entry.inspector);
        return sound ? entry.inspector : NOBODY;
    }

    /// @dev Whoever had the task before, its safe stop ends with it.
    function _name(OverrideId id, TaskId task, uint48 expiresAt, Number worker, Number inspector) private {
        Slot storage found = _fill(id, Subject.Task, TaskId.unwrap(task), HUMAN, expiresAt);
        found.fixes = true;
        found.worker = worker;
        found.inspector = inspector;
        delete _slots[Subject.Task][TaskId.unwrap(task)][WORKER];
        _apply(task);
    }

    function _hold(OverrideId id, Order calldata order, uint8 level) private {
        Subject on = order.subjectType;
        if (on != Subject.Task && on != Subject.Robot && on != Subject.Plant) revert WrongSubject(Kind.Hold, on);
        bool held = on == Subject.Robot && _isRobotHeld(_numberOf(order.subject));
        _fill(id, on, order.subject, level, order.expiresAt).held = true;
        if (on == Subject.Task) _apply(_taskOf(order.subject));
        else if (on == Subject.Robot) _raiseRobot(_robotOf(order.subject), held);
        else _holdPlant();
    }

    function _holdPlant() private {
        _resumeAsked = false;
        (, bool held,) = workOrders.plant();
        if (!held) workOrders.setPlantHold(true);
    }

    function _release(OverrideId id, Order calldata order, uint8 level) private {
        Slot storage found = _slots[order.subjectType][order.subject][level];
        if (!_isFilled(found) && !found.held) revert NothingToRelease(order.subjectType, order.subject, level);
        if (level == PLANT && !_resumeAsked) {
            _resumeAsked = true;
            emit ResumeAsked(id, order.human);
            return;
        }
        bool holdOnly = order.payload.length != 0 && _word(order) == 1;
        if (holdOnly && found.fixes) {
            found.held = false;
            _apply(_taskOf(order.subject));
        } else {
            _empty(id, order.subjectType, order.subject, level);
        }
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
        _clear(on, subject, level);
    }

    function _clear(Subject on, uint256 subject, uint8 level) private {
        delete _slots[on][subject][level];
        if (on == Subject.Task) {
            _apply(_taskOf(subject));
        } else if (on == Subject.Robot) {
            _raiseRobot(_numberOf(subject), true);
        } else {
            _resumeAsked = false;
            workOrders.setPlantHold(false);
        }
    }

    /// @dev Level 5 only holds, level 8 may name the worker, level 12 only pauses.
    function _apply(TaskId task) private {
        mapping(uint8 level => Slot) storage slots = _slots[Subject.Task][TaskId.unwrap(task)];
        Slot memory human = slots[HUMAN];
        bool overridden = _isFilled(slots[LOCK_OUT]) || _isFilled(slots[HUMAN]);
        bool held = slots[LOCK_OUT].held || human.held || slots[WORKER].held;
        workOrders.setInForce(task, overridden, held, human.fixes, human.worker, human.inspector);
    }

    function _raiseRobot(Number number, bool wasHeld) private {
        if (_isRobotHeld(number) == wasHeld) return;
        ++_robotEpochs[number];
        (uint64 epoch,) = robot(number);
        emit RobotEpochRaised(number, epoch, !wasHeld);
    }

    function _isRobotHeld(Number number) private view returns (bool) {
        mapping(uint8 level => Slot) storage slots = _slots[Subject.Robot][Number.unwrap(number)];
        return slots[LOCK_OUT].held || slots[HUMAN].held;
    }

    function _isFilled(Slot storage found) private view returns (bool) {
        return found.id != NONE;
    }

    /* INTERNAL: SMALL THINGS */

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
        IMembers.Kind kind = members.member(number).kind;
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

    function _has(uint64 role, address account) private view returns (bool granted) {
        (granted,) = authority.hasRole(role, account);
    }
}
