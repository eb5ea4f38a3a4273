"""Turns the messages of the C_… automations into what was sent per setting and month, e-mail beside postcard."""

from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import Count
from django.db.models.functions import TruncMonth

from relance.dealers.models import Dealer
from relance.lib.moments import add_months, day_of, day_start
from relance.outbox.models import Message
from relance.plan.shipped.contact_settings import CODES, COLUMNS, SETTINGS

GONE = ("sent", "delivered")
MONTHS = 12


@dataclass
class MonthSent:
    """How many went out in one month: code → number."""

    month: date
    sent: dict[str, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.sent.values())


def contact_statistics(dealer: Dealer, *, at: datetime, months: int = MONTHS) -> list[MonthSent]:
    """The last months in which something went out, the newest first."""
    this = day_of(at, dealer.zone).replace(day=1)
    rows = Message.objects.of(dealer).filter(
        automation__code__in=CODES,
        state__in=GONE,
        send_at__gte=day_start(add_months(this, 1 - months), dealer.zone),
        send_at__lt=day_start(add_months(this, 1), dealer.zone),
    )
    counted = rows.annotate(month=TruncMonth("send_at", tzinfo=dealer.zone)).values_list("month", "automation__code")
    found: dict[date, MonthSent] = {}
    for moment, code, number in counted.annotate(number=Count("pk")).order_by("-month"):
        month = moment.date()
        found.setdefault(month, MonthSent(month)).sent[code] = number
    return list(found.values())


def codes_by_setting() -> list[tuple[str, str]]:
    """(code, column) of everything that is counted, in the order of the page."""
    return [(code, column.name) for column in COLUMNS for code in _codes(column.ending)]


def _codes(ending: str) -> list[str]:
    return list(dict.fromkeys(setting.code + ending for setting in SETTINGS))
