from scripts.audit_storage import Claim, compare
from scripts.audit_views import Ask


class Answers:
    """Storage that answers the same to everything."""

    def __init__(self, *values: object) -> None:
        self.values = values

    def read_all(self, asks: list[Ask]):
        return iter([self.values] * len(asks))


def test_compare__not_told__is_not_compared():
    claim = Claim("slot", Ask("Overrides", "slot"), {"id": None, "held": True})
    assert compare([claim], Answers(7, True)) == (1, [])


def test_compare__another_value__is_named():
    compared, found = compare([Claim("plant", Ask("WorkOrders", "plant"), {"held": True})], Answers(False))
    assert (compared, [(item.subject, item.what, item.events, item.other) for item in found]) == (
        1,
        [("plant", "held", True, False)],
    )
