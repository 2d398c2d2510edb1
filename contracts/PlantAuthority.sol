// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";

/// @title PlantAuthority
/// @notice Who of the humans has which role; grants may have a delay, in which another administrator can veto them.
contract PlantAuthority is AccessManager {
    constructor(address administrator) AccessManager(administrator) {}
}
