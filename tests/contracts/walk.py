"""Turns every route of relance into its entry: the right that it asks for, and what it leaves in the audit log.

A route without an entry fails tests/contracts/test_routes.py: whoever adds a page says here who may open it, and what
the log has of it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from relance.dealers.models import Dealer, Invitation, Membership, Staff
from relance.delivery.models import MarketingPause, PrintFile
from relance.exports.mail_merge.word import template
from relance.facts.models import Customer, MaintenanceSchedule, Suppression
from relance.lib import clock
from relance.outbox.hold_back import hold_back
from relance.outbox.models import HoldBack, Task
from relance.plan.apply import export
from relance.plan.models import Automation, AutomationVersion, CustomerGroup, PersonalReminder, Sketch
from relance.replies.receive import receive
from tests.builders import a_message, an_automation
from tests.web.automations.test_builder import SIX
from tests.web.campaigns.test_campaigns import MAZDAS
from tests.web.sample import the_message, today_at
from tests.web.test_schedules import MAZDA

Values = Mapping[str, Any]


@dataclass(frozen=True)
class Deed:
    """A valid use of a changing route: the parts of its address, what is posted, and the act that the log then has."""

    act: str
    data: Callable[[Dealer], Values] = lambda _dealer: {}
    values: Callable[[Dealer], Values] = lambda _dealer: {}


@dataclass(frozen=True)
class Entry:
    """One route: the right; and of a changing one its deed, or why the log has nothing of it."""

    right: str
    deed: Deed | None = None
    unlogged: str = ""


LOOK = Entry("look")
SKETCH = Entry("automations", unlogged="a sketch: nothing that is sent changes before it is saved")


def _key(state: str) -> Callable[[Dealer], Values]:
    return lambda dealer: {"key": the_message(dealer, state).key}


def _paused(dealer: Dealer) -> Values:
    MarketingPause.objects.create(dealer=dealer, channel="email", at=clock.now(), because="5 came back")
    return {"channel": "email"}


def _suppressed(dealer: Dealer) -> Values:
    row = Suppression(dealer=dealer, channel="sms", address="+15145550100", reason="landline", at=clock.now())
    row.save()
    return {"number": row.pk}


def _held_back(dealer: Dealer) -> Values:
    customer = Customer.objects.of(dealer).order_by("pk")[0]
    message = a_message(
        customer, an_automation(dealer, "ONCE_MORE"), at=clock.now(), state="refused", reason="held_back"
    )
    return {"key": message.key}


def _cell(dealer: Dealer) -> Values:
    return {"code": "J_TOMORROW", "day": date.fromisoformat(today_at(dealer))}


def _somebody(dealer: Dealer) -> Values:
    return {"customer": Customer.objects.of(dealer).order_by("pk")[0].ref, "how": "ever"}


def _moved(dealer: Dealer) -> Values:
    return {"to": (date.fromisoformat(today_at(dealer)) + timedelta(days=9)).isoformat()}


def _ahead(dealer: Dealer) -> Values:
    return {"code": "J_TOMORROW", "day": date.fromisoformat(today_at(dealer)) + timedelta(days=2)}


def _held(dealer: Dealer) -> Values:
    return {"held": HoldBack.objects.of(dealer).get(undone_at=None).pk}


def _advisor(dealer: Dealer) -> Values:
    return {"number": Membership.objects.of(dealer).get(role="advisor").pk}


def _invitation(dealer: Dealer) -> Values:
    return {"number": Invitation.objects.of(dealer).get().pk}


def _task(kind: str) -> Callable[[Dealer], Values]:
    return lambda dealer: {"key": Task.objects.of(dealer).filter(kind=kind).order_by("pk")[0].key}


def _wish(dealer: Dealer) -> Values:
    receive(dealer, sender="+15145550199", text="don't text me before 9", at=clock.now(), ref="in-9")
    return {"key": Task.objects.of(dealer).get(ref__startswith="perhaps-stop").key}


def _staff(dealer: Dealer) -> Values:
    return {"number": Staff.objects.of(dealer).order_by("-pk")[0].pk}


def _schedule(dealer: Dealer) -> Values:
    return {"number": MaintenanceSchedule.objects.of(dealer).get().pk}


def _print_file(dealer: Dealer) -> Values:
    return {"key": PrintFile.objects.of(dealer).order_by("pk")[0].key}


def _last_file(dealer: Dealer) -> Values:
    return {"key": PrintFile.objects.of(dealer).order_by("-pk")[0].key}


def _one(place: int) -> Callable[[Dealer], Values]:
    return lambda dealer: {"ref": Customer.objects.of(dealer).order_by("pk")[place].ref}


def _standing(dealer: Dealer) -> Values:
    """A hold-back that was not there before, of the first customer."""
    automation, customer = (
        Automation.objects.of(dealer).get(code="J_TOMORROW"),
        Customer.objects.of(dealer).order_by("pk")[0],
    )
    return {"held": hold_back(dealer, automation, customer, reference_on=None, by="Kim", at=clock.now()).pk}


def _two(dealer: Dealer) -> Values:
    keep, gone = Customer.objects.of(dealer).order_by("pk")[:2]
    return {"act": "apart", "keep": keep.ref, "gone": gone.ref}


def _sure(dealer: Dealer) -> Values:
    return {"sure": _one(5)(dealer)["ref"]}


def _reminder(dealer: Dealer) -> Values:
    return {"reminder": PersonalReminder.objects.of(dealer).get().pk}


def _hours(_dealer: Dealer) -> Values:
    path = "quiet_hours.may_send"
    return {"closed_days.own": "2026-12-24", f"{path}.opens": "09:00", f"{path}.closes": "20:00"}


def _feed(_dealer: Dealer) -> Values:
    return {"files": SimpleUploadedFile("customers.csv", b"id;name\n")}


def _document(_dealer: Dealer) -> Values:
    return {"template": SimpleUploadedFile("own.docx", template())}


def _renamed(dealer: Dealer) -> Values:
    return {"text": export(dealer).replace("Your visit is tomorrow", "See you tomorrow"), "sure": "1"}


def _version(dealer: Dealer) -> Values:
    return {"number": AutomationVersion.objects.of(dealer).filter(automation__code="J_TOMORROW")[0].number}


def _mailing(dealer: Dealer) -> Values:
    an_automation(dealer, "V07_9", schedule={"kind": "once", "at": "2026-05-08T10:00:00-04:00"})
    return {"code": "V07_9"}


def _group(dealer: Dealer) -> Values:
    return {"group": CustomerGroup.objects.of(dealer).get().pk}


def _sketch(dealer: Dealer) -> Values:
    return {"name": Sketch.objects.of(dealer).filter(automation=None)[0].key}


def _data(**values: Any) -> Callable[[Dealer], Values]:
    return lambda _dealer: values


def _at(**values: Any) -> Callable[[Dealer], Values]:
    return lambda _dealer: values


# In an order in which each finds what the ones before it left.
DESK: dict[str, Entry] = {
    "desk-programmes": LOOK,
    "desk-sheet": LOOK,
    "desk-day": LOOK,
    "desk-cell": LOOK,
    "desk-month": LOOK,
    "desk-hold-back": Entry("hold_back", Deed("held_back", _somebody, _cell)),
    "desk-release": Entry("hold_back", Deed("released", _held, _cell)),
    "desk-run-move": Entry("approve", Deed("run_moved", _moved, _ahead)),
    "desk-print-files": LOOK,
    "desk-print-file": Entry("export"),
    "desk-print-picture": Entry("export"),
    "desk-printed": Entry("export", Deed("printed", _data(state="printed"), _print_file)),
    "desk-print-take-back": Entry("approve", Deed("printed", values=_last_file)),
    "desk-take-out": Entry("export"),
    "desk-own-document": Entry("export", Deed("export", _document, _cell)),
    "desk-outbox": LOOK,
    "desk-halt": Entry("approve", Deed("halted")),
    "desk-let-sending-go": Entry("approve", Deed("let_go")),
    "desk-marketing-goes-on": Entry("settings", Deed("let_go", values=_paused)),
    "desk-message": LOOK,
    "desk-message-file": LOOK,
    "desk-cancel": Entry("hold_back", Deed("canceled", values=_key("ready"))),
    "desk-bring-back": Entry("hold_back", Deed("brought_back", values=_key("canceled"))),
    "desk-send-by-hand": Entry("approve", Deed("sent_by_hand", values=_held_back)),
    "desk-approve": Entry("approve", Deed("approved", values=_key("approval"))),
    "desk-run-decide": Entry("approve", Deed("approved", _data(how="approve"), _cell)),
    "desk-automations": LOOK,
    "desk-automation-new": SKETCH,
    "desk-automation-values": LOOK,
    "desk-library": LOOK,
    "desk-library-entry": LOOK,
    "desk-library-add": Entry(
        "automations", Deed("automation", _data(days="21", makes="Mazda; Kia"), _at(code="J_UPSELL"))
    ),
    "desk-automations-file": LOOK,
    "desk-automations-apply": Entry("automations", Deed("automation", _renamed)),
    "desk-automations-yaml": LOOK,
    "desk-automation": LOOK,
    "desk-automation-keep": SKETCH,
    "desk-automation-shape": SKETCH,
    "desk-automation-beside": LOOK,
    "desk-automation-matching": LOOK,
    "desk-automation-ahead": LOOK,
    "desk-automation-find": LOOK,
    "desk-automation-switching": LOOK,
    "desk-automation-switched": Entry(
        "automations", Deed("automation_switched", _data(to="off"), _at(name="J_TOMORROW"))
    ),
    "desk-automation-save": Entry("automations", Deed("automation", _data(**SIX), _sketch)),
    "desk-automation-discard": SKETCH,
    "desk-automation-copy": SKETCH,
    "desk-automation-versions": LOOK,
    "desk-automation-bring-back": Entry("automations", Deed("automation", _version, _at(name="J_TOMORROW"))),
    "desk-automation-test": Entry("automations", unlogged="a message that no sender took: what was sent is noted"),
    "desk-campaigns": LOOK,
    "desk-mailing-new": Entry("automations"),
    "desk-mailing-reach": Entry("automations"),
    "desk-mailing-write": Entry(
        "automations", Deed("campaign", _data(name="Open house", to="everybody", at="2026-05-08T10:00", days="2"))
    ),
    "desk-mailing-cancel": Entry("automations", Deed("campaign", values=_mailing)),
    "desk-group": LOOK,
    "desk-group-shape": SKETCH,
    "desk-group-matching": SKETCH,
    "desk-group-save": Entry("automations", Deed("campaign", _data(**MAZDAS), _at(group=0))),
    "desk-group-remove": Entry("automations", Deed("campaign", values=_group)),
    "desk-contact-settings": LOOK,
    "desk-contact-settings-save": Entry("automations", Deed("contact_settings", _data(email_reminder_1="14"))),
    "desk-contact-preview": LOOK,
    "desk-lists": LOOK,
    "desk-tasks": LOOK,
    "desk-call-list": LOOK,
    "desk-task": LOOK,
    "desk-task-later": Entry("tasks", Deed("task", _data(again="2026-05-07T10:00"), _task("complaint"))),
    "desk-task-outcome": Entry("tasks", Deed("task", _data(outcome="reached", seen="0"), _task("call"))),
    "desk-task-undo": Entry("tasks", Deed("task", values=_task("call"))),
    "desk-task-done": Entry("tasks", Deed("task", values=_task("follow_up"))),
    "desk-task-wish": Entry("tasks", Deed("consent", _data(outcome="opt_out"), _wish)),
    "desk-task-mine": Entry("tasks", unlogged="whose it is stands on the task"),
    "desk-task-resolve": Entry("tasks", Deed("resolved", _data(word="sent"), _task("unsure"))),
    "desk-customers": LOOK,
    "desk-customer": LOOK,
    "desk-customer-why": LOOK,
    "desk-vehicle": LOOK,
    "desk-customer-consent": Entry(
        "customers", Deed("consent", _data(channel="email", purpose="marketing", status="withdrawn"), _one(0))
    ),
    "desk-customer-remind": Entry(
        "customers", Deed("reminder", _data(at="2026-06-01T09:00", text="Call", kind="reminder"), _one(0))
    ),
    "desk-customer-no-reminder": Entry("customers", Deed("reminder", _reminder, _one(0))),
    "desk-customer-let-go": Entry("hold_back", Deed("released", _standing, _one(0))),
    "desk-customer-hold": Entry("hold_back", Deed("held_back", _data(why="On holiday", until="2026-12-31"), _one(1))),
    "desk-customer-data": Entry("erase"),
    "desk-doubles": Entry("erase"),
    "desk-doubles-decide": Entry("erase", Deed("customer", _two)),
    "desk-customer-forget": Entry("erase", Deed("person_erased", _sure, _one(5))),
    "desk-results": Entry("results"),
    "desk-retention": Entry("results"),
    "desk-quality": Entry("results"),
    "desk-economics": Entry("results"),
    "desk-settings": Entry("settings"),
    "desk-settings-of": Entry("settings"),
    "desk-settings-save": Entry("settings", Deed("settings", _hours, _at(section="hours"))),
    "desk-settings-versions": Entry("settings"),
    "desk-settings-bring-back": Entry("settings", Deed("settings", values=_at(number=1))),
    "desk-senders": Entry("settings"),
    "desk-sender-test": Entry(
        "settings", Deed("test_message", _data(address="a@dealer.example"), _at(channel="email"))
    ),
    "desk-sender-save": Entry("settings", Deed("sender", _data(url="smtp://127.0.0.1:9"), _at(channel="email"))),
    "desk-sender-check": Entry("settings", Deed("sender", values=_at(channel="email"))),
    "desk-suppressed": Entry("settings"),
    "desk-suppressed-use": Entry("settings", Deed("address_used_again", _data(why="A new phone"), _suppressed)),
    "desk-feeds": Entry("imports"),
    "desk-feed-bring": Entry("imports", Deed("import", _feed)),
    "desk-feed-rejects": Entry("imports"),
    "desk-schedules": Entry("settings"),
    "desk-schedule": Entry("settings"),
    "desk-schedule-save": Entry("settings", Deed("settings", _data(**MAZDA), _at(number=0))),
    "desk-schedule-take-back": Entry("settings", Deed("settings", values=_schedule)),
    "desk-schedule-bring-back": Entry("settings", Deed("settings", values=_schedule)),
    "desk-staff": Entry("users"),
    "desk-staff-member": Entry("users"),
    "desk-staff-save": Entry("users", Deed("staff", _data(reference="N1", name="Nell New"), _at(number=0))),
    "desk-staff-give-back": Entry("users", Deed("staff", values=_staff)),
    "desk-staff-retire": Entry("users", Deed("staff", values=_staff)),
    "desk-staff-bring-back": Entry("users", Deed("staff", values=_staff)),
    "desk-people": Entry("users"),
    "desk-invite": Entry("users", Deed("user_invited", _data(email="new@dealer.example", role="advisor"))),
    "desk-invitation-end": Entry("users", Deed("user_invited", values=_invitation)),
    "desk-person-change": Entry("users", Deed("user_changed", _data(role="advisor", reference="A1"), _advisor)),
    "desk-person-suspend": Entry("users", Deed("user_left", values=_advisor)),
    "desk-person-readmit": Entry("users", Deed("user_changed", values=_advisor)),
    "desk-audit": Entry("audit"),
    "desk-list-file": Entry("export"),
    "desk-waiting": LOOK,
    "desk-waiting-number": LOOK,
    "desk-waiting-read": Entry("look", unlogged="one's own notices"),
}
# Outside the desk no dealer stands in the address: who comes in, and by what.
OUTSIDE: dict[str, str] = {
    "home": "anybody: leads on",
    "sign-in": "anybody: by a password",
    "sign-in-code": "by a password before",
    "sign-in-link": "by a link",
    "invitation": "by a link",
    "sign-out": "oneself",
    "language": "anybody: for himself",
    "me": "oneself",
    "me-password": "oneself",
    "me-second-step": "oneself",
    "me-second-step-off": "oneself",
    "me-codes": "oneself",
    "me-sessions-end": "oneself",
    "hooks-unsubscribe": "by a link",
    "hooks-choices": "by a link",
    "hooks-logo": "anybody: mail programs",
    "hooks-status": "a provider: by its signature",
    "hooks-receipts": "a provider: by its signature",
    "hooks-inbound": "a provider: by its signature",
}
