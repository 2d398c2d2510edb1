// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAllocationDAO} from "contracts/interfaces/IAllocationDAO.sol";
import {IMembers} from "contracts/interfaces/IMembers.sol";
import {IMotions} from "contracts/interfaces/IMotions.sol";
import {IOverrides} from "contracts/interfaces/IOverrides.sol";
import {IWorkOrders} from "contracts/interfaces/IWorkOrders.sol";
import {MotionLayout} from "contracts/libraries/MotionLayout.sol";
import {Number, OrderId, ProposalId, TaskId} from "contracts/types/Ids.sol";
import {Status} from "contracts/types/Work.sol";

import {Packing} from "./Packing.sol";
import {PlantFixture} from "./PlantFixture.sol";
import {vm} from "./Vm.sol";

/// @title PlantGhost
/// @notice Keeps a ghost of votes, members and policy, and watches tasks, members and proposals before and after each act.
///         What it finds broken it names in `broken`.
abstract contract PlantGhost is PlantFixture {
    uint256 public constant TASKS = 4;
    uint256 internal constant MEMBERS = 6;
    /// @dev So many of the newest proposals.
    uint256 internal constant WATCHED = 6;
    uint256 private constant MOTION_SECONDS = 10 minutes;
    Number internal constant NEWCOMER = Number.wrap(7);

    /// @dev `frozen` is what of a header never changes.
    struct Ghost {
        uint8 electorate;
        uint8 yes;
        uint8 no;
        uint8 barred;
        bytes plan;
        bytes32 rest;
        bytes32 frozen;
    }

    struct Sight {
        IWorkOrders.Task[] tasks;
        IMembers.Standing[MEMBERS] standings;
        uint256 count;
        IAllocationDAO.State[WATCHED] states;
    }

    string public broken;
    mapping(uint256 proposal => Ghost) internal _ghosts;
    IMotions.Policy internal _ruled;
    OrderId internal _posted;
    uint256 private _opened;
    uint256 private _mostOpen;
    /// @dev Whose standing a human decided.
    mapping(Number member => bool) internal _spoken;
    /// @dev By member: the newest proposal it voted on or made, or that was there when it joined.
    mapping(Number member => uint256) internal _shown;
    mapping(uint256 proposal => bool) private _carried;

    function setUp() public override {
        super.setUp();
        bytes memory tasks;
        for (uint8 i = 0; i < TASKS; ++i) {
            Packing.Task memory task = Packing.aTask();
            (task.predecessors, task.onFailure, task.retries) = (i == 3 ? 1 : 0, i, 2);
            tasks = bytes.concat(tasks, Packing.pack(task));
        }
        _posted = _post(tasks);
        (_ruled, _mostOpen) = (_policy(), OPEN_LIMIT);
    }

    /* BEFORE AND AFTER */

    modifier whileMachinesAct() {
        Sight memory before = _look();
        _;
        _compare(before, _look(), false);
    }

    modifier whileAHumanActs() {
        Sight memory before = _look();
        _;
        _compare(before, _look(), true);
    }

    function _look() private view returns (Sight memory sight) {
        sight.tasks = work.tasks(_posted, 0, TASKS);
        for (uint8 i = 0; i < MEMBERS; ++i) {
            sight.standings[i] = members.member(_member(i)).standing;
        }
        sight.count = dao.proposalCount();
        for (uint256 i = 0; i < WATCHED && i < sight.count; ++i) {
            sight.states[i] = _stateOf(sight.count - i);
        }
    }

    function _compare(Sight memory before, Sight memory now_, bool human) private {
        for (uint256 i = 0; i < TASKS; ++i) {
            _compareTask(before.tasks[i], now_.tasks[i], human);
            if (!human && _isSlotFilled(i)) _compareFilled(before.tasks[i], now_.tasks[i]);
        }
        _compareMembers(before.standings, now_.standings, human);
        for (uint256 i = 0; i < WATCHED && i < before.count; ++i) {
            _compareProposal(before.count - i, before.states[i]);
        }
        if (now_.count != _opened) broken = "proposals are counted one by one";
    }

    function _compareTask(IWorkOrders.Task memory before, IWorkOrders.Task memory now_, bool human) private {
        (, bool plantHeld,) = work.plant();
        bool moved = before.worker != now_.worker || before.inspector != now_.inspector;
        bool switched = before.held != now_.held || before.overridden != now_.overridden;
        bool decided = before.version != now_.version;
        if (now_.epoch < before.epoch || now_.version < before.version) broken = "counters never fall";
        if (before.status >= Status.Accepted && now_.status != before.status) broken = "final is final";
        if (now_.epoch == before.epoch && (switched || moved)) broken = "a new value, a new epoch";
        if (now_.epoch > before.epoch && !(moved || switched || decided || human)) broken = "the same value, no epoch";
        if (!human && plantHeld && (moved || switched || decided)) broken = "nothing is decided under a plant hold";
        // The stop of a worker that has lost the task keeps no vote from giving it to another; a human's hold does.
        bool given = before.status == Status.Posted && now_.status == Status.Allocated && !before.overridden;
        bool progressed = now_.status != before.status && !given;
        if (!human && before.held && progressed) broken = "nothing progresses under a hold";
    }

    /// @dev While a human's slot is filled: its worker and the inspector alone carry the task on, to a human's queue where
    ///      it goes wrong. An inspector that is overdue is let go.
    function _compareFilled(IWorkOrders.Task memory before, IWorkOrders.Task memory now_) private {
        bool switched = before.held != now_.held || before.overridden != now_.overridden;
        bool reviewed = before.inspector == now_.inspector || now_.inspector == NOBODY;
        if (before.worker != now_.worker || switched || !reviewed) broken = "a human wins";
        if (before.status == now_.status) return;
        bool goesOn = before.status == Status.Allocated && now_.status == Status.Started;
        goesOn = goesOn || (before.status == Status.Started && now_.status == Status.Submitted);
        goesOn = goesOn || (before.status == Status.Submitted && now_.status == Status.Accepted);
        bool runs = before.status == Status.Allocated || before.status == Status.Started;
        bool fails = runs && now_.status == Status.Failed;
        fails = fails || (before.status == Status.Submitted && now_.status == Status.Rework);
        if (!goesOn && !fails) broken = "a human wins";
    }

    function _compareMembers(
        IMembers.Standing[MEMBERS] memory before,
        IMembers.Standing[MEMBERS] memory now_,
        bool human
    ) private {
        for (uint8 i = 0; i < MEMBERS; ++i) {
            if (before[i] == now_[i]) continue;
            if (now_[i] == IMembers.Standing.Active) _shown[_member(i)] = dao.proposalCount();
            bool absence = before[i] == IMembers.Standing.Absent || now_[i] == IMembers.Standing.Absent;
            if (!human && _spoken[_member(i)] && !absence) broken = "no vote changes what a human decided of a member";
            if (before[i] == IMembers.Standing.Retired) broken = "who retired is gone";
        }
    }

    function _compareProposal(uint256 id, IAllocationDAO.State before) private {
        IAllocationDAO.State now_ = _stateOf(id);
        if (before == now_ || before == IAllocationDAO.State.Open) return;
        bool waited = before == IAllocationDAO.State.Passed;
        bool ends = now_ == IAllocationDAO.State.Enacted || now_ == IAllocationDAO.State.Vetoed;
        bool lapses = now_ == IAllocationDAO.State.Expired && _isMotion(_ghosts[id].plan);
        if (!waited || !(ends || lapses)) broken = "settled is final";
    }

    function _isSlotFilled(uint256 index) private view returns (bool) {
        uint256 subject = TaskId.unwrap(_at(index));
        return _isFilled(subject, 5) || _isFilled(subject, 7) || _isFilled(subject, 8);
    }

    function _isFilled(uint256 subject, uint8 level) internal view returns (bool) {
        IOverrides.Slot memory found = overrides.slot(IOverrides.Subject.Task, subject, level);
        return found.held || found.fixes;
    }

    /* THE GHOST */

    /// @dev A proposal that was opened with the roster and policy of now.
    function _file(uint256 id, bytes memory plan) internal {
        IAllocationDAO.Proposal memory found = dao.proposal(ProposalId.wrap(id));
        if (found.deadline != block.timestamp + _ruled.votingSeconds) broken = "a vote lasts as the policy says";
        _file(id, plan, _rest(ProposalId.wrap(id)), _electorate());
        _shown[found.proposer] = id;
    }

    function _file(uint256 id, bytes memory plan, bytes32 rest, uint8 electorate) internal {
        if (id != ++_opened) broken = "proposals are counted one by one";
        IAllocationDAO.Proposal memory found = dao.proposal(ProposalId.wrap(id));
        bool same = found.contentId == bytes20(_contentHash(ProposalId.wrap(id), plan));
        if (!same) broken = "a header is that of its content";
        _ghosts[id] = Ghost(electorate, 0, 0, 0, plan, rest, _frozen(found));
    }

    function _frozen(IAllocationDAO.Proposal memory found) private pure returns (bytes32) {
        return keccak256(abi.encode(found.proposer, found.roster, found.members, found.deadline, found.contentId));
    }

    /// @dev A motion is carried out when it is enacted, once.
    function _noteMotion(uint256 id) internal {
        bytes memory motion = _ghosts[id].plan;
        if (!_isMotion(motion) || _carried[id] || _stateOf(id) != IAllocationDAO.State.Enacted) return;
        _carried[id] = true;
        uint256 deadline = dao.proposal(ProposalId.wrap(id)).deadline;
        if (block.timestamp > deadline + MOTION_SECONDS) broken = "a late motion lapses";
        IMotions.Kind kind = IMotions.Kind(uint8(motion[3]));
        if (kind == IMotions.Kind.Policy) return _rule(this.policyOf(motion));
        if (kind == IMotions.Kind.Admit) return;
        IMembers.Standing wanted = kind == IMotions.Kind.Suspend
            ? IMembers.Standing.Suspended
            : kind == IMotions.Kind.Retire ? IMembers.Standing.Retired : IMembers.Standing.Active;
        Number member = Number.wrap(uint8(motion[5]));
        if (members.member(member).standing != wanted) broken = "what passed is done";
    }

    function _rule(IMotions.Policy memory wanted) private {
        _ruled = wanted;
        if (wanted.openLimit > _mostOpen) _mostOpen = wanted.openLimit;
    }

    function policyOf(bytes calldata motion) external pure returns (IMotions.Policy memory) {
        return MotionLayout.policyOf(motion);
    }

    /* WHAT HOLDS AT ANY TIME */

    /// @notice Whether every proposal stands where the ghost's ballots put it, and is what it was opened as.
    function votesAgree() external view returns (bool) {
        for (uint256 id = 1; id <= dao.proposalCount(); ++id) {
            IAllocationDAO.Proposal memory found = dao.proposal(ProposalId.wrap(id));
            if (!_agrees(found, _ghosts[id]) || _frozen(found) != _ghosts[id].frozen) return false;
        }
        return true;
    }

    /// @notice Whether the roll, where there is one, has the accounts of those who vote now, and nobody else counts.
    function rollHolds() external view returns (bool) {
        address roll = dao.roll();
        (, uint32 size) = members.roster();
        bool written =
            roll == address(0) || keccak256(roll.code) == keccak256(bytes.concat(hex"00", members.accounts()));
        return written && size == _ones(_electorate());
    }

    /// @notice Whether no member has more proposals open than it ever might, those past their deadline not counted.
    function quotasHold() external view returns (bool) {
        uint256[8] memory open;
        for (uint256 id = 1; id <= dao.proposalCount(); ++id) {
            IAllocationDAO.Proposal memory found = dao.proposal(ProposalId.wrap(id));
            if (found.state != IAllocationDAO.State.Open || block.timestamp > found.deadline) continue;
            if (++open[Number.unwrap(found.proposer)] > _mostOpen) return false;
        }
        return true;
    }

    /// @notice Whether the policy is that of the last motion for one, and the DAO goes by it.
    function policyHolds() external view returns (bool) {
        bool same = keccak256(abi.encode(motions.policy())) == keccak256(abi.encode(_ruled));
        return same && dao.votingPeriod() == _ruled.votingSeconds && dao.openLimit() == _ruled.openLimit;
    }

    /// @notice Whether nobody with a human's role has got a badge from a vote.
    function humansAreLeftAlone() external view returns (bool) {
        return Number.unwrap(members.numberOf(supervisor)) == 0 && Number.unwrap(members.numberOf(operator)) == 0;
    }

    function _agrees(IAllocationDAO.Proposal memory found, Ghost memory ghost) private view returns (bool) {
        uint256 members_ = _ones(ghost.electorate);
        uint256 yes = _ones(ghost.yes);
        uint256 lost = _ones(ghost.no) + _ones(ghost.barred);
        bool counted = found.members == members_ && found.yes == yes && found.no + found.barred == lost;
        bool passes = yes * 2 > members_;
        bool fails = (members_ - lost) * 2 <= members_;
        IAllocationDAO.State state = found.state;
        bool decided = state == IAllocationDAO.State.Passed || state == IAllocationDAO.State.Enacted;
        bool vetoed = state == IAllocationDAO.State.Vetoed;
        bool late = block.timestamp > found.deadline + MOTION_SECONDS && _isMotion(ghost.plan);
        bool lapsed = late && passes && state == IAllocationDAO.State.Expired;
        return counted && (vetoed || lapsed || (decided == passes && (state == IAllocationDAO.State.Defeated) == fails));
    }

    /* LOOKING THINGS UP */

    function _stateOf(uint256 id) internal view returns (IAllocationDAO.State) {
        return dao.proposal(ProposalId.wrap(id)).state;
    }

    /// @dev Of the kinds that end some time after their deadline: a tree does not.
    function _isMotion(bytes memory plan) internal pure returns (bool) {
        return plan[0] == 0 && plan[1] == 0 && plan[2] == 0 && plan[3] != 0x06;
    }

    function _ones(uint8 mask) internal pure returns (uint256 count) {
        for (; mask != 0; mask &= mask - 1) {
            ++count;
        }
    }

    function _bitOf(Number member) internal pure returns (uint8) {
        return uint8(1 << Number.unwrap(member));
    }

    function _electorate() internal view returns (uint8 mask) {
        for (uint8 i = 0; i < MEMBERS; ++i) {
            if (_votes(_member(i))) mask |= _bitOf(_member(i));
        }
    }

    function _votes(Number member) internal view returns (bool) {
        return members.mayVote(member, type(uint64).max);
    }

    /// @dev The five, and whom a vote may admit; the robot's number is between.
    function _member(uint8 seed) internal pure returns (Number) {
        uint8 place = seed % uint8(MEMBERS);
        return place == 5 ? NEWCOMER : Number.wrap(1 + place);
    }

    /// @dev The first from `seed` on who votes.
    function _voter(uint8 seed) internal view returns (Number member) {
        for (uint8 i = 0; i < MEMBERS; ++i) {
            member = _member(seed % uint8(MEMBERS) + i);
            if (_votes(member)) return member;
        }
    }

    function _at(uint256 index) internal view returns (TaskId) {
        return _idOf(_posted, index);
    }
}
