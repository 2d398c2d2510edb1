// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Cells
/// @notice What a word of ten tasks holds, written cell by cell: the states of all, then the people of all.
library Cells {
    uint256 internal constant EVERY = 1023;
    uint256 internal constant NOTED = 16;

    /// @dev Its place counted from the first task, which is highest.
    function cell(uint256 state, uint256 people, uint256 place) internal pure returns (uint256) {
        return (state << (245 - 5 * place)) | (people << (180 - 20 * place));
    }

    function stateAt(uint256 cells, uint256 place) internal pure returns (uint256) {
        return (cells >> (245 - 5 * place)) & 31;
    }

    /// @dev All but the people of one task as they were.
    function withPeople(uint256 all, uint256 people, uint256 place) internal pure returns (uint256) {
        return (all & ~cell(0, 0xfffff, place)) | cell(0, people, place);
    }

    /// @dev Ten times the same.
    function ten(uint256 state, uint256 people) internal pure returns (uint256 cells) {
        for (uint256 i = 0; i < 10; ++i) {
            cells |= cell(state, people, i);
        }
    }

    /// @dev Only of the tasks of the mask, whose lowest bit is the first task.
    function only(uint256 people, uint256 mask) internal pure returns (uint256 kept) {
        for (uint256 i = 0; i < 10; ++i) {
            if ((mask >> i) & 1 == 1) kept |= people & cell(0, 0xfffff, i);
        }
    }

    /// @dev Task by task: those of the mask one version on, with their people.
    function decided(uint256 cells, uint256 mask, uint256 people) internal pure returns (uint256 after_) {
        for (uint256 i = 0; i < 10; ++i) {
            bool isGiven = (mask >> i) & 1 == 1;
            uint256 state = stateAt(cells, i);
            uint256 kept = ((isGiven ? people : cells) >> (180 - 20 * i)) & 0xfffff;
            after_ |= cell(isGiven ? state + 1 : state, kept, i);
        }
    }
}
