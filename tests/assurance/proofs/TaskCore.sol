// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Status} from "contracts/types/Work.sol";

/// @title TaskCore
/// @notice One task's rules in numbers alone, so that they can be proved for every sequence of acts: who is in control,
///         at which epoch, and what a human's slot keeps. What the contracts do, CoreEquality.t.sol compares.
/// @dev `epoch` is the task's and the plant's together. What other rules decide is told: whether an entry is sound, what
///      becomes of a failed run, whether a time is over. Written without branches where it can be: a prover likes that.
contract TaskCore {
    uint16 internal constant NOBODY = 0;

    Status internal status = Status.Posted;
    uint16 internal worker;
    uint16 internal standing;
    uint16 internal named;
    uint32 internal version = 1;
    uint64 internal epoch = 1;
    bool internal overridden;
    bool internal held;
    bool internal plantHeld;
    /// @dev The slots of levels 5, 7, 8 and 12.
    bool internal lockedOut;
    bool internal onHold;
    bool internal fixes;
    bool internal stopped;

    modifier machine() {
        _before();
        _;
        _after(false);
    }

    modifier human() {
        _before();
        _;
        _after(true);
    }

    /* THE DAO */

    function enact(uint16 lead, uint32 version_, bool sound) external machine {
        bool open = status == Status.Posted || status == Status.Allocated;
        require(!plantHeld && open && version == version_ && sound && lead != NOBODY);
        ++version;
        standing = overridden ? lead : standing;
        status = overridden ? status : Status.Allocated;
        worker = overridden ? worker : lead;
        epoch = overridden ? epoch : epoch + 1;
    }

    /* A RUN */

    function start(uint16 by, uint64 epoch_) external machine {
        _fence(by, epoch_, Status.Allocated);
        status = Status.Started;
    }

    function submit(uint16 by, uint64 epoch_) external machine {
        _fence(by, epoch_, Status.Started);
        status = Status.Submitted;
    }

    /// @dev `next`: as the task says.
    function report(uint16 by, uint64 epoch_, Status next) external machine {
        _fence(by, epoch_, Status.Started);
        require(next == Status.Posted || next == Status.Allocated || next == Status.Failed);
        _fail(overridden ? Status.Failed : next);
    }

    function decline(uint16 by, uint64 epoch_) external machine {
        _fence(by, epoch_, Status.Allocated);
        _fail(overridden ? Status.Failed : Status.Posted);
    }

    function inspect(uint64 epoch_, bool accepted, Status next) external machine {
        _fence(worker, epoch_, Status.Submitted);
        require(next == Status.Posted || next == Status.Allocated || next == Status.Failed || next == Status.Rework);
        if (accepted) status = Status.Accepted;
        else _fail(overridden ? Status.Rework : next);
    }

    function giveBack(bool over) external machine {
        require(over && !held && !plantHeld && (status == Status.Allocated || status == Status.Started));
        _fail(overridden ? Status.Failed : Status.Posted);
    }

    function leaveInspection(bool over) external machine {
        require(over && !held && !plantHeld && status == Status.Submitted);
        ++epoch;
    }

    function safeStop(uint16 by, bool stops) external machine {
        require(by == worker && by != NOBODY && !_isFinal() && !plantHeld);
        require(!stops || status == Status.Allocated || status == Status.Started);
        stopped = stops;
        _apply(false);
    }

    /// @dev Anyone ends a slot whose time is over, or a human one of any: what follows is the same.
    function end(uint8 level, bool both) external human {
        require(level == 5 ? lockedOut : level == 7 ? onHold : level == 8 ? fixes : level == 12 && stopped);
        lockedOut = lockedOut && level != 5;
        onHold = onHold && level != 7 && !(level == 8 && both);
        fixes = fixes && level != 8;
        named = level == 8 ? NOBODY : named;
        stopped = stopped && level != 12;
        _apply(level == 8);
    }

    /* HUMANS */

    /// @dev A veto of what was enacted names nobody.
    function assign(uint16 who) external human {
        require(!_isFinal());
        fixes = true;
        named = who;
        stopped = false;
        _apply(true);
    }

    function hold(bool asLockOut) external human {
        require(!_isFinal());
        lockedOut = lockedOut || asLockOut;
        onHold = onHold || !asLockOut;
        _apply(false);
    }

    function judge(bool accepted) external human {
        bool waits = _waits();
        require(status == Status.Submitted || (accepted && waits));
        status = !accepted ? Status.Rework : waits ? Status.Reworked : Status.Accepted;
    }

    function requeue() external human {
        require(!_isFinal() && status != Status.Started && status != Status.Submitted);
        standing = NOBODY;
        fixes = false;
        named = NOBODY;
        stopped = false;
        bool holds = lockedOut || onHold;
        epoch = worker == NOBODY && (overridden != holds || held != holds) ? epoch + 1 : epoch;
        overridden = holds;
        held = holds;
        _fail(Status.Posted);
    }

    function cancel() external human {
        require(!_isFinal());
        status = Status.Cancelled;
        ++epoch;
        ++version;
    }

    function holdPlant(bool holds) external human {
        require(plantHeld != holds);
        plantHeld = holds;
        ++epoch;
    }

    /* INTERNAL */

    function _fence(uint16 by, uint64 epoch_, Status expected) private view {
        require(epoch_ == epoch && !held && !plantHeld && status == expected && by == worker && by != NOBODY);
    }

    function _fail(Status next) private {
        epoch = next == Status.Posted && worker != NOBODY ? epoch + 1 : epoch;
        version = next == Status.Posted || next == Status.Allocated ? version + 1 : version;
        worker = next == Status.Posted ? NOBODY : worker;
        status = next;
    }

    /// @dev After a slot was filled or emptied; `anew`: that of level 8.
    function _apply(bool anew) private {
        bool over = lockedOut || onHold || fixes;
        bool holds = lockedOut || onHold || (!fixes && stopped);
        uint16 stands = overridden ? standing : (_waits() ? NOBODY : worker);
        uint16 to = over && !anew ? worker : (fixes ? named : stands);
        bool moves = !_isFinal() && (_waits() ? fixes && anew && to != NOBODY : worker != to);
        bool begun = status != Status.Posted && status != Status.Allocated;
        epoch = anew || moves || overridden != over || held != holds ? epoch + 1 : epoch;
        version = moves && begun ? version + 1 : version;
        status = !moves ? status : to == NOBODY ? Status.Posted : Status.Allocated;
        worker = moves ? to : worker;
        standing = over ? stands : NOBODY;
        overridden = over;
        held = holds;
    }

    function _isFinal() internal view returns (bool) {
        return status >= Status.Accepted;
    }

    function _waits() internal view returns (bool) {
        return status == Status.Failed || status == Status.Rework;
    }

    function _before() internal virtual {}

    function _after(bool byHuman) internal virtual {}
}
