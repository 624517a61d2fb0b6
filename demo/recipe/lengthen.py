"""Teach the demo's base long windows and times: `python -m demo.recipe.lengthen`, after `train`.

Reads `demo/base` as `train` wrote it, and writes it anew. What it learns are windows as production
hears a session: up to 30 s of several people, always padded to 30 s; most of them with times. Of
those some end within a sentence, whose start time alone is learned, so that whoever hears goes on
from there (Radford et al. 2022, section 2.3). The state of an unfinished run lies in
`.state/recipe`; the same command goes on from there.
"""

from __future__ import annotations

import random
import time
from pathlib import Path

import numpy as np
import torch
from transformers import WhisperForConditionalGeneration

from demo.recipe.corpus import Clip, Span, make_clips, window
from demo.recipe.sentences import TALK, sentences
from demo.recipe.state import load_state, save_state
from stages.common.core.params import Augment
from stages.common.dataset.features import load_extractor
from stages.common.dataset.labels import Labeller, load_labeller
from stages.finetune.augment import augment, window_generator
from stages.finetune.batches import collate
from stages.finetune.cpu.attention import use_by_head
from stages.finetune.log_mels import LogMels, with_edges
from stages.finetune.loss import token_loss
from stages.finetune.optimizer import MuonAdamW

SEED = 12
SENTENCES = 10_000  # of each of the two kinds
STEPS = 900
BATCH = 5
WARM_UP = 100
PEAK = 1.5e-3
SAVE_EVERY = 100
BASE = Path("demo/base")
STATE = Path(".state/recipe/lengthen.pt")
ROOMS = Augment(
    speed=0.3, speed_factors=(0.9, 1.1), reverb=0.15, noise=0.2, noise_snr_db=(15.0, 35.0),
    telephone=0.0, gain=0.5, gain_db=(-12.0, 6.0),
)  # fmt: skip
_SPREAD = 0.8  # how far times lie apart, of a text token's length of 1.4

Batch = dict[str, torch.Tensor]


def rate_at(step: int) -> float:
    """Learning rate: a linear warm-up, then a line down to zero."""
    return PEAK * min((step + 1) / WARM_UP, (STEPS - step) / (STEPS - WARM_UP))


def drawn_window(
    clips: list[Clip], draw: random.Random
) -> tuple[np.ndarray, list[Span], float | None, bool]:
    """Samples, spans, where a sentence begins that is not whole, and whether times are learned."""
    timed = draw.random() < 0.6
    if draw.random() < 0.6:
        seconds, count = draw.uniform(12.0, 29.99), 20
    else:
        seconds, count = 29.99, draw.randint(1, 6)
    cut = timed and draw.random() < 0.4
    some = draw.sample(clips, count + cut)
    samples, spans, begun = window(some, draw, seconds, draw.choice((0.6, 1.0)), cut)
    return samples, spans, begun, timed


def batch_of(step: int, clips: list[Clip], labeller: Labeller) -> Batch:
    """The batch of any step, from the step's own seed: a resumed run sees the same."""
    draw = random.Random(SEED * 1_000_003 + step)
    rows = []
    for place in range(BATCH):
        samples, spans, begun, timed = drawn_window(clips, draw)
        labels = np.asarray(labeller(spans, timed, begun))
        changed, labels = augment(
            samples.astype(np.float32), labels, labeller.first_time, ROOMS,
            window_generator(SEED, step, place),
        )  # fmt: skip
        rows.append(
            {"samples": with_edges(changed), "labels": labels, "prompt": np.zeros((), np.int64)}
        )
    return collate(rows)


def order_times(model: WhisperForConditionalGeneration, first_time: int) -> None:
    """Let neighbouring time tokens be alike, as the encoder's positions are, which tell the times.

    `train` moves short windows to any place of the 30 s, so to its model all times are one.
    """
    tokens = model.model.decoder.embed_tokens.weight
    places = model.model.encoder.embed_positions.weight
    with torch.no_grad():
        times = tokens[first_time : first_time + len(places)]
        unit = places / places.norm(dim=1, keepdim=True)
        times.copy_(times.mean(0) + _SPREAD * (unit - unit.mean(0)))


def main() -> None:
    torch.manual_seed(SEED)
    model = WhisperForConditionalGeneration.from_pretrained(BASE, dtype=torch.float32)
    use_by_head(model)
    model.train()
    labeller = load_labeller(BASE, "en")
    order_times(model, labeller.first_time)
    optimizer = MuonAdamW(model, PEAK, 0.02)
    first = load_state(STATE, (model, optimizer))
    texts = sentences(SENTENCES, SEED) + sentences(SENTENCES, SEED + 1, TALK)
    clips = make_clips(texts, SEED)
    print(f"{len(clips)} clips", flush=True)
    log_mels = LogMels(load_extractor(BASE))
    began, total = time.monotonic(), 0.0
    for step in range(first, STEPS):
        for group in optimizer.param_groups:
            group["lr"] = rate_at(step)
        batch = batch_of(step, clips, labeller)
        features = log_mels(batch["samples"], batch["frames"])
        with torch.autocast("cpu", torch.bfloat16):
            heard = model(input_features=features, decoder_input_ids=batch["decoder_input_ids"])
        loss = token_loss(heard, batch["labels"])
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad()
        total += loss.item()
        if (step + 1) % 50 == 0:
            pace = (time.monotonic() - began) / (step + 1 - first)
            print(f"step {step + 1} loss {total / 50:.3f} {pace:.2f} s/step", flush=True)
            total = 0.0
        if (step + 1) % SAVE_EVERY == 0:
            save_state(STATE, step + 1, (model, optimizer))
    model.to(torch.float16).save_pretrained(BASE)
    print(f"wrote {BASE}", flush=True)


if __name__ == "__main__":
    main()
