"""ELAN's annotations (.eaf): XML with tiers of intervals, often one per speaker.

https://www.mpi.nl/tools/elan/EAF_Annotation_Format_3.0_and_ELAN.pdf. Dependent tiers
hold translations, glosses or codes, not speech, unless their parent tier holds only numbers: then
the dependent tier that is named for text is read. (pympi reads the format too, but takes only a
path and refuses files that do not name their schema.)
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from xml.etree import ElementTree

from stages.common.core.rejections import RecordingRejected
from stages.common.transcripts.cue import Cue
from stages.common.transcripts.tier_names import has_speech, is_content, speaker_of

_FROM, _TO, _REFERENCE = "TIME_SLOT_REF1", "TIME_SLOT_REF2", "ANNOTATION_REF"
_Tier = tuple[str, list[tuple[float, float, str]]]


def is_eaf(text: str) -> bool:
    """Whether the text is ELAN's XML."""
    return "<ANNOTATION_DOCUMENT" in text[:4000]


def parse(text: str) -> tuple[list[Cue], int]:
    """(cues by time, number of tiers without speech that have text).

    Raises: RecordingRejected(transcript_unreadable) for a damaged file.
    """
    try:
        # The declaration may name an encoding that the text no longer has.
        root = ElementTree.fromstring(text[text.index("<ANNOTATION_DOCUMENT") :])
        tiers = list(_tiers(root))
    except (ElementTree.ParseError, KeyError, ValueError):
        raise RecordingRejected("transcript_unreadable") from None
    tiers = [(name, rows) for name, rows in tiers if rows]
    spoken = [(name, rows) for name, rows in tiers if has_speech(name)]
    cues = [
        Cue(start, end, words, speaker_of(name) if len(spoken) > 1 else "")
        for name, rows in spoken
        for start, end, words in rows
    ]
    cues.sort(key=lambda cue: (cue.start, cue.end, cue.speaker, cue.text))
    return cues, len(tiers) - len(spoken)


def _tiers(root: ElementTree.Element) -> Iterator[_Tier]:
    """The independent tiers; in place of one without words, its dependent tier of text."""
    times = _times(root)
    spans = {
        note.attrib["ANNOTATION_ID"]: (times[note.attrib[_FROM]], times[note.attrib[_TO]])
        for note in root.iter("ALIGNABLE_ANNOTATION")
    }
    all_tiers = list(root.iter("TIER"))
    for tier in all_tiers:
        if tier.get("PARENT_REF"):
            continue
        name, rows = _tier(tier, spans)
        if not any(map(str.isalpha, "".join(words for *_, words in rows))):
            parts = [part for part in all_tiers if part.get("PARENT_REF") == tier.get("TIER_ID")]
            text = next((part for part in parts if is_content(part.attrib["TIER_ID"])), None)
            if text is not None:
                name, rows = _tier(text, spans)
        yield name, rows


def _times(root: ElementTree.Element) -> dict[str, float]:
    """Seconds by the id of a time slot; NaN for one that ELAN left open."""
    return {
        slot.attrib["TIME_SLOT_ID"]: float(slot.get("TIME_VALUE") or math.nan) / 1000
        for slot in root.iter("TIME_SLOT")
    }


def _tier(tier: ElementTree.Element, spans: dict[str, tuple[float, float]]) -> _Tier:
    """(name, rows with text); the name is the participant's unless the tier holds notes."""
    name = tier.attrib["TIER_ID"]
    rows = []
    for kind, key in (("ALIGNABLE_ANNOTATION", "ANNOTATION_ID"), ("REF_ANNOTATION", _REFERENCE)):
        for note in tier.iter(kind):
            start, end = spans.get(note.attrib[key], (math.nan, math.nan))
            rows.append((start, end, note.findtext("ANNOTATION_VALUE") or ""))
    participant = (tier.get("PARTICIPANT") or "").strip()
    shown = participant if participant and has_speech(name) else name
    return shown, [row for row in rows if row[2].strip()]
