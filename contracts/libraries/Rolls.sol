// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Number} from "../types/Ids.sol";

/// @title Rolls
/// @notice Who votes, as the code of a contract: one read of it brings every account.
/// @dev STOP | 20 bytes for each badge number from 1 on: the account of an active digital worker, else zero.
library Rolls {
    uint256 private constant ACCOUNT_BYTES = 20;

    /// @dev PUSH2 length, DUP1, PUSH1 10, PUSH0, CODECOPY, PUSH0, RETURN: leaves what follows as the contract's code.
    bytes7 private constant LEAVE_THE_REST = 0x80600a5f395ff3;

    /// @notice The roll could not be written: not enough gas.
    error RollNotWritten();

    /// @notice The accounts of so many badge numbers, nobody yet.
    function blank(uint256 numbers) internal pure returns (bytes memory) {
        return new bytes(numbers * ACCOUNT_BYTES);
    }

    /// @notice Enters the account of a badge number that `accounts` has room for.
    function enter(bytes memory accounts, Number number, address account) internal pure {
        uint256 end = uint256(Number.unwrap(number)) * ACCOUNT_BYTES;
        assert(end != 0 && end <= accounts.length);
        assembly ("memory-safe") {
            // The word that ends with the account; the 12 bytes before it stay.
            let at := add(accounts, end)
            mstore(at, or(shl(160, shr(160, mload(at))), account))
        }
    }

    /// @notice The account of a badge number, zero where it is nobody's who votes.
    function accountOf(bytes memory accounts, Number number) internal pure returns (address account) {
        uint256 end;
        unchecked {
            // A number has 16 bits.
            end = uint256(Number.unwrap(number)) * ACCOUNT_BYTES;
        }
        if (end == 0 || end > accounts.length) return address(0);
        assembly ("memory-safe") {
            account := and(mload(add(accounts, end)), 0xffffffffffffffffffffffffffffffffffffffff)
        }
    }

    /// @notice How many badge numbers there is room for.
    function size(bytes memory accounts) internal pure returns (uint256) {
        return accounts.length / ACCOUNT_BYTES;
    }

    /// @notice The longest run of badge numbers that are all voters', `first` above `last` where there is none.
    /// @param most How many numbers, from 1 on, to look at; no more than there are.
    function longestRun(bytes memory accounts, uint256 most) internal pure returns (uint256 first, uint256 last) {
        first = 1;
        // By hand, four a turn within a run: every decision pays this for every member.
        assembly ("memory-safe") {
            // The 32 bytes at 20 n from here begin with the account of n; zero is less than any other account.
            let base := add(accounts, 12)
            let least := shl(96, 1)
            for { let member := 1 } iszero(gt(member, most)) { member := add(member, 1) } {
                let at := add(base, mul(member, ACCOUNT_BYTES))
                if lt(mload(at), least) { continue }
                let begin := member
                for {} lt(add(member, 3), most) {} {
                    let a := lt(mload(add(at, 20)), least)
                    let b := lt(mload(add(at, 40)), least)
                    let c := lt(mload(add(at, 60)), least)
                    at := add(at, 80)
                    if or(or(a, b), or(c, lt(mload(at), least))) { break }
                    member := add(member, 4)
                }
                at := add(base, mul(member, ACCOUNT_BYTES))
                for {} lt(member, most) { member := add(member, 1) } {
                    at := add(at, ACCOUNT_BYTES)
                    if lt(mload(at), least) { break }
                }
                if sgt(sub(member, begin), sub(last, first)) {
                    first := begin
                    last := member
                }
            }
        }
    }

    /// @notice Writes the accounts into the code of a new contract.
    function write(bytes memory accounts) internal returns (address roll) {
        bytes memory creation =
            abi.encodePacked(hex"61", uint16(accounts.length + 1), LEAVE_THE_REST, hex"00", accounts);
        assembly ("memory-safe") {
            roll := create(0, add(creation, 32), mload(creation))
        }
        if (roll == address(0)) revert RollNotWritten();
    }

    /// @notice The accounts in the code of a roll.
    function read(address roll) internal view returns (bytes memory accounts) {
        uint256 length = roll.code.length - 1;
        accounts = new bytes(length);
        assembly ("memory-safe") {
            extcodecopy(roll, add(accounts, 32), 1, length)
        }
    }
}
