"""The check of transcripts against the audio: scores of cues, wrong times, error rate, language."""
