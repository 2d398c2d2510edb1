// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @dev A member's badge number, 1 to 1023; zero means none.
type Number is uint16;

/// @dev A work order, counted from 1; zero means none.
type OrderId is uint24;

/// @dev A task: `order << 8 | index in the order`.
type TaskId is uint32;

/// @dev A proposal, counted from 1; zero means none.
type ProposalId is uint256;

/// @dev A human's order, counted from 1; zero means none.
type OverrideId is uint64;

using {sameNumber as ==, otherNumber as !=} for Number global;
using {sameTask as ==, otherTask as !=} for TaskId global;
using {sameProposal as ==, otherProposal as !=} for ProposalId global;
using {sameOverride as ==, otherOverride as !=} for OverrideId global;

function sameNumber(Number a, Number b) pure returns (bool) {
    return Number.unwrap(a) == Number.unwrap(b);
}

function otherNumber(Number a, Number b) pure returns (bool) {
    return Number.unwrap(a) != Number.unwrap(b);
}

function sameTask(TaskId a, TaskId b) pure returns (bool) {
    return TaskId.unwrap(a) == TaskId.unwrap(b);
}

function otherTask(TaskId a, TaskId b) pure returns (bool) {
    return TaskId.unwrap(a) != TaskId.unwrap(b);
}

function sameProposal(ProposalId a, ProposalId b) pure returns (bool) {
    return ProposalId.unwrap(a) == ProposalId.unwrap(b);
}

function otherProposal(ProposalId a, ProposalId b) pure returns (bool) {
    return ProposalId.unwrap(a) != ProposalId.unwrap(b);
}

function sameOverride(OverrideId a, OverrideId b) pure returns (bool) {
    return OverrideId.unwrap(a) == OverrideId.unwrap(b);
}

function otherOverride(OverrideId a, OverrideId b) pure returns (bool) {
    return OverrideId.unwrap(a) != OverrideId.unwrap(b);
}
