"""`python -m fogbank` is the command `fogbank`."""

from fogbank.cli import main

main()
