"""Turns what was decided and what became of it into the outbox: every message, its state, its moves, its words."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from relance.delivery.safety.halt import halt, halt_of, let_go
from relance.lib.errors import BadInput
from relance.measures.words import STATES as STATE_WORDS
from relance.outbox.decide import CANCELABLE, approve, bring_back, cancel, may_be_brought_back
from relance.outbox.models import Message, Move, Task
from relance.outbox.runs.by_hand import Stands, may_go_by_hand, send_by_hand
from relance.outbox.states import STATES
from relance.web.desk.frame import show
from relance.web.desk.guard import Desk, desk_page
from relance.web.desk.outbox import outbox_list
from relance.web.desk.outbox.standing import standing_still
from relance.web.desk.words import Word, channel_reasons, reason_of

CHIPS = ("approval", "ready", "sending", "sent", "delivered", "refused", "unsure", "failed", "canceled")


@dataclass(frozen=True)
class Chip:
    """One state to filter by."""

    state: str
    name: Word
    count: int
    is_chosen: bool


@desk_page()
def outbox(desk: Desk) -> HttpResponse:
    """The list; htmx asks for the rows alone."""
    values = list_values(desk)
    is_more = desk.is_fragment and "cursor" in desk.request.GET
    template = "desk/outbox/_rows.html" if is_more else "desk/outbox/outbox.html"
    return show(desk, template, values, place="desk-outbox")


def list_values(desk: Desk) -> dict[str, Any]:
    """What the list shows; also behind an open panel."""
    asked = desk.request.GET
    state, search = asked.get("state", ""), asked.get("q", "").strip()[:100]
    messages = desk.messages()
    days = outbox_list.by_day(messages, today=desk.reader.today, zone=desk.reader.zone)
    number = outbox_list.counts(messages, days)
    page = outbox_list.MESSAGES.page(desk)
    return {
        "messages": page.rows,
        "head": page.head,
        "chips": [Chip(s, STATE_WORDS[s], number.get(s, 0), s == state) for s in CHIPS if number.get(s) or s == state],
        "state": state if state in STATES else "",
        "search": search,
        "total": sum(number.values()),
        "waiting": sum(number.get(s, 0) for s in ("ready", "sending")),
        "sent": sum(number.get(s, 0) for s in ("sent", "delivered")),
        "refused_total": number.get("refused", 0),
        "halt": halt_of(desk.dealer),
        "may_halt": desk.may("approve"),
        "standing": standing_still(desk.dealer),
        "days": outbox_list.of_chart(days),
        "is_empty": not number and not messages.exists(),
    }


@desk_page("approve", changes=True)
def halt_sending(desk: Desk) -> HttpResponse:
    """Nothing leaves from now on."""
    if halt(desk.dealer, by=str(desk.user), at=desk.reader.at):
        desk.note("halted")
    return redirect("desk-outbox", slug=desk.dealer.slug)


@desk_page("approve", changes=True)
def release_sending(desk: Desk) -> HttpResponse:
    """What was halted goes on."""
    if let_go(desk.dealer, by=str(desk.user), at=desk.reader.at):
        desk.note("let_go")
    return redirect("desk-outbox", slug=desk.dealer.slug)


@desk_page()
def message(desk: Desk, key: UUID) -> HttpResponse:
    """One message: the words, what happened when and why, the facts it was made from."""
    return _one(desk, key)


def _one(desk: Desk, key: UUID, *, fault: Word = "") -> HttpResponse:
    found = _message(desk, key)
    why, remedy = reason_of(found.reason, found.detail) if found.reason else ("", "")
    values = {
        "message": found,
        "moves": Move.objects.of(desk.dealer).filter(message=found).order_by("at", "id"),
        "facts": sorted((name, _shown(value)) for name, value in found.facts.items()),
        "why": why,
        "remedy": remedy,
        "by_channel": channel_reasons(found.detail) if found.reason == "no_channel" else [],
        "doubt": _doubt_of(desk, found),
        "has_file": _file_of(desk, found) is not None,
        "may_cancel": desk.may("hold_back", found.automation.subject) and found.state in CANCELABLE,
        "may_approve": desk.may("approve", found.automation.subject) and found.state == "approval",
        "may_send": desk.may("approve", found.automation.subject) and may_go_by_hand(found) and not fault,
        "fault": fault,
        "may_bring_back": desk.may("hold_back", found.automation.subject)
        and may_be_brought_back(desk.dealer, found, at=desk.reader.at),
    }
    if desk.is_fragment:
        return show(desk, "desk/outbox/_message.html", values)
    values |= {**list_values(desk), "panel": "desk/outbox/_message.html"}
    return show(desk, "desk/outbox/outbox.html", values, place="desk-outbox")


def _doubt_of(desk: Desk, found: Message) -> Task | None:
    """The task in which somebody says what became of it."""
    if found.state != "unsure":
        return None
    return Task.objects.of(desk.dealer).filter(kind="unsure", state="open", message=found).first()


@desk_page()
def message_file(desk: Desk, key: UUID) -> HttpResponse:
    """The file that the file sender wrote, as a download."""
    path = _file_of(desk, _message(desk, key))
    if path is None:
        raise Http404
    return FileResponse(path.open("rb"), as_attachment=True, filename=path.name)  # type: ignore[return-value]


@desk_page("hold_back", changes=True)
def cancel_message(desk: Desk, key: UUID) -> HttpResponse:
    """Cancel a message that still waits."""
    cancel(desk.dealer, [_to_decide(desk, key, "hold_back")], at=desk.reader.at, by=str(desk.user))
    desk.note("canceled", f"message {key}")
    return _changed(desk, key)


@desk_page("approve", changes=True)
def approve_message(desk: Desk, key: UUID) -> HttpResponse:
    """Let a message go that waited for a person."""
    approve(desk.dealer, [_to_decide(desk, key, "approve")], at=desk.reader.at, by=str(desk.user))
    desk.note("approved", f"message {key}")
    return _changed(desk, key)


@desk_page("hold_back", changes=True)
def bring_back_message(desk: Desk, key: UUID) -> HttpResponse:
    """Undo a cancellation."""
    bring_back(desk.dealer, [_to_decide(desk, key, "hold_back")], at=desk.reader.at, by=str(desk.user))
    desk.note("brought_back", f"message {key}")
    return _changed(desk, key)


@desk_page("approve", changes=True)
def send_message_by_hand(desk: Desk, key: UUID) -> HttpResponse:
    """Send what was refused, canceled or failed all the same; or say what no person can decide otherwise."""
    found = _to_decide(desk, key, "approve")
    try:
        made = send_by_hand(desk.dealer, found, by=str(desk.user), at=desk.reader.at)
    except Stands as stands:
        return _one(desk, key, fault=reason_of(stands.reason, stands.detail)[0])
    except BadInput as fault:
        return _one(desk, key, fault=str(fault))
    desk.note("sent_by_hand", f"message {key}")
    return _changed(desk, made.key)


def _changed(desk: Desk, key: UUID) -> HttpResponse:
    if desk.is_fragment:
        return _one(desk, key)
    return redirect("desk-message", slug=desk.dealer.slug, key=key)


def _message(desk: Desk, key: UUID) -> Message:
    rows = desk.messages().select_related("automation", "customer", "vehicle")
    found = rows.filter(key=key).first()
    if found is None:
        raise Http404
    return found


def _to_decide(desk: Desk, key: UUID, act: str) -> Message:
    """The message, when the reader decides about its subject."""
    found = _message(desk, key)
    desk.must(act, found.automation.subject)
    return found


def _file_of(desk: Desk, found: Message) -> Path | None:
    """The file of a message that the file sender took: inside its own dealer's folder, or none."""
    if found.state not in ("sent", "delivered") or not found.provider_ref:
        return None
    folder = Path(settings.HOME) / "sent"
    own = (folder / desk.dealer.slug).resolve()
    path = (folder / found.provider_ref).resolve()
    return path if path.is_relative_to(own) and path.is_file() else None


def _shown(value: Any) -> str:
    if value is None:
        return str(_("unknown"))
    if isinstance(value, list):
        return ", ".join(" ".join(map(str, filter(None, one))) if isinstance(one, list) else str(one) for one in value)
    return str(value)
