"""What this API is, and what the plant says of itself."""

from importlib.metadata import version

from api.dependencies import Dependencies
from api.models.plant import AboutOut
from api.views.floor import humans
from api.views.snapshot import Snapshot, clean
from workmoot.domain.overrides import Reason
from workmoot.domain.strangers import text
from workmoot.domain.workers import Role


def about_out(snap: Snapshot, given: Dependencies) -> AboutOut:
    """The facts a client needs before all others."""
    gateway, policy = snap.description.get("gateway"), snap.description.get("policy")
    return AboutOut(
        name="workmoot",
        version=version("workmoot"),
        head=snap.head,
        freshness=given.projection.freshness(),
        plant=text(snap.description.get("name")) or None,
        contracts=given.contracts,
        speed=snap.ledger.clock.speed_milli / 1000 if snap.ledger.clock else None,
        simulated_s=snap.simulated_s,
        gateway=clean(gateway) if isinstance(gateway, dict) else None,
        capabilities=snap.capabilities,
        policy=clean(policy) if isinstance(policy, dict) else {},
        humans=tuple(humans(snap)),
        roles=tuple(role.name.lower() for role in Role),
        reasons={reason.name: int(reason) for reason in Reason},
        banner=given.desk.keys.banner,
        relays=given.posting is not None,
        signs=tuple(given.desk.keys.signers),
    )
