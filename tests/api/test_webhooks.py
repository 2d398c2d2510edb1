"""Webhooks: who asked is told each event in order, until it takes it; through restarts, reorganisations and silence."""

import asyncio
import logging
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from api.database import Database
from api.event_ids import id_at
from api.projection import Projection
from api.webhooks.hooks import BEFORE_ALL, MOST, Hook, Hooks, Wants
from api.webhooks.lease import LASTS_S, RENEWED_EVERY_S, Lease
from api.webhooks.message import Message, new_signing_secret
from api.webhooks.reach import TIMEOUT_S, OutOfReach, Post, Reach
from api.webhooks.sender import Pace, Sender
from api.webhooks.trail import Trail
from tests.absent import not_run
from tests.api.receiver import Receiver, comes, receiving
from tests.api.serving import DEVELOPMENT, LOOPBACK, in_memory, serve
from tests.api.story import Story, a_decided_plant, signer
from tests.api.visitors import STRICT, peopled, sign_in
from tests.told_chain import CHAIN_ID, DEPLOYMENT, ToldChain
from workmoot.chain.follower import Follower
from workmoot.domain.ids import ZERO_ADDRESS

AT = "/api/v1/webhooks"
SOURCE = "eip155:31337:0x01"
QUICK = Pace(look_s=0.01, recall_s=0.05, first_s=0.01, longest_s=0.05, attempts=3)
WAITS_S = 0.5
A = signer("supervisor").address


class Outside:
    """A chain, this API's picture and tables of it, and a receiver; nothing is sent before `sending`."""

    def __init__(self, database: Database, receiver: Receiver) -> None:
        self.database, self.receiver = database, receiver
        self.hooks = Hooks(database)
        self.chain = ToldChain()
        self.plant = Projection(Follower(self.chain, DEPLOYMENT), chain_id=CHAIN_ID)
        self.mine(2)

    def mine(self, messages: int) -> None:
        """A block of messages, which the API has read."""
        self.chain.mine(messages)
        self.plant.begin()

    def hook(self, receiver: Receiver | None = None, **wants: Any) -> Hook:
        """A webhook that is told all there is."""
        at = receiver or self.receiver
        made = self.hooks.create(ZERO_ADDRESS, at.url, Wants(**wants), now=1, after=BEFORE_ALL)
        assert made is not None
        at.secret = made.secret
        return made

    def now(self, hook: Hook) -> Hook:
        """As it is kept."""
        found = self.hooks.find(hook.id)
        assert found is not None
        return found

    @property
    def ids(self) -> list[str]:
        """Every event's, as the chain is now."""
        return [id_at(event.at) for event in self.chain.events]

    @contextmanager
    def sending(
        self, *, reach: Reach | None = None, may_read: bool = True, pace: Pace = QUICK, waits_s: float = 60.0
    ) -> Iterator[None]:
        """A process of the API that sends, started and ended."""
        reach = reach or Reach(loopback=True)
        sender = Sender(
            self.database,
            self.plant,
            lambda: Post(reach, timeout_s=waits_s),
            source=SOURCE,
            may_read=lambda _account: may_read,
            pace=pace,
            lease=Lease(self.database, lasts_s=120),
        )
        sender.start()
        try:
            yield
        finally:
            self.receiver.released.set()
            sender.stop()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as made:
        yield made


@pytest.fixture
def outside(receiver: Receiver) -> Outside:
    return Outside(in_memory(), receiver)


@pytest.fixture
def kept(database: Database, receiver: Receiver) -> Outside:
    """On tables that outlive a process, of either kind."""
    return Outside(database, receiver)


# What is sent


def test_hook__events_come__each_is_told_once_in_the_order_of_the_chain(outside: Outside) -> None:
    outside.hook()
    with outside.sending():
        for _ in range(5):
            outside.mine(3)
        assert comes(lambda: outside.receiver.ids == outside.ids)


def test_message__an_event__is_a_signed_cloudevent(outside: Outside) -> None:
    outside.hook()
    with outside.sending():
        assert comes(lambda: len(outside.receiver.got) == 2)
    first, place = outside.receiver.got[0], outside.chain.events[0].at
    assert (first["specversion"], first["source"], first["id"]) == ("1.0", SOURCE, id_at(place))
    assert (first["type"], first["content-type"]) == ("org.workmoot.MessageSent", "application/cloudevents+json")
    assert (first["data"]["name"], first["data"]["tx"]) == ("MessageSent", place.tx)
    assert first["time"] == "2027-01-15T08:00:04Z"
    assert outside.receiver.tried == [f"0.{name}" for name in outside.ids]


def test_hook__narrowed__is_told_what_it_wants_alone(outside: Outside) -> None:
    with receiving() as other, receiving() as nobody:
        outside.hook(names=("MessageSent",), worker=1)
        outside.hook(other, names=("VoteCast",))
        outside.hook(nobody, worker=7)
        with outside.sending():
            assert comes(lambda: outside.receiver.ids == outside.ids)
        assert (other.tried, nobody.tried) == ([], [])


# Who does not take it


def test_receiver__refuses_for_a_while__the_same_again_and_nothing_before_it(outside: Outside) -> None:
    refusals = iter([500, 503])
    outside.receiver.answer = lambda _receiver, _id: next(refusals, 200)
    outside.hook()
    with outside.sending():
        assert comes(lambda: outside.receiver.ids == outside.ids)
    first, second = (f"0.{name}" for name in outside.ids)
    assert outside.receiver.tried == [first, first, first, second]


def test_receiver__never_takes_one__it_is_a_dead_letter_and_the_next_is_told(outside: Outside) -> None:
    first, second = outside.ids
    outside.receiver.answer = lambda _receiver, id_: 500 if id_ == f"0.{first}" else 200
    hook = outside.hook()
    with outside.sending():
        assert comes(lambda: outside.receiver.ids == [second])
        [letter] = outside.hooks.letters(hook)
        assert (letter.message.id, letter.reason) == (f"0.{first}", "it answered 500")
        assert outside.receiver.tried.count(f"0.{first}") == QUICK.attempts
        assert outside.hooks.ask_again(hook, letter.id)
        assert comes(lambda: not outside.hooks.letters(hook)[0].due)
        outside.receiver.answer = lambda _receiver, _id: 200
        assert outside.hooks.ask_again(hook, letter.id)
        assert comes(lambda: outside.hooks.letters(hook) == ())
    assert outside.receiver.ids == [second, first]


def test_receiver__hangs__is_left_and_delays_nobody_else(outside: Outside) -> None:
    with receiving() as slow:
        slow.answer = slow.hangs
        hook = outside.hook(slow)
        outside.hook()
        with outside.sending(waits_s=WAITS_S):
            assert comes(lambda: outside.receiver.ids == outside.ids)
            assert slow.got == []
            assert comes(lambda: outside.now(hook).trouble == f"no answer within {WAITS_S:g} s")


def test_receiver__its_name_is_found_late__delays_nobody_else(
    outside: Outside, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, released, look_up = [], threading.Event(), socket.getaddrinfo

    def late(host: str, *more: Any, **options: Any) -> Any:
        if not host.endswith(".example"):
            return look_up(host, *more, **options)
        asked.append(host)
        released.wait(60)
        raise socket.gaierror

    monkeypatch.setattr("api.webhooks.names.socket.getaddrinfo", late)
    slow = [outside.hooks.create(A, f"https://{n}.example", Wants(), now=1, after=BEFORE_ALL) for n in range(MOST)]
    outside.hook()
    try:
        with outside.sending(waits_s=WAITS_S):
            assert comes(lambda: outside.receiver.ids == outside.ids)
            assert comes(lambda: all(hook and len(outside.hooks.letters(hook)) == 2 for hook in slow))
    finally:
        released.set()
    assert sorted(asked) == sorted(f"{n}.example" for n in range(MOST))


def test_receiver__redirects__is_not_followed(outside: Outside) -> None:
    outside.receiver.answer = lambda _receiver, _id: 307
    hook = outside.hook()
    with outside.sending():
        assert comes(lambda: len(outside.hooks.letters(hook)) == 2)
    assert outside.hooks.letters(hook)[0].reason == "it answered 307, and redirects are not followed"
    assert outside.receiver.elsewhere == 0


def test_receiver__is_not_there__is_tried_later(outside: Outside) -> None:
    outside.receiver.url = "http://127.0.0.1:9/hook"
    hook = outside.hook()
    with outside.sending():
        assert comes(lambda: len(outside.hooks.letters(hook)) == 2)
    assert "cannot be reached (ConnectError)" in outside.hooks.letters(hook)[0].reason


def test_pace__attempts__wait_twice_as_long_each_time_with_jitter() -> None:
    waits = [[Pace().wait_s(attempts) for _ in range(50)] for attempts in range(10)]
    assert all(0.5 * 2**n <= wait <= 1.5 * 2**n for n, row in enumerate(waits[:8]) for wait in row)
    assert max(map(max, waits)) <= 450
    assert len(set(waits[3])) > 1


# Restarts, several processes, reorganisations


def test_sender__started_again__goes_on_where_it_was(kept: Outside) -> None:
    hook = kept.hook()
    with kept.sending():
        assert comes(lambda: kept.receiver.ids == kept.ids)
    kept.mine(3)
    with kept.sending():
        assert comes(lambda: kept.now(hook).position == kept.chain.events[-1].at.position)
    assert kept.receiver.ids == kept.ids


def test_senders__several_on_one_database__one_sends_and_the_next_takes_over(kept: Outside) -> None:
    kept.hook()
    with ExitStack() as second:
        with kept.sending():
            assert comes(lambda: len(kept.receiver.got) == 2)
            second.enter_context(kept.sending())
            for _ in range(10):
                kept.mine(2)
            assert comes(lambda: len(kept.receiver.got) >= 22)
        kept.mine(2)
        assert comes(lambda: len(kept.receiver.got) >= 24)
    assert kept.receiver.ids == kept.ids


def test_lease__held__nobody_elses_until_it_is_over_or_given_back(database: Database) -> None:
    first, second = Lease(database, lasts_s=30), Lease(database, lasts_s=30)
    assert LASTS_S - RENEWED_EVERY_S > TIMEOUT_S
    assert first.hold(now=1_000)
    assert not second.hold(now=1_029)
    assert first.hold(now=1_029)
    assert first.lasts(now=1_029, seconds=29)
    assert not first.lasts(now=1_029, seconds=30)
    assert second.hold(now=1_060)
    assert not first.hold(now=1_061)
    second.give_back()
    assert first.hold(now=1_062)


def test_chain__goes_another_way__it_is_said_and_what_is_true_now_is_told(outside: Outside) -> None:
    hook = outside.hook()
    with outside.sending():
        outside.mine(2)
        assert comes(lambda: outside.receiver.ids == outside.ids)
        stands, before = outside.ids[1], len(outside.ids)
        outside.chain.turn(1)
        outside.mine(3)
        assert comes(lambda: len(outside.receiver.got) == before + 4)
        assert comes(lambda: outside.now(hook).told == 1)
    said, *anew = outside.receiver.got[before:]
    assert (said["type"], said["data"]) == ("org.workmoot.reorganised", {"after": stands})
    assert [message["id"] for message in anew] == outside.ids[2:]
    assert [message["data"]["tx"] for message in anew] == [event.at.tx for event in outside.chain.events[2:]]
    assert len(set(outside.receiver.tried)) == len(outside.receiver.tried)


def test_chain__went_another_way_while_nobody_sent__it_is_said_all_the_same(kept: Outside) -> None:
    kept.hook()
    with kept.sending():
        assert comes(lambda: kept.receiver.ids == kept.ids)
    kept.chain.turn(1)
    kept.mine(1)
    kept.plant = Projection(Follower(kept.chain, DEPLOYMENT), chain_id=CHAIN_ID)
    kept.plant.begin()
    with kept.sending():
        assert comes(lambda: len(kept.receiver.got) == 4)
    assert kept.receiver.got[2]["data"] == {"after": None}
    assert kept.receiver.got[3]["data"]["tx"] == kept.chain.events[0].at.tx


def test_chain__goes_another_way_while_a_message_is_under_way__it_is_not_taken_for_told(outside: Outside) -> None:
    first = outside.ids[0]
    outside.receiver.answer = lambda receiver, id_: receiver.hangs(receiver, id_) if id_ == f"0.{first}" else 200
    hook = outside.hook()
    with outside.sending():
        assert comes(lambda: outside.receiver.tried == [f"0.{first}"])
        outside.chain.turn(1)
        outside.mine(2)
        assert comes(lambda: outside.now(hook).generation == 1)
        outside.receiver.released.set()
        assert comes(lambda: len(outside.receiver.got) == 4)
    undone, said, *anew = outside.receiver.got
    assert (undone["id"], said["data"]) == (first, {"after": None})
    assert [message["data"]["tx"] for message in anew] == [event.at.tx for event in outside.chain.events]
    assert undone["data"]["tx"] not in [message["data"]["tx"] for message in anew]


def test_sender__another_took_the_turn_meanwhile__learns_what_that_one_saw(outside: Outside) -> None:
    outside.hook()
    with outside.sending():
        assert comes(lambda: outside.receiver.ids == outside.ids)
        other = Trail(outside.database)
        other.recall()
        outside.chain.mine(1)
        other.follow(outside.chain.events, fork=None)
        outside.plant.begin()
        assert comes(lambda: outside.receiver.ids == outside.ids)


def test_trail__a_block_slipped_in_before_what_was_seen__found(database: Database) -> None:
    chain = ToldChain()
    chain.mine(1)
    chain.mine(1)
    first, second = chain.events
    trail = Trail(database)
    trail.follow([second], fork=None)
    trail.recall()
    assert trail.fork([second], head=chain.head) is None
    assert trail.fork([first, second], head=chain.head) is None
    trail.follow([first, second], fork=BEFORE_ALL)
    assert trail.fork([second], head=chain.head) == BEFORE_ALL
    assert trail.fork([first], head=first.at.block) is None
    assert trail.fork([first], head=chain.head) == first.at.position


def test_trail__grows__keeps_the_last_places_alone(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.webhooks.trail.KEPT", 3)
    chain, trail = ToldChain(), Trail(database)
    for _ in range(12):
        chain.mine(1)
        trail.follow(chain.events, fork=None)
    held = Trail(database)
    held.recall()
    assert 3 <= len(held._seen) <= 6  # what a process that begins is left with
    assert held._seen[-1] == chain.events[-1].at


# Where it may lead

INSIDE = (
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",
    "224.0.0.1",
    "255.255.255.255",
    "[::1]",
    "[::]",
    "[fe80::1]",
    "[fd00:ec2::254]",
    "[ff02::1]",
    "[::ffff:169.254.169.254]",
    "[64:ff9b::a9fe:a9fe]",
    "[2002:a9fe:a9fe::1]",
    "127.0.0.1",
)
NO_HOOKS = (
    "http://plant.example/x",
    "http://127.0.0.1/x",
    "ftp://plant.example/x",
    "file:///etc/passwd",
    "https://user:word@plant.example/x",
    "https://plant.example/x#y",
    "https://",
    "https://plant.example:99999/",
    "https://pl\u00e4nt.example/",
    "javascript:alert(1)",
    "https://[::1",
    "https://a b/",
    "https://a..b/",
    f"https://{'a' * 64}.example/",
    "https://[v1.x]/",
    "https://plant.example/\n",
    "https://[fe80::1%25eth0]/",
    "",
)
ODD_HOSTS = ("2130706433", "0x7f.1", "017700000001", "localhost.", "no-such-name.invalid", "-", "127.1")
"""Names that resolvers take for this machine, or for nothing."""


@pytest.mark.parametrize("url", [*NO_HOOKS, *(f"https://{host}/x" for host in INSIDE)])
def test_reach__inside_or_no_webhook__refused(url: str) -> None:
    with pytest.raises(OutOfReach):
        Reach().check(url)


@pytest.mark.parametrize("url", ["https://plant.example/x?y=1", "https://1.1.1.1:8443/", "https://[2606:4700::1]/"])
def test_reach__outside__taken(url: str) -> None:
    assert Reach().check(url).scheme == "https"


@given(st.text(max_size=40))
def test_reach__any_text__is_refused_or_names_a_host(text: str) -> None:
    with suppress(OutOfReach):
        assert Reach().check(f"https://{text}").hostname


def test_reach__as_allowed__the_plants_network_or_this_machine() -> None:
    assert Reach(private=True).check("https://10.0.0.1/x")
    assert Reach(private=True).check("https://100.64.0.1/x")
    assert Reach(loopback=True).check("http://127.0.0.1:1/x")
    assert Reach(loopback=True).check("http://localhost:1/x")
    for reach, url in (
        (Reach(private=True), "https://127.0.0.1/x"),
        (Reach(private=True), "http://10.0.0.1/x"),
        (Reach(loopback=True), "https://10.0.0.1/x"),
        (Reach(loopback=True), "http://plant.example/x"),
    ):
        with pytest.raises(OutOfReach):
            reach.check(url)


@pytest.mark.parametrize(
    "host",
    [
        "0.1.2.3",
        "169.254.169.254",
        "192.0.0.9",
        "192.0.0.170",
        "192.88.99.1",
        "[fe80::1]",
        "[fec0::1]",
        "[::ffff:169.254.169.254]",
    ],
)
def test_reach__no_plants_network__refused_whatever_is_allowed(host: str) -> None:
    with pytest.raises(OutOfReach):
        Reach(private=True, loopback=True).check(f"https://{host}/x")


def test_sender__name_leads_inside__nothing_is_sent(outside: Outside) -> None:
    outside.receiver.url = outside.receiver.url.replace("http:", "https:")
    hook = outside.hook()
    with outside.sending(reach=Reach()):
        assert comes(lambda: len(outside.hooks.letters(hook)) == 2)
    assert "is no public address" in outside.hooks.letters(hook)[0].reason
    assert outside.receiver.hosts == set()


@pytest.mark.parametrize("host", ODD_HOSTS)
def test_post__odd_names__lead_nowhere_and_break_nothing(host: str) -> None:
    async def sent() -> str | None:
        post = Post(Reach(), timeout_s=WAITS_S)
        try:
            message = Message(id="0.1.0", type="org.workmoot.Test", body="{}")
            return await post.send(f"https://{host}:1/x", message, new_signing_secret(), at_s=1)
        finally:
            await post.close()

    assert asyncio.run(sent()) is not None


@pytest.mark.parametrize(("named", "taken"), [("localhost", True), ("elsewhere.example", False)])
def test_sender__https__asks_for_the_names_own_certificate(tmp_path: Path, named: str, taken: bool) -> None:
    server, client = certified(tmp_path, named)
    with receiving(tls=server) as receiver:
        outside = Outside(in_memory(), receiver)
        hook = outside.hook()
        post = Post(Reach(loopback=True), verify=client)
        sender = Sender(
            outside.database, outside.plant, lambda: post, source=SOURCE, may_read=lambda _: True, pace=QUICK
        )
        sender.start()
        try:
            assert comes(lambda: len(receiver.got if taken else outside.hooks.letters(hook)) == 2)
        finally:
            sender.stop()
    assert (receiver.got == []) is not taken


def certified(folder: Path, name: str) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's side that is called so, and a client's that trusts it."""
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", f"/CN={name}"]
    command += ["-addext", f"subjectAltName=DNS:{name}", "-keyout", str(key), "-out", str(certificate)]
    try:
        subprocess.run(command, check=True, capture_output=True)
    except FileNotFoundError:
        not_run("openssl")
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(certificate, key)
    return server, ssl.create_default_context(cafile=str(certificate))


# Who asks


@pytest.fixture
def story() -> Story:
    return peopled(a_decided_plant())


@pytest.fixture
def client(story: Story) -> Iterator[TestClient]:
    with TestClient(serve(story, terms=STRICT).app, base_url=LOOPBACK) as made:
        sign_in(made, "supervisor")
        yield made


def a_webhook(client: TestClient, *, status: int = 201, **more: Any) -> dict[str, Any]:
    answer = client.post(AT, json={"url": "https://mes.example/in?token=abc", **more})
    assert answer.status_code == status, answer.text
    body: dict[str, Any] = answer.json()
    return body


def test_create__its_secret__is_shown_once_and_logged_never(
    client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    made = a_webhook(client, events=["TaskAccepted"], task=256)
    assert made["secret"].startswith("whsec_")
    [listed] = client.get(AT).json()["items"]
    assert listed == {name: value for name, value in made.items() if name != "secret"}
    assert made["secret"] not in caplog.text + client.get(AT).text
    assert listed["told_to"] == client.get("/api/v1/events/recent?limit=1").json()["items"][0]["id"].partition("-")[0]


def test_create__leads_inside__the_pointer_names_the_url(client: TestClient) -> None:
    problem = a_webhook(client, url="https://169.254.169.254/latest", status=422)
    assert problem["errors"] == [{"pointer": "/url", "detail": "169.254.169.254 is no public address."}]


def test_create__no_such_event__says_so(client: TestClient) -> None:
    problem = a_webhook(client, events=["TaskAcepted"], status=422)
    assert "no contract says TaskAcepted" in problem["detail"]


def test_removed__the_next_one__has_another_number(database: Database) -> None:
    hooks = Hooks(database)
    first, second = (_made(hooks, database) for _ in range(2))
    assert second[0] > first[0]
    assert second[1] > first[1]


def _made(hooks: Hooks, database: Database) -> tuple[int, int]:
    """The numbers of a webhook and of its dead letter, both of which are gone."""
    hook = hooks.create(ZERO_ADDRESS, "https://mes.example/in", Wants(), now=1, after=BEFORE_ALL)
    assert hook is not None
    hooks.bury(hook, Message(id="0.1.0", type="org.workmoot.Test", body="{}"), "gone", now=1)
    [letter] = hooks.letters(hook)
    hooks.remove(hook)
    return hook.id, letter.id


def test_create__too_many__is_refused_until_one_is_removed(client: TestClient) -> None:
    for _ in range(MOST):
        made = a_webhook(client)
    assert a_webhook(client, status=409)["type"] == "/problems/too-many-webhooks"
    assert client.delete(f"{AT}/{made['id']}").status_code == 204
    a_webhook(client)


def test_create__many_at_once__no_more_than_an_account_may_have(database: Database) -> None:
    hooks = Hooks(database)
    with ThreadPoolExecutor(8) as pool:
        asked = [
            pool.submit(hooks.create, A, "https://mes.example", Wants(), now=1, after=BEFORE_ALL)
            for _ in range(MOST + 8)
        ]
        made = [hook for one in asked if (hook := one.result())]
    assert len(made) == len(hooks.of(A)) == MOST


@pytest.mark.parametrize(
    "ask",
    [
        lambda client, id_: client.delete(f"{AT}/{id_}"),
        lambda client, id_: client.get(f"{AT}/{id_}/dead-letters"),
        lambda client, id_: client.post(f"{AT}/{id_}/dead-letters/1/redeliver"),
    ],
)
def test_webhook__of_another__is_not_there(client: TestClient, ask: Callable[[TestClient, int], Any]) -> None:
    made = a_webhook(client)
    sign_in(client, "planner")
    assert client.get(AT).json()["items"] == []
    assert ask(client, made["id"]).status_code == 404


@pytest.mark.parametrize("number", [0, -1, 1 << 31, 1 << 63, 10**40])
@pytest.mark.parametrize(
    ("method", "path", "parameter"),
    [
        ("DELETE", "{}", "id"),
        ("GET", "{}/dead-letters", "id"),
        ("POST", "{}/dead-letters/1/redeliver", "id"),
        ("POST", "1/dead-letters/{}/redeliver", "letter"),
    ],
)
def test_webhook__number_that_none_can_have__is_invalid(
    client: TestClient, method: str, path: str, parameter: str, number: int
) -> None:
    answer = client.request(method, f"{AT}/{path.format(number)}")
    assert (answer.status_code, answer.json()["errors"][0]["parameter"]) == (422, parameter)


def test_dead_letter__listed_and_sent_once_more(story: Story, receiver: Receiver) -> None:
    database = in_memory()
    served = serve(story, database=database)
    receiver.answer = lambda _receiver, _id: 500
    with TestClient(served.app, base_url=LOOPBACK) as client:
        made = a_webhook(client, url=receiver.url, events=["MemberSuspended"])
        receiver.secret = made["secret"]
        post = Post(Reach(loopback=True))
        belongs = served.app.state.dependencies.access.door.belongs
        sender = Sender(database, served.projection, lambda: post, source=SOURCE, may_read=belongs, pace=QUICK)
        sender.start()
        story.by("administrator").members.suspend(story.badge["sprayer"])
        letters = f"{AT}/{made['id']}/dead-letters"
        assert comes(lambda: client.get(letters).json()["items"] != [])
        [letter] = client.get(letters).json()["items"]
        assert (letter["type"], letter["event"]["data"]["name"]) == ("org.workmoot.MemberSuspended", "MemberSuspended")
        receiver.answer = lambda _receiver, _id: 204
        assert client.post(f"{letters}/{letter['id']}/redeliver").status_code == 202
        assert comes(lambda: client.get(letters).json()["items"] == [])
        assert client.post(f"{letters}/{letter['id']}/redeliver").status_code == 404
        sender.stop()
    assert [message["data"]["said"]["number"] for message in receiver.got] == [story.badge["sprayer"]]


def test_owner__belongs_here_no_more__is_told_nothing(outside: Outside) -> None:
    outside.hook()
    with outside.sending(may_read=False):
        outside.mine(1)
        assert not outside.receiver.released.wait(WAITS_S)
    assert outside.receiver.tried == []


def test_belongs__members_alone__and_nobody_in_development(story: Story) -> None:
    accounts = (signer("supervisor").address, signer("stranger").address, ZERO_ADDRESS)
    for terms, expected in ((STRICT, [True, False, False]), (DEVELOPMENT, [True, False, True])):
        door = serve(story, terms=terms).app.state.dependencies.access.door
        assert [door.belongs(account) for account in accounts] == expected
