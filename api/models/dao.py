"""The DAO as ERC-4824 has it told: JSON-LD that any DAO's tools read."""

from typing import Literal

from pydantic import Field

from api.models.common import Wire


class DaoOut(Wire):
    """What `daoURI` points at."""

    context: Literal["http://www.daostar.org/schemas"] = Field(
        default="http://www.daostar.org/schemas", serialization_alias="@context"
    )
    type: Literal["DAO"] = "DAO"
    name: str
    description: str
    members_uri: str = Field(serialization_alias="membersURI")
    proposals_uri: str = Field(serialization_alias="proposalsURI")
    activity_log_uri: str = Field(serialization_alias="activityLogURI")
    governance_uri: str = Field(serialization_alias="governanceURI")
    contracts_uri: str = Field(serialization_alias="contractsURI")


class DaoPart(Wire):
    """What the documents that it leads to begin with."""

    context: Literal["https://www.daostar.org/schemas"] = Field(
        default="https://www.daostar.org/schemas", serialization_alias="@context"
    )
    type: Literal["DAO"] = "DAO"
    name: str


class DaoMember(Wire):
    """An account."""

    type: Literal["EthereumAddress"] = "EthereumAddress"
    id: str


class DaoMembers(DaoPart):
    """Those that vote."""

    members: tuple[DaoMember, ...]


class DaoProposal(Wire):
    """A plan put to the vote. It makes no calls: what passes is enacted by the DAO itself."""

    type: Literal["proposal"] = "proposal"
    id: str = Field(description="The DAO's CAIP-10 address, `?proposalId=` and the number.")
    name: str
    content_uri: str = Field(serialization_alias="contentURI")
    status: str


class DaoProposals(DaoPart):
    """Every proposal, the latest first."""

    proposals: tuple[DaoProposal, ...]


class DaoProposalName(Wire):
    """A proposal by its id."""

    type: Literal["proposal"] = "proposal"
    id: str


class DaoActivity(Wire):
    """What a member did about a proposal."""

    id: str = Field(description="What it was (propose, review or vote), block, log index, badge number.")
    type: Literal["activity"] = "activity"
    proposal: DaoProposalName
    member: DaoMember


class DaoActivities(DaoPart):
    """Proposals, reviews and votes in the order of the chain."""

    activities: tuple[DaoActivity, ...]


class DaoContract(DaoMember):
    """A contract of the DAO."""

    name: str
    description: str


class DaoContracts(DaoPart):
    """All of them."""

    contracts: tuple[DaoContract, ...]
