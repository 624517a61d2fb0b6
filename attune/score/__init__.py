"""`attune score` and `attune score-service`: the long-form WER of any model or service."""
