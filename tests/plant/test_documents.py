from itertools import pairwise
from pathlib import Path

import pytest

from workmoot.plant.documents import MAX_BYTES, read_all
from workmoot.plant.findings import BadDocument


def written(folder: Path, text: str | bytes) -> Path:
    file = folder / "plant.yaml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return file


def refusal(file: Path) -> str:
    with pytest.raises(BadDocument) as refused:
        read_all(file)
    return str(refused.value)


def test_read_all__two_documents__both(tmp_path):
    assert read_all(written(tmp_path, "a: 1\n---\nb: 2\n---\n")) == [{"a": 1}, {"b": 2}]


def test_read_all__a_key_twice__refused_with_its_line(tmp_path):
    assert "(line 3): the key `name` stands here twice" in refusal(written(tmp_path, "a:\n  name: x\n  name: y\n"))


def test_read_all__a_key_that_is_no_text__refused(tmp_path):
    assert 'the key False is not text; write "False"' in refusal(written(tmp_path, "no: 1\n"))


@pytest.mark.parametrize("text", ["!!python/object/apply:os.system [ls]", "a: [1", "a: &x [*x, *y]", "\x00"])
def test_read_all__no_plain_yaml__refused(tmp_path, text):
    assert "plant.yaml" in refusal(written(tmp_path, text))


def test_read_all__aliases_upon_aliases__refused_before_they_unfold(tmp_path):
    bomb = "a: &a [x, x, x]\n" + "".join(
        f"{new}: &{new} [*{old}, *{old}]\n" for old, new in pairwise("abcdefghijklmno")
    )
    assert "(line 2): `*a` is an alias; write out what it stands for" in refusal(written(tmp_path, bomb))


def test_read_all__nested_too_deeply__refused(tmp_path):
    assert "it is nested more than 20 deep" in refusal(written(tmp_path, "[" * 50_000 + "]" * 50_000))


def test_read_all__no_file__refused(tmp_path):
    assert "cannot be read (No such file or directory)" in refusal(tmp_path / "none.yaml")


def test_read_all__a_folder__refused(tmp_path):
    assert "cannot be read (Is a directory)" in refusal(tmp_path)


def test_read_all__not_utf8__refused(tmp_path):
    assert "it is not UTF-8 text" in refusal(written(tmp_path, b"\xff\xfe"))


def test_read_all__too_large__refused(tmp_path):
    assert f"At most {MAX_BYTES}" in refusal(written(tmp_path, b" " * (MAX_BYTES + 1)))
