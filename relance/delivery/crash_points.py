"""Names the instants around delivery's commits at which a process may die, so that a test can kill it exactly there.

claiming: before the claim's commit; claimed: after it; handing_over: in hand, before the call; handed_over: after the
call; recording: before the commit of what became of it; recorded: after it.
On paper, printed: after the commit of a print file, before it has its name; named: after that.
"""

POINTS = ("claiming", "claimed", "handing_over", "handed_over", "recording", "recorded")
ON_PAPER = ("printed", "named")


def reached(point: str) -> None:
    """Nothing, except under a crash harness that puts its own function here."""
