// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Voter, Voters} from "contracts/libraries/Voters.sol";
import {Number} from "contracts/types/Ids.sol";

import {vm} from "./Vm.sol";

/// @notice A member's word: its number, since when it votes, and nine proposals, each in its place.
contract VotersTest {
    using Voters for Voter;

    uint256 private constant LAST_ID = type(uint24).max;

    function test_places__nine__areAsManyAsAMemberMayHaveOpen() public pure {
        vm.assertEq(Voters.PLACES, 9);
    }

    function test_withJoined__largest__leavesNineProposals() public pure {
        (Voter voter, uint256[] memory held) = _full();
        _assertVoter(voter.withJoined(Number.wrap(type(uint16).max), 0), type(uint16).max, 0, held);
        _assertVoter(voter.withJoined(Number.wrap(0), type(uint24).max), 0, type(uint24).max, held);
        _assertVoter(voter.withJoined(Number.wrap(0), 0), 0, 0, held);
    }

    function test_withProposal__eachPlace__newerOnesMoveUpOlderOnesStay() public pure {
        for (uint256 place = 1; place <= Voters.PLACES; ++place) {
            (Voter voter, uint256[] memory held) = _full();
            voter = voter.withProposal(place, LAST_ID);
            for (uint256 i = place - 1; i != 0; --i) {
                held[i] = held[i - 1];
            }
            held[0] = LAST_ID;
            _assertVoter(voter, type(uint16).max, type(uint24).max, held);
        }
    }

    function testFuzz_withProposal__anyPlaces__asAListWould(uint24[16] memory ids, uint8[16] memory places)
        public
        pure
    {
        uint256[] memory held = new uint256[](Voters.PLACES);
        Voter voter = Voter.wrap(0).withJoined(Number.wrap(uint16(ids[0] >> 8)), ids[1]);
        for (uint256 i = 0; i < ids.length; ++i) {
            uint256 place = 1 + places[i] % Voters.PLACES;
            voter = voter.withProposal(place, ids[i]);
            for (uint256 at = place - 1; at != 0; --at) {
                held[at] = held[at - 1];
            }
            held[0] = ids[i];
            _assertVoter(voter, uint16(ids[0] >> 8), ids[1], held);
        }
    }

    /// @dev All bits of number and roster are set, and nine proposals of different large numbers.
    function _full() private pure returns (Voter voter, uint256[] memory held) {
        held = new uint256[](Voters.PLACES);
        voter = Voter.wrap(0).withJoined(Number.wrap(type(uint16).max), type(uint24).max);
        for (uint256 i = 1; i <= held.length; ++i) {
            voter = voter.withProposal(Voters.PLACES, LAST_ID - i);
            held[held.length - i] = LAST_ID - i;
        }
    }

    function _assertVoter(Voter voter, uint16 number, uint24 joined, uint256[] memory held) private pure {
        vm.assertEq(Number.unwrap(voter.number()), number);
        vm.assertEq(voter.joined(), joined);
        for (uint256 i = 0; i < held.length; ++i) {
            vm.assertEq(voter.proposal(i + 1), held[i]);
        }
    }
}
