"""What each event tells of people and things: who acted, on what, in which words."""

from dataclasses import dataclass

from workmoot.domain import events


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """How a row is made of an event; names are the event's fields, `words` has them in braces."""

    words: str
    on: tuple[str, str] = ("plant", "")
    """What kind of thing, and which field has its number."""
    by: str = ""
    """The field that names who acted; none: nobody in particular."""
    why: str = ""
    """The field that has the words of who acted."""
    displaced: str = ""
    digest: str = ""


_TASK, _PROPOSAL, _OF_PROPOSAL = ("task", "task"), ("proposal", "id"), ("proposal", "proposal_id")
_MEMBER, _OVERRIDE, _CLAIMED = ("member", "number"), ("override", "id"), ("proposal", "proposal")

_MEMBERS = {
    events.MemberAdmitted: Act(on=_MEMBER, words="is admitted as {kind} worker with the account {account}"),
    events.MemberSuspended: Act(by="by", on=_MEMBER, words="is suspended; by vote: {by_vote}"),
    events.MemberReinstated: Act(by="by", on=_MEMBER, words="acts again; by vote: {by_vote}"),
    events.MemberRetired: Act(by="by", on=_MEMBER, words="leaves for good; by vote: {by_vote}"),
    events.MemberLeftOut: Act(on=_MEMBER, words="was silent for long and is left out"),
    events.MemberCameBack: Act(by="number", on=_MEMBER, words="is back"),
    events.RosterChanged: Act(words="{members} members vote from roster {roster} on"),
    events.RobotBound: Act(on=("robot", "robot"), words="{worker} may use {resource} in scope {scope}"),
    events.RecordGrew: Act(on=("member", "worker"), words="record with capability {capability} grows; done: {done}"),
    events.RoleGranted: Act(words="{account} has role {role_id} from {since} on, delay {delay} s, new: {new_member}"),
    events.RoleRevoked: Act(words="{account} has role {role_id} no more"),
}
_WORK = {
    events.LimitsSet: Act(
        words="limits: acknowledge {acknowledge_seconds} s, heartbeat {heartbeat_seconds} s, "
        "inspect {inspect_seconds} s"
    ),
    events.PlantDescribed: Act(words="the plant is described"),
    events.ClockStarted: Act(words="simulated time begins at {origin_milliseconds} ms, {speed_milli}/1000 as fast"),
    events.OrderPosted: Act(by="by", on=("order", "order"), words="posts the order"),
    events.PlanEnacted: Act(
        on=_CLAIMED, words="entries {first} up to {last} are decided; skipped {skipped}, standing {standing}"
    ),
    events.InForceChanged: Act(
        on=_TASK,
        words="in force: {worker}, inspected by {inspector}; {status}, epoch {epoch}, version {version}, "
        "overridden: {overridden}, held: {held}",
    ),
    events.TaskSummoned: Act(on=_TASK, words="{worker} is to start it by {deadline}"),
    events.TaskAcknowledged: Act(by="worker", on=_TASK, words="will start it by {deadline}"),
    events.TaskStarted: Act(by="worker", on=_TASK, words="starts run {attempt} at epoch {epoch}, until {deadline}"),
    events.DeadlineMoved: Act(on=_TASK, words="the clock begins anew, until {deadline}"),
    events.HeartbeatSeen: Act(by="worker", on=_TASK, words="is at work, until {deadline}"),
    events.ResultSubmitted: Act(
        by="worker",
        on=_TASK,
        words="hands in a result of grade {grade} at epoch {epoch}, busy for {busy_ticks} ms, "
        "to be judged by {deadline}",
        digest="evidence",
    ),
    events.TaskAccepted: Act(
        by="by", on=_TASK, words="accepts the work of {worker} at grade {grade}; a human: {human}", digest="evidence"
    ),
    events.TaskReworked: Act(by="by", on=_TASK, words="corrected the work of {worker}"),
    events.TaskFailed: Act(by="by", on=_TASK, words="the run of {worker} ended: {failure}; the task is {next}"),
    events.InspectionOverdue: Act(on=_TASK, words="{inspector} did not inspect in time; a human is to"),
    events.TaskCancelled: Act(by="by", on=_TASK, words="it will not be done"),
    events.PlantHoldChanged: Act(words="held: {held}; the plant's epoch is {plant_epoch}"),
    events.TreeRecorded: Act(on=_CLAIMED, words="its {count} entries may be claimed under {root}"),
    events.AssignmentClaimed: Act(by="worker", on=_TASK, words="claims the entry of proposal {proposal}: {entry}"),
}
_VOTES = {
    events.OffersPublished: Act(
        by="worker", on=("member", "worker"), words="says what it could do, and ranks the open work"
    ),
    events.HelpConfirmed: Act(
        by="helper", on=_TASK, words="will help {lead} by its offer {sequence} for version {version}"
    ),
    events.MessageSent: Act(by="sender", words="to {to} about {about}", why="message"),
    events.ProposalCreated: Act(
        by="proposer",
        on=_OF_PROPOSAL,
        words="proposes, to be voted on from {vote_start} to {vote_end}",
        why="description",
    ),
    events.ProposalReviewed: Act(
        by="member",
        on=_PROPOSAL,
        words="reviews, and is {support} it: makespan {makespan} ms, findings {findings}",
        why="words",
    ),
    events.VoteCast: Act(by="voter", on=_OF_PROPOSAL, words="votes {support} it", why="reason"),
    events.BallotsCounted: Act(on=_PROPOSAL, words="signed ballots are counted: {ballots}"),
    events.RosterSealed: Act(words="roster {roster} is sealed in {roll}"),
    events.VoterBarred: Act(on=_PROPOSAL, words="{member} can vote no more and had not"),
    events.ProposalSettled: Act(on=_PROPOSAL, words="is {state} with {yes} for and {no} against"),
    events.ProposalExecuted: Act(on=_OF_PROPOSAL, words="is enacted"),
    events.ProposalCanceled: Act(on=_OF_PROPOSAL, words="is vetoed"),
    events.BallotsRecorded: Act(on=_PROPOSAL, words="late ballots are recorded: {ballots}"),
    events.EquivocationProven: Act(on=_PROPOSAL, words="{member} signed both yes and no"),
    events.MotionCarriedOut: Act(on=_PROPOSAL, words="the motion is carried out: {kind}"),
    events.PolicySet: Act(
        words="policy: votes of {voting_seconds} s, {open_limit} open a member, absent after {absent_after}, {weights}"
    ),
}
_HUMANS = {
    events.OverrideGiven: Act(
        by="human", on=("", "subject"), words="override {id}", displaced="displaced", digest="digest"
    ),
    events.InstructionGiven: Act(by="human", on=("", "subject"), words="instruction {id}", digest="digest"),
    events.OverrideReleased: Act(
        on=_OVERRIDE, words="released by override {by}: {subject_type} {subject}, level {level}"
    ),
    events.OverrideExpired: Act(by="by", on=_OVERRIDE, words="is over: {subject_type} {subject}, level {level}"),
    events.OverrideSuperseded: Act(
        on=_OVERRIDE, words="superseded by override {by}: {subject_type} {subject}, level {level}"
    ),
    events.SecondAsked: Act(by="human", on=_OVERRIDE, words="waits until {until} for a second order", digest="effect"),
    events.AlarmRaised: Act(by="human", words="{orders} orders since {since}: more than expected"),
    events.HumanPolicySet: Act(
        words="orders {cosigned} take two, {ask_seconds} s apart at most; "
        "an alarm beyond {alarm_orders} in {alarm_seconds} s"
    ),
    events.OverrideRatified: Act(by="by", on=_OVERRIDE, words="is {support} it", why="words"),
    events.RobotEpochRaised: Act(on=("robot", "robot"), words="held: {held}; epoch {epoch}"),
    events.SafeStopChanged: Act(by="worker", on=_TASK, words="stopped itself: {stopped}"),
}
ACTS: dict[type[events.Event], Act] = {**_MEMBERS, **_WORK, **_VOTES, **_HUMANS}
