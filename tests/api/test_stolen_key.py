"""With a stolen API key alone nothing changes, on chain, at the gateway or in the database: every route, every kind of
order, and every route that writes with bodies that are right in all but the signature."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import Table

from api.access.access import Terms
from api.access.api_keys import KEYS
from api.access.nonces import NONCES
from api.database import METADATA, Database
from api.drafts import GOES_WITH
from api.errands import ERRANDS
from api.gateway import Gateway
from api.models.orders import Kind
from api.order_json import guidance_from, order_from
from api.previews import PREVIEWS
from api.webhooks.hooks import BEFORE_ALL, Wants
from api.webhooks.message import Message
from tests.api.floors import a_gateway
from tests.api.requests import REASON, an_order, send, soon
from tests.api.requests import a_key as fresh
from tests.api.serving import LOOPBACK, Served, in_memory, notary, serve
from tests.api.story import SCENARIO, Story, a_running_plant, signer
from tests.api.test_roles import ASKS
from tests.api.visitors import a_key, bearer, peopled, sign_in
from workmoot.ballots.box import BoxedBallot
from workmoot.ballots.kept import KeptBallots
from workmoot.ballots.poll import poll_of
from workmoot.ballots.wire import as_json
from workmoot.chain.memory import ADDRESSES
from workmoot.domain.alarms import alarm_id
from workmoot.domain.guidance import guidance_digest
from workmoot.domain.hashing import keccak
from workmoot.domain.ids import ProposalId
from workmoot.domain.overrides import STRICT, OverrideKind, SubjectType, order_digest

IDS = {"task": 261, "proposal": 2, "worker": "sprayer", "robot": "R-6", "plant": None}
OPEN = ProposalId(3)
ANSWER = {"verdict": "accept", "offset": 0, "note": ""}
PAYLOADS: dict[str, dict[str, Any]] = {
    "assign": {"worker": "assembler"},
    "reprioritise": {"priority": 9},
    "answer": {"answer": ANSWER},
}
EVERY_ORDER = [
    pytest.param(kind.value, subject.value, id=f"{kind.value} {subject.value}")
    for kind in Kind
    for subject in sorted(GOES_WITH[kind])
]
V1 = "/api/v1"
A_WEBHOOK = {"url": "https://1.1.1.1:8443/"}
LEASE = f"{V1}/robots/R-1/lease"
LATER = soon(4 * 3_600)
"""Said when this file is read, which may be long before its turn."""
SETTLED_WITHIN_S = 60
Json = dict[str, Any]
Sign = Callable[[str], str]
"""From a digest to a signature."""


# Whom it was stolen from


@dataclass(frozen=True, slots=True, kw_only=True)
class Plant:
    """All that a thief could change."""

    story: Story
    served: Served
    gateway: Gateway
    log: Path
    database: Database
    box: KeptBallots

    def everything(self, *leaving_out: Table) -> Json:
        """The chain, what the gateway did and was told, every row of the database, and the ballot box. When a key
        was last used is left out, and what its holder may have: a nonce to sign in with, and a preview."""
        chain, left_out = self.story.chain, (NONCES, PREVIEWS, *leaving_out)
        self.gateway.cycle()
        return {
            "chain": (chain.head, len(chain.events)),
            "log": self.log.read_bytes(),
            "gateway": replace(self.gateway.words(), robots={}, sensors={}, read_s_ago=None, taken=()),
            "database": {it.name: self._rows(it) for it in METADATA.sorted_tables if it not in left_out},
            "ballots": self.box.read(OPEN).items,
        }

    def settled(self) -> Json:
        """The same, once the gateway and the API have read all of the chain."""
        deadline, last = time.monotonic() + SETTLED_WITHIN_S, None
        while (now := self.everything()) != last or now["gateway"].block != self.story.chain.head.number:
            assert time.monotonic() < deadline, now["gateway"]
            last = now
            time.sleep(0.2)
        return now

    def _rows(self, table: Any) -> list[Any]:
        columns = [column for column in table.columns if column is not KEYS.c.used_at]
        with self.database.begin() as connection:
            return sorted(connection.execute(table.select().with_only_columns(*columns)).all(), key=repr)


Thief = tuple[TestClient, Plant]


@pytest.fixture(scope="module")
def owner_and_plant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Thief]:
    """Signed in: a human who has every role, at an API with an account to send with and a gateway that runs."""
    story = peopled(a_running_plant())
    for _ in range(STRICT.alarm_orders + 1):
        story.order(OverrideKind.HOLD, SubjectType.ROBOT, story.badge["R-1"], why="so often that it raises an alarm")
    story.ask("finisher", story.task("P4", "load"))
    story.propose("analyst", story.plan(), words="quickest")
    database, box, folder = in_memory(), KeptBallots(), tmp_path_factory.mktemp("gateway")
    with a_gateway(story, folder) as (gateway, _):
        served = serve(
            story,
            floor=gateway,
            guided=gateway,
            words=gateway.words,
            signs=(),
            terms=Terms(rate=1_000_000),
            database=database,
            kept=box,
        )
        served.app.state.stopping.set()
        made = Plant(story=story, served=served, gateway=gateway, log=folder / "wal", database=database, box=box)
        with TestClient(served.app, base_url=LOOPBACK) as owner:
            sign_in(owner, "technician")
            hooks = served.app.state.dependencies.hooks
            hook = hooks.create(signer("technician").address, A_WEBHOOK["url"], Wants(), now=0, after=BEFORE_ALL)
            hooks.bury(hook, Message(id="x", type="x", body="{}"), "not taken", now=0)
            yield owner, made


@pytest.fixture(scope="module")
def thief(owner_and_plant: Thief) -> Thief:
    """With that human's key, good for everything that a key may be good for."""
    owner, plant = owner_and_plant
    key = a_key(owner, "read", "draft", "relay")
    made = TestClient(plant.served.app, base_url=LOOPBACK, headers=bearer(key))
    plant.settled()
    return made, plant


def etag_for(client: TestClient, asked: dict[str, Any]) -> str:
    """As of a preview, where there is one."""
    return client.post("/api/v1/overrides?dry_run=true", json=asked).headers.get("ETag", "*")


def test_sweep__every_route__changes_nothing(thief: Thief) -> None:
    client, plant = thief
    before = plant.everything()
    for ask in ASKS.values():
        client.request(ask.method, ask.path, json=ask.body, headers={"If-Match": "*"} | fresh())
    assert plant.everything() == before


# What is for the human alone


FOR_HUMANS = {
    "create_key": ("POST", "/keys", {"name": "x", "scopes": ["read"], "expires_at": LATER}),
    "create_webhook": ("POST", "/webhooks", A_WEBHOOK),
    "list_dead_letters": ("GET", "/webhooks/1/dead-letters", None),
    "redeliver_dead_letter": ("POST", "/webhooks/1/dead-letters/1/redeliver", None),
    "revoke_key": ("DELETE", "/keys/1", None),
    "remove_webhook": ("DELETE", "/webhooks/1", None),
}
"""Each good as it is: the key has the number 1, and so have the webhook and its dead letter."""


@pytest.mark.parametrize("route", FOR_HUMANS)
def test_sweep__what_is_for_the_human_alone__is_refused_to_the_key(thief: Thief, route: str) -> None:
    client, plant = thief
    before, (method, path, body) = plant.everything(), FOR_HUMANS[route]
    assert {row.id for table in ("api_keys", "webhooks", "webhook_letters") for row in before["database"][table]} == {1}
    assert client.request(method, V1 + path, json=body, headers=fresh()).status_code == 403
    assert plant.everything() == before


# Right in all but the signature


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """A route, what is asked of it, and how it takes signatures of what its dry run shows."""

    path: str
    body: Json
    signed: Callable[[Json, Sign], Json]
    pointer: str = "/signature"
    is_of_a_lease: bool = False


def exact(seen: Json, sign: Sign) -> Json:
    return {"order": seen["order"], "signature": sign(seen["digest"])}


def each(seen: Json, sign: Sign) -> Json:
    return {"signed": [exact(one, sign) for one in seen["orders"]]}


def posted(seen: Json, sign: Sign) -> Json:
    of_it = {name: seen["post"][name] for name in ("human", "nonce", "deadline")}
    return {"signed": of_it | {"signature": sign(seen["digest"])}}


DOCUMENT = yaml.safe_load((SCENARIO / "order.yaml").read_text())
SPRAYING = {"status": "allocated", "worker": "sprayer"}
JOG = {"axis": "x", "distance_mm": 1, "speed_mm_s": 250}
WRITES = {
    "give_override": Write(path=f"{V1}/overrides", body=an_order("hold", "task", 298, expires_at=LATER), signed=exact),
    "give_override, of a robot": Write(
        path=f"{V1}/overrides", body=an_order("hold", "robot", "R-2", expires_at=LATER), signed=exact
    ),
    "give_overrides": Write(
        path=f"{V1}/bulk/overrides",
        body={"kind": "hold", "where": SPRAYING, "reason": REASON, "expires_at": LATER},
        signed=each,
        pointer="/signed/0/signature",
    ),
    "submit_order": Write(path=f"{V1}/orders", body={"document": DOCUMENT}, signed=posted, pointer="/signed/signature"),
    "take_robot": Write(path=LEASE, body={"reason": REASON}, signed=exact),
    "retain_robot": Write(path=f"{LEASE}/retain", body={}, signed=exact, is_of_a_lease=True),
    "command_robot": Write(
        path=f"{V1}/robots/R-1/commands",
        body={"command": "jog", "parameters": JOG},
        signed=exact,
        is_of_a_lease=True,
    ),
    "return_robot": Write(
        path=f"{LEASE}/return", body={"outcome": "resume", "reason": REASON}, signed=exact, is_of_a_lease=True
    ),
}
BALLOTS = {"put_ballot", "put_draft"}
"""Routes that write without a dry run: the one below, the other in test_drafts.py, of a plant that decides at once."""


def by(name: str) -> Sign:
    return lambda digest: "0x" + signer(name).sign(bytes.fromhex(digest[2:])).hex()


def under_other_bytes(digest: str) -> str:
    return by("technician")("0x" + keccak(bytes.fromhex(digest[2:])).hex())


FORGED: dict[str, Sign] = {
    "the thief's": by("thief"),
    "another human's": by("supervisor"),
    "the human's under other bytes": under_other_bytes,
    "nobody's": lambda _: "0x" + "00" * 65,
    "too short": lambda _: "0x01",
}


def previewed(client: TestClient, write: Write) -> Json:
    """What the human would sign. Of a lease: once the human has it."""
    if write.is_of_a_lease:
        take = WRITES["take_robot"]
        assert asked(client, take, take.signed(previewed(client, take), by("technician"))).status_code == 201
    answer = client.post(f"{write.path}?dry_run=true", json=write.body)
    assert answer.status_code == 200, answer.text
    seen: Json = answer.json()
    return seen


def asked(client: TestClient, write: Write, signed: Json, *, etag: str | None = None) -> Response:
    """As of a dry run now."""
    etag = etag or client.post(f"{write.path}?dry_run=true", json=write.body).headers["ETag"]
    return client.post(write.path, json=write.body | signed, headers=fresh() | {"If-Match": etag})


@pytest.mark.parametrize("route", WRITES)
def test_sweep__right_in_all_but_the_signature__is_refused_for_it(thief: Thief, route: str) -> None:
    client, plant = thief
    write = WRITES[route]
    seen = previewed(client, write)
    before, refused = plant.everything(), {}
    for whose, forge in FORGED.items():
        refused[whose] = asked(client, write, write.signed(seen, forge), etag=seen["etag"])
    refused["no signature"] = asked(client, write, {}, etag=seen["etag"])
    told = {whose: (answer.status_code, _pointer(answer)) for whose, answer in refused.items()}
    assert told == dict.fromkeys(FORGED, (422, write.pointer)) | {"no signature": (422, "/signature")}
    assert plant.everything() == before


def _pointer(answer: Response) -> str:
    pointer: str = answer.json()["errors"][0]["pointer"]
    return pointer


def test_sweep__taken_for_the_thiefs_own_account__is_refused_by_the_gateway(thief: Thief) -> None:
    client, plant = thief
    write = WRITES["take_robot"]
    seen, before = previewed(client, write), plant.everything(ERRANDS)
    order, domain = seen["order"] | {"human": signer("thief").address}, seen["typed_data"]["domain"]
    digest = guidance_digest(guidance_from(order), chain_id=int(domain["chainId"]), gateway=domain["verifyingContract"])
    own = {"order": order, "signature": by("thief")("0x" + digest.hex())}
    refused = asked(client, write, own, etag=seen["etag"])
    assert (refused.status_code, refused.json()["code"]) == (409, "NOT_ALLOWED")
    assert plant.everything(ERRANDS) == before


def a_ballot(story: Story, by_: str, proposal: ProposalId = OPEN) -> Json:
    """The analyst's, signed by whom it may be."""
    said = poll_of(story.ledger, story.ledger.proposals[proposal]).ballot(support=True)
    signature = signer(by_).sign(notary(story).digest(said))
    return as_json(BoxedBallot(ballot=said, member=story.badge["analyst"], signature=signature))


def test_sweep__a_ballot_right_in_all_but_the_signature__is_not_kept(thief: Thief) -> None:
    client, plant = thief
    before = plant.everything()
    for name in ("thief", "technician", "loader"):
        assert client.post(f"{V1}/ballots", json=a_ballot(plant.story, name)).status_code == 422
    assert plant.everything() == before


def test_sweep__every_route_that_writes__is_tried_with_a_body_that_is_right() -> None:
    asks = {name.partition(",")[0]: ask for name, ask in ASKS.items() if ask.method != "GET"}
    writing = {name for name, ask in asks.items() if not ask.path.startswith(f"{V1}/auth")}
    tried = {name.partition(",")[0] for name in WRITES} | set(FOR_HUMANS) | BALLOTS
    assert tried >= writing


@pytest.mark.parametrize(("kind", "subject"), EVERY_ORDER)
def test_sweep__every_kind_of_order__changes_nothing(thief: Thief, kind: str, subject: str) -> None:
    client, plant = thief
    story, before = plant.story, plant.everything()
    hashes = {"alarm": alarm_id(story.ledger.alarms[0]), "question": next(iter(story.ledger.questions))}
    about = f"0x{hashes[subject]:064x}" if subject in hashes else IDS[subject]
    asked = an_order(kind, subject, about, human="technician", payload=PAYLOADS.get(kind, {}))
    assert send(client, asked, etag=etag_for(client, asked)).status_code in (409, 422)
    drafted = client.post("/api/v1/overrides?dry_run=true", json=asked)
    if drafted.status_code == 200:
        order, digest = drafted.json()["order"], bytes.fromhex(drafted.json()["digest"][2:])
        for signature in (signer("thief").sign(digest), b"\0" * 65, b"\1"):
            forged = asked | {"order": order, "signature": "0x" + signature.hex()}
            assert send(client, forged, etag=drafted.headers["ETag"]).status_code == 422
        own = asked | {
            "order": order | {"human": signer("thief").address},
            "signature": "0x" + signer("thief").sign(digest).hex(),
        }
        assert send(client, own, etag=drafted.headers["ETag"]).status_code == 422
    assert plant.everything() == before


@pytest.mark.parametrize(
    ("kind", "subject", "refusal"),
    [("hold", "plant", "gateway-refused"), ("suspend", "worker", "refused-on-chain")],
)
def test_relay__order_of_the_thiefs_own_account__is_refused_where_it_comes_to(
    thief: Thief, kind: str, subject: str, refusal: str
) -> None:
    client, plant = thief
    before = plant.everything(ERRANDS)
    asked = an_order(kind, subject, IDS[subject], human="technician")
    drafted = client.post("/api/v1/overrides?dry_run=true", json=asked)
    order = drafted.json()["order"] | {"human": signer("thief").address}
    digest = order_digest(order_from(order), chain_id=plant.story.chain.chain_id, overrides=ADDRESSES["Overrides"])
    signed = asked | {"human": None} | {"order": order, "signature": by("thief")("0x" + digest.hex())}
    answer = send(client, signed, etag=drafted.headers["ETag"])
    assert (answer.status_code, answer.json()["type"]) == (409, f"/problems/{refusal}")
    assert "NOT_ALLOWED" in answer.text or "NotAllowed" in answer.text
    assert plant.everything(ERRANDS) == before


# The same bodies, by whom they are from: they come last, for they change something


@pytest.mark.parametrize("route", WRITES)
def test_write__signed_by_its_human__is_done(thief: Thief, route: str) -> None:
    client, plant = thief
    write, before = WRITES[route], plant.everything()
    seen = previewed(client, write)
    answer = asked(client, write, write.signed(seen, by("technician")), etag=seen["etag"])
    assert answer.status_code == 201, answer.text
    assert plant.everything() != before


def test_put__the_analysts_own_ballot__is_kept(thief: Thief) -> None:
    client, plant = thief
    newest = plant.story.propose("analyst", plant.story.plan(), words="the other's time may be over")
    plant.settled()
    answer = client.post(f"{V1}/ballots", json=a_ballot(plant.story, "analyst", newest))
    assert answer.status_code == 201, answer.text


@pytest.mark.parametrize("route", FOR_HUMANS)
def test_write__by_the_human_signed_in__is_done(owner_and_plant: Thief, thief: Thief, route: str) -> None:
    owner, _ = owner_and_plant
    method, path, body = FOR_HUMANS[route]
    answer = owner.request(method, V1 + path, json=body, headers=fresh() | {"Origin": LOOPBACK})
    assert answer.is_success, answer.text
