// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAccessManager} from "@openzeppelin/contracts/access/manager/IAccessManager.sol";

import {OverrideId} from "../types/Ids.sol";

/// @title IPlantAuthority
/// @notice Which human may give which order: by role, together with whom, and from how many orders on others are told.
/// @dev Roles are masks here: bit `r` stands for role `r`. A role that acts only after a delay is none, since nothing can
///      be scheduled; nor is one whose grant still waits.
///      Assumes: `members` knows the humans' badges; `overrides` asks about orders that their human signed.
interface IPlantAuthority is IAccessManager {
    /// @dev What a deployment asks of its humans.
    /// @param cosigned One bit for each kind of order, `1 << kind`, that takes two: Approve, Accept, Release (of the plant
    ///        alone), Reinstate, Requeue. A human is let back by two humans whatever it says.
    /// @param askSeconds How long a first order waits for its second.
    /// @param alarmOrders More orders of one human than these, within `alarmSeconds`, raise an alarm.
    struct HumanPolicy {
        uint16 cosigned;
        uint32 askSeconds;
        uint32 alarmOrders;
        uint32 alarmSeconds;
    }

    /// @notice What this deployment asks of its humans.
    event HumanPolicySet(uint16 cosigned, uint32 askSeconds, uint32 alarmOrders, uint32 alarmSeconds);

    /// @notice The first of two orders: it changes nothing until a second one wants the same, by `until`.
    /// @param effect keccak256(abi.encode(kind, subjectType, subject, keccak256(payload), level, the id of the order that
    ///        fills the level)).
    event SecondAsked(OverrideId indexed id, address indexed human, bytes32 indexed effect, uint48 until);

    /// @notice A human gave more orders since `since` than the deployment expects. None is refused for it.
    event AlarmRaised(address indexed human, uint32 orders, uint48 since);

    /// @notice A veto, hold, assignment, rejection, cancellation or suspension never waits for a second order.
    error NeverCosigned(uint16 cosigned);

    /// @notice A first order waits at least 10 seconds; alarms need an order and a second.
    error HumanPolicyTooTight();

    /// @notice Only the overrides ask this.
    error NotTheOverrides(address caller);

    /// @notice Whether a human may give an order for these roles; counts it if so. For the overrides only.
    /// @param recovers Whether the order lets a human back: then a suspended human's word counts, if it has a badge.
    function takeOrder(address human, uint256 roles, bool recovers) external returns (bool);

    /// @notice Whether an order waits for a second one. Where more than one human may give it, the second is another's;
    ///         to let a human back, always. For the overrides only.
    function takeSecond(OverrideId id, address human, uint8 kind, bytes32 effect, uint256 roles, bool recovers)
        external
        returns (bool waits);

    /// @notice Whether the account has one of the roles, and no human's badge that is suspended or retired. Another badge,
    ///         whose standing a vote decides, says nothing here.
    function mayOrder(address human, uint256 roles, bool recovers) external view returns (bool);

    /// @notice Whether at least two humans with active badges have one of the roles.
    function isShared(uint256 roles) external view returns (bool);

    /// @notice Whether the account has an active badge, or a human's role and no human's badge.
    function isInGoodStanding(address account) external view returns (bool);

    /// @notice Who asked last for an effect, and until when a second order counts.
    function asked(bytes32 effect) external view returns (address human, uint48 until);
}
