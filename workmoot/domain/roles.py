"""Which roles may give an order of a human: the contracts' tables."""

from workmoot.domain.instructions import INSTRUCTIONS, meant_kind
from workmoot.domain.overrides import HumanOrder, Level, OverrideKind
from workmoot.domain.workers import Role

HUMAN_ROLES = frozenset(Role) - {Role.ADMIN}
_SUPERVISORS = frozenset((Role.SUPERVISOR,))
_WITH_OPERATORS = _SUPERVISORS | {Role.OPERATOR}
_WITH_PLANNERS = _SUPERVISORS | {Role.PLANNER}
_WITH_MAINTENANCE = _SUPERVISORS | {Role.MAINTENANCE}
_PLANNED = (OverrideKind.ASSIGN, OverrideKind.CANCEL, OverrideKind.REQUEUE)
_STANDING = (OverrideKind.SUSPEND, OverrideKind.REINSTATE)
_INSTRUCTING: dict[int, frozenset[Role]] = {
    OverrideKind.DRAIN: _WITH_MAINTENANCE,
    OverrideKind.QUARANTINE: _WITH_MAINTENANCE | {Role.OPERATOR},
    OverrideKind.MAINTAIN: _WITH_MAINTENANCE,
    OverrideKind.REPRIORITISE: _WITH_PLANNERS,
}


def roles_for(order: HumanOrder, level: int, *, on_human: bool) -> frozenset[Role]:
    """Any of these will do. `level` is the one that it fills or empties; `on_human`, whether a human's badge is what it
    is about."""
    kind = order.kind
    if kind in INSTRUCTIONS:
        return _INSTRUCTING.get(meant_kind(order), HUMAN_ROLES)
    if level == Level.MAINTENANCE:
        return frozenset((Role.MAINTENANCE,))
    if kind is OverrideKind.HOLD:
        return HUMAN_ROLES if level == Level.PLANT_HOLD else _WITH_OPERATORS
    if kind in _PLANNED or (kind is OverrideKind.RELEASE and level == Level.HUMAN):
        return _WITH_PLANNERS
    if kind is OverrideKind.RELEASE and level != Level.PLANT_HOLD:
        return _WITH_OPERATORS
    return HUMAN_ROLES if kind in _STANDING and on_human else _SUPERVISORS
