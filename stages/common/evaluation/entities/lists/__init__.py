"""Negations, hesitations and risk words of the languages that have a table: a module for each, in
the form of `risk_fillers_negations.py`, which has those of English."""
