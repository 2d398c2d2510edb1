// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Instructions} from "contracts/Instructions.sol";
import {IInstructions} from "contracts/interfaces/IInstructions.sol";
import {IMembers} from "contracts/interfaces/IMembers.sol";
import {IOverrides} from "contracts/interfaces/IOverrides.sol";
import {IWorkOrders} from "contracts/interfaces/IWorkOrders.sol";
import {Tasks} from "contracts/libraries/Tasks.sol";
import {Number, OverrideId, TaskId} from "contracts/types/Ids.sol";
import {
    ACKNOWLEDGE,
    ANSWER,
    DRAIN,
    LIFT,
    MAINTAIN,
    QUARANTINE,
    REPRIORITISE,
    SHELVE
} from "contracts/types/Instructions.sol";
import {MAINTENANCE, OPERATOR, PLANNER, SUPERVISOR} from "contracts/types/Roles.sol";
import {Status} from "contracts/types/Work.sol";

import {PlantFixture} from "./PlantFixture.sol";
import {vm} from "./Vm.sol";
import {Wallet} from "./Wallet.sol";

/// @notice What humans instruct: who may, what stands, what is lifted or over, what is refused.
contract InstructionsTest is PlantFixture {
    uint256 private constant LARGEST = 24_576;
    uint64 private constant BILLION = 1_000_000_000;
    uint256 private constant OPERATORS = 1 << OPERATOR;
    uint256 private constant PLANNERS = 1 << PLANNER;
    uint256 private constant SUPERVISORS = 1 << SUPERVISOR;
    uint256 private constant MAINTAINERS = 1 << MAINTENANCE;
    uint256 private constant EVERYONE = OPERATORS | PLANNERS | SUPERVISORS | MAINTAINERS;
    uint256 private constant QUESTION = uint256(keccak256("try again?"));

    Instructions private _instructions;
    TaskId private _task;
    uint64 private _nonces;

    function setUp() public override {
        super.setUp();
        _instructions = new Instructions(authority, members, work);
        _task = _postOne();
    }

    /* WHAT STANDS */

    function test_give__drain__standsAndIsTold() public {
        IInstructions.Instruction memory given = _about(DRAIN);
        bytes32 digest = _instructions.digestOf(given);
        bytes memory signature = _sign(SUPERVISOR, digest);
        vm.expectEmit(address(_instructions));
        emit IInstructions.InstructionGiven(OverrideId.wrap(BILLION + 1), supervisor, given.subject, 2, digest, given);
        vm.prank(STRANGER);
        OverrideId id = _instructions.give(given, signature);
        vm.assertEq(OverrideId.unwrap(id), BILLION + 1);
        vm.assertEq(_instructions.count(), 1);
        _assertStanding(DRAIN, given.subject, 2, DRAIN, given.expiresAt, 0);
        vm.assertEq(OverrideId.unwrap(_instructions.standing(DRAIN, given.subject).id), BILLION + 1);
    }

    function test_standing__ofNothing__isVersionOne() public view {
        _assertStanding(DRAIN, 1, 1, 0, 0, 0);
    }

    function test_give__quarantineOverADrain__standsBesideIt() public {
        _give(_about(DRAIN));
        IInstructions.Instruction memory quarantine = _by(OPERATOR, _about(QUARANTINE));
        quarantine.expiresAt = 0;
        _give(quarantine);
        _assertStanding(DRAIN, quarantine.subject, 2, DRAIN, uint48(block.timestamp + 1 hours), 0);
        _assertStanding(QUARANTINE, quarantine.subject, 2, QUARANTINE, 0, 0);
    }

    function testFuzz_give__reprioritise__keepsThePriority(uint8 priority) public {
        IInstructions.Instruction memory given = _about(REPRIORITISE);
        given.payload = abi.encodePacked(priority);
        _give(given);
        _assertStanding(REPRIORITISE, given.subject, 2, REPRIORITISE, given.expiresAt, priority);
    }

    function test_give__shelveOverAnAcknowledgement__takesItsPlace() public {
        _give(_about(ACKNOWLEDGE));
        _assertStanding(SHELVE, QUESTION, 2, ACKNOWLEDGE, 0, 0);
        IInstructions.Instruction memory shelve = _about(SHELVE);
        _give(shelve);
        _assertStanding(ACKNOWLEDGE, QUESTION, 3, SHELVE, shelve.expiresAt, 0);
    }

    function test_give__answer__hasNoEnd() public {
        _give(_about(ANSWER));
        _assertStanding(ANSWER, QUESTION, 2, ANSWER, 0, 0);
    }

    /* LIFTING */

    function test_lift__whatStands__leavesNothing() public {
        uint8[5] memory kinds = [DRAIN, QUARANTINE, MAINTAIN, REPRIORITISE, SHELVE];
        for (uint256 i = 0; i < kinds.length; ++i) {
            IInstructions.Instruction memory given = _about(kinds[i]);
            _give(given);
            _give(_liftOf(given));
            _assertStanding(kinds[i], given.subject, 3, 0, 0, 0);
        }
    }

    function test_lift__whatHasNoEnd__leavesNothing() public {
        IInstructions.Instruction memory given = _about(QUARANTINE);
        given.expiresAt = 0;
        _give(given);
        _give(_liftOf(given));
        _assertStanding(QUARANTINE, given.subject, 3, 0, 0, 0);
    }

    function test_lift__untilItsEnd__andNotAfter() public {
        IInstructions.Instruction memory given = _about(DRAIN);
        _give(given);
        uint256 snapshot = vm.snapshotState();
        vm.warp(given.expiresAt);
        _give(_liftOf(given));
        vm.revertToState(snapshot);
        vm.warp(uint256(given.expiresAt) + 1);
        _refused(_liftOf(given), _nothingToLift(DRAIN, given.subject));
    }

    function test_lift__nothingOrWhatIsDone__refused() public {
        _refused(_liftOf(_about(DRAIN)), _nothingToLift(DRAIN, Number.unwrap(SCANNER)));
        _give(_about(ANSWER));
        _refused(_liftOf(_about(ANSWER)), _nothingToLift(ANSWER, QUESTION));
        _give(_on(_about(ACKNOWLEDGE), 7));
        _refused(_on(_liftOf(_about(ACKNOWLEDGE)), 7), _nothingToLift(ACKNOWLEDGE, 7));
        _refused(_on(_liftOf(_about(SHELVE)), 7), _nothingToLift(SHELVE, 7));
    }

    function test_lift__oneKind__leavesTheOther() public {
        IInstructions.Instruction memory drain = _about(DRAIN);
        _give(drain);
        _give(_about(QUARANTINE));
        _give(_liftOf(drain));
        _assertStanding(QUARANTINE, drain.subject, 2, QUARANTINE, uint48(block.timestamp + 1 hours), 0);
    }

    /* WHO MAY */

    function test_give__anyKind__byTheRolesOfTheTable() public {
        _takesRoles(DRAIN, SUPERVISORS | MAINTAINERS);
        _takesRoles(QUARANTINE, SUPERVISORS | MAINTAINERS | OPERATORS);
        _takesRoles(MAINTAIN, SUPERVISORS | MAINTAINERS);
        _takesRoles(REPRIORITISE, SUPERVISORS | PLANNERS);
        _takesRoles(ANSWER, EVERYONE);
        _takesRoles(ACKNOWLEDGE, EVERYONE);
        _takesRoles(SHELVE, EVERYONE);
    }

    function test_give__suspendedHuman__refused() public {
        Number badge = members.admit(supervisor, IMembers.Kind.Human, 0, "{}");
        members.suspend(badge);
        _refused(_about(DRAIN), abi.encodeWithSelector(IInstructions.MayNotInstruct.selector, supervisor, DRAIN));
    }

    function test_give__outsideOfTheHumansCell__refusedForTasksAndRobots() public {
        members.admit(supervisor, IMembers.Kind.Human, _bit(CAPABILITIES), "{}");
        _refused(_about(REPRIORITISE), _outOfScope(IOverrides.Subject.Task, TaskId.unwrap(_task)));
        _refused(_about(MAINTAIN), _outOfScope(IOverrides.Subject.Robot, Number.unwrap(ROBOT)));
        _give(_about(QUARANTINE));
    }

    function test_give__insideOfTheHumansCell__stands() public {
        members.admit(supervisor, IMembers.Kind.Human, _bit(work.task(_task).capability), "{}");
        IInstructions.Instruction memory given = _about(REPRIORITISE);
        _give(given);
        _assertStanding(REPRIORITISE, given.subject, 2, REPRIORITISE, given.expiresAt, 7);
    }

    function test_give__byAWallet__counts() public {
        Wallet wallet = new Wallet();
        wallet.set("yes");
        authority.grantRole(SUPERVISOR, address(wallet), 0);
        IInstructions.Instruction memory given = _about(DRAIN);
        given.human = address(wallet);
        _instructions.give(given, bytes.concat(_instructions.digestOf(given), "yes"));
        _assertStanding(DRAIN, given.subject, 2, DRAIN, given.expiresAt, 0);
    }

    /* RACES AND REPLAYS */

    function test_give__versionSeen__ofTwoExactlyOneWins() public {
        IInstructions.Instruction memory first = _about(DRAIN);
        IInstructions.Instruction memory second = _by(MAINTENANCE, _about(DRAIN));
        first.expectedVersion = 1;
        second.expectedVersion = 1;
        _give(first);
        _refused(second, abi.encodeWithSelector(IOverrides.StaleVersion.selector, 2, 1));
        second.expectedVersion = 2;
        _give(second);
    }

    function test_give__twice__refused() public {
        IInstructions.Instruction memory given = _about(DRAIN);
        _give(given);
        uint256 next = given.nonce + 1;
        _refused(given, abi.encodeWithSignature("InvalidAccountNonce(address,uint256)", supervisor, next));
    }

    function testFuzz_give__mutated__refused(uint8 field, uint64 change) public {
        IInstructions.Instruction memory given = _about(QUARANTINE);
        bytes memory signature = _sign(SUPERVISOR, _instructions.digestOf(given));
        _mutate(given, field % 9, 1 + change % 1_000_000);
        vm.expectRevert(abi.encodeWithSelector(IOverrides.BadSignature.selector, given.human));
        _instructions.give(given, signature);
    }

    function _mutate(IInstructions.Instruction memory given, uint8 field, uint64 change) private pure {
        if (field == 0) given.kind = DRAIN;
        if (field == 1) given.subject += change;
        if (field == 2) given.reasonCode += uint16(1 + change % 1000);
        if (field == 3) given.reason = "another";
        if (field == 4) given.expiresAt += uint48(change);
        if (field == 5) given.validUntil += uint48(change);
        if (field == 6) given.expectedVersion = change;
        if (field == 7) given.preview = bytes32(uint256(change));
        if (field == 8) given.nonce += change;
    }

    function testFuzz_give__otherPayload__refused(uint8 priority, uint8 other) public {
        if (priority == other) return;
        IInstructions.Instruction memory given = _about(REPRIORITISE);
        given.payload = abi.encodePacked(priority);
        bytes memory signature = _sign(SUPERVISOR, _instructions.digestOf(given));
        given.payload = abi.encodePacked(other);
        vm.expectRevert(abi.encodeWithSelector(IOverrides.BadSignature.selector, supervisor));
        _instructions.give(given, signature);
    }

    function test_give__toAnotherContractOfThePlant__refused() public {
        Instructions other = new Instructions(authority, members, work);
        IInstructions.Instruction memory given = _about(DRAIN);
        bytes memory signature = _sign(SUPERVISOR, _instructions.digestOf(given));
        vm.expectRevert(abi.encodeWithSelector(IOverrides.BadSignature.selector, supervisor));
        other.give(given, signature);
    }

    function test_digestOf__isEip712() public {
        IInstructions.Instruction memory given = _about(REPRIORITISE);
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("Workmoot Instructions"),
                keccak256("1"),
                block.chainid,
                address(_instructions)
            )
        );
        bytes32 what = keccak256(
            "Instruction(uint8 kind,uint8 subjectType,uint256 subject,bytes payload,uint16 reasonCode,string reason,uint48 expiresAt,uint48 validUntil,uint64 expectedVersion,bytes32 preview,address human,uint256 nonce)"
        );
        bytes memory head =
            abi.encode(what, given.kind, given.subjectType, given.subject, keccak256(given.payload), given.reasonCode);
        bytes memory tail = abi.encode(
            keccak256(bytes(given.reason)), given.expiresAt, given.validUntil, given.expectedVersion, given.preview
        );
        bytes32 content = keccak256(bytes.concat(head, tail, abi.encode(given.human, given.nonce)));
        bytes32 digest = keccak256(abi.encodePacked(hex"1901", domain, content));
        vm.assertEq(_instructions.digestOf(given), digest);
    }

    /* WHAT IS REFUSED */

    function test_give__tooLate__refused() public {
        IInstructions.Instruction memory given = _about(ACKNOWLEDGE);
        given.validUntil = uint48(block.timestamp);
        uint256 snapshot = vm.snapshotState();
        _give(given);
        vm.revertToState(snapshot);
        given.validUntil -= 1;
        _refused(given, abi.encodeWithSelector(IOverrides.OrderExpired.selector, given.validUntil));
    }

    function test_give__withoutAReason__refused() public {
        IInstructions.Instruction memory given = _about(DRAIN);
        given.reasonCode = 0;
        _refused(given, abi.encodeWithSelector(IOverrides.ReasonMissing.selector));
        given = _about(DRAIN);
        given.reason = "";
        _refused(given, abi.encodeWithSelector(IOverrides.ReasonMissing.selector));
    }

    function test_give__withoutAnEnd__onlyQuarantineAndMaintenance() public {
        uint8[5] memory kinds = [QUARANTINE, MAINTAIN, DRAIN, REPRIORITISE, SHELVE];
        for (uint256 i = 0; i < kinds.length; ++i) {
            IInstructions.Instruction memory given = _about(kinds[i]);
            given.expiresAt = 0;
            if (i < 2) _give(given);
            else _refused(given, abi.encodeWithSelector(IOverrides.ExpiryMissing.selector, 0));
            given = _about(kinds[i]);
            given.expiresAt = uint48(block.timestamp) + 9;
            _refused(given, abi.encodeWithSelector(IOverrides.ExpiryMissing.selector, given.expiresAt));
            given.expiresAt = uint48(block.timestamp) + 10;
            _give(given);
        }
    }

    function testFuzz_give__kindAndSubject__goTogetherOrAreRefused(uint8 kind, uint8 on) public {
        IInstructions.Instruction memory given = _about(DRAIN);
        given.kind = kind;
        given.subjectType = IOverrides.Subject(on % 6);
        bool sized = kind == ANSWER || kind == REPRIORITISE || kind == LIFT;
        bytes memory malformed = abi.encodeWithSelector(IInstructions.MalformedInstruction.selector, kind);
        bytes memory stray = abi.encodeWithSelector(IInstructions.NoSuchInstruction.selector, kind, on % 6);
        if (sized) return _refused(given, malformed);
        if (_goesWith(kind) != given.subjectType || kind < DRAIN || kind > SHELVE) return _refused(given, stray);
        given.subject = _about(kind).subject;
        _give(given);
    }

    function test_give__payloadOfAnotherSize__refused() public {
        _refusedPayload(DRAIN, "x");
        _refusedPayload(REPRIORITISE, "");
        _refusedPayload(REPRIORITISE, "xx");
        _refusedPayload(ANSWER, "");
        _refusedPayload(ANSWER, new bytes(1025));
        _refusedPayload(LIFT, "");
        IInstructions.Instruction memory given = _about(ANSWER);
        given.payload = new bytes(1024);
        _give(given);
    }

    function test_lift__ofWhatDoesNotGoWithTheSubject__refused() public {
        IInstructions.Instruction memory lift = _liftOf(_about(DRAIN));
        lift.payload = abi.encodePacked(MAINTAIN);
        bytes memory reason = abi.encodeWithSelector(IInstructions.NoSuchInstruction.selector, LIFT, lift.subjectType);
        _refused(lift, reason);
    }

    function test_give__aboutWhoIsNoSuchWorker__refused() public {
        Number nobody = Number.wrap(0);
        _refused(_on(_about(DRAIN), 99), abi.encodeWithSelector(IMembers.WrongKind.selector, 99, IMembers.Kind.None));
        bytes memory last = abi.encodeWithSelector(IMembers.WrongKind.selector, 65_535, IMembers.Kind.None);
        _refused(_on(_about(DRAIN), 65_535), last);
        _refused(_on(_about(DRAIN), 65_537), abi.encodeWithSelector(IMembers.UnknownMember.selector, nobody));
        bytes memory robotic = abi.encodeWithSelector(IMembers.WrongKind.selector, ROBOT, IMembers.Kind.Robotic);
        _refused(_on(_about(QUARANTINE), Number.unwrap(ROBOT)), robotic);
        bytes memory digital = abi.encodeWithSelector(IMembers.WrongKind.selector, SCANNER, IMembers.Kind.Digital);
        _refused(_on(_about(MAINTAIN), Number.unwrap(SCANNER)), digital);
    }

    function test_reprioritise__whatIsDoneOrNoTask__refused() public {
        bytes memory malformed = abi.encodeWithSelector(IInstructions.MalformedInstruction.selector, REPRIORITISE);
        _refused(_on(_about(REPRIORITISE), 1 << 32), malformed);
        bytes memory unknown = abi.encodeWithSelector(Tasks.UnknownTask.selector, type(uint32).max);
        _refused(_on(_about(REPRIORITISE), type(uint32).max), unknown);
        _run(_task, SCANNER);
        _give(_about(REPRIORITISE));
        _inspect(_task, PACKER, true);
        bytes memory done = abi.encodeWithSelector(IWorkOrders.WrongStatus.selector, _task, Status.Accepted);
        _refused(_about(REPRIORITISE), done);
    }

    function test_answer__twice__refused() public {
        _give(_about(ANSWER));
        _refused(_about(ANSWER), abi.encodeWithSelector(IInstructions.AlreadyAnswered.selector, QUESTION));
    }

    /* THE DEPLOYMENT */

    function test_deployment__fitsAndKnowsThePlant() public view {
        vm.assertTrue(address(_instructions).code.length <= LARGEST);
        vm.assertTrue(address(_instructions.authority()) == address(authority));
        vm.assertTrue(address(_instructions.members()) == address(members));
        vm.assertTrue(address(_instructions.workOrders()) == address(work));
    }

    /* HELPERS */

    /// @dev A supervisor's instruction of that kind, for an hour where it lasts.
    function _about(uint8 kind) private returns (IInstructions.Instruction memory given) {
        given.kind = kind;
        given.subjectType = _goesWith(kind);
        if (given.subjectType == IOverrides.Subject.Worker) given.subject = Number.unwrap(SCANNER);
        else if (given.subjectType == IOverrides.Subject.Robot) given.subject = Number.unwrap(ROBOT);
        else if (given.subjectType == IOverrides.Subject.Task) given.subject = TaskId.unwrap(_task);
        else given.subject = QUESTION;
        if (kind == REPRIORITISE) given.payload = hex"07";
        if (kind == ANSWER) given.payload = "true";
        given.reasonCode = 2;
        given.reason = "the arm drips";
        given.expiresAt = uint48(block.timestamp + 1 hours);
        given.validUntil = uint48(block.timestamp + 1 days);
        given.human = supervisor;
        given.nonce = uint256(++_nonces) << 64;
    }

    function _goesWith(uint8 kind) private pure returns (IOverrides.Subject) {
        if (kind == DRAIN || kind == QUARANTINE) return IOverrides.Subject.Worker;
        if (kind == MAINTAIN) return IOverrides.Subject.Robot;
        return kind == REPRIORITISE ? IOverrides.Subject.Task : IOverrides.Subject.None;
    }

    function _liftOf(IInstructions.Instruction memory given) private returns (IInstructions.Instruction memory lift) {
        lift = _about(given.kind);
        lift.kind = LIFT;
        lift.payload = abi.encodePacked(given.kind);
    }

    function _on(IInstructions.Instruction memory given, uint256 subject)
        private
        pure
        returns (IInstructions.Instruction memory)
    {
        given.subject = subject;
        return given;
    }

    function _by(uint64 role, IInstructions.Instruction memory given)
        private
        pure
        returns (IInstructions.Instruction memory)
    {
        given.human = vm.addr(role);
        return given;
    }

    function _give(IInstructions.Instruction memory given) private {
        _instructions.give(given, _signed(given));
    }

    function _refused(IInstructions.Instruction memory given, bytes memory reason) private {
        bytes memory signature = _signed(given);
        vm.expectRevert(reason);
        _instructions.give(given, signature);
    }

    function _refusedPayload(uint8 kind, bytes memory payload) private {
        IInstructions.Instruction memory given = _about(kind);
        given.payload = payload;
        _refused(given, abi.encodeWithSelector(IInstructions.MalformedInstruction.selector, kind));
    }

    function _signed(IInstructions.Instruction memory given) private view returns (bytes memory) {
        uint256 key = OPERATOR;
        while (key < MAINTENANCE && vm.addr(key) != given.human) ++key;
        return _sign(key, _instructions.digestOf(given));
    }

    /// @dev Each human's instruction and its lifting is taken or refused as the mask says.
    function _takesRoles(uint8 kind, uint256 roles) private {
        for (uint64 role = OPERATOR; role <= MAINTENANCE; ++role) {
            uint256 snapshot = vm.snapshotState();
            IInstructions.Instruction memory given = _by(role, _about(kind));
            bytes4 no = IInstructions.MayNotInstruct.selector;
            bool may = (roles >> role) & 1 == 1;
            if (may) _give(given);
            else _refused(given, abi.encodeWithSelector(no, given.human, kind));
            if (kind != ANSWER && kind != ACKNOWLEDGE) {
                if (!may) _give(_by(kind == REPRIORITISE ? PLANNER : MAINTENANCE, _about(kind)));
                IInstructions.Instruction memory lift = _by(role, _liftOf(given));
                if (may) _give(lift);
                else _refused(lift, abi.encodeWithSelector(no, given.human, LIFT));
            }
            vm.revertToState(snapshot);
        }
    }

    function _nothingToLift(uint8 kind, uint256 subject) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IInstructions.NothingToLift.selector, kind, subject);
    }

    function _outOfScope(IOverrides.Subject on, uint256 subject) private view returns (bytes memory) {
        return abi.encodeWithSelector(IOverrides.OutOfScope.selector, supervisor, on, subject);
    }

    function _assertStanding(uint8 group, uint256 subject, uint64 version, uint8 kind, uint48 expiresAt, uint8 priority)
        private
        view
    {
        IInstructions.Standing memory found = _instructions.standing(group, subject);
        vm.assertEq(found.version, version);
        vm.assertEq(found.kind, kind);
        vm.assertEq(found.expiresAt, expiresAt);
        vm.assertEq(found.priority, priority);
    }
}
