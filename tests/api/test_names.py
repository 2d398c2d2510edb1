"""Names that webhooks lead to: those that are found late, and everybody else's."""

import asyncio
import threading
from collections.abc import Iterator

import pytest

from api.webhooks.names import Name, Names, TooManyNames


class Resolver:
    """Answers at once, but for names that hang until it is told to give them up."""

    def __init__(self) -> None:
        self.released = threading.Event()
        self.asked: list[Name] = []

    def look(self, name: Name) -> list[str]:
        self.asked.append(name)
        if name[0].startswith("late"):
            self.released.wait(60)
            raise OSError(name[0])
        return ["192.0.2.1"]


@pytest.fixture
def resolver() -> Iterator[Resolver]:
    made = Resolver()
    yield made
    made.released.set()


async def hanging(names: Names, count: int) -> list[asyncio.Task[list[str]]]:
    """So many names that are being looked up."""
    tasks = [asyncio.create_task(names.look_up(f"late{n}.example", 443)) for n in range(count)]
    await asyncio.sleep(0)
    return tasks


def test_look_up__more_names_hang_than_ever_had_threads__another_is_found(resolver: Resolver) -> None:
    async def scene() -> None:
        names = Names(resolver.look)
        late = await hanging(names, 200)
        assert await names.look_up("prompt.example", 443) == ["192.0.2.1"]
        assert not any(task.done() for task in late)
        resolver.released.set()
        assert all(isinstance(given_up, OSError) for given_up in await asyncio.gather(*late, return_exceptions=True))

    asyncio.run(scene())


def test_look_up__a_name_that_hangs__is_asked_for_once_at_a_time(resolver: Resolver) -> None:
    async def scene() -> None:
        names = Names(resolver.look)
        first, second = [(await hanging(names, 1))[0] for _ in range(2)]
        first.cancel()
        resolver.released.set()
        with pytest.raises(OSError, match="late0"):
            await second
        assert len(resolver.asked) == 1
        with pytest.raises(OSError, match="late0"):
            await names.look_up("late0.example", 443)
        assert len(resolver.asked) == 2

    asyncio.run(scene())


def test_look_up__as_many_hang_as_may__the_next_is_refused_until_one_is_given_up(
    resolver: Resolver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.webhooks.names.AT_ONCE", 3)

    async def scene() -> None:
        names = Names(resolver.look)
        late = await hanging(names, 3)
        with pytest.raises(TooManyNames):
            await names.look_up("prompt.example", 443)
        resolver.released.set()
        await asyncio.gather(*late, return_exceptions=True)
        assert await names.look_up("prompt.example", 443) == ["192.0.2.1"]

    asyncio.run(scene())


def test_look_up__the_machine_has_no_thread_left__is_refused_until_it_has(
    resolver: Resolver, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none_left(_thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    async def scene() -> None:
        names = Names(resolver.look)
        with monkeypatch.context() as full:
            full.setattr(threading.Thread, "start", none_left)
            with pytest.raises(TooManyNames):
                await names.look_up("prompt.example", 443)
        assert await names.look_up("prompt.example", 443) == ["192.0.2.1"]

    asyncio.run(scene())


def test_look_up__given_up_when_nobody_listens_any_more__ends_quietly(
    resolver: Resolver, monkeypatch: pytest.MonkeyPatch
) -> None:
    failed: list[object] = []
    monkeypatch.setattr(threading, "excepthook", failed.append)

    async def scene() -> None:
        await hanging(Names(resolver.look), 1)

    asyncio.run(scene())
    resolver.released.set()
    for thread in threading.enumerate():
        if thread.name == "webhook name":
            thread.join(60)
    assert failed == []
