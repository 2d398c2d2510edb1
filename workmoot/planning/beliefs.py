"""What a member believes of others' promises: its own experience, what the chain recorded, what others say they saw."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from workmoot.domain.errors import Malformed
from workmoot.domain.ids import Number
from workmoot.domain.layout import Layout
from workmoot.domain.ledger import Ledger
from workmoot.planning.problem import Mode, OpenTask
from workmoot.planning.schedule import Duration

WHOLE = 10_000
PRIOR_SAMPLES = 3
"""How many kept promises everyone is credited with before anything is known."""
MOST_SAMPLES = 50
FINDING = Layout("finding", (("worker", 2), ("capability", 1), ("samples", 1), ("ratio", 4), ("reserved", 4)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """`samples` runs of a worker took on average `ratio`/10,000 of what it had promised."""

    worker: Number
    capability: int
    samples: int
    ratio: int

    @property
    def reserved(self) -> int:
        """Zero, for later."""
        return 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Beliefs:
    """Ratios of actual to promised durations, by worker and capability."""

    ratios: dict[tuple[Number, int], int] = field(default_factory=dict)

    def ratio(self, worker: Number, capability: int) -> int:
        """In parts of 10,000; 10,000 for whom nothing is known of."""
        return self.ratios.get((worker, capability), WHOLE)

    def duration(self) -> Duration:
        """What a mode will take, to whom believes this."""

        def believed(mode: Mode, task: OpenTask) -> int:
            return mode.offer.p50 * self.ratio(mode.lead, task.capability) // WHOLE

        return believed


def pack_findings(findings: Iterable[Finding]) -> bytes:
    """worker u16 | capability u8 | samples u8 | ratio u32 | reserved u32: 12 bytes each."""
    return b"".join(FINDING.pack(finding) for finding in findings)


def unpack_findings(packed: bytes) -> tuple[Finding, ...]:
    """A review's findings; a stranger's bytes that do not fit are no finding."""
    try:
        rows = [FINDING.unpack(packed, offset) for offset in range(0, len(packed), FINDING.size)]
    except Malformed:
        return ()
    return tuple(
        Finding(worker=Number(row["worker"]), capability=row["capability"], samples=row["samples"], ratio=row["ratio"])
        for row in rows
    )


def believe(ledger: Ledger, me: Number, experience: Iterable[Finding]) -> Beliefs:
    """One's own experience, the recorded runs, and what others said they saw, weighed by their samples.

    Of itself a member believes what it and the record say, not what others do.
    """
    own = tuple(experience)
    heard = (finding for finding in _heard(ledger, me) if finding.worker != me)
    sums: dict[tuple[Number, int], list[int]] = defaultdict(lambda: [PRIOR_SAMPLES, PRIOR_SAMPLES * WHOLE])
    for finding in (*own, *recorded(ledger), *heard):
        samples = min(finding.samples, MOST_SAMPLES)
        total = sums[finding.worker, finding.capability]
        total[0] += samples
        total[1] += samples * finding.ratio
    return Beliefs(ratios={key: weighed // samples for key, (samples, weighed) in sums.items()})


def recorded(ledger: Ledger) -> list[Finding]:
    """What the runs on the chain took, against what was promised for them."""
    findings = []
    for task in ledger.tasks.values():
        for run in task.runs:
            if run.entry is not None and run.entry.duration and run.busy_ticks:
                ratio = run.busy_ticks * WHOLE // run.entry.duration
                findings.append(Finding(worker=run.worker, capability=task.spec.capability, samples=1, ratio=ratio))
    return findings


def _heard(ledger: Ledger, me: Number) -> Iterable[Finding]:
    """The latest finding of each other member about each worker and capability; nobody is heard about itself."""
    latest: dict[tuple[Number, Number, int], Finding] = {}
    for proposal in ledger.proposals.values():
        for review in proposal.reviews:
            if review.member != me:
                for finding in unpack_findings(review.findings):
                    if finding.worker != review.member:
                        latest[review.member, finding.worker, finding.capability] = finding
    return latest.values()
