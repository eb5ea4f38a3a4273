"""Whether Amazon signed a notification: with a certificate from its own hosts, over the fields that are read."""

import base64
import json

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from django.test import RequestFactory

from relance.delivery.receipts import sns

KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
URL = "https://sns.us-east-1.amazonaws.com/SimpleNotificationService-0123abc.pem"
NOTE = {
    "Type": "Notification",
    "MessageId": "1",
    "TopicArn": "arn:aws:sns:us-east-1:1:t",
    "Message": "{}",
    "Timestamp": "2026-05-04T14:00:00.000Z",
    "SignatureVersion": "2",
    "SigningCertURL": URL,
}


def signed(message, version="2"):
    message = {**message, "SignatureVersion": version}
    digest = hashes.SHA256() if version == "2" else hashes.SHA1()
    signature = KEY.sign(sns.said_in(message), padding.PKCS1v15(), digest)
    return {**message, "Signature": base64.b64encode(signature).decode()}


def is_signed(message):
    body = message if isinstance(message, str) else json.dumps(message)
    return sns.is_signed_by_amazon(RequestFactory().post("/", body, content_type="text/plain; charset=UTF-8"))


@pytest.fixture(autouse=True)
def amazons_certificate(monkeypatch):
    monkeypatch.setattr(sns, "certificate_of", lambda url: KEY.public_key())


@pytest.mark.parametrize("version", ["1", "2"])
def test_what_amazon_signed_is_believed(version):
    assert is_signed(signed(NOTE, version))
    assert is_signed(signed({**NOTE, "Subject": "Bounce"}, version))


@pytest.mark.parametrize("field", ["Message", "MessageId", "TopicArn", "Timestamp"])
def test_a_field_that_was_changed_is_not(field):
    assert not is_signed({**signed(NOTE), field: "other"})


@pytest.mark.parametrize(
    "message",
    [
        NOTE,
        {**signed(NOTE), "Subject": "added"},
        {**signed(NOTE), "Signature": "AAAA"},
        {**signed(NOTE), "Signature": "no base64"},
        {**signed(NOTE), "SignatureVersion": "3"},
        {**signed(NOTE), "Type": "Other"},
        "[]",
        "no JSON",
        "[" * 100_000,
    ],
    ids=range(9),
)
def test_whatever_else_comes_is_not(message):
    assert not is_signed(message)


@pytest.mark.parametrize(
    "url",
    [
        "http://sns.us-east-1.amazonaws.com/SimpleNotificationService-1.pem",
        "https://sns.us-east-1.amazonaws.com.evil.example/SimpleNotificationService-1.pem",
        "https://evil.example/SimpleNotificationService-1.pem",
        "https://sns.us-east-1.amazonaws.com@evil.example/SimpleNotificationService-1.pem",
        "https://evil.example/#sns.us-east-1.amazonaws.com/SimpleNotificationService-1.pem",
        "https://s3.us-east-1.amazonaws.com/SimpleNotificationService-1.pem",
        "https://sns.us-east-1.amazonaws.com/../evil/SimpleNotificationService-1.pem",
        "",
    ],
)
def test_a_certificate_comes_from_amazon_alone(url, monkeypatch):
    monkeypatch.undo()
    with pytest.raises(ValueError):
        sns.certificate_of(url)


def test_a_subscription_is_confirmed_at_amazon_alone(monkeypatch):
    asked: list[str] = []
    monkeypatch.setattr(sns, "fetched", asked.append)
    good = "https://sns.us-east-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn=arn:aws:sns:us-east-1:1:t&Token=2f"
    for url in (good, "https://evil.example/?Action=ConfirmSubscription&Token=1", "http://169.254.169.254/"):
        body = json.dumps({"Type": "SubscriptionConfirmation", "SubscribeURL": url})
        assert sns.confirmed(RequestFactory().post("/", body, content_type="text/plain"))
    assert asked == [good]
    assert not sns.confirmed(RequestFactory().post("/", json.dumps(NOTE), content_type="text/plain"))
