"""`python -m attune`: the command line, with the code of the current folder."""

from attune.cli import main

main()
