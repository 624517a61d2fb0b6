"""A small Whisper that is made to memorize its training clips."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from transformers import WhisperForConditionalGeneration

from stages.common.dataset.features import decode_clip, load_extractor, log_mel
from stages.common.dataset.labels import load_labeller
from stages.common.dataset.split_storage import Clip


def overfit(base: Path, target: Path, clips: Sequence[Clip], steps: int) -> Path:
    """Train the decoder of the model in `base` on `clips`, all at once, and save it to `target`.

    Its encoder stays: computed once, it costs nothing in each step.
    """
    model = WhisperForConditionalGeneration.from_pretrained(base).eval()
    extractor, end = load_extractor(base), load_labeller(base, "en").end
    mels = torch.from_numpy(np.stack([log_mel(extractor, decode_clip(c.audio)) for c in clips]))
    longest = max(len(clip.labels) for clip in clips)
    labels = torch.tensor([clip.labels + [end] * (longest - len(clip.labels)) for clip in clips])
    with torch.no_grad():
        encoded = (model.model.encoder(mels).last_hidden_state,)
    optimizer = torch.optim.AdamW(model.model.decoder.parameters(), lr=3e-3, weight_decay=0.0)
    for _ in range(steps):
        logits = model(encoder_outputs=encoded, decoder_input_ids=labels[:, :-1]).logits
        loss = torch.nn.functional.cross_entropy(logits.flatten(0, 1), labels[:, 1:].flatten())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    model.save_pretrained(target)
    for source in base.glob("*.json"):
        if not (target / source.name).exists():
            (target / source.name).write_bytes(source.read_bytes())
    return target
