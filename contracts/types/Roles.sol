// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @dev The humans' roles, as numbered in the plant's access manager. The administrator (0) grants, never overrides.
uint64 constant ADMIN = 0;
uint64 constant OPERATOR = 1;
uint64 constant PLANNER = 2;
uint64 constant SUPERVISOR = 3;
uint64 constant MAINTENANCE = 4;
