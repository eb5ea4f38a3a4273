"""Text messages over Twilio: what is asked, what an answer means, and what its log says afterwards."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from relance.delivery.channel import Accepted, AnswerLost, Busy, ChannelDown, Parcel, Refused, Sending
from relance.delivery.channels.sms.codes import CODES, MEANINGS, code_of
from relance.delivery.channels.sms.twilio import TwilioChannel, result_of
from relance.delivery.deliver import deliver
from relance.delivery.models import Attempt
from relance.delivery.senders import keep_sender
from relance.facts.models import Suppression, Touch
from relance.lib.http import Reply
from tests.builders import A_DAY, a_customer, a_dealer, a_message, an_automation
from tests.contracts.test_channels import a_parcel
from tests.delivery.sms.twilio_server import HUGE, TOKEN, Twilio, error, said, twilio_server
from tests.delivery.web_server import Said

NUMBER = "+15145550111"


def a_text(number=NUMBER, n=1, **values):
    return a_parcel(n, channel="sms", address=number, **values)


def channel_to(twilio, **settings):
    return TwilioChannel(Sending("twilio", {**twilio.settings, **settings}, {"password": TOKEN}))


def sent(twilio, *parcels, **settings):
    channel = channel_to(twilio, **settings)
    answers = list(channel.send(parcels))
    channel.close()
    return [result for _, result in answers]


def test_the_request_is_twilios_with_our_key_in_the_callback(public_url):
    with twilio_server() as twilio:
        (result,) = sent(twilio, a_text(body="Bonjour, ça va?"), hook="the-hook")
    assert result == Accepted(twilio.taken[0]["sid"], "queued")
    assert twilio.forms == [
        {
            "To": NUMBER,
            "From": "+15145550100",
            "Body": "Bonjour, ça va?",
            "StatusCallback": f"{public_url}/hooks/the-hook/status/{UUID(int=1)}/",
        }
    ]


def test_the_lines_that_relance_adds_are_sent_with_the_text():
    with twilio_server() as twilio:
        sent(twilio, a_text(opening="North Garage: ", body="Hello.", closing="\nReply STOP to opt out."))
    assert twilio.forms[0]["Body"] == "North Garage: Hello.\nReply STOP to opt out."


def test_a_messaging_service_stands_in_the_numbers_place():
    with twilio_server() as twilio:
        sent(twilio, a_text(), service="MG1")
    assert twilio.forms[0]["MessagingServiceSid"] == "MG1" and "From" not in twilio.forms[0]


def test_without_a_public_address_there_is_no_callback():
    with twilio_server() as twilio:
        sent(twilio, a_text(), hook="the-hook")
    assert "StatusCallback" not in twilio.forms[0]


@pytest.mark.parametrize(
    ("hours_end", "expires", "validity"),
    [(60, None, 3570), (60, 30, 1770), (30, 60, 1770), (None, 10, 570), (60 * 24, None, 36_000), (None, None, None)],
)
def test_what_it_keeps_it_gives_up_before_the_hours_end_and_before_it_is_stale(hours_end, expires, validity):
    ends = [m and A_DAY + timedelta(minutes=m) for m in (hours_end, expires)]
    with twilio_server() as twilio:
        sent(twilio, replace(a_text(expires_at=ends[1]), good_until=ends[0]))
    assert twilio.forms[0].get("ValidityPeriod") == (None if validity is None else str(validity))


def test_what_could_not_arrive_in_time_any_more_is_not_handed_over():
    with twilio_server() as twilio:
        (result,) = sent(twilio, replace(a_text(), good_until=A_DAY + timedelta(seconds=35)))
    assert isinstance(result, Busy) and twilio.forms == []


@pytest.mark.parametrize("address", ["5145550111", "+0123456789", "+1514", "", None, "+1514555011\n1", "ann@b.example"])
def test_what_is_no_number_is_refused_here(address):
    with twilio_server() as twilio:
        (result,) = sent(twilio, a_text(address))
    assert isinstance(result, Refused) and twilio.forms == []


def test_an_empty_or_endless_text_is_refused_here():
    with twilio_server() as twilio:
        results = sent(twilio, a_text(body=" \n"), a_text(body="x" * 1601), a_text(body="x" * 1600))
    assert [type(result) for result in results] == [Refused, Refused, Accepted]


def becoming(code):
    with twilio_server(Twilio(instead={NUMBER: error(400, code, "No.")})) as twilio:
        return sent(twilio, a_text())[0]


@pytest.mark.parametrize("code", CODES.values(), ids=lambda code: str(code.number))
def test_every_documented_code_has_its_meaning(code):
    expected = {"busy": Busy, "down": Busy, "lost": AnswerLost, "refused": Refused}[code.meaning.becomes]
    reply = Reply(400, {}, error(400, code.number).body)
    try:
        result = result_of(reply)
    except ChannelDown as fault:
        assert code.meaning.becomes == "down"
        result = fault.result
    assert isinstance(result, expected)
    if isinstance(result, Refused):
        assert (result.because if result.suppress_address else None) == code.meaning.suppress


@pytest.mark.parametrize("code", [30004, 30005, 30006, 30007, 21610, 21211, 21614])
def test_what_is_permanent_is_never_tried_again(code):
    assert isinstance(becoming(code), Refused)


def test_every_class_of_codes_is_used():
    assert {code.kind for code in CODES.values()} == set(MEANINGS)
    assert code_of("21610") == code_of(21610) == CODES[21610]
    assert [code_of(found) for found in (None, "", "x", "-1", "９", "9" * 30)] == [None] * 6


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (error(429, 20429, retry_after="7"), Busy),
        (Said(503, b"<html>"), Busy),
        (error(500, 20500), AnswerLost),
        (Said(502, b"<html>bad gateway"), AnswerLost),
        (Said(504, b""), AnswerLost),
        (error(400, 99999), Refused),
        (error(401, 20003), Busy),  # the way is closed: what was not pulled waits
        (Said(404, b"<html>"), Busy),
        (Said(302, b"", {"Location": "http://169.254.169.254/"}), Busy),
        (Said(400, b"<html>a proxy says no"), Busy),
        (Said(201, b"<html>"), AnswerLost),
        (Said(201, b"[]"), AnswerLost),
        (Said(201, b'{"sid": 5}'), AnswerLost),
        (Said(200, b"[" * 100_000), AnswerLost),
        (Said(201, HUGE), AnswerLost),
        (Said(201, b"{", cut=True), AnswerLost),
        (Said(hang_up=True), AnswerLost),
    ],
)
def test_whatever_it_answers_the_message_knows_where_it_stands(reply, expected):
    with twilio_server(Twilio(instead={NUMBER: reply})) as twilio:
        (result,) = sent(twilio, a_text())
    assert type(result) is expected
    assert "\n" not in result.answer and len(result.answer) <= 500


def test_it_waits_as_long_as_it_is_asked_to():
    with twilio_server(Twilio(instead={NUMBER: error(429, 20429, retry_after="7")})) as twilio:
        assert sent(twilio, a_text())[0].retry_after == 7


def test_an_answer_that_does_not_come_in_time_is_doubt_and_the_next_goes_on():
    with twilio_server(Twilio(after={NUMBER: Said(drip=5)})) as twilio:
        results = sent(twilio, a_text(), a_text("+15145550112"), timeout=0.3)
    assert [type(result) for result in results] == [AnswerLost, Accepted]
    assert twilio.numbers == [NUMBER, "+15145550112"]


def test_a_closed_way_takes_no_more_than_one():
    with twilio_server() as twilio:
        channel = TwilioChannel(Sending("twilio", twilio.settings, {"password": "wrong"}))
        pulled = iter([a_text(n=n) for n in range(1, 6)])
        answers = list(channel.send(pulled))
        assert [type(result) for _, result in answers] == [Busy] and len(list(pulled)) == 4
        assert "20003" in answers[0][1].answer
        assert channel.check() == ["20003: Authenticate"]
        channel.close()


def test_a_provider_in_trouble_is_left_alone_after_three():
    busy = {f"+1514555010{n}": Said(503) for n in range(9)}
    with twilio_server(Twilio(instead=busy)) as twilio:
        assert [type(r) for r in sent(twilio, *[a_text(number) for number in busy])] == [Busy] * 3


def test_several_connections_carry_at_once():
    with twilio_server() as twilio:
        parcels = [a_text(f"+151455501{n}", n) for n in range(10, 60)]
        assert {type(result) for result in sent(twilio, *parcels, connections=4)} == {Accepted}
    assert sorted(twilio.numbers) == sorted(parcel.message.address for parcel in parcels)


def test_an_account_that_is_suspended_is_said_beforehand():
    with twilio_server(Twilio(account_status="suspended")) as twilio:
        channel = channel_to(twilio)
        assert channel.check() == ["the account is suspended"]
        channel.close()


class TestLog:
    """What became of a parcel whose answer was lost."""

    pytestmark = pytest.mark.django_db

    def looked_up(self, twilio, *parcels):
        channel = channel_to(twilio)
        answers = [result for _, result in channel.look_up(parcels)]
        channel.close()
        return answers

    def test_it_has_it(self):
        with twilio_server(Twilio(at=A_DAY)) as twilio:
            twilio.take({"To": NUMBER, "Body": "Hello."})
            (result,) = self.looked_up(twilio, a_text())
        assert result == Accepted(twilio.taken[0]["sid"], "queued (asked afterwards)")

    def test_it_never_had_it(self):
        with twilio_server(Twilio(at=A_DAY)) as twilio:
            twilio.take({"To": "+15145550112", "Body": "Hello."})
            (result,) = self.looked_up(twilio, a_text())
        assert isinstance(result, Busy)

    def test_it_has_given_it_up(self):
        with twilio_server(Twilio(at=A_DAY)) as twilio:
            twilio.taken.append(twilio.row({"To": NUMBER, "Body": "Hello."}, status="undelivered", error_code=30006))
            (result,) = self.looked_up(twilio, a_text())
        assert isinstance(result, Refused) and result.because == "landline"

    def test_what_was_there_before_is_not_it(self):
        with twilio_server(Twilio(at=A_DAY - timedelta(hours=1))) as twilio:
            twilio.take({"To": NUMBER, "Body": "Hello."})
            (result,) = self.looked_up(twilio, a_text())
        assert isinstance(result, Busy)

    def test_another_text_to_the_number_that_nobody_knows_makes_it_doubtful(self):
        with twilio_server(Twilio(at=A_DAY)) as twilio:
            twilio.take({"To": NUMBER, "Body": "Sent from your trial account - Hello."})
            assert self.looked_up(twilio, a_text()) == [None]

    def test_what_another_message_of_ours_has_is_not_taken_for_it(self):
        customer = a_customer(a_dealer())
        with twilio_server(Twilio(at=A_DAY)) as twilio:
            twilio.take({"To": NUMBER, "Body": "Hello."})
            a_message(customer, an_automation(customer.dealer), provider_ref=twilio.taken[0]["sid"])
            parcel = replace(a_text(n=99_999), dealer=customer.dealer)
            (result,) = self.looked_up(twilio, parcel)
        assert isinstance(result, Busy)

    def test_two_alike_take_one_each(self):
        with twilio_server(Twilio(at=A_DAY)) as twilio:
            twilio.take({"To": NUMBER, "Body": "Hello."})
            results = self.looked_up(twilio, a_text(n=1), a_text(n=2))
        assert [type(result) for result in results] == [Accepted, Busy]

    @pytest.mark.parametrize("reply", [Said(500), Said(200, b"{"), said(200, {"messages": [{}]}), Said(hang_up=True)])
    def test_what_was_not_heard_is_not_told(self, reply, monkeypatch):
        with twilio_server() as twilio:
            monkeypatch.setattr(twilio, "listed", lambda _: reply)
            assert self.looked_up(twilio, a_text()) == [None]


def by_service(twilio):
    """A number of its own has a pace of its own; a messaging service has none."""
    return {**twilio.settings, "from": "", "service": "MG1"}


@pytest.mark.django_db
class TestThroughTheOutbox:
    """From a row that is ready to a row that knows."""

    def test_a_message_goes_out_with_its_number_at_the_provider(self, public_url):
        dealer, twilio = a_dealer(), Twilio()
        message = a_message(a_customer(dealer), an_automation(dealer))
        with twilio_server(twilio):
            keep_sender(dealer, "sms", Sending("twilio", by_service(twilio), {"password": TOKEN}), at=A_DAY)
            (after,) = deliver(dealer, at=A_DAY)
        assert (after.state, after.provider_ref) == ("sent", twilio.taken[0]["sid"])
        assert str(message.key) in twilio.forms[0]["StatusCallback"]
        assert int(twilio.forms[0]["ValidityPeriod"]) in range(36_000 - 60, 36_001)  # until 21:00, eleven hours on
        assert Touch.objects.of(dealer).get().kind == "sent" and Attempt.objects.of(dealer).get().result == "accepted"

    @pytest.mark.parametrize(
        ("code", "reason"), [(21610, "opted_out"), (21211, "invalid"), (21614, "landline"), (30007, None)]
    )
    def test_a_number_that_takes_nothing_is_not_used_again(self, code, reason):
        dealer = a_dealer()
        message = a_message(a_customer(dealer), an_automation(dealer))
        with twilio_server(Twilio(instead={str(message.address): error(400, code, "No.")})) as twilio:
            keep_sender(dealer, "sms", Sending("twilio", by_service(twilio), {"password": TOKEN}), at=A_DAY)
            (after,) = deliver(dealer, at=A_DAY)
        assert (after.state, after.reason, after.detail) == ("failed", "undeliverable", f"{code}: No.")
        found = list(Suppression.objects.of(dealer).values_list("channel", "address", "reason"))
        assert found == ([("sms", message.address, reason)] if reason else [])


def test_a_parcel_says_until_when_it_may_arrive():
    assert Parcel.__dataclass_fields__["good_until"].default is None
