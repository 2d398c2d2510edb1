// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Majority} from "contracts/libraries/Majority.sol";

/// @title ProposalCore
/// @notice One proposal's rules in numbers alone, so that they can be proved for every sequence of acts. One member of
///         the electorate is watched; the others are counted. What the contracts do, CoreEquality.t.sol compares.
contract ProposalCore {
    enum State {
        None,
        Open,
        Passed,
        Enacted,
        Defeated,
        Expired,
        Vetoed
    }

    /// @dev The longest that a vote may last.
    uint48 public constant LONGEST = 60;

    State public state;
    uint32 public members;
    uint32 public yes;
    uint32 public no;
    uint32 public barred;
    uint48 public deadline;
    /// @dev How often the watched member was counted: by a ballot, or as one that can no longer vote.
    uint32 public counted;
    uint32 public enactments;
    /// @dev How many proposals there are, this one among them, and how many are others.
    uint32 public count;
    uint32 public others;

    modifier act() {
        _before();
        _;
        _after();
    }

    function open(uint32 electorate, uint48 end) external act {
        _open(electorate, end);
        ++count;
    }

    /// @dev One that is not looked at takes the next number.
    function openAnother() external act {
        ++count;
        ++others;
    }

    /// @dev Opened and decided in one act, by ballots signed for that number and deadline before.
    function decideAtOnce(uint32 electorate, uint32 number, uint48 end, uint32 ayes, uint32 noes, bool watched)
        external
        act
    {
        require(uint256(number) == uint256(count) + 1);
        require(block.timestamp <= end && end <= block.timestamp + LONGEST);
        _open(electorate, end);
        count = number;
        _decide(ayes, noes, watched);
    }

    /// @dev `watched`: the watched member's ballot; else one of the others'.
    function vote(bool support, bool watched, bool withPlan) external act {
        _requireOpen();
        _count(watched);
        if (support) ++yes;
        else ++no;
        _settle(withPlan);
    }

    /// @dev A batch of signed ballots, the watched member's yes among them where `watched`.
    function decide(uint32 ayes, uint32 noes, bool watched) external act {
        _requireOpen();
        _decide(ayes, noes, watched);
    }

    function bar(bool watched) external act {
        _requireOpen();
        _count(watched);
        ++barred;
        _settle(false);
    }

    function expire() external act {
        require(state == State.Open && block.timestamp > deadline);
        state = State.Expired;
    }

    function enact() external act {
        require(state == State.Passed);
        state = State.Enacted;
        ++enactments;
    }

    function veto() external act {
        require(state == State.Open || state == State.Passed);
        state = State.Vetoed;
    }

    function _open(uint32 electorate, uint48 end) private {
        require(state == State.None && electorate != 0);
        state = State.Open;
        members = electorate;
        deadline = end;
    }

    function _decide(uint32 ayes, uint32 noes, bool watched) private {
        if (watched) {
            _count(true);
            ++yes;
        }
        require(uint256(ayes) + noes <= _silentOthers());
        yes += ayes;
        no += noes;
        _settle(true);
        require(state != State.Open);
    }

    function _requireOpen() private view {
        require(state == State.Open && block.timestamp <= deadline);
    }

    function _count(bool watched) private {
        if (watched) {
            require(counted == 0);
            ++counted;
        } else {
            require(_silentOthers() != 0);
        }
    }

    function _silentOthers() private view returns (uint256) {
        uint256 silent = uint256(members) - yes - no - barred;
        return counted == 0 ? silent - 1 : silent;
    }

    function _settle(bool withPlan) private {
        if (Majority.hasPassed(yes, members)) {
            state = withPlan ? State.Enacted : State.Passed;
            if (withPlan) ++enactments;
        } else if (Majority.isDefeated(no, barred, members)) {
            state = State.Defeated;
        }
    }

    function _before() internal virtual {}

    function _after() internal virtual {}
}
