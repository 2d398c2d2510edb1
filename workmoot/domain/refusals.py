"""What each custom error of the contracts means for humans: the table of errors in docs/specification.md."""

from workmoot.domain.errors import Refused, WorkmootError

IN_THE_WAY = {
    "AlreadyAcknowledged": "the worker acknowledged this assignment before",
    "AlreadyAMember": "the account has a badge already",
    "AlreadyAnswered": "a question is answered once",
    "AlreadySet": "the plant is described already",
    "AlreadyVoted": "the member voted, or was barred; the first counted ballot is final",
    "BadBallot": (
        "not the member's signature of this digest: for another chain, contract, proposal, content, roster, "
        "deadline or support, or of somebody else"
    ),
    "BadSignature": "the signature is not the human's",
    "BallotOutOfOrder": "ballots ascend by badge number: no member has two",
    "CommandTaken": "another worker holds the command of this resource",
    "DeadlineTooLate": "no proposal opened now is open for so long",
    "EvidenceMissing": "a result names no evidence",
    "ExpiryMissing": "the order has to say until when, at least 10 seconds from now",
    "Fenced": "the caller acts on an epoch that has passed",
    "FutureLookup": "that time is not past yet",
    "GradeTooHigh": "a grade is 0 to 100",
    "HasARole": "a vote admits no account that has a human's role",
    "Held": "a hold is in force: nothing progresses",
    "HelperNotConfirmed": "the plan uses a helper that has not given its word",
    "HumanPolicyTooTight": "a first order waits at least 10 seconds; alarms need an order and a second",
    "HumanDecided": "a human suspended or reinstated this member: no vote changes its standing",
    "KindMissing": "a member is digital, robotic or human",
    "LastMember": "no vote and no silence takes the last one who votes",
    "LimitTooShort": "a limit is under 10 seconds",
    "MalformedBallots": "the ballots' bytes end within a ballot",
    "MalformedDetail": "a detail has 147 bytes, and those of its teams",
    "MalformedInstruction": "the payload is not what this kind carries, or the task's number is none",
    "MalformedMotion": "the bytes follow no motion's layout, or would admit the zero account",
    "MalformedOrder": "the order is not 1 to 256 tasks of 52 bytes",
    "MalformedPayload": "the payload does not follow its layout, or is about something else",
    "MalformedPlan": (
        "the assignments are empty, cut short, over 1,000 entries, their tasks do not ascend, a word has no "
        "such places, or bits that are nobody's are set"
    ),
    "MalformedTask": "no work, no team, a stage, reaction or number of retries that does not exist",
    "MalformedTeams": "the teams' bytes end within a team",
    "MalformedTree": "a tree is a root that is not zero, and how many leaves it has, at least one: 40 bytes",
    "MayNotInstruct": "the human has none of the roles that may instruct this, or is suspended",
    "MayNotTake": "the lead failed the task before, or who is to inspect is not another active digital worker",
    "NeverCosigned": "the policy would make a human wait that stops, takes back or names",
    "NobodyDelegates": "a vote is its member's own",
    "NotAbsent": "the member voted, proposed or joined since, or was silent in too few votes that ran out",
    "NotAllowed": "the human lacks the role, or is suspended",
    "NotAMember": "the account has no badge",
    "NotAnother": "a human does not suspend itself",
    "NotCapable": "the worker is not active, or lacks the capability and no second reason is given",
    "NotExpired": "the slot's time is not over",
    "NoSuchInstruction": "there is no such instruction, or it does not go with this subject",
    "NothingEnacted": "the plant is held, or no word of the plan was asked for",
    "NothingToLift": "nothing of this kind stands for the subject",
    "NothingToRelease": "nothing fills this level",
    "NoTree": "no tree of this proposal passed",
    "NotInElectorate": "the member is not in the proposal's electorate, or has been suspended since",
    "NotInTree": "the proof does not lead from this leaf to the root",
    "NotOverdue": "nothing is overdue",
    "NotReady": "the predecessors in the mask are not done",
    "NotTheAdministrator": "only the administrator says where the DAO is described",
    "NotTheAssignee": "another worker has the task, or none",
    "NotTheContract": "only another of the contracts may do this",
    "NotTheDAO": "only the DAO records trees, and has carried out what passed",
    "NotTheInspector": "another member inspects the task",
    "NotTheLead": "another worker leads the entry",
    "NotTheNext": "another proposal took that number, or it is not reached yet",
    "NotTheOverrides": "only the overrides ask this",
    "NotThePlanner": "the account may not post or describe",
    "NotTheRegistrar": "the account may not change membership, or not a human's; no vote may change a human's",
    "NotTheSender": "a ballot without a signature is its member's own only when that member sends it",
    "NotTheWorkOrders": "only the work orders feed records",
    "OrderExpired": "the order was good until then",
    "OtherEvidence": "the inspector judged other evidence than was submitted",
    "OtherPlan": "the plan's bytes are not what was put to the vote",
    "OutOfScope": "the task or robot belongs to none of the human's cells",
    "PolicyTooTight": (
        "a vote lasts at least 10 seconds, a member may have at least one open, is absent after at least "
        "one, and something weighs"
    ),
    "PolicyTooWide": (
        "a vote lasts at most 16,777,215 seconds, a member may have at most 9 open and is absent after at most 256"
    ),
    "PostExpired": "the signed posting was good until then",
    "PredecessorNotBefore": "a predecessor comes after its task: this also catches every cycle",
    "ProposalNotOpen": "the proposal is in another state",
    "ProposalNotSettled": "the proposal is not settled yet",
    "ReasonMissing": "an order says why: a code and words",
    "RollNotWritten": "there was not gas enough to write the roll",
    "RosterFull": "badges end at 1023, those that a vote gives at 767",
    "RostersOver": "roster versions end at 2,097,151",
    "Soulbound": "badges do not change hands",
    "StaleVersion": "the human saw another epoch, or version, than the present one",
    "StillInElectorate": "the member may still vote",
    "SuspensionUsed": "a human suspends one other human a day",
    "TaskMovedOn": "the task is not open at the version the entry names",
    "TooManyOpen": "the member has as many proposals open as it may",
    "TreeVetoed": "a human's slot is in force for the whole tree",
    "Undecided": "the ballots given leave the vote open",
    "UnknownBlock": "the block read at is not known by that hash, or older than 256 blocks",
    "UnknownCapability": "the plant has no such capability",
    "UnknownMember": "nobody has that number",
    "UnknownOverride": "there is no such order",
    "UnknownProposal": "there is no such proposal",
    "UnknownSupport": "a ballot is 0 or 1",
    "UnknownTask": "there is no such task",
    "VotingNotOver": "the vote's time is not over",
    "VotingOver": "the vote's time is over",
    "WrongKind": "the member is of another kind",
    "WrongLevel": "the level does not go with this kind and subject",
    "WrongStanding": "the member's standing does not allow this",
    "WrongStatus": "the task is not where this would need it to be",
    "WrongSubject": (
        "the kind does not go with this subject; a tree, whose leads claim its tasks, is not approved: "
        "assign those meant"
    ),
}


def explained(error: WorkmootError) -> str:
    """What was refused, as the error says it; of a contract's no, what is in the way too."""
    meaning = IN_THE_WAY.get(error.name) if isinstance(error, Refused) else None
    return f"{error}: {meaning}" if meaning else str(error)
