"""Turns counts into shares with the span in which the true share lies, and two shares into their difference.

Wilson, Probable inference (1927), for one share; Newcombe, Statistics in Medicine 17 (1998), method 10, for the
difference of two. Both stay sensible for a handful of people, where the textbook's normal span does not.
"""

from dataclasses import dataclass
from math import sqrt

Z = 1.959964  # 95 in 100


@dataclass(frozen=True)
class Share:
    """`hits` of `total`, and the span in which the true share lies in 95 of 100 cases; all between 0 and 1."""

    hits: int
    total: int

    @property
    def value(self) -> float | None:
        """The share; None of nobody."""
        return self.hits / self.total if self.total else None

    @property
    def span(self) -> tuple[float, float]:
        """Wilson's interval; of nobody everything is possible."""
        if not self.total:
            return 0.0, 1.0
        share, n = self.hits / self.total, self.total
        middle = share + Z * Z / (2 * n)
        half = Z * sqrt(share * (1 - share) / n + Z * Z / (4 * n * n))
        below = 1 + Z * Z / n
        return max(0.0, (middle - half) / below), min(1.0, (middle + half) / below)


@dataclass(frozen=True)
class Difference:
    """How much more of one group than of the other, with its span, in shares (0.05 = five in a hundred more)."""

    value: float
    low: float
    high: float

    @property
    def is_certain(self) -> bool:
        """Whether the span leaves out nought: chance alone would hardly do this."""
        return self.low > 0 or self.high < 0


def difference(treated: Share, held_out: Share) -> Difference | None:
    """Treated less held out; None while one of the groups is empty."""
    if treated.value is None or held_out.value is None:
        return None
    one, other = treated.value, held_out.value
    (one_low, one_high), (other_low, other_high) = treated.span, held_out.span
    apart = one - other
    return Difference(
        apart,
        apart - sqrt((one - one_low) ** 2 + (other_high - other) ** 2),
        apart + sqrt((one_high - one) ** 2 + (other - other_low) ** 2),
    )
