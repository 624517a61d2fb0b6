"""Spoken style and scoring form in languages other than English.

`tables.py` finds the table of a language: its abbreviations, units, and the words around its
numbers. German, French, Spanish and Dutch have one. Any other language that num2words knows gets
whole numbers in words, and all others keep their digits.
"""
