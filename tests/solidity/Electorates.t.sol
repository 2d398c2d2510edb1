// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAllocationDAO} from "contracts/interfaces/IAllocationDAO.sol";
import {IMembers} from "contracts/interfaces/IMembers.sol";
import {Rolls} from "contracts/libraries/Rolls.sol";
import {Number, ProposalId, TaskId} from "contracts/types/Ids.sol";

import {PlantFixture} from "./PlantFixture.sol";
import {vm} from "./Vm.sol";

/// @notice Electorates of 1 to 100, and ballots that come every way: counted by a model beside the contract.
contract ElectoratesTest is PlantFixture {
    bytes32 private constant STOCK_BALLOT =
        keccak256("Ballot(uint256 proposalId,uint8 support,address voter,uint256 nonce)");

    /// @dev How a member's ballot comes; `Gone` is a member suspended since the opening.
    enum Way {
        Silent,
        Direct,
        Relayed,
        Together,
        Gone
    }

    struct Model {
        uint256 members;
        uint256 yes;
        uint256 no;
        uint256 together;
    }

    bytes private _plan;
    ProposalId private _id;
    bytes32 private _hash;
    bytes private _ballots;

    /// @dev Five members at first: of the first `size` numbers all vote, of the others none.
    function _open(uint16 size) private {
        _plan = _planFor(_postOne(), SCANNER, PACKER);
        for (uint16 i = size + 1; i <= 5; ++i) {
            members.suspend(Number.wrap(i));
        }
        for (uint16 i = 7; i <= size + 1; ++i) {
            members.admit(_account(Number.wrap(i)), IMembers.Kind.Digital, 0, "{}");
        }
        _id = _propose(SCANNER, _plan);
        _hash = _contentHash(_id, _plan);
    }

    /// @dev The robot has number 6.
    function _voter(uint256 index) private pure returns (Number) {
        return Number.wrap(uint16(index < 5 ? index + 1 : index + 2));
    }

    function testFuzz_decide__anyElectorate__byMoreThanHalf(uint8 size, uint8 against) public {
        uint16 electorate = 1 + size % 100;
        _open(electorate);
        uint256 needed = uint256(electorate) / 2 + 1;
        uint256 no = against % (electorate - needed + 1);
        bytes32 rest = _rest(_id);
        for (uint256 i = 0; i < no + needed - 1; ++i) {
            _ballots = bytes.concat(_ballots, _signedBallot(_id, _hash, _voter(i), i >= no));
        }
        vm.expectRevert(abi.encodeWithSelector(IAllocationDAO.Undecided.selector, _id, needed - 1, no, electorate));
        dao.decide(_id, _plan, rest, _ballots);
        _ballots = bytes.concat(_ballots, _signedBallot(_id, _hash, _voter(no + needed - 1), true));
        dao.decide(_id, _plan, rest, _ballots);
        _assertTally(IAllocationDAO.State.Enacted, needed, no);
    }

    /// @dev However many come before, a ballot is checked against what was put to the vote; all are told.
    function test_decide__hundredYesesBeforeTheNoes__allAreCountedAndTold() public {
        _open(160);
        bytes memory listed;
        for (uint256 i = 0; i < 160; ++i) {
            bytes memory ballot = _signedBallot(_id, _hash, _voter(i), i < 100);
            (_ballots, listed) = (bytes.concat(_ballots, ballot), bytes.concat(listed, bytes2(ballot)));
        }
        bytes32 rest = _rest(_id);
        vm.expectEmit(address(dao));
        emit IAllocationDAO.BallotsCounted(_id, listed);
        dao.decide(_id, _plan, rest, _ballots);
        _assertTally(IAllocationDAO.State.Enacted, 100, 60);
    }

    function testFuzz_decide__anyMixture__isWhatTheModelCounts(uint8 size, uint256 ways, uint256 yeses) public {
        Model memory model;
        model.members = 1 + size % 24;
        _open(uint16(model.members));
        for (uint256 i = 0; i < model.members && _isOpen(model); ++i) {
            _come(model, i, Way((ways >> (8 * i)) % 5), (yeses >> i) & 1 == 1);
        }
        _assertTally(_isOpen(model) ? IAllocationDAO.State.Open : _outcome(model), model.yes, model.no);
        if (!_isOpen(model)) return;
        _decideTogether(model, ways, yeses);
    }

    /// @dev Those that come together come last.
    function _decideTogether(Model memory model, uint256 ways, uint256 yeses) private {
        for (uint256 i = 0; i < model.members; ++i) {
            if (Way((ways >> (8 * i)) % 5) != Way.Together) continue;
            bool support = (yeses >> i) & 1 == 1;
            _ballots = bytes.concat(_ballots, _signedBallot(_id, _hash, _voter(i), support));
            if (support) ++model.yes;
            else ++model.no;
        }
        bytes32 rest = _rest(_id);
        if (_isOpen(model)) {
            vm.expectRevert(
                abi.encodeWithSelector(IAllocationDAO.Undecided.selector, _id, model.yes, model.no, model.members)
            );
        }
        dao.decide(_id, _plan, rest, _ballots);
        if (!_isOpen(model)) _assertTally(_outcome(model), model.yes, model.no);
    }

    function _come(Model memory model, uint256 index, Way way, bool support) private {
        Number member = _voter(index);
        if (way == Way.Gone) members.suspend(member);
        if (way == Way.Direct) _vote(_id, member, support);
        if (way == Way.Relayed) _relay(member, support);
        if (way != Way.Direct && way != Way.Relayed) return;
        if (support) ++model.yes;
        else ++model.no;
    }

    function _relay(Number member, bool support) private {
        address voter = _account(member);
        uint8 given = support ? 1 : 0;
        bytes32 content = keccak256(abi.encode(STOCK_BALLOT, _id, given, voter, dao.nonces(voter)));
        bytes memory signature = _sign(_key(member), _typed(block.chainid, address(dao), content));
        vm.prank(STRANGER);
        dao.castVoteBySig(ProposalId.unwrap(_id), given, voter, signature);
    }

    function _isOpen(Model memory model) private pure returns (bool) {
        return model.yes * 2 <= model.members && (model.members - model.no) * 2 > model.members;
    }

    /// @dev One by one nobody hands in the assignments: what passes waits to be enacted.
    function _outcome(Model memory model) private view returns (IAllocationDAO.State) {
        bool passes = model.yes * 2 > model.members;
        if (!passes) return IAllocationDAO.State.Defeated;
        return _ballots.length == 0 ? IAllocationDAO.State.Passed : IAllocationDAO.State.Enacted;
    }

    function _assertTally(IAllocationDAO.State state, uint256 yes, uint256 no) private view {
        IAllocationDAO.Proposal memory found = dao.proposal(_id);
        vm.assertEq(uint256(found.state), uint256(state));
        vm.assertEq(found.yes, yes);
        vm.assertEq(found.no, no);
    }

    /* THE ROLL */

    function test_seal__everyBadgeADigitalWorkers__fitsOneTransaction() public {
        for (uint256 i = members.count(); i < 1023; ++i) {
            members.admit(vm.addr(10_000 + i), IMembers.Kind.Digital, 0, "");
        }
        uint256 before = gasleft();
        dao.seal();
        vm.assertTrue(before - gasleft() < 16_000_000);
        bytes memory accounts = Rolls.read(dao.roll());
        vm.assertTrue(Rolls.accountOf(accounts, Number.wrap(1023)) == vm.addr(11_022));
        vm.assertTrue(Rolls.accountOf(accounts, Number.wrap(1024)) == address(0));
        vm.assertTrue(Rolls.accountOf(accounts, NOBODY) == address(0));
    }

    function testFuzz_rolls__anyAccounts__readBackAsEntered(address[] calldata accounts) public {
        uint256 size = accounts.length % 64;
        bytes memory table = Rolls.blank(size);
        for (uint256 i = size; i > 0; --i) {
            Rolls.enter(table, Number.wrap(uint16(i)), accounts[i - 1]);
        }
        bytes memory readBack = Rolls.read(Rolls.write(table));
        vm.assertEq(readBack, table);
        for (uint16 i = 1; i <= size; ++i) {
            vm.assertTrue(Rolls.accountOf(readBack, Number.wrap(i)) == accounts[i - 1]);
        }
    }
}
