"""The model as it is set up for training and validation."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from stages.common.core.params import load_params
from stages.finetune.device import Machine
from stages.finetune.generation import Generation
from stages.finetune.loss import IGNORED
from stages.finetune.model import load_model
from tests.support.whisper_models import tiny_english


def test_validation_generates_no_timestamps(tmp_path: Path) -> None:
    """However probable: each window is transcribed once, from its own encoder outputs."""
    base, params = tiny_english(tmp_path / "base"), load_params().finetune
    model = load_model(base, params, "en", Machine("cpu", "float32", 1)).eval()
    first_time = model.generation_config.no_timestamps_token_id + 1
    favoured = torch.randn(model.config.d_model)
    with torch.no_grad():
        model.model.decoder.layer_norm.bias.copy_(favoured)
        model.model.decoder.embed_tokens.weight[first_time + 99] = 9 * favoured
        features = torch.randn(3, 80, 3000)
        encoded = model.get_encoder()(features)
        ids = Generation(model, 8, 1)(features, encoded)
    assert ids.shape == (3, 9) and (ids[:, -1] == IGNORED).all()
    assert int(ids[:, :-1].min()) >= 0 and int(ids.max()) < first_time


@pytest.mark.parametrize("beams", [1, 2])
def test_validation_generates_what_transformers_does(tmp_path: Path, beams: int) -> None:
    """Given the suppressed tokens of the generation config, and timestamps suppressed as well."""
    base, params = tiny_english(tmp_path / "base"), load_params().finetune
    model = load_model(base, params, "en", Machine("cpu", "float32", 1)).eval()
    config = model.generation_config
    features = torch.randn(3, 80, 3000)
    with torch.no_grad():
        encoded = model.get_encoder()(features)
        plain = model.generate(input_features=features, encoder_outputs=encoded, max_length=12)
        first = [int(token) for token in plain[:, 0].unique()]
        times = range(config.no_timestamps_token_id + 1, model.config.vocab_size)
        config.suppress_tokens = [*first, *times]
        expected = model.generate(
            input_features=features, encoder_outputs=encoded, max_length=12, num_beams=beams
        )
        config.suppress_tokens = first
        ids = Generation(model, 12, beams)(features, encoded)[:, :-1]
    kept = expected.masked_fill(expected == config.pad_token_id, IGNORED)
    assert torch.equal(ids, kept) and not torch.isin(ids, torch.tensor(first)).any()
