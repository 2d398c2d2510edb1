// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Desk, Desks} from "contracts/libraries/Desks.sol";

import {vm} from "./Vm.sol";

/// @notice The word that every proposal needs: each field in its place, whole, and no other's.
contract DesksTest {
    using Desks for Desk;

    Desk private constant BLANK = Desk.wrap(0);
    Desk private constant FULL = Desk.wrap(type(uint256).max);
    address private constant LAST = address(type(uint160).max);

    function plusOne(Desk desk) external pure returns (Desk) {
        return desk.plusOne();
    }

    function test_withPolicy__largestAndNone__changesNothingElse() public pure {
        _assertDesk(BLANK.withPolicy(type(uint24).max, type(uint8).max), address(0), 255, type(uint24).max, 0, 0, 0);
        _assertDesk(BLANK.withPolicy(type(uint24).max, 0), address(0), 0, type(uint24).max, 0, 0, 0);
        _assertDesk(BLANK.withPolicy(0, type(uint8).max), address(0), 255, 0, 0, 0, 0);
        Desk none = FULL.withPolicy(0, 0);
        _assertDesk(none, LAST, 0, 0, type(uint16).max, type(uint24).max, type(uint24).max);
    }

    function test_withRoster__largestAndNone__forgetsTheRollAlone() public pure {
        _assertDesk(BLANK.withRoster(type(uint24).max, 0), address(0), 0, 0, 0, type(uint24).max, 0);
        _assertDesk(BLANK.withRoster(0, type(uint16).max), address(0), 0, 0, type(uint16).max, 0, 0);
        _assertDesk(FULL.withRoster(0, 0), address(0), 255, type(uint24).max, 0, 0, type(uint24).max);
    }

    function test_withRoll__anyAccount__changesNothingElse() public pure {
        _assertDesk(BLANK.withRoll(LAST), LAST, 0, 0, 0, 0, 0);
        Desk rest = FULL.withRoster(1, 2).withRoll(address(3));
        _assertDesk(rest, address(3), 255, type(uint24).max, 2, 1, type(uint24).max);
    }

    function test_plusOne__anyDesk__countsOneProposal() public pure {
        _assertDesk(BLANK.plusOne(), address(0), 0, 0, 0, 0, 1);
        Desk busy = Desk.wrap(type(uint256).max - 1);
        _assertDesk(busy.plusOne(), LAST, 255, type(uint24).max, type(uint16).max, type(uint24).max, type(uint24).max);
    }

    function test_plusOne__noNumberLeft__panics() public {
        vm.expectRevert(abi.encodeWithSignature("Panic(uint256)", 1));
        this.plusOne(FULL);
    }

    function _assertDesk(
        Desk desk,
        address roll,
        uint8 openLimit,
        uint24 votingSeconds,
        uint16 members,
        uint24 roster,
        uint24 count
    ) private pure {
        vm.assertTrue(desk.roll() == roll);
        vm.assertEq(desk.openLimit(), openLimit);
        vm.assertEq(desk.votingSeconds(), votingSeconds);
        vm.assertEq(desk.members(), members);
        vm.assertEq(desk.roster(), roster);
        vm.assertEq(desk.count(), count);
    }
}
