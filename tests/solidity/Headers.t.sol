// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAllocationDAO} from "contracts/interfaces/IAllocationDAO.sol";
import {Header, Headers} from "contracts/libraries/Headers.sol";
import {Number} from "contracts/types/Ids.sol";

import {vm} from "./Vm.sol";

/// @notice A proposal's word: no field, however large, touches another.
contract HeadersTest {
    using Headers for Header;

    uint16 private constant MOST = 1023;
    bytes32 private constant ONES = bytes32(type(uint256).max);

    struct Fields {
        bytes32 content;
        uint32 deadline;
        uint24 roster;
        uint16 proposer;
        uint16 yes;
        uint16 no;
        uint16 barred;
    }

    function test_open__anyFieldsAtTheirLargest__allReadBack() public pure {
        for (uint256 which = 0; which < 16; ++which) {
            Fields memory fields = _largest(which);
            _assertFields(_opened(fields), IAllocationDAO.State.Open, fields);
        }
    }

    function test_counts__anyFieldsAtTheirLargest__allReadBack() public pure {
        for (uint256 which = 0; which < 128; ++which) {
            Fields memory fields = _largest(which);
            _assertFields(_counted(fields), IAllocationDAO.State.Open, fields);
        }
    }

    function test_moved__anyStateAnyFields__changesTheStateAlone() public pure {
        for (uint8 state = 0; state <= uint8(type(IAllocationDAO.State).max); ++state) {
            for (uint256 which = 0; which < 128; which += 127) {
                Fields memory fields = _largest(which);
                for (uint8 next = 0; next <= uint8(type(IAllocationDAO.State).max); ++next) {
                    Header header = _counted(fields).moved(IAllocationDAO.State(state));
                    _assertFields(header.moved(IAllocationDAO.State(next)), IAllocationDAO.State(next), fields);
                }
            }
        }
    }

    function test_plus__yesAndNo__countOneEach() public pure {
        Fields memory fields = _largest(15);
        Header header = _opened(fields);
        for (uint16 i = 1; i <= MOST; ++i) {
            header = header.plus(true);
            if (i % 3 == 0) header = header.plus(false);
            (fields.yes, fields.no) = (i, i / 3);
            _assertFields(header, IAllocationDAO.State.Open, fields);
        }
    }

    function test_hasCounts__oneBallotOrOneBar__isEnough() public pure {
        Header header = _opened(_largest(15));
        vm.assertFalse(header.hasCounts());
        vm.assertTrue(header.plus(true).hasCounts());
        vm.assertTrue(header.plus(false).hasCounts());
        vm.assertTrue(header.plusBarred().hasCounts());
        vm.assertTrue(header.plusBarred().plusBarred().hasCounts());
    }

    function test_isOf__anyBitOfTheFirst20Bytes__isAnotherContent() public pure {
        Header header = Headers.open(ONES, 0, 0, Number.wrap(0));
        for (uint256 bit = 0; bit < 256; ++bit) {
            vm.assertTrue(header.isOf(ONES ^ bytes32(1 << bit)) == (bit < 96));
        }
    }

    /* BUILDING */

    /// @dev Each field whose bit is set is at its largest, the others are zero.
    function _largest(uint256 which) private pure returns (Fields memory fields) {
        if (which & 1 != 0) fields.content = ONES;
        if (which & 2 != 0) fields.deadline = type(uint32).max;
        if (which & 4 != 0) fields.roster = uint24(Headers.LAST_ROSTER);
        if (which & 8 != 0) fields.proposer = MOST;
        if (which & 16 != 0) fields.yes = MOST;
        if (which & 32 != 0) fields.no = MOST;
        if (which & 64 != 0) fields.barred = 3;
    }

    function _opened(Fields memory fields) private pure returns (Header) {
        return Headers.open(fields.content, fields.deadline, fields.roster, Number.wrap(fields.proposer));
    }

    function _counted(Fields memory fields) private pure returns (Header header) {
        header = _opened(fields).plusMany(fields.yes, fields.no);
        for (uint256 i = 0; i < fields.barred; ++i) {
            header = header.plusBarred();
        }
    }

    function _assertFields(Header header, IAllocationDAO.State state, Fields memory fields) private pure {
        vm.assertTrue(header.state() == state);
        vm.assertTrue(header.contentId() == bytes20(fields.content) && header.isOf(fields.content));
        vm.assertTrue(header.deadline() == fields.deadline && header.roster() == fields.roster);
        vm.assertTrue(Number.unwrap(header.proposer()) == fields.proposer);
        vm.assertTrue(header.yes() == fields.yes && header.no() == fields.no && header.barred() == fields.barred);
    }
}
