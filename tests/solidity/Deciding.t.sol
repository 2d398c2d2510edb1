// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAllocationDAO} from "contracts/interfaces/IAllocationDAO.sol";
import {IMembers} from "contracts/interfaces/IMembers.sol";
import {Ballots} from "contracts/libraries/Ballots.sol";
import {Headers} from "contracts/libraries/Headers.sol";
import {Rolls} from "contracts/libraries/Rolls.sol";
import {Number, ProposalId, TaskId} from "contracts/types/Ids.sol";
import {Status} from "contracts/types/Work.sol";

import {PlantFixture} from "./PlantFixture.sol";
import {vm} from "./Vm.sol";
import {Wallet} from "./Wallet.sol";

/// @notice Signed ballots, many in one transaction.
contract DecidingTest is PlantFixture {
    uint256 private constant ORDER_OF_THE_CURVE = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141;

    TaskId private _task;
    bytes private _plan;
    ProposalId private _id;
    bytes32 private _hash;

    function setUp() public override {
        super.setUp();
        _task = _postOne();
        _open();
    }

    function _open() private {
        _plan = _planFor(_task, SCANNER, PACKER);
        _id = _propose(SCANNER, _plan);
        _hash = _contentHash(_id, _plan);
    }

    /* WHAT DECIDES */

    function test_decide__moreThanHalfSayYes__enactedAtOnce() public {
        bytes memory ballots = bytes.concat(_yes(SCANNER), _no(SPRAYER), _yes(GLUER), _yes(PACKER));
        bytes32 rest = _rest(_id);
        vm.expectEmit(address(dao));
        emit IAllocationDAO.BallotsCounted(_id, hex"8001000280038005");
        vm.expectEmit(address(dao));
        emit IAllocationDAO.ProposalExecuted(ProposalId.unwrap(_id));
        vm.prank(STRANGER);
        dao.decide(_id, _plan, rest, ballots);
        _assertTally(IAllocationDAO.State.Enacted, 3, 1);
        vm.assertEq(uint256(_status(_task)), uint256(Status.Allocated));
    }

    function test_decide__majorityOutOfReach__defeated() public {
        bytes memory ballots = bytes.concat(_no(SCANNER), _no(SPRAYER), _no(GLUER));
        bytes32 rest = _rest(_id);
        vm.expectEmit(address(dao));
        emit IAllocationDAO.BallotsCounted(_id, hex"000100020003");
        vm.expectEmit(address(dao));
        emit IAllocationDAO.ProposalSettled(_id, IAllocationDAO.State.Defeated, 0, 3);
        dao.decide(_id, _plan, rest, ballots);
        vm.assertEq(uint256(_status(_task)), uint256(Status.Posted));
    }

    function test_decide__halfSayYes__undecided() public {
        _refused(bytes.concat(_yes(SCANNER), _yes(SPRAYER), _no(GLUER)), _undecided(2, 1, 5));
        _refused("", _undecided(0, 0, 5));
    }

    function test_decide__ballotsCastBefore__countToo() public {
        _vote(_id, PACKER, true);
        _vote(_id, PRESSER, false);
        _decideBy(bytes.concat(_yes(SCANNER), _no(SPRAYER), _yes(GLUER)));
        _assertTally(IAllocationDAO.State.Enacted, 3, 2);
    }

    function test_decide__barsBefore__countTowardsDefeat() public {
        members.suspend(PACKER);
        members.suspend(PRESSER);
        dao.bar(_id, PACKER);
        dao.bar(_id, PRESSER);
        _decideBy(_no(SCANNER));
        _assertTally(IAllocationDAO.State.Defeated, 0, 1);
    }

    /* WHO MAY */

    function test_decide__castAlready__refused() public {
        _vote(_id, SPRAYER, false);
        bytes memory reason = abi.encodeWithSelector(IAllocationDAO.AlreadyVoted.selector, _id, SPRAYER);
        _refused(bytes.concat(_yes(SCANNER), _yes(SPRAYER), _yes(GLUER)), reason);
    }

    function test_decide__twiceOrDescending__refused() public {
        _refused(bytes.concat(_yes(SPRAYER), _yes(SPRAYER)), _outOfOrder(SPRAYER, SPRAYER));
        _refused(bytes.concat(_yes(SPRAYER), _no(SPRAYER)), _outOfOrder(SPRAYER, SPRAYER));
        _refused(bytes.concat(_yes(SPRAYER), _yes(SCANNER)), _outOfOrder(SPRAYER, SCANNER));
        _refused(_ballot(NOBODY, true, hex"00"), _outOfOrder(NOBODY, NOBODY));
    }

    function test_decide__notAVoter__refused() public {
        _refused(_yes(ROBOT), _foreign(ROBOT));
        _refused(_yes(Number.wrap(7)), _foreign(Number.wrap(7)));
        _refused(_yes(Number.wrap(32_767)), _foreign(Number.wrap(32_767)));
    }

    function test_decide__suspendedSince__itsBallotRefused() public {
        members.suspend(GLUER);
        _refused(bytes.concat(_yes(SCANNER), _yes(GLUER)), _foreign(GLUER));
        _decideBy(bytes.concat(_yes(SCANNER), _yes(SPRAYER), _yes(PACKER)));
        _assertTally(IAllocationDAO.State.Enacted, 3, 0);
        vm.assertEq(dao.proposal(_id).members, 5);
    }

    function test_decide__reinstatedOrAdmittedSince__theirBallotsRefused() public {
        members.suspend(GLUER);
        members.reinstate(GLUER);
        Number late = members.admit(_account(Number.wrap(7)), IMembers.Kind.Digital, 0, "{}");
        _refused(_yes(GLUER), _foreign(GLUER));
        _refused(_yes(late), _foreign(late));
    }

    /* WHAT IS SIGNED */

    function test_decide__signedElsewhere__refused() public {
        bytes32 content = keccak256(abi.encode(BALLOT, _id, _hash, _roster(), _deadline(), uint8(1)));
        _refusedSignature(_typed(block.chainid + 1, address(dao), content));
        _refusedSignature(_typed(block.chainid, address(work), content));
        _refusedSignature(content);
    }

    function test_decide__signedForAnother__refused() public {
        ProposalId other = ProposalId.wrap(ProposalId.unwrap(_id) + 1);
        _refusedSignature(_digest(other, _hash, _roster(), _deadline(), true));
        _refusedSignature(_digest(_id, _hash ^ bytes32(uint256(1)), _roster(), _deadline(), true));
        _refusedSignature(_digest(_id, _hash, _roster() + 1, _deadline(), true));
        _refusedSignature(_digest(_id, _hash, _roster(), _deadline() + 1, true));
        _refusedSignature(_digest(_id, _hash, _roster(), _deadline(), false));
    }

    function test_decide__chainSplit__refused() public {
        bytes memory ballots = _yes(SCANNER);
        vm.chainId(999);
        _refused(ballots, _bad(SCANNER));
    }

    function test_decide__anothersSignature__refused() public {
        _refused(_ballot(SCANNER, true, _sign(_key(SPRAYER), _digest(_id, _hash, true))), _bad(SCANNER));
    }

    function test_decide__malleated__refused() public {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(_key(SCANNER), _digest(_id, _hash, true));
        bytes32 high = bytes32(ORDER_OF_THE_CURVE - uint256(s));
        _refused(_ballot(SCANNER, true, abi.encodePacked(r, high, v == 27 ? uint8(28) : uint8(27))), _bad(SCANNER));
        _refused(_ballot(SCANNER, true, abi.encodePacked(r, s, v - 27)), _bad(SCANNER));
    }

    function test_decide__otherLength__refused() public {
        bytes memory signature = _sign(_key(SCANNER), _digest(_id, _hash, true));
        _refused(_ballot(SCANNER, true, bytes.concat(signature, hex"00")), _bad(SCANNER));
        (, bytes32 r, bytes32 s) = vm.sign(_key(SCANNER), _digest(_id, _hash, true));
        _refused(_ballot(SCANNER, true, abi.encodePacked(r, s)), _bad(SCANNER));
    }

    function test_decide__ballotsCutShort__refused() public {
        bytes memory first = _yes(SCANNER);
        _refused(bytes.concat(first, hex"800200"), _malformed(first.length));
        _refused(bytes.concat(first, hex"800200410102"), _malformed(first.length));
        _refused(hex"80010001", _malformed(0));
    }

    function test_decide__wallet__byItsWordAlone() public {
        Wallet wallet = new Wallet();
        Number number = members.admit(address(wallet), IMembers.Kind.Digital, 0, "{}");
        _open();
        bytes32 digest = _digest(_id, _hash, true);
        bytes memory four = bytes.concat(_yes(SCANNER), _yes(SPRAYER), _yes(GLUER));
        wallet.set("other");
        bytes memory ballots = bytes.concat(four, _ballot(number, true, bytes.concat(digest, "word")));
        _refused(ballots, _bad(number));
        wallet.set("word");
        _decideBy(ballots);
        _assertTally(IAllocationDAO.State.Enacted, 4, 0);
    }

    function test_decide__walletWithA65ByteWord__counts() public {
        Wallet wallet = new Wallet();
        Number number = members.admit(address(wallet), IMembers.Kind.Digital, 0, "{}");
        _open();
        wallet.set(new bytes(33));
        bytes memory word = bytes.concat(_digest(_id, _hash, true), new bytes(33));
        bytes memory four = bytes.concat(_yes(SCANNER), _yes(SPRAYER), _yes(GLUER));
        _decideBy(bytes.concat(four, _ballot(number, true, word)));
        _assertTally(IAllocationDAO.State.Enacted, 4, 0);
    }

    function test_decide__sendersOwn__needsNoSignature() public {
        bytes memory ballots = bytes.concat(_yes(SCANNER), _yes(SPRAYER), _ballot(GLUER, true, ""));
        _refused(ballots, abi.encodeWithSelector(IAllocationDAO.NotTheSender.selector, _id, GLUER, address(this)));
        bytes32 rest = _rest(_id);
        _as(GLUER);
        dao.decide(_id, _plan, rest, ballots);
        _assertTally(IAllocationDAO.State.Enacted, 3, 0);
    }

    /* WHEN */

    function test_decide__afterTheDeadline__refused() public {
        bytes memory ballots = _yes(SCANNER);
        uint48 deadline = _deadline();
        bytes32 rest = _rest(_id);
        vm.warp(deadline + 1);
        vm.expectRevert(abi.encodeWithSelector(IAllocationDAO.VotingOver.selector, _id, deadline));
        dao.decide(_id, _plan, rest, ballots);
    }

    function test_decide__again__refused() public {
        bytes memory ballots = bytes.concat(_yes(SCANNER), _yes(SPRAYER), _yes(GLUER));
        _decideBy(ballots);
        _refused(ballots, _notOpen(IAllocationDAO.State.Enacted));
    }

    function test_decide__otherContent__refused() public {
        bytes20 contentId = bytes20(_hash);
        bytes memory reason = abi.encodeWithSelector(IAllocationDAO.OtherPlan.selector, _id, contentId);
        bytes memory other = _planFor(_task, SPRAYER, PACKER);
        bytes32 rest = _rest(_id);
        vm.expectRevert(reason);
        dao.decide(_id, other, rest, "");
        vm.expectRevert(reason);
        dao.decide(_id, _plan, keccak256("rest"), "");
    }

    /* THE ROLL */

    function test_seal__roster__isTheAccountsInCode() public {
        members.suspend(SPRAYER);
        vm.assertTrue(dao.roll() == address(0));
        dao.seal();
        bytes memory accounts = members.accounts();
        vm.assertEq(dao.roll().code, bytes.concat(hex"00", accounts));
        vm.assertEq(accounts.length, 20 * uint256(members.count()));
        for (uint16 i = 1; i <= 6; ++i) {
            address expected = members.isActive(Number.wrap(i)) ? _account(Number.wrap(i)) : address(0);
            vm.assertTrue(Rolls.accountOf(accounts, Number.wrap(i)) == expected);
        }
    }

    function test_seal__everyChange__sealedAnew() public {
        address before = dao.roll();
        dao.seal();
        vm.assertTrue(dao.roll() == before && before != address(0));
        members.suspend(SPRAYER);
        vm.assertTrue(dao.roll() == address(0));
        (uint64 roster,) = members.roster();
        address next = vm.computeCreateAddress(address(dao), vm.getNonce(address(dao)));
        vm.expectEmit(address(dao));
        emit IAllocationDAO.RosterSealed(roster, next);
        dao.seal();
        vm.assertTrue(dao.roll() == next);
    }

    function test_decide__rosterNotSealed__sealsIt() public {
        members.suspend(PACKER);
        _decideBy(bytes.concat(_yes(SCANNER), _yes(SPRAYER), _yes(GLUER)));
        vm.assertTrue(dao.roll() != address(0));
    }

    function test_setVoter__notByTheMembers__refused() public {
        vm.expectRevert(abi.encodeWithSelector(IAllocationDAO.NotTheContract.selector, address(this)));
        dao.setVoter(STRANGER, PACKER, true, 9, 9);
    }

    function test_setVoter__overTheLast__refused() public {
        uint24 last = uint24(Headers.LAST_ROSTER);
        vm.prank(address(members));
        dao.setVoter(STRANGER, PACKER, true, last, 9);
        vm.prank(address(members));
        vm.expectRevert(abi.encodeWithSelector(IAllocationDAO.RostersOver.selector, last + 1));
        dao.setVoter(STRANGER, PACKER, true, last + 1, 9);
    }

    /* BUILDING */

    function _yes(Number member) private view returns (bytes memory) {
        return _signedBallot(_id, _hash, member, true);
    }

    function _no(Number member) private view returns (bytes memory) {
        return _signedBallot(_id, _hash, member, false);
    }

    function _roster() private view returns (uint64) {
        return dao.proposal(_id).roster;
    }

    function _deadline() private view returns (uint48) {
        return dao.proposal(_id).deadline;
    }

    function _decideBy(bytes memory ballots) private {
        bytes32 rest = _rest(_id);
        dao.decide(_id, _plan, rest, ballots);
    }

    function _refused(bytes memory ballots, bytes memory reason) private {
        bytes32 rest = _rest(_id);
        vm.expectRevert(reason);
        dao.decide(_id, _plan, rest, ballots);
    }

    /// @dev The scanner's yes, were it signed for `digest`.
    function _refusedSignature(bytes32 digest) private {
        _refused(_ballot(SCANNER, true, _sign(_key(SCANNER), digest)), _bad(SCANNER));
    }

    function _bad(Number member) private view returns (bytes memory) {
        bytes32 digest = _digest(_id, _hash, true);
        return abi.encodeWithSelector(IAllocationDAO.BadBallot.selector, _id, member, digest);
    }

    function _foreign(Number member) private view returns (bytes memory) {
        return abi.encodeWithSelector(IAllocationDAO.NotInElectorate.selector, _id, member);
    }

    function _outOfOrder(Number previous, Number member) private view returns (bytes memory) {
        return abi.encodeWithSelector(IAllocationDAO.BallotOutOfOrder.selector, _id, previous, member);
    }

    function _undecided(uint256 yes, uint256 no, uint256 size) private view returns (bytes memory) {
        return abi.encodeWithSelector(IAllocationDAO.Undecided.selector, _id, yes, no, size);
    }

    function _notOpen(IAllocationDAO.State state) private view returns (bytes memory) {
        return abi.encodeWithSelector(IAllocationDAO.ProposalNotOpen.selector, _id, state);
    }

    function _malformed(uint256 offset) private pure returns (bytes memory) {
        return abi.encodeWithSelector(Ballots.MalformedBallots.selector, offset);
    }

    function _assertTally(IAllocationDAO.State state, uint256 yes, uint256 no) private view {
        IAllocationDAO.Proposal memory found = dao.proposal(_id);
        vm.assertEq(uint256(found.state), uint256(state));
        vm.assertEq(found.yes, yes);
        vm.assertEq(found.no, no);
    }
}
