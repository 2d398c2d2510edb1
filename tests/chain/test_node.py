import pytest

from workmoot.chain.node import Node
from workmoot.domain.errors import Malformed


@pytest.mark.parametrize("url", ["127.0.0.1:8545", "node", "ws://127.0.0.1:8545", "http://"])
def test_ask__no_address_of_a_node__refused_at_once(url: str):
    with pytest.raises(Malformed, match="http://HOST:PORT"):
        Node(url).chain_id()
