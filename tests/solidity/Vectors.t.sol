// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAccessManager} from "@openzeppelin/contracts/access/manager/IAccessManager.sol";
import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";

import {Overrides} from "contracts/Overrides.sol";
import {WorkOrders} from "contracts/WorkOrders.sol";
import {IMembers} from "contracts/interfaces/IMembers.sol";
import {IMotions} from "contracts/interfaces/IMotions.sol";
import {IOverrides} from "contracts/interfaces/IOverrides.sol";
import {IWorkOrders} from "contracts/interfaces/IWorkOrders.sol";
import {MotionLayout} from "contracts/libraries/MotionLayout.sol";
import {Plans} from "contracts/libraries/Plans.sol";
import {Number, OrderId, ProposalId, TaskId} from "contracts/types/Ids.sol";

import {PlantFixture} from "./PlantFixture.sol";
import {Trees} from "./Trees.sol";
import {vm} from "./Vm.sol";

/// @notice The golden vectors that Python is tested with, read by the contracts.
contract VectorsTest is PlantFixture {
    string private _json;

    /* PLANS */

    function test_plans__vectors__areReadAsWritten() public {
        _open("plan");
        for (uint256 i = 0; _has(_case(i)); ++i) {
            bytes memory packed = vm.parseJsonBytes(_json, _at(_case(i), "assignments"));
            Plans.Assignment[] memory found = this.readAssignments(packed);
            for (uint256 j = 0; j < found.length; ++j) {
                _assertAssignment(found[j], _item(_at(_case(i), "entries"), j));
            }
            vm.assertFalse(_has(_item(_at(_case(i), "entries"), found.length)));
        }
    }

    function _assertAssignment(Plans.Assignment memory found, string memory key) private view {
        vm.assertEq(TaskId.unwrap(found.task), _number(key, "task"));
        vm.assertEq(found.version, _number(key, "version"));
        vm.assertEq(Number.unwrap(found.lead), _number(key, "lead"));
        vm.assertEq(Number.unwrap(found.inspector), _number(key, "inspector"));
    }

    function readAssignments(bytes calldata packed) external pure returns (Plans.Assignment[] memory) {
        Plans.requireSound(packed);
        return Plans.slice(packed, 0, Plans.MOST_ENTRIES);
    }

    /* TREES */

    function test_trees__vectors__everyLeafIsClaimedWithItsProof() public {
        _open("tree");
        for (uint256 i = 0; _has(_case(i)); ++i) {
            bytes memory motion = vm.parseJsonBytes(_json, _at(_case(i), "assignments"));
            claims.requireSound(motion);
            vm.prank(address(dao));
            claims.record(ProposalId.wrap(i + 1), motion);
            bytes32 root = vm.parseJsonBytes32(_json, _at(_case(i), "root"));
            vm.assertEq(claims.rootOf(ProposalId.wrap(i + 1)), root);
            for (uint256 j = 0; _has(_item(_at(_case(i), "claims"), j)); ++j) {
                bytes memory entry = vm.parseJsonBytes(_json, _item(_at(_case(i), "claims"), j));
                bytes32[] memory proof = vm.parseJsonBytes32Array(_json, _item(_at(_case(i), "proofs"), j));
                vm.assertTrue(MerkleProof.verify(proof, root, Trees.leafOf(entry)));
                _assertEntry(this.readEntry(entry), _item(_at(_case(i), "entries"), j));
            }
        }
    }

    function _assertEntry(Plans.Entry memory found, string memory key) private view {
        vm.assertEq(TaskId.unwrap(found.task), _number(key, "task"));
        vm.assertEq(found.version, _number(key, "version"));
        vm.assertEq(Number.unwrap(found.lead), _number(key, "lead"));
        vm.assertEq(found.sequence, _number(key, "sequence"));
        vm.assertEq(Number.unwrap(found.inspector), _number(key, "inspector"));
        vm.assertEq(found.helpers, vm.parseJsonUintArray(_json, _at(key, "helpers")).length);
    }

    function readEntry(bytes calldata entry) external pure returns (Plans.Entry memory) {
        return Plans.read(entry);
    }

    /* MOTIONS */

    function test_motions__vectors__areReadAsWritten() public {
        _open("motion");
        for (uint256 i = 0; _has(_case(i)); ++i) {
            bytes memory packed = vm.parseJsonBytes(_json, _at(_case(i), "packed"));
            IMotions.Kind kind = this.readKind(packed);
            vm.assertEq(uint8(kind), _number(_case(i), "kind"));
            if (kind == IMotions.Kind.Admit) _assertAdmission(packed, _at(_case(i), "admission"));
            else if (kind == IMotions.Kind.Policy) _assertPolicy(this.readPolicy(packed), _at(_case(i), "policy"));
            else vm.assertEq(Number.unwrap(this.readNumber(packed)), _number(_case(i), "member"));
        }
    }

    function _assertAdmission(bytes memory packed, string memory key) private view {
        (IMembers.Kind kind, address account, uint256 capabilities, string memory profile) = this.readAdmission(packed);
        vm.assertEq(uint8(kind), _number(key, "member_kind"));
        vm.assertTrue(account == vm.parseJsonAddress(_json, _at(key, "account")));
        vm.assertEq(capabilities, _number(key, "capabilities"));
        vm.assertEq(bytes(profile), bytes(vm.parseJsonString(_json, _at(key, "profile"))));
    }

    function _assertPolicy(IMotions.Policy memory found, string memory key) private view {
        vm.assertEq(found.votingSeconds, _number(key, "voting_seconds"));
        vm.assertEq(found.openLimit, _number(key, "open_limit"));
        vm.assertEq(found.absentAfter, _number(key, "absent_after"));
        vm.assertEq(found.weights.makespan, _number(key, "makespan"));
        vm.assertEq(found.weights.tardiness, _number(key, "tardiness"));
        vm.assertEq(found.weights.cost, _number(key, "cost"));
        vm.assertEq(found.weights.energy, _number(key, "energy"));
        vm.assertEq(found.weights.risk, _number(key, "risk"));
    }

    function readKind(bytes calldata packed) external pure returns (IMotions.Kind) {
        vm.assertTrue(MotionLayout.isMotion(packed));
        return MotionLayout.kindOf(packed);
    }

    function readAdmission(bytes calldata packed)
        external
        pure
        returns (IMembers.Kind kind, address account, uint256 capabilities, string memory profile)
    {
        return MotionLayout.admission(packed);
    }

    function readNumber(bytes calldata packed) external pure returns (Number) {
        return MotionLayout.numberOf(packed);
    }

    function readPolicy(bytes calldata packed) external pure returns (IMotions.Policy memory) {
        return MotionLayout.policyOf(packed);
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

    /* WHAT IS SIGNED */

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
