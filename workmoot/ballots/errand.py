"""Something asked of a box in a thread of its own: whoever asked waits a while, and then does without."""

import threading
from collections.abc import Callable, Sequence
from time import monotonic
from typing import Generic, TypeVar

from workmoot.domain.errors import BoxError

Answer = TypeVar("Answer")


class Errand(Generic[Answer]):
    """Under way from the moment it is made. A box that never ends its answer keeps no process alive."""

    def __init__(self, question: Callable[[], Answer]) -> None:
        self.answer: Answer | None = None
        self.trouble: BoxError | None = None
        self._thread = threading.Thread(target=self._run, args=(question,), name="errand to a ballot box", daemon=True)
        self._thread.start()

    @property
    def is_done(self) -> bool:
        """Whether it is back, with an answer or trouble."""
        return not self._thread.is_alive()

    def wait(self, seconds: float) -> None:
        """Until it is back, so long at most."""
        self._thread.join(max(0.0, seconds))

    def _run(self, question: Callable[[], Answer]) -> None:
        try:
            self.answer = question()
        except BoxError as trouble:
            self.trouble = trouble


def wait_for_all(errands: Sequence[Errand[Answer]], *, patience_s: float) -> None:
    """Waits until all are back, so long altogether at most."""
    until = monotonic() + patience_s
    for errand in errands:
        errand.wait(until - monotonic())
