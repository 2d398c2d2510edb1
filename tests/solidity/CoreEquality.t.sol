// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAllocationDAO} from "contracts/interfaces/IAllocationDAO.sol";
import {IOverrides} from "contracts/interfaces/IOverrides.sol";
import {IWorkOrders} from "contracts/interfaces/IWorkOrders.sol";
import {Number, ProposalId, TaskId} from "contracts/types/Ids.sol";
import {OnFailure, Status} from "contracts/types/Work.sol";

import {ProposalCore} from "../assurance/proofs/ProposalCore.sol";
import {TaskCore} from "../assurance/proofs/TaskCore.sol";
import {Packing} from "./Packing.sol";
import {PlantFixture} from "./PlantFixture.sol";
import {vm} from "./Vm.sol";

/// @notice The core of a task, with its values to be read.
contract TaskMirror is TaskCore {
    struct Values {
        Status status;
        uint16 worker;
        uint16 standing;
        uint32 version;
        uint64 epoch;
        bool overridden;
        bool held;
    }

    function look() external view returns (Values memory) {
        return Values(status, worker, standing, version, epoch, overridden || plantHeld, held || plantHeld);
    }
}

/// @notice What is proved of the cores holds of the contracts: the same acts succeed on both and lead to the same values.
contract CoreEqualityTest is PlantFixture {
    uint256 private constant ACTS = 40;

    uint256 private _seed;

    function _draw(uint256 below) private returns (uint256) {
        _seed = uint256(keccak256(abi.encode(_seed)));
        return _seed % below;
    }

    function _succeeds(address callee, bytes memory call) private returns (bool done) {
        (done,) = callee.call(call);
    }

    function _succeeds(IOverrides.Order memory order) private returns (bool) {
        return _succeeds(address(overrides), abi.encodeCall(overrides.execute, (order, _sign(order))));
    }

    /* A PROPOSAL */

    ProposalCore private _proposal;
    ProposalId private _id;
    bytes private _plan;
    bytes32 private _bound;
    bool[6] private _heard;
    bool[6] private _gone;

    function testFuzz_proposal__anyActs__asItsCore(uint256 seed) public {
        _seed = seed;
        _proposal = new ProposalCore();
        _plan = _planFor(_postOne(), SCANNER, PACKER);
        if (_draw(2) == 0) _openAnother();
        if (_draw(2) == 0 || !_decideAtOnceBoth()) _open();
        _compareProposal();
        for (uint256 i = 0; i < ACTS; ++i) {
            _actOnProposal(_draw(15), uint16(1 + _draw(5)));
            _compareProposal();
        }
    }

    function _open() private {
        _id = _propose(SCANNER, _plan);
        _bound = _rest(_id);
        _proposal.open(5, dao.proposal(_id).deadline);
    }

    function _openAnother() private {
        _propose(SPRAYER, _plan);
        _proposal.openAnother();
    }

    /// @dev By ballots of some, under a number and until a time that are mostly as they must be.
    function _decideAtOnceBoth() private returns (bool decided) {
        uint256 number = dao.proposalCount() + (_draw(8) == 0 ? _draw(3) : 1);
        uint48 end = uint48(block.timestamp + _draw(VOTING_SECONDS + 3) - (_draw(8) == 0 ? 1 : 0));
        _id = ProposalId.wrap(number);
        _bound = _rest(_draft(_plan), SCANNER, uint64(5), 5, end);
        (bytes memory ballots, uint32[2] memory said, bool watched) = _signSome(end);
        bytes memory real = abi.encodeCall(dao.decideAtOnce, (_id, end, _draft(_plan), ballots));
        bytes memory core = abi.encodeCall(_proposal.decideAtOnce, (5, uint32(number), end, said[1], said[0], watched));
        _as(SCANNER);
        decided = _succeeds(address(dao), real);
        vm.assertTrue(decided == _succeeds(address(_proposal), core));
    }

    /// @dev The watched member's ballot, if it is among them, says yes.
    function _signSome(uint48 end) private returns (bytes memory ballots, uint32[2] memory said, bool watched) {
        bytes32 content = keccak256(abi.encode(keccak256(_plan), _bound));
        for (uint16 who = 1; who <= 5; ++who) {
            if (_draw(4) == 0) continue;
            bool support = who == 1 || _draw(3) != 0;
            bytes32 digest = _digest(_id, content, 5, end, support);
            ballots = bytes.concat(ballots, _ballot(Number.wrap(who), support, _sign(_key(Number.wrap(who)), digest)));
            if (who == 1) watched = true;
            else ++said[support ? 1 : 0];
        }
    }

    function _actOnProposal(uint256 kind, uint16 who) private {
        if (kind < 7) _ballot(who, _draw(3) != 0, _draw(2) == 0);
        else if (kind == 7) _suspend(who);
        else if (kind < 10) _bar(who);
        else if (kind == 10) vm.warp(block.timestamp + _draw(VOTING_SECONDS));
        else if (kind == 11) _both(abi.encodeCall(dao.poke, (_id)), abi.encodeCall(_proposal.expire, ()));
        else if (kind == 12) _enactBoth();
        else if (kind == 13) _decideBoth();
        else if (_draw(4) == 0) _vetoBoth();
    }

    function _enactBoth() private {
        _both(abi.encodeCall(dao.enact, (_id, _plan, _bound, 1)), abi.encodeCall(_proposal.enact, ()));
    }

    function _both(bytes memory real, bytes memory core) private {
        vm.assertTrue(_succeeds(address(dao), real) == _succeeds(address(_proposal), core));
    }

    function _ballot(uint16 who, bool support, bool withPlan) private {
        bytes memory plan = withPlan ? _plan : bytes("");
        bytes memory real = abi.encodeCall(dao.vote, (_id, support, "", plan, withPlan ? _bound : bytes32(0)));
        bytes memory core = abi.encodeCall(_proposal.vote, (support, who == 1, withPlan));
        bool mayVote = !_heard[who] && !_gone[who];
        _as(Number.wrap(who));
        bool voted = _succeeds(address(dao), real);
        vm.assertTrue(voted == (mayVote && _succeeds(address(_proposal), core)));
        if (voted) _heard[who] = true;
    }

    /// @dev A batch of signed ballots. The watched member's, if it is among them, says yes.
    function _decideBoth() private {
        bytes32 content = keccak256(abi.encode(keccak256(_plan), _bound));
        bytes memory ballots;
        uint32[2] memory said;
        bool watched;
        bool mayVote = true;
        for (uint16 who = 1; who <= 5; ++who) {
            if (_draw(3) == 0) continue;
            bool support = who == 1 || _draw(3) != 0;
            ballots = bytes.concat(ballots, _signedBallot(_id, content, Number.wrap(who), support));
            mayVote = mayVote && !_heard[who] && !_gone[who];
            if (who == 1) watched = true;
            else ++said[support ? 1 : 0];
        }
        bool decided = _succeeds(address(dao), abi.encodeCall(dao.decide, (_id, _plan, _bound, ballots)));
        bytes memory core = abi.encodeCall(_proposal.decide, (said[1], said[0], watched));
        vm.assertTrue(decided == (mayVote && _succeeds(address(_proposal), core)));
    }

    function _suspend(uint16 who) private {
        if (_succeeds(_order(IOverrides.Kind.Suspend, IOverrides.Subject.Worker, who))) _gone[who] = true;
    }

    function _bar(uint16 who) private {
        bytes memory real = abi.encodeCall(dao.bar, (_id, Number.wrap(who)));
        bool mayBeBarred = !_heard[who] && _gone[who];
        bool barred = _succeeds(address(dao), real);
        bytes memory core = abi.encodeCall(_proposal.bar, (who == 1));
        vm.assertTrue(barred == (mayBeBarred && _succeeds(address(_proposal), core)));
        if (barred) _heard[who] = true;
    }

    function _vetoBoth() private {
        if (dao.proposal(_id).state == IAllocationDAO.State.Enacted) return;
        IOverrides.Order memory order =
            _order(IOverrides.Kind.Veto, IOverrides.Subject.Proposal, ProposalId.unwrap(_id));
        bool vetoed = _succeeds(order);
        vm.assertTrue(vetoed == _succeeds(address(_proposal), abi.encodeCall(_proposal.veto, ())));
    }

    function _compareProposal() private view {
        IAllocationDAO.Proposal memory found = dao.proposal(_id);
        vm.assertEq(uint256(found.state), uint256(_proposal.state()));
        vm.assertEq(found.members, _proposal.members());
        vm.assertEq(found.yes, _proposal.yes());
        vm.assertEq(found.no, _proposal.no());
        vm.assertEq(found.barred, _proposal.barred());
        vm.assertEq(found.deadline, _proposal.deadline());
        vm.assertEq(dao.proposalCount(), _proposal.count());
    }

    /* A TASK */

    TaskMirror private _core;
    TaskId private _task;
    OnFailure private _onFailure;
    bool private _plantHeld;

    function testFuzz_task__anyActs__asItsCore(uint256 seed) public {
        _seed = seed;
        _core = new TaskMirror();
        Packing.Task memory posted = Packing.aTask();
        _onFailure = OnFailure(_draw(4));
        (posted.onFailure, posted.retries) = (uint8(_onFailure), 1);
        _task = _postOne(posted);
        for (uint256 i = 0; i < ACTS; ++i) {
            if (_draw(3) == 0) _human(_draw(12));
            else _machine(_draw(12));
            _compareTask();
        }
    }

    /// @dev Asked of the core as well, whose answer is to be the same.
    function _asCore(bool done, bytes memory core) private {
        vm.assertTrue(done == _succeeds(address(_core), core));
    }

    function _machine(uint256 kind) private {
        IWorkOrders.Task memory now_ = work.task(_task);
        if (kind < 3) return _enactPlan(Number.wrap(uint16(1 + _draw(3))));
        if (kind == 8) return _poke(now_);
        if (kind == 9) return _safeStop(now_, _draw(2) == 0);
        if (kind == 10) return vm.warp(block.timestamp + 1 + _draw(2 * HEARTBEAT_SECONDS));
        if (kind == 11) return _expire([5, 7, 8, 12][_draw(4)]);
        uint64 epoch = _draw(8) == 0 ? now_.epoch - 1 : now_.epoch;
        Number by = _draw(8) == 0 || now_.worker == NOBODY ? PRESSER : now_.worker;
        if (kind == 7) return _inspectResult(now_, epoch, _draw(2) == 0);
        _run(kind, by, epoch);
    }

    function _enactPlan(Number lead) private {
        bytes memory plan = _planFor(_task, lead, PACKER);
        uint32 version = _version(_task);
        bool sound = !work.isExcluded(_task, lead);
        (bool done,) = address(this).call(abi.encodeCall(this.decide, (plan)));
        bool moved = done && _version(_task) != version;
        _asCore(moved, abi.encodeCall(_core.enact, (Number.unwrap(lead), version, sound)));
    }

    function decide(bytes memory plan) external {
        _decide(plan);
    }

    function _run(uint256 kind, Number by, uint64 epoch) private {
        uint16 who = Number.unwrap(by);
        bytes memory real = abi.encodeCall(work.start, (_task, epoch));
        bytes memory core = abi.encodeCall(_core.start, (who, epoch));
        if (kind == 4) {
            real = abi.encodeCall(work.submit, (_task, epoch, 90, 1000, keccak256("result")));
            core = abi.encodeCall(_core.submit, (who, epoch));
        } else if (kind == 5) {
            real = abi.encodeCall(work.fail, (_task, epoch));
            core = abi.encodeCall(_core.report, (who, epoch, _asTheTaskSays(Status.Failed)));
        } else if (kind == 6) {
            real = abi.encodeCall(work.decline, (_task, epoch));
            core = abi.encodeCall(_core.decline, (who, epoch));
        }
        _as(by);
        _asCore(_succeeds(address(work), real), core);
    }

    function _asTheTaskSays(Status waits) private view returns (Status) {
        if (_onFailure == OnFailure.Human) return waits;
        if (_onFailure == OnFailure.Abort) return Status.Failed;
        IWorkOrders.Task memory now_ = work.task(_task);
        bool again = _onFailure == OnFailure.Retry && now_.attempt <= now_.retries;
        return again ? Status.Allocated : Status.Posted;
    }

    function _inspectResult(IWorkOrders.Task memory now_, uint64 epoch, bool accepted) private {
        if (now_.inspector == NOBODY || now_.inspector == now_.worker) return;
        bytes memory core = abi.encodeCall(_core.inspect, (epoch, accepted, _asTheTaskSays(Status.Rework)));
        bytes memory real = abi.encodeCall(work.inspect, (_task, epoch, now_.evidence, accepted, 80, bytes32(0)));
        _as(now_.inspector);
        _asCore(_succeeds(address(work), real), core);
    }

    /// @dev A summons changes nothing; what else a poke does, the core does.
    function _poke(IWorkOrders.Task memory before) private {
        bool done = _succeeds(address(work), abi.encodeCall(work.poke, (_task)));
        IWorkOrders.Task memory now_ = work.task(_task);
        bool same = now_.version == before.version && now_.epoch == before.epoch && now_.status == before.status;
        if (!done || same) return;
        bool inspection = before.status == Status.Submitted;
        if (inspection) _asCore(true, abi.encodeCall(_core.leaveInspection, (true)));
        else _asCore(true, abi.encodeCall(_core.giveBack, (true)));
    }

    function _safeStop(IWorkOrders.Task memory now_, bool stops) private {
        Number by = now_.worker == NOBODY ? PRESSER : now_.worker;
        _as(by);
        bool done = _succeeds(address(overrides), abi.encodeCall(overrides.safeStop, (_task, stops)));
        _asCore(done, abi.encodeCall(_core.safeStop, (Number.unwrap(by), stops)));
    }

    function _expire(uint8 level) private {
        if (_draw(2) == 0) vm.warp(block.timestamp + 1 hours + 1);
        uint256 subject = TaskId.unwrap(_task);
        bytes memory real = abi.encodeCall(overrides.poke, (IOverrides.Subject.Task, subject, level));
        if (_succeeds(address(overrides), real)) _asCore(true, abi.encodeCall(_core.end, (level, false)));
    }

    function _human(uint256 kind) private {
        if (kind < 3) return _assign(Number.wrap(uint16(1 + _draw(3))));
        if (kind < 5) return _hold(_draw(3) == 0, _draw(2) == 0);
        if (kind < 8) return _release([5, 7, 8, 12][_draw(4)]);
        if (kind == 8) return _turnPlant();
        if (kind == 9) return _judge(_draw(2) == 0);
        if (kind == 10) _asCore(_succeeds(_order(IOverrides.Kind.Requeue, _task)), abi.encodeCall(_core.requeue, ()));
        else if (_draw(4) == 0) _cancel();
    }

    function _assign(Number who) private {
        bool done = _succeeds(_assignment(_task, who, PACKER));
        _asCore(done, abi.encodeCall(_core.assign, (Number.unwrap(who))));
    }

    function _hold(bool asLockOut, bool endless) private {
        IOverrides.Order memory order = _order(IOverrides.Kind.Hold, _task);
        if (asLockOut) (order.level, order.human) = (5, maintainer);
        if (endless) order.expiresAt = 0;
        _asCore(_succeeds(order), abi.encodeCall(_core.hold, (asLockOut)));
    }

    /// @dev Where only a hold is filled, level 8 stands for it.
    function _release(uint8 level) private {
        IOverrides.Order memory order = _order(IOverrides.Kind.Release, _task);
        order.level = level;
        if (level == 5) order.human = maintainer;
        uint256 subject = TaskId.unwrap(_task);
        bool fixes = overrides.slot(IOverrides.Subject.Task, subject, 8).fixes;
        bool onHold = overrides.slot(IOverrides.Subject.Task, subject, 7).held;
        uint8 meant = level == 8 && onHold && !fixes ? 7 : level;
        _asCore(_succeeds(order), abi.encodeCall(_core.end, (meant, true)));
    }

    function _turnPlant() private {
        IOverrides.Kind kind = _plantHeld ? IOverrides.Kind.Release : IOverrides.Kind.Hold;
        if (_plantHeld) _execute(_order(kind, IOverrides.Subject.Plant, 0));
        _plantHeld = !_plantHeld;
        _asCore(_succeeds(_order(kind, IOverrides.Subject.Plant, 0)), abi.encodeCall(_core.holdPlant, (_plantHeld)));
    }

    function _judge(bool accepted) private {
        IOverrides.Kind kind = accepted ? IOverrides.Kind.Accept : IOverrides.Kind.Rework;
        _asCore(_succeeds(_order(kind, _task)), abi.encodeCall(_core.judge, (accepted)));
    }

    function _cancel() private {
        _asCore(_succeeds(_order(IOverrides.Kind.Cancel, _task)), abi.encodeCall(_core.cancel, ()));
    }

    function _compareTask() private view {
        IWorkOrders.Task memory found = work.task(_task);
        TaskMirror.Values memory core = _core.look();
        vm.assertEq(uint256(found.status), uint256(core.status));
        vm.assertEq(Number.unwrap(found.worker), core.worker);
        vm.assertEq(Number.unwrap(found.standingWorker), core.standing);
        vm.assertEq(found.version, core.version);
        vm.assertEq(found.epoch, core.epoch);
        vm.assertTrue(found.overridden == core.overridden);
        vm.assertTrue(found.held == core.held);
    }
}
