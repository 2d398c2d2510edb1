// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";

import {IMembers} from "./interfaces/IMembers.sol";
import {IOverrides} from "./interfaces/IOverrides.sol";
import {IPlantAuthority} from "./interfaces/IPlantAuthority.sol";
import {OverrideId} from "./types/Ids.sol";
import {MAINTENANCE, OPERATOR} from "./types/Roles.sol";

/// @title PlantAuthority
/// @notice Who of the humans has which role; grants may have a delay, in which another administrator can veto them. And
///         which orders take two humans, and from how many on others are told.
contract PlantAuthority is AccessManager, IPlantAuthority {
    /// @dev Who gave the first of two orders, and until when the second counts.
    struct Asked {
        address human;
        uint48 until;
    }

    /// @dev How many orders a human gave since the window began.
    struct Pace {
        uint48 since;
        uint32 orders;
    }

    uint32 private constant SHORTEST_SECONDS = 10;
    uint256 private constant ANY_ROLE = type(uint256).max;
    /// @dev What takes authority from machines or people waits for nobody.
    uint16 private constant MAY_WAIT = uint16(
        (1 << uint8(IOverrides.Kind.Approve)) | (1 << uint8(IOverrides.Kind.Accept))
            | (1 << uint8(IOverrides.Kind.Release)) | (1 << uint8(IOverrides.Kind.Reinstate))
            | (1 << uint8(IOverrides.Kind.Requeue))
    );

    IMembers public immutable members;
    address public immutable overrides;
    uint16 private immutable _cosigned;
    uint32 private immutable _askSeconds;
    uint32 private immutable _alarmOrders;
    uint32 private immutable _alarmSeconds;

    /// @inheritdoc IPlantAuthority
    mapping(bytes32 effect => Asked) public asked;
    mapping(address human => Pace) private _paces;

    constructor(address administrator, IMembers members_, address overrides_, HumanPolicy memory policy)
        AccessManager(administrator)
    {
        if (policy.cosigned & ~MAY_WAIT != 0) revert NeverCosigned(policy.cosigned);
        bool tight = policy.askSeconds < SHORTEST_SECONDS || policy.alarmOrders == 0 || policy.alarmSeconds == 0;
        if (tight) revert HumanPolicyTooTight();
        members = members_;
        overrides = overrides_;
        _cosigned = policy.cosigned;
        _askSeconds = policy.askSeconds;
        _alarmOrders = policy.alarmOrders;
        _alarmSeconds = policy.alarmSeconds;
        emit HumanPolicySet(policy.cosigned, policy.askSeconds, policy.alarmOrders, policy.alarmSeconds);
    }

    modifier onlyOverrides() {
        if (msg.sender != overrides) revert NotTheOverrides(msg.sender);
        _;
    }

    /* ORDERS */

    /// @inheritdoc IPlantAuthority
    function takeOrder(address human, uint256 roles, bool recovers) external onlyOverrides returns (bool) {
        if (!mayOrder(human, roles, recovers)) return false;
        Pace storage pace = _paces[human];
        if (block.timestamp >= uint256(pace.since) + _alarmSeconds) {
            pace.since = uint48(block.timestamp);
            pace.orders = 0;
        }
        uint32 orders = ++pace.orders;
        if (orders == uint256(_alarmOrders) + 1) emit AlarmRaised(human, orders, pace.since);
        return true;
    }

    /// @inheritdoc IPlantAuthority
    function takeSecond(OverrideId id, address human, uint8 kind, bytes32 effect, uint256 roles, bool recovers)
        external
        onlyOverrides
        returns (bool waits)
    {
        if (!recovers && (_cosigned >> kind) & 1 == 0) return false;
        Asked memory first = asked[effect];
        bool own = first.human == human;
        bool counts = own ? !recovers && !isShared(roles) : mayOrder(first.human, roles, recovers);
        if (counts && block.timestamp <= first.until) {
            delete asked[effect];
            return false;
        }
        uint48 until = uint48(block.timestamp) + _askSeconds;
        asked[effect] = Asked(human, until);
        emit SecondAsked(id, human, effect, until);
        return true;
    }

    /* VIEWS */

    /// @inheritdoc IPlantAuthority
    function mayOrder(address human, uint256 roles, bool recovers) public view returns (bool) {
        (, IMembers.Kind kind, IMembers.Standing standing) = members.badgeOf(human);
        bool stands = recovers
            ? kind == IMembers.Kind.Human && standing != IMembers.Standing.Retired
            : kind != IMembers.Kind.Human || standing == IMembers.Standing.Active;
        return stands && _hasOne(roles, human);
    }

    /// @inheritdoc IPlantAuthority
    function isShared(uint256 roles) public view returns (bool) {
        address[] memory humans = members.humans();
        uint256 found = 0;
        for (uint256 i = 0; i < humans.length && found < 2; ++i) {
            if (_hasOne(roles, humans[i])) ++found;
        }
        return found == 2;
    }

    /// @inheritdoc IPlantAuthority
    function isInGoodStanding(address account) external view returns (bool) {
        (,, IMembers.Standing standing) = members.badgeOf(account);
        return standing == IMembers.Standing.Active || mayOrder(account, ANY_ROLE, false);
    }

    /* INTERNAL */

    function _hasOne(uint256 roles, address human) private view returns (bool) {
        for (uint64 role = OPERATOR; role <= MAINTENANCE; ++role) {
            if ((roles >> role) & 1 == 0) continue;
            (bool granted, uint32 delay) = hasRole(role, human);
            if (granted && delay == 0) return true;
        }
        return false;
    }
}
