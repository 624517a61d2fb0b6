"""The recordings that can be reviewed, and the cues and words that a review starts from."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from attune.draft.drafts import read_record, read_words
from attune.review.cues import MAX_SECONDS, ReviewCue, number, storable
from attune.review.document import file_state
from attune.review.words import DraftWords
from stages.common.core import manifest, rejections
from stages.common.core.errors import UserError
from stages.common.core.files import Row, read_rows
from stages.common.core.forgotten import read_forgotten
from stages.common.core.ids import recording_id
from stages.common.core.input_files import check_file
from stages.common.core.rejections import RecordingRejected
from stages.common.transcripts.cue import Cue
from stages.common.transcripts.marks import UNKNOWN
from stages.common.transcripts.read import read_cues, read_transcripts
from stages.segment.clients import is_forgotten, read_clients
from stages.segment.session_files import check_folder, find_files, role_of, stem_of

SEGMENTS, DRAFTS = Path("data/segments"), Path("data/drafts")
_DOUBTS = {
    "cue_redacted": "inaudible, uncertain or redacted words",
    "cue_too_long": "too long: split it where the speaker pauses",
    "not_found": "these words were not found in the audio",
    "overlapping_speech": "overlaps other segments",
    "score_low": "the words match the audio poorly",
}
"""Reasons of `segment` as the page words them; for others, those of rejections.py."""
_SECONDS_PER_CHARACTER = 0.07
"""Assumed length of words that were not found in the audio."""


@dataclass(frozen=True)
class Source:
    """A recording with its transcripts and draft, if any."""

    id: str
    stem: str
    audio: Path
    transcripts: tuple[tuple[Path, str], ...]
    """Files with the role in their name, or ""; see stages/segment/sessions.py."""
    draft: Path | None


@dataclass(frozen=True)
class Doubt:
    """Transcript text that `segment` dropped or that scored low."""

    start: float
    """Seconds from the recording's start."""
    end: float
    reason: str


class Sources:
    """The recordings of `data.sessions`, with the segments that `segment` made of them."""

    def __init__(self, sessions: Path, key: bytes, min_score: float) -> None:
        """Raises: UserError if the folder has another form."""
        self._sessions, self._key, self._min_score = sessions, key, min_score
        self.by_id: dict[str, Source] = {}
        self.segmented: tuple[int, int] | None = None
        """State of the file that `segment` writes, as it was read last."""
        self.scan()

    def scan(self) -> None:
        """Read the folders again. Raises: UserError if the sessions folder has another form."""
        check_folder(self._sessions)
        segmented = file_state(SEGMENTS / "lost.jsonl")
        if segmented != self.segmented:
            self.segmented, self._placed = segmented, _placed_text()
        self.record = read_record(DRAFTS)
        found: dict[str, Source] = {}
        audio, transcripts, _ = find_files(self._sessions)
        forgotten = read_forgotten(self._key)
        clients: dict[str, str] = {}
        if forgotten.hashes:  # a fault of sessions.csv stops no review that needs none of its rows
            clients = read_clients(self._sessions, sorted(audio), self._key).by_recording
        for stem, files in sorted(audio.items()):
            texts = transcripts.get(stem, [])
            try:
                for path in (*files, *texts):
                    check_file(path, self._sessions)
            except RecordingRejected:
                continue  # `segment` reports it
            if len(files) > 1 or is_forgotten(forgotten, stem, clients.get(stem)):
                continue
            id_ = recording_id(self._key, stem)
            roles = [(path, role_of(stem_of(path), stem)) for path in texts]
            found[id_] = Source(id_, stem, files[0], tuple(roles), _draft(stem))
        self.by_id = found

    def start(self, source: Source) -> list[ReviewCue]:
        """The cues from which a review starts.

        A timed transcript's own cues; those that `segment` placed for a plain one, and the text
        that it dropped; without a transcript the draft's.

        Raises: UserError with what to do if there are none, or several transcripts.
        """
        try:
            if len(source.transcripts) > 1 and not all(role for _, role in source.transcripts):
                raise RecordingRejected("several_transcripts")
            if source.transcripts:
                transcript = read_cues(source.transcripts)
                if transcript.timed:
                    return _numbered(transcript.cues)
                placed = self._placed.get(source.id, [])
                if not placed:
                    raise UserError(
                        f"{source.id}: its transcript has no times yet; run `dvc repro segment`"
                    )
                if not _is_text_of(placed, source):
                    raise UserError(
                        f"{source.id}: its transcript changed since `segment` ran; run `dvc repro "
                        "segment`"
                    )
                return _numbered(_placed_cue(row) for row in placed)
            if source.draft:
                return _numbered(read_cues([(source.draft, "")]).cues)
        except RecordingRejected as rejected:
            raise UserError(f"{source.id}: {rejections.RECORDING[rejected.reason]}") from None
        raise UserError(f"{source.id}: it has neither a transcript nor a draft; run `attune draft`")

    def words(self, source: Source) -> DraftWords:
        """The draft's words; none if the recording has no draft, or one of an earlier version."""
        has_words = (DRAFTS / f"{source.stem}.words.jsonl").is_file()
        return DraftWords(read_words(DRAFTS, source.stem) if has_words else [])

    def doubts(self, source: Source) -> list[Doubt]:
        """What `segment` dropped, and segments with a score below `segment.min_score`, by start."""
        return [
            Doubt(row["start"], row["end"], reason)
            for row in self._placed.get(source.id, [])
            if (reason := self._reason(row))
        ]

    def _reason(self, row: Row) -> str:
        score, reason = row["score"], row["reason"]
        if not reason and score is not None and score < self._min_score:
            reason = "score_low"
        return _DOUBTS.get(reason) or rejections.CUE.get(reason, "")


def _draft(stem: str) -> Path | None:
    paths = (DRAFTS / f"{stem}{suffix}" for suffix in (".vtt", ".srt"))
    return next((path for path in paths if path.is_file()), None)


def _placed_text() -> dict[str, list[Row]]:
    """Recording -> segments and dropped text by start, with a `reason` for the latter.

    Text without a readable time comes last.
    """
    rows: dict[str, list[Row]] = defaultdict(list)
    if not (SEGMENTS / "lost.jsonl").is_file():
        return rows
    for s in manifest.read_segments(SEGMENTS):
        rows[s.recording].append(
            {"start": s.speech_start, "end": s.speech_end, "text": s.text, "speaker": s.speaker,
             "score": s.score, "reason": ""}
        )  # fmt: skip
    for row in read_rows(SEGMENTS / "lost.jsonl"):
        rows[row["recording"]].append(row)
    for placed in rows.values():
        placed.sort(key=lambda row: (not row["start"] >= 0, row["start"], row["end"], row["text"]))
    return rows


def _is_text_of(placed: Sequence[Row], source: Source) -> bool:
    """Whether the placed words are those of the transcript, but for 2 % and two words."""
    words = Counter(
        word for cue in read_transcripts(source.transcripts).cues for word in cue.text.split()
    )
    known = Counter(word for row in placed for word in row["text"].split())
    differ = (words - known).total() + (known - words).total()
    return differ <= 2 + 0.02 * words.total()


def _placed_cue(row: Row) -> Cue:
    return Cue(row["start"], row["end"], row["text"], row["speaker"])


def _numbered(cues: Iterable[Cue]) -> list[ReviewCue]:
    """Cues by start, each with a valid time."""
    valid: list[ReviewCue] = []
    reached = 0.0
    for cue in cues:
        text = storable(cue.text.replace(UNKNOWN, " [inaudible] "))
        start = cue.start if 0 <= cue.start < MAX_SECONDS - 1 else reached
        end = cue.end if cue.end <= MAX_SECONDS else start
        if end - start < 0.1:
            end = start + max(0.5, _SECONDS_PER_CHARACTER * len(text))
        reached = start
        times = round(start, 3), round(end, 3)
        valid.append(ReviewCue(0, *times, storable(cue.speaker), text, checked=False))
    return number(sorted(valid, key=lambda cue: (cue.start, cue.end)))


def reason_of(cue: ReviewCue, doubts: Sequence[Doubt]) -> str:
    """The reason of the doubt that covers most of the cue, at least half of the shorter; or ""."""
    best, reason = 0.0, ""
    for doubt in doubts:
        overlap = min(cue.end, max(doubt.end, doubt.start + 0.1)) - max(cue.start, doubt.start)
        shorter = min(cue.end - cue.start, max(doubt.end - doubt.start, 0.1))
        if overlap > best and overlap >= 0.5 * shorter:
            best, reason = overlap, doubt.reason
    return reason
