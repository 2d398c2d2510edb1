"""Every type of problem there is: the errors, their pages and the OpenAPI document are written from this one table."""

from dataclasses import dataclass

PATH = "/problems"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemType:
    """What went wrong, of which kind: the same each time, whatever the request."""

    slug: str
    status: int
    title: str
    means: str
    helps: str
    """What whoever asked can do."""
    example: str
    """What `detail` says in one such case."""
    again: bool = False
    """Whether the same request may be answered later."""

    @property
    def uri(self) -> str:
        """The `type` of such a problem; it leads to its page."""
        return f"{PATH}/{self.slug}"


_TABLE = (
    ProblemType(
        slug="malformed",
        status=400,
        title="The body cannot be read",
        means="It is no text, or has a number of thousands of digits.",
        helps="Send JSON in UTF-8 with Content-Type: application/json.",
        example="The body cannot be read: it is no JSON in UTF-8, or has a number of thousands of digits.",
    ),
    ProblemType(
        slug="idempotency-key-missing",
        status=400,
        title="The Idempotency-Key is missing",
        means="A write is done once however often it is asked for; its key says that it is the same one.",
        helps="Send an Idempotency-Key of the write's own, for example a UUID; send the same one when you ask again.",
        example="A write carries an Idempotency-Key of its own, for example a UUID.",
    ),
    ProblemType(
        slug="idempotency-key-malformed",
        status=400,
        title="The Idempotency-Key is no key",
        means="A key is 1 to 255 visible ASCII characters without a space.",
        helps="Send a UUID.",
        example="An Idempotency-Key is 1 to 255 visible ASCII characters.",
    ),
    ProblemType(
        slug="not-signed-in",
        status=401,
        title="Nobody signed in",
        means="The route is for those who belong to the plant, and who asks is not known: no session, none any more, "
        "an API key that is over or unknown, or a sign-in that did not hold.",
        helps="Sign in (POST /api/v1/auth/nonce, then /api/v1/auth/sign-in, or `workmoot sign-in`), or send an API key "
        "as Authorization: Bearer.",
        example="Sign in first: POST /api/v1/auth/sign-in, or send an API key.",
    ),
    ProblemType(
        slug="not-permitted",
        status=403,
        title="Not for who asks",
        means="Who asks is known and lacks the role on chain, the scope, or the identity provider's claim that the "
        "route takes: `missing` has it.",
        helps="Ask somebody with the role, have an administrator grant it, or make a key with the scope. The company's "
        "account reads alone, and only with a claim that whoever runs the API named.",
        example="This takes planner or supervisor; on chain, 0x…a1 is human, member, operator.",
    ),
    ProblemType(
        slug="foreign",
        status=403,
        title="From another origin or host",
        means="The request names another host than this API's, or comes from a page of another origin: so a page that "
        "somebody was led to cannot give orders here.",
        helps="Use the API's own address; scripts send no Origin.",
        example="Requests from pages of another origin are refused; this one comes from 'http://evil.example'.",
    ),
    ProblemType(
        slug="not-found",
        status=404,
        title="There is no such thing",
        means="Nothing has that id, or there is no such route.",
        helps="The detail names the list that has the ids; /reference lists every route.",
        example="There is no task 99999. GET /api/v1/tasks lists them; an id is order·256 + index.",
    ),
    ProblemType(
        slug="method-not-allowed",
        status=405,
        title="The route does not answer this method",
        means="The path is known, the method is not.",
        helps="The Allow header says what the path answers.",
        example="/api/v1/orders does not answer DELETE; the Allow header says what it answers.",
    ),
    ProblemType(
        slug="request-in-flight",
        status=409,
        title="The same request is being done",
        means="Another request with this Idempotency-Key is at work now.",
        helps="Ask again with the same key after Retry-After: then its answer is there.",
        example="This very request is being done; ask again in a second for its answer.",
        again=True,
    ),
    ProblemType(
        slug="refused-on-chain",
        status=409,
        title="The contracts refused it",
        means="The order was signed and sent, and a contract said no; `revert` has its error and values. The same "
        "order will be refused again.",
        helps="The detail says what the error means. Look at the subject, then preview and sign anew.",
        example="The task is not where this would need it to be. (WrongStatus(257, 6))",
    ),
    ProblemType(
        slug="gateway-refused",
        status=409,
        title="The robots' gateway refused it",
        means="A hold or release goes to the gateway first, guidance to it alone, and it said no; of guidance, `code` "
        "has its word, such as NOT_HELD.",
        helps="The detail has the gateway's reason; the robots' states are at GET /api/v1/robots.",
        example="The gateway refused the order: the order is over.",
    ),
    ProblemType(
        slug="too-late",
        status=409,
        title="It is past that",
        means="The task is in a status that takes no such order, most often because it has ended; or the question was "
        "answered, or is over.",
        helps="GET /api/v1/tasks/{id} or GET /api/v1/questions/{id} says what became of it.",
        example="Task 257 is accepted: nothing can be assigned any more.",
    ),
    ProblemType(
        slug="no-plant",
        status=409,
        title="There is no plant yet",
        means="The plant is not described on chain: nobody knows which capabilities there are.",
        helps="Deploy the plant with `workmoot up` or as docs/deployment.md says.",
        example="The plant is not described on chain yet; `workmoot up` describes it.",
    ),
    ProblemType(
        slug="too-many-keys",
        status=409,
        title="No more API keys",
        means="An account has 20 keys at most.",
        helps="Revoke one with DELETE /api/v1/keys/{id}.",
        example="An account has 20 keys at most: revoke one with DELETE /api/v1/keys.",
    ),
    ProblemType(
        slug="not-at-once",
        status=409,
        title="This plant takes no drafts",
        means="Its policy has every proposal opened on chain first.",
        helps="Open the proposal on chain.",
        example="This plant opens every proposal on chain: it takes no drafts.",
    ),
    ProblemType(
        slug="not-the-next",
        status=409,
        title="Not the next proposal",
        means="A draft names the number, roster and members of the next proposal; these are others by now.",
        helps="Draft it anew with those that the detail names.",
        example="The next proposal is 4, of roster 23 with 9 members.",
    ),
    ProblemType(
        slug="another-deadline",
        status=409,
        title="The deadline is out of reach",
        means="A draft's deadline is over, or further away than the plant's voting time.",
        helps="Draft it anew with a deadline between now and the time that the detail names.",
        example="A vote on it can end between now and 1800000000.",
        again=True,
    ),
    ProblemType(
        slug="not-in-electorate",
        status=409,
        title="No vote there",
        means="The member does not belong to the proposal's electorate, or voted already.",
        helps="Nothing: the electorate is frozen when a proposal opens, and the first ballot is final.",
        example="Member 7 has no vote on proposal 2.",
    ),
    ProblemType(
        slug="proposal-not-open",
        status=409,
        title="The proposal is not open",
        means="The vote is decided or over.",
        helps="GET /api/v1/proposals/{id} says how it ended.",
        example="Proposal 2 is not open any more.",
    ),
    ProblemType(
        slug="another-content",
        status=409,
        title="The ballot binds something else",
        means="A ballot binds content, roster and deadline; those of the proposal are others.",
        helps="Sign what GET /api/v1/proposals/{id} says.",
        example="Proposal 2 has another content, roster or deadline: sign what GET /api/v1/proposals says.",
    ),
    ProblemType(
        slug="stale-version",
        status=412,
        title="It changed since you looked",
        means="The subject's state is no longer the one that If-Match names; `current` is how it is now, for who may "
        "read.",
        helps="Preview again (?dry_run=true), decide again, and send the new ETag.",
        example="The task changed since the preview. Look again before you decide.",
    ),
    ProblemType(
        slug="too-large",
        status=413,
        title="The body is too large",
        means="A request has at most 2 MiB, a ballot 4 KiB, a draft 160 KiB.",
        helps="Split the order; sign with fewer bytes.",
        example="A request has at most 2 MiB, a ballot 4 KiB, a draft 160 KiB.",
    ),
    ProblemType(
        slug="invalid",
        status=422,
        title="A field is missing or wrong",
        means="`errors` names each field of the body by a JSON `pointer` (the empty one: all of it), each "
        "`parameter` of path, query or header by its name, and says what is wrong with it: of a parameter that the "
        "route does not have, which it has and which may be meant.",
        helps="Mend the fields; /reference has each request's schema and an example.",
        example='/reason: An override says why: {"code": "QUALITY", "text": "…"}.',
    ),
    ProblemType(
        slug="invalid-order",
        status=422,
        title="The order document is not valid",
        means="`errors` has what is wrong where in the document, and what would be right.",
        helps="Mend it; `workmoot scenario validate` checks it without an API.",
        example="products[0].route: no step. Name at least one.",
    ),
    ProblemType(
        slug="idempotency-mismatch",
        status=422,
        title="The Idempotency-Key belongs to another request",
        means="The key was used for a request with other content in the last day.",
        helps="A new request takes a new key.",
        example="This Idempotency-Key was used for another request; a new request takes a new key.",
    ),
    ProblemType(
        slug="precondition-required",
        status=428,
        title="If-Match is missing",
        means="An order says what state its human saw, so that nobody decides about what has changed meanwhile.",
        helps="Send the ETag of ?dry_run=true as If-Match; for a hold, * will do.",
        example="An order says what state its human saw: send the ETag of ?dry_run=true as If-Match.",
    ),
    ProblemType(
        slug="rate-limited",
        status=429,
        title="Too often",
        means="Who asks did so more often than this API allows one account, key or address.",
        helps="Wait for Retry-After seconds. Whoever runs the API sets the rate with --rate.",
        example="0x…a1 asked more often than 10 times a second; wait 1 s.",
        again=True,
    ),
    ProblemType(
        slug="too-many-ballots",
        status=429,
        title="The ballot box is full or busy",
        means="It checks so many signatures a second, and holds so many ballots on one proposal.",
        helps="Wait for Retry-After, use another box, or vote on chain.",
        example="This box checks 200 signatures a second.",
        again=True,
    ),
    ProblemType(
        slug="too-many-drafts",
        status=429,
        title="The box takes no more drafts",
        means="It takes so many drafts of one member, of one number and in a second.",
        helps="Wait for Retry-After, use another box, or open the proposal on chain.",
        example="This box takes no more drafts of member 3.",
        again=True,
    ),
    ProblemType(
        slug="exports-under-way",
        status=429,
        title="Too many audit files at once",
        means="Each audit file asks the node for every block, so only a few are written at a time.",
        helps="Come again when Retry-After says.",
        example="2 audit files are being written; ask again when one of them is done.",
        again=True,
    ),
    ProblemType(
        slug="too-many-streams",
        status=429,
        title="Too many event streams",
        means="A stream lasts until it is closed, so each actor may have so many open and no more.",
        helps="Close one, or read GET /api/v1/events/recent.",
        example="0x…a1 has 20 streams open, which is the most; close one.",
        again=True,
    ),
    ProblemType(
        slug="too-many-webhooks",
        status=409,
        title="Too many webhooks",
        means="An account has as many webhooks as it may have.",
        helps="Remove one with DELETE /api/v1/webhooks/{id}.",
        example="An account has 20 webhooks at most: remove one with DELETE /api/v1/webhooks.",
    ),
    ProblemType(
        slug="busy",
        status=503,
        title="As many such answers as can be made at once",
        means="A forecast plans the work anew, an explanation enters the chain's events anew: a few at once. Holds "
        "wait for none.",
        helps="Ask again in a second.",
        example="As many such answers as can be made at once are being made; ask again.",
        again=True,
    ),
    ProblemType(
        slug="streams-full",
        status=503,
        title="No room for one more stream",
        means="As many event streams are open as this API serves.",
        helps="Come again when Retry-After says, or read GET /api/v1/events/recent.",
        example="200 streams are open, which is the most of this API; come again.",
        again=True,
    ),
    ProblemType(
        slug="fault",
        status=500,
        title="A fault of the API's own",
        means="The request met a fault in the API. Its log has it under the answer's X-Request-Id.",
        helps="Tell whoever runs the API. A write may be asked for again with its Idempotency-Key: it is done once.",
        example="The API met a fault of its own (KeyError); its log has it under 6f1c0a52d1e94b07.",
    ),
    ProblemType(
        slug="chain-fault",
        status=502,
        title="The chain answered strangely",
        means="The node answered something that is neither a yes nor a contract's no.",
        helps="Ask again with the same Idempotency-Key once the node is well; the log of the node may say more.",
        example="the node said: internal error",
    ),
    ProblemType(
        slug="chain-unavailable",
        status=503,
        title="The chain cannot be reached",
        means="The node does not answer. What is read stays readable; what a key signed to hold "
        "acts at the gateway all the same, what a contract wallet signed does not.",
        helps="Ask again with the same Idempotency-Key; GET /readyz says how fresh the picture is.",
        example="the node at 127.0.0.1 does not answer. What a key signed to hold acts at the gateway all the same; "
        "what a wallet signed does not.",
        again=True,
    ),
    ProblemType(
        slug="gateway-unavailable",
        status=503,
        title="The robots' gateway cannot be asked",
        means="A robot's lease is the gateway's alone, and it does not answer, or the plant names none.",
        helps="Ask again with the same Idempotency-Key once it is back; GET /api/v1/floor says why it cannot be read.",
        example="The robots' gateway cannot be asked: the gateway at http://127.0.0.1:8765 did not answer.",
        again=True,
    ),
    ProblemType(
        slug="out-of-gas",
        status=503,
        title="The sending account cannot pay",
        means="The API's account has too little for the transaction.",
        helps="Fund the account that --relay names, then ask again with the same Idempotency-Key.",
        example="The API's account cannot pay for the transaction: insufficient funds.",
        again=True,
    ),
    ProblemType(
        slug="no-account",
        status=503,
        title="No account to send with",
        means="The API was started without an account: it reads only.",
        helps="Start it with --relay, or send the signed order to the contract yourself.",
        example="This API has no account to send with; start it with one, or send the order yourself.",
    ),
    ProblemType(
        slug="database-unavailable",
        status=503,
        title="The API's tables cannot be reached",
        means="Sessions, keys and what writes were done cannot be looked up. A signed order is taken all the same.",
        helps="Ask again; GET /readyz needs no tables.",
        example="The API's tables cannot be reached; its log has the details. A signed order is taken all the same.",
        again=True,
    ),
    ProblemType(
        slug="identity-provider-unavailable",
        status=503,
        title="The identity provider cannot be relied on",
        means="It does not answer, or answers what it should not; the API's log says which. Who signed in stays so.",
        helps="Try again, or sign in with a wallet. Whoever runs the API checks --oidc-issuer and the provider.",
        example="The identity provider cannot be relied on now: no answer within 8 s. Wallets and API keys are let in "
        "all the same.",
        again=True,
    ),
    ProblemType(
        slug="not-ready",
        status=503,
        title="The chain was not read to its head",
        means="The API has just started, cannot read the node, or a part of it ended: what it says may have changed.",
        helps="Wait; `head` and `freshness` say how far it is. Where a part ended by a fault, start it again.",
        example="The chain is not read: last read 12.0 s ago.",
        again=True,
    ),
    ProblemType(
        slug="not-mined",
        status=504,
        title="Not in a block in time",
        means="The transaction was sent and is in no block yet; it may still be mined.",
        helps="Ask again with the same Idempotency-Key, or look at GET /api/v1/overrides.",
        example="0x… was not mined within 30 s. It may still be mined; GET /api/v1/overrides tells.",
    ),
)
TYPES = {type_.slug: type_ for type_ in _TABLE}
