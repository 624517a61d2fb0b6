"""A model that hears recordings, and what it heard before: nothing is heard twice.

Hearing is nearly all the work of placing a transcript, and does not depend on it. So correcting a
transcript, or another `segment.min_score`, costs no hearing. Each recording has one file in
`.state/heard`, under a fingerprint of its sound and of all that decides what is heard.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from stages.common.audio.samples import Samples
from stages.common.core.files import write_text
from stages.segment.alignment.cue_building import Utterance
from stages.segment.alignment.transcribe import hear, open_aligner

# One model a process, however many recordings it works on.
_model = lru_cache(maxsize=1)(open_aligner)


@dataclass(frozen=True)
class CachedAligner:
    """Goes to the workers, so it names its model and does not hold it."""

    aligner: Path
    language: str
    """As Whisper names it."""
    window_seconds: float
    vad_threshold: float
    store: Path
    made_of: str
    """A digest of the model and the code."""

    def hear(self, name: str, samples: Samples) -> list[Utterance]:
        """The recording's stretches of speech and what is heard in each.

        Args:
            name: the recording's id.
            samples: 16 kHz mono, shape (samples,).

        Raises: UserError if the model is no whole CTranslate2 Whisper.
        """
        place, key = self.store / f"{name}.json", self._key(samples)
        known = _read(place, key)
        if known is not None:
            return known
        heard = hear(
            _model(self.aligner), samples, self.language, self.window_seconds, self.vad_threshold
        )
        rows = [[u.start, u.end, u.form, u.confidence] for u in heard]
        write_text(place, json.dumps({"key": key, "heard": rows}))
        return heard

    def delete_all_but(self, names: Iterable[str]) -> None:
        """Delete what recordings said that are no longer there."""
        kept = {f"{name}.json" for name in names}
        for file in sorted(self.store.glob("r*.json")):
            if file.name not in kept:
                file.unlink(missing_ok=True)

    def _key(self, samples: Samples) -> str:
        facts = [self.made_of, self.language, self.window_seconds, self.vad_threshold]
        return hashlib.sha256(json.dumps(facts).encode() + samples.tobytes()).hexdigest()


def _read(place: Path, key: str) -> list[Utterance] | None:
    """What was heard; None where there is no whole file of that very fingerprint."""
    try:
        known = json.loads(place.read_text(encoding="utf-8"))
        return [Utterance(*row) for row in known["heard"]] if known["key"] == key else None
    except (OSError, ValueError, KeyError, TypeError):
        return None
