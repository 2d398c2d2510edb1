// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAllocationDAO} from "contracts/interfaces/IAllocationDAO.sol";
import {Filings} from "contracts/libraries/Filings.sol";
import {Number, ProposalId} from "contracts/types/Ids.sol";

import {vm} from "./Vm.sol";

/// @notice What is filed by hand is what Solidity's own encoder makes of it.
contract FilingsTest {
    using Filings for Filings.Filing;

    bool private _taken;

    function test_announce__nothing__isSolidityOwnLog() public {
        _check(1, "", "", "");
    }

    /// @dev Every length of the last word of each part.
    function test_announce__everyLength__isSolidityOwnLog() public {
        for (uint256 length = 1; length < 66; ++length) {
            bytes memory part = _filled(length);
            _check(length, part, "", "");
            _check(length, "", part, "");
            _check(length, part, part, string(part));
        }
    }

    /// @dev The log has all the room it needs: what is written to memory next is beside it.
    function test_announce__memoryTakenSince__isAsFiled() public {
        for (uint256 length = 0; length < 66; ++length) {
            bytes memory part = _filled(length);
            _taken = true;
            _check(length, part, part, string(part));
        }
    }

    function testFuzz_announce__anyParts__isSolidityOwnLog(
        uint256 id,
        bytes calldata assignments,
        bytes calldata detail,
        string calldata words
    ) public {
        _check(id, assignments, detail, words);
    }

    function testFuzz_contentHash__anyParts__isOfTheirHashes(bytes[2] calldata parts, string calldata words, uint256 by)
        public
        view
    {
        bytes memory hashes = abi.encode(keccak256(parts[1]), keccak256(bytes(words)));
        bytes memory who = abi.encode(uint16(by), uint64(by >> 16), uint32(by >> 80), uint48(by >> 112));
        bytes32 expected = keccak256(abi.encode(keccak256(parts[0]), keccak256(bytes.concat(hashes, who))));
        vm.assertEq(this.contentHash(parts, words, by), expected);
    }

    function announce(uint256 id, bytes calldata assignments, bytes calldata detail, string calldata words) external {
        Filings.Filing memory filing = Filings.file(assignments, detail, words);
        filing.deadline = uint48(id);
        bytes memory next = new bytes(_taken ? 96 : 0);
        filing.announce(ProposalId.wrap(id));
        vm.assertEq(next, new bytes(next.length));
    }

    function contentHash(bytes[2] calldata parts, string calldata words, uint256 by) external pure returns (bytes32) {
        Filings.Filing memory filing = _file(parts, words);
        (filing.proposer, filing.roster) = (Number.wrap(uint16(by)), uint64(by >> 16));
        (filing.members, filing.deadline) = (uint32(by >> 80), uint48(by >> 112));
        return filing.contentHash();
    }

    function _file(bytes[2] calldata parts, string calldata words) private pure returns (Filings.Filing memory) {
        return Filings.file(parts[0], parts[1], words);
    }

    function _check(uint256 id, bytes memory assignments, bytes memory detail, string memory words) private {
        bytes[] memory parts = new bytes[](2);
        (parts[0], parts[1]) = (assignments, detail);
        vm.expectEmit(address(this));
        _emit(id, parts, words);
        this.announce(id, assignments, detail, words);
    }

    function _emit(uint256 id, bytes[] memory parts, string memory words) private {
        emit IAllocationDAO.ProposalCreated(
            id,
            address(this),
            new address[](0),
            new uint256[](0),
            new string[](0),
            parts,
            block.timestamp,
            uint48(id),
            words
        );
    }

    function _filled(uint256 length) private pure returns (bytes memory part) {
        part = new bytes(length);
        for (uint256 i = 0; i < length; ++i) {
            part[i] = bytes1(uint8(1 + i));
        }
    }
}
