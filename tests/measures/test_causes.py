"""What moved a message is told in the reader's language; a provider's own words are quoted after ours."""

import pytest
from django.utils.translation import override

from relance.delivery.channels.sms.codes import MEANINGS
from relance.delivery.receipts.kinds import KINDS
from relance.measures.causes import BY_CODE, RECEIVED, cause_of


@pytest.mark.parametrize(
    ("stored", "state", "says", "quoted"),
    [
        ("550 5.1.1 <ann@example.org> user unknown", "failed", "this mailbox does not exist", True),
        ("550 no such user here", "failed", "this mailbox does not exist", True),
        ("452 4.2.2 mailbox full", "ready", "the mailbox is full", True),
        ("554 5.7.1 message looks like spam", "failed", "the mail server turned it away as unwanted", True),
        ("api.twilio.com did not answer: no answer in time", "unsure", "the provider did not answer in time", True),
        ("451 greylisted", "ready", "the provider asked us to wait", True),
        ("30006: Landline or unreachable carrier", "failed", "this number takes no text messages", True),
        (
            "21610: Attempt to send to unsubscribed recipient",
            "failed",
            "this person unsubscribed at the provider",
            True,
        ),
        ("nobody has ever said this", "failed", "the provider refused it", True),
        ("nobody has ever said this", "unsure", "the provider’s answer was unclear", True),
        ("250 2.0.0 queued as 7F", "sent", "the provider took it over", True),
        ("accepted", "sent", "the provider took it over", False),
        ("taken up by north-1", "sending", "taken up by the worker north-1", False),
        ("held back 12 by Kim {x} (was approval)", "canceled", "held back by Kim {x}", False),
        ("rejected by Kim (was approval)", "canceled", "the run was rejected by Kim", False),
        ("C1 and C2 are one person", "canceled", "C1 and C2 are the same person", False),
        (KINDS["soft"].says, "failed", "it did not arrive this time", False),
    ],
)
def test_a_cause_is_said_in_our_words_first(stored, state, says, quoted):
    told = cause_of(stored, state)
    assert (str(told.says), told.quoted) == (says, stored if quoted else "")


def test_of_what_we_noted_around_a_providers_words_only_those_are_quoted():
    told = cause_of("tried 8 times: 451 try again later", "failed")
    assert (str(told.says), told.quoted) == ("given up after 8 attempts", "451 try again later")


def test_a_late_answer_is_read_like_one_in_time():
    assert cause_of("550 no such user (a late answer)", "failed").quoted == "550 no such user"


def test_our_words_are_in_the_language_of_the_reader():
    with override("fr"):
        assert str(cause_of("550 5.1.1 user unknown", "failed").says) == "cette boîte de réception n’existe pas"


def test_every_kind_of_receipt_and_of_code_has_words():
    assert set(RECEIVED) == set(KINDS)
    assert set(BY_CODE) == set(MEANINGS)
