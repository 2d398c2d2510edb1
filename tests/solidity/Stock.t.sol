// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IGovernor} from "@openzeppelin/contracts/governance/IGovernor.sol";
import {IVotes} from "@openzeppelin/contracts/governance/utils/IVotes.sol";
import {IERC165} from "@openzeppelin/contracts/interfaces/IERC165.sol";
import {IERC5267} from "@openzeppelin/contracts/interfaces/IERC5267.sol";
import {IERC6372} from "@openzeppelin/contracts/interfaces/IERC6372.sol";

import {IAllocationDAO} from "contracts/interfaces/IAllocationDAO.sol";
import {IERC4824} from "contracts/interfaces/IERC4824.sol";
import {IMembers} from "contracts/interfaces/IMembers.sol";
import {Number, ProposalId} from "contracts/types/Ids.sol";

import {PlantFixture} from "./PlantFixture.sol";
import {vm} from "./Vm.sol";

/// @notice What clients that know only the standards read and sign.
contract StockTest is PlantFixture {
    bytes32 private constant STOCK_BALLOT =
        keccak256("Ballot(uint256 proposalId,uint8 support,address voter,uint256 nonce)");

    bytes private _plan;
    uint256 private _id;

    function setUp() public override {
        super.setUp();
        vm.warp(block.timestamp + 100);
        _plan = _planFor(_postOne(), SCANNER, PACKER);
        _id = ProposalId.unwrap(_propose(SCANNER, _plan));
    }

    /* A PROPOSAL */

    function test_propose__event__isAGovernors() public {
        bytes[] memory parts = new bytes[](2);
        (parts[0], parts[1]) = (_plan, _detail());
        vm.expectEmit(address(dao));
        emit IAllocationDAO.ProposalCreated(
            2,
            _account(SPRAYER),
            new address[](0),
            new uint256[](0),
            new string[](0),
            parts,
            block.timestamp,
            block.timestamp + VOTING_SECONDS,
            "because"
        );
        _propose(SPRAYER, _plan);
        vm.assertTrue(IAllocationDAO.ProposalCreated.selector == IGovernor.ProposalCreated.selector);
        vm.assertTrue(IAllocationDAO.ProposalExecuted.selector == IGovernor.ProposalExecuted.selector);
        vm.assertTrue(IAllocationDAO.ProposalCanceled.selector == IGovernor.ProposalCanceled.selector);
        vm.assertTrue(IAllocationDAO.VoteCast.selector == IGovernor.VoteCast.selector);
    }

    function test_proposal__reads__answered() public view {
        vm.assertEq(dao.latestProposalId(), _id);
        vm.assertEq(dao.proposalCount(), _id);
        vm.assertEq(dao.proposalSnapshot(_id), block.timestamp);
        vm.assertEq(dao.proposalDeadline(_id), block.timestamp + VOTING_SECONDS);
        vm.assertTrue(dao.proposalProposer(_id) == _account(SCANNER));
        vm.assertEq(dao.proposalEta(_id), 0);
        vm.assertFalse(dao.proposalNeedsQueuing(_id));
        vm.assertTrue(dao.proposal(ProposalId.wrap(99)).state == IAllocationDAO.State.None);
    }

    function test_state__everyEnd__isNumberedAsAGovernors() public {
        _assertState(IGovernor.ProposalState.Active);
        vm.warp(dao.proposalDeadline(_id));
        _assertState(IGovernor.ProposalState.Active);
        vm.warp(block.timestamp + 1);
        _assertState(IGovernor.ProposalState.Expired);
        dao.poke(ProposalId.wrap(_id));
        _assertState(IGovernor.ProposalState.Expired);
        _id = ProposalId.unwrap(_propose(SCANNER, _plan));
        vm.prank(address(overrides));
        vm.expectEmit(address(dao));
        emit IAllocationDAO.ProposalCanceled(_id);
        dao.veto(ProposalId.wrap(_id));
        _assertState(IGovernor.ProposalState.Canceled);
    }

    function test_state__voted__isNumberedAsAGovernors() public {
        _castThree(0);
        _assertState(IGovernor.ProposalState.Defeated);
        _id = ProposalId.unwrap(_propose(SCANNER, _plan));
        _castThree(1);
        _assertState(IGovernor.ProposalState.Succeeded);
        dao.enact(ProposalId.wrap(_id), _plan, _rest(ProposalId.wrap(_id)), 1);
        _assertState(IGovernor.ProposalState.Executed);
    }

    function test_proposal__unknown__refused() public {
        bytes memory reason = abi.encodeWithSelector(IAllocationDAO.UnknownProposal.selector, 99);
        vm.expectRevert(reason);
        dao.state(99);
        vm.expectRevert(reason);
        dao.proposalSnapshot(99);
        vm.expectRevert(reason);
        dao.proposalDeadline(99);
        vm.expectRevert(reason);
        dao.proposalProposer(99);
        vm.expectRevert(reason);
        dao.proposalVotes(99);
    }

    /* THE RULES */

    function test_settings__reads__answered() public {
        vm.assertEq(bytes(dao.name()), "Workmoot AllocationDAO");
        vm.assertEq(bytes(dao.version()), "1");
        vm.assertEq(bytes(dao.COUNTING_MODE()), "support=bravo&quorum=for");
        vm.assertEq(bytes(dao.CLOCK_MODE()), "mode=timestamp");
        vm.assertEq(bytes(members.CLOCK_MODE()), "mode=timestamp");
        vm.assertEq(dao.clock(), block.timestamp);
        vm.assertEq(dao.votingDelay(), 0);
        vm.assertEq(dao.votingPeriod(), VOTING_SECONDS);
        vm.assertEq(dao.openLimit(), OPEN_LIMIT);
        vm.assertEq(dao.proposalThreshold(), 1);
        vm.assertTrue(address(dao.token()) == address(members));
        vm.assertEq(dao.quorum(block.timestamp - 1), 3);
        members.suspend(PACKER);
        vm.warp(block.timestamp + 1);
        vm.assertEq(dao.quorum(block.timestamp - 2), 3);
        vm.assertEq(dao.quorum(block.timestamp - 1), 3);
        vm.assertEq(dao.getVotes(_account(PACKER), block.timestamp - 2), 1);
        vm.assertEq(dao.getVotes(_account(PACKER), block.timestamp - 1), 0);
    }

    function test_quorum__atASnapshotOfThisVerySecond__isThePresentOne() public {
        members.suspend(PACKER);
        uint256 snapshot = dao.proposalSnapshot(ProposalId.unwrap(_propose(SPRAYER, _plan)));
        vm.assertEq(snapshot, block.timestamp);
        vm.assertEq(dao.quorum(snapshot), 3);
        vm.assertEq(dao.getVotes(_account(SPRAYER), snapshot), 1);
        vm.assertEq(dao.getVotes(_account(PACKER), snapshot), 0);
        members.suspend(PRESSER);
        vm.assertEq(dao.quorum(snapshot), 2);
        vm.warp(block.timestamp + 1);
        vm.assertEq(dao.quorum(snapshot), 2);
        vm.assertEq(dao.getVotes(_account(PRESSER), snapshot), 0);
    }

    function testFuzz_quorum__timeToCome__refused(uint32 ahead) public {
        uint256 timepoint = block.timestamp + 1 + ahead;
        bytes memory reason = abi.encodeWithSelector(IMembers.FutureLookup.selector, timepoint, block.timestamp);
        vm.expectRevert(reason);
        dao.quorum(timepoint);
        vm.expectRevert(reason);
        dao.getVotes(STRANGER, timepoint);
    }

    /* WHERE TO READ MORE */

    function test_setDaoURI__administrator__isRead() public {
        vm.assertEq(bytes(dao.daoURI()), "");
        vm.expectEmit(address(dao));
        emit IERC4824.DAOURIUpdate(address(dao), "https://plant.example/api/v1/dao");
        dao.setDaoURI("https://plant.example/api/v1/dao");
        vm.assertEq(bytes(dao.daoURI()), "https://plant.example/api/v1/dao");
        dao.setDaoURI("");
        vm.assertEq(bytes(dao.daoURI()), "");
    }

    function test_setDaoURI__anotherRole__refused() public {
        address[3] memory others = [supervisor, STRANGER, _account(SCANNER)];
        for (uint256 i = 0; i < others.length; ++i) {
            vm.prank(others[i]);
            vm.expectRevert(abi.encodeWithSelector(IAllocationDAO.NotTheAdministrator.selector, others[i]));
            dao.setDaoURI("https://elsewhere.example");
        }
    }

    function test_setDaoURI__suspendedAdministrator__refused() public {
        members.suspend(members.admit(address(this), IMembers.Kind.Human, 0, "{}"));
        vm.expectRevert(abi.encodeWithSelector(IAllocationDAO.NotTheAdministrator.selector, address(this)));
        dao.setDaoURI("https://elsewhere.example");
    }

    function test_eip712Domain__ballots__areSignedForIt() public view {
        (bytes1 fields, string memory name, string memory version, uint256 chain, address verifier,,) =
            dao.eip712Domain();
        vm.assertEq(bytes32(fields), bytes32(bytes1(0x0f)));
        vm.assertEq(bytes(name), bytes(dao.name()));
        vm.assertEq(bytes(version), bytes(dao.version()));
        vm.assertEq(chain, block.chainid);
        vm.assertTrue(verifier == address(dao));
    }

    function test_supportsInterface__completeOnes__claimed() public view {
        vm.assertTrue(dao.supportsInterface(type(IERC165).interfaceId));
        vm.assertTrue(dao.supportsInterface(type(IERC6372).interfaceId));
        vm.assertTrue(dao.supportsInterface(type(IERC5267).interfaceId));
        vm.assertTrue(dao.supportsInterface(type(IERC4824).interfaceId));
        vm.assertFalse(dao.supportsInterface(type(IGovernor).interfaceId));
        vm.assertTrue(members.supportsInterface(type(IVotes).interfaceId));
        vm.assertTrue(members.supportsInterface(type(IERC6372).interfaceId));
        vm.assertFalse(members.supportsInterface(0xffffffff));
    }

    /* A BALLOT */

    function test_castVote__anyWay__isAVoteCast() public {
        _expectVoteCast(SCANNER, 1, "");
        _as(SCANNER);
        vm.assertEq(dao.castVote(_id, 1), 1);
        _expectVoteCast(SPRAYER, 0, "no paint");
        _as(SPRAYER);
        vm.assertEq(dao.castVoteWithReason(_id, 0, "no paint"), 1);
        bytes memory signature = _signStock(GLUER, 1, 0);
        _expectVoteCast(GLUER, 1, "");
        vm.prank(STRANGER);
        vm.assertEq(dao.castVoteBySig(_id, 1, _account(GLUER), signature), 1);
        (uint256 against, uint256 for_, uint256 abstain) = dao.proposalVotes(_id);
        vm.assertTrue(against == 1 && for_ == 2 && abstain == 0);
        vm.assertTrue(dao.hasVoted(_id, _account(GLUER)));
        vm.assertFalse(dao.hasVoted(_id, _account(PACKER)));
    }

    function test_castVote__neitherForNorAgainst__refused() public {
        bytes memory reason = abi.encodeWithSelector(IAllocationDAO.UnknownSupport.selector, 2);
        vm.expectRevert(reason);
        dao.castVote(_id, 2);
        vm.expectRevert(reason);
        dao.castVoteWithReason(_id, 2, "");
        bytes memory signature = _signStock(GLUER, 2, 0);
        vm.expectRevert(reason);
        dao.castVoteBySig(_id, 2, _account(GLUER), signature);
    }

    function test_castVoteBySig__notForThis__refused() public {
        address gluer = _account(GLUER);
        bytes memory reason = abi.encodeWithSelector(IAllocationDAO.BadSignature.selector, gluer);
        bytes[4] memory signatures = [
            _signStock(GLUER, 0, 0),
            _signStock(GLUER, 1, 1),
            _sign(_key(SPRAYER), _stockDigest(gluer, 1, 0)),
            new bytes(0)
        ];
        for (uint256 i = 0; i < signatures.length; ++i) {
            vm.expectRevert(reason);
            dao.castVoteBySig(_id, 1, gluer, signatures[i]);
        }
        vm.assertEq(dao.nonces(gluer), 0);
    }

    function test_castVoteBySig__replayed__refused() public {
        address gluer = _account(GLUER);
        bytes memory signature = _signStock(GLUER, 1, 0);
        dao.castVoteBySig(_id, 1, gluer, signature);
        vm.assertEq(dao.nonces(gluer), 1);
        vm.expectRevert(abi.encodeWithSelector(IAllocationDAO.BadSignature.selector, gluer));
        dao.castVoteBySig(_id, 1, gluer, signature);
        bytes memory next = _signStock(GLUER, 0, 1);
        vm.expectRevert(abi.encodeWithSelector(IAllocationDAO.AlreadyVoted.selector, _id, GLUER));
        dao.castVoteBySig(_id, 0, gluer, next);
    }

    function test_castVoteBySig__noMember__refused() public {
        address operator_ = operator;
        bytes memory signature = _sign(1, _stockDigest(operator_, 1, 0));
        vm.expectRevert(abi.encodeWithSelector(IMembers.NotAMember.selector, operator_));
        dao.castVoteBySig(_id, 1, operator_, signature);
    }

    /* BUILDING */

    function _castThree(uint8 support) private {
        for (uint16 i = 1; i <= 3; ++i) {
            _as(Number.wrap(i));
            dao.castVote(_id, support);
        }
    }

    function _stockDigest(address voter, uint8 support, uint256 nonce) private view returns (bytes32) {
        bytes32 content = keccak256(abi.encode(STOCK_BALLOT, _id, support, voter, nonce));
        return _typed(block.chainid, address(dao), content);
    }

    function _signStock(Number member, uint8 support, uint256 nonce) private view returns (bytes memory) {
        return _sign(_key(member), _stockDigest(_account(member), support, nonce));
    }

    function _expectVoteCast(Number member, uint8 support, string memory reason) private {
        vm.expectEmit(address(dao));
        emit IAllocationDAO.VoteCast(_account(member), _id, support, 1, reason);
    }

    function _assertState(IGovernor.ProposalState expected) private view {
        vm.assertEq(uint256(dao.state(_id)), uint256(expected));
    }
}
