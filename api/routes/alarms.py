"""Alarms, and how far humans have seen to them."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query

from api.dependencies import Plant
from api.models.alarms import AlarmOut
from api.models.common import Listing
from api.paging import Pages
from api.views.alarms import alarm_out
from workmoot.domain.alarms import AlarmState, state_of
from workmoot.domain.events import AlarmRaised

router = APIRouter(prefix="/alarms", tags=["alarms"])
STATE = Query(description="Only those that are so.")


@router.get("", operation_id="list_alarms")
def list_alarms(plant: Plant, pages: Pages, state: Annotated[AlarmState | None, STATE] = None) -> Listing[AlarmOut]:
    """Every alarm, the latest first. POST /api/v1/overrides acknowledges or shelves it."""
    with plant.read() as snap:
        alarms = reversed(snap.ledger.alarms)
        found = [alarm for alarm in alarms if state in (None, state_of(snap.ledger, alarm, snap.now))]
        return pages.listing("alarms", snap.head, found, place=_place, show=partial(alarm_out, snap))


def _place(alarm: AlarmRaised) -> tuple[int, int]:
    return -alarm.at.block, -alarm.at.log_index
