// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAllocationDAO} from "contracts/interfaces/IAllocationDAO.sol";
import {IMembers} from "contracts/interfaces/IMembers.sol";
import {Details} from "contracts/libraries/Details.sol";
import {Number, ProposalId, TaskId} from "contracts/types/Ids.sol";

import {PlantFixture} from "./PlantFixture.sol";
import {vm} from "./Vm.sol";

/// @notice What may be put to the vote, by whom, and how often.
contract ProposingTest is PlantFixture {
    TaskId private _task;
    bytes private _plan;

    function setUp() public override {
        super.setUp();
        _task = _postOne();
        _plan = _planFor(_task, SCANNER, PACKER);
    }

    /* WHAT */

    function test_propose__content__bindsEveryPart() public {
        ProposalId id = _propose(SCANNER, _plan);
        bytes32 rest = _rest(id);
        vm.assertTrue(dao.isContent(id, _plan, rest));
        vm.assertTrue(dao.proposal(id).contentId == bytes20(_contentHash(id, _plan)));
        vm.assertFalse(dao.isContent(id, _planFor(_task, SPRAYER, PACKER), rest));
        vm.assertFalse(dao.isContent(id, _plan, keccak256("rest")));
    }

    function test_propose__header__isAsOpened() public {
        _propose(GLUER, _plan);
        IAllocationDAO.Proposal memory found = dao.proposal(_propose(SPRAYER, _plan));
        (uint64 roster, uint32 size) = members.roster();
        vm.assertTrue(found.state == IAllocationDAO.State.Open && found.proposer == SPRAYER);
        vm.assertTrue(found.roster == roster && found.members == size);
        vm.assertTrue(found.yes == 0 && found.no == 0 && found.barred == 0);
        vm.assertEq(found.deadline, block.timestamp + VOTING_SECONDS);
    }

    function test_propose__detailOfOtherLength__refused() public {
        _refused("", abi.encodeWithSelector(Details.MalformedDetail.selector, 0));
        _refused(new bytes(146), abi.encodeWithSelector(Details.MalformedDetail.selector, 146));
        bytes memory detail = _detailOf("", "");
        vm.assertEq(detail.length, 147);
        detail[146] = 0x01;
        _refused(detail, abi.encodeWithSelector(Details.MalformedDetail.selector, 147));
        detail[144] = 0x01;
        detail = bytes.concat(detail, new bytes(65_536));
        _refused(detail, abi.encodeWithSelector(Details.MalformedDetail.selector, 65_683));
        detail = bytes.concat(detail, hex"00");
        _refused(detail, _malformedTeams(65_533));
    }

    function test_propose__unknownBlock__refused() public {
        vm.roll(1000);
        uint64[3] memory numbers = [uint64(1000), 743, 999];
        for (uint256 i = 0; i < 3; ++i) {
            bytes32 hash = i == 2 ? keccak256("other") : blockhash(numbers[i]);
            bytes memory reason = abi.encodeWithSelector(IAllocationDAO.UnknownBlock.selector, numbers[i], hash);
            _refused(_detail(numbers[i], hash, 0), reason);
        }
        bytes memory oldest = _detail(744, blockhash(744), 0);
        _as(SCANNER);
        dao.propose(_plan, oldest, "");
    }

    function test_propose__countersNothing__refused() public {
        bytes memory reason = abi.encodeWithSelector(IAllocationDAO.UnknownProposal.selector, 1);
        bytes memory detail = _detail(uint64(block.number - 1), blockhash(block.number - 1), 1);
        _refused(detail, reason);
        _propose(SCANNER, _plan);
        _as(SCANNER);
        dao.propose(_plan, detail, "");
    }

    function test_propose__helperNotConfirmed__refused() public {
        bytes memory lone = _team(GLUER, "");
        bytes memory teams = bytes.concat(lone, _team(SPRAYER, abi.encodePacked(GLUER, PRESSER)));
        _refused(_detailOf(teams), _unconfirmed(GLUER));
        _confirm(GLUER);
        _refused(_detailOf(teams), _unconfirmed(PRESSER));
        _confirm(PRESSER);
        bytes memory detail = _detailOf(teams);
        _as(SCANNER);
        dao.propose(_plan, detail, "");
    }

    function test_propose__teamsCutShort__refused() public {
        bytes memory whole = _team(SPRAYER, "");
        bytes memory cut = abi.encodePacked(_team(SPRAYER, ""), GLUER);
        cut[12] = 0x02;
        _refused(_detailOf(bytes.concat(whole, hex"00")), _malformedTeams(13));
        _refused(_detailOf(cut), _malformedTeams(0));
    }

    /* WHO, HOW OFTEN */

    function test_propose__strangerRobotOrSuspended__refused() public {
        members.suspend(PACKER);
        bytes memory detail = _detail();
        vm.prank(STRANGER);
        vm.expectRevert(abi.encodeWithSelector(IMembers.NotAMember.selector, STRANGER));
        dao.propose(_plan, detail, "");
        _as(ROBOT);
        vm.expectRevert(abi.encodeWithSelector(IMembers.WrongKind.selector, ROBOT, IMembers.Kind.Robotic));
        dao.propose(_plan, detail, "");
        _as(PACKER);
        vm.expectRevert(abi.encodeWithSelector(IMembers.WrongStanding.selector, PACKER, IMembers.Standing.Suspended));
        dao.propose(_plan, detail, "");
    }

    /// @dev Each bit of `ends` settles one of the open ones, whichever it is.
    function testFuzz_propose__anyOfThemSettled__asManyPlaces(uint256 ends) public {
        uint256[] memory open = new uint256[](16);
        uint256 count;
        for (uint256 i = 0; i < open.length; ++i) {
            if (count == OPEN_LIMIT) {
                _refused(_detail(), abi.encodeWithSelector(IAllocationDAO.TooManyOpen.selector, SCANNER, OPEN_LIMIT));
                uint256 which = (ends >> (4 * i)) % count;
                vm.prank(address(overrides));
                dao.veto(ProposalId.wrap(open[which]));
                open[which] = open[--count];
            }
            open[count++] = ProposalId.unwrap(_propose(SCANNER, _plan));
        }
    }

    function test_propose__pastTheirDeadline__placesAreFreeUnpoked() public {
        for (uint256 i = 0; i < OPEN_LIMIT; ++i) {
            _propose(SCANNER, _plan);
        }
        vm.warp(block.timestamp + VOTING_SECONDS);
        _refused(_detail(), abi.encodeWithSelector(IAllocationDAO.TooManyOpen.selector, SCANNER, OPEN_LIMIT));
        _propose(SPRAYER, _plan);
        vm.warp(block.timestamp + 1);
        _propose(SCANNER, _plan);
    }

    /* BUILDING */

    function _team(Number lead, bytes memory helpers) private view returns (bytes memory) {
        return abi.encodePacked(_task, _version(_task), lead, uint16(1), uint8(helpers.length / 2), helpers);
    }

    /// @dev The sprayer's offer.
    function _confirm(Number helper) private {
        TaskId[] memory tasks = new TaskId[](1);
        uint32[] memory versions = new uint32[](1);
        Number[] memory leads = new Number[](1);
        uint16[] memory sequences = new uint16[](1);
        (tasks[0], versions[0], leads[0], sequences[0]) = (_task, _version(_task), SPRAYER, 1);
        _as(helper);
        vm.expectEmit(address(dao));
        emit IAllocationDAO.HelpConfirmed(_task, SPRAYER, helper, versions[0], 1);
        dao.confirm(tasks, versions, leads, sequences);
        vm.assertTrue(dao.isConfirmed(_task, versions[0], SPRAYER, 1, helper));
    }

    function _refused(bytes memory detail, bytes memory reason) private {
        _as(SCANNER);
        vm.expectRevert(reason);
        dao.propose(_plan, detail, "");
    }

    function _unconfirmed(Number helper) private view returns (bytes memory) {
        return abi.encodeWithSelector(IAllocationDAO.HelperNotConfirmed.selector, _task, SPRAYER, helper);
    }

    function _malformedTeams(uint256 offset) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IAllocationDAO.MalformedTeams.selector, offset);
    }
}
