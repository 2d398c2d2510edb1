"""The voting rule, equal to the contract's: more than half of all members, counted in heads."""


def has_passed(*, yes: int, members: int) -> bool:
    """Whether more than half of all members said yes; silence counts against."""
    return 2 * yes > members


def is_defeated(*, no: int, barred: int, members: int) -> bool:
    """Whether it can no longer pass, even if everyone else says yes. `barred` never cast and never may."""
    return 2 * (members - no - barred) <= members
