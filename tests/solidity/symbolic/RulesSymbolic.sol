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
}
