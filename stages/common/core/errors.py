"""Errors that a user can correct."""

from __future__ import annotations


class UserError(Exception):
    """The input, the parameters or the machine need a correction.

    The message is shown as it is: one line for each error, with the recording's id, what is wrong
    and what to do. It contains no transcript text and no name that a person chose.
    """
