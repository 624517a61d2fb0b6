"""Entries are whole or absent, unused ones are deleted, and digests see every change."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from stages.common.core.cache import Cache, code_digest, digest_of, key_of
from stages.common.core.files import Row


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "finished")


def work(value: object, content: str = "samples") -> Callable[[Path], Row]:
    def run(folder: Path) -> Row:
        (folder / "audio").mkdir()
        (folder / "audio" / "a.flac").write_text(content)
        return {"value": value}

    return run


def test_an_entry_is_returned_unchanged(cache: Cache, tmp_path: Path) -> None:
    assert cache.find("a") is None
    made = cache.make("a", work((0.1, {1: "é"})))
    assert made == cache.find("a") == {"value": [0.1, {"1": "é"}]}
    cache.link_files("a", tmp_path / "out")
    (linked,) = (path for path in (tmp_path / "out").rglob("*") if path.is_file())
    assert linked == tmp_path / "out/audio/a.flac" and linked.stat().st_nlink == 2


def test_a_damaged_entry_of_the_same_name_is_replaced(cache: Cache, tmp_path: Path) -> None:
    cache.make("a", work(1))
    (cache.folder / "a" / "audio" / "a.flac").write_text("samplez")
    cache.make("a", lambda _: {"value": 2})
    assert cache.find("a") == {"value": 2}
    cache.link_files("a", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_work_that_fails_leaves_no_entry(cache: Cache) -> None:
    def fail(folder: Path) -> Row:
        (folder / "half").write_text("half")
        raise RuntimeError

    with pytest.raises(RuntimeError):
        cache.make("a", fail)
    assert cache.find("a") is None
    assert cache.make("a", lambda _: {}) == {}
    assert [path.name for path in (cache.folder / "a").iterdir()] == ["record.json"]


@pytest.mark.parametrize(
    "damage",
    ["", "{", "[]", "5", "null", '{"result": {}}', '{"files": {}}', '{"result": {}, "files": 5}',
     '{"result": {}, "files": {"gone": ""}}', "\x00"],
)  # fmt: skip
def test_a_damaged_record_is_no_entry(cache: Cache, damage: str) -> None:
    cache.make("a", work(1))
    (cache.folder / "a" / "record.json").write_text(damage)
    assert cache.find("a") is None
    cache.make("a", work(2))
    assert cache.find("a") == {"value": 2}


def test_a_changed_or_missing_file_is_no_entry(cache: Cache) -> None:
    cache.make("a", work(1))
    audio = cache.folder / "a" / "audio" / "a.flac"
    audio.write_text("samplez")
    assert cache.find("a") is None
    audio.unlink()
    assert cache.find("a") is None
    audio.write_text("samples")
    assert cache.find("a") == {"value": 1}


def names(cache: Cache) -> set[str]:
    return {path.name for path in cache.folder.iterdir() if path.is_dir()}


def use(cache: Cache, *used: str) -> None:
    """A run that uses these entries."""
    with cache.in_use() as end_use:
        end_use(used)


def test_entries_that_two_runs_did_not_use_are_deleted(cache: Cache) -> None:
    for name in "abc":
        cache.make(name, work(name))
    use(cache, "a", "b")
    assert names(cache) == {"a", "b"}
    use(cache, "a")
    assert names(cache) == {"a", "b"}  # the previous run used b, and the next may be like it
    use(cache, "a")
    assert names(cache) == {"a"}


@pytest.mark.parametrize("damage", ["", "[", "5", "null", '{"a": 1}', "[[1], {}]", "\x00"])
def test_a_damaged_list_of_the_previous_run_stops_no_run(cache: Cache, damage: str) -> None:
    for name in "ab":
        cache.make(name, work(name))
    use(cache, "a", "b")
    (cache.folder / "last.json").write_text(damage)
    use(cache, "a")
    assert names(cache) == {"a"}
    assert json.loads((cache.folder / "last.json").read_text()) == ["a"]


def test_the_last_of_two_runs_at_once_deletes(cache: Cache) -> None:
    for name in "abc":
        cache.make(name, work(name))
    killed = cache.folder / "d.x.new"
    killed.mkdir()
    with cache.in_use() as end_first:
        with cache.in_use() as end_second:
            cache.make("second", work(2))
            end_first(["a"])
            assert names(cache) == {"a", "b", "c", "second", killed.name}
            end_second(["second"])
        assert names(cache) == {"a", "second"}


def test_an_entry_that_another_run_has_made_meanwhile_stays(cache: Cache, tmp_path: Path) -> None:
    def twice(folder: Path) -> Row:
        cache.make("a", work(1))
        (cache.folder / "a" / "record.json").touch()
        return work(1)(folder)

    assert cache.make("a", twice) == {"value": 1}
    assert names(cache) == {"a"}


def test_a_copy_in_place_of_a_link_changes_no_other_entry(cache: Cache, tmp_path: Path) -> None:
    cache.make("old", work(1, "before"))
    cache.make("new", work(2, "after"))
    for name in ("old", "new"):
        cache.link_files(name, tmp_path / "out")
    assert (tmp_path / "out/audio/a.flac").read_text() == "after"
    assert cache.find("old") == {"value": 1}


def test_a_digest_is_of_names_and_contents(tmp_path: Path) -> None:
    def digest(files: dict[str, str], folder: str = "x") -> str:
        root = tmp_path / str(len(list(tmp_path.iterdir()))) / folder
        for name, content in files.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(content)
        return digest_of([root])

    files = {"a.py": "1", "b/c.py": "2"}
    assert digest(files) == digest(files, folder="y") == digest(files | {"b/c.pyc": "3"})
    others = [{"a.py": "1"}, {"a.py": "2", "b/c.py": "1"}, {"a.py": "1", "c.py": "2"},
              {"a.py": "1", "b/c.py": "2", "d.py": ""}, {}]  # fmt: skip
    assert len({digest(files), *map(digest, others)}) == 6
    alone = tmp_path / "a.py"
    alone.write_text("1")
    assert digest_of([alone]) == digest({"a.py": "1"})


def test_a_key_is_of_values_not_of_their_order() -> None:
    assert key_of({"a": 1, "b": [2.5, None]}) == key_of({"b": (2.5, None), "a": 1})
    values: tuple[object, ...] = (1, 1.0, "1", [1], None, {})
    assert len(set(map(key_of, values))) == 6


def test_a_stage_s_code_is_what_dvc_yaml_lists() -> None:
    assert code_digest("segment") == code_digest("segment") != code_digest("normalize")
    with pytest.raises(KeyError):
        code_digest("no stage")
