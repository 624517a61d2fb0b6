"""`attune draft`: drafts of transcripts, to be corrected by a person."""

from __future__ import annotations


def draft() -> None:
    """Transcribe recordings that have no transcript yet.

    Uses the tuned model (models/ct2), or the base model where there is none. Writes drafts for a
    person to correct to data/drafts, outside git, where no stage reads them:

    \b
      NAME.srt        the draft; correct it, then move it to transcripts/
      NAME.words.csv  the 50 words with the lowest probability
      order.csv       the recordings, the least certain first: start there

    A recording is transcribed again only if it, the model or the decoding options changed. An
    edited draft is never overwritten. After an interruption the next call resumes; at most two
    minutes of audio are transcribed twice.

    \b
    Example:
      attune draft
    """
    from attune.draft.write import write_drafts

    write_drafts()
