import pytest
from hypothesis import given
from hypothesis import strategies as st

from workmoot.domain.hashing import keccak
from workmoot.domain.merkle import is_proof, leaf_of, proof_of, root_of

A, B, C, D = (leaf_of(bytes([number])) for number in range(4))

_leaves = st.lists(st.binary(min_size=1, max_size=8), min_size=1, max_size=70, unique=True).map(
    lambda contents: [leaf_of(content) for content in contents]
)


def pair(one, other):
    return keccak(min(one, other) + max(one, other))


def test_root_of__one_leaf__is_the_root():
    assert root_of([A]) == A
    assert proof_of([A], 0) == ()


def test_root_of__the_last_of_an_odd_level__goes_up_as_it_is():
    assert root_of([A, B, C]) == pair(pair(A, B), C)
    assert proof_of([A, B, C], 2) == (pair(A, B),)
    assert proof_of([A, B, C], 0) == (B, C)


def test_root_of__four__two_levels():
    assert root_of([A, B, C, D]) == pair(pair(A, B), pair(C, D))
    assert proof_of([A, B, C, D], 2) == (D, pair(A, B))


@given(_leaves, st.data())
def test_proof_of__any_leaf__leads_to_the_root(leaves, data):
    index = data.draw(st.integers(0, len(leaves) - 1))
    assert is_proof(proof_of(leaves, index), root_of(leaves), leaves[index])


@given(_leaves, st.binary(min_size=9, max_size=12), st.data())
def test_proof_of__foreign_leaf__leads_elsewhere(leaves, foreign, data):
    index = data.draw(st.integers(0, len(leaves) - 1))
    assert not is_proof(proof_of(leaves, index), root_of(leaves), leaf_of(foreign))


@pytest.mark.parametrize("place", [0, 1])
def test_leaf_of__two_nodes__are_no_leaf(place):
    node = pair(A, B)
    assert node == keccak(min(A, B) + max(A, B))
    assert leaf_of(min(A, B) + max(A, B)) != node
    assert not is_proof(proof_of([A, B], place), root_of([A, B]), leaf_of(A + B))
