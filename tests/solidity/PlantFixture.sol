// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAccessManager} from "@openzeppelin/contracts/access/manager/IAccessManager.sol";

import {AllocationDAO} from "contracts/AllocationDAO.sol";
import {BallotAudit} from "contracts/BallotAudit.sol";
import {Claims} from "contracts/Claims.sol";
import {Members} from "contracts/Members.sol";
import {Motions} from "contracts/Motions.sol";
import {Overrides} from "contracts/Overrides.sol";
import {PlantAuthority} from "contracts/PlantAuthority.sol";
import {WorkOrders} from "contracts/WorkOrders.sol";
import {IAllocationDAO} from "contracts/interfaces/IAllocationDAO.sol";
import {IClaims} from "contracts/interfaces/IClaims.sol";
import {IMembers} from "contracts/interfaces/IMembers.sol";
import {IMotions} from "contracts/interfaces/IMotions.sol";
import {IOverrides} from "contracts/interfaces/IOverrides.sol";
import {IPlantAuthority} from "contracts/interfaces/IPlantAuthority.sol";
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
    uint16 internal constant ABSENT_AFTER = 3;

    Number internal constant NOBODY = Number.wrap(0);
    Number internal constant SCANNER = Number.wrap(1);
    Number internal constant SPRAYER = Number.wrap(2);
    Number internal constant GLUER = Number.wrap(3);
    Number internal constant PRESSER = Number.wrap(4);
    Number internal constant PACKER = Number.wrap(5);
    Number internal constant ROBOT = Number.wrap(6);

    bytes32 internal constant BALLOT =
        keccak256("Ballot(uint256 proposalId,bytes32 contentHash,uint64 roster,uint48 deadline,uint8 support)");

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
    Motions internal motions;
    Claims internal claims;
    BallotAudit internal audit;
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
        IClaims claimsAt = IClaims(vm.computeCreateAddress(address(this), nonce + 6));
        IMembers membersAt = IMembers(vm.computeCreateAddress(address(this), nonce + 1));
        address motionsAt = vm.computeCreateAddress(address(this), nonce + 5);
        authority = new PlantAuthority(address(this), membersAt, overridesAt, _humanPolicy());
        members = new Members(IAccessManager(authority), workAt, IAllocationDAO(daoAt), overridesAt, motionsAt);
        IWorkOrders.Limits memory limits = IWorkOrders.Limits(ACKNOWLEDGE_SECONDS, HEARTBEAT_SECONDS, INSPECT_SECONDS);
        work = new WorkOrders(IAccessManager(authority), members, daoAt, overridesAt, limits);
        dao = new AllocationDAO(members, work, overridesAt, IMotions(motionsAt), claimsAt);
        overrides = new Overrides(authority, members, work, dao);
        motions = new Motions(members, dao, _policy());
        claims = new Claims(members, work, dao, overrides);
        audit = new BallotAudit(members, dao);
    }

    function _policy() internal pure returns (IMotions.Policy memory) {
        return IMotions.Policy(VOTING_SECONDS, OPEN_LIMIT, ABSENT_AFTER, IMotions.Weights(6000, 2000, 1000, 1000, 0));
    }

    /// @dev Only the plant takes two orders here; tests about second orders say otherwise.
    function _humanPolicy() internal virtual returns (IPlantAuthority.HumanPolicy memory) {
        return IPlantAuthority.HumanPolicy(uint16(1) << uint8(IOverrides.Kind.Release), 1 hours, 20, 1 hours);
    }

    /* ACTORS */

    function _account(Number member) internal pure returns (address) {
        return vm.addr(_key(member));
    }

    function _key(Number member) internal pure returns (uint256) {
        return 1000 + Number.unwrap(member);
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

    /// @dev The assignments of one entry for a task as it stands.
    function _planFor(TaskId task, Number lead, Number inspector) internal view returns (bytes memory) {
        return Packing.assignments(task, _version(task), lead, inspector);
    }

    function _assigned(TaskId task, Number lead, Number inspector) internal view returns (Packing.Assigned memory) {
        return Packing.Assigned(task, _version(task), lead, inspector);
    }

    /// @dev Inputs read at the block before; counters nothing, nobody helps.
    function _detail() internal view returns (bytes memory) {
        return _detailOf("");
    }

    function _detailOf(bytes memory teams) internal view returns (bytes memory) {
        return _detailOf(teams, "timetable");
    }

    function _detailOf(bytes memory teams, bytes memory timetable) internal view returns (bytes memory) {
        bytes memory bare = _bareDetail(uint64(block.number - 1), blockhash(block.number - 1), 0);
        return Packing.detail(bare, teams, timetable);
    }

    function _detail(uint64 readAt, bytes32 readHash, uint64 counters) internal pure returns (bytes memory) {
        return Packing.detail(_bareDetail(readAt, readHash, counters), "", "timetable");
    }

    function _bareDetail(uint64 readAt, bytes32 readHash, uint64 counters) private pure returns (bytes memory) {
        bytes memory hashes = abi.encodePacked(keccak256("offers"), keccak256("evidence"), readHash, readAt);
        return abi.encodePacked(hashes, uint64(1), uint64(2), uint64(3), uint64(4), counters);
    }

    /// @dev What `_propose` puts to the vote.
    function _draft(bytes memory assignments) internal view returns (IAllocationDAO.Draft memory) {
        return IAllocationDAO.Draft(assignments, _detail(), "because");
    }

    function _propose(Number proposer, bytes memory assignments) internal returns (ProposalId) {
        return _propose(proposer, _draft(assignments));
    }

    function _propose(Number proposer, IAllocationDAO.Draft memory draft) internal returns (ProposalId) {
        _as(proposer);
        return dao.propose(draft.assignments, draft.detail, draft.words);
    }

    /// @dev As docs/specification.md defines it, for a `_propose` of this block.
    function _rest(ProposalId id) internal view returns (bytes32) {
        IAllocationDAO.Proposal memory found = dao.proposal(id);
        return _rest(_draft(""), found.proposer, found.roster, found.members, found.deadline);
    }

    function _rest(
        IAllocationDAO.Draft memory draft,
        Number proposer,
        uint64 roster,
        uint32 electorate,
        uint48 deadline
    ) internal pure returns (bytes32) {
        bytes memory parts = abi.encode(keccak256(draft.detail), keccak256(bytes(draft.words)));
        return keccak256(bytes.concat(parts, abi.encode(proposer, roster, electorate, deadline)));
    }

    function _contentHash(ProposalId id, bytes memory assignments) internal view returns (bytes32) {
        return keccak256(abi.encode(keccak256(assignments), _rest(id)));
    }

    /// @dev Of a draft that `proposer` puts to the vote of the present roster.
    function _contentHash(IAllocationDAO.Draft memory draft, Number proposer, uint48 deadline)
        internal
        view
        returns (bytes32)
    {
        (uint64 roster, uint32 electorate) = members.roster();
        return keccak256(abi.encode(keccak256(draft.assignments), _rest(draft, proposer, roster, electorate, deadline)));
    }

    function _vote(ProposalId id, Number member, bool support) internal {
        _as(member);
        dao.vote(id, support, "", "", 0);
    }

    /// @dev The scanner, the sprayer and the gluer vote for the plan, which decides it.
    function _decide(bytes memory assignments) internal returns (ProposalId id) {
        id = _propose(SCANNER, assignments);
        bytes32 rest = _rest(id);
        _vote(id, SCANNER, true);
        _vote(id, SPRAYER, true);
        _as(GLUER);
        dao.vote(id, true, "", assignments, rest);
    }

    /* MOTIONS */

    function _standingMotion(IMotions.Kind kind, Number member) internal pure returns (bytes memory) {
        return abi.encodePacked(uint24(0), kind, member);
    }

    function _admissionMotion(IMembers.Kind kind, address account) internal pure returns (bytes memory) {
        return abi.encodePacked(uint24(0), IMotions.Kind.Admit, kind, account, _bit(SCAN), "{}");
    }

    function _policyMotion(IMotions.Policy memory wanted) internal pure returns (bytes memory) {
        IMotions.Weights memory weights = wanted.weights;
        bytes memory rules = abi.encodePacked(wanted.votingSeconds, wanted.openLimit, wanted.absentAfter);
        return abi.encodePacked(
            uint24(0),
            IMotions.Kind.Policy,
            rules,
            weights.makespan,
            weights.tardiness,
            weights.cost,
            weights.energy,
            weights.risk
        );
    }

    /* SIGNED BALLOTS */

    /// @dev What a ballot of this chain and contract binds.
    function _digest(ProposalId id, bytes32 contentHash, bool support) internal view returns (bytes32) {
        IAllocationDAO.Proposal memory found = dao.proposal(id);
        return _digest(id, contentHash, found.roster, found.deadline, support);
    }

    function _digest(ProposalId id, bytes32 contentHash, uint64 roster, uint48 deadline, bool support)
        internal
        view
        returns (bytes32)
    {
        bytes32 content = keccak256(abi.encode(BALLOT, id, contentHash, roster, deadline, uint8(support ? 1 : 0)));
        return _typed(block.chainid, address(dao), content);
    }

    /// @dev EIP-712 by the letter, for any chain and contract.
    function _typed(uint256 chain, address verifier, bytes32 content) internal pure returns (bytes32) {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("Workmoot AllocationDAO"),
                keccak256("1"),
                chain,
                verifier
            )
        );
        return keccak256(abi.encodePacked(hex"1901", domain, content));
    }

    function _ballot(Number member, bool support, bytes memory signature) internal pure returns (bytes memory) {
        uint16 who = (support ? 32768 : 0) | Number.unwrap(member);
        return abi.encodePacked(who, uint16(signature.length), signature);
    }

    /// @dev A ballot with its member's signature.
    function _signedBallot(ProposalId id, bytes32 contentHash, Number member, bool support)
        internal
        view
        returns (bytes memory)
    {
        return _ballot(member, support, _sign(_key(member), _digest(id, contentHash, support)));
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
        order.payload = Packing.pack(Packing.anEntry(task, _version(task), lead, inspector));
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
