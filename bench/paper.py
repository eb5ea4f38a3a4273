"""Paper measured: postcards and letters pressed, beside a bare typst document with the same words; and memory."""

import json
import os
import resource
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from time import perf_counter
from uuid import UUID

import django

from bench.table import Row

CARDS, LETTERS, CHUNK = 5_000, 2_000, 500
AT = datetime(2026, 5, 4, 15, tzinfo=UTC)
BODY = """Hello {name},

your **Mazda CX-5** was last with us half a year ago. Its next service is due; a visit takes about an hour.

Call (514) 555-0100, or answer when we call you.

Robin Keeper, North Garage"""
SENDER = ("North Garage", "1 Station Road", "Laval QC  H7A 1A1", "+1 514 555 0100")
# Every word that stands on ours, one under the other, and the same number of pages; no colour, no marks, no markup.
BARE = """
#set document(date: none)
#set text(font: "Source Sans Pro", size: 11pt)
#let items = json(bytes(sys.inputs.items))
#let sender = json(bytes(sys.inputs.sender)).join("\\n")
"""
BARE_CARDS = (
    BARE
    + """
#set page(paper: "us-letter", margin: 0pt)
#let side(some, draw) = align(center + horizon, stack(spacing: 0.5in, ..some.map(item =>
  box(width: 6in, height: 4in, inset: 0.3in, align(left, draw(item))))))
#for some in items.chunks(2) {
  page(side(some, item => { sender; v(0.2in); item.body }))
  page(side(some, item => { sender; v(0.2in); item.address; v(0.2in); item.stop }))
}
"""
)
BARE_LETTERS = (
    BARE
    + """
#set page(paper: "us-letter", margin: 1in)
#for item in items { page({
  sender; v(0.5in); item.address; v(1in); item.date; parbreak(); item.body; parbreak(); item.stop
}) }
"""
)


def rows(customers: int) -> Iterator[Row]:
    """Cards, letters, and the most memory that this process ever had."""
    with tempfile.TemporaryDirectory() as home:
        os.environ |= {"RELANCE_HOME": home, "DJANGO_SETTINGS_MODULE": "relance.settings"}
        django.setup()
        for channel, number, bare, goal, says in (
            (
                "postcard",
                CARDS,
                BARE_CARDS,
                "1,750/s (70 % of 2,500), 70 % of the bound",
                "two-up, both sides, crop marks",
            ),
            ("letter", LETTERS, BARE_LETTERS, "420/s (70 % of 600), 70 % of the bound", "a page each"),
        ):
            ours, bound = _together(channel, number, bare)
            yield Row(
                f"{channel}s as print files, {says}",
                f"{number:,}", ours, "/s", bound, goal, "bound: bare typst, the same words and pages in one column",
            )  # fmt: skip
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        yield Row("memory of all that", f"chunks of {CHUNK}", most, "MB", None, "under 250 MB", "typst's own cache")


def _together(channel: str, number: int, bare: str) -> tuple[float, float]:
    """Per second, ours and the bare document, chunk by chunk in turn: whatever else the machine does hits both."""
    from relance.dealers.models import Dealer
    from relance.delivery.channels.paper import press
    from relance.delivery.channels.paper.ledger import Printing
    from relance.delivery.channels.paper.look import look_of
    from relance.delivery.channels.paper.make import pressed
    from relance.outbox.models import Message

    settings = {"address": "1 Station Road\nLaval QC  H7A 1A1", "phone": "+15145550100"}
    dealer = Dealer(pk=1, slug="north", name="North Garage", timezone="America/Toronto", settings=settings)
    printing = Printing(dealer, "SR180", look_of(dealer, channel), AT)
    ours = bound = 0.0
    for start in range(0, number, CHUNK):
        messages = [
            Message(
                pk=n, key=UUID(int=n), channel=channel, language="en", purpose="marketing",
                address=f"Ann {n} Lee\n{n} Main Street\nLAVAL QC  H7A 1A1", body=BODY.format(name=f"Ann {n}"),
            )
            for n in range(start, start + CHUNK)
        ]  # fmt: skip
        said = {"date": "May 4, 2026", "stop": printing.look["stops"]["en"]}
        plain = [{"body": m.body, "address": m.address, **said} for m in messages]
        ours += _timed(partial(pressed, printing, messages))
        press.let_go()
        given = {"items": json.dumps(plain), "sender": json.dumps(SENDER)}
        bound += _timed(partial(press.press_itself().compile, bare.encode(), sys_inputs=given, pdf_tags=False))
        press.let_go()
    return number / ours, number / bound


def _timed(work: Callable[[], object]) -> float:
    begin = perf_counter()
    work()
    return perf_counter() - begin
