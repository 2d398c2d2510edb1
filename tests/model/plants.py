"""The plants that are walked in: what each asks of its humans, and which humans have badges."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.builders import SCAN
from tests.chain.plants import HUMAN_POLICY, account, found
from workmoot.domain.overrides import MAY_WAIT, STRICT, HumanPolicy
from workmoot.domain.workers import Kind, Role, capability_mask


@dataclass(frozen=True, slots=True)
class Setup:
    """A plant as it begins. `badges` has the cells of the humans with a badge, `roles` what some are besides."""

    name: str
    humans: HumanPolicy
    badges: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    roles: tuple[tuple[str, Role], ...] = ()

    def found(self, plant: Any) -> None:
        found(plant)
        for name, cells in self.badges.items():
            plant.by("administrator").members.admit(account(name), Kind.HUMAN, capability_mask(cells), "{}")
        for name, role in self.roles:
            plant.grant(role, account(name))


TRUSTING = Setup("trusting", HUMAN_POLICY)
WARY = Setup(
    "wary",
    HumanPolicy(cosigned=MAY_WAIT, ask_seconds=100, alarm_orders=2, alarm_seconds=50),
    badges={"supervisor": (), "planner": (SCAN,), "operator": (), "mechanic": ()},
    roles=(("planner", Role.SUPERVISOR), ("mechanic", Role.SUPERVISOR)),
)
TWO_HUMANS = Setup(
    "two humans",
    HumanPolicy(cosigned=STRICT.cosigned, ask_seconds=100, alarm_orders=20, alarm_seconds=3_600),
    badges={"supervisor": (), "planner": ()},
    roles=(("planner", Role.SUPERVISOR),),
)
SETUPS = (TRUSTING, WARY, TWO_HUMANS)
