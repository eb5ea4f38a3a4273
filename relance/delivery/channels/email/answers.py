"""Turns what a mail server answered into what it means for the message, by the tables below."""

import re
from dataclasses import dataclass

from django.utils.translation import gettext

from relance.delivery.channel import ChannelDown, DeliveryFault, ProviderBusy, ProviderRefused

ENHANCED = re.compile(r"\b[245]\.\d{1,3}\.\d{1,3}\b")
# Enhanced status codes (RFC 3463) that say: this address will never work.
DEAD = frozenset({"5.1.0", "5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1"})
# The same in words, for servers that give no such code.
DEAD_WORDS = re.compile(
    r"user unknown|unknown user|no such user|no such recipient|does not exist|mailbox not found"
    r"|recipient not found|invalid recipient|unknown recipient|no mailbox",
    re.IGNORECASE,
)
# Our own fault, not the recipient's: every message would be refused alike, so none must pay for it.
OURS = re.compile(r"\brelay|authenticat|not logged in|sender address rejected|not owned by", re.IGNORECASE)


@dataclass(frozen=True)
class Answer:
    """A reply of the server: its code and its text on one line."""

    code: int
    text: str

    @property
    def is_good(self) -> bool:
        """2xx, or 354 after DATA."""
        return 200 <= self.code < 400

    def __str__(self) -> str:
        return f"{self.code} {self.text}"[:500]


def fault_of(answer: Answer, step: str) -> DeliveryFault:
    """What a refusal at MAIL, RCPT, DATA or after the text means."""
    if answer.code == 421 or (answer.code >= 500 and OURS.search(answer.text) and step != "text"):
        return ChannelDown(str(answer))
    if answer.code < 500:  # 4xx, and what is no answer at all
        return ProviderBusy(str(answer), alone=step == "RCPT")  # a mailbox that is full, or that knows us not yet
    if step == "MAIL" and answer.code != 552:  # 552: too large, this message alone
        return ChannelDown(gettext("the server does not take our sender address: {answer}").format(answer=answer))
    return ProviderRefused(str(answer), suppress_address=step == "RCPT" and _is_dead(answer))


def says_dead(text: str) -> bool:
    """Whether a mail server's refusal, as another server reports it ("550 5.1.1 …"), says that nobody is there."""
    code, _, rest = text.strip().partition(" ")
    return _is_dead(Answer(int(code[:3]) if code[:3].isdecimal() else 0, rest))


def _is_dead(answer: Answer) -> bool:
    code = ENHANCED.search(answer.text)
    if code is not None:
        return code.group() in DEAD
    return answer.code in (550, 551, 553) and DEAD_WORDS.search(answer.text) is not None
