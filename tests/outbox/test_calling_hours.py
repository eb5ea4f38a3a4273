"""Legal hours against a second implementation that knows nothing of the first, minute by minute, as clocks change.

By default a sample; QUIET_HOURS=all asks of every minute (about two million cases, some minutes).
"""

import os
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import holidays
import pytest

from relance.dealers.hours import Calendar
from relance.dealers.models import Dealer
from relance.lib.addresses import read_phone
from relance.outbox.law.calling_hours import legal_hours, state_of, table
from relance.outbox.sending_time import SendingTime
from relance.plan.schedule import Schedule

STEP = 1 if os.environ.get("QUIET_HOURS") == "all" else 97  # minutes
CHANGES = (datetime(2027, 3, 14, 12, tzinfo=UTC), datetime(2027, 11, 7, 12, tzinfo=UTC))
AROUND, AHEAD = timedelta(days=4), timedelta(days=15)
MINUTE = timedelta(minutes=1)
OPENS, CLOSES = time(7), time(22)  # the dealer's own hours: wider than most laws
ANY_TIME = Schedule.model_validate({"kind": "realtime"})

# The law once more, written down anew from the rules: place → (Monday to Friday, Saturday, Sunday, holidays closed).
LAW = {
    "US": ((8, 21), (8, 21), (8, 21), False),
    "unknown": ((9, 20), (9, 20), (12, 18), False),
    **dict.fromkeys(("FL", "MD", "MA", "OK", "NJ"), ((8, 20), (8, 20), (8, 20), False)),
    **dict.fromkeys(("AL", "LA", "MS"), ((8, 20), (8, 20), None, True)),
    **dict.fromkeys(("CT", "NV"), ((9, 20), (9, 20), (9, 20), False)),
    "KY": ((10, 21), (10, 21), (10, 21), False),
    **dict.fromkeys(("IL", "MI", "MN", "NM"), ((9, 21), (9, 21), (9, 21), False)),
    "TX": ((9, 21), (9, 21), (12, 21), False),
    "RI": ((9, 18), (10, 17), (10, 17), True),
    **dict.fromkeys(("PA", "UT"), ((8, 21), (8, 21), (8, 21), True)),
    "casl": ((9, 21.5), (10, 18), (10, 18), False),
}
ZONES = [
    "America/St_Johns",
    "America/Halifax",
    "America/Moncton",
    "America/Toronto",
    "America/Winnipeg",
    "America/Regina",
    "America/Edmonton",
    "America/Vancouver",
    "America/Whitehorse",
    "America/New_York",
    "America/Detroit",
    "America/Chicago",
    "America/Denver",
    "America/Phoenix",
    "America/Los_Angeles",
    "America/Anchorage",
    "America/Adak",
    "Pacific/Honolulu",
    "America/Indiana/Indianapolis",
    "America/Indiana/Knox",
    "America/Kentucky/Louisville",
    "America/Boise",
    "America/Puerto_Rico",
]
OF_STATE = {
    "FL": ("America/New_York", "America/Chicago"), "MD": ("America/New_York",), "MA": ("America/New_York",),
    "OK": ("America/Chicago",), "NJ": ("America/New_York",), "AL": ("America/Chicago",), "LA": ("America/Chicago",),
    "MS": ("America/Chicago",), "CT": ("America/New_York",), "NV": ("America/Los_Angeles",),
    "KY": ("America/Kentucky/Louisville", "America/Chicago"), "IL": ("America/Chicago",), "MI": ("America/Detroit",),
    "MN": ("America/Chicago",), "NM": ("America/Denver",), "TX": ("America/Chicago", "America/Denver"),
    "RI": ("America/New_York",), "PA": ("America/New_York",), "UT": ("America/Denver",),
}  # fmt: skip
NUMBER = {
    "US": "+12025550101", "unknown": "+18005550101", "FL": "+13055550101", "MD": "+13015550101", "MA": "+16175550101",
    "OK": "+14055550101", "NJ": "+12015550101", "AL": "+12055550101", "LA": "+15045550101", "MS": "+16015550101",
    "CT": "+18605550101", "NV": "+17025550101", "KY": "+15025550101", "IL": "+13125550101", "MI": "+13135550101",
    "MN": "+16125550101", "NM": "+15055550101", "TX": "+12145550101", "RI": "+14015550101", "PA": "+14125550101",
    "UT": "+18015550101",
}  # fmt: skip
CASES = [(place, zone) for zone in ZONES for place in ("US", "unknown", "casl")] + [
    (state, zone) for state, zones in OF_STATE.items() for zone in zones
]


def law_of(place, channel="sms", purpose="marketing"):
    regime, number = ("casl", "+15145550101") if place == "casl" else ("tcpa", NUMBER[place])
    return legal_hours(regime, "phone" if place == "casl" else channel, purpose, number, date(2027, 3, 1))


def a_sender(zone):
    dealer = Dealer(
        slug="north", name="North", timezone=zone, country="US",
        settings={"quiet_hours": {"may_send": [f"{OPENS:%H:%M}", f"{CLOSES:%H:%M}"]}},
    )  # fmt: skip
    return SendingTime(dealer, Calendar(dealer))


@cache
def holidays_of(state):
    return frozenset(holidays.country_holidays("US", subdiv=state, years=2027))


def is_allowed(moment, zone, place):
    """The second implementation: what the clock on the wall and the calendar beside it say."""
    shown = moment.astimezone(zone)
    weekday, saturday, sunday, keeps_holidays = LAW[place]
    hours = sunday if shown.weekday() == 6 else saturday if shown.weekday() == 5 else weekday
    if hours is None or (keeps_holidays and shown.date() in holidays_of(place)):
        return False
    now = shown.hour + shown.minute / 60
    return hours[0] <= now < hours[1] and OPENS.hour <= now < CLOSES.hour


@pytest.mark.parametrize("change", CHANGES, ids=["spring", "autumn"])
@pytest.mark.parametrize(("place", "zone_name"), CASES)
def test_both_implementations_agree_on_every_minute(place, zone_name, change):
    zone, law, sender = ZoneInfo(zone_name), law_of(place), a_sender(zone_name)
    first = change - AROUND
    minutes = int((2 * AROUND).total_seconds() // 60)
    if STEP == 1:
        allowed = [is_allowed(first + i * MINUTE, zone, place) for i in range(minutes + 7 * 1440)]
        following = [0] * len(allowed)
        free = len(allowed)
        for i in range(len(allowed) - 1, -1, -1):
            free = i if allowed[i] else free
            following[i] = free
        asked = range(minutes)
        expected = {i: following[i] for i in asked}
    else:
        asked = range((len(place) * 31 + len(zone_name) * 7) % STEP, minutes, STEP * 11)
        expected = {
            i: next(n for n in range(i, i + 20_000) if is_allowed(first + n * MINUTE, zone, place)) for i in asked
        }
    wrong = [
        first + i * MINUTE
        for i in asked
        if sender.earliest(first + i * MINUTE, schedule=ANY_TIME, zones=(zone,), law=law)
        != first + expected[i] * MINUTE
    ]
    assert wrong == []


@pytest.mark.parametrize("holiday", [date(2026, 12, 25), date(2027, 1, 1), date(2027, 5, 31)])
@pytest.mark.parametrize("state", ["AL", "LA", "MS", "PA", "RI", "UT"])
def test_six_states_want_no_calls_on_their_holidays(state, holiday):
    law, day_before = law_of(state), holiday - timedelta(days=3 if holiday.weekday() == 0 else 1)
    assert law is not None
    assert law.on(holiday) is None and law.on(day_before) is not None  # K22


@pytest.mark.parametrize("state", ["FL", "TX", "US", "unknown"])
def test_elsewhere_a_holiday_is_a_day_like_others(state):
    law = law_of(state)
    assert law is not None and law.on(date(2026, 12, 25)) is not None


def test_every_place_of_the_table_was_asked():
    assert {place for row in table().rows for place in row.places} == {*LAW, "any"} - {"casl"}


@pytest.mark.parametrize(
    ("number", "state"),
    [
        ("+13055550101", "FL"),
        ("+18505550101", "FL"),
        ("+12705550101", "KY"),
        ("+19155550101", "TX"),
        ("+15145550101", None),
        ("+18005550101", None),
        ("+3725551234", None),
        ("", None),
    ],
)
def test_an_area_code_says_the_state(number, state):
    assert state_of(number) == state


SPLIT = [
    "208",
    "218",
    "219",
    "270",
    "307",
    "308",
    "402",
    "423",
    "458",
    "541",
    "605",
    "606",
    "620",
    "701",
    "785",
    "806",
    "812",
    "850",
    "906",
    "928",
    "930",
    "931",
    "250",
    "867",
    "807",
]


@pytest.mark.parametrize("code", SPLIT)
def test_a_number_waits_for_the_hours_of_every_zone_in_which_it_may_be(code):
    zones = tuple(map(ZoneInfo, read_phone(f"+1{code}5550101", "US").zones))
    assert zones
    sender, at = a_sender("America/New_York"), datetime(2027, 6, 7, 4, tzinfo=UTC)
    found = sender.earliest(at, schedule=ANY_TIME, zones=zones, law=law_of("US"))
    assert found is not None
    assert all(8 <= found.astimezone(zone).hour < 21 for zone in zones)
    assert any(found.astimezone(zone).hour == 8 and found.astimezone(zone).minute == 0 for zone in zones)


@pytest.mark.parametrize(
    ("zone", "at", "until"),
    [
        ("America/St_Johns", "2027-06-07T05:00-02:30", "2027-06-07T08:00-02:30"),
        ("America/Phoenix", "2027-07-07T05:00-07:00", "2027-07-07T08:00-07:00"),
        ("America/Regina", "2027-07-07T05:00-06:00", "2027-07-07T08:00-06:00"),
        ("America/Indiana/Knox", "2027-11-07T05:00-06:00", "2027-11-07T08:00-06:00"),
        ("America/Indiana/Indianapolis", "2027-03-14T05:00-04:00", "2027-03-14T08:00-04:00"),
    ],
)
def test_odd_zones_have_their_own_clocks(zone, at, until):
    found = a_sender(zone).earliest(
        datetime.fromisoformat(at), schedule=ANY_TIME, zones=(ZoneInfo(zone),), law=law_of("US")
    )
    assert found == datetime.fromisoformat(until)


def test_what_holds_a_message_is_said_by_its_rule():
    sender, zone = a_sender("America/New_York"), (ZoneInfo("America/New_York"),)
    early = datetime(2027, 6, 7, 7, 30, tzinfo=zone[0])
    assert sender.held(early, schedule=ANY_TIME, zones=zone, law=law_of("FL"))[1] == "law K21 FL"
    assert sender.held(early.replace(hour=3), schedule=ANY_TIME, zones=zone, law=None)[1] == "quiet_hours"
    assert sender.held(early.replace(hour=10), schedule=ANY_TIME, zones=zone, law=law_of("FL"))[1] is None


@pytest.mark.parametrize(
    ("regime", "channel", "purpose"),
    [
        ("tcpa", "sms", "service"),
        ("casl", "sms", "marketing"),
        ("gdpr", "phone", "marketing"),
        ("none", "sms", "marketing"),
        ("tcpa", "email", "marketing"),
    ],
)
def test_the_law_narrows_marketing_texts_and_calls_alone(regime, channel, purpose):
    assert legal_hours(regime, channel, purpose, NUMBER["FL"], date(2027, 3, 1)) is None


def test_the_law_never_widens_the_dealers_hours():
    dealer = Dealer(
        slug="n",
        name="N",
        timezone="America/New_York",
        country="US",
        settings={"quiet_hours": {"may_send": ["11:00", "12:00"]}},
    )
    zone = ZoneInfo("America/New_York")
    found = SendingTime(dealer, Calendar(dealer)).earliest(
        datetime(2027, 6, 7, 8, tzinfo=zone), schedule=ANY_TIME, zones=(zone,), law=law_of("FL")
    )
    assert found == datetime(2027, 6, 7, 11, tzinfo=zone)


def test_hours_that_never_meet_the_dealers_send_nothing():
    dealer = Dealer(
        slug="n",
        name="N",
        timezone="America/New_York",
        country="US",
        settings={"quiet_hours": {"may_send": ["06:00", "08:00"]}},
    )
    zone = ZoneInfo("America/New_York")
    assert (
        SendingTime(dealer, Calendar(dealer)).earliest(
            datetime(2027, 6, 7, 8, tzinfo=zone), schedule=ANY_TIME, zones=(zone,), law=law_of("FL")
        )
        is None
    )
