import pytest

from tests.absent import REQUIRE_ALL, chromium, closing_lines, folder, not_run


def test_not_run__by_default__skips_and_says_what_is_absent(monkeypatch):
    monkeypatch.delenv(REQUIRE_ALL, raising=False)
    with pytest.raises(pytest.skip.Exception, match="not run: a broker"):
        not_run("a broker")


def test_not_run__all_is_required__fails(monkeypatch):
    monkeypatch.setenv(REQUIRE_ALL, "1")
    with pytest.raises(pytest.fail.Exception, match="not run: a broker is absent"):
        not_run("a broker")


def test_chromium__setting_names_a_program__takes_it(monkeypatch, tmp_path):
    monkeypatch.setenv("CHROMIUM", str(tmp_path))
    assert chromium() == tmp_path


def test_chromium__none_on_the_path__not_run(monkeypatch, tmp_path):
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.delenv(REQUIRE_ALL, raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(pytest.skip.Exception, match="not run: Chromium"):
        chromium()


def test_folder__setting_names_none__not_run_and_names_the_setting(monkeypatch):
    monkeypatch.delenv("SOME_FILES", raising=False)
    monkeypatch.delenv(REQUIRE_ALL, raising=False)
    with pytest.raises(pytest.skip.Exception, match=r"not run: some files \(SOME_FILES names no folder\)"):
        folder("some files", setting="SOME_FILES")


def test_closing_lines__two_tests_lack_one_thing__one_line_with_their_number():
    reasons = [
        "('a.py', 1, 'Skipped: not run: Chromium')",
        "('b.py', 2, 'Skipped: not run: Chromium')",
        "('c.py', 3, 'slow')",
    ]
    assert closing_lines(reasons) == ["not run: Chromium (2 tests)"]
