"""The benchmark of FlexVega under disturbances: all policies meet the same day, and what is told of it is right."""

from benchmarks.flexvega.community import problem_of, work_through
from benchmarks.flexvega.done import Day
from benchmarks.flexvega.others import SILENT, clairvoyant
from benchmarks.flexvega.run import Figures, Report
from benchmarks.flexvega.world import Way, World
from workmoot.domain.ids import Number, TaskId
from workmoot.planning.problem import Problem


def faults(world: World, day: Day) -> list[str]:
    """What is wrong with a day: checked here without any of what made it."""
    found = [] if day.ends.keys() == world.tasks.keys() else ["not every task is done"]
    for task, begun in day.last.items():
        if any(day.ends[before] > begun.tick for before in world.before(task)):
            found.append(f"{task} does not wait")
        if begun.tick < world.posted_at(task) or world.is_down(begun.way.robots, begun.tick):
            found.append(f"{task} begins when it cannot")
    return found


def figures(makespan_s: float, tardiness_s: float) -> Figures:
    return Figures(makespan_s=makespan_s, tardiness_s=tardiness_s, humans=0, decisions=0)


def report(community: Figures) -> Report:
    others = {"fixed": figures(900, 90), "arrival": figures(800, 100), "clairvoyant": figures(600, 10)}
    return Report(days=({"community": community, **others},), stuck=0)


def test_world__same_seed__same_runs():
    way = Way(team=(Number(14),), robots=(Number(3),))
    one, other = World(3), World(3)
    assert one.pick == other.pick
    assert one.run(TaskId(min(one.tasks) + 5), way, 1) == other.run(TaskId(min(other.tasks) + 5), way, 1)


def test_silent__disturbed_day__everything_is_done_in_order():
    world = World(1, pairs=2)
    problem = problem_of(world)
    days = [decide(world, problem) for decide in SILENT.values()]
    best = clairvoyant(world, problem, days)
    assert [faults(world, day) for day in (*days, best)] == [[], [], []]
    assert best.weight(world) <= min(day.weight(world) for day in days)


def test_community__one_pair__everything_is_done_in_order():
    world = World(1, disturbed=False, misreporting=False, pairs=1)
    assert faults(world, work_through(world)) == []


def test_problem__rush_order__is_released_when_it_is_posted():
    world = World(1, pairs=2)
    problem: Problem = problem_of(world)
    assert all(found.release == world.posted_at(task) for task, found in problem.tasks.items())
    assert problem.tasks.keys() == world.tasks.keys()


def test_report__more_than_half_the_way__is_closer():
    told = report(figures(690, 40)).as_object()
    assert told["closeness"]["mean_makespan_s"] == 0.55
    assert told["closer_to_clairvoyant"] is True


def test_report__tardiness_nearer_to_the_others__is_not_closer():
    assert report(figures(690, 60)).as_object()["closer_to_clairvoyant"] is False
