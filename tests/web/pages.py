"""Turns every route that is looked at into an address of the sample dealer: what the walks of the pages visit.

A route that is a part of a page, or a file, says so; a new one without an entry fails tests/web/test_query_counts.py.
"""

from collections.abc import Mapping
from datetime import date

from django.urls import reverse

from relance.dealers.models import Dealer, Staff
from relance.facts.models import Customer, Vehicle
from relance.outbox.models import Task
from tests.web.sample import the_message, today_at

PART, FILE = "a part of a page", "a file"
NOT_VISITED: Mapping[str, str] = {
    "desk-sheet": PART,
    "desk-automation-values": PART,
    "desk-automation-beside": PART,
    "desk-automation-matching": PART,
    "desk-automation-ahead": PART,
    "desk-automation-find": PART,
    "desk-mailing-reach": PART,
    "desk-customer-why": PART,
    "desk-waiting-number": PART,
    "desk-print-file": FILE,
    "desk-print-picture": FILE,
    "desk-take-out": FILE,
    "desk-message-file": FILE,
    "desk-automations-yaml": FILE,
    "desk-customer-data": FILE,
    "desk-list-file": FILE,
    "desk-feed-rejects": FILE,
}


def pages_of(dealer: Dealer) -> dict[str, str]:
    """The address of each page, by the name of its route; with what makes it complete."""
    today = date.fromisoformat(today_at(dealer))
    customer = Customer.objects.of(dealer).order_by("pk")[0]
    vehicle = Vehicle.objects.of(dealer).order_by("pk")[0]
    task = Task.objects.of(dealer).order_by("pk")[0]
    automation: dict[str, object] = {"name": "J_CSI"}
    parts: dict[str, dict[str, object]] = {
        "desk-programmes": {},
        "desk-print-files": {},
        "desk-day": {"day": today},
        "desk-cell": {"code": "J_TOMORROW", "day": today},
        "desk-month": {"code": "J_TOMORROW", "month": today.replace(day=1)},
        "desk-outbox": {},
        "desk-message": {"key": the_message(dealer, "approval").key},
        "desk-automations": {},
        "desk-library": {},
        "desk-library-entry": {"code": "J_UPSELL"},
        "desk-automations-file": {},
        "desk-automation": automation,
        "desk-automation-switching": automation,
        "desk-automation-versions": automation,
        "desk-contact-settings": {},
        "desk-contact-preview": {"code": "C_DEFER_P"},
        "desk-campaigns": {},
        "desk-mailing-new": {},
        "desk-group": {"group": 0},
        "desk-tasks": {},
        "desk-call-list": {},
        "desk-task": {"key": task.key},
        "desk-lists": {},
        "desk-customers": {},
        "desk-customer": {"ref": customer.ref},
        "desk-vehicle": {"ref": vehicle.ref},
        "desk-doubles": {},
        "desk-results": {},
        "desk-retention": {},
        "desk-quality": {},
        "desk-economics": {},
        "desk-settings": {},
        "desk-settings-of": {"section": "contact"},
        "desk-settings-versions": {},
        "desk-senders": {},
        "desk-suppressed": {},
        "desk-feeds": {},
        "desk-schedules": {},
        "desk-schedule": {"number": 0},
        "desk-staff": {},
        "desk-staff-member": {"number": Staff.objects.of(dealer).order_by("pk")[0].pk},
        "desk-people": {},
        "desk-audit": {},
        "desk-waiting": {},
    }
    found = {name: reverse(name, kwargs={"slug": dealer.slug, **values}) for name, values in parts.items()}
    whole = (
        "desk-day", "desk-cell", "desk-month", "desk-results", "desk-retention", "desk-quality", "desk-economics",
        "desk-contact-settings", "desk-contact-preview", "desk-doubles", "desk-schedules", "desk-automations",
        "desk-automation", "desk-automation-switching",
    )  # fmt: skip # else their numbers follow as a part
    return found | {name: f"{found[name]}?full=1" for name in whole}
