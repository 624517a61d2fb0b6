"""Load and run a converted model as faster-whisper does, in a process that cannot connect.

Prints a JSON object. Run as: python transcribe_offline.py FOLDER COMPUTE_TYPE
"""

from __future__ import annotations

import json
import socket
import sys
from typing import Any


def forbidden(*_: Any, **__: Any) -> Any:
    raise RuntimeError("a connection was tried")


socket.socket.connect = forbidden  # type: ignore[method-assign]
socket.create_connection = forbidden
socket.getaddrinfo = forbidden


def main(folder: str, compute_type: str) -> None:
    import numpy
    from faster_whisper import WhisperModel
    from faster_whisper.tokenizer import Tokenizer

    model = WhisperModel(folder, device="cpu", compute_type=compute_type, cpu_threads=1)
    noise = numpy.random.default_rng(0).normal(0, 0.05, 32_000).astype(numpy.float32)
    segments, info = model.transcribe(
        noise, language="en", beam_size=1, temperature=0.0, max_new_tokens=8
    )
    texts = [segment.text for segment in segments]
    tokenizer = Tokenizer(
        model.hf_tokenizer, model.model.is_multilingual, task="transcribe", language="en"
    )
    prompt = model.get_prompt(tokenizer, [], without_timestamps=True)
    result = {
        "multilingual": model.model.is_multilingual,
        "languages": model.model.num_languages,
        "mels": model.feature_extractor.mel_filters.shape[0],
        "prompt": [model.hf_tokenizer.id_to_token(token) for token in prompt],
        "prompt_ids": prompt,
        "segments": len(texts),
        "duration": info.duration,
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
