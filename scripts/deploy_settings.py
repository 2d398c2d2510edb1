"""What a deployment is told: the environment's WORKMOOT_ variables, read once."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr

ROOT = Path(__file__).resolve().parent.parent
PREFIX = "WORKMOOT_"
API_URL = "http://127.0.0.1:8600"
"""Where `workmoot serve` answers unless told otherwise."""
DAO_PATH = "/api/v1/dao"
"""Where an API describes the DAO, as ERC-4824 has it."""


class DeploySettings(BaseModel):
    """Each field is the variable of that name in capitals, such as WORKMOOT_SCENARIO."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    scenario: Path = Field(ROOT / "scenarios" / "flexvega", description="The folder with plant.yaml.")
    keys: Path = Field(ROOT / ".run" / "keys", description="Key files, one a member; made where absent.")
    deployment: Path | None = Field(None, description="The file to write; else deployments/<chain id>.json.")
    gateway_url: str = Field("http://127.0.0.1:8700", description="Where the robot gateway will answer.")
    api_url: str | None = Field(
        None, description="Where the API will answer: a ballot box, and what describes the DAO."
    )
    speed: float | None = Field(
        None, gt=0, le=10_000, description="Simulated seconds in a wall second; else the plant's."
    )
    workers: int | None = Field(None, ge=1, le=1_000, description="How many digital workers; else the plant's.")
    funder: Path | None = Field(None, description="Key file of the account that pays; else the node's richest own.")
    mnemonic: SecretStr | None = Field(None, description="Words whose first account pays.")
    fund_ether: float | None = Field(
        None, ge=0, description="What each account gets; else 1000 on a development chain."
    )
    admin_delay_s: int = Field(86_400, ge=0, description="Delay of the administrator's acts, off development chains.")

    @property
    def ballot_box(self) -> str:
        """The box of a plant that votes by signature and names none."""
        return self.api_url or API_URL

    @property
    def dao_uri(self) -> str:
        """Where the DAO is described; nowhere without an API."""
        return self.api_url.rstrip("/") + DAO_PATH if self.api_url else ""

    @classmethod
    def of_environment(cls, environment: Mapping[str, str] = os.environ) -> Self:
        """The settings of the environment; empty variables are none."""
        given = {name: environment.get(PREFIX + name.upper(), "") for name in cls.model_fields}
        return cls.model_validate({name: value for name, value in given.items() if value})
