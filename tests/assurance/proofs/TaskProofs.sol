// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Status} from "contracts/types/Work.sol";

import {TaskCore} from "./TaskCore.sol";

/// @dev Each contract here states one thing that holds after every act, whatever came before. By induction: what is shown
///      to hold after each act may be taken for granted before the next.
abstract contract Inductive is TaskCore {
    /// @dev OverriddenIsAFilledSlot, AHumansSlotOutranksTheWorkersStop, NothingStandsWithoutASlot, WhoIsNamedHasIt,
    ///      PostedIsNobodys, WorkIsSomebodys.
    function _before() internal virtual override {
        bool underWay = status == Status.Allocated || status == Status.Started || status == Status.Submitted;
        require(overridden == (lockedOut || onHold || fixes));
        require(held == (lockedOut || onHold || (!fixes && stopped)));
        require(overridden || standing == NOBODY);
        require(!fixes || worker == named || _waits() || _isFinal());
        require(status != Status.Posted || worker == NOBODY);
        require(!underWay || worker != NOBODY);
    }
}

contract EpochNeverFalls is Inductive {
    uint64 private _epoch;

    function _before() internal override {
        super._before();
        _epoch = epoch;
    }

    function _after(bool) internal view override {
        assert(epoch >= _epoch);
    }
}

contract MachinesRaiseTheEpochByOne is Inductive {
    uint64 private _epoch;

    function _before() internal override {
        super._before();
        _epoch = epoch;
    }

    function _after(bool byHuman) internal view override {
        assert(byHuman || epoch <= _epoch + 1);
    }
}

contract ANewValueANewEpoch is Inductive {
    uint64 private _epoch;
    uint16 private _worker;
    bool private _overridden;
    bool private _held;

    function _before() internal override {
        super._before();
        (_epoch, _worker, _overridden, _held) = (epoch, worker, overridden, held);
    }

    function _after(bool) internal view override {
        assert(epoch > _epoch || (worker == _worker && overridden == _overridden && held == _held));
    }
}

contract APlantHoldANewEpoch is Inductive {
    uint64 private _epoch;
    bool private _plantHeld;

    function _before() internal override {
        super._before();
        (_epoch, _plantHeld) = (epoch, plantHeld);
    }

    function _after(bool) internal view override {
        assert(epoch > _epoch || plantHeld == _plantHeld);
    }
}

contract VersionNeverFalls is Inductive {
    uint32 private _version;

    function _before() internal override {
        super._before();
        _version = version;
    }

    function _after(bool) internal view override {
        assert(version >= _version);
    }
}

contract AHumanWins is Inductive {
    bool private _filled;
    uint16 private _worker;
    bool private _held;

    function _before() internal override {
        super._before();
        (_filled, _worker, _held) = (overridden, worker, held);
    }

    function _after(bool byHuman) internal view override {
        assert(byHuman || !_filled || (overridden && worker == _worker && held == _held));
    }
}

contract EnactmentStandsUnderASlot is Inductive {
    uint16 private _standing;
    uint64 private _epoch;
    uint32 private _version;

    function _before() internal override {
        super._before();
        (_standing, _epoch, _version) = (standing, epoch, version);
    }

    function _after(bool byHuman) internal view override {
        assert(byHuman || standing == _standing || (epoch == _epoch && version > _version));
    }
}

contract ReleaseHandsBackTheStandingDecision is Inductive {
    bool private _filled;
    uint16 private _standing;

    function _before() internal override {
        super._before();
        (_filled, _standing) = (overridden, standing);
    }

    function _after(bool) internal view override {
        bool idle = status == Status.Posted || status == Status.Allocated;
        assert(!_filled || overridden || !idle || worker == _standing || worker == NOBODY);
    }
}

contract NothingStandsWithoutASlot is Inductive {
    function _after(bool) internal view override {
        assert(overridden || standing == NOBODY);
    }
}

contract OverriddenIsAFilledSlot is Inductive {
    function _after(bool) internal view override {
        assert(overridden == (lockedOut || onHold || fixes));
    }
}

contract AHumansSlotOutranksTheWorkersStop is Inductive {
    function _after(bool) internal view override {
        assert(held == (lockedOut || onHold || (!fixes && stopped)));
    }
}

contract WhoIsNamedHasIt is Inductive {
    function _after(bool) internal view override {
        assert(!fixes || worker == named || _waits() || _isFinal());
    }
}

contract PostedIsNobodys is Inductive {
    function _after(bool) internal view override {
        assert(status != Status.Posted || worker == NOBODY);
    }
}

contract WorkIsSomebodys is Inductive {
    function _after(bool) internal view override {
        bool underWay = status == Status.Allocated || status == Status.Started || status == Status.Submitted;
        assert(!underWay || worker != NOBODY);
    }
}

contract FinalIsFinal is Inductive {
    Status private _status;
    uint16 private _worker;

    function _before() internal override {
        super._before();
        (_status, _worker) = (status, worker);
    }

    function _after(bool) internal view override {
        assert(_status < Status.Accepted || (status == _status && worker == _worker));
    }
}

contract NothingGoesOnUnderAHold is Inductive {
    Status private _status;
    bool private _held;

    function _before() internal override {
        super._before();
        (_status, _held) = (status, held || plantHeld);
    }

    function _after(bool byHuman) internal view override {
        assert(byHuman || !_held || status == _status || status == Status.Allocated);
    }
}

contract ARunStaysWithItsWorker is Inductive {
    uint16 private _worker;

    function _before() internal override {
        super._before();
        _worker = worker;
    }

    function _after(bool) internal view override {
        assert(worker == _worker || status == Status.Posted || status == Status.Allocated);
    }
}
