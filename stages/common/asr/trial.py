"""Decode one second of silence, before `fetch_base` accepts a base or the service loads a model.

In a separate process: CTranslate2 crashes with a signal if the files do not match.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from stages.common.core.errors import UserError

ROOT = Path(__file__).resolve().parents[3]
_TIMEOUT = 600
"""Seconds; a large model takes some of them to load."""


def try_out(folder: Path, model: str, device: str = "cpu", compute_type: str = "default") -> None:
    """Decode with word timestamps, and align one word.

    Args:
        model: its name in messages.
        device: "cpu" or "cuda".
        compute_type: CTranslate2's.

    Raises: UserError if the process fails, is ended by a signal or hangs.
    """
    path = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    try:
        run = subprocess.run(
            [sys.executable, "-m", __name__, str(folder), device, compute_type],
            env=os.environ | {"PYTHONPATH": path},
            capture_output=True,
            text=True,
            timeout=_TIMEOUT,
        )
    except subprocess.TimeoutExpired:
        raise UserError(
            f"{model}: it does not decode a second of silence within {_TIMEOUT} s"
        ) from None
    if run.returncode:
        reason = (run.stderr.strip().splitlines() or ["no message"])[-1]
        if run.returncode < 0:
            reason = f"ended by {signal.Signals(-run.returncode).name}"
        raise UserError(
            f"{model}: in CTranslate2's format it does not decode a second of silence with word "
            f"timestamps ({reason}); take all of its files from one model"
        )


def _decode(folder: str, device: str, compute_type: str) -> None:
    import numpy as np
    from faster_whisper import WhisperModel
    from faster_whisper.tokenizer import Tokenizer
    from joblib import cpu_count

    from stages.common.asr.model import choose_device

    model = WhisperModel(
        folder,
        device=choose_device(device),
        compute_type=compute_type,
        cpu_threads=cpu_count(),
        local_files_only=True,
    )
    silence = np.zeros(model.feature_extractor.sampling_rate, dtype=np.float32)
    segments, _ = model.transcribe(
        silence, language="en", word_timestamps=True, beam_size=1, temperature=0, max_new_tokens=16
    )
    list(segments)
    # Silence may give no word, and then nothing was aligned.
    multilingual = model.model.is_multilingual
    tokenizer = Tokenizer(model.hf_tokenizer, multilingual, "transcribe", "en")
    frames = model.feature_extractor.nb_max_frames
    encoded = model.encode(np.zeros((model.model.n_mels, frames), dtype=np.float32))
    (words,) = model.find_alignment(tokenizer, [tokenizer.encode(" yes")], encoded, frames)
    if not words:
        raise ValueError("the alignment has no word")


if __name__ == "__main__":
    _decode(*sys.argv[1:])
