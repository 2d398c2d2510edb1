// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAllocationDAO} from "contracts/interfaces/IAllocationDAO.sol";
import {IClaims} from "contracts/interfaces/IClaims.sol";
import {IMembers} from "contracts/interfaces/IMembers.sol";
import {IMotions} from "contracts/interfaces/IMotions.sol";
import {IOverrides} from "contracts/interfaces/IOverrides.sol";
import {IWorkOrders} from "contracts/interfaces/IWorkOrders.sol";
import {Ballots} from "contracts/libraries/Ballots.sol";
import {Details} from "contracts/libraries/Details.sol";
import {Plans} from "contracts/libraries/Plans.sol";
import {Number, ProposalId, TaskId} from "contracts/types/Ids.sol";
import {Status} from "contracts/types/Work.sol";

import {Packing} from "./Packing.sol";
import {PlantFixture} from "./PlantFixture.sol";
import {Trees} from "./Trees.sol";
import {vm} from "./Vm.sol";
import {Wallet} from "./Wallet.sol";

/// @notice What was signed before it was opened, opened and decided in one transaction. The scanner sends it.
contract AtOnceTest is PlantFixture {
    uint256 private constant ALL = type(uint256).max;
    uint48 private constant SECONDS = 25;

    TaskId private _task;
    IAllocationDAO.Draft private _drafted;
    uint48 private _end;

    function setUp() public override {
        super.setUp();
        vm.roll(block.number + 1);
        _task = _postOne();
        dao.seal();
        _end = uint48(block.timestamp) + SECONDS;
        _drafted = _draft(_planFor(_task, SPRAYER, PACKER));
    }

    /* WHAT DECIDES */

    function test_decideAtOnce__moreThanHalfSayYes__enacted() public {
        bytes memory ballots = bytes.concat(_yes(SCANNER), _no(SPRAYER), _yes(GLUER), _yes(PACKER));
        ProposalId id = _next();
        vm.expectEmit(address(dao));
        emit IAllocationDAO.ProposalCreated(
            ProposalId.unwrap(id),
            _account(SCANNER),
            new address[](0),
            new uint256[](0),
            new string[](0),
            _parts(),
            block.timestamp,
            _end,
            "because"
        );
        vm.expectEmit(address(dao));
        emit IAllocationDAO.BallotsCounted(id, hex"8001000280038005");
        vm.expectEmit(address(work));
        emit IWorkOrders.PlanEnacted(id, 0, 1, "", "");
        vm.expectEmit(address(dao));
        emit IAllocationDAO.ProposalExecuted(ProposalId.unwrap(id));
        _decideBy(ballots);
        _assertHeader(id, IAllocationDAO.State.Enacted, 3, 1);
        vm.assertTrue(_status(_task) == Status.Allocated && _worker(_task) == SPRAYER);
    }

    function test_decideAtOnce__majorityOutOfReach__defeated() public {
        bytes memory ballots = bytes.concat(_yes(SCANNER), _no(SPRAYER), _no(GLUER), _no(PACKER));
        ProposalId id = _next();
        vm.expectEmit(address(dao));
        emit IAllocationDAO.ProposalSettled(id, IAllocationDAO.State.Defeated, 1, 3);
        _decideBy(ballots);
        _assertHeader(id, IAllocationDAO.State.Defeated, 1, 3);
        vm.assertTrue(_status(_task) == Status.Posted);
    }

    function test_decideAtOnce__noMajorityEitherWay__undecidedAndNothingIsLeft() public {
        _refused(bytes.concat(_yes(SCANNER), _yes(SPRAYER), _no(GLUER)), _undecided(2, 1, 5));
        _refused("", _undecided(0, 0, 5));
        vm.assertEq(dao.proposalCount(), 0);
        vm.assertTrue(dao.proposal(ProposalId.wrap(1)).state == IAllocationDAO.State.None);
    }

    /// @dev Exactly where more than half of those who vote now say yes, or cannot any more; else there is no proposal.
    function testFuzz_decideAtOnce__anyElectorateAndBallots__byTheMajorityAlone(
        uint8 gone,
        uint8 silent,
        uint8 against,
        uint8 late
    ) public {
        for (uint16 i = 2; i <= 5; ++i) {
            if ((gone >> i) & 1 == 1) members.suspend(Number.wrap(i));
        }
        _end = uint48(block.timestamp) + late % (VOTING_SECONDS + 1);
        bytes memory ballots;
        uint256[2] memory said;
        for (uint16 i = 1; i <= 5; ++i) {
            if (!members.isActive(Number.wrap(i)) || (silent >> i) & 1 == 1) continue;
            bool support = (against >> i) & 1 == 0;
            ballots = bytes.concat(ballots, _signed(Number.wrap(i), support));
            ++said[support ? 1 : 0];
        }
        (, uint32 size) = members.roster();
        (bool passes, bool fails) = (2 * said[1] > size, 2 * (size - said[0]) <= size);
        ProposalId id = _next();
        if (!passes && !fails) return _refused(ballots, _undecided(said[1], said[0], size));
        _decideBy(ballots);
        _assertHeader(id, passes ? IAllocationDAO.State.Enacted : IAllocationDAO.State.Defeated, said[1], said[0]);
        bool taken = passes && members.isActive(SPRAYER) && members.isActive(PACKER);
        vm.assertTrue(_status(_task) == (taken ? Status.Allocated : Status.Posted));
    }

    /* WHICH NUMBER */

    function test_decideAtOnce__notTheNextNumber__refused() public {
        _decideBy(_three());
        uint256[4] memory others = [uint256(0), 1, 3, ALL];
        for (uint256 i = 0; i < others.length; ++i) {
            ProposalId other = ProposalId.wrap(others[i]);
            _refusedCall(SCANNER, other, _end, "", _notTheNext(other, ProposalId.wrap(2)));
        }
    }

    function test_decideAtOnce__numberTakenMeanwhile__refused() public {
        bytes memory ballots = _three();
        ProposalId id = _propose(PACKER, _planFor(_task, GLUER, PACKER));
        ProposalId next = _next();
        _refusedCall(SCANNER, id, _end, ballots, _notTheNext(id, next));
        _refusedCall(SCANNER, next, _end, ballots, _bad(SCANNER));
    }

    function test_decideAtOnce__again__refused() public {
        bytes memory ballots = _three();
        ProposalId id = _next();
        bytes32 hash = _contentHash(_drafted, SCANNER, _end);
        _decideBy(ballots);
        _refusedCall(SCANNER, id, _end, ballots, _notTheNext(id, ProposalId.wrap(2)));
        bytes memory reason =
            abi.encodeWithSelector(IAllocationDAO.ProposalNotOpen.selector, id, IAllocationDAO.State.Enacted);
        vm.expectRevert(reason);
        dao.decide(id, "", hash, ballots);
        _as(PRESSER);
        vm.expectRevert(reason);
        dao.vote(id, false, "", "", 0);
    }

    /* UNTIL WHEN */

    function testFuzz_decideAtOnce__anyDeadline__onlyFromNowToTheLongestVote(int8 offset) public {
        uint256 deadline = uint256(int256(block.timestamp) + offset);
        _end = uint48(deadline);
        bytes memory ballots = _three();
        ProposalId id = _next();
        uint256 latest = block.timestamp + VOTING_SECONDS;
        if (offset < 0) return _refused(ballots, abi.encodeWithSelector(IAllocationDAO.VotingOver.selector, id, _end));
        if (deadline > latest) return _refused(ballots, _tooLate(latest));
        _decideBy(ballots);
        _assertHeader(id, IAllocationDAO.State.Enacted, 3, 0);
    }

    function test_decideAtOnce__atTheEdges__toTheSecond() public {
        (_end, _task) = (uint48(block.timestamp), _postOne());
        _decideBy(_three());
        _end = uint48(block.timestamp) - 1;
        _refused(_three(), abi.encodeWithSelector(IAllocationDAO.VotingOver.selector, _next(), _end));
        _end = uint48(block.timestamp) + uint48(VOTING_SECONDS);
        _decideBy(_three());
        ++_end;
        _refused(_three(), _tooLate(_end - 1));
        _end = type(uint48).max;
        _refused(_three(), _tooLate(block.timestamp + VOTING_SECONDS));
    }

    function test_decideAtOnce__policyChanged__latestIsByThePresentOne() public {
        IMotions.Policy memory shorter = _policy();
        shorter.votingSeconds = 10;
        _drafted = _draft(_policyMotion(shorter));
        _decideBy(_three());
        vm.assertEq(dao.votingPeriod(), 10);
        _refused(_three(), _tooLate(block.timestamp + 10));
        _end = uint48(block.timestamp) + 10;
        _decideBy(_three());
    }

    /* WHAT IS SIGNED */

    function test_decideAtOnce__signedForAnother__refused() public {
        (uint64 roster,) = members.roster();
        (ProposalId id, bytes32 hash) = (_next(), _contentHash(_drafted, SCANNER, _end));
        ProposalId other = ProposalId.wrap(ProposalId.unwrap(id) + 1);
        _refusedSignature(_digest(other, hash, roster, _end, true));
        _refusedSignature(_digest(id, hash ^ bytes32(uint256(1)), roster, _end, true));
        _refusedSignature(_digest(id, hash, roster - 1, _end, true));
        _refusedSignature(_digest(id, hash, roster, _end + 1, true));
        _refusedSignature(_digest(id, hash, roster, _end, false));
    }

    function test_decideAtOnce__signedElsewhere__refused() public {
        (uint64 roster,) = members.roster();
        bytes32 content = Ballots.hash(_next(), _contentHash(_drafted, SCANNER, _end), roster, _end, true);
        _refusedSignature(_typed(block.chainid + 1, address(dao), content));
        _refusedSignature(_typed(block.chainid, address(audit), content));
        _refusedSignature(content);
    }

    /// @dev Whatever part of the draft is another than what was signed, and whoever sends it.
    function test_decideAtOnce__otherDraft__refused() public {
        bytes memory ballots = _three();
        IAllocationDAO.Draft memory whole = _drafted;
        for (uint256 i = 0; i < 5; ++i) {
            if (i == 0) _drafted.assignments = _planFor(_task, GLUER, PACKER);
            if (i == 1) {
                _drafted.detail = _detailOf(abi.encodePacked(_task, _version(_task), SPRAYER, uint16(1), uint8(0)));
            }
            if (i == 2) _drafted.detail = _detailOf("", "other");
            if (i == 3) _drafted.detail = _detail(uint64(block.number - 2), blockhash(block.number - 2), 0);
            if (i == 4) _drafted.words = "otherwise";
            _refused(ballots, _bad(SCANNER));
            _drafted = whole;
        }
        bytes32 digest = _digestBy(GLUER);
        bytes memory reason = abi.encodeWithSelector(IAllocationDAO.BadBallot.selector, _next(), SCANNER, digest);
        _refusedCall(GLUER, _next(), _end, ballots, reason);
        _decideBy(ballots);
    }

    function test_decideAtOnce__rosterChangedSinceSigning__refused() public {
        bytes memory ballots = _three();
        members.suspend(PACKER);
        _refused(ballots, _bad(SCANNER));
        _decideBy(_three());
    }

    function test_decideAtOnce__chainSplit__refused() public {
        bytes memory ballots = _three();
        vm.chainId(999);
        _refused(ballots, _bad(SCANNER));
    }

    function test_decideAtOnce__malformedOrOutOfOrder__refused() public {
        ProposalId id = _next();
        _refused(hex"80010001", abi.encodeWithSelector(Ballots.MalformedBallots.selector, 0));
        _refused(bytes.concat(_yes(SPRAYER), _yes(SPRAYER)), _outOfOrder(SPRAYER, SPRAYER));
        _refused(bytes.concat(_yes(SPRAYER), _no(SCANNER)), _outOfOrder(SPRAYER, SCANNER));
        _refused(_yes(ROBOT), abi.encodeWithSelector(IAllocationDAO.NotInElectorate.selector, id, ROBOT));
        members.suspend(GLUER);
        _refused(_yes(GLUER), abi.encodeWithSelector(IAllocationDAO.NotInElectorate.selector, id, GLUER));
    }

    function test_decideAtOnce__wallet__byItsWordAlone() public {
        Wallet wallet = new Wallet();
        Number number = members.admit(address(wallet), IMembers.Kind.Digital, 0, "{}");
        bytes32 digest = _digestBy(SCANNER);
        bytes memory ballots = bytes.concat(_three(), _ballot(number, true, bytes.concat(digest, "word")));
        _refused(ballots, abi.encodeWithSelector(IAllocationDAO.BadBallot.selector, _next(), number, digest));
        wallet.set("word");
        ProposalId id = _next();
        _decideBy(ballots);
        _assertHeader(id, IAllocationDAO.State.Enacted, 4, 0);
    }

    /* BY WHOM */

    function test_decideAtOnce__sendersOwn__needsNoSignature() public {
        bytes memory ballots = bytes.concat(_ballot(SCANNER, true, ""), _yes(SPRAYER), _yes(GLUER));
        ProposalId id = _next();
        _decideBy(ballots);
        _assertHeader(id, IAllocationDAO.State.Enacted, 3, 0);
    }

    function test_decideAtOnce__anothersUnsigned__refused() public {
        bytes memory ballots = bytes.concat(_yes(SCANNER), _ballot(SPRAYER, true, ""), _yes(GLUER));
        address sender = _account(SCANNER);
        _refused(ballots, abi.encodeWithSelector(IAllocationDAO.NotTheSender.selector, _next(), SPRAYER, sender));
    }

    function test_decideAtOnce__withoutTheSendersBallot__decidedByTheOthers() public {
        bytes memory ballots = bytes.concat(_yes(SPRAYER), _yes(GLUER), _yes(PACKER));
        ProposalId id = _next();
        _decideBy(ballots);
        _assertHeader(id, IAllocationDAO.State.Enacted, 3, 0);
    }

    function test_decideAtOnce__senderIsNoVoter__refused() public {
        members.suspend(PACKER);
        vm.prank(address(motions));
        members.leaveOut(PRESSER);
        IMembers.Standing absent = IMembers.Standing.Absent;
        IMembers.Standing suspended = IMembers.Standing.Suspended;
        _refusedSender(STRANGER, abi.encodeWithSelector(IMembers.NotAMember.selector, STRANGER));
        _refusedSender(supervisor, abi.encodeWithSelector(IMembers.NotAMember.selector, supervisor));
        bytes memory robot = abi.encodeWithSelector(IMembers.WrongKind.selector, ROBOT, IMembers.Kind.Robotic);
        _refusedSender(_account(ROBOT), robot);
        bytes memory gone = abi.encodeWithSelector(IMembers.WrongStanding.selector, PACKER, suspended);
        _refusedSender(_account(PACKER), gone);
        bytes memory away = abi.encodeWithSelector(IMembers.WrongStanding.selector, PRESSER, absent);
        _refusedSender(_account(PRESSER), away);
    }

    /// @dev Asked one after the other: what is put to the vote, who does, its number, its time, the ballots.
    function test_decideAtOnce__muchIsWrong__theFirstIsTold() public {
        IAllocationDAO.Draft memory whole = _drafted;
        ProposalId far = ProposalId.wrap(9);
        uint48 never = type(uint48).max;
        _drafted.assignments = "";
        vm.expectRevert(abi.encodeWithSelector(Plans.MalformedPlan.selector, 0));
        vm.prank(STRANGER);
        dao.decideAtOnce(far, 0, _drafted, "");
        _drafted = whole;
        _drafted.detail = "";
        vm.expectRevert(abi.encodeWithSelector(Details.MalformedDetail.selector, 0));
        vm.prank(STRANGER);
        dao.decideAtOnce(far, 0, _drafted, "");
        _drafted = whole;
        vm.expectRevert(abi.encodeWithSelector(IMembers.NotAMember.selector, STRANGER));
        vm.prank(STRANGER);
        dao.decideAtOnce(far, 0, _drafted, "");
        _refusedCall(SCANNER, far, 0, "", _notTheNext(far, _next()));
        bytes memory over = abi.encodeWithSelector(IAllocationDAO.VotingOver.selector, _next(), 0);
        _refusedCall(SCANNER, _next(), 0, hex"80", over);
        uint256 latest = block.timestamp + VOTING_SECONDS;
        bytes memory late = abi.encodeWithSelector(IAllocationDAO.DeadlineTooLate.selector, never, latest);
        _refusedCall(SCANNER, _next(), never, hex"80", late);
    }

    /* WHAT IS PUT TO THE VOTE */

    function test_decideAtOnce__helperNotConfirmed__refused() public {
        bytes memory team = abi.encodePacked(_task, _version(_task), SPRAYER, uint16(1), uint8(1), GLUER);
        _drafted.detail = _detailOf(team);
        _refused(_three(), abi.encodeWithSelector(IAllocationDAO.HelperNotConfirmed.selector, _task, SPRAYER, GLUER));
        _confirm();
        _decideBy(_three());
        vm.assertTrue(_worker(_task) == SPRAYER);
    }

    function test_decideAtOnce__unknownBlockOrCounters__refused() public {
        bytes32 hash = blockhash(block.number - 1);
        _drafted.detail = _detail(uint64(block.number - 2), hash, 0);
        bytes memory unknown = abi.encodeWithSelector(IAllocationDAO.UnknownBlock.selector, block.number - 2, hash);
        _refused(_three(), unknown);
        _drafted.detail = _detail(uint64(block.number - 1), hash, 1);
        _refused(_three(), abi.encodeWithSelector(IAllocationDAO.UnknownProposal.selector, 1));
    }

    function test_decideAtOnce__motion__carriedOut() public {
        _drafted = _draft(_standingMotion(IMotions.Kind.Suspend, PACKER));
        ProposalId id = _next();
        bytes memory ballots = _three();
        vm.expectEmit(address(motions));
        emit IMotions.MotionCarriedOut(id, IMotions.Kind.Suspend);
        _decideBy(ballots);
        vm.assertTrue(members.member(PACKER).standing == IMembers.Standing.Suspended);
        vm.assertTrue(dao.proposal(id).state == IAllocationDAO.State.Enacted && dao.proposal(id).members == 5);
    }

    function test_decideAtOnce__motionAgainstAHuman__refused() public {
        vm.prank(supervisor);
        members.suspend(PACKER);
        _drafted = _draft(_standingMotion(IMotions.Kind.Reinstate, PACKER));
        _refused(_three(), abi.encodeWithSelector(IMembers.HumanDecided.selector, PACKER));
    }

    function test_decideAtOnce__tree__recordedAndClaimed() public {
        bytes[] memory leaves = _draftTree();
        ProposalId id = _next();
        bytes memory ballots = _three();
        vm.expectEmit(address(claims));
        emit IClaims.TreeRecorded(id, Trees.rootOf(leaves), 1);
        _decideBy(ballots);
        _as(SPRAYER);
        claims.claim(id, leaves[0], new bytes32[](0));
        vm.assertTrue(_worker(_task) == SPRAYER);
    }

    /* WHILE A HUMAN IS AGAINST IT */

    function test_decideAtOnce__plantHeld__waitsAsPassed() public {
        _holdPlant();
        ProposalId id = _next();
        bytes32 rest = _restNow();
        bytes memory ballots = _three();
        vm.expectEmit(address(dao));
        emit IAllocationDAO.ProposalSettled(id, IAllocationDAO.State.Passed, 3, 0);
        _decideBy(ballots);
        _assertHeader(id, IAllocationDAO.State.Passed, 3, 0);
        vm.assertTrue(_status(_task) == Status.Posted);
        bytes memory plan = _drafted.assignments;
        vm.expectRevert(abi.encodeWithSelector(IAllocationDAO.NothingEnacted.selector, id));
        dao.enact(id, plan, rest, ALL);
        _releasePlant();
        dao.enact(id, plan, rest, ALL);
        vm.assertTrue(dao.proposal(id).state == IAllocationDAO.State.Enacted && _worker(_task) == SPRAYER);
    }

    function test_decideAtOnce__treeWhilePlantHeld__waitsAsPassed() public {
        bytes[] memory leaves = _draftTree();
        _holdPlant();
        ProposalId id = _next();
        bytes32 rest = _restNow();
        _decideBy(_three());
        _assertHeader(id, IAllocationDAO.State.Passed, 3, 0);
        _releasePlant();
        dao.enact(id, _drafted.assignments, rest, ALL);
        vm.assertEq(claims.rootOf(id), Trees.rootOf(leaves));
    }

    function test_decideAtOnce__overridden__standsBesideTheHumansWord() public {
        _execute(_assignment(_task, GLUER, PACKER));
        ProposalId id = _next();
        bytes memory ballots = _three();
        vm.expectEmit(address(work));
        emit IWorkOrders.PlanEnacted(id, 0, 1, "", hex"01");
        _decideBy(ballots);
        vm.assertTrue(_worker(_task) == GLUER && work.task(_task).standingWorker == SPRAYER);
    }

    function test_veto__decidedAtOnce__asOfAnyOther() public {
        bytes32 rest = _restNow();
        ProposalId id = _next();
        _decideBy(_three());
        IOverrides.Order memory order = _order(IOverrides.Kind.Veto, IOverrides.Subject.Proposal, ProposalId.unwrap(id));
        order.payload = abi.encodePacked(rest, uint16(0), uint16(1), _drafted.assignments);
        _execute(order);
        vm.assertTrue(_status(_task) == Status.Posted && work.task(_task).overridden);
    }

    /* BESIDE WHAT IS OPEN */

    function test_decideAtOnce__allPlacesTaken__takesNone() public {
        for (uint256 i = 0; i < OPEN_LIMIT; ++i) {
            _propose(SCANNER, _drafted);
        }
        _decideBy(_three());
        bytes memory reason = abi.encodeWithSelector(IAllocationDAO.TooManyOpen.selector, SCANNER, OPEN_LIMIT);
        bytes memory detail = _detail();
        bytes memory plan = _drafted.assignments;
        vm.expectRevert(reason);
        _as(SCANNER);
        dao.propose(plan, detail, "");
        vm.prank(address(overrides));
        dao.veto(ProposalId.wrap(1));
        _propose(SCANNER, _drafted);
    }

    function test_decideAtOnce__first__leavesAllPlaces() public {
        for (uint256 i = 0; i < OPEN_LIMIT; ++i) {
            _drafted.assignments = _planFor(_task, SPRAYER, PACKER);
            _decideBy(_three());
            _propose(SCANNER, _drafted);
        }
        vm.assertEq(dao.proposalCount(), 2 * OPEN_LIMIT);
    }

    function test_decideAtOnce__rosterJustChanged__sealedInTheSameCall() public {
        Number late = members.admit(_account(Number.wrap(7)), IMembers.Kind.Digital, 0, "{}");
        vm.assertTrue(dao.roll() == address(0));
        (uint64 roster,) = members.roster();
        address roll = vm.computeCreateAddress(address(dao), vm.getNonce(address(dao)));
        bytes memory ballots = bytes.concat(_three(), _yes(late));
        ProposalId id = _next();
        vm.expectEmit(address(dao));
        emit IAllocationDAO.RosterSealed(roster, roll);
        _decideBy(ballots);
        vm.assertTrue(dao.roll() == roll);
        vm.assertEq(roll.code, bytes.concat(hex"00", members.accounts()));
        vm.assertTrue(dao.proposal(id).members == 6 && dao.proposal(id).yes == 4);
    }

    /* BUILDING */

    function _next() private view returns (ProposalId) {
        return ProposalId.wrap(dao.proposalCount() + 1);
    }

    function _digestBy(Number proposer) private view returns (bytes32) {
        (uint64 roster,) = members.roster();
        return _digest(_next(), _contentHash(_drafted, proposer, _end), roster, _end, true);
    }

    function _signed(Number member, bool support) private view returns (bytes memory) {
        (uint64 roster,) = members.roster();
        bytes32 hash = _contentHash(_drafted, SCANNER, _end);
        return _ballot(member, support, _sign(_key(member), _digest(_next(), hash, roster, _end, support)));
    }

    function _yes(Number member) private view returns (bytes memory) {
        return _signed(member, true);
    }

    function _no(Number member) private view returns (bytes memory) {
        return _signed(member, false);
    }

    function _three() private view returns (bytes memory) {
        return bytes.concat(_yes(SCANNER), _yes(SPRAYER), _yes(GLUER));
    }

    function _restNow() private view returns (bytes32) {
        (uint64 roster, uint32 size) = members.roster();
        return _rest(_drafted, SCANNER, roster, size, _end);
    }

    function _parts() private view returns (bytes[] memory parts) {
        parts = new bytes[](2);
        (parts[0], parts[1]) = (_drafted.assignments, _drafted.detail);
    }

    function _draftTree() private returns (bytes[] memory leaves) {
        leaves = new bytes[](1);
        leaves[0] = Packing.pack(Packing.anEntry(_task, _version(_task), SPRAYER, PACKER));
        _drafted = _draft(Trees.motionOf(leaves));
    }

    /// @dev The gluer is to help the sprayer.
    function _confirm() private {
        TaskId[] memory tasks = new TaskId[](1);
        uint32[] memory versions = new uint32[](1);
        Number[] memory leads = new Number[](1);
        uint16[] memory sequences = new uint16[](1);
        (tasks[0], versions[0], leads[0], sequences[0]) = (_task, _version(_task), SPRAYER, 1);
        _as(GLUER);
        dao.confirm(tasks, versions, leads, sequences);
    }

    function _holdPlant() private {
        _execute(_order(IOverrides.Kind.Hold, IOverrides.Subject.Plant, 0));
    }

    /// @dev It takes two orders.
    function _releasePlant() private {
        _execute(_order(IOverrides.Kind.Release, IOverrides.Subject.Plant, 0));
        _execute(_order(IOverrides.Kind.Release, IOverrides.Subject.Plant, 0));
    }

    function _decideBy(bytes memory ballots) private {
        ProposalId id = _next();
        _as(SCANNER);
        dao.decideAtOnce(id, _end, _drafted, ballots);
    }

    function _refused(bytes memory ballots, bytes memory reason) private {
        _refusedCall(SCANNER, _next(), _end, ballots, reason);
    }

    function _refusedCall(Number sender, ProposalId id, uint48 end, bytes memory ballots, bytes memory reason) private {
        vm.expectRevert(reason);
        _as(sender);
        dao.decideAtOnce(id, end, _drafted, ballots);
    }

    function _refusedSender(address sender, bytes memory reason) private {
        (ProposalId id, bytes memory ballots) = (_next(), _three());
        vm.expectRevert(reason);
        vm.prank(sender);
        dao.decideAtOnce(id, _end, _drafted, ballots);
    }

    /// @dev The scanner's yes, were it signed for `digest`.
    function _refusedSignature(bytes32 digest) private {
        _refused(_ballot(SCANNER, true, _sign(_key(SCANNER), digest)), _bad(SCANNER));
    }

    function _bad(Number member) private view returns (bytes memory) {
        return abi.encodeWithSelector(IAllocationDAO.BadBallot.selector, _next(), member, _digestBy(SCANNER));
    }

    function _outOfOrder(Number previous, Number member) private view returns (bytes memory) {
        return abi.encodeWithSelector(IAllocationDAO.BallotOutOfOrder.selector, _next(), previous, member);
    }

    function _undecided(uint256 yes, uint256 no, uint256 size) private view returns (bytes memory) {
        return abi.encodeWithSelector(IAllocationDAO.Undecided.selector, _next(), yes, no, size);
    }

    function _notTheNext(ProposalId id, ProposalId next) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IAllocationDAO.NotTheNext.selector, id, next);
    }

    function _tooLate(uint256 latest) private view returns (bytes memory) {
        return abi.encodeWithSelector(IAllocationDAO.DeadlineTooLate.selector, _end, latest);
    }

    function _assertHeader(ProposalId id, IAllocationDAO.State state, uint256 yes, uint256 no) private view {
        IAllocationDAO.Proposal memory found = dao.proposal(id);
        (uint64 roster, uint32 size) = members.roster();
        vm.assertEq(uint256(found.state), uint256(state));
        vm.assertTrue(found.proposer == SCANNER && found.roster == roster && found.members == size);
        vm.assertTrue(found.yes == yes && found.no == no && found.barred == 0 && found.deadline == _end);
        vm.assertTrue(found.contentId == bytes20(_contentHash(_drafted, SCANNER, _end)));
        vm.assertEq(dao.proposalCount(), ProposalId.unwrap(id));
    }
}
