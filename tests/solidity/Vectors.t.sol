// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAccessManager} from "@openzeppelin/contracts/access/manager/IAccessManager.sol";

import {Overrides} from "contracts/Overrides.sol";
import {WorkOrders} from "contracts/WorkOrders.sol";
import {IAllocationDAO} from "contracts/interfaces/IAllocationDAO.sol";
import {IMembers} from "contracts/interfaces/IMembers.sol";
import {IOverrides} from "contracts/interfaces/IOverrides.sol";
import {IWorkOrders} from "contracts/interfaces/IWorkOrders.sol";
import {Plans} from "contracts/libraries/Plans.sol";
import {Number, OrderId, ProposalId, TaskId} from "contracts/types/Ids.sol";

import {PlantFixture} from "./PlantFixture.sol";
import {vm} from "./Vm.sol";

/// @notice The golden vectors that Python is tested with, read by the contracts.
contract VectorsTest is PlantFixture {
    string private _json;

    /* PLANS */

    function test_plans__vectors__areReadAsWritten() public {
        _open("plan");
        for (uint256 i = 0; _has(_case(i)); ++i) {
            bytes memory plan = vm.parseJsonBytes(_json, _at(_case(i), "packed"));
            vm.assertEq(keccak256(plan), vm.parseJsonBytes32(_json, _at(_case(i), "hash")));
            _assertPlan(plan, _at(_case(i), "entries"));
        }
    }

    function _assertPlan(bytes memory plan, string memory key) private view {
        uint256 offset = 0;
        for (uint256 i = 0; _has(_item(key, i)); ++i) {
            Plans.Entry memory entry = this.readEntry(plan, offset);
            _assertEntry(entry, _item(key, i));
            _assertHelpers(plan, offset, _at(_item(key, i), "helpers"));
            offset = entry.next;
        }
        vm.assertEq(offset, plan.length);
    }

    function _assertEntry(Plans.Entry memory entry, string memory key) private view {
        vm.assertEq(TaskId.unwrap(entry.task), _number(key, "task"));
        vm.assertEq(entry.version, _number(key, "version"));
        vm.assertEq(Number.unwrap(entry.lead), _number(key, "lead"));
        vm.assertEq(entry.sequence, _number(key, "sequence"));
        vm.assertEq(Number.unwrap(entry.inspector), _number(key, "inspector"));
    }

    function _assertHelpers(bytes memory plan, uint256 offset, string memory key) private view {
        uint256[] memory helpers = vm.parseJsonUintArray(_json, key);
        vm.assertEq(this.readEntry(plan, offset).helpers, helpers.length);
        for (uint256 i = 0; i < helpers.length; ++i) {
            vm.assertEq(Number.unwrap(this.readHelper(plan, offset, i)), helpers[i]);
        }
    }

    function readEntry(bytes calldata plan, uint256 offset) external pure returns (Plans.Entry memory) {
        return Plans.read(plan, offset);
    }

    function readHelper(bytes calldata plan, uint256 offset, uint256 index) external pure returns (Number) {
        return Plans.helper(plan, Plans.read(plan, offset), index);
    }

    /* TASKS */

    function test_tasks__vectors__arePostedAsWritten() public {
        _open("task");
        WorkOrders skilled = _withAllCapabilities();
        for (uint256 i = 0; _has(_case(i)); ++i) {
            string memory key = _at(_case(i), "task");
            uint256 index = _bitLength(_number(key, "predecessors"));
            bytes memory tasks = vm.parseJsonBytes(_json, _at(_case(i), "packed"));
            vm.prank(planner);
            OrderId order = skilled.post(bytes.concat(_fillers(index), tasks), "{}");
            IWorkOrders.Task memory found = skilled.task(_idOf(order, index));
            vm.assertEq(found.predecessors, _number(key, "predecessors"));
            vm.assertEq(found.capability, _number(key, "capability"));
            vm.assertEq(found.retries, _number(key, "retries"));
        }
    }

    function _withAllCapabilities() private returns (WorkOrders skilled) {
        IWorkOrders.Limits memory limits = IWorkOrders.Limits(10, 10, 10);
        skilled = new WorkOrders(IAccessManager(authority), members, address(dao), address(overrides), limits);
        skilled.describe("{}", 255, 0, 1000);
    }

    /// @dev As many of the first case's tasks, which wants nothing.
    function _fillers(uint256 count) private view returns (bytes memory tasks) {
        bytes memory one = vm.parseJsonBytes(_json, _at(_case(0), "packed"));
        for (uint256 i = 0; i < count; ++i) {
            tasks = bytes.concat(tasks, one);
        }
    }

    function _bitLength(uint256 mask) private pure returns (uint256 length) {
        for (; mask != 0; mask >>= 1) {
            ++length;
        }
    }

    /* WHAT IS SIGNED AND VOTED ON */

    function test_digestOf__vectors__areTheDigests() public {
        _open("order");
        for (uint256 i = 0; _has(_case(i)); ++i) {
            address at = vm.parseJsonAddress(_json, _at(_case(i), "overrides"));
            vm.etch(at, address(overrides).code);
            vm.chainId(_number(_case(i), "chain_id"));
            bytes32 digest = Overrides(at).digestOf(_readOrder(_at(_case(i), "order")));
            vm.assertEq(digest, vm.parseJsonBytes32(_json, _at(_case(i), "digest")));
        }
    }

    function _readOrder(string memory key) private view returns (IOverrides.Order memory order) {
        order.kind = IOverrides.Kind(_number(key, "kind"));
        order.subjectType = IOverrides.Subject(_number(key, "subject_type"));
        order.subject = _number(key, "subject");
        order.payload = vm.parseJsonBytes(_json, _at(key, "payload"));
        order.level = uint8(_number(key, "level"));
        order.reasonCode = uint16(_number(key, "reason_code"));
        order.reason = vm.parseJsonString(_json, _at(key, "reason"));
        order.expiresAt = uint48(_number(key, "expires_at"));
        order.validUntil = uint48(_number(key, "valid_until"));
        order.expectedEpoch = uint64(_number(key, "expected_epoch"));
        order.preview = vm.parseJsonBytes32(_json, _at(key, "preview"));
        order.human = vm.parseJsonAddress(_json, _at(key, "human"));
        order.nonce = _number(key, "nonce");
    }

    /// @dev The roster, the tasks and the helpers are made to fit the vector's opening.
    function test_propose__vectors__bindTheContent() public {
        _open("content");
        for (uint256 i = 0; _has(_case(i)); ++i) {
            IAllocationDAO.Opening memory opening = _readOpening(_at(_case(i), "opening"));
            _fit(_case(i), opening);
            _as(Number.wrap(uint16(_number(_case(i), "proposer"))));
            ProposalId id = dao.propose(opening);
            bytes32 particulars = vm.parseJsonBytes32(_json, _at(_case(i), "particulars"));
            vm.assertTrue(dao.isContent(id, opening.plan, particulars));
            bytes32 expected = vm.parseJsonBytes32(_json, _at(_case(i), "content_hash"));
            vm.assertEq(dao.proposal(id).contentHash, expected);
        }
    }

    function _fit(string memory key, IAllocationDAO.Opening memory opening) private {
        while (dao.proposalCount() < ProposalId.unwrap(opening.counters)) {
            _propose(SCANNER, _planFor(_postOne(), SCANNER, PACKER));
        }
        _confirmAll(opening.plan);
        vm.mockCall(address(work), abi.encodeWithSelector(IWorkOrders.requireOpen.selector), "");
        bytes memory roster = abi.encode(_number(key, "roster"), _number(key, "members"));
        vm.mockCall(address(members), abi.encodeWithSelector(IMembers.roster.selector), roster);
        vm.warp(_number(key, "deadline") - VOTING_SECONDS);
        vm.roll(opening.readAt + 1);
        vm.setBlockhash(opening.readAt, opening.readHash);
    }

    function _confirmAll(bytes memory plan) private {
        for (uint256 offset = 0; offset < plan.length;) {
            Plans.Entry memory entry = this.readEntry(plan, offset);
            for (uint256 i = 0; i < entry.helpers; ++i) {
                _confirm(entry, this.readHelper(plan, offset, i));
            }
            offset = entry.next;
        }
    }

    function _confirm(Plans.Entry memory entry, Number helper) private {
        TaskId[] memory tasks = new TaskId[](1);
        uint32[] memory versions = new uint32[](1);
        Number[] memory leads = new Number[](1);
        uint16[] memory sequences = new uint16[](1);
        (tasks[0], versions[0], leads[0], sequences[0]) = (entry.task, entry.version, entry.lead, entry.sequence);
        _as(helper);
        dao.confirm(tasks, versions, leads, sequences);
    }

    function _readOpening(string memory key) private view returns (IAllocationDAO.Opening memory opening) {
        string memory figures = _at(key, "figures");
        opening.plan = vm.parseJsonBytes(_json, _at(key, "plan"));
        opening.offers = vm.parseJsonBytes32(_json, _at(key, "offers"));
        opening.evidence = vm.parseJsonBytes32(_json, _at(key, "evidence"));
        opening.figures.makespan = uint64(_number(figures, "makespan"));
        opening.figures.tardiness = uint64(_number(figures, "tardiness"));
        opening.figures.energy = uint64(_number(figures, "energy"));
        opening.figures.cost = uint64(_number(figures, "cost"));
        opening.counters = ProposalId.wrap(_number(key, "counters"));
        opening.readAt = uint64(_number(key, "read_at"));
        opening.readHash = vm.parseJsonBytes32(_json, _at(key, "read_hash"));
        opening.words = vm.parseJsonString(_json, _at(key, "words"));
    }

    /* READING */

    function _open(string memory name) private {
        _json = vm.readFile(string.concat("tests/vectors/", name, ".json"));
        vm.assertTrue(_has(_case(0)));
    }

    function _has(string memory key) private view returns (bool) {
        return vm.keyExistsJson(_json, key);
    }

    function _number(string memory key, string memory name) private view returns (uint256) {
        return vm.parseJsonUint(_json, _at(key, name));
    }

    function _case(uint256 index) private pure returns (string memory) {
        return _item(".cases", index);
    }

    function _item(string memory key, uint256 index) private pure returns (string memory) {
        return string.concat(key, "[", vm.toString(index), "]");
    }

    function _at(string memory key, string memory name) private pure returns (string memory) {
        return string.concat(key, ".", name);
    }
}
