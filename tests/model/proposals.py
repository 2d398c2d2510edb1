"""The rules of AllocationDAO: what is put to the vote, whose ballots count, and when what passed is carried out."""

from dataclasses import dataclass
from itertools import groupby

from tests.model import motions, tasks
from tests.model.law import NOBODY, Content, Entry, Law, No, Proposal, Rest, Tree, require
from tests.model.members import active_worker, belonged, may_vote, voter
from workmoot.domain.proposals import State

BLOCKS_REMEMBERED = 256
MOST_OPEN = 9
MOTION_SECONDS = 600
TASKS_A_WORD = 10
Help = tuple[int, int, int, int, int]
"""task, version, lead, sequence, helper"""


@dataclass(frozen=True, slots=True)
class Given:
    """The assignments and rest a caller gives: of which proposals it has them, none for what nobody proposed; `hashed`:
    both as one hash, without the assignments."""

    plan: int
    rest: int
    hashed: bool = False


@dataclass(frozen=True, slots=True)
class Signed:
    """A ballot as it is given: `signer` signed for `proposal` and `content`; by nobody: without a signature."""

    member: int
    support: bool
    signer: str
    proposal: int
    says: bool
    """What the signature is under."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What a proposer sends; `malformed` says how the bytes of what it wants are."""

    content: Content
    malformed: str
    helpers: tuple[Help, ...]
    read_at: int
    known: bool
    """Whether it names the block by its hash."""
    counters: int
    words: str


def confirm(law: Law, by: str, task: int, version: int, lead: int, sequence: int) -> None:
    law.confirmed |= {(task, version, lead, sequence, active_worker(law, by))}


def review(law: Law, by: str, proposal: int) -> None:
    active_worker(law, by)
    _require_open(law, proposal)


def propose(law: Law, by: str, draft: Draft) -> None:
    """A client asks before whether the tasks of a plan are open."""
    require(not draft.malformed, draft.malformed)
    if isinstance(draft.content, tuple):
        tasks.require_open(law, draft.content)
    _require_sound(law, draft)
    proposer = voter(law, by)
    number = len(law.proposals) + 1
    _take_place(law, proposer, number)
    _open(law, number, proposer, draft, law.now + law.policy.voting_seconds)


def vote(law: Law, by: str, proposal: int, *, support: bool, given: Given | None) -> None:
    """What is given has to be the content; the deciding ballot carries it out at once where all of it is given."""
    found = _cast(law, by, proposal, support=support)
    if given is not None:
        _require_content(law, proposal, given)
    _judge(found)
    if given is not None and not given.hashed and found.state is State.PASSED:
        _enact(law, proposal)


def cast_vote(law: Law, by: str, proposal: int, support: int) -> None:
    require(support in (0, 1), "UnknownSupport")
    vote(law, by, proposal, support=support == 1, given=None)


def cast_vote_by_sig(law: Law, by: str, proposal: int, *, support: bool, signed: bool) -> None:
    """`signed`: the voter signed just this, with its next nonce."""
    require(signed, "BadSignature")
    law.use_nonce("AllocationDAO", by, 0, law.nonces.get(("AllocationDAO", by, 0), 0))
    vote(law, by, proposal, support=support, given=None)


def decide(law: Law, by: str, proposal: int, given: Given, ballots: tuple[Signed, ...], *, cut: bool) -> None:
    """`cut`: the last ballot's bytes are not all there."""
    _require_open(law, proposal)
    _require_content(law, proposal, given)
    _count(law, by, proposal, ballots, cut=cut)
    if law.state_of(proposal) is State.PASSED and not given.hashed:
        _enact(law, proposal)


def decide_at_once(
    law: Law,
    by: str,
    number: int,
    deadline: int,
    draft: Draft,
    ballots: tuple[Signed, ...],
    *,
    cut: bool,
    stale: bool,
) -> None:
    """`stale`: what was signed is not this draft. Nobody asks whether the tasks are open, and no place is taken."""
    _require_sound(law, draft)
    proposer = voter(law, by)
    require(number == len(law.proposals) + 1, "NotTheNext")
    require(law.now <= deadline, "VotingOver")
    require(deadline <= law.now + law.policy.voting_seconds, "DeadlineTooLate")
    _open(law, number, proposer, draft, deadline)
    _count(law, by, number, ballots, cut=cut, stale=stale)
    if law.state_of(number) is State.PASSED:
        _enact(law, number)


def record(law: Law, by: str, proposal: int, given: Given, ballots: tuple[Signed, ...], *, cut: bool) -> None:
    """Changes nothing."""
    require(law.state_of(proposal), "UnknownProposal")
    _require_content(law, proposal, given)
    require(law.state_of(proposal) is not State.OPEN, "ProposalNotSettled")
    previous = NOBODY
    for place, ballot in enumerate(ballots):
        _require_whole(cut=cut, last=place == len(ballots) - 1)
        require(ballot.member > previous, "BallotOutOfOrder")
        require(belonged(law, ballot.member, law.proposals[proposal].rest.roster), "NotInElectorate")
        _require_its_own(law, by, proposal, ballot)
        previous = ballot.member


def prove_equivocation(law: Law, proposal: int, given: Given, yes: Signed, no: Signed) -> None:
    """Changes nothing."""
    require(law.state_of(proposal), "UnknownProposal")
    _require_content(law, proposal, given)
    require(belonged(law, yes.member, law.proposals[proposal].rest.roster), "NotInElectorate")
    require(_is_signed(law, proposal, yes) and _is_signed(law, proposal, no), "BadBallot")


def bar(law: Law, proposal: int, member: int) -> None:
    found = _require_open(law, proposal)
    require(belonged(law, member, found.rest.roster), "NotInElectorate")
    require(not may_vote(law, member, found.rest.roster), "StillInElectorate")
    require(member not in found.cast | found.barred, "AlreadyVoted")
    found.barred |= {member}
    _judge(found)


def poke(law: Law, proposal: int) -> None:
    require(law.state_of(proposal) is State.OPEN, "ProposalNotOpen")
    require(law.now > law.proposals[proposal].rest.deadline, "VotingNotOver")
    law.proposal(proposal).state = State.EXPIRED


def enact(law: Law, proposal: int, given: Given, words: int) -> None:
    """Of a plan so many words, from where the last part ended."""
    require(law.state_of(proposal) is State.PASSED, "ProposalNotOpen")
    _require_content(law, proposal, given)
    content = law.proposals[proposal].content
    if not isinstance(content, tuple):
        require(not (isinstance(content, Tree) and law.plant_held), "NothingEnacted")
        _carry_out(law, proposal)
        return
    left = content[law.proposals[proposal].enacted :]
    part = [len(list(word)) for _, word in groupby(left, _word_of)][:words]
    require(part and not law.plant_held, "NothingEnacted")
    _take(law, proposal, sum(part))


def veto(law: Law, proposal: int) -> tuple[bool, int]:
    """The overrides' own call: whether it ended a vote or what passed, and how many entries were enacted before."""
    ended = law.state_of(proposal) in (State.OPEN, State.PASSED)
    found = law.proposals.get(proposal)
    done = found is not None and (found.state is State.ENACTED or found.enacted)
    require(ended or done, "ProposalNotOpen")
    if ended:
        law.proposal(proposal).state = State.VETOED
    return ended, law.proposals[proposal].enacted


def is_content(law: Law, proposal: int, given: Given) -> bool:
    found = law.proposals.get(proposal)
    if found is None or given.plan not in law.proposals or given.rest not in law.proposals:
        return False
    return (found.content, found.rest) == (law.proposals[given.plan].content, law.proposals[given.rest].rest)


def _cast(law: Law, by: str, proposal: int, *, support: bool) -> Proposal:
    found = _require_open(law, proposal)
    member = voter(law, by)
    require(may_vote(law, member, found.rest.roster), "NotInElectorate")
    require(member not in found.cast, "AlreadyVoted")
    found.cast |= {member}
    found.yes += support
    found.no += not support
    return found


def _open(law: Law, number: int, proposer: int, draft: Draft, deadline: int) -> None:
    rest = Rest(
        helpers=draft.helpers,
        timetable=len(draft.content) if isinstance(draft.content, tuple) else draft.content,
        read_at=draft.read_at,
        counters=draft.counters,
        words=draft.words,
        proposer=proposer,
        roster=len(law.rosters) - 1,
        members=len(law.rosters[-1]),
        deadline=deadline,
    )
    law.proposals[number] = Proposal(draft.content, rest, opened=law.now, voting_seconds=law.policy.voting_seconds)


def _count(law: Law, by: str, proposal: int, ballots: tuple[Signed, ...], *, cut: bool, stale: bool = False) -> None:
    """All of them, and that decides it."""
    found, previous = law.proposal(proposal), NOBODY
    for place, ballot in enumerate(ballots):
        _require_whole(cut=cut, last=place == len(ballots) - 1)
        require(ballot.member > previous, "BallotOutOfOrder")
        require(may_vote(law, ballot.member, found.rest.roster), "NotInElectorate")
        require(ballot.member not in found.cast, "AlreadyVoted")
        require(not (stale and ballot.signer), "BadBallot")
        _require_its_own(law, by, proposal, ballot)
        found.yes += ballot.support
        found.no += not ballot.support
        previous = ballot.member
    _judge(found)
    require(found.state is not State.OPEN, "Undecided")


def _judge(found: Proposal) -> None:
    """More than half of all members pass it; it is defeated once that many can no longer say yes."""
    possible = found.rest.members - found.no - len(found.barred)
    if 2 * found.yes > found.rest.members:
        found.state = State.PASSED
    elif 2 * possible <= found.rest.members:
        found.state = State.DEFEATED


def _require_sound(law: Law, draft: Draft) -> None:
    """Of a tree nothing is asked before its leaves are claimed."""
    require(not draft.malformed, draft.malformed)
    if isinstance(draft.content, tuple):
        require(law.confirmed.issuperset(draft.helpers), "HelperNotConfirmed")
    elif not isinstance(draft.content, Tree):
        motions.require_sound(law, draft.content)
    recent = law.block - BLOCKS_REMEMBERED <= draft.read_at < law.block
    require(recent and draft.known, "UnknownBlock")
    require(draft.counters <= len(law.proposals), "UnknownProposal")


def _take_place(law: Law, proposer: int, proposal: int) -> None:
    """The oldest one that is not under way any more gives way, of the newest, as many as the limit."""
    recent = law.recent.get(proposer, (NOBODY,) * MOST_OPEN)
    over = [place for place in range(law.policy.open_limit) if not _is_under_way(law, recent[place])]
    require(over, "TooManyOpen")
    law.recent[proposer] = (proposal, *recent[: over[-1]], *recent[over[-1] + 1 :])


def _enact(law: Law, proposal: int) -> None:
    """What has just passed, all of it; a plan waits while the plant is held, and a tree."""
    content = law.proposals[proposal].content
    if law.plant_held and isinstance(content, tuple | Tree):
        return
    if isinstance(content, tuple):
        _take(law, proposal, len(content))
    else:
        _carry_out(law, proposal)


def _take(law: Law, proposal: int, count: int) -> None:
    """So many more entries, each as things stand now."""
    found = law.proposal(proposal)
    assert isinstance(found.content, tuple)
    for entry in found.content[found.enacted :][:count]:
        tasks.take(law, entry)
    found.enacted += count
    if found.enacted == len(found.content):
        found.state = State.ENACTED


def _carry_out(law: Law, proposal: int) -> None:
    """A motion that is late is wanted no more. Of a tree the root is kept."""
    found = law.proposal(proposal)
    content = found.content
    late = law.now > found.rest.deadline + MOTION_SECONDS
    assert not isinstance(content, tuple)
    if isinstance(content, Tree):
        found.state = State.ENACTED
    elif late:
        found.state = State.EXPIRED
    else:
        found.state = State.ENACTED
        motions.carry_out(law, content)


def _word_of(entry: Entry) -> tuple[int, int, int]:
    """Tasks of the same ten that follow one another at one version are in one word."""
    return entry.task >> 8, (entry.task & 255) // TASKS_A_WORD, entry.version


def _is_under_way(law: Law, proposal: int) -> bool:
    return law.state_of(proposal) is State.OPEN and law.now <= law.proposals[proposal].rest.deadline


def _require_open(law: Law, proposal: int) -> Proposal:
    require(law.state_of(proposal) is State.OPEN, "ProposalNotOpen")
    found = law.proposal(proposal)
    require(law.now <= found.rest.deadline, "VotingOver")
    return found


def _require_content(law: Law, proposal: int, given: Given) -> None:
    require(is_content(law, proposal, given), "OtherPlan")


def _require_whole(*, cut: bool, last: bool) -> None:
    if cut and last:
        raise No("MalformedBallots")


def _require_its_own(law: Law, by: str, proposal: int, ballot: Signed) -> None:
    if ballot.signer:
        require(_is_signed(law, proposal, ballot), "BadBallot")
    else:
        require(law.members[ballot.member].account == by, "NotTheSender")


def _is_signed(law: Law, proposal: int, ballot: Signed) -> bool:
    account = law.members[ballot.member].account
    return (ballot.signer, ballot.proposal, ballot.says) == (account, proposal, ballot.support)
