from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import an_entry
from workmoot.domain.errors import Malformed
from workmoot.domain.ids import Number, index_of, order_of, task_id
from workmoot.domain.merkle import is_proof, leaf_of
from workmoot.domain.plan import (
    ENTRIES_AT_ONCE,
    ENTRY,
    LAST_TICK,
    LAST_VERSION,
    MOST_ENTRIES,
    MOST_LEAVES,
    Assigned,
    PackedPlan,
    PlanEntry,
    bit_of,
    claim_of,
    claim_proof,
    end_of,
    is_bit_set,
    mandate_of,
    most_entries,
    pack_assignments,
    pack_bits,
    pack_entry,
    pack_plan,
    pack_tree,
    unpack_assignments,
    unpack_entry,
    unpack_plan,
    word_of,
    words_at_once,
)
from workmoot.domain.proposals import DETAIL_SIZE

FIRST, SECOND = task_id(1, 0), task_id(2, 7)
LONE = pack_plan([an_entry(FIRST, helpers=(2,), robots=(9,))])

_tasks = st.one_of(st.integers(256, 270), st.integers(256, 800), st.integers(256, 2**32 - 1))
_numbers = st.lists(st.integers(0, 2**16 - 1), max_size=4).map(tuple)
_entries = st.lists(
    st.builds(
        PlanEntry,
        task=_tasks,
        version=st.one_of(st.integers(1, 2), st.integers(0, LAST_VERSION)),
        lead=st.integers(0, 2**10 - 1),
        sequence=st.integers(0, 2**16 - 1),
        inspector=st.integers(0, 2**10 - 1),
        start=st.one_of(st.integers(0, 600), st.integers(0, LAST_TICK)),
        helpers=_numbers,
    ),
    min_size=1,
    max_size=40,
    unique_by=lambda entry: entry.task,
)


def test_task_id__order_and_index__and_back():
    assert (order_of(SECOND), index_of(SECOND)) == (2, 7)


def test_word_of__ten_tasks_of_an_order_share_one():
    assert [(word_of(task_id(3, index)), bit_of(task_id(3, index))) for index in (0, 9, 10, 255)] == [
        (0x300, 0),
        (0x300, 9),
        (0x301, 0),
        (0x319, 5),
    ]


def test_entry_layout__is_24_bytes_and_two_for_each_helper_and_robot():
    assert ENTRY.size == 24
    assert len(pack_entry(an_entry(helpers=(2, 3), robots=(9,)))) == 30


@given(_entries)
def test_pack_plan__any_entries__unpacked_are_the_same_by_task(entries):
    assert unpack_plan(pack_plan(entries)) == tuple(sorted(entries, key=lambda entry: entry.task))


@given(_entries)
def test_pack_plan__unpacked_and_packed_again__same_bytes(entries):
    plan = pack_plan(entries)
    assert pack_plan(unpack_plan(plan)) == plan


@given(st.binary(max_size=60), st.binary(max_size=30), st.binary(max_size=30))
def test_unpack_plan__any_bytes__refused_or_the_only_ones_for_that_plan(assignments, teams, timetable):
    plan = PackedPlan(assignments=assignments, teams=teams, timetable=timetable)
    try:
        entries = unpack_plan(plan)
    except Malformed:
        return
    assert pack_plan(entries) == plan


@given(_entries, st.sampled_from(["assignments", "teams", "timetable"]), st.data())
def test_unpack_plan__one_byte_changed__refused_or_the_only_bytes_for_another_plan(entries, part, data):
    plan = pack_plan(entries)
    spoilt = bytearray(getattr(plan, part) or b"\0")
    spoilt[data.draw(st.integers(0, len(spoilt) - 1))] ^= data.draw(st.integers(1, 255))
    changed = replace(plan, **{part: bytes(spoilt)})
    try:
        found = unpack_plan(changed)
    except Malformed:
        return
    assert pack_plan(found) == changed


@given(_entries)
def test_pack_assignments__any_entries__no_more_than_their_bytes_can_have(entries):
    assert len(entries) <= most_entries(pack_plan(entries).assignments)


@given(_entries, st.integers(0, 40))
def test_end_of__any_words_of_a_plan__packed_alone_they_are_the_same_bytes(entries, words):
    ordered = sorted(entries, key=lambda entry: entry.task)
    end = end_of(ordered, 0, words)
    assert pack_assignments(ordered[:end]) + pack_assignments(ordered[end:]) == pack_assignments(ordered)


def test_pack_plan__ten_tasks_of_one_version__32_bytes_are_decided_on():
    plan = pack_plan(an_entry(task_id(1, index)) for index in range(10))
    assert len(plan.assignments) == 32
    assert (plan.teams, len(plan.timetable)) == (b"", 35)


def test_pack_plan__one_ten_at_two_versions__words_of_their_own_in_the_order_of_the_tasks():
    plan = pack_plan(an_entry(task_id(1, index), version=1 + (index == 1)) for index in range(4))
    words = ["00000100 004001 004000", "00000100 008002 004000", "00000100 030001 0040000400"]
    assert plan.assignments == bytes.fromhex("".join(words))


def test_unpack_assignments__tasks_of_one_ten_and_version_in_two_words__refused():
    first, second = (pack_plan([an_entry(task_id(1, index))]).assignments for index in (0, 3))
    with pytest.raises(Malformed, match="in two words"):
        unpack_assignments(first + second)
    other = pack_plan([an_entry(task_id(1, 3), version=2)]).assignments
    assert [found.version for found in unpack_assignments(first + other)] == [1, 2]


@pytest.mark.parametrize(
    ("starts", "told"),
    [
        ((7,), "00000007 01 000000"),
        ((7, 262), "00000007 01 000000 0000ff"),
        ((263, 7), "00000007 02 00000100 00000000"),
        ((0, LAST_TICK), "00000000 04 000000000000 0000ffffffff"),
    ],
)
def test_pack_plan__times__counted_from_the_first_in_as_many_bytes_as_the_last_takes(starts, told):
    plan = pack_plan(an_entry(task_id(1, index), start=start) for index, start in enumerate(starts))
    assert plan.timetable == bytes.fromhex(told)


@pytest.mark.parametrize("said", [{"duration": 2}, {"robots": (9,)}])
def test_pack_plan__duration_and_robots__are_the_offers_to_say(said):
    assert pack_plan([an_entry()]) == pack_plan([an_entry(**said)])


def test_pack_plan__task_twice__refused():
    with pytest.raises(Malformed, match="task 256 twice"):
        pack_plan([an_entry(FIRST), an_entry(FIRST, lead=2)])


@pytest.mark.parametrize("count", [0, MOST_LEAVES + 1])
def test_pack_plan__none_or_too_many__refused(count):
    with pytest.raises(Malformed, match=f"{count} entries"):
        pack_plan(_many(count))


@pytest.mark.parametrize(("count", "is_tree"), [(MOST_ENTRIES, False), (MOST_ENTRIES + 1, True)])
def test_pack_plan__more_than_are_recorded_at_once__as_a_tree(count, is_tree):
    plan = pack_plan(_many(count))
    assert plan.is_tree is is_tree
    assert len(unpack_plan(plan)) == count
    assert not is_tree or len(plan.assignments) == 40


def test_pack_plan__most_leaves_with_a_helper_each_in_a_word_of_its_own__within_a_transaction_that_nodes_pass_on():
    many = (
        replace(entry, helpers=(2,), version=1 + entry.task % 2, start=entry.task << 16) for entry in _many(MOST_LEAVES)
    )
    plan = pack_plan(many)
    call = len(plan.content) + DETAIL_SIZE + 600
    assert call < 128 * 1024


@given(_entries)
def test_pack_tree__any_entries__unpacked_are_the_same_by_task(entries):
    tree = pack_tree(entries)
    assert unpack_plan(tree) == tuple(sorted(entries, key=lambda entry: entry.task))
    assert pack_tree(unpack_plan(tree)) == tree


@given(_entries, st.data())
def test_claim_proof__any_entry_of_any_tree__leads_to_its_root(entries, data):
    tree = pack_tree(entries)
    told = unpack_plan(tree)
    index = data.draw(st.integers(0, len(told) - 1))
    assert is_proof(claim_proof(told, index), tree.root, leaf_of(claim_of(told[index])))


def test_claim_of__duration__is_the_offers_to_say():
    assert claim_of(an_entry(duration=1)) == claim_of(an_entry(duration=2))


@pytest.mark.parametrize("at", [4, 35, 39])
def test_unpack_plan__another_root_or_count_than_the_leaves_give__refused(at):
    tree = pack_tree(_many(5))
    changed = bytearray(tree.assignments)
    changed[at] ^= 1
    with pytest.raises(Malformed, match="another than its leaves"):
        unpack_plan(replace(tree, assignments=bytes(changed)))


@pytest.mark.parametrize("changes", [{"start": 1}, {"helpers": (3,)}, {"sequence": 1}])
def test_unpack_plan__another_leaf_than_the_root_binds__refused(changes):
    tree, other = pack_tree([an_entry()]), pack_tree([an_entry(**changes)])
    with pytest.raises(Malformed):
        unpack_plan(replace(other, assignments=tree.assignments))


@pytest.mark.parametrize(("cut", "what"), [(1, "timetable"), (8, "timetable"), (9, "leaves: cut"), (19, "leaves: cut")])
def test_unpack_plan__leaves_cut_short__refused(cut, what):
    tree = pack_tree([an_entry()])
    with pytest.raises(Malformed, match=what):
        unpack_plan(replace(tree, timetable=tree.timetable[:-cut]))


@pytest.mark.parametrize("changes", [{"version": LAST_VERSION + 1}, {"lead": 1_024}, {"inspector": 1_024}])
def test_pack_plan__more_than_its_bits__refused(changes):
    with pytest.raises(Malformed, match="bits"):
        pack_plan([an_entry(**changes)])


def test_unpack_assignments__what_a_decision_reads():
    entry = an_entry(SECOND, lead=5, version=3, inspector=6)
    found = unpack_assignments(pack_plan([entry]).assignments)
    assert found == (Assigned(task=SECOND, version=3, lead=Number(5), inspector=Number(6)),)


def test_unpack_assignments__most_entries__and_one_more():
    words = [_a_word(task, 1) for task in _every_word(MOST_ENTRIES // 10)]
    assert len(unpack_assignments(b"".join(words))) == MOST_ENTRIES
    with pytest.raises(Malformed, match="more than 1000") as caught:
        unpack_assignments(b"".join(words) + bytes.fromhex("00ffff00 004001 004010"))
    assert caught.value.offset == 32 * 100


def test_unpack_assignments__empty__refused():
    with pytest.raises(Malformed, match="empty"):
        unpack_assignments(b"")


def test_unpack_assignments__no_order__refused():
    with pytest.raises(Malformed, match="ascending"):
        unpack_assignments(bytes.fromhex("00000000 004001 004010"))


@pytest.mark.parametrize("second", ["00000100 004001", "00000100 004002", "00000018 008001"])
def test_unpack_assignments__words_do_not_ascend__says_where(second):
    with pytest.raises(Malformed, match="ascending") as caught:
        unpack_assignments(bytes.fromhex("00000100 008001 004010" + second + "004010"))
    assert caught.value.offset == 10


@pytest.mark.parametrize("head", ["00000100 000001", "00000119 100001"])
def test_unpack_assignments__no_such_tasks__says_where(head):
    with pytest.raises(Malformed, match="no such tasks") as caught:
        unpack_assignments(bytes.fromhex(head + "004010"))
    assert caught.value.offset == 0


def test_unpack_assignments__bits_that_are_nobodys__says_where():
    with pytest.raises(Malformed, match="nobody's") as caught:
        unpack_assignments(bytes.fromhex("00000100 004001 004010" + "00000101 004001 004011"))
    assert caught.value.offset == 10


def test_unpack_assignments__a_word_past_the_orders_last__refused():
    with pytest.raises(Malformed, match="no such tasks"):
        unpack_assignments(bytes.fromhex("0000011a 004001 004010"))


@pytest.mark.parametrize("part", ["assignments", "teams", "timetable"])
@pytest.mark.parametrize("cut", [1, 2, 4])
def test_unpack_plan__cut_short__refused(part, cut):
    with pytest.raises(Malformed, match="cut short"):
        unpack_plan(replace(LONE, **{part: getattr(LONE, part)[:-cut]}))


def test_unpack_plan__no_slot_for_an_entry__refused():
    with pytest.raises(Malformed, match="timetable: cut short"):
        unpack_plan(replace(LONE, timetable=b""))


def test_unpack_plan__a_slot_too_many__says_where():
    with pytest.raises(Malformed, match="2 slots for 1 entries") as caught:
        unpack_plan(replace(LONE, timetable=LONE.timetable + bytes(3)))
    assert caught.value.offset == 11


@pytest.mark.parametrize(
    "timetable",
    [
        "00000000 01",  # nothing starts
        "00000006 01 000001",  # nothing starts with the first
        "00000007 02 00000000",  # one byte is enough
        "00000007 00 0000",  # there is no such width
    ],
)
def test_unpack_plan__times_in_another_way_than_the_shortest__refused(timetable):
    with pytest.raises(Malformed, match="not the shortest"):
        unpack_plan(replace(LONE, timetable=bytes.fromhex(timetable)))


def test_unpack_plan__a_start_after_the_last_tick__refused():
    plan = pack_plan([an_entry(FIRST), an_entry(SECOND, start=1)])
    late = bytes.fromhex("ffffffff") + plan.timetable[4:]
    with pytest.raises(Malformed, match=f"after {LAST_TICK}"):
        unpack_plan(replace(plan, timetable=late))


@pytest.mark.parametrize("other", [{"task": SECOND}, {"version": 2}, {"lead": 3}, {"sequence": 1}])
def test_unpack_plan__a_team_of_another_entry__refused(other):
    foreign = pack_plan([replace(an_entry(FIRST, helpers=(2,)), **other)])
    with pytest.raises(Malformed, match="another than"):
        unpack_plan(replace(LONE, teams=foreign.teams))


def test_unpack_plan__a_team_of_nobody__refused():
    with pytest.raises(Malformed, match="nobody helps"):
        unpack_plan(replace(LONE, teams=LONE.teams[:-3] + b"\0"))


def test_unpack_plan__a_team_twice__says_where():
    with pytest.raises(Malformed, match="ascending") as caught:
        unpack_plan(replace(LONE, teams=LONE.teams * 2))
    assert caught.value.offset == 15


def test_unpack_entry__with_more_behind__says_where_it_ends():
    packed = pack_entry(an_entry(helpers=(2,)))
    assert unpack_entry(packed + b"why") == (an_entry(helpers=(2,)), 26)


def test_mandate_of__other_robots__another_mandate():
    assert mandate_of(an_entry(robots=(9,))) != mandate_of(an_entry(robots=(10,)))


def test_pack_bits__read_back__and_no_longer_than_it_must_be():
    packed = pack_bits([0, 2, 15])
    assert (packed, pack_bits([])) == (b"\x05\x80", b"")
    assert not is_bit_set(packed, 16)


def test_end_of__words_of_different_sizes__where_they_end():
    entries = [an_entry(task_id(1, index)) for index in (3, 4, 10, 25, 26, 27)]
    assert [end_of(entries, 0, words) for words in (0, 1, 2, 3, 9)] == [0, 2, 3, 6, 6]
    assert [end_of(entries, 2, words) for words in (1, 2)] == [3, 6]


def test_end_of__versions_within_a_ten__end_its_words():
    entries = [an_entry(task_id(1, index), version=1 + (index == 2)) for index in range(5)]
    assert [end_of(entries, 0, words) for words in (1, 2, 3, 4)] == [2, 3, 5, 5]
    assert words_at_once(entries, 0) == 3


def test_words_at_once__as_many_whole_words_as_fit():
    entries = [an_entry(task) for task in _every_word(200)]
    full = [an_entry(task_id(9, index)) for index in range(256)]
    assert words_at_once(entries, 0) == 200
    assert words_at_once(entries + full, 0) == 200 + (ENTRIES_AT_ONCE - 200) // 10
    assert words_at_once(entries + full, 200) == 26


def test_is_bit_set__little_end_first_within_a_byte():
    assert [index for index in range(20) if is_bit_set(b"\x05\x80", index)] == [0, 2, 15]


def test_team__lead_first():
    assert an_entry(lead=2, helpers=(3, 4)).team == (2, 3, 4)


def _many(count):
    return [an_entry(task_id(1 + number // 256, number % 256)) for number in range(count)]


def _every_word(count):
    return [task_id(1 + number // 25, number % 25 * 10) for number in range(count)]


def _a_word(first, lead):
    return pack_plan(an_entry(first + place, lead) for place in range(10)).assignments
