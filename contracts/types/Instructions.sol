// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @dev What a human instructs; counted on from IOverrides.Kind, so that each act of a human has one number.
uint8 constant DRAIN = 12;
uint8 constant QUARANTINE = 13;
uint8 constant MAINTAIN = 14;
uint8 constant REPRIORITISE = 15;
uint8 constant ANSWER = 16;
uint8 constant ACKNOWLEDGE = 17;
uint8 constant SHELVE = 18;
uint8 constant LIFT = 19;
