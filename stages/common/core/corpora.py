"""Corpora of others that `attune import` reads: their names, licences and terms.

A recording's corpus is a column of sessions.csv. It stays in the manifest, so that the tuned
model's card states what the model was trained on.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class PublishedCorpus:
    title: str
    holder: str
    licence: str
    terms: tuple[str, ...]
    """What the licence asks for, and what that means for a model."""


CORPORA = {
    "daic-woz": PublishedCorpus(
        "DAIC-WOZ, the Distress Analysis Interview Corpus, Wizard of Oz",
        "University of Southern California, Institute for Creative Technologies",
        "end-user licence agreement, which each user signs",
        (
            "Academic, non-commercial research only, by those who signed the agreement.",
            "No redistribution of recordings, transcripts or parts of them; no attempt to identify "
            "a participant.",
            "A tuned model may reproduce transcripts: it is for the same purpose and the same "
            "people. The agreement that you signed decides.",
        ),
    ),
    "primock57": PublishedCorpus(
        "PriMock57, mock consultations in primary care",
        "Babylon Health; Papadopoulos Korfiatis, Moramarco, Sarac and Savkov, ACL 2022",
        "Creative Commons Attribution 4.0 (CC BY 4.0)",
        (
            "Any use, commercial use included, if title, authors and licence are named and changes "
            "are stated.",
            "The patients are played: no real patient's data.",
        ),
    ),
}
"""By the name in sessions.csv."""
