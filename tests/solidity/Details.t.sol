// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Details} from "contracts/libraries/Details.sol";
import {ProposalId} from "contracts/types/Ids.sol";

import {vm} from "./Vm.sol";

/// @notice What stands where in the detail of a proposal.
contract DetailsTest {
    uint64 private constant READ_AT = 0xa1a2a3a4a5a6a7a8;
    uint64 private constant COUNTERS = 0xb1b2b3b4b5b6b7b8;

    function testFuzz_read__anyParts__comeBack(bytes32 hash, uint64 number, uint64 counters, bytes calldata teams)
        public
        view
    {
        bytes memory detail = bytes.concat(_bare(hash, number, counters), bytes3(uint24(teams.length)), teams);
        (uint64 foundNumber, bytes32 foundHash) = this.readInputs(detail);
        vm.assertEq(foundHash, hash);
        vm.assertEq(foundNumber, number);
        vm.assertEq(ProposalId.unwrap(this.readCounters(detail)), counters);
        vm.assertEq(this.readTeams(detail), teams);
    }

    function test_read__everyByteAnother__eachIsWhereItIs() public view {
        bytes memory detail = bytes.concat(_bare(keccak256("read"), READ_AT, COUNTERS), hex"000002cdef", "timetable");
        (uint64 number, bytes32 hash) = this.readInputs(detail);
        vm.assertEq(hash, keccak256("read"));
        vm.assertEq(number, READ_AT);
        vm.assertEq(ProposalId.unwrap(this.readCounters(detail)), COUNTERS);
        vm.assertEq(this.readTeams(detail), hex"cdef");
    }

    /// @dev Lengths of which each of the three bytes counts.
    function test_teams__longOnes__endWhereTheTimetableBegins() public view {
        uint24[4] memory lengths = [uint24(1), 255, 256, 0x010203];
        for (uint256 i = 0; i < lengths.length; ++i) {
            bytes memory teams = new bytes(lengths[i]);
            (teams[0], teams[teams.length - 1]) = (0xaa, 0xbb);
            bytes memory detail = bytes.concat(_bare(0, 0, COUNTERS), bytes3(lengths[i]), teams, "timetable");
            vm.assertEq(keccak256(this.readTeams(detail)), keccak256(teams));
        }
    }

    function test_teams__noTimetable__isWhole() public view {
        vm.assertEq(this.readTeams(bytes.concat(_bare(0, 0, 0), hex"000000")), "");
        vm.assertEq(this.readTeams(bytes.concat(_bare(0, 0, 0), hex"000001ee")), hex"ee");
    }

    function test_teams__aByteShort__refused() public {
        _refused(bytes.concat(_bare(0, 0, 0), hex"0000"));
        _refused(bytes.concat(_bare(0, 0, 0), hex"000001"));
        _refused(bytes.concat(_bare(0, 0, 0), hex"000003aabb"));
        _refused(bytes.concat(_bare(0, 0, 0), hex"ffffff", new bytes(0xfffe)));
        _refused("");
    }

    function _refused(bytes memory detail) private {
        vm.expectRevert(abi.encodeWithSelector(Details.MalformedDetail.selector, detail.length));
        this.readTeams(detail);
    }

    /// @dev All before the length of the teams; what is not read is told apart from what is.
    function _bare(bytes32 hash, uint64 number, uint64 counters) private pure returns (bytes memory) {
        bytes memory hashes = abi.encodePacked(keccak256("offers"), keccak256("evidence"), hash);
        uint64 cost = 0xc1c2c3c4c5c6c7c8;
        return abi.encodePacked(hashes, number, ~uint64(0), uint64(0), ~uint64(0), cost, counters);
    }

    /* AS CALLS */

    function readTeams(bytes calldata detail) external pure returns (bytes memory) {
        return Details.teams(detail);
    }

    function readInputs(bytes calldata detail) external pure returns (uint64, bytes32) {
        return Details.read(detail);
    }

    function readCounters(bytes calldata detail) external pure returns (ProposalId) {
        return Details.counters(detail);
    }
}
