// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAllocationDAO} from "contracts/interfaces/IAllocationDAO.sol";
import {Desk, Desks} from "contracts/libraries/Desks.sol";
import {Header, Headers} from "contracts/libraries/Headers.sol";
import {Voter, Voters} from "contracts/libraries/Voters.sol";
import {Number} from "contracts/types/Ids.sol";

/// @notice A proposal's header: no field ever bleeds into another.
contract HeadersSymbolic {
    using Headers for Header;

    uint256 private constant MOST = 1023;

    /// @dev Whether all that does not count ballots is the same.
    function _isSame(Header one, Header other) private pure returns (bool) {
        return one.contentId() == other.contentId() && one.deadline() == other.deadline()
            && one.roster() == other.roster() && one.proposer() == other.proposer() && one.state() == other.state();
    }

    function _any(uint256 word) private pure returns (Header header, bool known) {
        header = Header.wrap(word);
        known = (word >> 40) & 7 <= uint256(type(IAllocationDAO.State).max);
    }

    function check_open__anyProposal__readsBack(bytes32 content, uint32 end, uint24 roster, uint16 proposer)
        external
        pure
    {
        if (roster > Headers.LAST_ROSTER || proposer > MOST) return;
        Header header = Headers.open(content, end, roster, Number.wrap(proposer));
        assert(header.contentId() == bytes20(content) && header.deadline() == end && header.roster() == roster);
        assert(header.proposer() == Number.wrap(proposer) && header.state() == IAllocationDAO.State.Open);
        assert(!header.hasCounts());
    }

    /// @dev As a decision at once leaves it, which saves no header before.
    function check_open__countedAndSettled__isWhatItWasOpenedAs(bytes32 content, uint32 end, uint16 ayes, uint16 noes)
        external
        pure
    {
        if (ayes > MOST || noes > MOST) return;
        Header opened = Headers.open(content, end, Headers.LAST_ROSTER, Number.wrap(uint16(MOST)));
        Header left = opened.plusMany(ayes, noes).moved(IAllocationDAO.State.Enacted);
        assert(_isSame(left.moved(IAllocationDAO.State.Open), opened) && left.isOf(content));
        assert(left.yes() == ayes && left.no() == noes && left.barred() == 0);
    }

    function check_moved__anyHeader__isInThatStateAlone(uint256 word, uint8 to) external pure {
        if (to > uint8(type(IAllocationDAO.State).max)) return;
        Header moved = Header.wrap(word).moved(IAllocationDAO.State(to));
        assert(uint8(moved.state()) == to);
        assert((Header.unwrap(moved) ^ word) & ~uint256(7 << 40) == 0);
    }

    function check_plus__anyHeader__countsOneBallot(uint256 word, bool support) external pure {
        (Header header, bool known) = _any(word);
        if (!known || header.yes() == MOST || header.no() == MOST) return;
        Header more = header.plus(support);
        assert(_isSame(header, more) && more.barred() == header.barred());
        assert(more.yes() == header.yes() + (support ? 1 : 0) && more.no() == header.no() + (support ? 0 : 1));
    }

    function check_plusMany__anyHeader__countsThemAll(uint256 word, uint16 ayes, uint16 noes) external pure {
        (Header header, bool known) = _any(word);
        if (!known || uint256(header.yes()) + ayes > MOST || uint256(header.no()) + noes > MOST) return;
        Header more = header.plusMany(ayes, noes);
        assert(_isSame(header, more) && more.barred() == header.barred());
        assert(more.yes() == header.yes() + ayes && more.no() == header.no() + noes);
    }

    function check_plusBarred__anyHeader__countsOneBar(uint256 word) external pure {
        (Header header, bool known) = _any(word);
        if (!known || header.barred() == MOST) return;
        Header more = header.plusBarred();
        assert(_isSame(header, more) && more.yes() == header.yes() && more.no() == header.no());
        assert(more.barred() == header.barred() + 1);
    }

    function check_isOf__anyContent__thatAlone(bytes32 content, bytes32 other, uint64 rest) external pure {
        Header header = Header.wrap(uint256(bytes32(bytes20(content))) | rest);
        assert(header.isOf(other) == (bytes20(content) == bytes20(other)));
    }

    function check_hasCounts__anyHeader__whereAnyIsCounted(uint256 word) external pure {
        Header header = Header.wrap(word);
        assert(header.hasCounts() == (header.yes() != 0 || header.no() != 0 || header.barred() != 0));
    }
}

/// @notice A member's word: its latest proposals, and since when it votes.
contract VotersSymbolic {
    using Voters for Voter;

    function check_withJoined__anyVoter__keepsItsProposals(uint256 word, uint16 number, uint24 joined) external pure {
        Voter before = Voter.wrap(word);
        Voter afterwards = before.withJoined(Number.wrap(number), joined);
        assert(afterwards.number() == Number.wrap(number) && afterwards.joined() == joined);
        for (uint256 place = 1; place <= Voters.PLACES; ++place) {
            assert(afterwards.proposal(place) == before.proposal(place));
        }
    }

    /// @dev Newer ones move up to where one gave way, those beyond stay.
    function _isMoved(Voter before, Voter afterwards, uint256 place) private pure returns (bool same) {
        same = true;
        for (uint256 i = 2; i <= Voters.PLACES; ++i) {
            if (afterwards.proposal(i) != before.proposal(i <= place ? i - 1 : i)) same = false;
        }
    }

    function check_withProposal__anyPlace__takesItAlone(uint256 word, uint24 id) external pure {
        Voter before = Voter.wrap(word);
        for (uint256 place = 1; place <= Voters.PLACES; ++place) {
            Voter afterwards = before.withProposal(place, id);
            assert(afterwards.proposal(1) == id && _isMoved(before, afterwards, place));
            assert(afterwards.number() == before.number() && afterwards.joined() == before.joined());
        }
    }
}

/// @notice The DAO's word: its count, its roster and its policy.
contract DesksSymbolic {
    using Desks for Desk;

    function _hasSamePolicy(Desk one, Desk other) private pure returns (bool) {
        return one.votingSeconds() == other.votingSeconds() && one.openLimit() == other.openLimit();
    }

    function check_withPolicy__anyDesk__takesItAlone(uint256 word, uint24 votingSeconds, uint8 openLimit)
        external
        pure
    {
        Desk before = Desk.wrap(word);
        Desk afterwards = before.withPolicy(votingSeconds, openLimit);
        assert(afterwards.votingSeconds() == votingSeconds && afterwards.openLimit() == openLimit);
        assert(afterwards.count() == before.count() && afterwards.roster() == before.roster());
        assert(afterwards.members() == before.members() && afterwards.roll() == before.roll());
    }

    function check_withRoster__anyDesk__forgetsTheRollAlone(uint256 word, uint24 roster, uint16 size) external pure {
        Desk before = Desk.wrap(word);
        Desk afterwards = before.withRoster(roster, size);
        assert(afterwards.roster() == roster && afterwards.members() == size && afterwards.roll() == address(0));
        assert(_hasSamePolicy(before, afterwards) && afterwards.count() == before.count());
    }

    function check_withRoll__anyDesk__isFoundThere(uint96 low, address roll) external pure {
        Desk before = Desk.wrap(low);
        Desk afterwards = before.withRoll(roll);
        assert(afterwards.roll() == roll && uint96(Desk.unwrap(afterwards)) == low);
    }

    function check_plusOne__anyDesk__countsOne(uint256 word) external pure {
        Desk before = Desk.wrap(word);
        if (before.count() == type(uint24).max) return;
        Desk afterwards = before.plusOne();
        assert(afterwards.count() == before.count() + 1);
        assert(Desk.unwrap(afterwards) >> 24 == word >> 24);
    }
}
