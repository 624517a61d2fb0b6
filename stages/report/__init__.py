"""The two pages of the stage: numbers alone, and errors with transcripts and audio."""
