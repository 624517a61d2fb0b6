"""The model as it is set up for training and validation."""

from __future__ import annotations

from pathlib import Path

import torch

from stages.common.core.params import load_params
from stages.finetune.device import Machine
from stages.finetune.model import load_model
from tests.support.whisper_models import tiny_english


def test_validation_generates_no_timestamps(tmp_path: Path) -> None:
    """However probable they are: each clip is transcribed once, from its own encoder outputs."""
    base, params = tiny_english(tmp_path / "base"), load_params().finetune
    model = load_model(base, params, "en", Machine("cpu", "float32", 1)).eval()
    first_time = model.generation_config.no_timestamps_token_id + 1
    favoured = torch.randn(model.config.d_model)
    with torch.no_grad():
        model.model.decoder.layer_norm.bias.copy_(favoured)
        model.model.decoder.embed_tokens.weight[first_time + 99] = 9 * favoured
        features = torch.randn(3, 80, 3000)
        encoded = model.get_encoder()(features)
        ids = model.generate(input_features=features, encoder_outputs=encoded, max_length=8)
    assert ids.shape[1] <= 8
    assert int(ids.max()) < first_time
