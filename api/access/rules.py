"""Who may use which route: the one table of it. A route that does not stand here is refused to everybody."""

from dataclasses import dataclass
from enum import Enum

from api.access.api_keys import Scope
from workmoot.domain.workers import Role

MEMBER, HUMAN = "member", "human"
ANY_ROLE = frozenset(role.name.lower() for role in Role)


class Limit(Enum):
    """How often one actor may ask, as a share of the API's rate."""

    READS = 1.0
    WRITES = 0.1
    SIGN_INS = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Who may use a route."""

    roles: frozenset[str] = frozenset()
    """Any of these; none named: nobody has to sign in."""
    scope: Scope | None = None
    """What an API key needs, or who came by the identity provider; none: neither will do."""
    in_development: bool = False
    """Whether on a development chain nobody has to sign in for it."""
    limit: Limit | None = Limit.READS

    @property
    def is_open(self) -> bool:
        """Whether anybody may."""
        return not self.roles

    @property
    def is_blind(self) -> bool:
        """Whether nobody is asked who they are, nor refused for a key that is over."""
        return self.is_open and self.limit in (None, Limit.SIGN_INS)


MEMBERS, HUMANS = frozenset({MEMBER}), frozenset({HUMAN})
UNLIMITED = Rule(limit=None)
"""Health, and the ballot boxes, which count what costs them something themselves."""
OPEN = Rule()
SIGNING_IN = Rule(limit=Limit.SIGN_INS)
READ = Rule(roles=MEMBERS, scope=Scope.READ, in_development=True)
RECALL = Rule(roles=MEMBERS, scope=Scope.READ, in_development=True, limit=Limit.WRITES)
"""A read that goes through the chain's events once more."""
SIGNED = Rule(limit=Limit.WRITES)
"""An order carries its human's signature, which the door checks and the contracts check again."""
DRAFT = Rule(roles=MEMBERS, scope=Scope.DRAFT, in_development=True, limit=Limit.WRITES)
GIVE = Rule(roles=ANY_ROLE, scope=Scope.RELAY, in_development=True, limit=Limit.WRITES)
"""An order that a development key is to sign."""
POST = Rule(roles=frozenset({"planner", "supervisor"}), scope=Scope.RELAY, in_development=True, limit=Limit.WRITES)
"""A customer's order, likewise."""
WHO_AM_I = Rule(roles=MEMBERS, scope=Scope.READ)
OWN_KEYS = Rule(roles=HUMANS, limit=Limit.WRITES)
OWN_WEBHOOKS = Rule(roles=HUMANS, in_development=True, limit=Limit.WRITES)

_WHO_MAY = {
    UNLIMITED: "read_health read_readiness list_ballots put_ballot list_drafts put_draft",
    OPEN: (
        "show_page show_sign_in sign_out read_dao list_dao_members list_dao_proposals list_dao_activities "
        "list_dao_contracts read_dao_governance read_reference show_reference list_problems show_problem"
    ),
    SIGNING_IN: "give_nonce sign_in begin_oidc finish_oidc",
    READ: (
        "list_orders read_order list_tasks read_task list_workers read_worker read_ranking list_proposals "
        "read_proposal list_robots read_robot list_overrides read_override list_alarms stream_events list_events "
        "read_floor read_schedule read_about read_metrics show_part list_audit read_product "
        "list_questions read_question read_preview"
    ),
    RECALL: "explain_task export_audit list_product_history",
    SIGNED: "give_override take_robot retain_robot return_robot command_robot",
    DRAFT: "give_overrides submit_order",
    WHO_AM_I: "read_me",
    OWN_KEYS: "create_key list_keys revoke_key",
    OWN_WEBHOOKS: "create_webhook list_webhooks remove_webhook list_dead_letters redeliver_dead_letter",
}
RULES = {route: rule for rule, routes in _WHO_MAY.items() for route in routes.split()}
