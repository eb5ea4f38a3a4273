"""E-mail over a provider's API: the same words and headers as over SMTP, our key with it, each answer understood."""

from dataclasses import replace
from uuid import UUID

import pytest
from requests import Response

from relance.delivery.channel import Accepted, AnswerLost, Busy, ChannelDown, Refused, Sending
from relance.delivery.channels.email.provider_table import LATER, OURS, PROVIDERS
from relance.delivery.channels.email.providers import ProviderChannel
from tests.contracts.test_channels import a_parcel
from tests.delivery.email_providers import SECRET, provider
from tests.delivery.web_server import Said

each_provider = pytest.mark.parametrize("kind", PROVIDERS)
TO = "a1@b.example"


def channel_to(kind, account, secret=SECRET, **settings):
    settings = {"from": "desk@north.example", **account.settings, **settings}
    return ProviderChannel(Sending(kind, settings, {"password": secret}))


def sent(kind, account, *parcels, **settings):
    channel = channel_to(kind, account, **settings)
    channel.open()
    results = [result for _, result in channel.send(parcels)]
    channel.close()
    return results


@each_provider
def test_the_mail_says_what_it_says_over_smtp_and_carries_our_key(kind, public_url):
    parcel = a_parcel(1, body="Bonjour **Zoé**.", subject_line="Une visite, ça va?")
    with provider(kind) as account:
        (result,) = sent(kind, account, parcel)
    (mail,) = account.mails
    assert isinstance(result, Accepted) and result.provider_ref
    assert (mail.to, mail.subject, mail.key) == (TO, "Une visite, ça va?", str(UUID(int=1)))
    assert "Bonjour Zoé." in mail.text and "<strong>Zoé</strong>" in mail.html and "1 Station Road" in mail.text
    headers = {name.lower(): value for name, value in mail.headers.items()}
    assert f"<{public_url}/u/" in headers["list-unsubscribe"]
    assert headers["list-unsubscribe-post"] == "List-Unsubscribe=One-Click"
    assert ("Message-ID" in PROVIDERS[kind].kept_headers) == (str(UUID(int=1)) in headers.get("message-id", ""))


@each_provider
def test_an_address_that_is_none_is_refused_and_harms_no_other(kind):
    with provider(kind) as account:
        results = sent(kind, account, a_parcel(1, address="bounced@b.example"), a_parcel(2))
    assert [type(result) for result in results] == [Refused, Accepted]
    assert results[0].suppress_address == (account.dead is not None)  # where it says what it knows of it
    assert account.dead in (None, results[0].because)


@each_provider
def test_a_wrong_key_closes_the_way_and_takes_no_more_than_one(kind):
    with provider(kind) as account:
        channel = channel_to(kind, account, secret="wrong") if kind != "ses" else channel_to(kind, account, key="AKIA2")
        pulled = iter([a_parcel(n) for n in range(1, 6)])
        answers = list(channel.send(pulled))
        channel.close()
    assert [type(result) for _, result in answers] == [Busy] and len(list(pulled)) == 4 and account.mails == []


@each_provider
def test_a_sender_that_the_provider_does_not_know_is_our_fault_and_no_message_pays(kind):
    with provider(kind) as account:
        account.instead[TO] = account.ours
        assert [type(r) for r in sent(kind, account, a_parcel(1), a_parcel(2))] == [Busy]


@each_provider
@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (Said(429, b"{}", {"Retry-After": "5"}), Busy),
        (Said(503, b"{}"), Busy),
        (Said(500, b"{}"), AnswerLost),
        (Said(502, b"<html>"), AnswerLost),
        (Said(hang_up=True), AnswerLost),
        (Said(drip=1), AnswerLost),
    ],
)
def test_trouble_is_told_apart_from_doubt(kind, answer, expected):
    with provider(kind) as account:
        account.instead[TO] = answer
        (result,) = sent(kind, account, a_parcel(1), timeout=0.1 if answer.drip else 5)
    assert type(result) is expected and "\n" not in result.answer


@pytest.mark.parametrize("kind", [kind for kind in PROVIDERS if kind != "sendgrid"])  # SendGrid answers with nothing
@pytest.mark.parametrize("body", [b"<html>", b"[]", b'{"a": 1}', b" " * 2_000_000])
def test_an_answer_that_says_nothing_is_doubt(kind, body):
    if kind == "ses" and len(body) > 1000:
        pytest.skip("botocore reads whatever comes; what it cannot read is doubt as well")
    with provider(kind) as account:
        account.instead[TO] = Said(200, body)
        (result,) = sent(kind, account, a_parcel(1))
    assert isinstance(result, AnswerLost)


@each_provider
def test_nobody_there_is_said_in_one_line(kind):
    with provider(kind) as account:
        pass
    account.settings["url"] = "http://127.0.0.1:1"
    channel = channel_to(kind, account)
    if kind != "ses":  # botocore connects with the first message
        with pytest.raises(ChannelDown, match="cannot be reached"):
            channel.open()
    ((_, result),) = channel.send([a_parcel(1)])
    assert isinstance(result, Busy)
    channel.close()


@each_provider
def test_without_a_key_the_check_says_so(kind):
    with provider(kind) as account:
        channel = ProviderChannel(Sending(kind, account.settings))
        assert channel.check()[0] == "the key is missing: --secret password=FILE"
        channel.close()


def test_several_connections_carry_at_once():
    with provider("postmark") as account:
        results = sent("postmark", account, *[a_parcel(n) for n in range(1, 31)], connections=3)
    assert len(account.mails) == 30 and {type(result) for result in results} == {Accepted}


WORDS = [(kind, word) for kind, known in PROVIDERS.items() for word in known.refusals]


@pytest.mark.parametrize(("kind", "word"), WORDS)
def test_every_word_of_a_refusal_has_its_meaning_and_what_is_permanent_is_never_tried_again(kind, word):
    with provider(kind) as account:
        agent = channel_to(kind, account).agents[0]
    agent.provider = replace(agent.provider, word=lambda _content: word)
    answer = Response()
    answer.status_code, answer._content = 400, b"{}"
    meaning = PROVIDERS[kind].refusals[word]
    if meaning == OURS:
        with pytest.raises(ChannelDown):
            agent._by_word(answer)
        return
    result = agent._by_word(answer)
    if meaning == LATER:
        assert isinstance(result, Busy)
    else:
        assert isinstance(result, Refused)
        assert (result.suppress_address, result.because if meaning else "") == (bool(meaning), meaning)


@each_provider
@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 409, 413, 415, 422, 451, 498])
def test_no_status_of_a_refusal_is_tried_again_with_an_attempt_of_the_message(kind, status):
    """Refused for good, or our own fault, for which the way is closed and no message pays."""
    with provider(kind) as account:
        account.instead[TO] = Said(status, b"{}")
        (result, *more) = sent(kind, account, a_parcel(1))
    assert more == [] and not isinstance(result, AnswerLost)
    assert isinstance(result, Refused) or result.shut
