// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IMembers} from "contracts/interfaces/IMembers.sol";
import {IMotions} from "contracts/interfaces/IMotions.sol";
import {MotionLayout} from "contracts/libraries/MotionLayout.sol";
import {Number} from "contracts/types/Ids.sol";

import {vm} from "./Vm.sol";

/// @notice What the bytes of a motion say, kind by kind and field by field.
contract MotionBytesTest {
    uint256 private constant LONGEST_TRIED = 64;

    /* WHAT A MOTION IS */

    function test_isMotion__beginning__threeZeroBytesWhateverFollows() public view {
        vm.assertTrue(this.isMotion(hex"000000"));
        vm.assertTrue(this.isMotion(hex"000000ff"));
        vm.assertTrue(this.isMotion(hex"00000080ffffffff"));
        vm.assertFalse(this.isMotion(""));
        vm.assertFalse(this.isMotion(hex"0000"));
        vm.assertFalse(this.isMotion(hex"000001"));
        vm.assertFalse(this.isMotion(hex"010000"));
        vm.assertFalse(this.isMotion(hex"80000000"));
    }

    /// @dev Suspension, reinstatement and retirement have a number, a policy its eight figures, an admission a profile of any
    ///      length; no other kind is a motion of the members'.
    function test_kindOf__everyKindAndLength__onlyWhatTheLayoutSays() public view {
        for (uint256 kind = 0; kind <= 255; kind += kind < 8 ? 1 : 247) {
            for (uint256 length = 0; length <= LONGEST_TRIED; ++length) {
                bool fits = kind > 1 && kind < 5 && length == 6;
                if (kind == 1) fits = length >= 57;
                if (kind == 5) fits = length == 22;
                _assertKind(_cut(kind, length), fits ? kind : 0);
            }
        }
    }

    /* WHAT IT SAYS */

    function test_numberOf__standing__isItsLastTwoBytes() public view {
        vm.assertEq(Number.unwrap(this.numberOf(hex"000000020304")), 0x0304);
    }

    function test_admission__everyField__isAtItsPlace() public view {
        address account = address(0x0102030405060708090a0B0c0d0e0f1011121314);
        uint256 capabilities = uint256(keccak256("capabilities"));
        for (uint8 kind = 0; kind <= uint8(type(IMembers.Kind).max); ++kind) {
            bytes memory profile = kind == 0 ? bytes("") : bytes("{\"name\":\"newcomer\"}");
            bytes memory motion = abi.encodePacked(hex"00000001", kind, account, capabilities, profile);
            (IMembers.Kind found, address who, uint256 can, string memory told) = this.admission(motion);
            vm.assertTrue(uint8(found) == kind && who == account && can == capabilities);
            vm.assertEq(bytes(told), profile);
        }
    }

    function test_admission__memberOfNoSuchKind__refused() public {
        bytes memory body = new bytes(52);
        for (uint256 kind = uint256(type(IMembers.Kind).max) + 1; kind <= 255; ++kind) {
            vm.expectRevert(abi.encodeWithSelector(IMotions.MalformedMotion.selector));
            this.admission(abi.encodePacked(hex"00000001", uint8(kind), body));
        }
    }

    function test_policyOf__everyField__isAtItsPlace() public view {
        IMotions.Policy memory found = this.policyOf(hex"00000005f1020384850687098a0b8c0d8e0f90118213");
        vm.assertEq(found.votingSeconds, 0xf1020384);
        vm.assertEq(found.openLimit, 0x8506);
        vm.assertEq(found.absentAfter, 0x8709);
        vm.assertEq(found.weights.makespan, 0x8a0b);
        vm.assertEq(found.weights.tardiness, 0x8c0d);
        vm.assertEq(found.weights.cost, 0x8e0f);
        vm.assertEq(found.weights.energy, 0x9011);
        vm.assertEq(found.weights.risk, 0x8213);
    }

    /* THE LIBRARY, FROM CALLDATA */

    function isMotion(bytes calldata content) external pure returns (bool) {
        return MotionLayout.isMotion(content);
    }

    function kindOf(bytes calldata motion) external pure returns (IMotions.Kind) {
        return MotionLayout.kindOf(motion);
    }

    function numberOf(bytes calldata motion) external pure returns (Number) {
        return MotionLayout.numberOf(motion);
    }

    function admission(bytes calldata motion)
        external
        pure
        returns (IMembers.Kind kind, address account, uint256 capabilities, string memory profile)
    {
        return MotionLayout.admission(motion);
    }

    function policyOf(bytes calldata motion) external pure returns (IMotions.Policy memory) {
        return MotionLayout.policyOf(motion);
    }

    /* BUILDING */

    /// @dev A motion of that kind, cut or lengthened; ones follow the kind.
    function _cut(uint256 kind, uint256 length) private pure returns (bytes memory motion) {
        motion = new bytes(length);
        for (uint256 i = 3; i < length; ++i) {
            motion[i] = i == 3 ? bytes1(uint8(kind)) : bytes1(0x01);
        }
    }

    /// @param kind Zero where it is to be refused.
    function _assertKind(bytes memory motion, uint256 kind) private view {
        (bool read, bytes memory answer) = address(this).staticcall(abi.encodeCall(this.kindOf, (motion)));
        vm.assertTrue(read == (kind != 0));
        bytes memory refusal = abi.encodeWithSelector(IMotions.MalformedMotion.selector);
        vm.assertEq(answer, read ? abi.encode(kind) : refusal);
    }
}
