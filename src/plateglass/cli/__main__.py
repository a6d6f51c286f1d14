"""`python -m plateglass.cli`: the same program as the console script."""

from plateglass.cli import main

main()
