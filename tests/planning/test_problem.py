from tests.planning.problems import ARM, FINISHER, FIRST, SECOND, SPRAYER, THIRD, a_mode, a_problem, an_open_task


def test_resources__with_robots__the_robots_alone():
    assert a_mode(SPRAYER, robots=(ARM,)).resources == (ARM,)


def test_resources__without_robots__the_whole_team():
    assert a_mode(SPRAYER, helpers=(FINISHER,)).resources == (SPRAYER, FINISHER)


def test_plannable__nobody_offers__left_out():
    assert a_problem(an_open_task(FIRST, modes=()), an_open_task(SECOND)).plannable == (SECOND,)


def test_plannable__predecessor_cannot_be_done__left_out_with_all_behind_it():
    chain = (an_open_task(FIRST, modes=()), an_open_task(SECOND, after=(FIRST,)), an_open_task(THIRD, after=(SECOND,)))
    assert a_problem(*chain).plannable == ()


def test_plannable__predecessor_is_not_in_the_problem__left_out():
    assert a_problem(an_open_task(SECOND, after=(FIRST,))).plannable == ()
