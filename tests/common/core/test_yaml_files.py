"""YAML files that people edit and git merges: each fault is one line, without the file's text."""

from __future__ import annotations

from pathlib import Path

import pytest

from stages.common.core.errors import UserError
from stages.common.core.yaml_files import read_mapping

BOMB = "a: &a [quokka, quokka]\n" + "".join(
    f"{name}: &{name} [{', '.join(f'*{before}' for _ in range(9))}]\n"
    for before, name in zip("abcdefghi", "bcdefghij", strict=True)
)


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", "it is empty"),
        (b"# quokka\n", "it is empty"),
        (b"quokka", "its top level has no names"),
        (b"- quokka\n", "its top level has no names"),
        (b"a:\n  b: [quokka\n", "invalid YAML in line 3"),
        (b"a:\n\tb: 1\n", "invalid YAML in line 2"),
        (b"a: 1\nb: 2\na: 3\n", "invalid YAML in line 3: a key that stands twice"),
        (b"a:\n  b: 1\n  b: 1\n", "invalid YAML in line 3: a key that stands twice"),
        (b"<<<<<<< HEAD\na: 1\n=======\na: 2\n>>>>>>> b\n", "a merge conflict in line 1"),
        ("a: 1\nb: quokka é\n".encode("latin-1"), "not UTF-8 in line 2"),
        ("a: quokka\n".encode("utf-16"), "not UTF-8 in line 1"),
        (b"a: \x00\n", "a character that YAML excludes"),
        (b"[" * 9_999, "nested too deeply"),
        (b"a: 2024-13-45\n", "a number or date that cannot be read"),
        (b"a: " + b"9" * 5_000, "a number or date that cannot be read"),
        (BOMB.encode(), "invalid YAML in line 2: an alias; write the value itself"),
    ],
)
def test_a_damaged_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes, fault: str
) -> None:
    monkeypatch.chdir(tmp_path)
    path = Path("params.yaml")
    path.write_bytes(content)
    with pytest.raises(UserError) as caught:
        read_mapping(path)
    (line,) = str(caught.value).splitlines()
    assert fault in line and "quokka" not in line


def test_no_file_at_all(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="not found"):
        read_mapping(tmp_path / "params.yaml")
    with pytest.raises(UserError, match="cannot be read"):
        read_mapping(tmp_path)


def test_a_whole_file(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("\ufeffa: {b: [1, 2]}\n1: c\n", encoding="utf-8")
    assert read_mapping(path) == {"a": {"b": [1, 2]}, "1": "c"}
