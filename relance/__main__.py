"""Turns `python -m relance` into the `relance` command."""

from relance.jobs.command import main

main()
