"""Scripts: turns, sentences and faults."""

from __future__ import annotations

from pathlib import Path

import pytest

from attune.speak.scripts import MAX_WORDS, Line, parse, read_scripts
from stages.common.core.errors import UserError

SCRIPT = """# a comment

T:  How was the   walk? Did you see Dr. Moore?
c: Yes. 12.5 mg, she said... !
"""


def test_a_turn_is_divided_into_sentences() -> None:
    script, faults = parse(SCRIPT)
    assert not faults
    assert script.lines == (
        Line("Therapist", "How was the walk?"),
        Line("Therapist", "Did you see Dr. Moore?"),
        Line("Client", "Yes."),
        Line("Client", "12.5 mg, she said... !"),
    )


def test_comments_and_spacing_do_not_change_the_digest_and_words_and_roles_do() -> None:
    digest = parse("T: Good. Morning.")[0].digest
    assert parse("# mine\n\nT:   Good.  Morning.\n")[0].digest == digest
    assert parse("C: Good. Morning.")[0].digest != digest
    assert parse("T: Good. Evening.")[0].digest != digest


def test_full_width_sentences_need_no_space() -> None:
    script, _ = parse("T: \u597d\u3002\u518d\u89c1\u3002")
    assert [line.text for line in script.lines] == ["\u597d\u3002", "\u518d\u89c1\u3002"]


def test_every_fault_is_named_by_script_and_line_without_name_or_text(tmp_path: Path) -> None:
    faulty = (
        "T: Fine.\nquokka has no label\nQUOKKA: quokka\nC: ...\nT: I met [quokka] today.\n"
        f"C: {'quokka ' * (MAX_WORDS + 1)}\n"
    )
    contents = (SCRIPT.encode(), faulty.encode(), b"", b"# only quokkas\n", b"T: caf\xe9\n")
    paths = [tmp_path / f"quokka{number}.txt" for number in range(len(contents))]
    for path, content in zip(paths, contents, strict=True):
        path.write_bytes(content)
    with pytest.raises(UserError) as error:
        read_scripts([*paths, tmp_path / "quokka none.txt", tmp_path])
    lines = str(error.value).splitlines()
    assert [line.split(":")[0] for line in lines] == [
        "script 2, line 2", "script 2, line 3", "script 2, line 4", "script 2, line 5",
        "script 2, line 6", "script 3", "script 4", "script 5", "script 6", "script 7",
    ]  # fmt: skip
    for line, words in zip(
        lines,
        ("no label", "unknown label", "no words", "brackets", "60 words", "no turn", "no turn",
         "UTF-8", "cannot be read", "cannot be read"),
        strict=True,
    ):  # fmt: skip
        assert words in line
    assert "quokka" not in str(error.value).lower() and str(tmp_path) not in str(error.value)


def test_equal_scripts_are_one(tmp_path: Path) -> None:
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text(f"# {name}\n{SCRIPT}", encoding="utf-8-sig")
    assert len(read_scripts([tmp_path / "a.txt", tmp_path / "b.txt"])) == 1
