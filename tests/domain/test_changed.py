import pytest

from tests.builders import a_task
from workmoot.domain.ids import TaskId
from workmoot.domain.ledger import Task
from workmoot.domain.ledger.changed import changed

TASK = Task(id=TaskId(256), spec=a_task())


def test_changed__a_field__leaves_the_record_as_it_was():
    later = changed(TASK, deadline=5)
    assert (later.deadline, TASK.deadline) == (5, 0)
    assert changed(later, deadline=0) == TASK


def test_changed__no_such_field__is_refused():
    with pytest.raises(TypeError, match="Task has no dedline"):
        changed(TASK, dedline=5)
