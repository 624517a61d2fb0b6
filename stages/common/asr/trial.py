"""One second of silence through the converted base, as `segment` and `evaluate` will use it.

In a process of its own: CTranslate2 ends by a signal where its files do not fit together.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from stages.common.core.errors import UserError

ROOT = Path(__file__).resolve().parents[3]


def try_out(folder: Path, model: str) -> None:
    """Decode with word timestamps, and align one word. model: its name in messages.

    Raises: UserError if the process fails or is ended by a signal.
    """
    path = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    run = subprocess.run(
        [sys.executable, "-m", __name__, str(folder)],
        env=os.environ | {"PYTHONPATH": path},
        capture_output=True,
        text=True,
    )
    if run.returncode:
        reason = (run.stderr.strip().splitlines() or ["no message"])[-1]
        if run.returncode < 0:
            reason = f"ended by {signal.Signals(-run.returncode).name}"
        raise UserError(
            f"{model}: in CTranslate2's format it does not decode a second of silence with word "
            f"timestamps ({reason}); take all of its files from one model"
        )


def _decode(folder: str) -> None:
    import numpy as np
    from faster_whisper import WhisperModel
    from faster_whisper.tokenizer import Tokenizer
    from joblib import cpu_count

    model = WhisperModel(folder, device="cpu", cpu_threads=cpu_count(), local_files_only=True)
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
    _decode(sys.argv[1])
