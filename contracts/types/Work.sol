// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @dev Where a task stands. Accepted, Reworked and Cancelled are final.
///      Rework and Failed wait for a human.
enum Status {
    None,
    Posted,
    Allocated,
    Started,
    Submitted,
    Rework,
    Failed,
    Accepted,
    Reworked,
    Cancelled
}

/// @dev What becomes of a task whose run failed.
enum OnFailure {
    Human,
    Reallocate,
    Retry,
    Abort
}

/// @dev Why a run ended without a result, or a result was not accepted.
enum Failure {
    None,
    Reported,
    Declined,
    Overdue,
    Rejected,
    WorkerGone,
    Overridden
}
