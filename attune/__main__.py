"""`python -m attune`: the command line with the code of the folder it is run in."""

from attune.cli import main

main()
