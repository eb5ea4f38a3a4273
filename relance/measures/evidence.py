"""Turns a message, or a customer, into the evidence for it: why it might be sent, what was said, what came of it.

Everything is read from what was kept at the time: the ledger with its words and proofs, the automation's version, the
frozen text, moves and attempts. Only the verdict of the law is reckoned again, for the moment of the hand-over.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from relance.dealers.models import Dealer
from relance.delivery.models import Attempt
from relance.facts.consent import (
    Entry,
    ledger_of,
    ledger_of_addresses,
    relations_of,
    standing_grants,
    standing_withdrawal,
)
from relance.facts.models import Customer
from relance.lib.fold import fold
from relance.lib.moments import day_of, iso
from relance.outbox.address import zones_of
from relance.outbox.gate.terms import SURVEYS
from relance.outbox.law.calling_hours import legal_hours
from relance.outbox.law.regimes import judge, purpose_under, rule_for
from relance.outbox.lines import history_lines
from relance.outbox.models import Message, Move
from relance.plan.models import AutomationVersion

LEFT = ("sending", "sent")
ZONED = ("mobile", "mobile_zones", "phone", "phone_zones")
LATEST = 500  # messages of one customer


def evidence_of_message(dealer: Dealer, message: Message) -> dict[str, Any]:
    """The evidence for one message, as JSON can hold it."""
    at = _left_at(dealer, message)
    (line,) = history_lines(dealer, [message])
    return {
        "message": line,
        "rules": _rules(dealer, message),
        "content": {
            "subject_line": message.subject_line,
            "text": message.body,
            "before": message.opening,
            "after": message.closing,
            "made_from": message.facts,
        },
        "may_be_sent": _consent(dealer, message, at),
        "hours": _hours(dealer, message, at),
        "provider": {
            "reference": message.provider_ref,
            "attempts": [
                {"number": a.number, "at": iso(a.at, dealer.zone), "result": a.result, "answer": a.answer}
                for a in Attempt.objects.of(dealer).filter(message=message).order_by("number", "pk")
            ],
        },
        "consent_history": _history(dealer, message.customer_id, _address(message)),
    }


def evidence_of_customer(dealer: Dealer, customer: Customer) -> dict[str, Any]:
    """What was agreed and what was sent, of one customer."""
    messages = Message.objects.of(dealer).filter(customer=customer).order_by("-pk")[:LATEST]
    return {
        "customer": customer.ref,
        "regime": dealer.regime,
        "do_not_mail": bool(customer.do_not_mail),
        "consent_history": _history(dealer, customer.pk, customer.mobile, customer.phone, customer.email_folded),
        "messages": list(history_lines(dealer, messages)),
    }


def _left_at(dealer: Dealer, message: Message) -> datetime:
    """When it was handed over; else when it was refused, or is to leave."""
    moves = Move.objects.of(dealer).filter(message=message, state__in=LEFT).order_by("id")
    first = moves.values_list("at", flat=True).first()
    return first or message.send_at or message.moved_at


def _rules(dealer: Dealer, message: Message) -> dict[str, Any]:
    """The automation as it was when the message was accepted."""
    now = message.automation
    definition = now.definition
    if message.version != now.version:
        rows = AutomationVersion.objects.of(dealer).filter(automation=now, number=message.version)
        definition = rows.values_list("definition", flat=True).first()
    return {"automation": now.code, "version": message.version, "definition": definition}


def _consent(dealer: Dealer, message: Message, at: datetime) -> dict[str, Any]:
    """What the law says of it at that moment, by which rule, and the entries that carry it."""
    if message.recipient != "customer" or not message.customer_id or message.purpose == "answer":
        return {"verdict": "not asked: it is for the staff, or answers what was just said"}
    channel = message.channel or ""
    purpose = purpose_under(dealer.regime, message.purpose, is_survey=message.automation.programme in SURVEYS)
    entries = ledger_of(dealer, [message.customer_id]).get(message.customer_id, [])
    relation = relations_of(dealer, [message.customer_id], at).get(message.customer_id)
    against = judge(
        dealer.regime, channel=channel, purpose=purpose, entries=entries, relation=relation, at=at, zone=dealer.zone
    )
    said = ledger_of_addresses(dealer, [address]).get(address, []) if (address := _address(message)) else []
    if standing_withdrawal(said, channel=channel, purpose=purpose, at=at) is not None:
        against = "opted_out"  # somebody said so for the number, whoever had it (docs/decisions/, 110)
    rule = rule_for(dealer.regime, channel, day_of(at, dealer.zone)) if purpose == "marketing" else None
    return {
        "at": iso(at, dealer.zone),
        "regime": dealer.regime,
        "purpose": purpose,
        "verdict": against or "allowed",
        "rule": {"k": rule.k, "source": rule.source, "since": rule.since.isoformat()} if rule else None,
        "carried_by": [
            _entry(dealer, entry) for entry in standing_grants(entries, channel=channel, purpose=purpose, at=at)
        ],
        "last_delivery": relation.last_delivered_on.isoformat() if relation and relation.last_delivered_on else None,
        "last_closed_order": iso(relation.last_closed_at, dealer.zone) if relation else None,
    }


def _hours(dealer: Dealer, message: Message, at: datetime) -> dict[str, Any]:
    """The hours that held it, by whose clocks."""
    own = dealer.preferences.quiet_hours.may_send
    facts = {f"customer.{name}": getattr(message.customer, name, None) for name in ZONED}
    zones = [zone.key for zone in zones_of(message.channel or "", facts)] if message.customer_id else []
    day = day_of(at, dealer.zone)
    law = legal_hours(dealer.regime, message.channel or "", message.purpose, message.address or "", day)
    return {
        "zones": zones or [dealer.timezone],
        "dealer": f"{own.opens:%H:%M}-{own.ends}",
        "law": {"place": law.place, "k": law.k, "that_day": _span(law.on(day))} if law else None,
        "held": message.detail if message.detail and not message.reason else None,
        "send_at": iso(message.send_at, dealer.zone),
        "left_at": iso(at, dealer.zone),
    }


def _span(hours: Any) -> str:
    return f"{hours.opens:%H:%M}-{hours.ends}" if hours else "closed"


def _address(message: Message) -> str | None:
    return fold(message.address) if message.channel == "email" and message.address else message.address


def _history(dealer: Dealer, customer_id: int | None, *addresses: str | None) -> list[dict[str, Any]]:
    """Every entry for the person and for the number or e-mail address, oldest first."""
    own: Iterable[Entry] = ledger_of(dealer, [customer_id]).get(customer_id, []) if customer_id else []
    known = ledger_of_addresses(dealer, {address for address in addresses if address})
    said = [("person", entry) for entry in own] + [("number", entry) for of in known.values() for entry in of]
    return [{"of": whose, **_entry(dealer, entry)} for whose, entry in sorted(said, key=lambda pair: pair[1].at)]


def _entry(dealer: Dealer, entry: Entry) -> dict[str, Any]:
    return {
        "at": iso(entry.at, dealer.zone),
        "status": entry.status,
        "channel": entry.channel,
        "purpose": entry.purpose,
        "by": entry.by,
        "source": entry.source,
        "proof": entry.proof,
        "words": entry.words,
        "expires_at": iso(entry.expires_at, dealer.zone),
    }
