"""Measurements behind docs/results.md, a module each."""

import stages as stages
