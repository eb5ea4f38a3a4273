"""Turns the paths of settings into titles, their words into words that people read, and all of them into sections."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from relance.measures.words import CHANNELS
from relance.web.desk.words import Word

TITLES: Mapping[str, Word] = {
    "name": _("Name"),
    "timezone": _("Time zone"),
    "language": _("Language"),
    "country": _("Country"),
    "region": _("Province or state"),
    "currency": _("Currency"),
    "legal_name": _("Legal name"),
    "business": _("Business"),
    "owner": _("Signature"),
    "address": _("Postal address"),
    "phone": _("Telephone"),
    "email": _("E-mail"),
    "website": _("Website"),
    "feedback": _("Feedback"),
    "review_links": _("Reviews"),
    "languages": _("Message languages"),
    "opening_hours": _("Opening hours"),
    "closed_days.public_holidays": _("Public holidays"),
    "closed_days.own": _("Own closed days"),
    "quiet_hours.may_send": _("When customers may be contacted"),
    **{f"channels.{name}": says for name, says in CHANNELS.items()},
    "consent_regime": _("Consent law"),
    "unsubscribe": _("One-click unsubscribe"),
    "stop_reaches": _("What a STOP stops"),
    "stop_answer": _("Who answers a STOP"),
    "frequency_cap": _("Marketing messages to one person"),
    "status_map.appointment": _("Codes of appointments"),
    "status_map.repair_order": _("Codes of repair orders"),
    "accessories": _("Accessories"),
    "promotion": _("Promotion"),
    "late_rows": _("Late rows"),
    "paper.colour": _("Colour"),
    "paper.size": _("Paper"),
    "paper.cards_on_a_sheet": _("Postcards on a sheet"),
    "paper.window": _("Envelope window"),
    "paper.postage": _("Postage"),
    "attribution_days": _("Days that count as a result"),
    "price_per_vehicle": _("Price per vehicle"),
    "two_steps": _("Two-step sign-in"),
    "guards.blast": _("Unusually large runs wait"),
    "guards.ceiling": _("Ceiling per person"),
    "guards.rejects": _("Stop feeds with many rejects"),
    "guards.shrink": _("Stop feeds that shrink"),
    "guards.stale": _("Runs wait for fresh data"),
}
OPTIONS: Mapping[str, Word] = {
    "business.dealer": _("Car dealer"),
    "business.fleet": _("Fleet"),
    "business.rv_dealer": _("RV dealer"),
    "business.golf_carts": _("Golf carts"),
    "business.repair_shop": _("Repair shop"),
    "consent_regime.casl": _("Canada (CASL)"),
    "consent_regime.tcpa": _("United States (TCPA)"),
    "consent_regime.gdpr": _("Europe (GDPR)"),
    "consent_regime.none": _("None"),
    "unsubscribe.marketing": _("Marketing"),
    "unsubscribe.everything": _("Everything"),
    "stop_reaches.its_channel": _("Texts and calls"),
    "stop_reaches.every_channel": _("Every channel"),
    "stop_answer.relance": "relance",
    "stop_answer.provider": _("The provider"),
    "late_rows.ask": _("Ask a person"),
    "late_rows.send": _("Send automatically"),
    "paper.size.letter": _("Letter"),
    "paper.size.a4": "A4",
    "paper.window.left": _("Left"),
    "paper.window.right": _("Right"),
    "two_steps.nobody": _("Nobody"),
    "two_steps.crm_managers": _("CRM managers"),
    "two_steps.everybody": _("Everybody"),
    "status_map.appointment.proposed": _("proposed"),
    "status_map.appointment.booked": _("booked"),
    "status_map.appointment.confirmed": _("confirmed"),
    "status_map.appointment.rescheduled": _("rescheduled"),
    "status_map.appointment.arrived": _("arrived"),
    "status_map.appointment.completed": _("completed"),
    "status_map.appointment.canceled": _("called off"),
    "status_map.appointment.no_show": _("did not come"),
    "status_map.repair_order.open": _("open"),
    "status_map.repair_order.ready": _("ready to be picked up"),
    "status_map.repair_order.closed": _("finished"),
    **{f"{path}.{code}": name for path in ("language", "languages") for code, name in (
        ("en", "English"), ("fr", "Français"), ("es", "Español"), ("et", "Eesti"),
    )},
}  # fmt: skip


@dataclass(frozen=True)
class Section:
    """Some settings that are looked at together."""

    name: str
    title: Word
    paths: tuple[str, ...]


SECTIONS = (
    Section("dealer", _("Dealer"), (
        "name", "legal_name", "business", "owner", "address", "phone", "email", "website", "feedback", "review_links",
        "language", "languages", "country", "region", "timezone", "currency",
    )),
    Section("hours", _("Hours"), (
        "opening_hours", "closed_days.public_holidays", "closed_days.own", "quiet_hours.may_send",
    )),
    Section("contact", _("Contact and consent"), (
        *(f"channels.{name}" for name in CHANNELS),
        "consent_regime", "unsubscribe", "stop_reaches", "stop_answer", "frequency_cap", "promotion",
    )),
    Section("facts", _("Data"), ("status_map.appointment", "status_map.repair_order", "accessories", "late_rows")),
    Section("paper", _("Paper"), (
        "paper.colour", "paper.size", "paper.cards_on_a_sheet", "paper.window", "paper.postage",
    )),
    Section("guards", _("Guards"), (
        "guards.blast", "guards.ceiling", "guards.rejects", "guards.shrink", "guards.stale", "two_steps",
        "attribution_days", "price_per_vehicle",
    )),
)  # fmt: skip
