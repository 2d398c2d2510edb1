// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAccessManager} from "@openzeppelin/contracts/access/manager/IAccessManager.sol";

import {Motions} from "contracts/Motions.sol";
import {WorkOrders} from "contracts/WorkOrders.sol";
import {IAllocationDAO} from "contracts/interfaces/IAllocationDAO.sol";
import {IMotions} from "contracts/interfaces/IMotions.sol";
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
        vm.assertTrue(address(motions).code.length <= LARGEST);
        vm.assertTrue(address(claims).code.length <= LARGEST);
        vm.assertTrue(address(audit).code.length <= LARGEST);
    }

    function test_deployment__predictedAddresses__knowEachOther() public view {
        vm.assertTrue(members.workOrders() == address(work) && members.overrides() == address(overrides));
        vm.assertTrue(work.dao() == address(dao) && work.overrides() == address(overrides));
        vm.assertTrue(address(members.dao()) == address(dao) && address(dao.members()) == address(members));
        vm.assertTrue(address(dao.workOrders()) == address(work));
        vm.assertTrue(dao.overrides() == address(overrides) && address(dao.motions()) == address(motions));
        vm.assertTrue(members.motions() == address(motions) && address(motions.dao()) == address(dao));
        vm.assertTrue(address(dao.claims()) == address(claims) && address(claims.dao()) == address(dao));
        vm.assertTrue(address(claims.workOrders()) == address(work) && address(claims.members()) == address(members));
        vm.assertTrue(address(claims.overrides()) == address(overrides));
        vm.assertTrue(address(audit.members()) == address(members) && address(audit.dao()) == address(dao));
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

    function testFuzz_motions__policy__withinItsLimitsOrRefused(IMotions.Policy memory policy) public {
        IMotions.Weights memory weights = policy.weights;
        uint256 sum = uint256(weights.makespan) + weights.tardiness + weights.cost + weights.energy + weights.risk;
        bool tight = policy.votingSeconds < 10 || policy.openLimit == 0 || policy.absentAfter == 0 || sum == 0;
        bool wide = policy.votingSeconds >= 1 << 24 || policy.openLimit > 9 || policy.absentAfter > 256;
        if (tight) vm.expectRevert(abi.encodeWithSelector(IMotions.PolicyTooTight.selector));
        else if (wide) vm.expectRevert(abi.encodeWithSelector(IMotions.PolicyTooWide.selector));
        // The DAO knows its motions, and this is another contract.
        else vm.expectRevert(abi.encodeWithSelector(IAllocationDAO.NotTheContract.selector, _next()));
        new Motions(members, dao, policy);
    }

    function _next() private view returns (address) {
        return vm.computeCreateAddress(address(this), vm.getNonce(address(this)));
    }
}
