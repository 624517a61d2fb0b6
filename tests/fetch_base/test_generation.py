"""`generation_config.json` of the base is completed, or refused."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import WhisperForConditionalGeneration

from stages.common.asr.convert import to_ctranslate2
from stages.common.asr.trial import try_out
from stages.common.core.errors import UserError
from stages.common.core.files import read_json
from stages.fetch_base.generation import NAME, complete_generation
from stages.fetch_base.whisper_files import folder_digest
from tests.support.processes import fetch_base, write_params

OLD = ("_from_model_config", "bos_token_id", "decoder_start_token_id", "eos_token_id", "max_length",
       "pad_token_id", "transformers_version")  # fmt: skip
"""Keys of a file from 2022."""


@pytest.fixture
def model(multilingual_80: Path, tmp_path: Path) -> Path:
    """A copy, for a test to change."""
    return shutil.copytree(multilingual_80, tmp_path / "model")


def edit(folder: Path, **changes: Any) -> None:
    value = read_json(folder / NAME) | changes
    kept = {key: item for key, item in value.items() if item is not None}
    (folder / NAME).write_text(json.dumps(kept), encoding="utf-8")


@pytest.mark.parametrize("fixture", ["multilingual_80", "multilingual_128", "english"])
def test_a_complete_file_stays(
    fixture: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    folder = shutil.copytree(request.getfixturevalue(fixture), tmp_path / "model")
    before = (folder / NAME).read_bytes()
    assert complete_generation(folder) == []
    assert (folder / NAME).read_bytes() == before


@pytest.mark.parametrize("fixture", ["multilingual_80", "multilingual_128", "english"])
def test_an_old_file_is_completed(
    fixture: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    folder = shutil.copytree(request.getfixturevalue(fixture), tmp_path / "model")
    full = read_json(folder / NAME)
    old = {key: value for key, value in full.items() if key in OLD}
    (folder / NAME).write_text(json.dumps(old), encoding="utf-8")
    lines = complete_generation(folder)
    assert len(lines) == 3 and "no_timestamps_token_id" in lines[0]
    assert all(line.startswith(f"{NAME}: ") and "\n" not in line for line in lines)
    after = read_json(folder / NAME)
    for key in full.keys() - {"alignment_heads"}:
        assert after[key] == full[key], key
    model = WhisperForConditionalGeneration.from_pretrained(folder)
    language = {} if fixture == "english" else {"language": "en", "task": "transcribe"}
    mels = torch.zeros(1, model.config.num_mel_bins, 3000)
    assert model.generate(mels, max_new_tokens=4, **language).numel() > 0


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"no_timestamps_token_id": 50364}, "no_timestamps_token_id is 50364, but 50363 in"),
        ({"decoder_start_token_id": 50257}, "decoder_start_token_id is 50257, but 50258 in"),
        ({"lang_to_id": {"<|de|>": 50260}}, r"lang_to_id of <\|de\|> is 50260, but 50261 in"),
        ({"task_to_id": {"transcribe": 50360}}, "task_to_id of transcribe is 50360, but 50359 in"),
    ],
)
def test_a_contradiction_is_refused(model: Path, changes: dict[str, Any], message: str) -> None:
    edit(model, **changes)
    with pytest.raises(UserError, match=message):
        complete_generation(model)


@pytest.mark.parametrize(
    "heads", [[], [[2, 0]], [[1, 0], [7, 1]], [[0, 2]], [[-1, 0]], [[0]], ["a"], 3]
)
def test_heads_of_another_decoder_are_removed(model: Path, heads: Any) -> None:
    edit(model, alignment_heads=heads)
    (line,) = complete_generation(model)
    assert "alignment_heads removed" in line and "last 1 of 2 decoder layers" in line
    assert "alignment_heads" not in read_json(model / NAME)


def test_heads_of_another_decoder_end_no_process(model: Path, tmp_path: Path) -> None:
    """A distilled model with the generation_config.json of its teacher."""
    edit(model, alignment_heads=[[7, 0], [10, 17], [25, 6]])
    work = tmp_path / "work"
    work.mkdir()
    write_params(work, str(model), folder_digest(model))
    run = fetch_base(work)
    assert (run.returncode, run.stderr) == (0, "")
    assert "alignment_heads removed" in run.stdout
    config = read_json(work / "models/base-ct2/config.json")
    assert config["alignment_heads"] == [[1, 0], [1, 1]]
    # `to_ctranslate2` alone refuses such a model too.
    with pytest.raises(UserError, match="fit another decoder"):
        to_ctranslate2(model, tmp_path / "ct2", "float32")


def test_a_process_that_dies_is_one_line(model: Path, tmp_path: Path) -> None:
    to_ctranslate2(model, tmp_path / "ct2", "float32")
    try_out(tmp_path / "ct2", "team/whisper")
    config = read_json(tmp_path / "ct2/config.json") | {"alignment_heads": [[700, 0], [900, 17]]}
    (tmp_path / "ct2/config.json").write_text(json.dumps(config), encoding="utf-8")
    with pytest.raises(UserError) as caught:
        try_out(tmp_path / "ct2", "team/whisper")
    message = str(caught.value)
    assert message.startswith(
        "team/whisper: in CTranslate2's format it does not decode a second of silence"
    )
    # It reads memory that is not its own: what happens then depends on what lies there.
    assert re.search(r"ended by SIG|MemoryError", message) and "\n" not in message


def test_an_exception_in_that_process_is_one_line(model: Path, tmp_path: Path) -> None:
    to_ctranslate2(model, tmp_path / "ct2", "float32")
    (tmp_path / "ct2/model.bin").write_bytes(b"")
    with pytest.raises(UserError) as caught:
        try_out(tmp_path / "ct2", "team/whisper")
    assert "RuntimeError" in str(caught.value) and "\n" not in str(caught.value)
