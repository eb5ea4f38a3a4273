"""How a dealer's channel leaves the house is set once, its password sealed, and a typing error is one clear line."""

import pytest
from django.conf import settings as django_settings

from relance.delivery.channel import Sending
from relance.delivery.models import Sender
from relance.delivery.senders import ROTATION, keep_sender, live_secrets, sending_of
from relance.delivery.senders.ways import file_sending, sending_from
from relance.lib.errors import BadInput, Failure
from relance.lib.seal import seal, unseal
from tests.builders import A_DAY, a_dealer

URL = "smtp://north:se%40cret@mail.example:2525?from=desk@north.example&connections=4"


@pytest.fixture(autouse=True)
def no_server_sender(monkeypatch):
    monkeypatch.setitem(django_settings.ENVIRONMENT, "RELANCE_SMTP_URL", "")


@pytest.mark.django_db
def test_without_a_sender_everything_goes_to_files():
    dealer = a_dealer()
    assert {sending_of(dealer, channel).kind for channel in ("sms", "email", "staff")} == {"file"}
    assert {sending_of(dealer, channel).kind for channel in ("postcard", "letter")} == {"paper"}


@pytest.mark.django_db
def test_the_servers_sender_carries_the_mail_of_who_has_none(monkeypatch):
    monkeypatch.setitem(django_settings.ENVIRONMENT, "RELANCE_SMTP_URL", URL)
    dealer = a_dealer()
    kinds = {channel: sending_of(dealer, channel).kind for channel in ("sms", "email", "staff")}
    assert kinds == {"sms": "file", "email": "smtp", "staff": "smtp"}


@pytest.mark.django_db
def test_a_dealers_sender_is_kept_with_its_password_sealed():
    dealer = a_dealer()
    keep_sender(dealer, "email", sending_from(URL, where="--url"), at=A_DAY)

    row = Sender.objects.of(dealer).get()
    assert b"se@cret" not in bytes(row.secrets) and "se@cret" not in repr(row.settings)
    sending = sending_of(dealer, "staff")
    assert sending.secrets == {"password": "se@cret"} and "se@cret" not in repr(sending)
    assert (sending.settings["host"], sending.settings["port"], sending.settings["tls"]) == (
        "mail.example", 2525, "starttls",
    )  # fmt: skip


@pytest.mark.django_db
def test_a_sender_set_again_takes_the_place_of_the_first():
    dealer = a_dealer()
    keep_sender(dealer, "email", sending_from(URL, where="--url"), at=A_DAY)
    keep_sender(dealer, "email", file_sending(), at=A_DAY)
    assert sending_of(dealer, "email").kind == "file"
    assert bytes(Sender.objects.of(dealer).get().secrets) == b""


@pytest.mark.django_db
def test_the_address_for_reports_stays_and_a_secret_that_was_replaced_is_good_for_a_week():
    dealer = a_dealer()
    first, second = (f"twilio://AC1:{word}@?service=MG1" for word in ("one", "two"))
    keep_sender(dealer, "sms", sending_from(first, where="--url"), at=A_DAY)
    hook = Sender.objects.of(dealer).get().hook
    keep_sender(dealer, "sms", sending_from(second, where="--url"), at=A_DAY)
    row = Sender.objects.of(dealer).get()
    assert row.hook == hook
    assert live_secrets(row, "password", A_DAY) == ["two", "one"]
    assert live_secrets(row, "password", A_DAY + ROTATION) == ["two"]
    assert sending_of(dealer, "sms").secrets["password"] == "two"


def test_the_capitals_of_an_account_are_kept():
    sending = sending_from("twilio://ACaB1:se%2Fcret@?from=+15145550100&connections=4", where="--url")
    assert sending.settings == {"account": "ACaB1", "from": "+15145550100", "connections": "4"}
    assert sending.secrets == {"password": "se/cret"}


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("http://mail.example", "unknown kind of sender 'http'"),
        ("nonsense", "unknown kind of sender 'nonsense'"),
        ("twilio://token@?from=+15145550100", "the account is missing"),
        ("twilio://AC1:token@", "name either from=+15145550100 or service=MG"),
        ("twilio://AC1:token@?from=+15145550100&service=MG1", "name either"),
        ("twilio://AC1:token@?from=+15145550100&url=ftp://a", "is not an http"),
        ("smtp://", "host is missing"),
        ("smtp://mail.example:port", "smtp://"),
        ("smtp://mail.example?form=a@b.example", "unknown option 'form'"),
        ("smtp://mail.example?tls=yes", "unknown TLS 'yes'"),
        ("smtp://mail.example?connections=0", "whole number"),
    ],
)
def test_a_wrong_url_is_one_clear_line(url, says):
    with pytest.raises(BadInput) as fault:
        sending_from(url, where="--url")
    assert says in str(fault.value) and "\n" not in str(fault.value)


def test_what_another_server_sealed_is_not_opened():
    assert unseal(seal({"password": "x"}, "one"), "one") == {"password": "x"}
    with pytest.raises(Failure):
        unseal(seal({"password": "x"}, "one"), "two")


def test_sendings_with_another_password_do_not_share_connections():
    one, two = (Sending("smtp", {"host": "a"}, {"password": word}) for word in ("x", "y"))
    assert one.identity != two.identity
