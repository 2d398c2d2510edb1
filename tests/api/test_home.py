"""Where the API is: its origins, its cookie, and the hosts that mean it."""

import pytest

from api.home import Home

LOOPBACK = Home(url="http://127.0.0.1:8600", chain_id=1)
PLANT = Home(url="https://plant.example", chain_id=1)


@pytest.mark.parametrize(
    "url",
    [
        "plant.example",
        "http://plant.example",
        "https://plant.example/",
        "https://a@b",
        "https://A.b",
        "http://127.0.0.1",
    ],
)
def test_home__no_origin__is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="no origin"):
        Home(url=url, chain_id=1)


def test_origins__on_loopback__has_three_names_of_one_port() -> None:
    assert LOOPBACK.origins == {"http://127.0.0.1:8600", "http://localhost:8600", "http://[::1]:8600"}
    assert PLANT.origins == {"https://plant.example"}


def test_cookie__by_https__is_bound_to_the_host() -> None:
    assert (PLANT.cookie, LOOPBACK.cookie) == ("__Host-workmoot", "workmoot-8600")


@pytest.mark.parametrize(
    ("host", "loopback", "plant"),
    [
        ("127.0.0.1:9", True, True),
        ("localhost", True, True),
        ("[::1]:8600", True, True),
        ("plant.example", False, True),
        ("Plant.Example", False, True),
        ("plant.example:444", False, False),
        ("evil.example", False, False),
        ("[::1", False, False),
        ("", False, False),
    ],
)
def test_is_host__its_own_or_loopback__and_no_other(host: str, loopback: bool, plant: bool) -> None:
    assert (LOOPBACK.is_host(host), PLANT.is_host(host)) == (loopback, plant)


def test_origin_of__another_port__is_the_first_origin() -> None:
    assert LOOPBACK.origin_of("localhost:8600") == "http://localhost:8600"
    assert LOOPBACK.origin_of("localhost:9") == "http://127.0.0.1:8600"
