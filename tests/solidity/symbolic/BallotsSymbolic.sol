// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {BitMaps} from "@openzeppelin/contracts/utils/structs/BitMaps.sol";

import {Ballots} from "contracts/libraries/Ballots.sol";
import {Number} from "contracts/types/Ids.sol";

/// @notice Ballots and bars of a proposal share a bit map, bars from 1,024 on.
contract BallotsSymbolic {
    using BitMaps for BitMaps.BitMap;

    uint256 private constant BARS_FROM = 1024;

    BitMaps.BitMap private _ballots;

    function check_set__anyMember__isGot(uint16 member) external {
        _ballots.set(member);
        assert(_ballots.get(member));
    }

    function check_set__anyMember__leavesTheOthers(uint16 member, uint16 other) external {
        if (member == other) return;
        _ballots.set(member);
        assert(!_ballots.get(other));
    }

    function check_set__aBar__isNoBallot(uint16 member, uint16 other) external {
        if (member >= BARS_FROM || other >= BARS_FROM) return;
        _ballots.set(BARS_FROM + member);
        assert(!_ballots.get(other));
    }

    function check_whoOf__anyBallot__readsBack(uint16 member, bool support) external pure {
        if (member >= BARS_FROM) return;
        uint256 who = Ballots.whoOf(Number.wrap(member), support);
        assert(Ballots.memberOf(who) == Number.wrap(member) && Ballots.isYes(who) == support && who <= 65535);
    }
}
