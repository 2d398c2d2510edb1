// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAccessManager} from "@openzeppelin/contracts/access/manager/IAccessManager.sol";
import {Governor} from "@openzeppelin/contracts/governance/Governor.sol";
import {IGovernor} from "@openzeppelin/contracts/governance/IGovernor.sol";
import {BitMaps} from "@openzeppelin/contracts/utils/structs/BitMaps.sol";

import {WorkOrders} from "contracts/WorkOrders.sol";
import {IMembers} from "contracts/interfaces/IMembers.sol";
import {IWorkOrders} from "contracts/interfaces/IWorkOrders.sol";
import {Majority} from "contracts/libraries/Majority.sol";
import {Number, OrderId, ProposalId} from "contracts/types/Ids.sol";
import {Status} from "contracts/types/Work.sol";

import {Packing} from "./Packing.sol";
import {PlantFixture} from "./PlantFixture.sol";
import {vm} from "./Vm.sol";

/// @title MajorityGovernor
/// @notice Our voting rule as an extension of OpenZeppelin's Governor: docs/decisions/0001 says why it stayed a trial.
contract MajorityGovernor is Governor {
    using BitMaps for BitMaps.BitMap;

    struct Tally {
        uint64 roster;
        uint32 members;
        uint32 yes;
        uint32 no;
    }

    IMembers private immutable _members;
    mapping(uint256 id => Tally) private _tallies;
    mapping(uint256 id => BitMaps.BitMap) private _ballots;
    mapping(uint256 timepoint => uint64 roster) private _rosters;

    constructor(IMembers members_) Governor("Workmoot") {
        _members = members_;
    }

    /// @dev An electorate is a roster, not a time: two proposals of one second share it here.
    function _propose(
        address[] memory targets,
        uint256[] memory values,
        bytes[] memory calldatas,
        string memory description,
        address proposer
    ) internal override returns (uint256 id) {
        id = super._propose(targets, values, calldatas, description, proposer);
        (uint64 roster, uint32 members) = _members.roster();
        _tallies[id] = Tally(roster, members, 0, 0);
        _rosters[proposalSnapshot(id)] = roster;
    }

    /// @dev Early pass and early defeat.
    function state(uint256 id) public view override returns (ProposalState found) {
        found = super.state(id);
        if (found != ProposalState.Active) return found;
        Tally memory tally = _tallies[id];
        if (Majority.hasPassed(tally.yes, tally.members)) return ProposalState.Succeeded;
        if (Majority.isDefeated(tally.no, 0, tally.members)) return ProposalState.Defeated;
    }

    function _countVote(uint256 id, address account, uint8 support, uint256, bytes memory)
        internal
        override
        returns (uint256)
    {
        uint256 number = Number.unwrap(_members.numberOf(account));
        if (!_members.mayVote(Number.wrap(uint16(number)), _tallies[id].roster) || _ballots[id].get(number)) {
            revert GovernorAlreadyCastVote(account);
        }
        _ballots[id].set(number);
        if (support == 1) ++_tallies[id].yes;
        else ++_tallies[id].no;
        return 1;
    }

    function _getVotes(address account, uint256 timepoint, bytes memory) internal view override returns (uint256) {
        return _members.mayVote(_members.numberOf(account), _rosters[timepoint]) ? 1 : 0;
    }

    function _quorumReached(uint256 id) internal view override returns (bool) {
        return Majority.hasPassed(_tallies[id].yes, _tallies[id].members);
    }

    function _voteSucceeded(uint256) internal pure override returns (bool) {
        return true;
    }

    function hasVoted(uint256 id, address account) external view override returns (bool) {
        return _ballots[id].get(Number.unwrap(_members.numberOf(account)));
    }

    function clock() public view override returns (uint48) {
        return uint48(block.timestamp);
    }

    // solhint-disable-next-line func-name-mixedcase
    function CLOCK_MODE() public pure override returns (string memory) {
        return "mode=timestamp";
    }

    // solhint-disable-next-line func-name-mixedcase
    function COUNTING_MODE() public pure override returns (string memory) {
        return "support=bravo&quorum=for";
    }

    function votingDelay() public pure override returns (uint256) {
        return 0;
    }

    function votingPeriod() public pure override returns (uint256) {
        return 60;
    }

    function quorum(uint256 timepoint) public view override returns (uint256) {
        return _members.membersAt(_rosters[timepoint]) / 2 + 1;
    }
}

/// @notice The same plan and ballots, by our DAO and by the Governor.
contract GovernorTest is PlantFixture {
    uint256 private constant TASKS = 8;
    string private constant WORDS = "because";

    MajorityGovernor private _governor;
    WorkOrders private _orders;
    bytes private _plan;
    address[] private _targets = new address[](1);
    uint256[] private _values = new uint256[](1);
    bytes[] private _calls = new bytes[](1);
    uint256 private _id;

    /// @dev Both have an order of the same tasks, whose ids are the same.
    function setUp() public override {
        super.setUp();
        _governor = new MajorityGovernor(members);
        IWorkOrders.Limits memory limits = IWorkOrders.Limits(ACKNOWLEDGE_SECONDS, HEARTBEAT_SECONDS, INSPECT_SECONDS);
        _orders = new WorkOrders(IAccessManager(authority), members, address(_governor), address(overrides), limits);
        _orders.describe("{}", CAPABILITIES, 0, 1000);
        bytes memory tasks;
        for (uint256 i = 0; i < TASKS; ++i) {
            tasks = bytes.concat(tasks, Packing.pack(Packing.aTask()));
        }
        OrderId order = _post(tasks);
        vm.prank(planner);
        _orders.post(tasks, "{}");
        Packing.Assigned[] memory all = new Packing.Assigned[](TASKS);
        for (uint256 i = 0; i < TASKS; ++i) {
            all[i] = _assigned(_idOf(order, i), SCANNER, PACKER);
        }
        _plan = Packing.assignments(all);
        dao.seal();
        _targets[0] = address(_orders);
        _calls[0] = abi.encodeCall(IWorkOrders.enact, (ProposalId.wrap(1), 0, _plan, dao.roll()));
    }

    function test_governor__ballotInTheSecondOfTheProposal__refused() public {
        _proposeThere();
        bytes32 active = bytes32(uint256(1) << uint8(IGovernor.ProposalState.Active));
        vm.expectRevert(
            abi.encodeWithSelector(
                IGovernor.GovernorUnexpectedProposalState.selector, _id, IGovernor.ProposalState.Pending, active
            )
        );
        _voteThere(SCANNER);
    }

    function test_governor__decidingBallot__enactsNothingByItself() public {
        _decideThere();
        vm.assertEq(uint256(_governor.state(_id)), uint256(IGovernor.ProposalState.Succeeded));
        vm.assertEq(uint256(_statusThere()), uint256(Status.Posted));
        _executeThere();
        vm.assertEq(uint256(_statusThere()), uint256(Status.Allocated));
    }

    function test_governor__silence__cannotBeToldFromDefeat() public {
        _proposeThere();
        vm.warp(block.timestamp + 61);
        vm.assertEq(uint256(_governor.state(_id)), uint256(IGovernor.ProposalState.Defeated));
    }

    function test_governor__eightTasks__sameOutcomeInBoth() public {
        _decideThere();
        _executeThere();
        _decide(_plan);
        vm.assertEq(uint256(_status(_idOf(OrderId.wrap(1), 0))), uint256(_statusThere()));
    }

    function _proposeThere() private {
        _as(SCANNER);
        _id = _governor.propose(_targets, _values, _calls, WORDS);
    }

    function _voteThere(Number member) private {
        _as(member);
        _governor.castVote(_id, 1);
    }

    function _decideThere() private {
        _proposeThere();
        vm.warp(block.timestamp + 1);
        _voteThere(SCANNER);
        _voteThere(SPRAYER);
        _voteThere(GLUER);
    }

    function _executeThere() private {
        _governor.execute(_targets, _values, _calls, keccak256(bytes(WORDS)));
    }

    function _statusThere() private view returns (Status) {
        return _orders.task(_idOf(OrderId.wrap(1), 0)).status;
    }
}
