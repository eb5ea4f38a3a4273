"""Turns the stored cause of a message's move into words: ours in the reader's language, a provider's quoted after them.

Causes are stored as they were noted: by our own code, by a person's decision, or by a provider in his own words.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from relance.delivery.channels.email.answers import DEAD, DEAD_WORDS
from relance.delivery.channels.sms.codes import code_of
from relance.delivery.receipts.kinds import KINDS


class Cause(NamedTuple):
    """What is said of a move, and the provider's own words."""

    says: Promise | str
    quoted: str = ""

    @property
    def line(self) -> str:
        """Both on one line."""
        return (
            f"{self.says}{gettext(':')} {self.quoted}" if self.says and self.quoted else str(self.says or self.quoted)
        )


# What our own code notes. {said}: a provider's own words, which are looked up below.
NOTED: Mapping[str, Promise | str] = {
    r"held back(?: \d+)? by (?P<name>.*?)": _("held back by {name}"),
    r"canceled by (?P<name>.*?)": _("canceled by {name}"),
    r"approved by (?P<name>.*?)": _("approved by {name}"),
    r"rejected by (?P<name>.*?)": _("the run was rejected by {name}"),
    r"halted by (?P<name>.*?)": _("sending was halted by {name}"),
    r"brought back by (?P<name>.*?)": _("brought back by {name}"),
    r"called sent by (?P<name>.*?)": _("marked as sent by {name}"),
    r"sent again by (?P<name>.*?)": _("sent again by {name}"),
    r"given up by (?P<name>.*?)": _("given up by {name}"),
    r"doubted again by (?P<name>.*?)": _("marked as unsure again by {name}"),
    r"taken back by (?P<name>.*?)": _("withdrawn by {name}"),
    r"(?P<gone>\S+) and (?P<kept>\S+) are one person": _("{gone} and {kept} are the same person"),
    r"taken up by (?P<name>.*)": _("taken up by the worker {name}"),
    r"taken up, but not handed over": _("taken up, but not handed over"),
    r"the lease ended before the call": _("taken up, but not handed over"),
    r"another worker had taken it up: nothing was printed here": _("taken up, but not handed over"),
    r"asked again at hand-over": _("checked again just before sending"),
    r"said stop meanwhile": _("the customer unsubscribed in the meantime"),
    r"the worker died during the hand-over": _("the machine stopped in the middle of the hand-over"),
    r"the worker died before the hand-over": _("the machine stopped before the hand-over"),
    r"its time had passed(?:: (?P<said>.*))?": _("it had become too late to send"),
    r"the time in which it may arrive is over": _("it had become too late to send"),
    r"tried (?P<n>\d+) times: (?P<said>.*)": _("given up after {n} attempts"),
    r"the provider has it: (?P<said>.*)": _("asked again: the provider has it"),
    r"the provider has it not: (?P<said>.*)": _("asked again: the provider did not deliver it"),
    r"the provider never had it: (?P<said>.*)": _("asked again: the provider never received it"),
    r"the provider has it, from before the restore": _("the provider has it from before the restore"),
    r"the provider had it and gave it up": _("the provider had it and gave it up"),
    r"written|the file is there": _("written to a file"),
    r"a file to print|it is in a print file|it was in a print file already": _("in a print file"),
    r"a call to make|the task is there": _("on the call list"),
    r"on the desk: there is no e-mail address": _("on the page Lists: there is no e-mail address"),
    r"(?P<said>'.*' is (?:not a|no) telephone number)": _("this is not a telephone number"),
    r"(?P<said>'.*' is not an e-mail address|'.*' has (?:no usable domain|letters before the @.*))": _(
        "this is not a usable e-mail address"
    ),
    r"(?P<said>the text is too long for a .*|the text has [\d,]+ characters.*)": _("the text is too long"),
    r"(?P<said>the text cannot be set: .*|the e-mail cannot be composed: .*|there is no text)": _(
        "the message could not be put together"
    ),
    r"the connection was lost after the text: (?P<said>.*)": _(
        "the connection broke after the message was handed over"
    ),
    r"the connection was lost(?: within the text)?: (?P<said>.*)": _("the connection broke"),
    r"(?P<where>\S+) does not take user and password: (?P<said>.*)": _(
        "{where} does not accept our user name and password"
    ),
    r"(?P<where>\S+) cannot be trusted: (?P<said>certificate has expired)": _("the certificate of {where} has expired"),
    r"(?P<where>\S+) cannot be trusted: (?P<said>.*)": _("the certificate of {where} cannot be trusted"),
    r"(?P<where>\S+) cannot be reached: (?P<said>.*)": _("{where} cannot be reached"),
    r"(?P<where>\S+) cannot do what the sender asks for: (?P<said>.*)": _(
        "{where} does not offer what the sender asks for"
    ),
    r"the folder (?P<where>\S+) cannot be written(?:: (?P<said>.*))?": _(
        "the folder {where} on the server cannot be written"
    ),
    r"the server does not take our sender address: (?P<said>.*)": _("the mail server does not accept our sender"),
    r"(?P<who>[\w ]+) answered 40[13]: (?P<said>.*)": _("the provider does not accept our account or sender"),
    r"(?P<n>\d+) of the last (?P<many>[\d,]+) e-mails came back .*": _("{n} of the last {many} e-mails came back"),
    r"(?P<n>\d+) of the last (?P<many>[\d,]+) e-mails were complained about .*": _(
        "{n} of the last {many} e-mails were reported as spam"
    ),
    r"(?P<said>the provider has \w+ the address)": _("the provider no longer writes to this address"),
}
# What a receipt says when its provider has no words of his own.
RECEIVED: Mapping[str, Promise | str] = {
    "taken": _("the provider took it over"),
    "delayed": _("the provider is still trying"),
    "delivered": _("it arrived"),
    "opened": _("it was opened"),
    "clicked": _("a link in it was clicked"),
    "unsubscribed": _("the reader wants no more marketing"),
    "complained": _("the reader marked it as unwanted"),
    "failed": _("it did not arrive"),
    "soft": _("it did not arrive this time"),
}
# What a class of Twilio's codes means (delivery/channels/sms/codes.py).
BY_CODE: Mapping[str, Promise | str] = {
    "busy": _("the provider asked us to wait"),
    "down": _("the provider does not accept our account or sender"),
    "lost": _("the provider’s answer was unclear"),
    "refused": _("the provider refused it"),
    "soft": _("the telephone could not be reached"),
    "invalid": _("this number does not exist"),
    "landline": _("this number takes no text messages"),
    "opted_out": _("this person unsubscribed at the provider"),
}
DEAD_CODES = "|".join(map(re.escape, sorted(DEAD)))
# What mail servers and others mean: the first row that is found in their words.
MEANT: Mapping[str, Promise | str] = {
    rf"\b(?:{DEAD_CODES})\b|{DEAD_WORDS.pattern}": _("this mailbox does not exist"),
    r"\b[45]\.2\.2\b|mailbox (?:is )?full|over ?quota|quota exceeded": _("the mailbox is full"),
    r"\b5\.(?:3\.4|2\.3)\b|^552\b|too (?:large|big)": _("the message is too large"),
    r"\brelay|authenticat|not logged in|sender address rejected|not owned by": _(
        "the mail server does not accept our sender"
    ),
    r"\b5\.7\.\d+\b|spam|blocked|black ?list|reputation|policy": _("the mail server turned it away as unwanted"),
    r"\b4\.\d+\.\d+\b|^4\d\d\b|too many|rate limit|try again": _("the provider asked us to wait"),
    r"timed? ?out|no answer in time": _("the provider did not answer in time"),
}
# What is said of words that nothing above knows, by the state that they led to.
BY_STATE: Mapping[str, Promise | str] = {
    "ready": _("the provider could not take it yet"),
    "sent": _("the provider took it over"),
    "delivered": _("it arrived"),
    "failed": _("the provider refused it"),
    "unsure": _("the provider’s answer was unclear"),
}
BY_HAND = re.compile(r" \(was \w+\)$")
LATE = " (a late answer)"
NOTED_AS = [(re.compile(pattern, re.DOTALL), says) for pattern, says in NOTED.items()]
MEANT_BY = [(re.compile(pattern, re.IGNORECASE), says) for pattern, says in MEANT.items()]
RECEIVED_AS = {KINDS[kind].says: says for kind, says in RECEIVED.items()}


def cause_of(stored: str, state: str) -> Cause:
    """Who or what moved a message into this state, in the reader's language."""
    stored = BY_HAND.sub("", stored).removesuffix(LATE)
    if stored in ("accepted", ""):
        return Cause(BY_STATE.get(state, ""))
    if stored in RECEIVED_AS:
        return Cause(RECEIVED_AS[stored])
    for pattern, says in NOTED_AS:
        if found := pattern.fullmatch(stored):
            parts = found.groupdict()
            return Cause(str(says).format(**parts), parts.get("said") or "")
    return Cause(_meant_by(stored) or BY_STATE.get(state, ""), stored)


def trouble_of(stored: str) -> Cause:
    """Why nothing goes by a sender, in the reader's language; words that nothing here knows are quoted alone."""
    return cause_of(stored, "")


def _meant_by(words: str) -> Promise | str:
    """What a provider's own words mean; empty when nothing of them is known."""
    if code := code_of(words.partition(":")[0]):
        return BY_CODE[code.kind]
    return next((says for pattern, says in MEANT_BY if pattern.search(words)), "")
