"""Who asks, and what the chain says that they are, at this request."""

from collections.abc import Mapping
from dataclasses import dataclass

from api.access.api_keys import Scope
from api.access.rules import ANY_ROLE, HUMAN, MEMBER, Rule
from api.problems import Problem
from workmoot.domain.ids import ZERO_ADDRESS, Address
from workmoot.domain.ledger import Ledger
from workmoot.domain.workers import Kind, Standing

CHALLENGE: Mapping[str, str] = {"WWW-Authenticate": 'Bearer realm="workmoot"'}


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """One asker. `scopes` is None for an account's session, which may do all that the account may."""

    name: str
    """Whose requests are counted together: an account, a key, one of the company, or else a network address."""
    account: Address = ZERO_ADDRESS
    """Nobody's: who asks signed in with none, if at all."""
    roles: frozenset[str] = frozenset()
    scopes: frozenset[Scope] | None = None
    expires_at: int | None = None
    develops: bool = False
    """Whether nobody has to sign in here: a development chain, on loopback."""

    @property
    def is_nobody(self) -> bool:
        """Whether nobody signed in: whoever did is a member at least."""
        return not self.roles

    @property
    def has_account(self) -> bool:
        """Whether who asks is somebody on chain."""
        return self.account != ZERO_ADDRESS

    @property
    def holder(self) -> str:
        """The account, by whichever session or key it asks; else the name."""
        return self.account if self.has_account else self.name

    def may(self, rule: Rule) -> bool:
        """Whether the rule lets it in."""
        return self._refusal(rule) is None

    def require(self, rule: Rule) -> None:
        """Goes on, or says what is missing."""
        refusal = self._refusal(rule)
        if refusal is not None:
            raise refusal

    def _refusal(self, rule: Rule) -> Problem | None:
        if rule.is_open or (self.is_nobody and self.develops and rule.in_development):
            return None
        if self.is_nobody:
            return not_signed_in("Sign in first: POST /api/v1/auth/sign-in, or send an API key.")
        if self.scopes is not None and rule.scope not in self.scopes:
            wanted = f"the scope {rule.scope}" if rule.scope else "the session of a human with an account on chain"
            detail = f"This takes {wanted}; {self.name} has {' and '.join(sorted(self.scopes))}."
            detail += "" if self.has_account else " Sign in with a wallet."
            return Problem(403, "not-permitted", detail, missing=[rule.scope or "session"])
        if not self.roles & rule.roles:
            missing = sorted(rule.roles)
            detail = f"This takes {' or '.join(missing)}; on chain, {self.account} is {', '.join(sorted(self.roles))}."
            return Problem(403, "not-permitted", detail, missing=missing)
        return None


def roles_of(ledger: Ledger, account: Address) -> frozenset[str]:
    """What an account is: roles as the contracts would grant them now, and whether it belongs here at all."""
    badge = ledger.member_of(account)
    stands = badge is None or badge.kind is not Kind.HUMAN or badge.standing is Standing.ACTIVE
    roles = {role.name.lower() for role, accounts in ledger.roles.items() if account in accounts and stands}
    here = badge is not None and badge.standing is not Standing.RETIRED
    human = here and badge is not None and badge.kind is Kind.HUMAN
    return frozenset(roles | ({MEMBER} if here or roles else set()) | ({HUMAN} if human or roles & ANY_ROLE else set()))


def not_signed_in(detail: str) -> Problem:
    """Nobody is known to ask."""
    return Problem(401, "not-signed-in", detail, headers=CHALLENGE)
