"""Simulated time: ticks of 1 ms that run faster than the wall clock by one setting."""

from dataclasses import dataclass

TICKS_A_SECOND = 1_000
"""A tick is a millisecond of simulated time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """Tick 0 is `origin_ms` of Unix time; time runs `speed_milli`/1000 as fast."""

    origin_ms: int
    speed_milli: int

    def ticks(self, unix_ms: int) -> int:
        """Simulated ticks at a moment; never before the origin."""
        return max(0, unix_ms - self.origin_ms) * self.speed_milli // 1000

    def ticks_at(self, unix_s: float) -> int:
        """Simulated ticks at a moment in seconds, such as a block's time stamp."""
        return self.ticks(int(unix_s * 1000))

    def unix_ms(self, ticks: int) -> int:
        """The first millisecond at which a tick has come."""
        return self.origin_ms - (-ticks * 1000 // self.speed_milli)

    def wall_seconds(self, ticks: int) -> float:
        """How long a simulated duration takes on the wall clock."""
        return ticks / self.speed_milli
