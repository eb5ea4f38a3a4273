"""What e-mail providers report: believed by secret and signature, understood, taken in."""

import base64
import json
from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.test import Client

from relance.delivery.channel import Sending
from relance.delivery.channels.email.provider_table import PROVIDERS
from relance.delivery.claim import Lane, claim
from relance.delivery.models import Receipt, Sender
from relance.delivery.receipts import sns
from relance.delivery.receipts.email import news_of
from relance.delivery.senders import keep_sender, live_secrets
from relance.facts.models import Suppression, Touch
from relance.outbox.models import Message
from tests.builders import A_DAY, a_customer, a_dealer, a_message, an_automation
from tests.delivery.receipts import test_sns
from tests.web.hooks.email_events import EVENTS, FORGED, FORM, KEY, LACKS, SIGNING, TO, signature_of

pytestmark = pytest.mark.django_db


def test_every_provider_is_tried_here():
    assert set(EVENTS) == set(PROVIDERS) and len(PROVIDERS) >= 12


@pytest.fixture(autouse=True)
def here(monkeypatch):
    monkeypatch.setitem(settings.ENVIRONMENT, "RELANCE_URL", "https://relance.example")
    monkeypatch.setattr(sns, "certificate_of", lambda _: test_sns.KEY.public_key())
    with time_machine.travel(A_DAY, tick=False):
        yield


@pytest.fixture(params=PROVIDERS)
def kind(request):
    return request.param


@pytest.fixture
def message(kind):
    dealer = a_dealer()
    secrets = {"password": KEY} | ({"signing": SIGNING[kind]} if kind in SIGNING else {})
    keep_sender(dealer, "email", Sending(kind, {}, secrets), at=A_DAY)
    customer = a_customer(dealer, email=TO)
    return a_message(customer, an_automation(dealer), state="sent", channel="email", address=TO, attempts=1)


def told(message, kind, what, *, secret=None, changed=None, **more):
    row = Sender.objects.of(message.dealer).get()
    login = f"relance:{secret or live_secrets(row, 'webhook', A_DAY)[0]}"
    path = f"/hooks/{row.hook}/receipts/"
    headers, body = signature_of(kind, EVENTS[kind](what, str(message.key)), f"https://{login}@relance.example{path}")
    headers = {"Authorization": "Basic " + base64.b64encode(login.encode()).decode(), **headers, **more}
    headers = {name: value for name, value in headers.items() if value is not None}
    client = Client(enforce_csrf_checks=True)
    body = changed(body) if changed else body
    return client.generic("POST", path, body, FORM.get(kind, "application/json"), headers=headers).status_code


def state_of(message):
    return Message.objects.of(message.dealer).values_list("state", flat=True).get(pk=message.pk)


@pytest.mark.parametrize(
    ("what", "state", "touch", "reason"),
    [
        ("delivered", "delivered", "delivered", None),
        ("opened", "delivered", "opened", None),
        ("hard", "failed", "failed", "hard_bounce"),
        ("complained", "delivered", "complained", "complaint"),
    ],
)
def test_each_event_is_understood_and_taken_in_once(what, state, touch, reason, message, kind):
    if what in LACKS.get(kind, ()):
        pytest.skip("it does not report this")
    assert [told(message, kind, what) for _ in range(3)] == [204] * 3
    assert state_of(message) == state
    assert list(Touch.objects.of(message.dealer).values_list("kind", flat=True)) == [touch]
    assert Receipt.objects.of(message.dealer).count() == 1
    assert Suppression.objects.of(message.dealer).values_list("reason", flat=True).first() == reason


def test_a_bounce_that_may_pass_kills_no_address(message, kind):
    assert told(message, kind, "soft") == 204
    assert Receipt.objects.of(message.dealer).get().kind in ("soft", "delayed")
    assert not Suppression.objects.of(message.dealer).exists()


@pytest.mark.parametrize("what", ["hard", "complained"])
def test_after_a_bounce_or_complaint_the_next_claim_finds_nothing_for_this_address(what, message, kind):
    if what in LACKS.get(kind, ()):
        pytest.skip("it does not report this")
    told(message, kind, what)
    waits = a_message(message.customer, message.automation, channel="email", address=TO, state="ready", send_at=A_DAY)
    found = claim(Lane(message.dealer, "email", waits.purpose), at=A_DAY, owner="me")
    assert found.ours == [] and [one.pk for one in found.stopped] == [waits.pk]
    assert state_of(waits) == "refused"


def test_three_bounces_that_may_pass_in_seven_days_are_one_too_many(message, kind):
    for _ in range(2):
        told(message, kind, "soft")
        message = a_message(message.customer, message.automation, state="sent", channel="email", address=TO, attempts=1)
    told(message, kind, "soft")
    is_final = Receipt.objects.of(message.dealer).filter(kind="soft").exists()  # else the provider itself tries again
    reasons = list(Suppression.objects.of(message.dealer).values_list("reason", flat=True))
    assert reasons == (["soft_bounces"] if is_final else [])


def test_without_the_secret_of_the_address_it_is_asked_for(message, kind):
    assert told(message, kind, "hard", Authorization=None) == 401
    assert state_of(message) == "sent"


@pytest.mark.parametrize("login", ["Basic eDp5", "Basic !", "Bearer x", "Basic", ""])
def test_another_secret_is_refused(login, message, kind):
    assert told(message, kind, "hard", Authorization=login) == 403
    assert told(message, kind, "hard", secret="another") == 403
    assert state_of(message) == "sent" and not Receipt.objects.of(message.dealer).exists()


@pytest.mark.parametrize("kind", FORGED, indirect=True)
@pytest.mark.parametrize("content", [None, "{}", "[]", "no JSON", "", "[" * 9999])
def test_the_secret_alone_is_not_enough_where_the_provider_signs(content, message, kind):
    changed = FORGED[kind] if content is None else lambda _: content
    assert told(message, kind, "hard", changed=changed) == 403
    assert state_of(message) == "sent" and not Suppression.objects.of(message.dealer).exists()


@pytest.mark.parametrize("kind", SIGNING, indirect=True)
def test_without_a_signing_key_nothing_is_believed(message, kind):
    Sender.objects.of(message.dealer).delete()
    keep_sender(message.dealer, "email", Sending(kind, {}, {"password": "key"}), at=A_DAY)
    assert told(message, kind, "hard") == 403


@pytest.mark.parametrize("kind", sorted(PROVIDERS.keys() - FORGED.keys()), indirect=True)
@pytest.mark.parametrize("body", ["", "{}", "[]", "no JSON", '{"RecordType": "Bounce"}', '{"event": "x"}', "[" * 9999])
def test_nonsense_with_the_right_secret_changes_nothing_and_breaks_nothing(body, message, kind):
    assert told(message, kind, "hard", changed=lambda _: body) in (204, 403)
    assert state_of(message) == "sent"


def test_the_secret_of_the_address_stays_when_the_key_changes(message, kind):
    row = Sender.objects.of(message.dealer).get()
    before = live_secrets(row, "webhook", A_DAY)
    keep_sender(message.dealer, "email", Sending(kind, {}, {"password": "other"}), at=A_DAY)
    row.refresh_from_db()
    assert live_secrets(row, "webhook", A_DAY) == before and len(before[0]) > 30


@pytest.mark.parametrize("method", ["get", "head"])
def test_a_provider_that_looks_whether_somebody_is_there_is_told_yes_and_nothing_more(method, message):
    row = Sender.objects.of(message.dealer).get()
    answer = getattr(Client(), method)(f"/hooks/{row.hook}/receipts/")
    assert (answer.status_code, answer.content) == (200, b"")
    assert getattr(Client(), method)(f"/hooks/{message.key}/receipts/").status_code == 404


@pytest.mark.parametrize("kind", ["resend"], indirect=True)
def test_a_call_through_svix_that_is_an_hour_old_is_not_taken_again(message, kind):
    with time_machine.travel(A_DAY + timedelta(hours=1), tick=False):
        assert told(message, kind, "hard") == 403


REFUSED_IN_ADVANCE = {
    "mandrill": [{"event": "reject", "ts": 1, "_id": "1", "reject": {"reason": "hard-bounce"}, "msg": {"email": TO}}],
    "mailjet": [{"event": "blocked", "time": 1, "MessageID": 1, "email": TO, "error": "user unknown"}],
    "resend": {"type": "email.suppressed", "created_at": "2026-05-04T14:00:00Z", "data": {
        "to": [TO], "bounce": {"message": "on the suppression list", "subType": "Suppressed", "type": "Permanent"}}},
    "sendgrid": [{"event": "dropped", "reason": "Bounced Address", "email": TO, "timestamp": 1, "sg_event_id": "1"}],
}  # fmt: skip
A_FILTERS_WORD = {
    "sparkpost": [{"msys": {"message_event": {"type": "bounce", "bounce_class": "51", "raw_rcpt_to": TO}}}],
    "unisender": {"events_by_user": [{"events": [{"event_name": "transactional_email_status", "event_data": {
        "status": "hard_bounced", "email": TO, "event_time": "2026-05-04 14:00:00",
        "delivery_info": {"delivery_status": "err_spam_rejected"}}}]}]},
    "mailjet": [{"event": "blocked", "time": 1, "MessageID": 1, "email": TO, "error": "preblocked"}],
    "postal": {"uuid": "1", "payload": {"status": "HardFail", "output": "554 5.7.1 spam", "message": {"to": TO}}},
}  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "content", "reason"),
    [(kind, content, "hard_bounce") for kind, content in REFUSED_IN_ADVANCE.items()]
    + [(kind, content, "") for kind, content in A_FILTERS_WORD.items()],
)
def test_an_address_dies_of_a_bounce_and_not_of_a_filter(kind, content, reason, message, rf):
    row = Sender.objects.of(message.dealer).get()
    keep_sender(
        message.dealer, "email", Sending(kind, {}, {"password": KEY, "signing": SIGNING.get(kind, "")}), at=A_DAY
    )
    row.refresh_from_db()
    request = rf.post("/", json.dumps(content), content_type="application/json")
    if kind in FORM:
        request = rf.post("/", {"mandrill_events": json.dumps(content)})
    (news,) = news_of(request, row, None, A_DAY)
    assert (news.suppress, news.address) == (reason, TO)
    assert news.kind in (("failed",) if reason else ("failed", "soft"))
