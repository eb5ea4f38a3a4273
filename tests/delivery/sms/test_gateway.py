"""Text messages over a gateway that a file describes: what is asked, what answers mean, what a wrong file says."""

import json
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from relance.delivery.channel import Accepted, AnswerLost, Busy, Refused, Sending
from relance.delivery.channels.sms.gateway import GatewayChannel
from relance.delivery.channels.sms.gateway_form import Gateway, filled, found_at
from relance.delivery.senders.ways import sending_from
from relance.lib.errors import BadInput
from relance.lib.schema import read
from relance.lib.yaml_file import read_yaml
from tests.builders import A_DAY
from tests.contracts.test_channels import a_parcel
from tests.delivery.email_providers import said
from tests.delivery.sms.gateway_server import EXAMPLE, SECRET, gateway_server
from tests.delivery.web_server import Said

NUMBER = "+15145550111"
KEY = str(UUID(int=1))


def a_text(number=NUMBER, n=1, **values):
    return a_parcel(n, channel="sms", address=number, **values)


def channel_to(account, *, changed=None, secret=SECRET):
    settings = account.settings
    settings["form"] |= changed or {}
    return GatewayChannel(Sending("gateway", {**settings, "hook": "the-hook"}, {"password": secret}))


def sent(account, *parcels, **more):
    channel = channel_to(account, **more)
    results = [result for _, result in channel.send(parcels)]
    channel.close()
    return results


def test_what_the_file_says_is_asked(public_url):
    with gateway_server() as account:
        (result,) = sent(account, replace(a_text(body="Ça va? 👍"), good_until=A_DAY + timedelta(hours=1)))
    (asked,) = account.asked
    assert result == Accepted("G1", "queued")
    assert (asked.method, asked.path, asked.headers["idempotency-key"]) == ("POST", "/v1/messages", KEY)
    assert json.loads(asked.body) == {
        "to": NUMBER,
        "from": "+15145550100",
        "text": "Ça va? 👍",
        "reference": KEY,
        "callback": f"{public_url}/hooks/the-hook/status/{KEY}/",
        "valid_for": 3570,
    }


def test_a_word_without_a_value_is_left_out():
    with gateway_server() as account:
        sent(account, a_text())
    assert json.loads(account.asked[0].body).keys() == {"to", "from", "text", "reference"}


def test_a_form_is_written_where_the_file_asks_for_one():
    with gateway_server() as account:
        channel = channel_to(account, changed={"encoding": "form", "body": {"t": "{to}", "m": "{text}"}})
    assert channel.call_of(a_text(body="a&b")).body == b"t=%2B15145550111&m=a%26b"


@pytest.mark.parametrize(
    ("answer", "expected", "because"),
    [
        (said(400, {"error": {"code": "E10"}}), Refused, "invalid"),
        (said(400, {"error": {"code": "E11"}}), Refused, "landline"),
        (said(200, {"error": {"code": "E12"}}), Refused, "opted_out"),
        (said(500, {"error": {"code": "E20"}}), Busy, None),
        (said(400, {"error": {"code": "E30"}}), Busy, None),
        (said(400, {"error": {"code": "E40"}}), Refused, None),
        (said(400, {"error": {"code": "E99"}}), Refused, None),
        (said(200, {"status": "perhaps", "message": {"id": 1}}), AnswerLost, None),
        (said(200, {"status": "queued"}), AnswerLost, None),
        (said(201, {"status": "queued", "message": {"id": 1}}), AnswerLost, None),
        (said(429, {}), Busy, None),
        (said(500, {}), AnswerLost, None),
        (said(302, {}), Busy, None),
        (Said(200, b"<html>"), AnswerLost, None),
        (Said(200, b"[" * 100_000), AnswerLost, None),
        (Said(200, b" " * 2_000_000), AnswerLost, None),
        (Said(hang_up=True), AnswerLost, None),
    ],
)
def test_each_answer_means_what_the_file_and_the_status_say(answer, expected, because):
    with gateway_server() as account:
        account.instead[NUMBER] = answer
        (result,) = sent(account, a_text())
    assert type(result) is expected and "\n" not in result.answer
    if because:
        assert result.suppress_address and result.because == because


def looked_up(account, parcel, **changed):
    channel = channel_to(account, **changed)
    ((_, result),) = channel.look_up([parcel])
    channel.close()
    return result


def test_it_is_asked_by_our_key_what_became_of_a_message():
    with gateway_server() as account:
        account.after[NUMBER] = Said(hang_up=True)
        (lost,) = sent(account, a_text())
        assert isinstance(lost, AnswerLost)
        assert looked_up(account, a_text()) == Accepted("G1", "asked afterwards")
        assert isinstance(looked_up(account, a_text(n=2)), Busy)
        assert looked_up(account, a_text(), secret="wrong") is None
        assert looked_up(account, a_text(), changed={"look_up": None}) is None


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"url": "ftp://a"}, "url: 'ftp://a' is not an http"),
        ({"urll": "x"}, "did you mean 'url'?"),
        ({"body": {"t": "{txt}"}}, "unknown word in braces 'txt', did you mean 'text'?"),
        ({"codes": {"path": "a", "words": {"1": "invlid"}}}, "did you mean 'invalid'?"),
        ({"receipts": {"ref": "a", "status": "b", "words": {"D": "deliverd"}}}, "did you mean 'delivered'?"),
        ({"look_up": {"url": "https://elsewhere.example", "ref": "a"}}, "look_up.url is at another server"),
        ({"method": "GET"}, "unknown value 'GET'"),
        ({"longest": 0}, "longest"),
    ],
)
def test_a_wrong_file_is_one_clear_line(changed, says):
    with pytest.raises(BadInput) as fault:
        read(Gateway, read_yaml(EXAMPLE) | changed, "my.yaml")
    assert says in str(fault.value) and "\n" not in str(fault.value)


def test_the_file_is_kept_with_the_sender():
    sending = sending_from(f"gateway:{EXAMPLE}", where="--url")
    assert Gateway.model_validate(sending.settings["form"]) == read(Gateway, read_yaml(EXAMPLE), "x")
    with pytest.raises(BadInput, match="the file is missing"):
        sending_from("gateway:", where="--url")
    with pytest.raises(BadInput, match="cannot be read"):
        sending_from("gateway:/nowhere.yaml", where="--url")


def test_values_never_become_words():
    words = {"text": "{to}", "to": "1", "validity": 5}
    body = {"a": "x{text}y", "b": ["{to}", 1], "c": "{validity}"}
    assert filled(body, words) == {"a": "x{to}y", "b": ["1", 1], "c": 5}


def test_a_path_leads_to_what_is_there_and_to_nothing_else():
    content = {"a": [{"b": 1}], "c": None}
    assert [found_at(content, path) for path in ("a.0.b", "a.1.b", "a.b", "c.d", "x", None)] == [1, *[None] * 5]
