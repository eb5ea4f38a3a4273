"""Turns what somebody wants to send once (to whom, when, over how many days) into the file form of an automation.

The words begin as those of the library: V07 for people, V08 to V17 for those who have or have not an accessory.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from django.utils.translation import gettext as _

from relance.audience.compile import Question
from relance.audience.tree import read_tree
from relance.dealers.hours import Calendar
from relance.dealers.models import Dealer
from relance.lib.errors import BadInput
from relance.lib.moments import DAY, day_of, local
from relance.plan.models import Automation, CustomerGroup
from relance.plan.schedule import RunAt, Schedule, parts_of
from relance.plan.shipped import definition_for
from relance.plan.switching.groups import mailing
from relance.web.desk.automations.choices import languages_of

MOST_DAYS = 60
FIRST_ACCESSORY = 8  # V08 speaks of the first of the dealer's accessories
MORNING = time(10)
HAVING = {"with": "is_present", "without": "is_absent"}


@dataclass(frozen=True)
class Wish:
    """One sending, as it was typed and could be read."""

    to: str  # everybody | group-7 | with-HITCH | without-HITCH
    group: CustomerGroup  # whom that means; only kept when it is one of the dealer's
    entry: dict[str, Any]  # the library's file form
    at: datetime
    days: int

    def question(self, at: datetime) -> Question:
        """What it asks of the facts."""
        tree = read_tree(self.group.audience, path="audience")
        return Question(self.group.dealer, tree, self.group.subject, self.group.scope, at)

    def parts(self) -> list[RunAt]:
        """The open days on which it would go."""
        dealer = self.group.dealer
        when = Schedule(kind="once", at=self.at, split_days=self.days)
        return parts_of(when, Calendar(dealer), dealer.zone)

    def written(self, name: str) -> dict[str, Any]:
        """The file form, in the dealer's languages: every part waits for a person's approval."""
        tongues = languages_of(self.group.dealer, {})
        wording = {
            channel: {language: words for language, words in by_language.items() if language in tongues}
            for channel, by_language in self.entry["wording"].items()
        }
        entry = self.entry | {"status": "approval", "code": self._code(), "wording": wording}
        written = mailing(self.group, entry | ({"name": name} if name else {}), at=self.at, days=self.days)
        written["schedule"]["closed_day"] = "next_open_day"
        return written

    def _code(self) -> str:
        stem = f"{self.entry['code']}_{day_of(self.at, self.group.dealer.zone):%y%m%d}"
        taken = set(Automation.objects.of(self.group.dealer).values_list("code", flat=True))
        return next(code for n in range(1, 1000) if (code := stem if n == 1 else f"{stem}_{n}") not in taken)


def read_wish(dealer: Dealer, typed: Mapping[str, Any], *, at: datetime) -> Wish:
    """What was typed; BadInput in words for the page."""
    to = str(typed.get("to", "everybody"))
    group, entry = _whom(dealer, to)
    days = str(typed.get("days", "1")).strip() or "1"
    if not days.isdecimal() or not 1 <= int(days[:4]) <= MOST_DAYS:
        raise BadInput(_("Write how many open days it is spread over: 1 to {most}.").format(most=MOST_DAYS))
    return Wish(to, group, entry, _when(dealer, str(typed.get("at", "")), at), int(days))


def _whom(dealer: Dealer, to: str) -> tuple[CustomerGroup, dict[str, Any]]:
    word, _dash, which = to.partition("-")
    if word == "group" and which.isdecimal() and len(which) < 16:
        group = CustomerGroup.objects.of(dealer).filter(pk=int(which)).select_related("dealer").first()
        if group is not None:
            return group, definition_for(dealer, "V07")
    accessories = sorted(dealer.preferences.accessories)  # a database may keep them in an order of its own
    if word in HAVING and which in accessories:
        code = f"V{FIRST_ACCESSORY + accessories.index(which):02}"
        entry = definition_for(dealer, code, accessory=which, having=HAVING[word])
    elif to == "everybody":
        entry = definition_for(dealer, "V07")
    else:
        raise BadInput(_("Choose whom it goes to."))
    audience, subject, scope = (entry[key] for key in ("audience", "subject", "scope"))
    return CustomerGroup(dealer=dealer, name=to, audience=audience, subject=subject, scope=scope), entry


def _when(dealer: Dealer, text: str, now: datetime) -> datetime:
    if not text:
        return usual_moment(dealer, now)
    try:
        typed = datetime.fromisoformat(text)
    except ValueError:
        raise BadInput(_("Write a day and a time.")) from None
    moment = local(typed.date(), typed.time(), dealer.zone)
    if moment <= now:
        raise BadInput(_("That moment is over: choose a later one."))
    return moment


def usual_moment(dealer: Dealer, now: datetime) -> datetime:
    """Ten in the morning of the next day on which the dealer is open."""
    tomorrow = day_of(now, dealer.zone) + DAY
    return local(Calendar(dealer).next_open_day(tomorrow) or tomorrow, MORNING, dealer.zone)
