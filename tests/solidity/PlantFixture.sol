// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAccessManager} from "@openzeppelin/contracts/access/manager/IAccessManager.sol";

import {AllocationDAO} from "contracts/AllocationDAO.sol";
import {Members} from "contracts/Members.sol";
import {Overrides} from "contracts/Overrides.sol";
import {PlantAuthority} from "contracts/PlantAuthority.sol";
import {WorkOrders} from "contracts/WorkOrders.sol";
import {IAllocationDAO} from "contracts/interfaces/IAllocationDAO.sol";
import {IMembers} from "contracts/interfaces/IMembers.sol";
import {IOverrides} from "contracts/interfaces/IOverrides.sol";
import {IWorkOrders} from "contracts/interfaces/IWorkOrders.sol";
import {Number, OrderId, OverrideId, ProposalId, TaskId} from "contracts/types/Ids.sol";
import {MAINTENANCE, OPERATOR, PLANNER, SUPERVISOR} from "contracts/types/Roles.sol";
import {Status} from "contracts/types/Work.sol";

import {Packing} from "./Packing.sol";
import {vm} from "./Vm.sol";

/// @title PlantFixture
/// @notice A plant with five digital workers, a robot, and humans of every role. Three votes pass a proposal.
abstract contract PlantFixture {
    uint8 internal constant SCAN = 1;
    uint8 internal constant SPRAY = 2;
    uint8 internal constant CAPABILITIES = 3;
    uint32 internal constant ACKNOWLEDGE_SECONDS = 20;
    uint32 internal constant HEARTBEAT_SECONDS = 30;
    uint32 internal constant INSPECT_SECONDS = 40;
    uint32 internal constant VOTING_SECONDS = 60;
    uint16 internal constant OPEN_LIMIT = 3;

    Number internal constant NOBODY = Number.wrap(0);
    Number internal constant SCANNER = Number.wrap(1);
    Number internal constant SPRAYER = Number.wrap(2);
    Number internal constant GLUER = Number.wrap(3);
    Number internal constant PRESSER = Number.wrap(4);
    Number internal constant PACKER = Number.wrap(5);
    Number internal constant ROBOT = Number.wrap(6);

    address internal constant STRANGER = address(0x5742);
    address internal immutable operator = vm.addr(uint256(OPERATOR));
    address internal immutable planner = vm.addr(uint256(PLANNER));
    address internal immutable supervisor = vm.addr(uint256(SUPERVISOR));
    address internal immutable maintainer = vm.addr(uint256(MAINTENANCE));

    PlantAuthority internal authority;
    Members internal members;
    WorkOrders internal work;
    AllocationDAO internal dao;
    Overrides internal overrides;
    uint256 private _signed;

    function setUp() public virtual {
        vm.warp(1_000_000);
        vm.roll(100);
        _deploy();
        for (uint64 role = OPERATOR; role <= MAINTENANCE; ++role) {
            authority.grantRole(role, vm.addr(role), 0);
        }
        for (uint16 i = 1; i <= 5; ++i) {
            members.admit(_account(Number.wrap(i)), IMembers.Kind.Digital, _bit(SCAN) | _bit(SPRAY), "{}");
        }
        members.admit(_account(ROBOT), IMembers.Kind.Robotic, _bit(SPRAY), "{}");
        work.describe("{}", CAPABILITIES, 0, 1000);
    }

    function _deploy() private {
        uint64 nonce = vm.getNonce(address(this));
        address workAt = vm.computeCreateAddress(address(this), nonce + 2);
        address daoAt = vm.computeCreateAddress(address(this), nonce + 3);
        address overridesAt = vm.computeCreateAddress(address(this), nonce + 4);
        authority = new PlantAuthority(address(this));
        members = new Members(IAccessManager(authority), workAt, overridesAt);
        IWorkOrders.Limits memory limits = IWorkOrders.Limits(ACKNOWLEDGE_SECONDS, HEARTBEAT_SECONDS, INSPECT_SECONDS);
        work = new WorkOrders(IAccessManager(authority), members, daoAt, overridesAt, limits);
        dao = new AllocationDAO(members, work, overridesAt, IAllocationDAO.Policy(VOTING_SECONDS, OPEN_LIMIT));
        overrides = new Overrides(IAccessManager(authority), members, work, dao);
    }

    /* ACTORS */

    function _account(Number member) internal pure returns (address) {
        return vm.addr(1000 + Number.unwrap(member));
    }

    function _as(Number member) internal {
        vm.prank(_account(member));
    }

    function _bit(uint8 capability) internal pure returns (uint256) {
        return 1 << capability;
    }

    /* ORDERS AND TASKS */

    function _post(bytes memory tasks) internal returns (OrderId) {
        vm.prank(planner);
        return work.post(tasks, "{}");
    }

    /// @dev An order of one task.
    function _postOne(Packing.Task memory task) internal returns (TaskId) {
        return _idOf(_post(Packing.pack(task)), 0);
    }

    function _postOne() internal returns (TaskId) {
        return _postOne(Packing.aTask());
    }

    function _idOf(OrderId order, uint256 index) internal pure returns (TaskId) {
        return TaskId.wrap(uint32((uint256(OrderId.unwrap(order)) << 8) | index));
    }

    function _status(TaskId task) internal view returns (Status status) {
        (status,,) = work.standing(task);
    }

    function _version(TaskId task) internal view returns (uint32 version) {
        (, version,) = work.standing(task);
    }

    function _worker(TaskId task) internal view returns (Number worker) {
        (,, worker) = work.standing(task);
    }

    function _epoch(TaskId task) internal view returns (uint64) {
        return work.epochOf(task);
    }

    /* PLANS AND VOTES */

    /// @dev The plan of one entry for a task as it stands.
    function _planFor(TaskId task, Number lead, Number inspector) internal view returns (bytes memory) {
        return Packing.pack(Packing.anEntry(task, _version(task), lead, inspector));
    }

    function _opening(bytes memory plan) internal view returns (IAllocationDAO.Opening memory opening) {
        opening.plan = plan;
        opening.offers = keccak256("offers");
        opening.evidence = keccak256("evidence");
        opening.figures = IAllocationDAO.Figures(1, 2, 3, 4);
        opening.readAt = uint64(block.number - 1);
        opening.readHash = blockhash(block.number - 1);
        opening.words = "because";
    }

    function _propose(Number proposer, bytes memory plan) internal returns (ProposalId) {
        IAllocationDAO.Opening memory opening = _opening(plan);
        _as(proposer);
        return dao.propose(opening);
    }

    /// @dev As docs/specification.md defines it, for an `_opening` of this block.
    function _particulars(ProposalId id) internal view returns (bytes32) {
        IAllocationDAO.Proposal memory found = dao.proposal(id);
        IAllocationDAO.Opening memory opening = _opening("");
        bytes memory head = abi.encode(found.proposer, opening.offers, opening.evidence, opening.figures);
        bytes memory read = abi.encode(opening.counters, opening.readAt, opening.readHash, keccak256("because"));
        bytes memory voting = abi.encode(found.roster, found.members, found.deadline);
        return keccak256(bytes.concat(head, read, voting));
    }

    function _vote(ProposalId id, Number member, bool support) internal {
        _as(member);
        dao.vote(id, support, "", "", 0);
    }

    /// @dev The scanner, the sprayer and the gluer vote for the plan, which decides it.
    function _decide(bytes memory plan) internal returns (ProposalId id) {
        id = _propose(SCANNER, plan);
        bytes32 particulars = _particulars(id);
        _vote(id, SCANNER, true);
        _vote(id, SPRAYER, true);
        _as(GLUER);
        dao.vote(id, true, "", plan, particulars);
    }

    /* A RUN */

    function _allocate(TaskId task, Number worker) internal {
        _decide(_planFor(task, worker, PACKER));
    }

    function _start(TaskId task, Number worker) internal {
        uint64 epoch = _epoch(task);
        _as(worker);
        work.start(task, epoch);
    }

    function _submit(TaskId task, Number worker) internal {
        uint64 epoch = _epoch(task);
        _as(worker);
        work.submit(task, epoch, 90, 1000, keccak256("result"));
    }

    function _inspect(TaskId task, Number inspector, bool accepted) internal {
        uint64 epoch = _epoch(task);
        _as(inspector);
        work.inspect(task, epoch, keccak256("result"), accepted, 80, keccak256("findings"));
    }

    /// @dev From posted to submitted.
    function _run(TaskId task, Number worker) internal {
        _allocate(task, worker);
        _start(task, worker);
        _submit(task, worker);
    }

    /* HUMANS */

    /// @dev A supervisor's order about a task that ends, where it fills a slot, in an hour.
    function _order(IOverrides.Kind kind, TaskId task) internal returns (IOverrides.Order memory order) {
        order = _order(kind, IOverrides.Subject.Task, TaskId.unwrap(task));
    }

    function _order(IOverrides.Kind kind, IOverrides.Subject on, uint256 subject)
        internal
        returns (IOverrides.Order memory order)
    {
        order.kind = kind;
        order.subjectType = on;
        order.subject = subject;
        order.reasonCode = 2;
        order.reason = "the arm drips";
        order.expiresAt = uint48(block.timestamp + 1 hours);
        order.validUntil = uint48(block.timestamp + 1 days);
        order.human = supervisor;
        order.nonce = ++_signed << 64;
    }

    function _assignment(TaskId task, Number lead, Number inspector) internal returns (IOverrides.Order memory order) {
        order = _order(IOverrides.Kind.Assign, task);
        order.payload = _planFor(task, lead, inspector);
    }

    function _execute(IOverrides.Order memory order) internal returns (OverrideId) {
        return overrides.execute(order, _sign(order));
    }

    /// @dev Signed with the key of the role the human has.
    function _sign(IOverrides.Order memory order) internal view returns (bytes memory) {
        uint256 key = OPERATOR;
        while (key < MAINTENANCE && vm.addr(key) != order.human) ++key;
        return _sign(key, overrides.digestOf(order));
    }

    function _sign(uint256 key, bytes32 digest) internal pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest);
        return abi.encodePacked(r, s, v);
    }

    /// @dev Expects an order to be refused.
    function _refused(IOverrides.Order memory order, bytes memory reason) internal {
        bytes memory signature = _sign(order);
        vm.expectRevert(reason);
        overrides.execute(order, signature);
    }
}
