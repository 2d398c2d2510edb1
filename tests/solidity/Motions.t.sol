// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAllocationDAO} from "contracts/interfaces/IAllocationDAO.sol";
import {IMembers} from "contracts/interfaces/IMembers.sol";
import {IMotions} from "contracts/interfaces/IMotions.sol";
import {IOverrides} from "contracts/interfaces/IOverrides.sol";
import {MotionLayout} from "contracts/libraries/MotionLayout.sol";
import {Number, ProposalId} from "contracts/types/Ids.sol";
import {ADMIN, OPERATOR, SUPERVISOR} from "contracts/types/Roles.sol";

import {PlantFixture} from "./PlantFixture.sol";
import {vm} from "./Vm.sol";

contract MotionsTest is PlantFixture {
    Number private constant NEWCOMER = Number.wrap(7);
    uint256 private constant GRACE_SECONDS = 10 minutes;
    address private immutable newcomer = vm.addr(77);

    function setUp() public override {
        super.setUp();
        vm.roll(block.number + 1);
    }

    /* MEMBERSHIP */

    function test_carryOut__admission__isTold() public {
        bytes memory motion = _admissionMotion(IMembers.Kind.Digital, newcomer);
        (ProposalId id, bytes32 rest) = _ready(motion);
        vm.expectEmit(address(members));
        emit IMembers.MemberAdmitted(NEWCOMER, newcomer, IMembers.Kind.Digital, _bit(SCAN), "{}");
        vm.expectEmit(address(motions));
        emit IMotions.MotionCarriedOut(id, IMotions.Kind.Admit);
        dao.enact(id, motion, rest, type(uint256).max);
        vm.assertTrue(members.isActive(NEWCOMER));
    }

    function test_carryOut__standing__isTold() public {
        bytes memory motion = _standingMotion(IMotions.Kind.Suspend, PACKER);
        (ProposalId id, bytes32 rest) = _ready(motion);
        vm.expectEmit(address(members));
        emit IMembers.MemberSuspended(PACKER, address(motions), true);
        dao.enact(id, motion, rest, type(uint256).max);
        motion = _standingMotion(IMotions.Kind.Reinstate, PACKER);
        (id, rest) = _ready(motion);
        vm.expectEmit(address(members));
        emit IMembers.MemberReinstated(PACKER, address(motions), true);
        dao.enact(id, motion, rest, type(uint256).max);
        motion = _standingMotion(IMotions.Kind.Retire, PACKER);
        (id, rest) = _ready(motion);
        vm.expectEmit(address(members));
        emit IMembers.MemberRetired(PACKER, address(motions), true);
        dao.enact(id, motion, rest, type(uint256).max);
    }

    function test_carryOut__byAnyoneButTheDao__refused() public {
        bytes memory motion = _standingMotion(IMotions.Kind.Suspend, PACKER);
        vm.expectRevert(abi.encodeWithSelector(IMotions.NotTheDAO.selector, address(this)));
        motions.carryOut(ProposalId.wrap(1), motion);
    }

    function test_setPolicy__byAnyoneButTheMotions__refused() public {
        vm.expectRevert(abi.encodeWithSelector(IAllocationDAO.NotTheContract.selector, address(this)));
        dao.setPolicy(20, 2);
    }

    function test_leaveOut__atTheMembersByAnyoneButTheMotions__refused() public {
        vm.expectRevert(abi.encodeWithSelector(IMembers.NotTheRegistrar.selector, address(this)));
        members.leaveOut(PACKER);
    }

    function test_admission__accountWithARole__refused() public {
        bytes memory detail = _detail();
        bytes memory motion = _admissionMotion(IMembers.Kind.Digital, supervisor);
        _as(SCANNER);
        vm.expectRevert(abi.encodeWithSelector(IMotions.HasARole.selector, supervisor, SUPERVISOR));
        dao.propose(motion, detail, "");
        motion = _admissionMotion(IMembers.Kind.Robotic, address(this));
        _as(SCANNER);
        vm.expectRevert(abi.encodeWithSelector(IMotions.HasARole.selector, address(this), ADMIN));
        dao.propose(motion, detail, "");
    }

    function test_admission__roleGrantedWhileItWasOpen__refused() public {
        bytes memory motion = _admissionMotion(IMembers.Kind.Digital, newcomer);
        (ProposalId id, bytes32 rest) = _ready(motion);
        authority.grantRole(OPERATOR, newcomer, 0);
        vm.expectRevert(abi.encodeWithSelector(IMotions.HasARole.selector, newcomer, OPERATOR));
        dao.enact(id, motion, rest, type(uint256).max);
    }

    /// @dev Admitted first, given roles later: what the vote then does to its badge takes none of them.
    function test_suspension__ofWhoHasRoles__leavesItsAuthority() public {
        _decide(_admissionMotion(IMembers.Kind.Digital, newcomer));
        authority.grantRole(OPERATOR, newcomer, 0);
        authority.grantRole(ADMIN, newcomer, 0);
        vm.warp(block.timestamp + 1);
        vm.roll(block.number + 1);
        vm.prank(address(motions));
        members.suspend(NEWCOMER);
        vm.assertTrue(authority.mayOrder(newcomer, 1 << OPERATOR, false));
        vm.assertTrue(authority.isInGoodStanding(newcomer));
        vm.prank(newcomer);
        members.admit(STRANGER, IMembers.Kind.Human, 0, "{}");
    }

    function test_admit__numbersOfTheHumans__areLeftToThem() public {
        vm.store(address(members), _slotOfCount(), bytes32(uint256(767)));
        vm.prank(address(motions));
        vm.expectRevert(abi.encodeWithSelector(IMembers.RosterFull.selector));
        members.admit(newcomer, IMembers.Kind.Digital, 0, "{}");
        members.admit(newcomer, IMembers.Kind.Digital, 0, "{}");
        vm.assertEq(members.count(), 768);
    }

    function test_admit__lastNumberOfTheVote__isGiven() public {
        vm.store(address(members), _slotOfCount(), bytes32(uint256(766)));
        vm.prank(address(motions));
        members.admit(newcomer, IMembers.Kind.Digital, 0, "{}");
        vm.assertEq(members.count(), 767);
    }

    /* A HUMAN WINS */

    /// @dev Whatever humans and votes do in whatever order: since the last word of a human, the standing is as it says.
    function testFuzz_standing__humanSpoke__noVoteChangesIt(uint8[12] memory acts) public {
        bool spoken;
        for (uint256 i = 0; i < acts.length; ++i) {
            IMembers.Standing before = members.member(PACKER).standing;
            bool byVote = acts[i] & 128 != 0;
            bool worked = this.change(PACKER, acts[i] % 3, byVote);
            if (byVote && spoken) vm.assertFalse(worked);
            if (!worked) _assertStanding(PACKER, before);
            if (worked && !byVote) spoken = true;
            vm.assertTrue(members.member(PACKER).byHuman == spoken);
        }
    }

    function change(Number number, uint8 act, bool byVote) external returns (bool worked) {
        vm.startPrank(byVote ? address(motions) : address(this));
        bytes memory call = act == 0
            ? abi.encodeCall(IMembers.suspend, number)
            : act == 1 ? abi.encodeCall(IMembers.reinstate, number) : abi.encodeCall(IMembers.retire, number);
        (worked,) = address(members).call(call);
        vm.stopPrank();
    }

    function test_carryOut__humanSuspended__refusedButDecided() public {
        bytes memory motion = _standingMotion(IMotions.Kind.Reinstate, PACKER);
        IOverrides.Order memory order =
            _order(IOverrides.Kind.Suspend, IOverrides.Subject.Worker, Number.unwrap(PACKER));
        ProposalId id = _passed(motion);
        _execute(order);
        bytes32 rest = _rest(id);
        vm.expectRevert(abi.encodeWithSelector(IMembers.HumanDecided.selector, PACKER));
        dao.enact(id, motion, rest, type(uint256).max);
        vm.assertTrue(dao.proposal(id).state == IAllocationDAO.State.Passed);
    }

    function test_humanKind__byTheMotions__refusedInTheMembersToo() public {
        members.admit(supervisor, IMembers.Kind.Human, 0, "{}");
        bytes memory reason = abi.encodeWithSelector(IMembers.NotTheRegistrar.selector, address(motions));
        vm.startPrank(address(motions));
        vm.expectRevert(reason);
        members.suspend(NEWCOMER);
        vm.expectRevert(reason);
        members.reinstate(NEWCOMER);
        vm.expectRevert(reason);
        members.retire(NEWCOMER);
        vm.expectRevert(reason);
        members.admit(newcomer, IMembers.Kind.Human, 0, "{}");
        vm.stopPrank();
    }

    function test_approve__motion__isNoPlan() public {
        bytes memory motion = _standingMotion(IMotions.Kind.Suspend, PACKER);
        ProposalId id = _propose(SCANNER, motion);
        IOverrides.Order memory order = _about(IOverrides.Kind.Approve, id, motion);
        _refused(order, _wrongSubject(IOverrides.Kind.Approve));
    }

    function test_veto__openOrPassedMotion__ends() public {
        bytes memory motion = _standingMotion(IMotions.Kind.Suspend, PACKER);
        ProposalId open = _propose(SPRAYER, motion);
        ProposalId passed = _passed(motion);
        _execute(_about(IOverrides.Kind.Veto, open, ""));
        _execute(_about(IOverrides.Kind.Veto, passed, ""));
        vm.assertTrue(dao.proposal(open).state == IAllocationDAO.State.Vetoed);
        vm.assertTrue(dao.proposal(passed).state == IAllocationDAO.State.Vetoed);
    }

    function test_veto__motionCarriedOut__isNoPlan() public {
        bytes memory motion = _standingMotion(IMotions.Kind.Suspend, PACKER);
        ProposalId id = _decide(motion);
        _refused(_about(IOverrides.Kind.Veto, id, motion), _wrongSubject(IOverrides.Kind.Veto));
    }

    /* IN TIME OR NOT AT ALL */

    function testFuzz_enact__anyTimeAfterPassing__carriedOutOrExpired(uint32 later) public {
        later = later % 2000;
        bytes memory motion = _standingMotion(IMotions.Kind.Suspend, PACKER);
        ProposalId id = _passed(motion);
        bytes32 rest = _rest(id);
        vm.warp(block.timestamp + later);
        dao.enact(id, motion, rest, type(uint256).max);
        bool inTime = later <= VOTING_SECONDS + GRACE_SECONDS;
        IAllocationDAO.State state = dao.proposal(id).state;
        vm.assertTrue(state == (inTime ? IAllocationDAO.State.Enacted : IAllocationDAO.State.Expired));
        _assertStanding(PACKER, inTime ? IMembers.Standing.Suspended : IMembers.Standing.Active);
    }

    function test_enact__plan__hasNoSuchEnd() public {
        bytes memory plan = _planFor(_postOne(), SCANNER, PACKER);
        ProposalId id = _passed(plan);
        bytes32 rest = _rest(id);
        vm.warp(block.timestamp + 30 days);
        dao.enact(id, plan, rest, type(uint256).max);
        vm.assertTrue(dao.proposal(id).state == IAllocationDAO.State.Enacted);
    }

    /* BYTES */

    function testFuzz_requireSound__anyBytes__asTheLayoutSays(bytes calldata body, uint8 kind) public view {
        bytes memory motion = bytes.concat(hex"000000", bytes1(kind), body);
        bool fits = kind > 1 && kind < 5 && body.length == 2;
        if (kind == 1) fits = body.length >= 53 && uint8(body[0]) <= uint8(type(IMembers.Kind).max);
        if (kind == 5) fits = body.length == 18;
        (bool sound, bytes memory why) = address(motions).staticcall(abi.encodeCall(IMotions.requireSound, motion));
        if (!fits) vm.assertTrue(!sound && bytes4(why) == IMotions.MalformedMotion.selector);
        else vm.assertTrue(sound || bytes4(why) != IMotions.MalformedMotion.selector || _isZero(body));
    }

    function test_propose__motionWithATeam__refused() public {
        bytes memory motion = _standingMotion(IMotions.Kind.Suspend, PACKER);
        bytes memory detail = _detailOf(new bytes(13));
        _as(SCANNER);
        vm.expectRevert(abi.encodeWithSelector(IAllocationDAO.MalformedTeams.selector, 0));
        dao.propose(motion, detail, "");
    }

    function testFuzz_isMotion__anyBytes__threeZerosAtTheBeginning(bytes calldata content) public pure {
        bool begins = content.length > 2 && content[0] == 0 && content[1] == 0 && content[2] == 0;
        vm.assertTrue(MotionLayout.isMotion(content) == begins);
    }

    /* POLICY */

    function testFuzz_policy__withinItsLimits__isSetAndReadBack(IMotions.Policy memory wanted) public {
        wanted.votingSeconds = uint32(10 + wanted.votingSeconds % ((1 << 24) - 10));
        wanted.openLimit = 1 + wanted.openLimit % 9;
        wanted.absentAfter = 1 + wanted.absentAfter % 256;
        wanted.weights.risk |= 1;
        bytes memory motion = _policyMotion(wanted);
        (ProposalId id, bytes32 rest) = _ready(motion);
        vm.expectEmit(address(motions));
        emit IMotions.PolicySet(wanted.votingSeconds, wanted.openLimit, wanted.absentAfter, wanted.weights);
        dao.enact(id, motion, rest, type(uint256).max);
        vm.assertEq(keccak256(abi.encode(motions.policy())), keccak256(abi.encode(wanted)));
        vm.assertEq(dao.votingPeriod(), wanted.votingSeconds);
        vm.assertEq(dao.openLimit(), wanted.openLimit);
    }

    function test_proposalSnapshot__policyChangedSince__isWhenItWasOpened() public {
        bytes memory motion = _standingMotion(IMotions.Kind.Suspend, PACKER);
        ProposalId before = _propose(SPRAYER, motion);
        uint256 opened = members.clock();
        IMotions.Policy memory longer = _policy();
        longer.votingSeconds = 600;
        vm.warp(opened + 5);
        _decide(_policyMotion(longer));
        vm.warp(opened + 9);
        vm.roll(block.number + 1);
        ProposalId later = _propose(SPRAYER, motion);
        vm.assertEq(dao.proposalSnapshot(ProposalId.unwrap(before)), opened);
        vm.assertEq(dao.proposalSnapshot(ProposalId.unwrap(later)), opened + 9);
        vm.assertEq(dao.proposal(later).deadline, opened + 609);
    }

    /* HELPERS */

    /// @dev Three say yes without the content at hand.
    function _passed(bytes memory content) private returns (ProposalId id) {
        id = _propose(SCANNER, content);
        _vote(id, SCANNER, true);
        _vote(id, SPRAYER, true);
        _vote(id, GLUER, true);
    }

    function _ready(bytes memory motion) private returns (ProposalId id, bytes32 rest) {
        id = _passed(motion);
        rest = _rest(id);
    }

    function _about(IOverrides.Kind kind, ProposalId id, bytes memory motion)
        private
        returns (IOverrides.Order memory order)
    {
        order = _order(kind, IOverrides.Subject.Proposal, ProposalId.unwrap(id));
        if (motion.length != 0) order.payload = abi.encodePacked(_rest(id), uint16(0), uint16(1), motion);
    }

    function _wrongSubject(IOverrides.Kind kind) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IOverrides.WrongSubject.selector, kind, IOverrides.Subject.Proposal);
    }

    function _assertStanding(Number number, IMembers.Standing standing) private view {
        vm.assertTrue(members.member(number).standing == standing);
    }

    /// @dev An admission of the zero account follows the layout, but is none.
    function _isZero(bytes calldata body) private pure returns (bool) {
        return bytes20(body[1:21]) == 0;
    }

    /// @dev Where the members' contract counts its badges.
    function _slotOfCount() private view returns (bytes32 slot) {
        for (uint256 i = 0; i < 32; ++i) {
            if (uint256(vm.load(address(members), bytes32(i))) == members.count()) return bytes32(i);
        }
        revert();
    }
}
