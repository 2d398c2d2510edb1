// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAllocationDAO} from "contracts/interfaces/IAllocationDAO.sol";
import {IBallotAudit} from "contracts/interfaces/IBallotAudit.sol";
import {IMembers} from "contracts/interfaces/IMembers.sol";
import {IOverrides} from "contracts/interfaces/IOverrides.sol";
import {Ballots} from "contracts/libraries/Ballots.sol";
import {Number, ProposalId} from "contracts/types/Ids.sol";

import {PlantFixture} from "./PlantFixture.sol";
import {vm} from "./Vm.sol";
import {Wallet} from "./Wallet.sol";

/// @notice What members signed beside what was counted.
contract AuditTest is PlantFixture {
    bytes private _plan;
    ProposalId private _id;
    bytes32 private _hash;

    function setUp() public override {
        super.setUp();
        _open();
    }

    function _open() private {
        _plan = _planFor(_postOne(), SCANNER, PACKER);
        _id = _propose(SCANNER, _plan);
        _hash = _contentHash(_id, _plan);
    }

    /* LATE BALLOTS */

    function test_record__lateBallots__toldNotCounted() public {
        _settle();
        members.suspend(PACKER);
        bytes memory late = bytes.concat(_signed(PRESSER, false), _signed(PACKER, true));
        vm.expectEmit(address(audit));
        emit IBallotAudit.BallotsRecorded(_id, hex"00048005");
        audit.record(_id, _hash, late);
        _assertUntouched();
    }

    function test_record__sendersOwn__needsNoSignature() public {
        _settle();
        bytes memory unsigned = _ballot(PACKER, true, "");
        _refusedRecord(unsigned, abi.encodeWithSelector(IAllocationDAO.NotTheSender.selector, _id, PACKER, this));
        vm.expectEmit(address(audit));
        emit IBallotAudit.BallotsRecorded(_id, hex"8005");
        _as(PACKER);
        audit.record(_id, _hash, unsigned);
    }

    function test_record__wallet__byItsWordAlone() public {
        Wallet wallet = new Wallet();
        Number number = members.admit(address(wallet), IMembers.Kind.Digital, 0, "{}");
        _open();
        _veto();
        bytes memory ballot = _ballot(number, true, bytes.concat(_digest(_id, _hash, true), "word"));
        _refusedRecord(ballot, _bad(number, true));
        wallet.set("word");
        vm.expectEmit(address(audit));
        emit IBallotAudit.BallotsRecorded(_id, hex"8007");
        audit.record(_id, _hash, ballot);
    }

    /// @dev Of a proposal that ran out, was defeated or vetoed as of one that passed.
    function test_record__settledAnyWay__told() public {
        _veto();
        _assertRecorded();
        _open();
        vm.warp(block.timestamp + VOTING_SECONDS + 1);
        dao.poke(_id);
        _assertRecorded();
        _open();
        for (uint16 i = 1; i <= 3; ++i) {
            _vote(_id, Number.wrap(i), false);
        }
        _assertRecorded();
    }

    function test_record__stillOpen__refused() public {
        IAllocationDAO.State open = IAllocationDAO.State.Open;
        bytes memory reason = abi.encodeWithSelector(IBallotAudit.ProposalNotSettled.selector, _id, open);
        _refusedRecord("", reason);
        vm.warp(block.timestamp + VOTING_SECONDS + 1);
        _refusedRecord("", reason);
    }

    function test_record__whatDoesNotCount__refused() public {
        _settle();
        _refusedRecord(_signed(ROBOT, true), _foreign(ROBOT));
        _refusedRecord(_signed(Number.wrap(99), true), _foreign(Number.wrap(99)));
        bytes memory twice = bytes.concat(_signed(PACKER, false), _signed(PACKER, false));
        _refusedRecord(twice, _outOfOrder(PACKER, PACKER));
        bytes memory falling = bytes.concat(_signed(PACKER, false), _signed(PRESSER, false));
        _refusedRecord(falling, _outOfOrder(PACKER, PRESSER));
        bytes memory wrong = _ballot(PACKER, true, _sign(_key(PACKER), _digest(_id, _hash, false)));
        _refusedRecord(wrong, _bad(PACKER, true));
        _refusedRecord(hex"80050041", abi.encodeWithSelector(Ballots.MalformedBallots.selector, 0));
    }

    function test_record__admittedSince__refused() public {
        _settle();
        Number late = members.admit(_account(Number.wrap(7)), IMembers.Kind.Digital, 0, "{}");
        _refusedRecord(_signed(late, true), _foreign(late));
    }

    function test_record__signedForTheAudit__refused() public {
        _settle();
        IAllocationDAO.Proposal memory found = dao.proposal(_id);
        bytes32 content = Ballots.hash(_id, _hash, found.roster, found.deadline, true);
        bytes32 digest = _typed(block.chainid, address(audit), content);
        _refusedRecord(_ballot(PACKER, true, _sign(_key(PACKER), digest)), _bad(PACKER, true));
    }

    function test_record__chainSplit__refused() public {
        _settle();
        bytes memory late = _signed(PACKER, true);
        vm.chainId(999);
        _refusedRecord(late, _bad(PACKER, true));
    }

    function test_audit__noneOrOtherContent__refused() public {
        _settle();
        ProposalId none = ProposalId.wrap(99);
        bytes memory unknown = abi.encodeWithSelector(IAllocationDAO.UnknownProposal.selector, none);
        vm.expectRevert(unknown);
        audit.record(none, _hash, "");
        vm.expectRevert(unknown);
        audit.proveEquivocation(none, _hash, PACKER, "", "");
        bytes memory other = abi.encodeWithSelector(IAllocationDAO.OtherPlan.selector, _id, bytes20(_hash));
        vm.expectRevert(other);
        audit.record(_id, keccak256("other"), "");
        vm.expectRevert(other);
        audit.proveEquivocation(_id, keccak256("other"), PACKER, "", "");
    }

    /* TWO WORDS */

    /// @dev While it is open and afterwards, of who is no member any more as well.
    function test_proveEquivocation__bothSigned__told() public {
        _assertProven(PACKER);
        _settle();
        members.retire(PACKER);
        _assertProven(PACKER);
    }

    function testFuzz_proveEquivocation__anyTwoSignatures__onlyAYesAndANoOfItsOwn(
        uint8 member,
        uint8[2] calldata signers,
        bool[2] calldata yes
    ) public {
        Number number = Number.wrap(1 + member % 6);
        bytes[2] memory signatures;
        bool proves = number != ROBOT;
        for (uint256 i = 0; i < 2; ++i) {
            Number signer = Number.wrap(1 + (signers[i] % 4 == 0 ? signers[i] % 6 : member % 6));
            signatures[i] = _sign(_key(signer), _digest(_id, _hash, yes[i]));
            proves = proves && signer == number && yes[i] == (i == 0);
        }
        bytes memory call = abi.encodeCall(audit.proveEquivocation, (_id, _hash, number, signatures[0], signatures[1]));
        (bool proven,) = address(audit).call(call);
        vm.assertTrue(proven == proves);
    }

    function test_proveEquivocation__notBothItsOwn__refused() public {
        (bytes memory yes, bytes memory no) = _both(PACKER);
        _refusedProof(PACKER, yes, yes, _bad(PACKER, false));
        _refusedProof(PACKER, no, no, _bad(PACKER, true));
        _refusedProof(GLUER, yes, no, _bad(GLUER, true));
        _refusedProof(PACKER, "", no, _bad(PACKER, true));
        _refusedProof(ROBOT, yes, no, _foreign(ROBOT));
    }

    /* BUILDING */

    /// @dev By the scanner, the sprayer and the gluer.
    function _settle() private {
        bytes memory two = bytes.concat(_signed(SCANNER, true), _signed(SPRAYER, true));
        dao.decide(_id, _plan, _rest(_id), bytes.concat(two, _signed(GLUER, true)));
    }

    function _veto() private {
        _execute(_order(IOverrides.Kind.Veto, IOverrides.Subject.Proposal, ProposalId.unwrap(_id)));
    }

    function _signed(Number member, bool support) private view returns (bytes memory) {
        return _signedBallot(_id, _hash, member, support);
    }

    function _both(Number member) private view returns (bytes memory yes, bytes memory no) {
        yes = _sign(_key(member), _digest(_id, _hash, true));
        no = _sign(_key(member), _digest(_id, _hash, false));
    }

    function _refusedRecord(bytes memory ballots, bytes memory reason) private {
        vm.expectRevert(reason);
        audit.record(_id, _hash, ballots);
    }

    function _refusedProof(Number member, bytes memory yes, bytes memory no, bytes memory reason) private {
        vm.expectRevert(reason);
        audit.proveEquivocation(_id, _hash, member, yes, no);
    }

    function _bad(Number member, bool support) private view returns (bytes memory) {
        bytes32 digest = _digest(_id, _hash, support);
        return abi.encodeWithSelector(IAllocationDAO.BadBallot.selector, _id, member, digest);
    }

    function _foreign(Number member) private view returns (bytes memory) {
        return abi.encodeWithSelector(IAllocationDAO.NotInElectorate.selector, _id, member);
    }

    function _outOfOrder(Number previous, Number member) private view returns (bytes memory) {
        return abi.encodeWithSelector(IAllocationDAO.BallotOutOfOrder.selector, _id, previous, member);
    }

    function _assertRecorded() private {
        bytes memory late = _signed(PACKER, true);
        vm.expectEmit(address(audit));
        emit IBallotAudit.BallotsRecorded(_id, hex"8005");
        audit.record(_id, _hash, late);
    }

    function _assertProven(Number member) private {
        (bytes memory yes, bytes memory no) = _both(member);
        vm.expectEmit(address(audit));
        emit IBallotAudit.EquivocationProven(_id, member);
        vm.prank(STRANGER);
        audit.proveEquivocation(_id, _hash, member, yes, no);
    }

    function _assertUntouched() private view {
        IAllocationDAO.Proposal memory found = dao.proposal(_id);
        vm.assertTrue(found.state == IAllocationDAO.State.Enacted && found.yes == 3 && found.no == 0);
    }
}
