"""The plant: floor, schedule, about."""

from fastapi import APIRouter

from api.dependencies import Given, Plant
from api.models.plant import AboutOut, FloorOut, ScheduleOut
from api.views.about import about_out
from api.views.floor import floor_out
from api.views.schedule import schedule_out

router = APIRouter(tags=["plant"])


@router.get("/floor", operation_id="read_floor")
def read_floor(plant: Plant) -> FloorOut:
    """The line as it is now: stations, robots, sensors, people, pairs."""
    with plant.read() as snap:
        return floor_out(snap)


@router.get("/schedule", operation_id="read_schedule")
def read_schedule(plant: Plant) -> ScheduleOut:
    """The plan in force beside what really happened, worker by worker."""
    with plant.read() as snap:
        return schedule_out(snap)


@router.get("/about", operation_id="read_about")
def read_about(given: Given) -> AboutOut:
    """What this API serves, from which chain, and whether it signs."""
    with given.projection.read() as snap:
        return about_out(snap, given)
