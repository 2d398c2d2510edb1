// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {NoncesKeyed} from "@openzeppelin/contracts/utils/NoncesKeyed.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";

import {IInstructions} from "./interfaces/IInstructions.sol";
import {IMembers} from "./interfaces/IMembers.sol";
import {IOverrides} from "./interfaces/IOverrides.sol";
import {IPlantAuthority} from "./interfaces/IPlantAuthority.sol";
import {IWorkOrders} from "./interfaces/IWorkOrders.sol";
import {Number, OverrideId, TaskId} from "./types/Ids.sol";
import {ACKNOWLEDGE, ANSWER, DRAIN, LIFT, MAINTAIN, QUARANTINE, REPRIORITISE, SHELVE} from "./types/Instructions.sol";
import {MAINTENANCE, OPERATOR, PLANNER, SUPERVISOR} from "./types/Roles.sol";
import {Status} from "./types/Work.sol";

/// @title Instructions
/// @notice A human's word that decides nothing about who does what: it stands for its subject until another takes its
///         place, it is lifted, or its time is over.
contract Instructions is EIP712, NoncesKeyed, IInstructions {
    uint48 private constant SHORTEST_SECONDS = 10;
    uint64 private constant BEFORE_THE_FIRST = 1_000_000_000;
    uint256 private constant LONGEST_ANSWER = 1024;
    uint256 private constant OPERATORS = 1 << OPERATOR;
    uint256 private constant PLANNERS = 1 << PLANNER;
    uint256 private constant SUPERVISORS = 1 << SUPERVISOR;
    uint256 private constant MAINTAINERS = 1 << MAINTENANCE;
    uint256 private constant EVERYONE = OPERATORS | PLANNERS | SUPERVISORS | MAINTAINERS;
    bytes32 private constant INSTRUCTION_TYPE = keccak256(
        "Instruction(uint8 kind,uint8 subjectType,uint256 subject,bytes payload,uint16 reasonCode,string reason,uint48 expiresAt,uint48 validUntil,uint64 expectedVersion,bytes32 preview,address human,uint256 nonce)"
    );

    IPlantAuthority public immutable authority;
    IMembers public immutable members;
    IWorkOrders public immutable workOrders;

    uint64 public count;
    mapping(uint8 group => mapping(uint256 subject => Standing)) private _standing;

    constructor(IPlantAuthority authority_, IMembers members_, IWorkOrders workOrders_)
        EIP712("Workmoot Instructions", "1")
    {
        authority = authority_;
        members = members_;
        workOrders = workOrders_;
    }

    /// @inheritdoc IInstructions
    function give(Instruction calldata instruction, bytes calldata signature) external returns (OverrideId id) {
        bytes32 digest = digestOf(instruction);
        _requireSound(instruction);
        if (!SignatureChecker.isValidSignatureNow(instruction.human, digest, signature)) {
            revert IOverrides.BadSignature(instruction.human);
        }
        _useCheckedNonce(instruction.human, instruction.nonce);
        uint8 meant = _meant(instruction);
        Standing memory found = standing(meant, instruction.subject);
        if (instruction.kind == LIFT) _requireLiftable(instruction, found, meant);
        bool allowed = authority.mayOrder(instruction.human, _rolesFor(meant), false);
        if (!allowed) revert MayNotInstruct(instruction.human, instruction.kind);
        if (instruction.expectedVersion != 0 && instruction.expectedVersion != found.version) {
            revert IOverrides.StaleVersion(found.version, instruction.expectedVersion);
        }
        _requireSubject(instruction, found);
        id = OverrideId.wrap(BEFORE_THE_FIRST + ++count);
        uint64 version = found.version + 1;
        _standing[_groupOf(meant)][instruction.subject] = _next(id, version, instruction);
        emit InstructionGiven(id, instruction.human, instruction.subject, version, digest, instruction);
    }

    /* VIEWS */

    /// @inheritdoc IInstructions
    function digestOf(Instruction calldata instruction) public view returns (bytes32) {
        bytes memory head = abi.encode(
            INSTRUCTION_TYPE,
            instruction.kind,
            instruction.subjectType,
            instruction.subject,
            keccak256(instruction.payload),
            instruction.reasonCode,
            keccak256(bytes(instruction.reason))
        );
        bytes memory tail = abi.encode(
            instruction.expiresAt,
            instruction.validUntil,
            instruction.expectedVersion,
            instruction.preview,
            instruction.human,
            instruction.nonce
        );
        return _hashTypedDataV4(keccak256(bytes.concat(head, tail)));
    }

    /// @inheritdoc IInstructions
    function standing(uint8 kind, uint256 subject) public view returns (Standing memory found) {
        found = _standing[_groupOf(kind)][subject];
        if (found.version == 0) found.version = 1;
    }

    /* INTERNAL */

    function _requireSound(Instruction calldata instruction) private view {
        uint8 kind = instruction.kind;
        if (block.timestamp > instruction.validUntil) revert IOverrides.OrderExpired(instruction.validUntil);
        if (instruction.reasonCode == 0 || bytes(instruction.reason).length == 0) revert IOverrides.ReasonMissing();
        if (!_fits(kind, instruction.payload.length)) revert MalformedInstruction(kind);
        if (!_goesWith(_meant(instruction), instruction.subjectType)) {
            revert NoSuchInstruction(kind, instruction.subjectType);
        }
        if (!_stands(kind)) return;
        bool mayBeOpen = kind == QUARANTINE || kind == MAINTAIN;
        uint48 expiresAt = instruction.expiresAt;
        if (expiresAt == 0 ? !mayBeOpen : expiresAt < block.timestamp + SHORTEST_SECONDS) {
            revert IOverrides.ExpiryMissing(expiresAt);
        }
    }

    function _fits(uint8 kind, uint256 size) private pure returns (bool) {
        if (kind == ANSWER) return size != 0 && size <= LONGEST_ANSWER;
        return size == (kind == REPRIORITISE || kind == LIFT ? 1 : 0);
    }

    /// @dev The kind, or the one that is to be lifted.
    function _meant(Instruction calldata instruction) private pure returns (uint8) {
        return instruction.kind == LIFT ? uint8(instruction.payload[0]) : instruction.kind;
    }

    /// @dev An alarm is either acknowledged or shelved; all else stands side by side.
    function _groupOf(uint8 kind) private pure returns (uint8) {
        return kind == ACKNOWLEDGE ? SHELVE : kind;
    }

    function _goesWith(uint8 kind, IOverrides.Subject on) private pure returns (bool) {
        if (kind == DRAIN || kind == QUARANTINE) return on == IOverrides.Subject.Worker;
        if (kind == MAINTAIN) return on == IOverrides.Subject.Robot;
        if (kind == REPRIORITISE) return on == IOverrides.Subject.Task;
        return (kind == ANSWER || kind == ACKNOWLEDGE || kind == SHELVE) && on == IOverrides.Subject.None;
    }

    /// @dev Whether it lasts, so that it may be over or lifted.
    function _stands(uint8 kind) private pure returns (bool) {
        return kind != ANSWER && kind != ACKNOWLEDGE && kind != LIFT;
    }

    /// @dev Who may give an instruction may lift it.
    function _requireLiftable(Instruction calldata instruction, Standing memory found, uint8 meant) private view {
        bool over = found.expiresAt != 0 && block.timestamp > found.expiresAt;
        if (found.kind != meant || !_stands(meant) || over) revert NothingToLift(meant, instruction.subject);
    }

    /// @dev One bit for each role that may give it.
    function _rolesFor(uint8 kind) private pure returns (uint256) {
        if (kind == DRAIN || kind == MAINTAIN) return SUPERVISORS | MAINTAINERS;
        if (kind == QUARANTINE) return SUPERVISORS | MAINTAINERS | OPERATORS;
        return kind == REPRIORITISE ? SUPERVISORS | PLANNERS : EVERYONE;
    }

    /// @dev A worker may be drained or quarantined by humans of every cell, as all may be held.
    function _requireSubject(Instruction calldata instruction, Standing memory found) private view {
        IOverrides.Subject on = instruction.subjectType;
        uint256 subject = instruction.subject;
        bool inScope = true;
        if (on == IOverrides.Subject.Worker) {
            _requireKind(subject, IMembers.Kind.Digital);
        } else if (on == IOverrides.Subject.Robot) {
            _requireKind(subject, IMembers.Kind.Robotic);
            inScope = members.isRobotInScope(instruction.human, Number.wrap(uint16(subject)));
        } else if (on == IOverrides.Subject.Task) {
            inScope = members.isInScope(instruction.human, 1 << _capabilityOf(instruction.kind, subject));
        } else if (found.kind == ANSWER) {
            revert AlreadyAnswered(subject);
        }
        if (!inScope) revert IOverrides.OutOfScope(instruction.human, on, subject);
    }

    function _requireKind(uint256 subject, IMembers.Kind wanted) private view {
        if (subject > type(uint16).max) revert IMembers.UnknownMember(Number.wrap(0));
        Number number = Number.wrap(uint16(subject));
        IMembers.Kind kind = members.kindOf(number);
        if (kind != wanted) revert IMembers.WrongKind(number, kind);
    }

    /// @dev Of a task that is not done with.
    function _capabilityOf(uint8 kind, uint256 subject) private view returns (uint8) {
        if (subject > type(uint32).max) revert MalformedInstruction(kind);
        TaskId task = TaskId.wrap(uint32(subject));
        (Status status,,) = workOrders.standing(task);
        if (status >= Status.Accepted) revert IWorkOrders.WrongStatus(task, status);
        return workOrders.task(task).capability;
    }

    function _next(OverrideId id, uint64 version, Instruction calldata instruction)
        private
        pure
        returns (Standing memory next)
    {
        next.id = id;
        next.version = version;
        if (instruction.kind == LIFT) return next;
        next.kind = instruction.kind;
        if (_stands(instruction.kind)) next.expiresAt = instruction.expiresAt;
        if (instruction.kind == REPRIORITISE) next.priority = uint8(instruction.payload[0]);
    }
}
