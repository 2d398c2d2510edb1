"""The threads that work beside the requests: each runs until it is told to stop, and what ends it otherwise is said."""

import threading
from collections.abc import Callable


class Worker:
    """One such thread. It looks at `stopping`, or waits for it between two rounds."""

    def __init__(self, name: str, run: Callable[[], None]) -> None:
        self.name = name
        self.stopping = threading.Event()
        self._run = run
        self._has_ended = False
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)

    @property
    def fault(self) -> str | None:
        """That it ended though nobody told it to; None: it did not."""
        is_fault = self._has_ended and not self.stopping.is_set()
        return f"{self.name} ended by a fault; the log has it, start the API again" if is_fault else None

    def start(self) -> None:
        """Begins."""
        self._thread.start()

    def stop(self, *, within_s: float | None = None) -> None:
        """Tells it to end, and waits for that."""
        self.stopping.set()
        if self._thread.is_alive():
            self._thread.join(within_s)

    def _work(self) -> None:
        try:
            self._run()
        finally:
            self._has_ended = True
