// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Nonces} from "@openzeppelin/contracts/utils/Nonces.sol";

import {IMembers} from "contracts/interfaces/IMembers.sol";
import {IWorkOrders} from "contracts/interfaces/IWorkOrders.sol";
import {Number, OrderId, TaskId} from "contracts/types/Ids.sol";
import {OPERATOR, PLANNER} from "contracts/types/Roles.sol";
import {Status} from "contracts/types/Work.sol";

import {Packing} from "./Packing.sol";
import {PlantFixture} from "./PlantFixture.sol";
import {vm} from "./Vm.sol";

contract PostingTest is PlantFixture {
    uint256 private constant TRANSACTION_GAS = 16_777_216;
    bytes32 private constant POST_TYPE =
        keccak256("Post(bytes32 specHash,address human,uint256 nonce,uint48 deadline)");

    /* SIZE */

    /// @dev The dearest order: each task has predecessors. The words about 256 tasks come to 60,000 bytes.
    function test_post__256Tasks__fitOneTransaction() public {
        bytes memory tasks = _chain(256);
        string memory detail = string(new bytes(60_000));
        vm.prank(planner);
        uint256 before = gasleft();
        OrderId order = work.post(tasks, detail);
        uint256 intrinsic = 21_000 + 16 * (tasks.length + 60_000 + 200);
        vm.assertTrue(before - gasleft() + intrinsic <= TRANSACTION_GAS);
        vm.assertEq(work.task(_idOf(order, 255)).predecessors, uint256(1) << 254);
    }

    function test_post__257Tasks__refused() public {
        _refusedPost(_chain(257), abi.encodeWithSelector(IWorkOrders.MalformedOrder.selector, 257 * 52));
    }

    function test_post__nothing__refused() public {
        _refusedPost("", abi.encodeWithSelector(IWorkOrders.MalformedOrder.selector, 0));
    }

    function testFuzz_post__notWholeTasks__refused(uint8 length) public {
        bytes memory tasks = new bytes(uint256(length) * 52 + 1 + length % 51);
        _refusedPost(tasks, abi.encodeWithSelector(IWorkOrders.MalformedOrder.selector, tasks.length));
    }

    /* TASKS */

    function testFuzz_post__predecessorNotBefore__refused(uint8 index, uint8 predecessor) public {
        index = index % 8;
        predecessor = index + predecessor % uint8(255 - index);
        Packing.Task memory task = Packing.aTask();
        task.predecessors = 1 << predecessor;
        bytes memory tasks = bytes.concat(_chain(index), Packing.pack(task));
        bytes memory reason =
            abi.encodeWithSelector(IWorkOrders.PredecessorNotBefore.selector, index, task.predecessors);
        _refusedPost(tasks, reason);
    }

    function testFuzz_post__unknownCapability__refused(uint8 capability) public {
        if (capability > 0 && capability <= CAPABILITIES) capability += CAPABILITIES;
        Packing.Task memory task = Packing.aTask();
        task.capability = capability;
        bytes memory tasks = bytes.concat(_chain(1), Packing.pack(task));
        _refusedPost(tasks, abi.encodeWithSelector(IWorkOrders.UnknownCapability.selector, 1, capability));
    }

    function test_post__senselessTask__refused() public {
        Packing.Task memory task = Packing.aTask();
        task.stage = 0;
        _refusedTask(task);
        task.stage = 6;
        _refusedTask(task);
        task = Packing.aTask();
        task.onFailure = 4;
        _refusedTask(task);
        task = Packing.aTask();
        task.retries = 64;
        _refusedTask(task);
        task = Packing.aTask();
        task.team = 0;
        _refusedTask(task);
        task = Packing.aTask();
        task.work = 0;
        _refusedTask(task);
    }

    /// @dev The least and the most that a task may say, each read where it stands.
    function test_post__tasksAtTheEdges__taken() public {
        uint32[4] memory works = [uint32(1), 255, 1 << 24, type(uint32).max];
        for (uint8 stage = 1; stage <= 5; ++stage) {
            for (uint256 i = 0; i < works.length; ++i) {
                Packing.Task memory task = Packing.aTask();
                (task.stage, task.work, task.capability) = (stage, works[i], CAPABILITIES);
                (task.team, task.retries, task.onFailure) = (255, 63, 3);
                _assertPosted(work.task(_postOne(task)), task);
            }
        }
    }

    function test_post__badTaskAmongGood__postsNothing() public {
        _refusedPost(
            bytes.concat(_chain(9), new bytes(52)), abi.encodeWithSelector(IWorkOrders.UnknownCapability.selector, 9, 0)
        );
        (uint24 orders,,) = work.plant();
        vm.assertEq(orders, 0);
    }

    function testFuzz_post__anyTasks__comeBack(uint8 count, uint256 seed) public {
        count = 1 + count % 20;
        bytes memory tasks;
        for (uint256 i = 0; i < count; ++i) {
            tasks = bytes.concat(tasks, Packing.pack(_random(i, seed)));
        }
        OrderId order = _post(tasks);
        IWorkOrders.Task[] memory found = work.tasks(order, 0, 256);
        vm.assertEq(found.length, count);
        for (uint256 i = 0; i < count; ++i) {
            _assertPosted(found[i], _random(i, seed));
        }
    }

    function test_post__order__isCountedAndHashed() public {
        bytes memory tasks = _chain(3);
        bytes32 expected = keccak256(abi.encode(keccak256(tasks), keccak256("{}")));
        vm.expectEmit(address(work));
        emit IWorkOrders.OrderPosted(OrderId.wrap(1), planner, tasks, "{}");
        OrderId order = _post(tasks);
        (uint16 count, uint48 postedAt, bytes32 specHash) = work.order(order);
        vm.assertEq(count, 3);
        vm.assertEq(postedAt, block.timestamp);
        vm.assertEq(specHash, expected);
        vm.assertEq(TaskId.unwrap(_idOf(_post(tasks), 2)), 2 * 256 + 2);
    }

    function test_tasks__beyondTheOrder__nothing() public {
        OrderId order = _post(_chain(3));
        vm.assertEq(work.tasks(order, 2, 256).length, 1);
        vm.assertEq(work.tasks(order, 3, 256).length, 0);
        vm.assertEq(work.tasks(OrderId.wrap(9), 0, 256).length, 0);
    }

    /* WHO */

    function test_post__withoutTheRole__refused() public {
        bytes memory tasks = _chain(1);
        vm.prank(operator);
        vm.expectRevert(abi.encodeWithSelector(IWorkOrders.NotThePlanner.selector, operator));
        work.post(tasks, "{}");
    }

    function test_post__supervisor__mayToo() public {
        vm.expectEmit(address(work));
        emit IWorkOrders.OrderPosted(OrderId.wrap(1), supervisor, _chain(1), "{}");
        vm.prank(supervisor);
        work.post(_chain(1), "{}");
    }

    function test_post__roleWithADelay__isNone() public {
        authority.grantRole(PLANNER, planner, 1 hours);
        _refusedPost(_chain(1), abi.encodeWithSelector(IWorkOrders.NotThePlanner.selector, planner));
    }

    function test_post__suspendedPlanner__refused() public {
        members.suspend(members.admit(planner, IMembers.Kind.Human, 0, "{}"));
        _refusedPost(_chain(1), abi.encodeWithSelector(IWorkOrders.NotThePlanner.selector, planner));
    }

    function test_postBySig__relayed__isThePlanners() public {
        bytes memory signature = _signPost(PLANNER, planner, 0);
        vm.expectEmit(address(work));
        emit IWorkOrders.OrderPosted(OrderId.wrap(1), planner, _chain(1), "{}");
        vm.prank(STRANGER);
        work.postBySig(_chain(1), "{}", planner, 0, uint48(block.timestamp), signature);
    }

    function test_postBySig__twice__refused() public {
        bytes memory signature = _signPost(PLANNER, planner, 0);
        work.postBySig(_chain(1), "{}", planner, 0, uint48(block.timestamp), signature);
        vm.expectRevert(abi.encodeWithSelector(Nonces.InvalidAccountNonce.selector, planner, 1));
        work.postBySig(_chain(1), "{}", planner, 0, uint48(block.timestamp), signature);
    }

    function test_postBySig__tooLate__refused() public {
        bytes memory signature = _signPost(PLANNER, planner, 0);
        uint48 deadline = uint48(block.timestamp);
        vm.warp(deadline + 1);
        vm.expectRevert(abi.encodeWithSelector(IWorkOrders.PostExpired.selector, deadline));
        work.postBySig(_chain(1), "{}", planner, 0, deadline, signature);
    }

    function test_postBySig__otherTasksOrDetailOrSigner__refused() public {
        bytes memory signature = _signPost(PLANNER, planner, 0);
        _refusedSignature(_chain(2), "{}", signature);
        _refusedSignature(_chain(1), "{ }", signature);
        _refusedSignature(_chain(1), "{}", _signPost(OPERATOR, planner, 0));
    }

    function test_postBySig__signedWithoutTheRole__refused() public {
        bytes memory signature = _signPost(OPERATOR, operator, 0);
        vm.expectRevert(abi.encodeWithSelector(IWorkOrders.NotThePlanner.selector, operator));
        work.postBySig(_chain(1), "{}", operator, 0, uint48(block.timestamp), signature);
    }

    /* THE PLANT */

    function test_describe__twice__refused() public {
        vm.expectRevert(abi.encodeWithSelector(IWorkOrders.AlreadySet.selector));
        work.describe("{}", 1, 0, 1000);
    }

    function test_describe__notTheAdministrator__refused() public {
        vm.prank(supervisor);
        vm.expectRevert(abi.encodeWithSelector(IWorkOrders.NotThePlanner.selector, supervisor));
        work.describe("{}", 1, 0, 1000);
    }

    /* BUILDING */

    /// @dev Each task after the one before it.
    function _chain(uint256 count) private pure returns (bytes memory tasks) {
        tasks = new bytes(count * 52);
        Packing.Task memory task = Packing.aTask();
        for (uint256 i = 0; i < count; ++i) {
            task.predecessors = i == 0 ? 0 : uint256(1) << (i > 255 ? 0 : i - 1);
            _write(tasks, i * 52, Packing.pack(task));
        }
    }

    /// @dev 52 bytes in two overlapping words.
    function _write(bytes memory into, uint256 at, bytes memory task) private pure {
        assembly ("memory-safe") {
            let to := add(add(into, 32), at)
            mstore(to, mload(add(task, 32)))
            mstore(add(to, 20), mload(add(task, 52)))
        }
    }

    function _random(uint256 index, uint256 seed) private pure returns (Packing.Task memory task) {
        uint256 random = uint256(keccak256(abi.encode(index, seed)));
        task = Packing.aTask();
        task.predecessors = random & ((uint256(1) << index) - 1);
        task.capability = 1 + uint8(random >> 32) % CAPABILITIES;
        task.onFailure = uint8(random >> 40) & 3;
        task.retries = uint8(random >> 48) & 63;
    }

    function _assertPosted(IWorkOrders.Task memory found, Packing.Task memory task) private pure {
        vm.assertEq(uint256(found.status), uint256(Status.Posted));
        vm.assertEq(found.predecessors, task.predecessors);
        vm.assertEq(found.capability, task.capability);
        vm.assertEq(found.retries, task.retries);
        vm.assertEq(found.epoch, 1);
        vm.assertEq(found.version, 1);
        vm.assertEq(Number.unwrap(found.worker), 0);
    }

    function _signPost(uint256 key, address human, uint256 nonce) private view returns (bytes memory) {
        bytes32 specHash = keccak256(abi.encode(keccak256(_chain(1)), keccak256("{}")));
        bytes32 content = keccak256(abi.encode(POST_TYPE, specHash, human, nonce, uint48(block.timestamp)));
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("Workmoot WorkOrders"),
                keccak256("1"),
                block.chainid,
                address(work)
            )
        );
        return _sign(key, keccak256(abi.encodePacked(hex"1901", domain, content)));
    }

    function _refusedPost(bytes memory tasks, bytes memory reason) private {
        vm.prank(planner);
        vm.expectRevert(reason);
        work.post(tasks, "{}");
    }

    function _refusedTask(Packing.Task memory task) private {
        _refusedPost(Packing.pack(task), abi.encodeWithSelector(IWorkOrders.MalformedTask.selector, 0));
    }

    function _refusedSignature(bytes memory tasks, string memory detail, bytes memory signature) private {
        vm.expectRevert(abi.encodeWithSelector(IWorkOrders.BadSignature.selector, planner));
        work.postBySig(tasks, detail, planner, 0, uint48(block.timestamp), signature);
    }
}
