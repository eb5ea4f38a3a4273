"""Turns numbers per day into the bars of a chart and its table: `{% chart days %}`."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import template
from django.template import Context

register = template.Library()

HEIGHT, STEP = 64, 10
Days = Iterable[tuple[date, int, int]]  # day, sent, refused


@dataclass(frozen=True)
class Bar:
    """One day: its numbers, and their place in the drawing."""

    day: date
    sent: int
    refused: int
    x: int
    sent_y: float
    sent_height: float
    refused_y: float
    refused_height: float


def bars_of(days: Days) -> list[Bar]:
    """A bar a day; the tallest fills the drawing."""
    listed = list(days)
    most = max((sent + refused for _day, sent, refused in listed), default=0) or 1
    bars = []
    for place, (day, sent, refused) in enumerate(listed):
        tall, flat = (round(HEIGHT * part / most, 1) for part in (sent, refused))
        tops = round(HEIGHT - tall, 1), max(0.0, round(HEIGHT - tall - flat, 1))
        bars.append(Bar(day, sent, refused, place * STEP, tops[0], tall, tops[1], flat))
    return bars


@register.inclusion_tag("desk/_chart.html", takes_context=True)
def chart(context: Context, days: Days) -> dict[str, Any]:
    """The drawing with its table."""
    bars = bars_of(days)
    return {"bars": bars, "last": bars[-1], "width": len(bars) * STEP, "height": HEIGHT, "reader": context["reader"]}
