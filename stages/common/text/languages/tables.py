"""The languages that have a table."""

from __future__ import annotations

from stages.common.text.languages.dutch import DUTCH
from stages.common.text.languages.french import FRENCH
from stages.common.text.languages.german import GERMAN
from stages.common.text.languages.spanish import SPANISH
from stages.common.text.languages.table import Table

TABLES: dict[str, Table] = {table.language: table for table in (GERMAN, FRENCH, SPANISH, DUTCH)}
