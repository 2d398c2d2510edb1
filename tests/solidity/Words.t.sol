// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Plans, Tens} from "contracts/libraries/Plans.sol";
import {Rolls} from "contracts/libraries/Rolls.sol";
import {Number, TaskId} from "contracts/types/Ids.sol";

import {Packing} from "./Packing.sol";
import {vm} from "./Vm.sol";

/// @notice A plan's words of ten tasks, at every edge of the layout.
contract WordsTest {
    uint256 private constant FULL = 1023;
    address private constant LOWEST = address(1);
    address private constant HIGHEST = address(uint160(1 << 159));

    /* WHAT FOLLOWS WHAT */

    /// @dev Masks of one task and of two, each after each: of the same ten only later tasks, and not at the same version.
    function test_requireSound__sameTenAgain__laterTasksAtAnotherVersion() public view {
        uint256[] memory masks = _masks();
        for (uint256 i = 0; i < masks.length; ++i) {
            for (uint256 j = 0; j < masks.length; ++j) {
                bool later = _lowest(masks[j]) > masks[i];
                vm.assertTrue(_areSound(_word(256, masks[i], 2), _word(256, masks[j], 3)) == later);
                vm.assertFalse(_areSound(_word(256, masks[i], 2), _word(256, masks[j], 2)));
            }
        }
    }

    function test_requireSound__versionsOneBitApart__areOthers() public view {
        for (uint256 bit = 0; bit < 14; ++bit) {
            vm.assertTrue(_areSound(_word(256, 2, 0), _word(256, 4, uint32(1 << bit))));
            vm.assertTrue(_areSound(_word(256, 2, 16_383), _word(256, 4, uint32(16_383 ^ (1 << bit)))));
        }
    }

    /// @dev Who does it is none of the version.
    function test_requireSound__sameVersionOtherPeople__refused() public view {
        bytes memory nobody = Packing.word(256, 2, 5, 0, 1);
        bytes memory everybody = Packing.word(256, 4, 5, (1 << 20) - 1, 1);
        vm.assertFalse(_areSound(nobody, everybody));
    }

    function test_requireSound__wordsOfEveryTen__ascend() public view {
        for (uint32 tens = 0; tens < 25; ++tens) {
            for (uint256 i = 0; i < 10; ++i) {
                bytes memory one = _word(256 + tens, 1 << i, 1);
                vm.assertTrue(_areSound(one, _word(257 + tens, 1, 1)));
                vm.assertFalse(_areSound(_word(257 + tens, 1, 1), one));
            }
        }
    }

    /* WHAT A WORD HOLDS */

    function test_requireSound__everyTen__itsTasksAndNoOthers() public view {
        for (uint32 tens = 0; tens < 256; ++tens) {
            vm.assertTrue(_isSound(_word(256 + tens, 1, 1)) == (tens < 26));
            vm.assertTrue(_isSound(_word(256 + tens, 63, 1)) == (tens < 26));
            vm.assertTrue(_isSound(_word(256 + tens, 64, 1)) == (tens < 25));
            vm.assertTrue(_isSound(_word(256 + tens, FULL - 1, 1)) == (tens < 25));
            vm.assertTrue(_isSound(_word(256 + tens, FULL, 1)) == (tens < 25));
            vm.assertFalse(_isSound(_word(256 + tens, 0, 1)));
        }
    }

    function test_requireSound__halfByteThatIsNobodys__isZero() public view {
        for (uint256 mask = 1; mask <= FULL; mask = mask * 2 + 1) {
            bool even = Plans.countBits(mask) % 2 == 0;
            for (uint8 bits = 0; bits < 16; ++bits) {
                bytes memory word = _word(256, mask, 1);
                word[word.length - 1] = bytes1(bits);
                vm.assertTrue(_isSound(word) == (even || bits == 0));
                vm.assertTrue(_areSound(word, _word(257, 3, 1)) == (even || bits == 0));
            }
        }
    }

    function test_people__everyMask__eachAtTheirPlace() public pure {
        for (uint256 mask = 1; mask <= FULL; ++mask) {
            (uint256 given, uint256 expected) = (0, 0);
            for (uint256 i = 0; i < 10; ++i) {
                if ((mask >> i) & 1 == 0) continue;
                uint256 pair = ((1023 - 2 * i) << 10) | (513 + i);
                (given, expected) = ((given << 20) | pair, expected | (pair << (180 - 20 * i)));
            }
            uint256 head = (uint256(256) << 224) | (mask << 214);
            Tens tens = Tens.wrap(head | (given << (200 - 20 * Plans.countBits(mask))));
            vm.assertEq(Plans.people(tens), expected);
        }
    }

    function test_slice__fullWord__eachField() public view {
        uint256 people;
        for (uint256 i = 0; i < 10; ++i) {
            people = (people << 20) | ((1023 - i) << 10) | (i + 1);
        }
        Plans.Assignment[] memory found = this.slice(Packing.word(512 + 24, FULL, 16_383, people, 10), 0, 1000);
        vm.assertEq(found.length, 10);
        for (uint256 i = 0; i < 10; ++i) {
            vm.assertEq(TaskId.unwrap(found[i].task), 512 + 240 + i);
            vm.assertEq(found[i].version, 16_383);
            vm.assertEq(Number.unwrap(found[i].lead), 1023 - i);
            vm.assertEq(Number.unwrap(found[i].inspector), i + 1);
        }
    }

    /* A PART */

    /// @dev Seven tasks in three words, from every one to every one after it.
    function test_slice__everyPart__isThatPart() public view {
        bytes memory plan = bytes.concat(_word(256, 7, 1), _word(257, 1 << 9, 1), _word(512, 21, 1));
        uint32[7] memory ids = [uint32(256), 257, 258, 275, 512, 514, 516];
        for (uint256 last = 0; last < 10; ++last) {
            for (uint256 first = 0; first <= last; ++first) {
                Plans.Assignment[] memory found = this.slice(plan, first, last);
                uint256 end = last < 7 ? last : 7;
                vm.assertEq(found.length, first < end ? end - first : 0);
                for (uint256 i = 0; i < found.length; ++i) {
                    vm.assertEq(TaskId.unwrap(found[i].task), ids[first + i]);
                }
            }
        }
    }

    function test_endOf__everyNumberOfWords__isWhereTheyEnd() public view {
        bytes memory plan = bytes.concat(_word(256, 7, 1), _word(257, FULL, 1), _word(258, 1, 1));
        uint256[4] memory ends = [uint256(0), 15, 47, 57];
        for (uint256 from = 0; from < 4; ++from) {
            for (uint256 words = 0; words < 6; ++words) {
                uint256 last = from + words;
                vm.assertEq(this.endOf(plan, ends[from], words), ends[last < 3 ? last : 3]);
            }
        }
    }

    /* A TREE IS NO PLAN */

    function test_isTree__itsFourBytes__noFewerAndNoOthers() public view {
        vm.assertTrue(this.isTree(hex"00000006") && this.isTree(hex"0000000600"));
        vm.assertFalse(this.isTree(hex"00000005") || this.isTree(hex"01000006"));
        vm.assertFalse(this.isTree("") || this.isTree(hex"00") || this.isTree(hex"0000"));
        vm.assertFalse(this.isTree(hex"000000") || this.isTree(hex"000006"));
    }

    /* WHO IS ON THE ROLL */

    /// @dev Twenty people, each of them absent in turn, or left out; whatever the accounts look like.
    function test_areOn__eachPlace__isLookedAt() public pure {
        _checkPlaces(LOWEST);
        _checkPlaces(HIGHEST);
    }

    function _checkPlaces(address present) private pure {
        uint16 absent = 11;
        bytes memory roll = Rolls.blank(21);
        for (uint16 i = 1; i <= 21; ++i) {
            if (i != absent) Rolls.enter(roll, Number.wrap(i), present);
        }
        uint256 people;
        for (uint256 i = 0; i < 20; ++i) {
            people |= (i + (i < 10 ? 1 : 2)) << (10 * i);
        }
        vm.assertTrue(Plans.areOn(roll, people));
        for (uint256 i = 0; i < 20; ++i) {
            uint256 others = people & ~(FULL << (10 * i));
            vm.assertTrue(Plans.areOn(roll, others));
            vm.assertFalse(Plans.areOn(roll, others | (uint256(absent) << (10 * i))));
            vm.assertFalse(Plans.areOn(roll, uint256(absent) << (10 * i)));
        }
    }

    /* CALLING */

    function requireSound(bytes calldata plan) external pure {
        Plans.requireSound(plan);
    }

    function slice(bytes calldata plan, uint256 first, uint256 last) external pure returns (Plans.Assignment[] memory) {
        return Plans.slice(plan, first, last);
    }

    function endOf(bytes calldata plan, uint256 offset, uint256 words) external pure returns (uint256) {
        return Plans.endOf(plan, offset, words);
    }

    function isTree(bytes calldata content) external pure returns (bool) {
        return Plans.isTree(content);
    }

    /* BUILDING */

    /// @dev Every mask of one task, and of two of which one is the first or the last.
    function _masks() private pure returns (uint256[] memory masks) {
        masks = new uint256[](28);
        for (uint256 i = 0; i < 10; ++i) {
            masks[i] = 1 << i;
            if (i != 0) masks[9 + i] = 1 | (1 << i);
            if (i != 9) masks[19 + i] = 512 | (1 << i);
        }
    }

    function _lowest(uint256 mask) private pure returns (uint256) {
        return mask & (~mask + 1);
    }

    function _word(uint32 number, uint256 mask, uint32 version) private pure returns (bytes memory) {
        return Packing.word(number, mask, version, 0, Plans.countBits(mask));
    }

    function _areSound(bytes memory first, bytes memory second) private view returns (bool) {
        return _isSound(bytes.concat(first, second));
    }

    function _isSound(bytes memory plan) private view returns (bool) {
        try this.requireSound(plan) {
            return true;
        } catch (bytes memory reason) {
            vm.assertTrue(bytes4(reason) == Plans.MalformedPlan.selector);
            return false;
        }
    }
}
