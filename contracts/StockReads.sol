// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IGovernor} from "@openzeppelin/contracts/governance/IGovernor.sol";
import {IERC5267} from "@openzeppelin/contracts/interfaces/IERC5267.sol";
import {IERC5805} from "@openzeppelin/contracts/interfaces/IERC5805.sol";
import {IERC6372} from "@openzeppelin/contracts/interfaces/IERC6372.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {ERC165} from "@openzeppelin/contracts/utils/introspection/ERC165.sol";
import {BitMaps} from "@openzeppelin/contracts/utils/structs/BitMaps.sol";

import {IAllocationDAO} from "./interfaces/IAllocationDAO.sol";
import {IERC4824} from "./interfaces/IERC4824.sol";
import {IMembers} from "./interfaces/IMembers.sol";
import {IMotions} from "./interfaces/IMotions.sol";
import {Desk, Desks} from "./libraries/Desks.sol";
import {Header, Headers} from "./libraries/Headers.sol";
import {Number, ProposalId} from "./types/Ids.sol";
import {ADMIN} from "./types/Roles.sol";

/// @title StockReads
/// @notice The proposals, and all that stock clients of a Governor read of them.
abstract contract StockReads is EIP712, ERC165, IAllocationDAO {
    using BitMaps for BitMaps.BitMap;
    using Desks for Desk;
    using Headers for Header;

    string private constant NAME = "Workmoot AllocationDAO";
    string private constant VERSION = "1";

    IMembers public immutable members;
    IMotions public immutable motions;

    Desk internal _desk;
    mapping(ProposalId id => Header) internal _headers;
    mapping(ProposalId id => BitMaps.BitMap) internal _ballots;
    /// @inheritdoc IERC4824
    string public daoURI;

    constructor(IMembers members_, IMotions motions_) EIP712(NAME, VERSION) {
        members = members_;
        motions = motions_;
    }

    /// @inheritdoc IAllocationDAO
    function setDaoURI(string calldata uri) external {
        (bool granted,) = members.authority().hasRole(ADMIN, msg.sender);
        if (!granted || members.isSuspended(msg.sender)) revert NotTheAdministrator(msg.sender);
        daoURI = uri;
        emit DAOURIUpdate(address(this), uri);
    }

    /// @inheritdoc IAllocationDAO
    function name() external pure returns (string memory) {
        return NAME;
    }

    /// @inheritdoc IAllocationDAO
    function version() external pure returns (string memory) {
        return VERSION;
    }

    /// @inheritdoc IAllocationDAO
    function token() external view returns (IERC5805) {
        return members;
    }

    /// @inheritdoc IAllocationDAO
    // solhint-disable-next-line func-name-mixedcase
    function COUNTING_MODE() external pure returns (string memory) {
        return "support=bravo&quorum=for";
    }

    /// @inheritdoc IERC6372
    function clock() external view returns (uint48) {
        return uint48(block.timestamp);
    }

    /// @inheritdoc IERC6372
    // solhint-disable-next-line func-name-mixedcase
    function CLOCK_MODE() external pure returns (string memory) {
        return "mode=timestamp";
    }

    /// @inheritdoc IAllocationDAO
    function state(uint256 proposalId) external view returns (IGovernor.ProposalState) {
        Header header = _requireKnown(ProposalId.wrap(proposalId));
        State found = header.state();
        if (found == State.Passed) return IGovernor.ProposalState.Succeeded;
        if (found == State.Enacted) return IGovernor.ProposalState.Executed;
        if (found == State.Defeated) return IGovernor.ProposalState.Defeated;
        if (found == State.Vetoed) return IGovernor.ProposalState.Canceled;
        bool over = found == State.Expired || block.timestamp > header.deadline();
        return over ? IGovernor.ProposalState.Expired : IGovernor.ProposalState.Active;
    }

    /// @inheritdoc IAllocationDAO
    function proposalSnapshot(uint256 proposalId) external view returns (uint256) {
        ProposalId id = ProposalId.wrap(proposalId);
        return _requireKnown(id).deadline() - motions.votingSecondsOf(id);
    }

    /// @inheritdoc IAllocationDAO
    function proposalDeadline(uint256 proposalId) external view returns (uint256) {
        return _requireKnown(ProposalId.wrap(proposalId)).deadline();
    }

    /// @inheritdoc IAllocationDAO
    function proposalProposer(uint256 proposalId) external view returns (address) {
        return members.member(_requireKnown(ProposalId.wrap(proposalId)).proposer()).account;
    }

    /// @inheritdoc IAllocationDAO
    function proposalEta(uint256) external pure returns (uint256) {
        return 0;
    }

    /// @inheritdoc IAllocationDAO
    function proposalNeedsQueuing(uint256) external pure returns (bool) {
        return false;
    }

    /// @inheritdoc IAllocationDAO
    function proposalVotes(uint256 proposalId) external view returns (uint256 against, uint256 for_, uint256 abstain) {
        Header header = _requireKnown(ProposalId.wrap(proposalId));
        return (header.no(), header.yes(), 0);
    }

    /// @inheritdoc IAllocationDAO
    function hasVoted(uint256 proposalId, address account) external view returns (bool) {
        return _ballots[ProposalId.wrap(proposalId)].get(Number.unwrap(members.numberOf(account)));
    }

    /// @inheritdoc IAllocationDAO
    function votingDelay() external pure returns (uint256) {
        return 0;
    }

    /// @inheritdoc IAllocationDAO
    function votingPeriod() external view returns (uint256) {
        return _desk.votingSeconds();
    }

    /// @inheritdoc IAllocationDAO
    function proposalThreshold() external pure returns (uint256) {
        return 1;
    }

    /// @inheritdoc IAllocationDAO
    function quorum(uint256 timepoint) external view returns (uint256) {
        uint256 size = timepoint == block.timestamp ? _desk.members() : members.getPastTotalSupply(timepoint);
        return size / 2 + 1;
    }

    /// @inheritdoc IAllocationDAO
    function getVotes(address account, uint256 timepoint) external view returns (uint256) {
        return timepoint == block.timestamp ? members.getVotes(account) : members.getPastVotes(account, timepoint);
    }

    /// @inheritdoc IAllocationDAO
    function latestProposalId() external view returns (uint256) {
        return _desk.count();
    }

    /// @inheritdoc ERC165
    function supportsInterface(bytes4 interfaceId) public view override returns (bool) {
        return interfaceId == type(IERC6372).interfaceId || interfaceId == type(IERC5267).interfaceId
            || interfaceId == type(IERC4824).interfaceId || super.supportsInterface(interfaceId);
    }

    /* INTERNAL */

    function _requireKnown(ProposalId id) internal view returns (Header header) {
        header = _headers[id];
        if (header.state() == State.None) revert UnknownProposal(id);
    }
}
