// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IMembers} from "contracts/interfaces/IMembers.sol";
import {IOverrides} from "contracts/interfaces/IOverrides.sol";
import {Number, ProposalId, TaskId} from "contracts/types/Ids.sol";
import {MAINTENANCE, OPERATOR, PLANNER, SUPERVISOR} from "contracts/types/Roles.sol";

import {Packing} from "./Packing.sol";
import {PlantFixture} from "./PlantFixture.sol";
import {Trees} from "./Trees.sol";
import {vm} from "./Vm.sol";

/// @notice Which roles may give which order, line by line as docs/specification.md has it; every human has a badge.
contract OrderRolesTest is PlantFixture {
    uint256 private constant OPERATORS = 1 << OPERATOR;
    uint256 private constant PLANNERS = 1 << PLANNER;
    uint256 private constant SUPERVISORS = 1 << SUPERVISOR;
    uint256 private constant MAINTAINERS = 1 << MAINTENANCE;
    uint256 private constant EVERYONE = OPERATORS | PLANNERS | SUPERVISORS | MAINTAINERS;

    TaskId private _task;
    /// @dev A human without a role.
    Number private _visitor;

    function setUp() public override {
        super.setUp();
        for (uint64 role = OPERATOR; role <= MAINTENANCE; ++role) {
            members.admit(vm.addr(role), IMembers.Kind.Human, 0, "{}");
        }
        _visitor = members.admit(vm.addr(77), IMembers.Kind.Human, 0, "{}");
        _task = _postOne();
    }

    /* TASKS */

    function test_execute__aboutATask__byTheRolesOfTheTable() public {
        _takesRoles(_assignment(_task, SPRAYER, PACKER), 8, SUPERVISORS | PLANNERS);
        _takesRoles(_order(IOverrides.Kind.Cancel, _task), 8, SUPERVISORS | PLANNERS);
        _takesRoles(_order(IOverrides.Kind.Requeue, _task), 8, SUPERVISORS | PLANNERS);
        _run(_task, SCANNER);
        _takesRoles(_order(IOverrides.Kind.Rework, _task), 8, SUPERVISORS);
        _takesRoles(_order(IOverrides.Kind.Accept, _task), 8, SUPERVISORS);
    }

    function test_hold__taskOrRobot__byTheRolesOfItsLevel() public {
        _takesRoles(_order(IOverrides.Kind.Hold, _task), 7, SUPERVISORS | OPERATORS);
        _takesRoles(_at(5, IOverrides.Kind.Hold, IOverrides.Subject.Task), 5, MAINTAINERS);
        _takesRoles(_at(0, IOverrides.Kind.Hold, IOverrides.Subject.Robot), 7, SUPERVISORS | OPERATORS);
        _takesRoles(_at(5, IOverrides.Kind.Hold, IOverrides.Subject.Robot), 5, MAINTAINERS);
    }

    function test_release__taskOrRobot__byTheRolesOfItsLevel() public {
        _lockOutAndHold(IOverrides.Subject.Robot);
        _takesRoles(_at(7, IOverrides.Kind.Release, IOverrides.Subject.Robot), 7, SUPERVISORS | OPERATORS);
        _takesRoles(_at(5, IOverrides.Kind.Release, IOverrides.Subject.Robot), 5, MAINTAINERS);
        _execute(_assignment(_task, SPRAYER, PACKER));
        _as(SPRAYER);
        overrides.safeStop(_task, true);
        _lockOutAndHold(IOverrides.Subject.Task);
        _takesRoles(_at(8, IOverrides.Kind.Release, IOverrides.Subject.Task), 8, SUPERVISORS | PLANNERS);
        _takesRoles(_at(7, IOverrides.Kind.Release, IOverrides.Subject.Task), 7, SUPERVISORS | OPERATORS);
        _takesRoles(_at(5, IOverrides.Kind.Release, IOverrides.Subject.Task), 5, MAINTAINERS);
    }

    function test_release__safeStop__byTheRolesOfItsLevel() public {
        _allocate(_task, SCANNER);
        _as(SCANNER);
        overrides.safeStop(_task, true);
        _takesRoles(_at(12, IOverrides.Kind.Release, IOverrides.Subject.Task), 12, SUPERVISORS | OPERATORS);
    }

    /* THE PLANT AND PROPOSALS */

    function test_execute__aboutThePlant__heldByEveryoneReleasedBySupervisors() public {
        _takesRoles(_at(0, IOverrides.Kind.Hold, IOverrides.Subject.Plant), 1, EVERYONE);
        _execute(_at(1, IOverrides.Kind.Hold, IOverrides.Subject.Plant));
        _takesRoles(_at(0, IOverrides.Kind.Release, IOverrides.Subject.Plant), 1, SUPERVISORS);
    }

    function test_execute__aboutAProposal__bySupervisors() public {
        bytes memory plan = _planFor(_task, SCANNER, PACKER);
        ProposalId id = _propose(SCANNER, plan);
        _takesRoles(_order(IOverrides.Kind.Veto, IOverrides.Subject.Proposal, ProposalId.unwrap(id)), 8, SUPERVISORS);
        _takesRoles(_about(IOverrides.Kind.Approve, id, plan), 8, SUPERVISORS);
    }

    function test_release__vetoedTree__bySupervisorsAndPlanners() public {
        bytes[] memory entries = new bytes[](1);
        entries[0] = Packing.pack(Packing.anEntry(_task, 1, SPRAYER, PACKER));
        bytes memory tree = Trees.motionOf(entries);
        ProposalId id = _decide(tree);
        _execute(_about(IOverrides.Kind.Veto, id, tree));
        uint256 subject = ProposalId.unwrap(id);
        _takesRoles(_order(IOverrides.Kind.Release, IOverrides.Subject.Proposal, subject), 8, SUPERVISORS | PLANNERS);
    }

    /* MEMBERS */

    function test_execute__aboutAWorkerOrRobot__bySupervisors() public {
        _takesRoles(_about(IOverrides.Kind.Suspend, SCANNER), 8, SUPERVISORS);
        _takesRoles(_about(IOverrides.Kind.Suspend, ROBOT), 8, SUPERVISORS);
        members.suspend(SCANNER);
        _takesRoles(_about(IOverrides.Kind.Reinstate, SCANNER), 8, SUPERVISORS);
    }

    function test_execute__aboutAHuman__byEveryone() public {
        _takesRoles(_about(IOverrides.Kind.Suspend, _visitor), 8, EVERYONE);
        members.suspend(_visitor);
        _takesRoles(_about(IOverrides.Kind.Reinstate, _visitor), 8, EVERYONE);
    }

    function test_suspend__ofWhatIsNoMember__bySupervisorsAlone() public {
        IOverrides.Order memory order = _order(IOverrides.Kind.Suspend, _task);
        _refused(
            order,
            abi.encodeWithSelector(IOverrides.WrongSubject.selector, IOverrides.Kind.Suspend, IOverrides.Subject.Task)
        );
        order.human = operator;
        _refusedRole(order, 8);
    }

    /* WHO IS NOT IN GOOD STANDING */

    function test_execute__suspendedHuman__letsHumansBackAndNothingElse() public {
        members.suspend(members.numberOf(supervisor));
        members.suspend(_visitor);
        members.suspend(SCANNER);
        _refusedRole(_order(IOverrides.Kind.Hold, _task), 7);
        _refusedRole(_about(IOverrides.Kind.Suspend, members.numberOf(operator)), 8);
        _refusedRole(_about(IOverrides.Kind.Suspend, SPRAYER), 8);
        _refusedRole(_about(IOverrides.Kind.Reinstate, SCANNER), 8);
        _execute(_about(IOverrides.Kind.Reinstate, _visitor));
        vm.assertTrue(members.isSuspended(vm.addr(77)));
    }

    function test_reinstate__humanByOneWhoRetiredOrHasNoBadge__refused() public {
        members.suspend(_visitor);
        members.retire(members.numberOf(supervisor));
        _refusedRole(_about(IOverrides.Kind.Reinstate, _visitor), 8);
        vm.assertTrue(authority.mayOrder(operator, OPERATORS, true));
        authority.grantRole(SUPERVISOR, STRANGER, 0);
        vm.assertTrue(authority.mayOrder(STRANGER, SUPERVISORS, false));
        vm.assertFalse(authority.mayOrder(STRANGER, SUPERVISORS, true));
    }

    /* BUILDING AND SAYING */

    /// @dev About the task, the robot or the plant, by a supervisor.
    function _at(uint8 level, IOverrides.Kind kind, IOverrides.Subject on)
        private
        returns (IOverrides.Order memory order)
    {
        uint256 subject = on == IOverrides.Subject.Task ? TaskId.unwrap(_task) : Number.unwrap(ROBOT);
        order = _order(kind, on, on == IOverrides.Subject.Plant ? 0 : subject);
        order.level = level;
    }

    function _about(IOverrides.Kind kind, Number member) private returns (IOverrides.Order memory) {
        return _order(kind, IOverrides.Subject.Worker, Number.unwrap(member));
    }

    function _about(IOverrides.Kind kind, ProposalId id, bytes memory content)
        private
        returns (IOverrides.Order memory order)
    {
        order = _order(kind, IOverrides.Subject.Proposal, ProposalId.unwrap(id));
        order.payload = bytes.concat(_rest(id), hex"00000001", content);
    }

    function _lockOutAndHold(IOverrides.Subject on) private {
        IOverrides.Order memory lockOut = _at(5, IOverrides.Kind.Hold, on);
        lockOut.human = maintainer;
        _execute(lockOut);
        _execute(_at(7, IOverrides.Kind.Hold, on));
    }

    /// @dev Each role in turn gives the order; whoever may takes it back again.
    function _takesRoles(IOverrides.Order memory order, uint8 level, uint256 roles) private {
        for (uint64 role = OPERATOR; role <= MAINTENANCE; ++role) {
            order.human = vm.addr(role);
            if ((roles >> role) & 1 == 0) {
                _refusedRole(order, level);
                continue;
            }
            uint256 before = vm.snapshotState();
            _execute(order);
            vm.revertToState(before);
        }
    }

    function _refusedRole(IOverrides.Order memory order, uint8 level) private {
        _refused(order, abi.encodeWithSelector(IOverrides.NotAllowed.selector, order.human, order.kind, level));
    }
}
