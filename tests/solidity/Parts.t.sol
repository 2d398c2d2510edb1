// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAllocationDAO} from "contracts/interfaces/IAllocationDAO.sol";
import {IOverrides} from "contracts/interfaces/IOverrides.sol";
import {IWorkOrders} from "contracts/interfaces/IWorkOrders.sol";
import {Number, OrderId, ProposalId, TaskId} from "contracts/types/Ids.sol";

import {Packing} from "./Packing.sol";
import {PlantFixture} from "./PlantFixture.sol";
import {vm} from "./Vm.sol";

/// @notice Plans that are settled first and enacted after: in parts, and only while nothing holds the plant.
contract PartsTest is PlantFixture {
    uint256 private constant TASKS = 24;
    uint256 private constant ALL = type(uint256).max;

    OrderId private _posted;
    bytes private _plan;
    bytes32 private _bound;
    ProposalId private _id;

    function setUp() public override {
        super.setUp();
        bytes memory tasks;
        for (uint256 i = 0; i < TASKS; ++i) {
            tasks = bytes.concat(tasks, Packing.pack(Packing.aTask()));
        }
        _posted = _post(tasks);
        _plan = _planOf(SPRAYER);
        _id = _propose(SCANNER, _plan);
        _bound = _rest(_id);
    }

    /* SETTLING WITHOUT ENACTING */

    function test_decide__byTheContentHash__waitsAsPassed() public {
        bytes32 hash = _contentHash(_id, _plan);
        bytes memory ballots = bytes.concat(_yes(hash, SCANNER), _yes(hash, SPRAYER), _yes(hash, GLUER));
        vm.expectEmit(address(dao));
        emit IAllocationDAO.ProposalSettled(_id, IAllocationDAO.State.Passed, 3, 0);
        dao.decide(_id, "", hash, ballots);
        _assertState(IAllocationDAO.State.Passed);
        _assertTaken(0);
    }

    function test_decide__byAnotherHash__refused() public {
        bytes32 hash = keccak256("another plan");
        bytes memory ballots = bytes.concat(_yes(hash, SCANNER), _yes(hash, SPRAYER), _yes(hash, GLUER));
        bytes memory reason = _otherPlan();
        vm.expectRevert(reason);
        dao.decide(_id, "", hash, ballots);
    }

    function test_vote__anotherContent__refusedThoughItDecidesNothing() public {
        bytes memory reason = _otherPlan();
        _as(SCANNER);
        vm.expectRevert(reason);
        dao.vote(_id, false, "", "", keccak256("another plan"));
        _as(SCANNER);
        vm.expectRevert(reason);
        dao.vote(_id, true, "", _plan, 0);
    }

    function test_vote__theContentHash__counts() public {
        bytes32 hash = _contentHash(_id, _plan);
        for (uint16 i = 1; i <= 3; ++i) {
            _as(Number.wrap(i));
            dao.vote(_id, true, "", "", hash);
        }
        _assertState(IAllocationDAO.State.Passed);
        _assertTaken(0);
    }

    function test_enact__byTheContentHash__refused() public {
        bytes32 hash = _contentHash(_id, _plan);
        _pass();
        bytes memory reason = _otherPlan();
        vm.expectRevert(reason);
        dao.enact(_id, "", hash, ALL);
    }

    /* PARTS */

    function test_enact__wordByWord__enactedWithTheLast() public {
        _pass();
        _expectPart(0, 10);
        _enact(1);
        _assertTaken(10);
        _assertState(IAllocationDAO.State.Passed);
        _expectPart(10, 20);
        _enact(1);
        _assertTaken(20);
        _expectPart(20, 24);
        vm.expectEmit(address(dao));
        emit IAllocationDAO.ProposalExecuted(ProposalId.unwrap(_id));
        _enact(1);
        _assertState(IAllocationDAO.State.Enacted);
        _assertTaken(24);
        vm.assertEq(dao.progress(_id), 0);
    }

    function test_enact__noWords__refused() public {
        _pass();
        _refusedEnactment(0);
        _enact(2);
        _refusedEnactment(0);
        vm.assertEq(dao.progress(_id), 20);
    }

    function test_enact__moreThanThereAre__theRest() public {
        _pass();
        _enact(1);
        _enact(ALL);
        _assertState(IAllocationDAO.State.Enacted);
        _assertTaken(24);
    }

    function test_enact__enactedToItsEnd__refused() public {
        _pass();
        _enact(3);
        bytes memory reason =
            abi.encodeWithSelector(IAllocationDAO.ProposalNotOpen.selector, _id, IAllocationDAO.State.Enacted);
        vm.expectRevert(reason);
        dao.enact(_id, _plan, _bound, 1);
    }

    function test_enact__decidedBetweenTheParts__isSkipped() public {
        bytes memory other = _planFor(_at(12), GLUER, PACKER);
        _pass();
        _enact(1);
        _decide(other);
        vm.expectEmit(address(work));
        emit IWorkOrders.PlanEnacted(_id, 10, 20, hex"04", "");
        _enact(1);
        vm.assertTrue(_worker(_at(12)) == GLUER);
    }

    function test_enact__leadSuspendedBetweenTheParts__theRestIsSkipped() public {
        _pass();
        _enact(1);
        members.suspend(SPRAYER);
        _enact(ALL);
        _assertState(IAllocationDAO.State.Enacted);
        _assertTaken(10);
    }

    function testFuzz_enact__anyParts__asAtOnce(uint8[6] memory sizes, uint24 spoilt) public {
        for (uint256 i = 0; i < TASKS; ++i) {
            if ((spoilt >> i) & 1 == 1) _execute(_order(IOverrides.Kind.Requeue, _at(i)));
        }
        _pass();
        for (uint256 i = 0; i < 6 && dao.proposal(_id).state == IAllocationDAO.State.Passed; ++i) {
            _enact(i == 5 ? ALL : 1 + sizes[i] % 3);
        }
        _assertState(IAllocationDAO.State.Enacted);
        for (uint256 i = 0; i < TASKS; ++i) {
            vm.assertTrue((_worker(_at(i)) == SPRAYER) == ((spoilt >> i) & 1 == 0));
        }
    }

    /* A HUMAN BETWEEN THE PARTS */

    /// @dev A part that anyone enacted just before: the human is told, and says what becomes of it.
    function test_veto__halfEnactedWithoutAPart__refused() public {
        _pass();
        _enact(1);
        IOverrides.Order memory order =
            _order(IOverrides.Kind.Veto, IOverrides.Subject.Proposal, ProposalId.unwrap(_id));
        _refused(order, abi.encodeWithSelector(IOverrides.MalformedPayload.selector, IOverrides.Kind.Veto));
        _assertState(IAllocationDAO.State.Passed);
    }

    function test_veto__halfEnacted__endsTheRestAndLeavesWhatIs() public {
        _pass();
        _enact(1);
        _execute(_onPart(IOverrides.Kind.Veto, 23, 24));
        _assertState(IAllocationDAO.State.Vetoed);
        _assertTaken(10);
        bytes memory reason =
            abi.encodeWithSelector(IAllocationDAO.ProposalNotOpen.selector, _id, IAllocationDAO.State.Vetoed);
        vm.expectRevert(reason);
        dao.enact(_id, _plan, _bound, 1);
    }

    function test_veto__halfEnactedWithAPart__takesItFromTheWorkersToo() public {
        _pass();
        _enact(1);
        _execute(_onPart(IOverrides.Kind.Veto, 5, 24));
        _assertState(IAllocationDAO.State.Vetoed);
        _assertVetoed(5, 10);
        _execute(_onPart(IOverrides.Kind.Veto, 0, 5));
        _assertVetoed(0, 10);
    }

    /// @dev What another decision made of a task is not this plan's, though the same worker has it.
    function test_veto__halfEnacted__leavesTheSameWorkerOfAnotherPlan() public {
        bytes memory other = _planFor(_at(12), SPRAYER, PACKER);
        _pass();
        _enact(1);
        _decide(other);
        _execute(_onPart(IOverrides.Kind.Veto, 0, 24));
        _assertVetoed(0, 10);
        vm.assertTrue(_worker(_at(12)) == SPRAYER);
        _execute(_onPart(IOverrides.Kind.Veto, 12, 14));
        vm.assertTrue(_worker(_at(12)) == SPRAYER);
    }

    function test_veto__vetoedAndNothingEnacted__refused() public {
        _pass();
        _execute(_onPart(IOverrides.Kind.Veto, 0, 24));
        bytes memory reason =
            abi.encodeWithSelector(IAllocationDAO.ProposalNotOpen.selector, _id, IAllocationDAO.State.Vetoed);
        _refused(_onPart(IOverrides.Kind.Veto, 0, 24), reason);
    }

    function test_approve__halfEnacted__namesTheRest() public {
        _pass();
        _enact(1);
        _execute(_onPart(IOverrides.Kind.Approve, 0, 24));
        for (uint256 i = 0; i < TASKS; ++i) {
            vm.assertTrue(_worker(_at(i)) == SPRAYER && work.task(_at(i)).overridden == (i >= 10));
        }
        vm.expectEmit(address(work));
        emit IWorkOrders.PlanEnacted(_id, 10, 24, "", hex"ff3f");
        _enact(ALL);
    }

    /* WHILE THE PLANT IS HELD */

    function test_vote__plantHeld__settlesAndWaits() public {
        _holdPlant();
        for (uint16 i = 1; i <= 3; ++i) {
            _as(Number.wrap(i));
            dao.vote(_id, true, "", _plan, _bound);
        }
        _assertState(IAllocationDAO.State.Passed);
        _assertTaken(0);
        _refusedEnactment(ALL);
        _resumePlant();
        _enact(ALL);
        _assertTaken(24);
    }

    function test_decide__plantHeld__settlesAndWaits() public {
        bytes32 hash = _contentHash(_id, _plan);
        bytes memory ballots = bytes.concat(_yes(hash, SCANNER), _yes(hash, SPRAYER), _yes(hash, GLUER));
        _holdPlant();
        vm.expectEmit(address(dao));
        emit IAllocationDAO.ProposalSettled(_id, IAllocationDAO.State.Passed, 3, 0);
        dao.decide(_id, _plan, _bound, ballots);
        _assertTaken(0);
    }

    function test_enact__plantHeldBetweenTheParts__waitsWhereItIs() public {
        _pass();
        _enact(1);
        _holdPlant();
        _refusedEnactment(1);
        vm.assertEq(dao.progress(_id), 10);
        _resumePlant();
        _enact(ALL);
        _assertTaken(24);
    }

    /* BUILDING */

    function _pass() private {
        for (uint16 i = 1; i <= 3; ++i) {
            _vote(_id, Number.wrap(i), true);
        }
    }

    function _enact(uint256 words) private {
        vm.prank(STRANGER);
        dao.enact(_id, _plan, _bound, words);
    }

    function _refusedEnactment(uint256 words) private {
        vm.expectRevert(abi.encodeWithSelector(IAllocationDAO.NothingEnacted.selector, _id));
        _enact(words);
    }

    function _expectPart(uint16 first, uint16 last) private {
        vm.expectEmit(address(work));
        emit IWorkOrders.PlanEnacted(_id, first, last, "", "");
    }

    function _otherPlan() private view returns (bytes memory) {
        return abi.encodeWithSelector(IAllocationDAO.OtherPlan.selector, _id, dao.proposal(_id).contentId);
    }

    function _yes(bytes32 hash, Number member) private view returns (bytes memory) {
        return _signedBallot(_id, hash, member, true);
    }

    function _planOf(Number lead) private view returns (bytes memory) {
        Packing.Assigned[] memory entries = new Packing.Assigned[](TASKS);
        for (uint256 i = 0; i < TASKS; ++i) {
            entries[i] = Packing.Assigned(_at(i), 1, lead, PACKER);
        }
        return Packing.assignments(entries);
    }

    function _onPart(IOverrides.Kind kind, uint16 first, uint16 last) private returns (IOverrides.Order memory order) {
        order = _order(kind, IOverrides.Subject.Proposal, ProposalId.unwrap(_id));
        order.payload = bytes.concat(_bound, bytes2(first), bytes2(last), _plan);
    }

    function _holdPlant() private {
        vm.prank(address(overrides));
        work.setPlantHold(true);
    }

    function _resumePlant() private {
        vm.prank(address(overrides));
        work.setPlantHold(false);
    }

    function _at(uint256 index) private view returns (TaskId) {
        return _idOf(_posted, index);
    }

    function _assertState(IAllocationDAO.State expected) private view {
        vm.assertEq(uint256(dao.proposal(_id).state), uint256(expected));
    }

    /// @dev Exactly the first tasks have the plan's worker.
    function _assertTaken(uint256 count) private view {
        for (uint256 i = 0; i < TASKS; ++i) {
            vm.assertTrue((_worker(_at(i)) == SPRAYER) == (i < count));
        }
    }

    /// @dev Exactly those tasks were taken from everybody.
    function _assertVetoed(uint256 first, uint256 last) private view {
        for (uint256 i = 0; i < TASKS; ++i) {
            bool vetoed = i >= first && i < last;
            vm.assertTrue(work.task(_at(i)).overridden == vetoed);
            vm.assertTrue(!vetoed || _worker(_at(i)) == NOBODY);
        }
    }
}

/// @notice What the largest plan costs in parts when its tasks are as dear as they come.
contract PartsGasTest is PlantFixture {
    uint256 private constant ENTRIES = 1000;
    uint256 private constant SIZE = 250;
    uint256 private constant TRANSACTION_GAS = 16_777_216;
    /// @dev Entries of a part, as workmoot/domain/plan.py has it.
    uint256 private constant PART = 300;

    event Spent(uint256 gas);

    function setUp() public override {
        super.setUp();
        for (uint256 i = 0; i < ENTRIES; i += SIZE) {
            _post(_tasks());
        }
    }

    /// @dev Each entry gets a word of its own as the standing decision.
    function test_enact__thousandUnderHumansSlots__inParts() public {
        bytes memory plan = _plan();
        ProposalId id = _passed(plan);
        _approve(id, plan, ENTRIES, 125);
        _enactInParts(id, plan);
        vm.assertTrue(work.task(_task(999)).standingWorker == SCANNER);
    }

    /// @dev Each entry's exclusions are looked up in a word of their own.
    function test_enact__thousandDeclined__inParts() public {
        ProposalId first = _passed(_plan());
        dao.enact(first, _plan(), _rest(first), type(uint256).max);
        for (uint256 i = 0; i < ENTRIES; ++i) {
            _as(SCANNER);
            work.decline(_task(i), 2);
        }
        bytes memory plan = _plan(SPRAYER);
        _enactInParts(_passed(plan), plan);
        vm.assertTrue(_worker(_task(999)) == SPRAYER);
    }

    function test_enact__thousandDecidedForTheSixteenthTime__inParts() public {
        bytes memory plan;
        for (uint256 i = 1; i < 15; ++i) {
            plan = _plan(i % 2 == 0 ? SCANNER : SPRAYER);
            ProposalId id = _passed(plan);
            dao.enact(id, plan, _rest(id), type(uint256).max);
        }
        plan = _plan(GLUER);
        _enactInParts(_passed(plan), plan);
        vm.assertTrue(_worker(_task(999)) == GLUER);
    }

    /// @dev The dearest there are: one task a word, each declined by somebody, then a human's.
    function test_enact__declinedAndUnderAHumansSlotOneAWord__aPartFits() public {
        for (uint256 i = 4 * SIZE; i < 10 * PART; i += SIZE) {
            _post(_tasks());
        }
        ProposalId first = _passed(_sparse(SCANNER));
        dao.enact(first, _sparse(SCANNER), _rest(first), PART);
        for (uint256 i = 0; i < PART; ++i) {
            _as(SCANNER);
            work.decline(_sparseTask(i), 2);
        }
        bytes memory plan = _sparse(SPRAYER);
        ProposalId id = _passed(plan);
        _approve(id, plan, PART, 60);
        _enactInParts(id, plan, PART);
        vm.assertTrue(work.task(_sparseTask(PART - 1)).standingWorker == SPRAYER);
    }

    function _enactInParts(ProposalId id, bytes memory plan) private {
        _enactInParts(id, plan, PART / 10);
    }

    function _approve(ProposalId id, bytes memory plan, uint256 entries, uint16 part) private {
        for (uint16 i = 0; i < entries; i += part) {
            IOverrides.Order memory order =
                _order(IOverrides.Kind.Approve, IOverrides.Subject.Proposal, ProposalId.unwrap(id));
            order.payload = bytes.concat(_rest(id), bytes2(i), bytes2(i + part), plan);
            _execute(order);
        }
    }

    function _sparse(Number lead) private view returns (bytes memory) {
        Packing.Assigned[] memory entries = new Packing.Assigned[](PART);
        uint32 version = _version(_task(0));
        for (uint256 i = 0; i < PART; ++i) {
            entries[i] = Packing.Assigned(_sparseTask(i), version, lead, PACKER);
        }
        return Packing.assignments(entries);
    }

    function _sparseTask(uint256 i) private pure returns (TaskId) {
        return _task(10 * i);
    }

    function _tasks() private pure returns (bytes memory tasks) {
        for (uint256 i = 0; i < SIZE; ++i) {
            tasks = bytes.concat(tasks, Packing.pack(Packing.aTask()));
        }
    }

    function _enactInParts(ProposalId id, bytes memory plan, uint256 words) private {
        bytes32 rest = _rest(id);
        while (dao.proposal(id).state == IAllocationDAO.State.Passed) {
            vm.cool(address(work));
            vm.cool(address(dao));
            uint256 before = gasleft();
            dao.enact(id, plan, rest, words);
            uint256 used = before - gasleft() + 21_000 + 16 * (plan.length + 200);
            emit Spent(used);
            vm.assertTrue(used < TRANSACTION_GAS);
        }
    }

    function _passed(bytes memory plan) private returns (ProposalId id) {
        id = _propose(SCANNER, plan);
        for (uint16 i = 1; i <= 3; ++i) {
            _vote(id, Number.wrap(i), true);
        }
    }

    function _plan() private view returns (bytes memory) {
        return _plan(SCANNER);
    }

    function _plan(Number lead) private view returns (bytes memory) {
        Packing.Assigned[] memory entries = new Packing.Assigned[](ENTRIES);
        uint32 version = _version(_task(0));
        for (uint256 i = 0; i < ENTRIES; ++i) {
            entries[i] = Packing.Assigned(_task(i), version, lead, PACKER);
        }
        return Packing.assignments(entries);
    }

    function _task(uint256 i) private pure returns (TaskId) {
        return _idOf(OrderId.wrap(uint24(1 + i / SIZE)), i % SIZE);
    }
}
