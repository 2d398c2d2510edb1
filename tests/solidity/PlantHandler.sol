// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAllocationDAO} from "contracts/interfaces/IAllocationDAO.sol";
import {IOverrides} from "contracts/interfaces/IOverrides.sol";
import {IWorkOrders} from "contracts/interfaces/IWorkOrders.sol";
import {Number, OrderId, ProposalId, TaskId} from "contracts/types/Ids.sol";
import {Status} from "contracts/types/Work.sol";

import {Packing} from "./Packing.sol";
import {PlantFixture} from "./PlantFixture.sol";
import {Trees} from "./Trees.sol";
import {vm} from "./Vm.sol";

/// @title PlantHandler
/// @notice Does what members, strangers and humans may do, in any order, keeps a ghost of the votes, and watches every
///         task before and after each act. What it finds broken it names in `broken`.
contract PlantHandler is PlantFixture {
    struct Ghost {
        uint8 electorate;
        uint8 yes;
        uint8 no;
        uint8 barred;
        bytes plan;
        bytes32 rest;
    }

    uint256 public constant TASKS = 4;

    string public broken;
    mapping(uint256 proposal => bool) public claimed;
    mapping(uint256 proposal => Ghost) private _ghosts;
    mapping(uint256 proposal => bytes) private _leaves;
    uint256[] private _trees;
    OrderId private _posted;

    function setUp() public override {
        super.setUp();
        bytes memory tasks;
        for (uint8 i = 0; i < TASKS; ++i) {
            Packing.Task memory task = Packing.aTask();
            (task.predecessors, task.onFailure, task.retries) = (i == 3 ? 1 : 0, i, 2);
            tasks = bytes.concat(tasks, Packing.pack(task));
        }
        _posted = _post(tasks);
    }

    /* WATCHING */

    modifier whileMachinesAct() {
        IWorkOrders.Task[] memory before = _look();
        _;
        _compare(before, _look(), false);
    }

    modifier whileAHumanActs() {
        IWorkOrders.Task[] memory before = _look();
        _;
        _compare(before, _look(), true);
    }

    function _look() private view returns (IWorkOrders.Task[] memory) {
        return work.tasks(_posted, 0, TASKS);
    }

    function _compare(IWorkOrders.Task[] memory before, IWorkOrders.Task[] memory now_, bool human) private {
        for (uint256 i = 0; i < TASKS; ++i) {
            _compareTask(before[i], now_[i], human, _isSlotFilled(i));
        }
    }

    function _compareTask(IWorkOrders.Task memory before, IWorkOrders.Task memory now_, bool human, bool filled)
        private
    {
        (, bool plantHeld,) = work.plant();
        bool moved = before.worker != now_.worker || before.inspector != now_.inspector;
        bool switched = before.held != now_.held || before.overridden != now_.overridden;
        bool decided = before.version != now_.version;
        if (now_.epoch < before.epoch || now_.version < before.version) broken = "counters never fall";
        if (before.status >= Status.Accepted && now_.status != before.status) broken = "final is final";
        if (now_.epoch == before.epoch && (switched || moved)) broken = "a new value, a new epoch";
        if (now_.epoch > before.epoch && !(moved || switched || decided || human)) broken = "the same value, no epoch";
        if (!human && filled && (before.worker != now_.worker || switched)) broken = "a human wins";
        if (!human && plantHeld && (moved || switched || decided)) broken = "nothing is decided under a plant hold";
        if (!human && before.held && plantHeld && now_.status > Status.Allocated && now_.status != before.status) {
            broken = "nothing progresses under a hold";
        }
    }

    function _isSlotFilled(uint256 index) private view returns (bool) {
        uint256 subject = TaskId.unwrap(_at(index));
        return _isFilled(subject, 5) || _isFilled(subject, 7) || _isFilled(subject, 8);
    }

    function _isFilled(uint256 subject, uint8 level) private view returns (bool) {
        IOverrides.Slot memory found = overrides.slot(IOverrides.Subject.Task, subject, level);
        return found.held || found.fixes;
    }

    /* MEMBERS */

    function propose(uint8 who, uint8 first, uint8 second) external whileMachinesAct {
        TaskId a = _at(first % 2);
        TaskId b = _at(2 + second % 2);
        bytes memory plan = bytes.concat(_planFor(a, _member(first), PACKER), _assigned(b, _member(second), NOBODY));
        // Both are of the order's first ten: one word of the plan.
        plan[5] |= bytes1(uint8(4 << (second % 2)));
        uint256 id = ProposalId.unwrap(_propose(_member(who), plan));
        _ghosts[id] = Ghost(_electorate(), 0, 0, 0, plan, _rest(ProposalId.wrap(id)));
    }

    function vote(uint8 who, uint8 which, bool support) external whileMachinesAct {
        uint256 id = _openProposal(which);
        Ghost storage ghost = _ghosts[id];
        _as(_member(who));
        dao.vote(ProposalId.wrap(id), support, "", ghost.plan, ghost.rest);
        uint8 bit = uint8(1 << Number.unwrap(_member(who)));
        if ((ghost.electorate & bit == 0) || ((ghost.yes | ghost.no | ghost.barred) & bit != 0)) {
            broken = "one ballot a member of the electorate";
        }
        if (support) ghost.yes |= bit;
        else ghost.no |= bit;
    }

    /// @dev The first member from `who` on that is gone.
    function bar(uint8 who, uint8 which) external whileMachinesAct {
        uint256 id = _openProposal(which);
        for (uint8 i = 0; i < 5 && members.isActive(_member(who % 5)); ++i) {
            ++who;
        }
        Number member = _member(who % 5);
        dao.bar(ProposalId.wrap(id), member);
        _ghosts[id].barred |= uint8(1 << Number.unwrap(member));
    }

    function pokeProposal(uint8 which) external whileMachinesAct {
        dao.poke(ProposalId.wrap(_openProposal(which)));
    }

    function pokeTask(uint8 which) external whileMachinesAct {
        work.poke(_at(which % TASKS));
    }

    function pass(uint8 seconds_) external whileMachinesAct {
        vm.warp(block.timestamp + seconds_ % 64);
    }

    /// @dev A plan for one task, voted for by as many as it takes.
    function decide(uint8 which, uint8 lead) external whileMachinesAct {
        _pass(_planFor(_at(which % TASKS), _member(lead), PACKER), _member(lead));
    }

    /// @dev A tree of one leaf, which its lead may claim then.
    function decideTree(uint8 which, uint8 lead) external whileMachinesAct {
        TaskId task = _at(which % TASKS);
        bytes[] memory leaves = new bytes[](1);
        leaves[0] = Packing.pack(Packing.anEntry(task, _version(task), _member(lead), PACKER));
        _trees.push(_pass(Trees.motionOf(leaves), _member(lead)));
        _leaves[_trees[_trees.length - 1]] = leaves[0];
    }

    /// @dev Of the last tree or the one before, by its lead or, seldom, the member after it.
    function claim(uint8 which, uint8 chance) external whileMachinesAct {
        uint256 id = _trees[_trees.length - 1 - which % (_trees.length > 1 ? 2 : 1)];
        bool foreign = chance % 8 == 0;
        bytes memory leaf = _leaves[id];
        uint8 lead = uint8(leaf[9]);
        bytes32[] memory none = new bytes32[](0);
        _as(_member(foreign ? lead : lead - 1));
        claims.claim(ProposalId.wrap(id), leaf, none);
        (, bool plantHeld,) = work.plant();
        bool vetoed = overrides.slot(IOverrides.Subject.Proposal, id, 8).fixes;
        if (foreign || vetoed || plantHeld) broken = "a lead claims its own, while no human is against it";
        if (claimed[id]) broken = "no leaf is taken twice";
        claimed[id] = true;
    }

    function _pass(bytes memory plan, Number proposer) private returns (uint256 id) {
        id = ProposalId.unwrap(_propose(proposer, plan));
        _ghosts[id] = Ghost(_electorate(), 0, 0, 0, plan, _rest(ProposalId.wrap(id)));
        for (uint8 i = 0; dao.proposal(ProposalId.wrap(id)).state == IAllocationDAO.State.Open; ++i) {
            if (!members.isActive(_member(i))) continue;
            _as(_member(i));
            dao.vote(ProposalId.wrap(id), true, "", plan, _ghosts[id].rest);
            _ghosts[id].yes |= uint8(1 << Number.unwrap(_member(i)));
        }
    }

    /// @dev The last proposal that waits, or the one before: a word of it or all.
    function enact(uint8 which, uint8 words) external whileMachinesAct {
        uint256 id = _newest(IAllocationDAO.State.Passed, which);
        dao.enact(ProposalId.wrap(id), _ghosts[id].plan, _ghosts[id].rest, words % 3);
    }

    /// @dev The ballots of all who say the same and may still say it, in one transaction.
    function decideTogether(uint8 which, uint8 silent, bool support) external whileMachinesAct {
        uint256 id = _openProposal(which);
        Ghost storage ghost = _ghosts[id];
        bytes32 contentHash = keccak256(abi.encode(keccak256(ghost.plan), ghost.rest));
        bytes memory ballots;
        uint8 counted;
        for (uint8 i = 0; i < 5; ++i) {
            uint8 bit = uint8(1 << Number.unwrap(_member(i)));
            if ((ghost.yes | ghost.no) & bit != 0 || !members.isActive(_member(i)) || i == silent % 8) continue;
            ballots = bytes.concat(ballots, _signedBallot(ProposalId.wrap(id), contentHash, _member(i), support));
            counted |= bit;
        }
        dao.decide(ProposalId.wrap(id), ghost.plan, ghost.rest, ballots);
        if (counted & ~ghost.electorate != 0 || counted & ghost.barred != 0) broken = "a ballot of a stranger counts";
        if (support) ghost.yes |= counted;
        else ghost.no |= counted;
    }

    /// @dev The next step of a task's run; one in four goes wrong.
    function carryOn(uint8 which, uint8 luck) external whileMachinesAct {
        TaskId task = _underWay(which);
        IWorkOrders.Task memory found = work.task(task);
        if (found.status == Status.Allocated) return _start(task, found.worker);
        if (found.status == Status.Submitted) return _inspect(task, found.inspector, luck % 4 != 0);
        if (luck % 4 != 0) return _submit(task, found.worker);
        _as(found.worker);
        work.fail(task, found.epoch);
    }

    function decline(uint8 which) external whileMachinesAct {
        TaskId task = _at(which % TASKS);
        uint64 epoch = _epoch(task);
        _as(_worker(task));
        work.decline(task, epoch);
    }

    function stop(uint8 which, bool stopped) external whileMachinesAct {
        TaskId task = _at(which % TASKS);
        _as(_worker(task));
        overrides.safeStop(task, stopped);
    }

    /* HUMANS */

    function assign(uint8 which, uint8 who) external whileAHumanActs {
        _execute(_assignment(_at(which % TASKS), _member(who), PACKER));
    }

    function hold(uint8 which, uint8 chance) external whileAHumanActs {
        if (chance % 3 != 0) return;
        IOverrides.Order memory order = _order(IOverrides.Kind.Hold, _at(which % TASKS));
        if (chance % 2 == 0) (order.level, order.human) = (5, maintainer);
        _execute(order);
    }

    /// @dev Of the task's slots the first that is filled.
    function release(uint8 which) external whileAHumanActs {
        IOverrides.Order memory order = _order(IOverrides.Kind.Release, _at(which % TASKS));
        order.level = _isFilled(order.subject, 5) ? 5 : _isFilled(order.subject, 12) ? 12 : 0;
        if (order.level == 5) order.human = maintainer;
        _execute(order);
    }

    function judge(uint8 which, uint8 kind) external whileAHumanActs {
        IOverrides.Kind[4] memory kinds =
            [IOverrides.Kind.Accept, IOverrides.Kind.Rework, IOverrides.Kind.Requeue, IOverrides.Kind.Requeue];
        _execute(_order(kinds[kind % 4], _at(which % TASKS)));
    }

    function holdPlant(uint8 chance) external whileAHumanActs {
        bool held = chance % 16 == 0;
        _execute(_order(held ? IOverrides.Kind.Hold : IOverrides.Kind.Release, IOverrides.Subject.Plant, 0));
    }

    function approveOrVeto(uint8 which, bool approves) external whileAHumanActs {
        uint256 id = _proposalId(which);
        IOverrides.Kind kind = approves ? IOverrides.Kind.Approve : IOverrides.Kind.Veto;
        IOverrides.Order memory order = _order(kind, IOverrides.Subject.Proposal, id);
        order.payload = bytes.concat(_ghosts[id].rest, abi.encodePacked(uint16(0), uint16(TASKS)), _ghosts[id].plan);
        _execute(order);
    }

    function releaseTree(uint8 which) external whileAHumanActs {
        _execute(_order(IOverrides.Kind.Release, IOverrides.Subject.Proposal, _trees[which % _trees.length]));
    }

    function cancel(uint8 which, uint8 chance) external whileAHumanActs {
        if (chance % 8 == 0) _execute(_order(IOverrides.Kind.Cancel, _at(which % TASKS)));
    }

    function suspend(uint8 who, bool back) external whileAHumanActs {
        back = back || members.isActive(_member(who + 1)) != members.isActive(_member(who + 2));
        IOverrides.Kind kind = back ? IOverrides.Kind.Reinstate : IOverrides.Kind.Suspend;
        _execute(_order(kind, IOverrides.Subject.Worker, Number.unwrap(_member(who))));
    }

    function expire(uint8 which, uint8 level) external whileAHumanActs {
        uint256 subject = TaskId.unwrap(_at(which % TASKS));
        level = [5, 7, 8][level % 3];
        vm.warp(block.timestamp + 3601);
        overrides.poke(IOverrides.Subject.Task, subject, level);
    }

    /* THE GHOST'S COUNT */

    /// @notice Whether every proposal stands where the ghost's ballots put it.
    function votesAgree() external view returns (bool) {
        for (uint256 id = 1; id <= dao.proposalCount(); ++id) {
            if (!_agrees(dao.proposal(ProposalId.wrap(id)), _ghosts[id])) return false;
        }
        return true;
    }

    /// @notice Whether the roll, where there is one, has the accounts of those who vote now.
    function rollHolds() external view returns (bool) {
        address roll = dao.roll();
        return roll == address(0) || keccak256(roll.code) == keccak256(bytes.concat(hex"00", members.accounts()));
    }

    /// @notice Whether no member has more proposals open than it may, those past their deadline not counted.
    function quotasHold() external view returns (bool) {
        uint256[6] memory open;
        for (uint256 id = 1; id <= dao.proposalCount(); ++id) {
            IAllocationDAO.Proposal memory found = dao.proposal(ProposalId.wrap(id));
            if (found.state != IAllocationDAO.State.Open || block.timestamp > found.deadline) continue;
            if (++open[Number.unwrap(found.proposer)] > OPEN_LIMIT) return false;
        }
        return true;
    }

    function _agrees(IAllocationDAO.Proposal memory found, Ghost memory ghost) private pure returns (bool) {
        uint256 members_ = _ones(ghost.electorate);
        uint256 yes = _ones(ghost.yes);
        uint256 lost = _ones(ghost.no) + _ones(ghost.barred);
        bool counted = found.members == members_ && found.yes == yes && found.no + found.barred == lost;
        bool passes = yes * 2 > members_;
        bool fails = (members_ - lost) * 2 <= members_;
        IAllocationDAO.State state = found.state;
        bool decided = state == IAllocationDAO.State.Passed || state == IAllocationDAO.State.Enacted;
        bool vetoed = state == IAllocationDAO.State.Vetoed;
        return counted && (vetoed || (decided == passes && (state == IAllocationDAO.State.Defeated) == fails));
    }

    /// @dev The first task from `which` on that somebody has and nobody holds.
    function _underWay(uint8 which) private view returns (TaskId task) {
        for (uint256 i = 0; i < TASKS; ++i) {
            task = _at((i + which) % TASKS);
            IWorkOrders.Task memory found = work.task(task);
            bool taken = found.status >= Status.Allocated && found.status <= Status.Submitted;
            if (taken && !found.held) return task;
        }
    }

    function _openProposal(uint8 seed) private view returns (uint256) {
        return _newest(IAllocationDAO.State.Open, seed);
    }

    /// @dev The last one of that state, or the one before.
    function _newest(IAllocationDAO.State state, uint8 seed) private view returns (uint256 id) {
        uint256 passes = seed % 2;
        for (id = dao.proposalCount(); id > 1; --id) {
            if (dao.proposal(ProposalId.wrap(id)).state != state) continue;
            if (passes == 0) return id;
            --passes;
        }
    }

    function _ones(uint8 mask) private pure returns (uint256 count) {
        for (; mask != 0; mask &= mask - 1) {
            ++count;
        }
    }

    function _electorate() private view returns (uint8 mask) {
        for (uint16 i = 1; i <= 5; ++i) {
            if (members.isActive(Number.wrap(i))) mask |= uint8(1 << i);
        }
    }

    function _member(uint8 seed) private pure returns (Number) {
        return Number.wrap(1 + seed % 5);
    }

    function _at(uint256 index) private view returns (TaskId) {
        return _idOf(_posted, index);
    }

    /// @dev One of the last four.
    function _proposalId(uint8 seed) private view returns (uint256) {
        uint256 count = dao.proposalCount();
        uint256 back = seed % 4;
        return count > back ? count - back : count;
    }
}
