// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Motions} from "contracts/Motions.sol";
import {IAllocationDAO} from "contracts/interfaces/IAllocationDAO.sol";
import {IMembers} from "contracts/interfaces/IMembers.sol";
import {IMotions} from "contracts/interfaces/IMotions.sol";
import {Number, ProposalId} from "contracts/types/Ids.sol";
import {ADMIN, MAINTENANCE} from "contracts/types/Roles.sol";

import {PlantFixture} from "./PlantFixture.sol";
import {vm} from "./Vm.sol";

/// @notice Which motions may be put to the vote: how far a policy goes, whose standing, who is to be admitted.
contract PoliciesTest is PlantFixture {
    Number private constant UNKNOWN = Number.wrap(99);
    address private immutable newcomer = vm.addr(77);

    /* THE LIMITS OF A POLICY */

    function test_requireSound__eachFigureAtItsLeast__passesTheOneBelowIsTooTight() public {
        _assertEdge(_withSeconds(10), _withSeconds(9), IMotions.PolicyTooTight.selector);
        _assertEdge(_withOpenLimit(1), _withOpenLimit(0), IMotions.PolicyTooTight.selector);
        _assertEdge(_withAbsentAfter(1), _withAbsentAfter(0), IMotions.PolicyTooTight.selector);
    }

    function test_requireSound__eachFigureAtItsMost__passesTheOneAboveIsTooWide() public {
        _assertEdge(_withSeconds(16_777_215), _withSeconds(16_777_216), IMotions.PolicyTooWide.selector);
        _assertEdge(_withOpenLimit(9), _withOpenLimit(10), IMotions.PolicyTooWide.selector);
        _assertEdge(_withAbsentAfter(256), _withAbsentAfter(257), IMotions.PolicyTooWide.selector);
    }

    function test_requireSound__oneWeightAlone__isEnoughToJudgeBy() public {
        IMotions.Weights[5] memory alone = [
            IMotions.Weights(1, 0, 0, 0, 0),
            IMotions.Weights(0, 1, 0, 0, 0),
            IMotions.Weights(0, 0, 1, 0, 0),
            IMotions.Weights(0, 0, 0, 1, 0),
            IMotions.Weights(0, 0, 0, 0, 1)
        ];
        IMotions.Policy memory none = _policy();
        none.weights = IMotions.Weights(0, 0, 0, 0, 0);
        for (uint256 i = 0; i < alone.length; ++i) {
            IMotions.Policy memory one = _policy();
            one.weights = alone[i];
            _assertEdge(one, none, IMotions.PolicyTooTight.selector);
        }
    }

    /// @dev The first policy is nobody's vote, and no other for it.
    function test_constructor__policyBeyondItsLimits__refused() public {
        vm.expectRevert(abi.encodeWithSelector(IMotions.PolicyTooTight.selector));
        new Motions(members, dao, _withSeconds(9));
        vm.expectRevert(abi.encodeWithSelector(IMotions.PolicyTooWide.selector));
        new Motions(members, dao, _withAbsentAfter(257));
    }

    /* FROM WHEN IT HOLDS */

    function test_votingSecondsOf__policyChanged__newOneFromTheNextProposalOn() public {
        vm.roll(block.number + 1);
        _propose(SPRAYER, _policyMotion(_policy()));
        _decide(_policyMotion(_withSeconds(600)));
        _propose(SPRAYER, _policyMotion(_policy()));
        uint16[4] memory expected = [0, 60, 60, 600];
        for (uint256 id = 0; id < expected.length; ++id) {
            vm.assertEq(motions.votingSecondsOf(ProposalId.wrap(id)), expected[id]);
        }
        vm.assertEq(dao.proposal(ProposalId.wrap(3)).deadline, block.timestamp + 600);
        vm.assertEq(dao.proposal(ProposalId.wrap(1)).deadline, block.timestamp + 60);
    }

    function test_carryOut__everyKind__isToldByIt() public {
        vm.roll(block.number + 1);
        _expectDecided(IMotions.Kind.Suspend, _standingMotion(IMotions.Kind.Suspend, PACKER));
        _expectDecided(IMotions.Kind.Reinstate, _standingMotion(IMotions.Kind.Reinstate, PACKER));
        _expectDecided(IMotions.Kind.Retire, _standingMotion(IMotions.Kind.Retire, PACKER));
        _expectDecided(IMotions.Kind.Policy, _policyMotion(_withOpenLimit(9)));
        _expectDecided(IMotions.Kind.Admit, _admissionMotion(IMembers.Kind.Robotic, newcomer));
        vm.assertTrue(members.member(PACKER).standing == IMembers.Standing.Retired);
        vm.assertTrue(members.member(Number.wrap(7)).kind == IMembers.Kind.Robotic);
        vm.assertEq(dao.openLimit(), 9);
    }

    /* WHOSE STANDING */

    function test_requireSound__standingOfNobody__refused() public {
        bytes memory reason = abi.encodeWithSelector(IMembers.UnknownMember.selector, UNKNOWN);
        _refusedStanding(UNKNOWN, reason);
        _refusedStanding(NOBODY, abi.encodeWithSelector(IMembers.UnknownMember.selector, NOBODY));
    }

    function test_requireSound__standingOfAHuman__refused() public {
        Number human = members.admit(supervisor, IMembers.Kind.Human, 0, "{}");
        bytes memory reason = abi.encodeWithSelector(IMembers.WrongKind.selector, human, IMembers.Kind.Human);
        _refusedStanding(human, reason);
    }

    function test_requireSound__standingOfAWorkerOrARobot__passes() public view {
        motions.requireSound(_standingMotion(IMotions.Kind.Retire, PACKER));
        motions.requireSound(_standingMotion(IMotions.Kind.Suspend, ROBOT));
    }

    /* WHO IS TO BE ADMITTED */

    function test_requireSound__admissionOfAStranger__passes() public view {
        motions.requireSound(_admissionMotion(IMembers.Kind.Digital, newcomer));
        motions.requireSound(_admissionMotion(IMembers.Kind.Robotic, address(1)));
    }

    function test_requireSound__admissionOfNoKindOrAHuman__refused() public {
        _refusedMotion(
            _admissionMotion(IMembers.Kind.None, newcomer), abi.encodeWithSelector(IMembers.KindMissing.selector)
        );
        bytes memory reason = abi.encodeWithSelector(IMembers.WrongKind.selector, NOBODY, IMembers.Kind.Human);
        _refusedMotion(_admissionMotion(IMembers.Kind.Human, newcomer), reason);
    }

    function test_requireSound__admissionOfNobody__refused() public {
        bytes memory reason = abi.encodeWithSelector(IMotions.MalformedMotion.selector);
        _refusedMotion(_admissionMotion(IMembers.Kind.Digital, address(0)), reason);
    }

    function test_requireSound__admissionOfAMember__refused() public {
        for (uint16 i = 1; i <= 6; ++i) {
            address account = _account(Number.wrap(i));
            bytes memory reason = abi.encodeWithSelector(IMembers.AlreadyAMember.selector, account, i);
            _refusedMotion(_admissionMotion(IMembers.Kind.Digital, account), reason);
        }
    }

    function test_requireSound__admissionOfWhoHasAnyRole__refused() public {
        for (uint64 role = ADMIN; role <= MAINTENANCE; ++role) {
            address human = role == ADMIN ? address(this) : vm.addr(role);
            bytes memory reason = abi.encodeWithSelector(IMotions.HasARole.selector, human, role);
            _refusedMotion(_admissionMotion(IMembers.Kind.Digital, human), reason);
        }
    }

    /* HELPERS */

    function _withSeconds(uint32 votingSeconds) private pure returns (IMotions.Policy memory wanted) {
        wanted = _policy();
        wanted.votingSeconds = votingSeconds;
    }

    function _withOpenLimit(uint16 openLimit) private pure returns (IMotions.Policy memory wanted) {
        wanted = _policy();
        wanted.openLimit = openLimit;
    }

    function _withAbsentAfter(uint16 absentAfter) private pure returns (IMotions.Policy memory wanted) {
        wanted = _policy();
        wanted.absentAfter = absentAfter;
    }

    function _assertEdge(IMotions.Policy memory within, IMotions.Policy memory beyond, bytes4 reason) private {
        motions.requireSound(_policyMotion(within));
        _refusedMotion(_policyMotion(beyond), abi.encodeWithSelector(reason));
    }

    function _expectDecided(IMotions.Kind kind, bytes memory motion) private {
        ProposalId id = _propose(SCANNER, motion);
        bytes32 rest = _rest(id);
        _vote(id, SCANNER, true);
        _vote(id, SPRAYER, true);
        vm.expectEmit(address(motions));
        emit IMotions.MotionCarriedOut(id, kind);
        _as(GLUER);
        dao.vote(id, true, "", motion, rest);
        vm.assertTrue(dao.proposal(id).state == IAllocationDAO.State.Enacted);
    }

    function _refusedStanding(Number member, bytes memory reason) private {
        _refusedMotion(_standingMotion(IMotions.Kind.Suspend, member), reason);
        _refusedMotion(_standingMotion(IMotions.Kind.Reinstate, member), reason);
        _refusedMotion(_standingMotion(IMotions.Kind.Retire, member), reason);
    }

    function _refusedMotion(bytes memory motion, bytes memory reason) private {
        vm.expectRevert(reason);
        motions.requireSound(motion);
    }
}
