"""Every entry as it was promised: about whom, how often, when, to whom, how, why, and with which numbers."""

import json
from collections.abc import Mapping
from typing import NamedTuple

import pytest

from relance.plan.definition import read_definition
from relance.plan.shipped import DAILY, definition_of, entries, library_line, unavailable
from relance.plan.switching.switch import may_switch_on
from tests.builders import A_DAY, a_dealer

WEEK_DAYS = ["tue", "wed", "thu", "fri"]
AT_ELEVEN = {**DAILY, "at": "11:00"}
AT_EIGHT = {**DAILY, "at": "08:00"}
TOMORROW_IS_TOMORROW = {**DAILY, "closed_day": "send"}
REALTIME = {"kind": "realtime"}
IN_THE_OPEN = {"kind": "realtime", "window": "opening_hours"}
BY_HAND = {"kind": "manual"}
NINETY = {"days": 90}
SERVICE_WORDS = [
    "service", "maintenance", "oil", "inspection", "entretien", "vidange", "mantenimiento", "aceite", "hooldus", "õli",
]  # fmt: skip


class Promise(NamedTuple):
    """What was promised of one entry; the defaults are those that hold unless a row says otherwise."""

    subject: str
    purpose: str
    theme: str
    programme: str
    needs: tuple[str, ...]
    numbers: tuple[object, ...] = ()
    repeat: object = "once"
    schedule: Mapping[str, object] = DAILY
    channels: tuple[str, ...] = ("sms", "email")
    to: tuple[str, ...] = ("customer",)
    kind: str = "general"


def visit(purpose, theme, programme, **other):
    """An appointment entry: it speaks again when the visit moves."""
    needs = other.pop("needs", ("appointment",))
    return Promise("appointment", purpose, theme, programme, needs, repeat="each_time", **other)


def order(purpose, theme, programme, **other):
    return Promise("repair_order", purpose, theme, programme, other.pop("needs", ("repair_order",)), **other)


def sale(purpose, theme, programme, **other):
    return Promise("sale", purpose, theme, programme, other.pop("needs", ("sale",)), **other)


def vehicle(purpose, theme, programme, **other):
    return Promise("vehicle", purpose, theme, programme, other.pop("needs", ("vehicle",)), **other)


def customer(purpose, theme, programme, **other):
    return Promise("customer", purpose, theme, programme, other.pop("needs", ("customer",)), **other)


def due(theme, days, **other):
    needs = ("vehicle", "repair_order", "appointment")
    return vehicle("marketing", theme, "service_reminder", needs=needs, numbers=(days,), repeat=NINETY, **other)


PRINTED = ("sms", "email", "postcard")
REMINDER = {"kind": "appointment_reminder", "schedule": TOMORROW_IS_TOMORROW}
WORK = ("repair_order", "deferred_work")
ARRIVING = {"schedule": IN_THE_OPEN}
PROMISED = {
    "C_REM1": visit("service", "early_reminder", "appointment", numbers=(14,), channels=("email",), **REMINDER),
    "C_REM2": visit("service", "week_reminder", "appointment", numbers=(7,), channels=("email",), **REMINDER),
    "C_NOSHOW": visit(
        "service", "missed_visit", "appointment", numbers=(1,), channels=("email",),
        needs=("appointment", "repair_order"),
    ),
    "C_THANKS": order("service", "satisfaction", "thank_you", numbers=(2,), channels=("email",)),
    "C_DEFER": order("marketing", "deferred_work", "deferred_work", numbers=(30,), channels=("email",), needs=WORK),
    "C_INACT": order(
        "marketing", "inactive", "retention", numbers=(90, 90, 365), channels=("email",), repeat="each_time"
    ),
    "V03": sale(
        "service", "renewal", "renewal", numbers=(6, 3, 1), schedule=AT_EIGHT, channels=("staff",), repeat="each_time",
        to=("sales_manager", "renewals_director", "salesperson"),
    ),
    "V04": vehicle(
        "marketing", "warranty_end", "warranty", numbers=(60,), channels=PRINTED, to=("customer", "finance_manager")
    ),
    "V05": sale("service", "manufacturer_survey", "satisfaction", numbers=(5,)),
    "V06": sale("marketing", "sale_anniversary", "personal", repeat="yearly", channels=PRINTED),
    "V07": customer("marketing", "mailing", "promotion", repeat="each_time", schedule=BY_HAND, channels=PRINTED),
    **{
        f"V{7 + slot:02}": vehicle(
            "marketing", f"accessory_{slot}", "accessory", numbers=(f"SLOT_{slot}", "is_absent"), repeat="each_time",
            schedule=BY_HAND, channels=PRINTED,
        )
        for slot in range(1, 11)
    },
    "V18": customer(
        "service", "personal", "personal", repeat="each_time", schedule=BY_HAND, to=("customer", "salesperson")
    ),
    "E01": due("next_service", 30, channels=PRINTED),
    "E02": due("next_service_again", 7),
    "E03": due("service_overdue", 30),
    "E04": sale(
        "marketing", "first_service", "service_reminder", numbers=(150,),
        needs=("sale", "repair_order", "appointment"),
    ),
    "E05": vehicle("service", "safety_recall", "service_reminder", repeat="each_recall", channels=PRINTED),
    "P01": customer("service", "portal", "welcome", numbers=(1,)),
    "P02": customer("service", "visitor_feedback", "satisfaction", numbers=(2,), needs=("customer", "sale")),
    "P03": customer("marketing", "birthday", "personal", repeat="yearly", channels=PRINTED),
    "P04": customer(
        "service", "closed_day", "personal", numbers=(2,), repeat="each_time", needs=("appointment", "repair_order"),
        schedule={"kind": "closed_day", "days_before": 2, "at": "10:00"},
    ),
    "L_ORDER": sale("service", "pre_welcome", "pre_welcome", numbers=(1,)),
    "L_ORDER_USED": sale("service", "pre_welcome", "pre_welcome", numbers=(1,), schedule=REALTIME),
    "L_WELCOME": sale("service", "welcome", "welcome", numbers=(3,)),
    "L_SERVICE": due("next_service", 30, channels=PRINTED),
    "L_WARRANTY": vehicle("marketing", "warranty_end", "warranty", numbers=(45,)),
    "L_NEWS": customer(
        "marketing", "newsletter", "newsletter", numbers=(3,), repeat="each_time", channels=("email", "sms"),
        schedule={"kind": "monthly", "day": 1, "at": "10:00", "every": 3, "closed_day": "next_open_day"},
    ),
    "L_THANKS_SALE": sale("service", "thanks_sale", "thank_you", numbers=(2,)),
    "L_THANKS_SERVICE": order("service", "satisfaction", "thank_you", numbers=(2, SERVICE_WORDS)),
    "L_THANKS_REPAIR": order("service", "satisfaction", "thank_you", numbers=(2, SERVICE_WORDS)),
    "L_HOLIDAY": customer(
        "marketing", "holiday", "holiday", numbers=(10,), repeat="yearly", needs=("customer", "sale"),
        channels=("postcard", "letter", "email"),
        schedule={"kind": "yearly", "holiday": "christmas", "days_before": 10, "at": "10:00",
                  "closed_day": "next_open_day"},
    ),
    "J_ADVISOR": order("service", "arrival", "arrival", **ARRIVING),
    "J_PROGRESS": order("service", "progress", "arrival", numbers=(90,), **ARRIVING),
    "J_PROGRESS_CODE": order("service", "progress", "arrival", numbers=("i98", "C"), **ARRIVING),
    "J_READY": order("service", "departure", "departure", numbers=(30,), **ARRIVING),
    "J_CSI": order("service", "satisfaction", "satisfaction", numbers=(1,)),
    "J_REVIEW": order("marketing", "review", "review", numbers=(3,), kind="review_request"),
    "J_SIX": order(
        "marketing", "inactive", "service_reminder", numbers=(180,), needs=("repair_order", "appointment"),
        schedule={"kind": "weekly", "days": ["tue"], "at": "11:00", "closed_day": "next_open_day"},
    ),
    "J_BOOKED": visit("service", "booked", "appointment", numbers=(1,), schedule=REALTIME),
    "J_TOMORROW": visit("service", "day_reminder", "appointment", numbers=(1,), **REMINDER),
    "J_MISSED": visit(
        "service", "missed_visit", "appointment", numbers=(120,), needs=("appointment", "repair_order"), **ARRIVING
    ),
    "J_UPSELL": sale("marketing", "offer_after_purchase", "promotion", numbers=(14, []), schedule=AT_ELEVEN),
    "J_FIRST": sale(
        "marketing", "first_service", "service_reminder", numbers=(14,), schedule=AT_ELEVEN,
        needs=("sale", "appointment"),
    ),
    "J_WARRANTY": vehicle("marketing", "warranty_end", "warranty", numbers=(37,), schedule=AT_ELEVEN),
    "J_CSI_SALE": sale("service", "satisfaction_sale", "satisfaction", numbers=(4,), schedule=AT_ELEVEN),
}  # fmt: skip
PROMISED |= {f"{code}_P": PROMISED[code]._replace(channels=("postcard",)) for code in list(PROMISED) if code[0] == "C"}
TO_STAFF_ONLY = [entry.code for entry in entries() if "customer" not in entry.recipients]


def test_every_entry_was_promised():
    assert set(PROMISED) == {entry.code for entry in entries() if not entry.better}


@pytest.mark.parametrize("entry", [e for e in entries() if not e.better], ids=lambda entry: entry.code)
def test_it_keeps_its_promise(entry):
    line = library_line(entry)
    minutes = 60 if line["schedule"]["kind"] == "realtime" else 26 * 60
    wanted = PROMISED[entry.code]
    kept = Promise(
        subject=line["subject"],
        purpose=line["purpose"],
        theme=line["theme"],
        programme=line["programme"],
        needs=wanted.needs,
        numbers=tuple(parameter["default"] for parameter in line["parameters"]),
        repeat=line["repeat"],
        schedule=line["schedule"],
        channels=tuple(line["channels"]),
        to=tuple(line["recipients"]),
        kind=line["kind"],
    )
    assert kept == wanted
    assert line["needs"] == dict.fromkeys(wanted.needs, minutes)
    assert line["status"] == "off"
    assert line["replies"].get("assign") == ("reference" if "customer" in wanted.to else None)


@pytest.mark.parametrize("code", TO_STAFF_ONLY)
def test_what_only_the_staff_read_is_there_when_they_begin(code):
    assert PROMISED[code].schedule["at"] == "08:00"


@pytest.mark.parametrize("entry", [e for e in entries() if e.better], ids=lambda entry: entry.code)
def test_a_recipe_of_another_system_differs_in_its_rules_alone(entry):
    better, line = library_line(PROMISED_ENTRY[entry.better]), library_line(entry)
    same = ("purpose", "theme", "programme", "wording", "repeat", "recipients", "channels", "kind")
    assert {name: line[name] for name in same} == {name: better[name] for name in same}


PROMISED_ENTRY = {entry.code: entry for entry in entries()}


def test_the_week_of_other_systems_is_four_days_and_a_monday():
    week, monday = (library_line(PROMISED_ENTRY[code])["schedule"] for code in ("R_CSI_WEEK", "R_CSI_MONDAY"))
    assert (week["days"], monday["days"]) == (WEEK_DAYS, ["mon"])


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("J_REVIEW", "the setting 'review_links' is empty"),
        ("V07", "is still to be filled in"),
        ("L_NEWS", "is still to be filled in"),
    ],
)
def test_an_entry_that_lacks_something_cannot_be_switched_on_and_says_why(code, reason):
    told = may_switch_on(a_dealer(), read_definition(definition_of(code), code), at=A_DAY)
    assert any(reason in line for line in told)


@pytest.mark.django_db
@pytest.mark.parametrize("entry", entries(), ids=lambda entry: entry.code)
def test_an_entry_goes_on_when_nothing_is_lacking(entry):
    dealer = a_dealer(review_links=["https://reviews.example/us"], feedback="https://dealer.example/feedback")
    told = may_switch_on(dealer, read_definition(definition_of(entry.code), entry.code), at=A_DAY)
    missing = [*unavailable(entry, dealer), *[line for line in told if "to be filled in" in line]]
    assert len(told) == len(missing) or all(any(one in line for one in missing) for line in told)


@pytest.mark.django_db
def test_every_line_of_the_library_has_all_its_keys(relance):
    lines = [json.loads(line) for line in relance("automations", "library", "--json").out.splitlines()]
    assert [line["code"] for line in lines] == [entry.code for entry in entries()]
    keys = {"code", "name", "family", "programme", "theme", "purpose", "subject", "scope", "audience", "schedule",
            "repeat", "recipients", "channels", "wording", "replies", "status", "needs", "parameters", "languages",
            "waits_for", "better", "kind", "in_quebec"}  # fmt: skip
    assert all(set(line) == keys for line in lines)
    assert all(
        set(by_language) == {"en", "fr", "es", "et"} for line in lines for by_language in line["wording"].values()
    )
