// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title PlainRecorder
/// @notice Keeps who does which task as most would write it: a call, a slot and an event for each.
contract PlainRecorder {
    event Assigned(uint256 indexed task, address indexed worker);

    error NotTheOwner(address caller);

    address public immutable owner;
    mapping(uint256 task => address) public workerOf;

    constructor(address owner_) {
        owner = owner_;
    }

    /// @notice Gives a task to a worker.
    function assign(uint256 task, address worker) external {
        if (msg.sender != owner) revert NotTheOwner(msg.sender);
        workerOf[task] = worker;
        emit Assigned(task, worker);
    }
}
