"""Serves a converted model behind OpenAI's transcription API, decoded as `evaluate` decodes it."""

import stages as stages
