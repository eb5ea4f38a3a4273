"""What Twilio tells us is believed only when Twilio signed it (R33), and is taken in once (R12)."""

import hmac
import json
from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode

import pytest
import time_machine
from django.conf import settings
from django.db import connections
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator

from relance.delivery.channel import Sending
from relance.delivery.models import Receipt, Sender
from relance.delivery.senders import ROTATION, keep_sender
from relance.facts.models import Suppression, Touch
from relance.outbox.models import Message
from tests.builders import A_DAY, a_customer, a_dealer, a_message, an_automation

TOKEN, OTHER, ACCOUNT = "the-token", "another-token", "AC1"
PUBLIC = "https://relance.example"
STATUS = {"MessageSid": "SM1", "MessageStatus": "delivered", "AccountSid": ACCOUNT, "To": "+15145550111"}
REPLY = {"MessageSid": "SM9", "From": "+15145550111", "To": "+15145550100", "Body": "STOP", "AccountSid": ACCOUNT}
FORM = "application/x-www-form-urlencoded"


@pytest.fixture(autouse=True)
def public(monkeypatch):
    monkeypatch.setitem(settings.ENVIRONMENT, "RELANCE_URL", f"{PUBLIC}/")
    with time_machine.travel(A_DAY, tick=False):
        yield


@pytest.fixture
def message():
    dealer = a_dealer()
    keep_sender(dealer, "sms", Sending("twilio", {"account": ACCOUNT}, {"password": TOKEN}), at=A_DAY)
    customer = a_customer(dealer, mobile="+15145550111")
    return a_message(customer, an_automation(dealer), state="sent", attempts=1)


def path_of(message, what="status"):
    hook = Sender.objects.of(message.dealer).get().hook
    return f"/hooks/{hook}/status/{message.key}/" if what == "status" else f"/hooks/{hook}/{what}/"


def posted(path, fields, *, token=TOKEN, signed=None, url=None, body=None, client=None, **more):
    """A call as Twilio makes it; `signed` and `url` are what the signature was made of, when that is something else.

    `client`: one that is kept for many calls, because each new one loads the whole middleware.
    """
    pairs = fields if isinstance(fields, list) else list(fields.items())
    signature = RequestValidator(token).compute_signature(
        url or PUBLIC + path, dict(pairs) if signed is None else signed
    )
    content = urlencode(pairs) if body is None else body
    headers = {"HTTP_X_TWILIO_SIGNATURE": signature, **more}
    headers = {name: value for name, value in headers.items() if value is not None}
    client = client or Client(enforce_csrf_checks=True)
    return client.generic("POST", path, content, headers.pop("type", FORM), **headers)


def changed(message):
    dealer = message.dealer
    state = Message.objects.of(dealer).values_list("state", flat=True).get(pk=message.pk)
    return (state, Receipt.objects.of(dealer).count(), Touch.objects.of(dealer).count()) != ("sent", 0, 0)


@pytest.mark.django_db
def test_a_signed_status_is_taken_in(message):
    assert posted(path_of(message), STATUS).status_code == 204
    assert Message.objects.of(message.dealer).get().state == "delivered"
    assert Touch.objects.of(message.dealer).get().kind == "delivered"


BAD: dict[str, dict[str, Any]] = {
    "no signature": {"HTTP_X_TWILIO_SIGNATURE": None},
    "an empty signature": {"HTTP_X_TWILIO_SIGNATURE": ""},
    "nonsense for a signature": {"HTTP_X_TWILIO_SIGNATURE": "nonsense"},
    "a signature with strange letters": {"HTTP_X_TWILIO_SIGNATURE": "é" * 28},
    "another account's token": {"token": OTHER},
    "an empty token": {"token": ""},
    "the account's name as token": {"token": ACCOUNT},
    "signed without its fields": {"signed": {}},
    "another status than was signed": {"signed": {**STATUS, "MessageStatus": "failed"}},
    "a field that was not signed": {"signed": {k: v for k, v in STATUS.items() if k != "To"}},
    "a field that was signed and is gone": {"signed": {**STATUS, "Price": "1"}},
    "a value with a blank before it": {"signed": {**STATUS, "To": "15145550111"}},
    "a value with a blank behind it": {"signed": {**STATUS, "MessageSid": "SM1 "}},
    "a name with another case": {"signed": {**{k.lower(): v for k, v in STATUS.items()}}},
    "the address without https": {"url": "http://relance.example{path}"},
    "another host": {"url": "https://evil.example{path}"},
    "another port": {"url": "https://relance.example:8443{path}"},
    "no slash at the end": {"url": "https://relance.example{bare}"},
    "two slashes": {"url": "https://relance.example/{path}"},
    "a query that we did not get": {"url": "https://relance.example{path}?a=b"},
    "a user in the address": {"url": "https://u:p@relance.example{path}"},
    "the inner address": {"url": "http://127.0.0.1:8000{path}"},
    "another message": {"url": "https://relance.example{other}"},
    "a body that is no form": {"type": "application/json", "body": json.dumps(STATUS)},
    "a body of plain text": {"type": "text/plain"},
    "parts of a form": {"type": "multipart/form-data; boundary=x"},
    "no body": {"body": ""},
    "a body that was changed": {"body": urlencode({**STATUS, "MessageSid": "SM2"})},
    "a field twice": {"body": urlencode(STATUS) + "&MessageStatus=failed"},
    "the account twice": {"body": urlencode(STATUS) + "&AccountSid=AC2"},
    "a field with nothing in it, not signed": {"body": urlencode(STATUS) + "&Extra="},
    "another encoding": {"type": f"{FORM}; charset=utf-16"},
}


@pytest.mark.django_db
@pytest.mark.parametrize("case", BAD)
def test_what_twilio_did_not_sign_is_refused_and_changes_nothing(case, message):
    how, path = dict(BAD[case]), path_of(message)
    if "url" in how:
        other = path.replace(str(message.key), "00000000-0000-4000-8000-000000000000")
        how["url"] = how["url"].format(path=path, bare=path.rstrip("/"), other=other)
    assert posted(path, STATUS, **how).status_code == 403
    assert not changed(message)


@pytest.mark.django_db
@pytest.mark.parametrize("account", ["AC2", "", " AC1", None])
def test_naming_another_account_is_refused_even_when_signed(account, message):
    fields = {k: v for k, v in {**STATUS, "AccountSid": account}.items() if v is not None}
    assert posted(path_of(message), fields).status_code == 403
    assert not changed(message)


GOOD: dict[str, dict[str, Any]] = {
    "a standard port in the signed address": {"url": "https://relance.example:443{path}"},
    "further fields": {"fields": {**STATUS, "Zeta": "1", "alpha": "2"}},
    "fields with nothing in them": {"fields": {**STATUS, "Extra": ""}},
    "strange letters": {"fields": {**STATUS, "Note": "ça va 👍 +&=%"}},
    "fields in another order": {"fields": dict(reversed(STATUS.items()))},
    "a query that was signed": {"query": "?bodySHA256=" + "0" * 64},
    "a type with its encoding": {"type": f"{FORM}; charset=UTF-8"},
    "another name of the host inside": {"HTTP_HOST": "127.0.0.1", "HTTP_X_FORWARDED_PROTO": "http"},
}


@pytest.mark.django_db
@pytest.mark.parametrize("case", GOOD)
def test_what_twilio_signed_is_taken_in_whatever_stands_between(case, message):
    how, path = dict(GOOD[case]), path_of(message)
    path += how.pop("query", "")
    if "url" in how:
        how["url"] = how["url"].format(path=path)
    fields = how.pop("fields", STATUS)
    assert posted(path, fields, **how).status_code == 204
    assert changed(message)


@given(st.dictionaries(st.text(min_size=1, max_size=8), st.text(max_size=12), max_size=6))
def test_the_providers_own_rule_is_the_only_one(fields):
    """Names sorted, each with its value, behind the address; HMAC-SHA1; base64: as the documentation says it."""

    said = f"{PUBLIC}/x" + "".join(name + fields[name] for name in sorted(fields))
    try:
        expected = b64encode(hmac.digest(TOKEN.encode(), said.encode(), "sha1")).decode()
    except UnicodeEncodeError:
        return
    assert RequestValidator(TOKEN).validate(f"{PUBLIC}/x", fields, expected)


@pytest.mark.django_db
def test_a_token_that_was_replaced_is_good_for_a_week(message):
    keep_sender(message.dealer, "sms", Sending("twilio", {"account": ACCOUNT}, {"password": "new"}), at=A_DAY)
    path = path_of(message)
    assert [posted(path, STATUS, token=token).status_code for token in ("new", TOKEN, OTHER)] == [204, 204, 403]
    with time_machine.travel(A_DAY + ROTATION + timedelta(seconds=1), tick=False):
        assert [posted(path, STATUS, token=token).status_code for token in ("new", TOKEN)] == [204, 403]


@pytest.mark.django_db
def test_with_an_api_key_the_token_is_a_secret_of_its_own(message):
    sending = Sending("twilio", {"account": ACCOUNT, "key": "SK1"}, {"password": "key-secret", "token": TOKEN})
    keep_sender(message.dealer, "sms", sending, at=A_DAY)
    path = path_of(message)
    assert [posted(path, STATUS, token=token).status_code for token in ("key-secret", TOKEN)] == [403, 204]


@pytest.mark.django_db
def test_a_signature_of_one_dealer_opens_no_door_of_another(message):
    south = a_dealer("south")
    keep_sender(south, "sms", Sending("twilio", {"account": "AC2"}, {"password": OTHER}), at=A_DAY)
    hook = Sender.objects.of(south).get().hook
    path = f"/hooks/{hook}/status/{message.key}/"
    assert posted(path, STATUS).status_code == 403
    assert posted(path, {**STATUS, "AccountSid": "AC2"}, token=OTHER).status_code == 204  # its own door, no message
    assert Message.objects.of(message.dealer).get().state == "sent" and not Touch.objects.of(south).exists()


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["get", "head", "put", "delete"])
def test_only_a_post_is_a_call(method, message):
    assert getattr(Client(), method)(path_of(message)).status_code == 405


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/hooks/00000000-0000-4000-8000-000000000000/receipts/", "/hooks/x/receipts/"])
def test_an_unknown_door_is_not_there(path):
    assert posted(path, STATUS).status_code == 404


@pytest.mark.django_db
def test_a_sender_that_reports_to_nobody_has_no_door():
    dealer = a_dealer()
    keep_sender(dealer, "email", Sending("smtp", {"host": "a"}), at=A_DAY)
    assert posted(f"/hooks/{Sender.objects.of(dealer).get().hook}/receipts/", STATUS).status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("status", "code", "state", "reason"),
    [
        ("queued", "", "sent", None),
        ("read", "", "delivered", None),
        ("undelivered", "30006", "failed", "landline"),
        ("undelivered", "30005", "failed", "invalid"),
        ("failed", "21610", "failed", "opted_out"),
        ("undelivered", "30007", "failed", None),
        ("undelivered", "30003", "failed", None),
        ("undelivered", "99999", "failed", None),
        ("failed", "<script>", "failed", None),
        ("perhaps", "", "sent", None),
    ],
)
def test_each_status_means_what_the_table_says(status, code, state, reason, message):
    assert posted(path_of(message), {**STATUS, "MessageStatus": status, "ErrorCode": code}).status_code == 204
    assert Message.objects.of(message.dealer).get().state == state
    assert Suppression.objects.of(message.dealer).values_list("reason", flat=True).first() == reason


@pytest.mark.django_db
def test_what_a_customer_writes_is_taken_in_once(message):
    for _ in range(3):
        answer = posted(path_of(message, "inbound"), REPLY)
        assert answer.status_code == 200 and b"<Response/>" in answer.content
    touch = Touch.objects.of(message.dealer).get(kind="received")
    assert (touch.text, touch.customer_id) == ("STOP", message.customer_id)


@pytest.mark.django_db
@pytest.mark.parametrize("sender", ["12345", "NETFLIX", "", "<b>"])
def test_a_sender_that_is_no_number_is_answered_and_kept_nowhere(sender, message):
    assert posted(path_of(message, "inbound"), {**REPLY, "From": sender}).status_code == 200
    assert not changed(message)


@pytest.mark.django_db
def test_a_reply_that_is_not_signed_withdraws_nothing(message):
    assert posted(path_of(message, "inbound"), REPLY, token=OTHER).status_code == 403
    assert not changed(message)


@pytest.mark.process
@pytest.mark.django_db(transaction=True)
def test_the_same_calls_from_many_sides_at_once_are_taken_in_once(message):
    """Every call five times from eight threads, out of order: no fault, no double (R12)."""
    path, statuses = path_of(message), ["queued", "sent", "delivered", "failed", "sending"]
    calls = [{**STATUS, "MessageSid": f"SM{n}", "MessageStatus": s} for n in range(4) for s in statuses] * 5

    def call(fields):
        try:
            return posted(path, fields).status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(call, sorted(calls, key=lambda c: sha256(str(c).encode()).digest()))) == {204}
    assert Receipt.objects.of(message.dealer).count() == 20
    assert Message.objects.of(message.dealer).get().state == "failed"
    assert sorted(Touch.objects.of(message.dealer).values_list("kind", flat=True)) == ["delivered", "failed"]


@pytest.mark.django_db
@pytest.mark.parametrize(("body", "kept"), [("", "[2 📷]"), ("My dent", "My dent")], ids=["pictures", "words"])
def test_a_message_of_pictures_alone_says_that_it_has_some(message, body, kept):
    posted(path_of(message, "inbound"), {**REPLY, "Body": body, "NumMedia": "2"})
    assert Touch.objects.of(message.dealer).get(kind="received").text == kept
