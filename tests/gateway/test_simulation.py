from dataclasses import replace

from gateway.adapters.simulated import report_of
from gateway.simulation import CRITERION_MICRONS, PASSING_GRADE, grade_of, outcome_of, reading_of
from gateway.state import Job
from gateway.truth import Defaults, RobotTruth, Truth
from tests.gateway.floors import PERFECT, R1, R2, a_running_state, a_view, job_of

JOB = job_of(a_running_state(a_view()))
ROUGH = Truth(seed=7, defaults=Defaults(pace=1.2, spread=0.1, failure=0.1, defect=0.2))

GOLDEN = (1204, 571, "part slipped", 276)


def a_job(**changes) -> Job:
    return replace(JOB, order=replace(JOB.order, **changes))


def many(truth, count=2000, **changes):
    return [outcome_of(truth, a_job(task=task, **changes)) for task in range(256, 256 + count)]


def test_outcome_of__same_seed_robot_task_attempt__same_outcome():
    assert outcome_of(ROUGH, a_job(part="a", worker=3)) == outcome_of(ROUGH, a_job(part="b", worker=4))


def test_outcome_of__anything_it_depends_on__another_outcome():
    truths = (ROUGH, Truth(seed=8, defaults=ROUGH.defaults))
    errors = [outcome_of(truth, a_job()).error_microns for truth in truths]
    errors += [outcome_of(ROUGH, a_job(**c)).error_microns for c in ({"robot": R2}, {"task": 9}, {"run": 2})]
    assert len({*errors, outcome_of(ROUGH, a_job(seed=1)).error_microns}) == len(errors) + 1


def test_outcome_of__these_bits__on_every_machine():
    outcome = outcome_of(ROUGH, a_job())
    assert (outcome.duration, outcome.fails_after, outcome.failure, outcome.error_microns) == GOLDEN


def test_outcome_of__no_spread__exactly_work_times_pace():
    truth = Truth(seed=1, robots={R1: RobotTruth(pace=1.5, spread=0, failure=0)})
    assert {outcome.duration for outcome in many(truth, 50)} == {1500}


def test_outcome_of__many__figures_as_the_truth_says():
    outcomes = many(ROUGH)
    durations = sorted(outcome.duration for outcome in outcomes)
    mean = sum(durations) / len(durations)
    deviation = (sum((duration - mean) ** 2 for duration in durations) / len(durations)) ** 0.5
    assert abs(mean - 1200) < 15
    assert abs(deviation - 120) < 12
    assert abs(sum(o.fails_after is not None for o in outcomes) / len(outcomes) - 0.1) < 0.03
    assert abs(sum(o.error_microns > CRITERION_MICRONS for o in outcomes) / len(outcomes) - 0.2) < 0.03


def test_outcome_of__fails__before_it_is_finished():
    assert all(0 < o.fails_after < o.duration for o in many(ROUGH, 500) if o.fails_after is not None)


def test_reading_of__any_sensor__agrees_with_the_truth_about_the_criterion():
    truth = Truth(seed=3, defaults=Defaults(defect=0.5, noise_mm=0.1))
    for task in range(256, 700):
        job = a_job(task=task)
        really = outcome_of(truth, job).error_microns
        reading = reading_of(truth, job, sensor="V-01", number=1)
        assert abs(reading.error_microns - really) <= 100
        assert (reading.error_microns <= CRITERION_MICRONS) == (really <= CRITERION_MICRONS)


def test_reading_of__measured_again__noise_of_its_own():
    readings = {reading_of(PERFECT, a_job(), sensor="V-01", number=n).error_microns for n in range(20)}
    assert len(readings) > 1


def test_grade_of__at_the_criterion__just_passes():
    assert (grade_of(0), grade_of(1000), grade_of(1001), grade_of(9999)) == (100, PASSING_GRADE, PASSING_GRADE - 1, 0)


def test_report_of__halfway__running():
    report = report_of(PERFECT, a_job(), tick=500)
    assert (report.state, report.progress) == ("running", 0.5)


def test_report_of__looked_at_late__ended_when_it_did():
    report = report_of(PERFECT, a_job(), tick=99_999)
    assert (report.state, report.ended_tick) == ("done", 1000)
    assert report.result
    assert report.result["busy_ticks"] == 1000


def test_report_of__paused_halfway__stays_there():
    job = replace(JOB, state="paused", worked=500, since=500)
    assert report_of(PERFECT, job, tick=99_999).progress == 0.5


def test_report_of__paused_after_the_end__was_done_before():
    job = replace(JOB, state="paused", worked=1200, since=1200)
    assert (report_of(PERFECT, job, 5000).state, report_of(PERFECT, job, 5000).ended_tick) == ("done", 1000)


def test_report_of__breaks_off__failed_with_a_reason():
    truth = Truth(seed=1, defaults=Defaults(failure=1))
    report = report_of(truth, a_job(), tick=99_999)
    assert (report.state, report.result, bool(report.why)) == ("failed", None, True)
