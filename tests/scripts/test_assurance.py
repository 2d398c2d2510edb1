from scripts import assurance


def test_lock__the_wanted_versions__are_pinned():
    wanted = assurance.LOCK.with_suffix(".in").read_text()
    pinned = assurance.LOCK.read_text()
    exact = [line.split()[0] for line in wanted.splitlines() if "==" in line]
    assert exact
    assert all(f"\n{pin} " in f"\n{pinned}" for pin in exact)


def test_stand__a_tool_is_missing__made_anew(monkeypatch, tmp_path):
    monkeypatch.setattr(assurance, "TOOLS", (tmp_path / "halmos",))
    assert not assurance.stand()
    (tmp_path / "halmos").touch()
    assert assurance.stand()
