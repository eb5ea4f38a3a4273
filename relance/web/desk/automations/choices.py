"""Turns the tables of the engine (fields, programmes, channels, schedules) into the choices of the builder's fields."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from relance.audience.fields import CATEGORIES
from relance.audience.values import meta_names
from relance.dealers.models import Dealer, Staff
from relance.lib.language import LANGUAGES
from relance.measures.words import CHANNELS
from relance.web.desk.words import PROGRAMMES, RHYTHMS, ROLES, Word

SUBJECTS: Mapping[str, Word] = {
    "customer": _("a customer"),
    "vehicle": _("a vehicle"),
    "appointment": _("an appointment"),
    "repair_order": _("a repair order"),
    "sale": _("a sale"),
    "deferred_work": _("deferred work"),
}
KINDS: Mapping[str, Word] = {
    "general": _("Message"),
    "appointment_reminder": _("Appointment reminder"),
    "review_request": _("Review request"),
}
PURPOSES: Mapping[str, Word] = {
    "service": _("Service: about something the customer asked for or owns"),
    "marketing": _("Marketing: it may sell; consent and the frequency cap apply"),
}
REPEATS: Mapping[str, Word] = {
    "once": _("once, and never again"),
    "yearly": _("once a year"),
    "each_time": _("every time"),
    "each_recall": _("once for every safety recall"),
    "days": _("again after a number of days"),
}
CLOSED_DAYS: Mapping[str, Word] = {
    "send": _("send anyway"),
    "next_open_day": _("on the next open day"),
    "skip": _("not at all"),
}
WEEKDAYS: Mapping[str, Word] = {
    "mon": _("Mon"),
    "tue": _("Tue"),
    "wed": _("Wed"),
    "thu": _("Thu"),
    "fri": _("Fri"),
    "sat": _("Sat"),
    "sun": _("Sun"),
}
HOLIDAYS = ("new year", "valentine's day", "saint-jean", "canada day", "halloween", "christmas", "thanksgiving")
LANGUAGE_NAMES = {"en": "English", "fr": "Français", "es": "Español", "et": "Eesti"}
NO_REPLY_TO = ("postcard", "letter", "phone", "staff")


def attribute_choices(dealer: Dealer) -> list[tuple[Word, list[tuple[str, Word]]]]:
    """(category, [(path, attribute)]) of everything that can be asked, the feed's own columns too."""
    groups: list[tuple[Word, list[tuple[str, Word]]]] = []
    for category in CATEGORIES.values():
        rows: list[tuple[str, Word]] = [
            (f"{category.name}.{row.name}", row.label) for row in category.attributes.values()
        ]
        rows += [(f"{category.name}.{name}", name) for name in meta_names(dealer, category)]
        groups.append((category.label, rows))
    return groups


def languages_of(dealer: Dealer, entry: Mapping[str, Any]) -> list[str]:
    """The dealer's languages first, then those in which something is written already."""
    wanted = [dealer.language, *dealer.preferences.languages]
    written = [language for words in (entry.get("wording") or {}).values() for language in words]
    if dealer.preferences.region == "QC":
        wanted.append("fr")
    return [language for language in dict.fromkeys([*wanted, *written]) if language in LANGUAGES]


def choices(dealer: Dealer) -> dict[str, Any]:
    """Everything that the fields of the builder offer."""
    staff = list(Staff.objects.of(dealer).filter(retired_at=None).order_by("name").values_list("ref", "name"))
    recipients: list[tuple[str, Word]] = [("customer", _("the customer"))]
    recipients += [(role, label) for role, label in ROLES.items() if role != "read_only"]
    return {
        "programmes": PROGRAMMES.items(),
        "kinds": KINDS.items(),
        "purposes": PURPOSES.items(),
        "subjects": SUBJECTS.items(),
        "repeats": REPEATS.items(),
        "closed_days": CLOSED_DAYS.items(),
        "weekdays": WEEKDAYS.items(),
        "rhythms": RHYTHMS.items(),
        "all_channels": CHANNELS.items(),
        "all_languages": LANGUAGE_NAMES.items(),
        "holidays": HOLIDAYS,
        "staff": staff,
        "all_recipients": recipients,
        "attributes": attribute_choices(dealer),
        "accessories": dealer.preferences.accessories.items(),
    }
