// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {OverrideId} from "../types/Ids.sol";
import {IMembers} from "./IMembers.sol";
import {IOverrides} from "./IOverrides.sol";
import {IPlantAuthority} from "./IPlantAuthority.sol";
import {IWorkOrders} from "./IWorkOrders.sol";

/// @title IInstructions
/// @notice A human's word that decides nothing about who does what, and so fills no slot: drain or quarantine a worker,
///         take a robot into maintenance, give a task another priority, answer a question, see to an alarm.
/// @dev The last instruction of a kind stands for its subject; an alarm is either acknowledged or shelved. The contracts
///      do not act on it: whoever plans, works or moves robots does. Past its `expiresAt` it is over, and nobody has to
///      say so.
///      Assumes: the access manager names who has which role.
interface IInstructions {
    /// @param kind One of types/Instructions.sol.
    /// @param subjectType Worker (drain, quarantine), Robot (maintain), Task (reprioritise); None for a question or an
    ///        alarm, whose subject is the hash that docs/specification.md defines.
    /// @param payload Reprioritise: the priority, one byte. Lift: the kind that is lifted, one byte. Answer: the answer, 1
    ///        to 1,024 bytes. All else: empty.
    /// @param reasonCode As in `IOverrides.Order`, as are `reason`, `validUntil`, `preview` and `nonce`.
    /// @param expiresAt Unix seconds when it is over. Zero (until lifted) for quarantine and maintain only; what is done
    ///        once (answer, acknowledge, lift) has no end, whatever it says.
    /// @param expectedVersion The version of what stands that the human saw; zero: any.
    struct Instruction {
        uint8 kind;
        IOverrides.Subject subjectType;
        uint256 subject;
        bytes payload;
        uint16 reasonCode;
        string reason;
        uint48 expiresAt;
        uint48 validUntil;
        uint64 expectedVersion;
        bytes32 preview;
        address human;
        uint256 nonce;
    }

    /// @dev What was last said of one kind about a subject.
    /// @param id Zero: nothing yet.
    /// @param version 1, and one more with each instruction.
    /// @param kind Zero: nothing, or what stood was lifted.
    /// @param priority Of a task that was reprioritised.
    struct Standing {
        OverrideId id;
        uint64 version;
        uint48 expiresAt;
        uint8 kind;
        uint8 priority;
    }

    /// @notice A human gave an instruction, in place of what stood.
    /// @param version The one after.
    event InstructionGiven(
        OverrideId indexed id,
        address indexed human,
        uint256 indexed subject,
        uint64 version,
        bytes32 digest,
        Instruction instruction
    );

    /// @notice The human has none of the roles that may instruct this, or has them with a delay.
    error MayNotInstruct(address human, uint8 kind);

    /// @notice There is no such instruction, or it does not go with this subject.
    error NoSuchInstruction(uint8 kind, IOverrides.Subject subjectType);

    /// @notice The payload is not what this kind carries.
    error MalformedInstruction(uint8 kind);

    /// @notice Nothing of this kind stands for the subject that could be lifted.
    error NothingToLift(uint8 kind, uint256 subject);

    /// @notice A question is answered once.
    error AlreadyAnswered(uint256 question);

    /// @notice Gives a human's instruction. Anyone may relay it; the authority is the signature.
    function give(Instruction calldata instruction, bytes calldata signature) external returns (OverrideId id);

    /// @notice The EIP-712 digest a human signs.
    function digestOf(Instruction calldata instruction) external view returns (bytes32);

    /// @notice What was last said of a kind about a subject, be it over or not.
    function standing(uint8 kind, uint256 subject) external view returns (Standing memory);

    /// @notice How many instructions were given. Their ids are a billion and so many: no override has the same.
    function count() external view returns (uint64);

    /// @notice Who has which role.
    function authority() external view returns (IPlantAuthority);

    /// @notice Whose badges.
    function members() external view returns (IMembers);

    /// @notice Whose tasks.
    function workOrders() external view returns (IWorkOrders);
}
