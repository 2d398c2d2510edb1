// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Ballots} from "contracts/libraries/Ballots.sol";
import {Rolls} from "contracts/libraries/Rolls.sol";
import {Number} from "contracts/types/Ids.sol";

import {vm} from "./Vm.sol";

/// @notice What is counted by hand is what the plain reads find one by one.
contract BallotsTest {
    uint16 private constant VOTERS = 9;
    bytes32 private constant NO = keccak256("no");
    bytes32 private constant YES = keccak256("yes");

    /// @dev Ballots that are sound but for what one oddity does to one of them: counting stops there.
    function testFuzz_countSigned__oneOddity__stopsThere(uint256 seed, uint8 count, uint8 place, uint8 oddity)
        public
        view
    {
        (count, place, oddity) = (1 + count % 8, place % 8, oddity % 9);
        bytes memory ballots;
        bytes memory listed;
        (uint256 yes, uint256 end, bool stopped) = (0, 0, false);
        for (uint16 i = 0; i < count; ++i) {
            bool support = (seed >> i) & 1 == 1;
            uint8 found = i == place ? oddity : 0;
            stopped = stopped || found > 1 || (oddity == 1 && !support);
            bytes memory ballot = _ballot(i + 2, support, found);
            ballots = bytes.concat(ballots, ballot);
            if (stopped) continue;
            listed = bytes.concat(listed, bytes2(ballot));
            yes += support ? 1 : 0;
            end = ballots.length;
        }
        (uint256 offset, bytes memory counted, uint256 found_) = this.countSigned(ballots, oddity == 1);
        vm.assertEq(offset, end);
        vm.assertEq(counted, listed);
        vm.assertEq(found_, yes);
    }

    function testFuzz_countSigned__anyBytes__whatIsCountedIsSigned(bytes calldata ballots) public view {
        (uint256 offset, bytes memory counted, uint256 yes) = this.countSigned(ballots, false);
        vm.assertTrue(offset == 0 && counted.length == 0 && yes == 0);
    }

    function testFuzz_take__anyBytes__asSliced(bytes calldata ballots, uint256 offset) public {
        offset = ballots.length < 4 ? 0 : offset % (ballots.length - 3);
        bool whole = ballots.length >= offset + 4
            && ballots.length >= offset + 4 + uint16(bytes2(ballots[offset + 2:offset + 4]));
        if (!whole) vm.expectRevert(abi.encodeWithSelector(Ballots.MalformedBallots.selector, offset));
        (uint256 who, bytes memory signature, bytes memory listed) = this.take(ballots, offset);
        if (!whole) return;
        vm.assertEq(who, uint16(bytes2(ballots[offset:offset + 2])));
        vm.assertEq(signature, ballots[offset + 4:offset + 4 + signature.length]);
        vm.assertEq(listed, ballots[offset:offset + 2]);
    }

    function test_countSigned__everyMember__yesAndNoToTheEnd() public view {
        (bytes memory ballots, bytes memory listed) = ("", "");
        for (uint16 i = 2; i <= VOTERS; ++i) {
            bytes memory ballot = _ballot(i, i % 3 != 0, 0);
            (ballots, listed) = (bytes.concat(ballots, ballot), bytes.concat(listed, bytes2(ballot)));
        }
        (uint256 offset, bytes memory counted, uint256 yes) = this.countSigned(ballots, false);
        vm.assertEq(offset, ballots.length);
        vm.assertEq(counted, listed);
        vm.assertEq(yes, 5);
    }

    /// @dev Two ballots of one member, or a lower number after a higher one: the first of them alone.
    function test_countSigned__numberNotAbove__stopsThere() public view {
        bytes memory first = _ballot(5, true, 0);
        bytes[3] memory others = [_ballot(5, true, 0), _ballot(5, false, 0), _ballot(4, true, 0)];
        for (uint256 i = 0; i < others.length; ++i) {
            bytes memory ballots = bytes.concat(first, others[i], _ballot(6, true, 0));
            (uint256 offset, bytes memory counted, uint256 yes) = this.countSigned(ballots, false);
            vm.assertEq(offset, first.length);
            vm.assertEq(counted, hex"8005");
            vm.assertEq(yes, 1);
        }
    }

    /// @dev As many ballots as the bytes can hold are listed, and what lies behind the list stays.
    function test_list__ballotsWithoutSignatures__hasRoomForAll() public view {
        bytes memory ballots;
        bytes memory expected;
        for (uint16 i = 1; i <= 200; ++i) {
            bytes memory ballot = abi.encodePacked(i | (i % 2 == 0 ? 32768 : 0), uint16(0));
            (ballots, expected) = (bytes.concat(ballots, ballot), bytes.concat(expected, bytes2(ballot)));
            (bytes memory listed, bytes memory behind) = this.takeAll(ballots);
            vm.assertEq(listed, expected);
            vm.assertEq(behind, "what lies behind the list stays!");
        }
    }

    function takeAll(bytes calldata ballots) external pure returns (bytes memory listed, bytes memory behind) {
        listed = Ballots.list(ballots.length);
        behind = bytes.concat("what lies behind the list stays!");
        for (uint256 offset = 0; offset < ballots.length;) {
            (, bytes calldata signature) = Ballots.take(ballots, offset, listed);
            offset += Ballots.HEAD_BYTES + signature.length;
        }
    }

    function test_latest__listed__isTheLastAndTheOneBefore() public pure {
        bytes memory listed = Ballots.list(12);
        vm.assertEq(listed.length, 0);
        (Number member, Number previous) = Ballots.latest(hex"8003");
        vm.assertTrue(member == Number.wrap(3) && previous == Number.wrap(0));
        (member, previous) = Ballots.latest(hex"00028003");
        vm.assertTrue(member == Number.wrap(3) && previous == Number.wrap(2));
        (member, previous) = Ballots.latest(hex"80018102ffff");
        vm.assertTrue(member == Number.wrap(0x7fff) && previous == Number.wrap(0x102));
    }

    function test_whoOf__anyMember__isReadBack() public pure {
        for (uint256 i = 0; i < 2 * 1024; ++i) {
            (Number member, bool support) = (Number.wrap(uint16(i / 2)), i % 2 == 1);
            uint256 who = Ballots.whoOf(member, support);
            vm.assertEq(who, (support ? 32768 : 0) + i / 2);
            vm.assertTrue(Ballots.memberOf(who) == member && Ballots.isYes(who) == support);
        }
    }

    function test_isSigned__byAKey__its65BytesAlone() public view {
        for (uint256 key = 2; key < 12; ++key) {
            (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, YES);
            bytes memory signature = abi.encodePacked(r, s, v);
            vm.assertTrue(this.isSigned(YES, vm.addr(key), signature));
            vm.assertFalse(this.isSigned(NO, vm.addr(key), signature));
            vm.assertFalse(this.isSigned(YES, vm.addr(key + 1), signature));
            vm.assertFalse(this.isSigned(YES, vm.addr(key), abi.encodePacked(r, s)));
            vm.assertFalse(this.isSigned(YES, vm.addr(key), bytes.concat(signature, hex"00")));
            vm.assertFalse(this.isSigned(YES, vm.addr(key), ""));
            for (uint256 at = 0; at < 65; ++at) {
                signature[at] ^= 0x01;
                vm.assertFalse(this.isSigned(YES, vm.addr(key), signature));
                signature[at] ^= 0x01;
            }
        }
    }

    /// @dev What no key signed recovers nobody.
    function test_isSigned__byNobody__never() public view {
        vm.assertFalse(this.isSigned(YES, address(0), new bytes(65)));
        vm.assertFalse(this.isSigned(YES, address(0), ""));
    }

    function isSigned(bytes32 digest, address signer, bytes calldata signature) external view returns (bool) {
        return Ballots.isSigned(digest, signer, signature);
    }

    function take(bytes calldata ballots, uint256 offset)
        external
        pure
        returns (uint256 who, bytes memory signature, bytes memory listed)
    {
        listed = Ballots.list(ballots.length);
        bytes calldata found;
        (who, found) = Ballots.take(ballots, offset, listed);
        signature = found;
    }

    function countSigned(bytes calldata ballots, bool noneUnmade)
        external
        pure
        returns (uint256 offset, bytes memory listed, uint256 yes)
    {
        Ballots.Sheet memory sheet;
        sheet.accounts = Rolls.blank(VOTERS);
        for (uint16 i = 2; i <= VOTERS; ++i) {
            Rolls.enter(sheet.accounts, Number.wrap(i), vm.addr(i));
        }
        sheet.listed = Ballots.list(ballots.length);
        (sheet.noDigest, sheet.yesDigest) = (noneUnmade ? bytes32(0) : NO, YES);
        offset = Ballots.countSigned(sheet, ballots, 0);
        return (offset, sheet.listed, sheet.yes);
    }

    /// @dev Sound: 0. Odd: 1 no digest for no, 2 another's key, 3 the other support, 4 cut short, 5 longer, 6 nobody's number,
    ///      7 beyond the roll, 8 the sender's own.
    function _ballot(uint16 member, bool support, uint8 oddity) private pure returns (bytes memory) {
        uint256 key = oddity == 2 ? 77 : member;
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, support != (oddity == 3) ? YES : NO);
        bytes memory signature = abi.encodePacked(r, s, v);
        if (oddity == 4) signature = abi.encodePacked(r, s);
        if (oddity == 5) signature = abi.encodePacked(r, s, v, v);
        if (oddity == 6) member = 1;
        if (oddity == 7) member = VOTERS + 1;
        if (oddity == 8) signature = "";
        return abi.encodePacked(uint16((support ? 32768 : 0) | member), uint16(signature.length), signature);
    }
}
