import os
import random
import signal
import subprocess
import sys
import time

import pytest

from gateway.records import JobEnded, LeaseTaken, LogOpened, Record, RobotSeen, from_json, to_json
from gateway.wal import LogDamaged, LogInUse, Wal
from workmoot.domain.errors import Malformed

SEEN = [RobotSeen(robot=robot, epoch=robot * 2) for robot in range(1, 6)]

WRITER = """
import sys
from pathlib import Path
from gateway.records import RobotSeen
from gateway.wal import Wal
wal = Wal(Path(sys.argv[1]))
number = len(wal.records)
while True:
    batch = [RobotSeen(robot=number + n, epoch=n) for n in range(3)]
    wal.append(batch)
    number += 3
    print(number, flush=True)
"""


def reopened(path):
    wal = Wal(path)
    wal.close()
    return wal.records


@pytest.fixture
def path(tmp_path):
    wal = Wal(tmp_path / "log")
    wal.append(SEEN)
    wal.close()
    return tmp_path / "log"


def test_wal__opened_again__all_records_in_order(path):
    assert list(reopened(path)) == SEEN


def grown(path):
    """The log's records after a restart that wrote one more."""
    wal = Wal(path)
    wal.append(SEEN[:1])
    wal.close()
    return list(reopened(path))


def test_wal__written_to_after_a_restart__goes_on(path):
    assert grown(path) == [*SEEN, SEEN[0]]


@pytest.mark.parametrize("cut", [1, 5, 30])
def test_wal__last_line_cut_short__dropped_and_written_over(path, cut):
    os.truncate(path, path.stat().st_size - cut)
    assert list(reopened(path)) == SEEN[:-1]
    assert grown(path) == [*SEEN[:-1], SEEN[0]]


def test_wal__last_line_garbled__dropped(path):
    path.write_bytes(path.read_bytes()[:-10] + b"\0\0\0\0\0\0\0\0\0\n")
    assert list(reopened(path)) == SEEN[:-1]


def test_wal__damaged_in_the_middle__refused(path):
    content = bytearray(path.read_bytes())
    content[60] ^= 1
    path.write_bytes(content)
    with pytest.raises(LogDamaged):
        Wal(path)


def test_wal__two_gateways__the_second_is_refused(path):
    first = Wal(path)
    with pytest.raises(LogInUse):
        Wal(path)
    first.close()


def test_wal__readable_by_its_owner_alone(path):
    assert path.stat().st_mode & 0o777 == 0o600


def test_from_json__unknown_kind__malformed():
    with pytest.raises(Malformed):
        from_json('{"kind":"Rumour"}')


@pytest.mark.parametrize(
    "record",
    [
        LogOpened(chain_id=1, gateway="0x1", work_orders="0x2"),
        LeaseTaken(robot=1, resource="arm", term=2, human="0x3"),
        JobEnded(task=1, robot=2, state="done", tick=3, why="é", result={"grade": 90}),
    ],
)
def test_from_json__what_to_json_wrote__the_same(record):
    assert from_json(to_json(record)) == record


def test_record__every_kind__has_a_name_of_its_own():
    assert len(Record.kinds) == len({kind.__name__ for kind in Record.kinds.values()}) > 15


@pytest.mark.parametrize("seed", range(4))
def test_wal__killed_at_any_moment__what_was_acknowledged_is_there(tmp_path, seed):
    path = tmp_path / "log"
    path.touch()
    writer = subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True)
    assert writer.stdout
    assert writer.stdout.readline()
    time.sleep(random.Random(seed).uniform(0, 0.05))
    os.kill(writer.pid, signal.SIGKILL)
    told = [int(line) for line in writer.stdout.read().split("\n")[:-1] if line]
    writer.wait()
    writer.stdout.close()
    records = reopened(path)
    assert len(records) >= max(told, default=3)
    assert [record.robot for record in records] == list(range(len(records)))
