"""Turns print files into what people do with them: look, fetch, say that they are printed, take them back."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from relance.dealers.models import Dealer
from relance.delivery.channels.paper import press
from relance.delivery.channels.paper.items import item_of, items_of
from relance.delivery.channels.paper.ledger import messages_of
from relance.delivery.channels.paper.look import look_of, opened
from relance.delivery.channels.paper.make import content_of, manifest_of
from relance.delivery.models import PrintFile
from relance.delivery.touches import withdraw_sent
from relance.outbox.forecast import Person
from relance.outbox.models import Message
from relance.outbox.states import move
from relance.plan.models import Automation, Run

CARD = (6.0, 4.0)  # a card as it is when it is cut
UNDO = {"printed": "made", "made": "printed"}


def print_files_of(dealer: Dealer, run: Run, channel: str) -> Iterator[tuple[str, bytes]]:
    """The files of a run, each with its manifest; one that is missing is made again."""
    rows = PrintFile.objects.of(dealer).filter(run=run, channel=channel).exclude(state="taken_back")
    for row in rows.order_by("number"):
        name = Path(row.path)
        yield name.name, content_of(row)
        yield name.with_suffix(".json").name, manifest_of(row)


def proof_of(dealer: Dealer, code: str, channel: str, people: Sequence[Person], *, at: datetime) -> bytes:
    """How it would look on paper, of people who are still to come: nothing is handed over."""
    look = look_of(dealer, channel, title=f"{dealer.name} · {code}")
    purpose = Automation.objects.of(dealer).values_list("purpose", flat=True).get(code=code)
    messages = [_as_message(dealer, channel, person, purpose) for person in people]
    return press.pdf_of(channel, opened(look), items_of(dealer, messages, look, at=at))


def _as_message(dealer: Dealer, channel: str, person: Person, purpose: str) -> Message:
    """A person ahead as the message that he would get, for looking at."""
    return Message(
        dealer=dealer, channel=channel, address=person.address, language=person.language, body=person.body,
        subject_line=person.subject_line, spans=person.spans, purpose=purpose,
    )  # fmt: skip


def picture(
    dealer: Dealer, message: Message, *, at: datetime, look: dict[str, Any] | None = None, dots: int = 90
) -> list[bytes]:
    """PNG pictures of one message on paper: both sides of a card, the pages of a letter."""
    channel = message.channel or ""
    look = dict(look or look_of(dealer, channel))
    if channel == "postcard":
        look["sheet"] = {"width": CARD[0], "height": CARD[1], "columns": 1, "rows": 1}
    items = [item_of(dealer, message, look, at=at)]
    return press.picture_of(channel, opened(look), items, dots=dots)


def mark(row: PrintFile, state: str, *, by: str, at: datetime) -> bool:
    """`printed`, or `made` to take that back; False when it was so already or is taken back for good."""
    rows = PrintFile.objects.of(row.dealer).filter(pk=row.pk, state=UNDO[state])
    return rows.update(state=state, state_at=at, state_by=by[:200]) == 1


@transaction.atomic
def take_back(row: PrintFile, *, by: str, at: datetime) -> list[Message]:
    """The file is not to be posted: its messages failed, and count as never said. Returns them; none when printed."""
    rows = PrintFile.objects.of(row.dealer).filter(pk=row.pk, state="made")
    if not rows.update(state="taken_back", state_at=at, state_by=by[:200]):
        return []
    waiting = [message for message in messages_of(row) if message.state == "sent"]
    moved = move(
        row.dealer, waiting, to="failed", at=at, cause=f"taken back by {by[:120]}", reason="taken_back", detail=None
    )
    withdraw_sent(row.dealer, moved)
    return moved
