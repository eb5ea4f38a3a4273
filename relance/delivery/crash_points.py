"""Names the instants between two commits at which a process may die, so that a test can kill it exactly there."""

POINTS = ("claimed", "handing_over", "handed_over", "recorded")


def reached(point: str) -> None:
    """Nothing, except under a crash harness that puts its own function here."""
