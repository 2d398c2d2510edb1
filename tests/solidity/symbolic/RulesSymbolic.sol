// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Status} from "contracts/types/Work.sol";

import {ProposalCore} from "../../assurance/proofs/ProposalCore.sol";
import {TaskCore} from "../../assurance/proofs/TaskCore.sol";

/// @notice The rules of a vote, for every way the ballots of few members can fall.
contract VotesSymbolic {
    function _open(uint32 members) private returns (ProposalCore core) {
        core = new ProposalCore();
        core.open(members, type(uint48).max);
    }

    function _vote(ProposalCore core, bool support) private {
        if (core.state() == ProposalCore.State.Open) core.vote(support, false, false);
    }

    function check_vote__anyOrderOfThree__theSame(bool first, bool second, bool watched) external {
        ProposalCore one = _open(3);
        ProposalCore other = _open(3);
        _vote(one, first);
        _vote(one, second);
        if (one.state() == ProposalCore.State.Open) one.vote(watched, true, false);
        other.vote(watched, true, false);
        _vote(other, second);
        _vote(other, first);
        assert(one.state() == other.state() && one.state() != ProposalCore.State.Open);
    }

    function check_decide__aBatch__asItsBallots(bool first, bool second) external {
        ProposalCore one = _open(3);
        ProposalCore other = _open(3);
        _vote(one, first);
        _vote(one, second);
        uint32 ayes = (first ? 1 : 0) + (second ? 1 : 0);
        try other.decide(ayes, 2 - ayes, false) {
            bool enacted = other.state() == ProposalCore.State.Enacted;
            bool passed = one.state() == ProposalCore.State.Passed;
            assert(enacted == passed);
            assert(passed || one.state() == ProposalCore.State.Defeated);
        } catch {
            assert(one.state() == ProposalCore.State.Open);
        }
    }

    function check_enact__again__refused(bool support) external {
        ProposalCore core = _open(2);
        core.vote(true, true, false);
        core.vote(support, false, true);
        assert(core.enactments() == (support ? 1 : 0));
        (bool done,) = address(core).call(abi.encodeCall(core.enact, ()));
        assert(!done && core.enactments() <= 1);
    }

    function check_decideAtOnce__anyBallots__asOpenedAndDecided(uint16 members, uint32 ayes, uint32 noes, bool watched)
        external
    {
        if (members == 0) return;
        uint48 end = uint48(block.timestamp);
        ProposalCore one = new ProposalCore();
        ProposalCore other = new ProposalCore();
        one.open(members, end);
        (bool apart,) = address(one).call(abi.encodeCall(one.decide, (ayes, noes, watched)));
        bytes memory act = abi.encodeCall(other.decideAtOnce, (members, 1, end, ayes, noes, watched));
        (bool together,) = address(other).call(act);
        assert(together == apart);
        if (!together) return;
        assert(one.state() == other.state() && one.yes() == other.yes() && one.no() == other.no());
        assert(one.members() == other.members() && one.deadline() == other.deadline());
    }

    function check_decideAtOnce__anyElectorate__byAMajorityAlone(uint16 members, uint16 ayes, uint16 noes) external {
        if (uint256(ayes) + noes >= members) return;
        ProposalCore core = new ProposalCore();
        uint48 end = uint48(block.timestamp);
        bytes memory act = abi.encodeCall(core.decideAtOnce, (members, 1, end, ayes, noes, false));
        (bool done,) = address(core).call(act);
        bool passes = uint256(ayes) * 2 > members;
        bool fails = (uint256(members) - noes) * 2 <= members;
        assert(done == (passes || fails));
        assert((core.state() == ProposalCore.State.Enacted) == passes);
    }

    function check_decideAtOnce__anyNumberAndDeadline__theNextInTheTimeOfAVote(bool another, uint32 number, uint48 end)
        external
    {
        ProposalCore core = new ProposalCore();
        if (another) core.openAnother();
        (bool done,) = address(core).call(abi.encodeCall(core.decideAtOnce, (1, number, end, 0, 0, true)));
        bool inTime = end >= block.timestamp && end <= block.timestamp + core.LONGEST();
        assert(done == (inTime && number == (another ? 2 : 1)));
    }

    function check_decide__moreThanThereAre__refused(uint32 ayes, uint32 noes, uint16 members) external {
        if (members == 0 || uint256(ayes) + noes < members) return;
        ProposalCore core = _open(members);
        (bool done,) = address(core).call(abi.encodeCall(core.decide, (ayes, noes, false)));
        assert(!done);
    }
}

/// @notice Who is in control of a task, for any act that no human does.
contract ControlSymbolic is TaskCore {
    uint16 private constant HUMANS_CHOICE = 7;

    function _anyMachine(bytes4 act, bytes32 first, bytes32 second, bytes32 third) private returns (bool done) {
        bool known = act == this.enact.selector || act == this.start.selector || act == this.submit.selector
            || act == this.report.selector || act == this.decline.selector || act == this.inspect.selector
            || act == this.giveBack.selector || act == this.leaveInspection.selector || act == this.safeStop.selector;
        if (known) (done,) = address(this).call(abi.encodePacked(act, first, second, third));
    }

    function check_assign__anyMachineAct__keepsTheWorker(bytes4 act, bytes32 a, bytes32 b, bytes32 c) external {
        this.assign(HUMANS_CHOICE);
        _anyMachine(act, a, b, c);
        assert(worker == HUMANS_CHOICE && overridden && !held);
    }

    function check_assign__anyTwoMachineActs__keepTheWorker(
        bytes4 act,
        bytes4 next,
        bytes32 a,
        bytes32 b,
        bytes32 c,
        bytes32 d
    ) external {
        this.assign(HUMANS_CHOICE);
        _anyMachine(act, a, b, c);
        _anyMachine(next, b, c, d);
        assert(worker == HUMANS_CHOICE && overridden && !held);
    }

    function check_hold__anyMachineAct__staysHeld(bool lock, bytes4 act, bytes32 a, bytes32 b, bytes32 c) external {
        this.hold(lock);
        _anyMachine(act, a, b, c);
        assert(held && status == Status.Posted && worker == NOBODY);
    }

    function check_release__afterAnEnactment__handsItsDecisionBack(uint16 lead, uint16 choice) external {
        if (lead == NOBODY) return;
        this.assign(choice);
        this.enact(lead, 1, true);
        this.end(8, true);
        assert(worker == lead && status == Status.Allocated && !overridden);
    }

    function check_anyMachineAct__epoch__risesWithTheWorker(bytes4 act, bytes32 a, bytes32 b, bytes32 c) external {
        uint16 before = worker;
        _anyMachine(act, a, b, c);
        assert((worker != before) == (epoch == 2));
    }

    function check_anyMachineAct__oldEpoch__doesNothing(bytes4 act, uint16 by, uint64 old, bytes32 c) external {
        this.enact(HUMANS_CHOICE, 1, true);
        bool fenced = act == this.start.selector || act == this.decline.selector;
        if (!fenced || old == epoch) return;
        assert(!_anyMachine(act, bytes32(uint256(by)), bytes32(uint256(old)), c));
    }

    /* WHICH LEVEL IS IN FORCE */

    /// @dev Fills any of the levels 12, 8, 7 and 5, or ends what is filled of them.
    function _change(bool stops, bool assigns, bool holds, bool locks, bool fills) private {
        if (stops) _do(fills ? abi.encodeCall(this.safeStop, (worker, true)) : abi.encodeCall(this.end, (12, false)));
        if (assigns) _do(fills ? abi.encodeCall(this.assign, (HUMANS_CHOICE)) : abi.encodeCall(this.end, (8, false)));
        if (holds) _do(fills ? abi.encodeCall(this.hold, (false)) : abi.encodeCall(this.end, (7, false)));
        if (locks) _do(fills ? abi.encodeCall(this.hold, (true)) : abi.encodeCall(this.end, (5, false)));
    }

    function _do(bytes memory act) private {
        // Ending what is not filled is refused, which is as well.
        (bool done,) = address(this).call(act);
        done;
    }

    function check_hold__overAnAssignment__outranksIt(bool locks, bool first) external {
        if (first) this.hold(locks);
        this.assign(HUMANS_CHOICE);
        if (!first) this.hold(locks);
        assert(held && worker == HUMANS_CHOICE);
        this.end(8, false);
        assert(held && overridden && worker == NOBODY);
        this.end(locks ? 5 : 7, false);
        assert(!held && !overridden);
    }

    function check_anyLevels__anyFilled__theLowestIsInForce(bool[4] calldata filled, bool[4] calldata ended) external {
        this.enact(1, 1, true);
        _change(filled[0], filled[1], filled[2], filled[3], true);
        _change(ended[0], ended[1], ended[2], ended[3], false);
        // An assignment ends the stop of whoever had the task before.
        bool stop = filled[0] && !filled[1] && !ended[0];
        bool names = filled[1] && !ended[1];
        bool hold_ = (filled[2] && !ended[2]) || (filled[3] && !ended[3]);
        assert(overridden == (hold_ || names));
        assert(held == (hold_ || (!names && stop)));
        assert(worker == (names ? HUMANS_CHOICE : 1));
    }

    function check_hold__again__changesNothing(bool locks, bool stops) external {
        this.enact(1, 1, true);
        if (stops) this.safeStop(1, true);
        this.hold(locks);
        (uint64 epoch_, uint16 worker_) = (epoch, worker);
        this.hold(locks);
        assert(epoch == epoch_ && worker == worker_ && held && overridden);
    }

    /* EPOCHS */

    function _anyHuman(bytes4 act, bytes32 first, bytes32 second) private returns (bool done) {
        bool known = act == this.end.selector || act == this.assign.selector || act == this.hold.selector
            || act == this.judge.selector || act == this.requeue.selector || act == this.cancel.selector
            || act == this.holdPlant.selector;
        if (known) (done,) = address(this).call(abi.encodePacked(act, first, second));
    }

    /// @dev A task that was decided, and maybe more.
    function _begin(bool assigned, bool onHold_, bool stops) private {
        this.enact(1, 1, true);
        if (stops) this.safeStop(1, true);
        if (assigned) this.assign(HUMANS_CHOICE);
        if (onHold_) this.hold(false);
    }

    function check_anyHumanAct__valueInForceChanged__epochRose(bool[3] calldata begun, bytes4 act, bytes32 a, bytes32 b)
        external
    {
        _begin(begun[0], begun[1], begun[2]);
        (uint64 epoch_, uint16 worker_) = (epoch, worker);
        (bool overridden_, bool held_, bool plantHeld_) = (overridden, held, plantHeld);
        _anyHuman(act, a, b);
        bool same = worker == worker_ && overridden == overridden_ && held == held_ && plantHeld == plantHeld_;
        assert(epoch >= epoch_ && (same || epoch > epoch_));
    }

    function check_anyMachineAct__valueInForceSame__epochSame(
        bool[3] calldata begun,
        bytes4 act,
        bytes32 a,
        bytes32 b,
        bytes32 c
    ) external {
        _begin(begun[0], begun[1], begun[2]);
        (uint64 epoch_, uint16 worker_, bool held_) = (epoch, worker, held);
        (bool overridden_, uint32 version_) = (overridden, version);
        // Who inspects is not kept here; a new decision for the same worker is a new value.
        if (act == this.leaveInspection.selector) return;
        _anyMachine(act, a, b, c);
        bool same = worker == worker_ && held == held_ && overridden == overridden_;
        bool decided = act == this.enact.selector && version != version_ && !overridden;
        assert((epoch == epoch_) == (same && !decided));
    }

    function check_cancel__again__refused(bool[3] calldata begun) external {
        _begin(begun[0], begun[1], begun[2]);
        this.cancel();
        (uint64 epoch_, uint32 version_) = (epoch, version);
        (bool done,) = address(this).call(abi.encodeCall(this.cancel, ()));
        assert(!done && epoch == epoch_ && version == version_);
    }

    function check_enact__sameVersionAgain__refused(uint16 lead, uint16 other, bool assigned) external {
        if (lead == NOBODY) return;
        if (assigned) this.assign(HUMANS_CHOICE);
        this.enact(lead, 1, true);
        (bool done,) = address(this).call(abi.encodeCall(this.enact, (other, 1, true)));
        assert(!done && worker == (assigned ? HUMANS_CHOICE : lead));
    }
}
