// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAllocationDAO} from "contracts/interfaces/IAllocationDAO.sol";
import {Number, ProposalId} from "contracts/types/Ids.sol";

import {PlantFixture} from "./PlantFixture.sol";
import {vm} from "./Vm.sol";

/// @notice Ballots that nobody signed, or that say nothing: a member's own without any byte, and those that only look so.
contract UnsignedTest is PlantFixture {
    bytes private _plan;
    ProposalId private _id;
    bytes32 private _hash;
    bytes32 private _bound;

    function setUp() public override {
        super.setUp();
        _plan = _planFor(_postOne(), SCANNER, PACKER);
        _id = _propose(SCANNER, _plan);
        (_hash, _bound) = (_contentHash(_id, _plan), _rest(_id));
    }

    /// @dev A signature of any length is one: the sender's own ballot has none.
    function test_decide__sendersOwnWithAByte__refused() public {
        bytes memory others = bytes.concat(_yes(SCANNER), _yes(SPRAYER));
        _refusedAs(GLUER, bytes.concat(others, _ballot(GLUER, true, hex"00")), _bad(GLUER, true));
        _refusedAs(GLUER, bytes.concat(others, _ballot(GLUER, false, hex"01")), _bad(GLUER, false));
        _as(GLUER);
        dao.decide(_id, _plan, _bound, bytes.concat(others, _ballot(GLUER, true, "")));
        vm.assertEq(dao.proposal(_id).yes, 3);
    }

    function test_record__sendersOwnWithAByte__refused() public {
        dao.decide(_id, _plan, _bound, bytes.concat(_yes(SCANNER), _yes(SPRAYER), _yes(GLUER)));
        _as(PACKER);
        vm.expectRevert(_bad(PACKER, true));
        audit.record(_id, _hash, _ballot(PACKER, true, hex"00"));
    }

    /// @dev Nobody's digest is ever zero, whichever way a ballot is counted.
    function test_decide__signedZero__refused() public {
        bytes memory no = _ballot(SPRAYER, false, _sign(_key(SPRAYER), 0));
        bytes memory yes = _ballot(SPRAYER, true, _sign(_key(SPRAYER), 0));
        for (uint256 i = 0; i < 2; ++i) {
            _refusedAs(PACKER, no, _bad(SPRAYER, false));
            _refusedAs(PACKER, bytes.concat(_yes(SCANNER), no), _bad(SPRAYER, false));
            _refusedAs(PACKER, bytes.concat(_yes(SCANNER), yes), _bad(SPRAYER, true));
            if (i == 0) _vote(_id, PACKER, true);
        }
    }

    /// @dev Whichever way each comes, between those of keys or after one cast before.
    function test_decide__ownBetweenSigned__allAreCountedAndTold() public {
        bytes memory ballots =
            bytes.concat(_yes(SCANNER), _ballot(SPRAYER, false, ""), _no(GLUER), _yes(PRESSER), _yes(PACKER));
        vm.expectEmit(address(dao));
        emit IAllocationDAO.BallotsCounted(_id, hex"80010002000380048005");
        _as(SPRAYER);
        dao.decide(_id, _plan, _bound, ballots);
        IAllocationDAO.Proposal memory found = dao.proposal(_id);
        vm.assertTrue(found.state == IAllocationDAO.State.Enacted && found.yes == 3 && found.no == 2);
    }

    function test_decide__ownAfterOneCastBefore__allAreCountedAndTold() public {
        _vote(_id, PACKER, true);
        bytes memory ballots = bytes.concat(_no(SCANNER), _ballot(SPRAYER, true, ""), _no(GLUER), _yes(PRESSER));
        vm.expectEmit(address(dao));
        emit IAllocationDAO.BallotsCounted(_id, hex"0001800200038004");
        _as(SPRAYER);
        dao.decide(_id, _plan, _bound, ballots);
        IAllocationDAO.Proposal memory found = dao.proposal(_id);
        vm.assertTrue(found.state == IAllocationDAO.State.Enacted && found.yes == 3 && found.no == 2);
    }

    function _yes(Number member) private view returns (bytes memory) {
        return _signedBallot(_id, _hash, member, true);
    }

    function _no(Number member) private view returns (bytes memory) {
        return _signedBallot(_id, _hash, member, false);
    }

    function _refusedAs(Number sender, bytes memory ballots, bytes memory reason) private {
        vm.expectRevert(reason);
        _as(sender);
        dao.decide(_id, _plan, _bound, ballots);
    }

    function _bad(Number member, bool support) private view returns (bytes memory) {
        bytes32 digest = _digest(_id, _hash, support);
        return abi.encodeWithSelector(IAllocationDAO.BadBallot.selector, _id, member, digest);
    }
}
