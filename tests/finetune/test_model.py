"""The model as it is set up for training and validation."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from transformers.modeling_outputs import BaseModelOutput

from stages.common.core.params import load_params
from stages.finetune.device import Machine
from stages.finetune.generation import Generation
from stages.finetune.loss import IGNORED
from stages.finetune.model import load_model
from tests.support.whisper_models import tiny_english, tiny_multilingual


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


@pytest.mark.parametrize("make", [tiny_english, tiny_multilingual])
@pytest.mark.parametrize("beams", [1, 2])
def test_validation_generates_what_transformers_does(tmp_path: Path, make: Any, beams: int) -> None:
    """Given the suppressed tokens of the generation config, and timestamps suppressed as well.
    Hypotheses end at different positions, also at the limit."""
    base, params = make(tmp_path / "base"), load_params().finetune
    model = load_model(base, params, "en", Machine("cpu", "float32", 1)).eval()
    config = model.generation_config
    times = range(config.no_timestamps_token_id + 1, model.config.vocab_size)
    suppressed = [*config.suppress_tokens, 3, 4]
    draw = torch.Generator().manual_seed(2)
    features = torch.zeros(12, 80, 3000)
    with torch.no_grad():
        # Tokens that differ between windows and positions, the end token among them, as in a
        # trained model.
        decoder = model.model.decoder
        decoder.embed_positions.weight.normal_(generator=draw)
        for layer in decoder.layers:
            layer.encoder_attn.out_proj.weight.mul_(9)
            layer.encoder_attn.v_proj.weight.mul_(9)
        decoder.embed_tokens.weight[config.eos_token_id].normal_(0, 0.12, generator=draw)
        states = torch.randn(12, 1, model.config.d_model, generator=draw)
        encoded = BaseModelOutput(states.expand(12, 1500, -1))
        config.suppress_tokens = [*suppressed, *times]
        expected = model.generate(
            input_features=features, encoder_outputs=encoded, max_length=12, num_beams=beams
        )
        config.suppress_tokens = suppressed
        ids = Generation(model, 12, beams)(features, encoded)
    expected = expected.masked_fill(expected == config.pad_token_id, IGNORED)
    assert torch.equal(ids[:, : expected.shape[1]], expected)
    assert (ids[:, expected.shape[1] :] == IGNORED).all()
    lengths = (ids != IGNORED).sum(1).tolist()
    assert max(lengths) == 12 and len(set(lengths)) > 2, lengths
    assert beams > 1 or sum(length < 12 for length in lengths) >= 6, "half of the rows ended"
