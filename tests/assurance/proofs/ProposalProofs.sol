// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Majority} from "contracts/libraries/Majority.sol";

import {ProposalCore} from "./ProposalCore.sol";

/// @dev Each contract here states one thing that holds after every act, whatever came before.

contract PassedByAMajority is ProposalCore {
    function _after() internal view override {
        if (state == State.Passed || state == State.Enacted) assert(uint256(yes) * 2 > members);
    }
}

contract DefeatedBeyondHope is ProposalCore {
    function _after() internal view override {
        if (state == State.Defeated) assert((uint256(members) - no - barred) * 2 <= members);
    }
}

contract DefeatedHadNoMajority is ProposalCore {
    function _after() internal view override {
        if (state == State.Defeated) assert(!Majority.hasPassed(yes, members));
    }
}

contract NoMoreBallotsThanMembers is ProposalCore {
    function _after() internal view override {
        assert(uint256(yes) + no + barred <= members);
    }
}

contract OneBallotAMember is ProposalCore {
    function _after() internal view override {
        assert(counted <= 1);
    }
}

contract DecidedAtOnce is ProposalCore {
    function _after() internal view override {
        bool decided = Majority.hasPassed(yes, members) || Majority.isDefeated(no, barred, members);
        if (state == State.Open) assert(!decided);
    }
}

contract EverybodyHeardDecides is ProposalCore {
    function _after() internal view override {
        if (state == State.Open) assert(uint256(yes) + no + barred < members);
    }
}

contract ExpiredIsUndecided is ProposalCore {
    function _after() internal view override {
        if (state == State.Expired) assert(!Majority.hasPassed(yes, members));
    }
}

contract EnactedOnce is ProposalCore {
    function _after() internal view override {
        assert(enactments == (state == State.Enacted ? 1 : 0));
    }
}

contract SettledIsFinal is ProposalCore {
    State private _was;

    function _before() internal override {
        _was = state;
    }

    function _after() internal view override {
        if (_was == State.Open) assert(state != State.None);
        else if (_was == State.Passed) assert(state == State.Passed || state == State.Enacted || state == State.Vetoed);
        else if (_was != State.None) assert(state == _was);
    }
}

contract TallyEndsWithTheVote is ProposalCore {
    State private _was;
    uint32 private _yes;
    uint32 private _no;
    uint32 private _barred;

    function _before() internal override {
        (_was, _yes, _no, _barred) = (state, yes, no, barred);
    }

    function _after() internal view override {
        if (_was == State.None || _was == State.Open) return;
        assert(yes == _yes && no == _no && barred == _barred);
    }
}

contract ElectorateIsFrozen is ProposalCore {
    State private _was;
    uint32 private _members;
    uint48 private _deadline;

    function _before() internal override {
        (_was, _members, _deadline) = (state, members, deadline);
    }

    function _after() internal view override {
        if (_was != State.None) assert(members == _members && deadline == _deadline);
    }
}

contract NoBallotAfterTheDeadline is ProposalCore {
    uint32 private _yes;
    uint32 private _no;

    function _before() internal override {
        (_yes, _no) = (yes, no);
    }

    function _after() internal view override {
        if (block.timestamp > deadline) assert(yes == _yes && no == _no);
    }
}

contract NumberedOneByOne is ProposalCore {
    function _after() internal view override {
        assert(uint256(count) == uint256(others) + (state == State.None ? 0 : 1));
    }
}

contract AtOnceInTheTimeOfAVote is ProposalCore {
    State private _was;

    function _before() internal override {
        _was = state;
    }

    function _after() internal view override {
        if (_was != State.None || state == State.None || state == State.Open) return;
        assert(block.timestamp <= deadline && deadline <= block.timestamp + LONGEST);
    }
}
