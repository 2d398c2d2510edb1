// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {PlantHandler} from "./PlantHandler.sol";
import {vm} from "./Vm.sol";

/// @notice What holds whatever anybody does, in any order.
contract InvariantsTest {
    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }

    PlantHandler private _plant;

    function setUp() public {
        _plant = new PlantHandler();
        _plant.setUp();
    }

    function invariant_all() public view {
        vm.assertEq(bytes(_plant.broken()), "");
        vm.assertTrue(_plant.votesAgree());
        vm.assertTrue(_plant.rollHolds());
        vm.assertTrue(_plant.quotasHold());
        vm.assertTrue(_plant.policyHolds());
        vm.assertTrue(_plant.humansAreLeftAlone());
    }

    function targetContracts() public view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(_plant);
    }

    /// @dev What moves things on comes more often.
    function targetSelectors() public view returns (FuzzSelector[] memory targets) {
        bytes4[42] memory acts = [
            PlantHandler.decide.selector,
            PlantHandler.decide.selector,
            PlantHandler.decideAtOnce.selector,
            PlantHandler.decideAtOnce.selector,
            PlantHandler.decideAtOnce.selector,
            PlantHandler.decideMotion.selector,
            PlantHandler.decideMotion.selector,
            PlantHandler.proposeMotion.selector,
            PlantHandler.runOut.selector,
            PlantHandler.leaveOut.selector,
            PlantHandler.comeBack.selector,
            PlantHandler.decideTree.selector,
            PlantHandler.claim.selector,
            PlantHandler.claim.selector,
            PlantHandler.claim.selector,
            PlantHandler.releaseTree.selector,
            PlantHandler.carryOn.selector,
            PlantHandler.carryOn.selector,
            PlantHandler.carryOn.selector,
            PlantHandler.propose.selector,
            PlantHandler.vote.selector,
            PlantHandler.vote.selector,
            PlantHandler.vote.selector,
            PlantHandler.decideTogether.selector,
            PlantHandler.decideTogether.selector,
            PlantHandler.enact.selector,
            PlantHandler.bar.selector,
            PlantHandler.pokeProposal.selector,
            PlantHandler.pokeTask.selector,
            PlantHandler.pass.selector,
            PlantHandler.decline.selector,
            PlantHandler.stop.selector,
            PlantHandler.assign.selector,
            PlantHandler.hold.selector,
            PlantHandler.release.selector,
            PlantHandler.release.selector,
            PlantHandler.judge.selector,
            PlantHandler.cancel.selector,
            PlantHandler.holdPlant.selector,
            PlantHandler.approveOrVeto.selector,
            PlantHandler.suspend.selector,
            PlantHandler.expire.selector
        ];
        targets = new FuzzSelector[](1);
        targets[0] = FuzzSelector(address(_plant), new bytes4[](acts.length));
        for (uint256 i = 0; i < acts.length; ++i) {
            targets[0].selectors[i] = acts[i];
        }
    }
}
