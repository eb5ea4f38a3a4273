"""Turns stop, start, help and doubtful wishes into entries of the ledger, one confirmation, or a task.

An opt-out is in the ledger when this returns (R62); nothing of ours is asked before.
"""

from datetime import datetime

from relance.dealers.models import Dealer
from relance.facts.consent import Entry, ledger_of, ledger_of_addresses, record, record_for_address, standing_withdrawal
from relance.lib.moments import day_of
from relance.outbox.law.regimes import stop_reach
from relance.replies.act.say import SHORTLY, ask_a_person, has_been_answered_enough, say
from relance.replies.heard import Heard
from relance.replies.understand.meaning import Meaning
from relance.replies.words import HELP_IN_BOTH, filled, words_in

SOURCE = "reply"
PERHAPS = "perhaps-stop"  # how the ref of a task begins that asks whether it was an opt-out
REACH = {"sms": ("sms", "phone"), "email": ("email",)}
EVERY_CHANNEL = ("any",)
PURPOSES = ("service", "marketing")
TEST_CHANNELS = {"any": ("sms", "email", "phone", "postcard", "letter")}


def stop(heard: Heard, meaning: Meaning) -> None:
    """Withdraw for the number and for everybody who has it; confirm once, when it is new."""
    channels = reach_of(heard.dealer, heard.inbound.channel, heard.at)
    is_new = not _is_withdrawn(heard, channels)
    for channel in channels:
        _enter(heard, meaning, channel, "withdrawn")
    if is_new and heard.dealer.preferences.stop_answer == "relance":
        language = meaning.language or heard.language
        words = words_in(language)
        everything, mail = channels == EVERY_CHANNEL, heard.inbound.channel == "email"
        pattern = words.stopped_everything if everything else words.stopped_mail if mail else words.stopped
        say(heard, "stop", filled(pattern, heard.dealer), language=language, lasts=SHORTLY)
    if meaning.perhaps_the_visit:
        ask_a_person(heard, "question", "did-he-mean-the-visit", meaning)


def start(heard: Heard, meaning: Meaning) -> None:
    """Bring back what the person's own STOP took; without one, this channel.

    The same word has let the provider send to him again, so the number is free again too (Twilio: START, YES, UNSTOP).
    """
    heard.stopped_at_carrier.delete()
    channels = _taken_by_stop(heard) or (heard.inbound.channel,)
    for channel in channels:
        _enter(heard, meaning, channel, "granted")
    language = meaning.language or heard.language
    if heard.dealer.preferences.stop_answer == "relance":
        say(heard, "start", filled(words_in(language).started, heard.dealer), language=language, lasts=SHORTLY)


def help_(heard: Heard, meaning: Meaning) -> None:
    """Who we are, how to stop, a telephone number: also to somebody whom we do not know (K18)."""
    if has_been_answered_enough(heard):
        return
    language = meaning.language or heard.language
    in_both = heard.customer is None and heard.dealer.country == "CA" and language in ("en", "fr")
    pattern = HELP_IN_BOTH if in_both else words_in(language).help
    say(heard, "help", filled(pattern, heard.dealer), language=language)


def perhaps_stop(heard: Heard, meaning: Meaning) -> None:
    """A person decides; until then marketing waits, as for a complaint."""
    if not heard.is_opted_out():
        ask_a_person(heard, "complaint", PERHAPS, meaning)


def reach_of(dealer: Dealer, channel: str, at: datetime) -> tuple[str, ...]:
    """What a bare STOP withdraws: as set, else by the law of that day (K14)."""
    chosen = dealer.preferences.stop_reaches or stop_reach(dealer.regime, day_of(at, dealer.zone))
    return EVERY_CHANNEL if chosen == "every_channel" else REACH[channel]


def _enter(heard: Heard, meaning: Meaning, channel: str, status: str) -> None:
    enter(heard, said_entry(heard, meaning.text, channel, status), recorded_at=heard.inbound.received_at)


def said_entry(heard: Heard, words: str, channel: str, status: str) -> Entry:
    """What the person said, as an entry of the ledger: his own act, from when he said it."""
    inbound = heard.inbound
    return Entry(
        channel=channel,
        purpose="any",
        status=status,
        at=heard.at,
        by="person",
        source=SOURCE,
        proof=f"message {inbound.ref} from {inbound.sender} by {inbound.provider}",
        words=words,
    )


def enter(heard: Heard, entry: Entry, *, recorded_at: datetime) -> None:
    """One entry for the address, and one for everybody who has it."""
    record_for_address(heard.dealer, heard.inbound.sender, entry, recorded_at=recorded_at)
    record(heard.dealer, [c.pk for c in heard.senders], entry, recorded_at=recorded_at)


def _is_withdrawn(heard: Heard, channels: tuple[str, ...]) -> bool:
    """Whether the person himself has withdrawn all of this, for the address and everybody who has it."""
    asked = [(c, p) for channel in channels for c in TEST_CHANNELS.get(channel, (channel,)) for p in PURPOSES]
    of_address = ledger_of_addresses(heard.dealer, [heard.inbound.sender]).get(heard.inbound.sender, [])
    of_people = ledger_of(heard.dealer, [c.pk for c in heard.senders])
    ledgers = [of_address, *(of_people.get(c.pk, []) for c in heard.senders)]
    return all(
        standing_withdrawal([e for e in entries if e.by == "person"], channel=c, purpose=p, at=heard.at) is not None
        for entries in ledgers
        for c, p in asked
    )


def _taken_by_stop(heard: Heard) -> tuple[str, ...]:
    """The channels that the person's own STOP took from him, as far as it stands."""
    taken: dict[str, None] = {}
    for entries in heard.ledgers:
        for entry in entries:
            if entry.status == "withdrawn" and entry.by == "person" and entry.source == SOURCE and entry.at <= heard.at:
                tried = TEST_CHANNELS.get(entry.channel, (entry.channel,))
                if any(standing_withdrawal(entries, channel=c, purpose="service", at=heard.at) for c in tried):
                    taken[entry.channel] = None
    return tuple(taken)
