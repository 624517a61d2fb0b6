"""The schema of `params.yaml` reports all errors at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from stages.common.core.errors import UserError
from stages.common.core.params import load_params
from tests.support.imports import ROOT


def written(tmp_path: Path, **changes: dict[str, Any]) -> Path:
    params = yaml.safe_load((ROOT / "params.yaml").read_text(encoding="utf-8"))
    for section, values in changes.items():
        params.setdefault(section, {}).update(values)
    path = tmp_path / "params.yaml"
    path.write_text(yaml.safe_dump(params), encoding="utf-8")
    return path


def test_the_repository_s_own_are_valid() -> None:
    assert load_params(ROOT / "params.yaml").normalize.style == "auto"


def test_a_number_that_yaml_reads_as_text(tmp_path: Path) -> None:
    # YAML 1.1 takes 3e-05 for a string.
    path = written(tmp_path, finetune={"learning_rate": "3e-05"})
    assert load_params(path).finetune.learning_rate == 3e-5


def test_every_error_in_one_message(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        finetune={"learning_rate": -1, "sede": 3, "per_device_train_batch_size": "many"},
        convert={"quantization": "int3"},
        normalize={"style": "loud"},
        build_dataset={"validation": 0.6, "test": 0.6},
        extra={},
    )
    with pytest.raises(UserError) as caught:
        load_params(path)
    message = str(caught.value)
    assert "7 error(s)" in message
    for key in (
        "finetune.learning_rate = -1:",
        "finetune.sede = 3: is not a parameter",
        "finetune.per_device_train_batch_size = 'many':",
        "convert.quantization = 'int3':",
        "normalize.style = 'loud':",
        "leave nothing to train on",
        "extra = (a section): is not a parameter",
    ):
        assert key in message, key


def test_a_missing_key_is_named(tmp_path: Path) -> None:
    path = written(tmp_path)
    params = yaml.safe_load(path.read_text(encoding="utf-8"))
    del params["finetune"]["seed"]
    del params["convert"]
    path.write_text(yaml.safe_dump(params), encoding="utf-8")
    with pytest.raises(UserError) as caught:
        load_params(path)
    assert "finetune.seed: is missing" in str(caught.value)
    assert "convert: is missing" in str(caught.value)


@pytest.mark.parametrize("share", [0, 1.01, -0.5, "half", True, None, float("nan")])
def test_no_share_of_the_tuned_weights(tmp_path: Path, share: object) -> None:
    path = written(tmp_path, finetune={"average_with_base": share})
    with pytest.raises(UserError, match=r"finetune\.average_with_base = .*above 0 and up to 1"):
        load_params(path)


@pytest.mark.parametrize("share", [1, 0.25, "auto"])
def test_shares_of_the_tuned_weights(tmp_path: Path, share: object) -> None:
    path = written(tmp_path, finetune={"average_with_base": share})
    assert load_params(path).finetune.average_with_base == share


@pytest.mark.parametrize("share", [-0.1, "much", float("inf"), None])
def test_a_gate_is_a_share_from_0_on(tmp_path: Path, share: object) -> None:
    path = written(tmp_path, evaluate={"gates": {"wer": 1, "cer": share}})
    with pytest.raises(UserError) as caught:
        load_params(path)
    assert "1 error(s)" in str(caught.value) and "evaluate.gates.cer = " in str(caught.value)


def test_numbers_that_no_library_takes(tmp_path: Path) -> None:
    """Each would end a stage with a traceback, or run without end."""
    huge, infinite = 10**400, float("inf")
    path = written(
        tmp_path,
        segment={"min_seconds": infinite},
        build_dataset={"max_words_per_second": infinite, "shared_words": huge},
        finetune={
            "seed": 2**32,
            "weight_decay": infinite,
            "learning_rate": float("nan"),
            "num_train_epochs": 1e300,
            "eval_steps": 10**12,
            "per_device_train_batch_size": huge,
            "dataloader_num_workers": 10**9,
        },
        augment={"noise_snr_db": [-infinite, 30.0], "gain_db": [-12.0, 1e6]},
        evaluate={"guard": "a\0b", "gates": {"wer": 1e300}},
        data={"sessions": ""},
    )
    with pytest.raises(UserError) as caught:
        load_params(path)
    lines = str(caught.value).splitlines()
    assert lines[0].endswith(": 15 error(s)") and len(lines) == 16
    assert max(map(len, lines)) < 200, "a number of 400 digits is cut"
    assert load_params(written(tmp_path, finetune={"seed": 2**32 - 1})).finetune.seed == 2**32 - 1


@pytest.mark.parametrize("text", ["a: [", "- 1", "", "a: \t- b"])
def test_what_is_not_parameters_at_all(tmp_path: Path, text: str) -> None:
    path = tmp_path / "params.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UserError, match=r"params\.yaml: "):
        load_params(path)
    path.unlink()
    with pytest.raises(UserError, match="not found"):
        load_params(path)
