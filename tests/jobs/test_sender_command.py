"""`relance sender`: set, checked, tried and shown; a secret comes from a file and is never seen again."""

import pytest
from django.conf import settings

from relance.delivery.models import MarketingPause, Sender
from relance.delivery.senders import sending_of
from relance.outbox.models import Message
from tests.builders import A_DAY, a_dealer
from tests.delivery.sms.twilio_server import ACCOUNT, TOKEN, Twilio, error, twilio_server

pytestmark = pytest.mark.django_db
NUMBER = "+15145550111"


@pytest.fixture
def dealer(monkeypatch):
    monkeypatch.setitem(settings.ENVIRONMENT, "RELANCE_PRIVATE_HOSTS", ["127.0.0.1"])
    monkeypatch.setitem(settings.ENVIRONMENT, "RELANCE_SMTP_URL", "")
    return a_dealer()


@pytest.fixture
def set_up(relance, dealer, tmp_path):
    (tmp_path / "token").write_text(f"{TOKEN}\n")

    def set_up(twilio, *more):
        url = f"twilio://{ACCOUNT}@?from=+15145550100&url={twilio.url}"
        return relance("sender", "north", "sms", "--url", url, "--secret", f"password={tmp_path / 'token'}", *more)

    return set_up


def test_a_secret_from_a_file_opens_the_account_and_is_not_shown(set_up, dealer):
    with twilio_server() as twilio:
        answer = set_up(twilio, "--check")
    assert answer.status == 0 and "it answers" in answer.err and TOKEN not in answer.out + answer.err
    assert sending_of(dealer, "sms").secrets == {"password": TOKEN}


def test_a_test_message_goes_out_and_is_counted_nowhere(set_up, relance, dealer):
    with twilio_server() as twilio:
        set_up(twilio)
        answer = relance("sender", "test", "north", "sms", "(514) 555-0111")
    assert answer.status == 0 and "was taken: queued" in answer.err
    assert (twilio.forms[0]["To"], twilio.forms[0]["Body"][:13]) == (NUMBER, "Test message:")
    assert not Message.objects.of(dealer).exists()


def test_what_the_provider_says_against_a_test_message_is_said(set_up, relance):
    with twilio_server(Twilio(instead={NUMBER: error(400, 21211, "Invalid number")})) as twilio:
        set_up(twilio)
        answer = relance("sender", "test", "north", "sms", NUMBER)
    assert answer.status == 1 and "was not taken: 21211: Invalid number" in answer.err


def test_where_the_provider_reports_to_is_shown(set_up, relance, dealer, monkeypatch):
    monkeypatch.setitem(settings.ENVIRONMENT, "RELANCE_URL", "https://relance.example")
    with twilio_server() as twilio:
        set_up(twilio)
    hook = Sender.objects.of(dealer).get().hook
    assert f"replies to https://relance.example/hooks/{hook}/inbound/" in relance("sender", "north", "sms").err


def test_marketing_that_stands_still_goes_on(relance, dealer):
    MarketingPause.objects.create(dealer=dealer, channel="email", at=A_DAY, because="3 complaints")
    assert "3 complaints" in relance("doctor").out
    assert relance("sender", "resume", "north", "email").status == 0
    assert relance("sender", "resume", "north", "email").status == 2


def test_every_kind_says_what_it_needs(relance):
    answer = relance("sender", "kinds")
    assert answer.status == 0
    for words in ("smtp://USER:PASSWORD@HOST:PORT", "twilio://ACCOUNT:TOKEN@", "--secret token=FILE"):
        assert words in answer.out


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("north", "smss"), "did you mean 'sms'?"),
        (("north", "sms", "--url", "smtp://mail.example"), "a smtp sender does not carry sms, only email, staff"),
        (("north", "sms", "--secret", "password=/nowhere"), "say --url too"),
        (("north", "email", "--url", "smtp://a.example", "--secret", "pasword=/x"), "did you mean 'password'?"),
        (("north", "email", "--url", "smtp://a.example", "--secret", "password=/nowhere"), "cannot be read"),
        (("test", "north", "sms", "nobody"), "is not a telephone number"),
        (("test", "north", "email", "nobody"), "is not an e-mail address"),
    ],
)
def test_a_typing_error_is_one_clear_line(words, says, relance, dealer):
    answer = relance("sender", *words)
    assert answer.status == 2 and says in answer.err and len(answer.err.strip().splitlines()) == 1
    assert not Sender.objects.of(dealer).exists()
