// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAccessManager} from "@openzeppelin/contracts/access/manager/IAccessManager.sol";

import {AllocationDAO} from "contracts/AllocationDAO.sol";
import {WorkOrders} from "contracts/WorkOrders.sol";
import {IAllocationDAO} from "contracts/interfaces/IAllocationDAO.sol";
import {IWorkOrders} from "contracts/interfaces/IWorkOrders.sol";

import {PlantFixture} from "./PlantFixture.sol";
import {vm} from "./Vm.sol";

contract DeploymentTest is PlantFixture {
    uint256 private constant LARGEST = 24_576;

    function test_deployment__everyContract__fitsTheSizeLimit() public view {
        vm.assertTrue(address(authority).code.length <= LARGEST);
        vm.assertTrue(address(members).code.length <= LARGEST);
        vm.assertTrue(address(work).code.length <= LARGEST);
        vm.assertTrue(address(dao).code.length <= LARGEST);
        vm.assertTrue(address(overrides).code.length <= LARGEST);
        vm.assertTrue(address(claims).code.length <= LARGEST);
    }

    function test_deployment__predictedAddresses__knowEachOther() public view {
        vm.assertTrue(members.workOrders() == address(work) && members.overrides() == address(overrides));
        vm.assertTrue(work.dao() == address(dao) && work.overrides() == address(overrides));
        vm.assertTrue(address(members.dao()) == address(dao) && address(dao.members()) == address(members));
        vm.assertTrue(address(dao.workOrders()) == address(work));
        vm.assertTrue(dao.overrides() == address(overrides) && address(dao.claims()) == address(claims));
        vm.assertTrue(address(claims.dao()) == address(dao) && address(claims.overrides()) == address(overrides));
        vm.assertTrue(address(claims.workOrders()) == address(work) && address(claims.members()) == address(members));
    }

    function testFuzz_constructor__limitUnderTenSeconds__refused(uint32 limit, uint8 which) public {
        limit = limit % 10;
        IWorkOrders.Limits memory limits = IWorkOrders.Limits(10, 10, 10);
        if (which % 3 == 0) limits.acknowledgeSeconds = limit;
        if (which % 3 == 1) limits.heartbeatSeconds = limit;
        if (which % 3 == 2) limits.inspectSeconds = limit;
        vm.expectRevert(abi.encodeWithSelector(IWorkOrders.LimitTooShort.selector, limit));
        new WorkOrders(IAccessManager(authority), members, address(1), address(2), limits);
    }

    function test_constructor__policyTooTight__refused() public {
        vm.expectRevert(abi.encodeWithSelector(IAllocationDAO.PolicyTooTight.selector));
        new AllocationDAO(members, work, address(1), claims, IAllocationDAO.Policy(9, 1));
        vm.expectRevert(abi.encodeWithSelector(IAllocationDAO.PolicyTooTight.selector));
        new AllocationDAO(members, work, address(1), claims, IAllocationDAO.Policy(10, 0));
    }

    function test_constructor__policyTooWide__refused() public {
        vm.expectRevert(abi.encodeWithSelector(IAllocationDAO.PolicyTooWide.selector));
        new AllocationDAO(members, work, address(1), claims, IAllocationDAO.Policy(1 << 24, 1));
        vm.expectRevert(abi.encodeWithSelector(IAllocationDAO.PolicyTooWide.selector));
        new AllocationDAO(members, work, address(1), claims, IAllocationDAO.Policy(10, 10));
    }
}
