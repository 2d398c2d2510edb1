// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAllocationDAO} from "contracts/interfaces/IAllocationDAO.sol";
import {IMembers} from "contracts/interfaces/IMembers.sol";
import {IMotions} from "contracts/interfaces/IMotions.sol";
import {IOverrides} from "contracts/interfaces/IOverrides.sol";
import {IWorkOrders} from "contracts/interfaces/IWorkOrders.sol";
import {Number, ProposalId, TaskId} from "contracts/types/Ids.sol";
import {Status} from "contracts/types/Work.sol";

import {Packing} from "./Packing.sol";
import {PlantGhost} from "./PlantGhost.sol";
import {Trees} from "./Trees.sol";
import {vm} from "./Vm.sol";

/// @title PlantHandler
/// @notice Does what members, strangers and humans may do, in any order, and now and then what they may not.
contract PlantHandler is PlantGhost {
    /// @dev What is to be decided at once, and by whom.
    struct Sent {
        uint256 id;
        bytes plan;
        Number sender;
        uint48 deadline;
        uint8 yes;
        uint8 no;
    }

    mapping(uint256 proposal => bool) public claimed;
    mapping(uint256 proposal => bytes) private _leaves;
    uint256[] private _trees;

    /* MEMBERS */

    function propose(uint8 who, uint8 first, uint8 second) external whileMachinesAct {
        TaskId a = _at(first % 2);
        TaskId b = _at(2 + second % 2);
        Packing.Assigned[] memory both = new Packing.Assigned[](2);
        both[0] = _assigned(a, _member(first), PACKER);
        both[1] = _assigned(b, _member(second), NOBODY);
        bytes memory plan = Packing.assignments(both);
        uint256 id = ProposalId.unwrap(_propose(_member(who), plan));
        _file(id, plan);
    }

    function proposeMotion(uint8 kind, uint8 who, uint8 value) external whileMachinesAct {
        bytes memory motion = _motion(kind, who, value);
        _file(ProposalId.unwrap(_propose(_voter(who), motion)), motion);
    }

    function vote(uint8 who, uint8 which, bool support) external whileMachinesAct {
        uint256 id = _openProposal(which);
        Ghost storage ghost = _ghosts[id];
        _as(_member(who));
        dao.vote(ProposalId.wrap(id), support, "", ghost.plan, ghost.rest);
        uint8 bit = _bitOf(_member(who));
        if ((ghost.electorate & bit == 0) || ((ghost.yes | ghost.no | ghost.barred) & bit != 0)) {
            broken = "one ballot a member of the electorate";
        }
        if (support) ghost.yes |= bit;
        else ghost.no |= bit;
        _shown[_member(who)] = id;
        _noteMotion(id);
    }

    /// @dev The first member from `who` on that is gone.
    function bar(uint8 who, uint8 which) external whileMachinesAct {
        uint256 id = _openProposal(which);
        who %= uint8(MEMBERS);
        for (uint8 i = 0; i < MEMBERS && _votes(_member(who)); ++i) {
            ++who;
        }
        dao.bar(ProposalId.wrap(id), _member(who));
        _ghosts[id].barred |= _bitOf(_member(who));
    }

    function pokeProposal(uint8 which) external whileMachinesAct {
        dao.poke(ProposalId.wrap(_newest(IAllocationDAO.State.Open, which)));
    }

    function pokeTask(uint8 which) external whileMachinesAct {
        work.poke(_at(which % TASKS));
    }

    function pass(uint8 seconds_) external whileMachinesAct {
        vm.warp(block.timestamp + seconds_ % 64);
    }

    /// @dev A plan for one task, voted for by as many as it takes.
    function decide(uint8 which, uint8 lead) external whileMachinesAct {
        _pass(_planFor(_at(which % TASKS), _member(lead), PACKER), _member(lead), true);
    }

    /// @dev A motion, voted for by as many as it takes; one in four waits to be carried out.
    function decideMotion(uint8 kind, uint8 who, uint8 value, uint8 waits) external whileMachinesAct {
        _pass(_motion(kind, who, value), _voter(value), waits % 4 != 0);
    }

    /// @dev Proposals that nobody votes on, one after the other.
    function runOut(uint8 who, uint8 times) external whileMachinesAct {
        bytes memory plan = _planFor(_at(0), _member(who), PACKER);
        for (uint256 i = 0; i <= times % 4; ++i) {
            _file(ProposalId.unwrap(_propose(_voter(who), plan)), plan);
            vm.warp(block.timestamp + _ruled.votingSeconds + 1);
        }
    }

    /// @dev The first member from `who` on that was silent long enough or, one in four times, any.
    function leaveOut(uint8 who, uint8 chance) external whileMachinesAct {
        who %= uint8(MEMBERS);
        for (uint8 i = 0; i < MEMBERS && chance % 4 != 0 && !(_votes(_member(who)) && _isSilent(_member(who))); ++i) {
            ++who;
        }
        bool silent = _isSilent(_member(who));
        motions.leaveOut(_member(who));
        if (!silent) broken = "who shows itself is not left out";
    }

    /// @dev The first member from `who` on that is absent.
    function comeBack(uint8 who) external whileMachinesAct {
        who %= uint8(MEMBERS);
        for (uint8 i = 0; i < MEMBERS && !_isAbsent(_member(who)); ++i) {
            ++who;
        }
        _as(_member(who));
        members.comeBack();
        if (!_votes(_member(who))) broken = "who comes back votes";
    }

    /// @dev Most of those who vote sign a draft; its sender, number or deadline is seldom one that it must not be.
    function decideAtOnce(uint8 which, uint8 lead, uint8 silent, uint8 against, uint8 odd) external whileMachinesAct {
        Sent memory sent;
        sent.plan = against % 4 == 0 ? _motion(which, lead, odd) : _planFor(_at(which % TASKS), _member(lead), PACKER);
        sent.sender = odd % 16 == 0 ? _member(lead) : _voter(lead);
        sent.id = dao.proposalCount() + (odd % 16 == 1 ? 2 : 1);
        sent.deadline = uint48(block.timestamp + silent % (_ruled.votingSeconds + 4) - (odd % 16 == 2 ? 1 : 0));
        bool sound = _maySend(sent);
        _sendAtOnce(sent, silent % 8, against);
        if (!sound) broken = "at once decides a voter, under the next number, in the time of a vote";
    }

    function _maySend(Sent memory sent) private view returns (bool) {
        bool inTime = sent.deadline >= block.timestamp && sent.deadline <= block.timestamp + _ruled.votingSeconds;
        return _votes(sent.sender) && inTime && sent.id == dao.proposalCount() + 1;
    }

    function _sendAtOnce(Sent memory sent, uint8 silent, uint8 against) private {
        IAllocationDAO.Draft memory draft = _draft(sent.plan);
        bytes32 rest = _restOf(sent, draft);
        uint8 electorate = _electorate();
        bytes memory ballots = _ballotsFor(sent, keccak256(abi.encode(keccak256(sent.plan), rest)), silent, against);
        _as(sent.sender);
        dao.decideAtOnce(ProposalId.wrap(sent.id), sent.deadline, draft, ballots);
        _file(sent.id, sent.plan, rest, electorate);
        Ghost storage ghost = _ghosts[sent.id];
        (ghost.yes, ghost.no) = (sent.yes, sent.no);
        _shown[sent.sender] = sent.id;
        _noteMotion(sent.id);
    }

    function _restOf(Sent memory sent, IAllocationDAO.Draft memory draft) private view returns (bytes32) {
        (uint64 roster, uint32 size) = members.roster();
        return _rest(draft, sent.sender, roster, size, sent.deadline);
    }

    /// @dev All sign but one, if any, and all say yes but one, if any, or seldom nobody does.
    function _ballotsFor(Sent memory sent, bytes32 hash, uint8 silent, uint8 against)
        private
        view
        returns (bytes memory ballots)
    {
        (uint64 roster,) = members.roster();
        for (uint8 i = 0; i < MEMBERS; ++i) {
            if (!_votes(_member(i)) || i == silent) continue;
            bool support = i != against % 16 && against < 224;
            bytes32 digest = _digest(ProposalId.wrap(sent.id), hash, roster, sent.deadline, support);
            ballots = bytes.concat(ballots, _ballot(_member(i), support, _sign(_key(_member(i)), digest)));
            if (support) sent.yes |= _bitOf(_member(i));
            else sent.no |= _bitOf(_member(i));
        }
    }

    /// @dev A tree of one leaf, which its lead may claim then.
    function decideTree(uint8 which, uint8 lead) external whileMachinesAct {
        TaskId task = _at(which % TASKS);
        bytes[] memory leaves = new bytes[](1);
        leaves[0] = Packing.pack(Packing.anEntry(task, _version(task), _member(lead), PACKER));
        _trees.push(_pass(Trees.motionOf(leaves), _member(lead), true));
        _leaves[_trees[_trees.length - 1]] = leaves[0];
    }

    /// @dev Of the last tree or the one before, by its lead or, seldom, the member after it.
    function claim(uint8 which, uint8 chance) external whileMachinesAct {
        uint256 id = _trees[_trees.length - 1 - which % (_trees.length > 1 ? 2 : 1)];
        bool foreign = chance % 8 == 0;
        bytes memory leaf = _leaves[id];
        Number lead = Number.wrap(uint8(leaf[9]));
        bytes32[] memory none = new bytes32[](0);
        _as(foreign ? _other(lead) : lead);
        claims.claim(ProposalId.wrap(id), leaf, none);
        (, bool plantHeld,) = work.plant();
        bool vetoed = overrides.slot(IOverrides.Subject.Proposal, id, 8).fixes;
        if (foreign || vetoed || plantHeld) broken = "a lead claims its own, while no human is against it";
        if (claimed[id]) broken = "no leaf is taken twice";
        claimed[id] = true;
    }

    function _pass(bytes memory plan, Number proposer, bool now_) private returns (uint256 id) {
        id = ProposalId.unwrap(_propose(proposer, plan));
        _file(id, plan);
        for (uint8 i = 0; i < MEMBERS && _stateOf(id) == IAllocationDAO.State.Open; ++i) {
            if (!_votes(_member(i))) continue;
            _as(_member(i));
            dao.vote(ProposalId.wrap(id), true, "", now_ ? plan : bytes(""), now_ ? _ghosts[id].rest : bytes32(0));
            (_ghosts[id].yes, _shown[_member(i)]) = (_ghosts[id].yes | _bitOf(_member(i)), id);
        }
        _noteMotion(id);
    }

    /// @dev The last proposal that waits, or the one before: a word of it or all. Seldom one that need not wait.
    function enact(uint8 which, uint8 words) external whileMachinesAct {
        uint256 id = words % 4 == 3 ? _proposalId(which) : _newest(IAllocationDAO.State.Passed, which);
        dao.enact(ProposalId.wrap(id), _ghosts[id].plan, _ghosts[id].rest, words % 3);
        _noteMotion(id);
    }

    /// @dev The ballots of all who say the same and may still say it, in one transaction.
    function decideTogether(uint8 which, uint8 silent, bool support) external whileMachinesAct {
        uint256 id = _openProposal(which);
        Ghost storage ghost = _ghosts[id];
        bytes32 contentHash = keccak256(abi.encode(keccak256(ghost.plan), ghost.rest));
        bytes memory ballots;
        uint8 counted;
        for (uint8 i = 0; i < MEMBERS; ++i) {
            uint8 bit = _bitOf(_member(i));
            if ((ghost.yes | ghost.no) & bit != 0 || !_votes(_member(i)) || i == silent % 8) continue;
            ballots = bytes.concat(ballots, _signedBallot(ProposalId.wrap(id), contentHash, _member(i), support));
            counted |= bit;
        }
        dao.decide(ProposalId.wrap(id), ghost.plan, ghost.rest, ballots);
        if (counted & ~ghost.electorate != 0 || counted & ghost.barred != 0) broken = "a ballot of a stranger counts";
        if (support) ghost.yes |= counted;
        else ghost.no |= counted;
        _noteMotion(id);
    }

    /// @dev The next step of a task's run; one in four goes wrong, and seldom another member tries it.
    function carryOn(uint8 which, uint8 luck) external whileMachinesAct {
        TaskId task = _underWay(which);
        IWorkOrders.Task memory found = work.task(task);
        Number own = found.status == Status.Submitted ? found.inspector : found.worker;
        Number by = luck % 16 == 15 ? _other(own) : own;
        _carryOn(task, found, by, luck % 4 != 0);
        if (by != own) broken = "its worker and its inspector alone carry a task on";
    }

    function _carryOn(TaskId task, IWorkOrders.Task memory found, Number by, bool well) private {
        if (found.status == Status.Allocated) return _start(task, by);
        if (found.status == Status.Submitted) return _inspect(task, by, well);
        if (well) return _submit(task, by);
        _as(by);
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
        back = back || _ones(_electorate()) < 4;
        IOverrides.Kind kind = back ? IOverrides.Kind.Reinstate : IOverrides.Kind.Suspend;
        _execute(_order(kind, IOverrides.Subject.Worker, Number.unwrap(_member(who))));
        _spoken[_member(who)] = true;
    }

    function expire(uint8 which, uint8 level) external whileAHumanActs {
        uint256 subject = TaskId.unwrap(_at(which % TASKS));
        level = [5, 7, 8][level % 3];
        vm.warp(block.timestamp + 3601);
        overrides.poke(IOverrides.Subject.Task, subject, level);
    }

    /* LOOKING THINGS UP */

    /// @dev Of any kind but a tree. Whoever is to be reinstated is suspended, whoever else is not; few retire, and the
    ///      inspector never.
    function _motion(uint8 kind, uint8 who, uint8 value) private view returns (bytes memory) {
        kind %= 8;
        if (kind == 0) {
            return _admissionMotion(IMembers.Kind.Digital, value % 8 == 0 ? supervisor : _account(NEWCOMER));
        }
        if (kind < 3) return _policyMotion(_anyPolicy(value));
        bool few = _ones(_electorate()) < 4;
        if (kind > 5 && value % 8 == 0 && !few) return _standingMotion(IMotions.Kind.Retire, _member(who % 4));
        bool suspends = kind < 6 && !few;
        who %= uint8(MEMBERS);
        for (uint8 i = 0; i < MEMBERS && _votes(_member(who)) != suspends; ++i) {
            ++who;
        }
        return _standingMotion(suspends ? IMotions.Kind.Suspend : IMotions.Kind.Reinstate, _member(who));
    }

    function _anyPolicy(uint8 value) private pure returns (IMotions.Policy memory wanted) {
        wanted = _policy();
        (wanted.votingSeconds, wanted.openLimit, wanted.absentAfter) = (10 + value, 1 + value % 9, 1 + value % 3);
    }

    /// @dev Whether enough proposals ran out, undecided, since it showed itself.
    function _isSilent(Number member) private view returns (bool) {
        uint256 count;
        for (uint256 id = dao.proposalCount(); id > _shown[member]; --id) {
            IAllocationDAO.Proposal memory found = dao.proposal(ProposalId.wrap(id));
            bool over = found.state == IAllocationDAO.State.Open && block.timestamp > found.deadline;
            bool expired = found.state == IAllocationDAO.State.Expired;
            if ((over || expired) && found.yes * 2 <= found.members) ++count;
        }
        return count >= _ruled.absentAfter;
    }

    function _isAbsent(Number member) private view returns (bool) {
        return members.member(member).standing == IMembers.Standing.Absent;
    }

    function _other(Number member) private pure returns (Number) {
        return member == SCANNER ? SPRAYER : SCANNER;
    }

    /// @dev The first task from `which` on that somebody has and, but for one in eight, nobody holds.
    function _underWay(uint8 which) private view returns (TaskId task) {
        for (uint256 i = 0; i < TASKS; ++i) {
            task = _at((i + which) % TASKS);
            IWorkOrders.Task memory found = work.task(task);
            bool taken = found.status >= Status.Allocated && found.status <= Status.Submitted;
            if (taken && (!found.held || which % 8 == 7)) return task;
        }
    }

    /// @dev The last one that is voted on, or the one before.
    function _openProposal(uint8 seed) private view returns (uint256 id) {
        uint256 passes = seed % 2;
        for (id = dao.proposalCount(); id > 1; --id) {
            IAllocationDAO.Proposal memory found = dao.proposal(ProposalId.wrap(id));
            if (found.state != IAllocationDAO.State.Open || block.timestamp > found.deadline) continue;
            if (passes == 0) return id;
            --passes;
        }
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

    /// @dev One of the last four.
    function _proposalId(uint8 seed) private view returns (uint256) {
        uint256 count = dao.proposalCount();
        uint256 back = seed % 4;
        return count > back ? count - back : count;
    }
}
