"""Every channel that speaks to somebody tells busy, refused and lost apart, and one message's trouble is its own."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from relance.delivery.channel import Accepted, AnswerLost, Busy, Refused, Sending
from relance.delivery.channels.email.provider_table import PROVIDERS
from relance.delivery.receipts.kinds import News
from relance.delivery.receipts.take_in import take_in
from relance.delivery.senders.registry import KINDS, channel_for
from relance.outbox.models import Message
from tests.builders import A_DAY, a_customer, a_dealer, a_message, an_automation
from tests.contracts.test_channels import one_parcel
from tests.delivery.email_providers import SECRET, provider, said
from tests.delivery.mail_server import Mailbox, mail_server
from tests.delivery.sms.gateway_server import SECRET as GATEWAY_SECRET
from tests.delivery.sms.gateway_server import gateway_server
from tests.delivery.sms.twilio_server import TOKEN, error, twilio_server
from tests.delivery.web_server import Said

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("gateways_may_stand_here")]
ALONE = {"file", "paper", "calls"}  # nobody on the other side: a full disk is busy (test_channels), nothing is lost
SPEAKING = sorted(KINDS.keys() - ALONE)
SAID = {"busy": Said(429, b"{}"), "refused": Said(413, b"{}"), "lost": Said(hang_up=True)}
OWN = {  # how a provider says no in its own words
    ("twilio", "refused"): error(400, 21612),
    ("ses", "refused"): said(400, {"message": "no"}, x_amzn_ErrorType="MessageRejected"),
}
RESULTS = {"busy": Busy, "refused": Refused, "lost": AnswerLost}


@contextmanager
def in_trouble(kind: str, what: str, address: str) -> Iterator[Any]:
    """A channel whose other side answers so to one address, and takes everything else."""
    if kind == "smtp":
        box = Mailbox(hang_up_after_data={address} if what == "lost" else set())
        box.at_rcpt = {address: {"busy": "451 4.3.0 later", "refused": "550 5.7.1 no"}.get(what, "250 OK")}
        box.at_rcpt = {} if what == "lost" else box.at_rcpt
        with mail_server(box):
            yield channel_for(Sending("smtp", {"host": "127.0.0.1", "port": box.port, "tls": "none", "timeout": 5}))
        return
    servers: dict[str, Any] = {"twilio": twilio_server, "gateway": gateway_server}
    secrets = {"twilio": TOKEN, "gateway": GATEWAY_SECRET}
    with servers[kind]() if kind in servers else provider(kind) as account:
        account.instead[address] = OWN.get((kind, what), SAID[what])
        settings = {**account.settings, "timeout": 2} | ({"from": "desk@north.example"} if kind in PROVIDERS else {})
        yield channel_for(Sending(kind, settings, {"password": secrets.get(kind, SECRET)}))


@pytest.mark.parametrize("what", SAID)
@pytest.mark.parametrize("kind", SPEAKING)
def test_trouble_with_one_is_told_as_it_is_and_the_others_arrive(kind, what):
    given = [one_parcel(kind, n) for n in range(1, 4)]
    with in_trouble(kind, what, str(given[1].message.address)) as channel:
        channel.open()
        results = {parcel.key: result for parcel, result in channel.send(given)}
        channel.close()
    kinds = [type(results[parcel.key]) for parcel in given]
    assert kinds == [Accepted, RESULTS[what], Accepted]
    assert "\n" not in results[given[1].key].answer


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_late_receipt_clears_a_lost_answer_and_the_same_again_is_no_news(kind):
    dealer = a_dealer()
    channel = sorted(KINDS[kind].carries)[0]
    message = a_message(a_customer(dealer), an_automation(dealer), channel=channel, state="unsure", attempts=1)
    late = News("delivered", "1", A_DAY, message.key, provider_ref="P1")
    assert [take_in(dealer, kind, [late], channel=channel, at=A_DAY) for _ in range(2)] == [1, 0]
    after = Message.objects.of(dealer).get()
    assert (after.state, after.provider_ref) == ("delivered", "P1")
