"""Turns addresses into sheets of labels as they are sold: Avery 5160 in North America, L7160 elsewhere."""

from collections.abc import Sequence
from typing import Any

from relance.dealers.models import Dealer
from relance.delivery.channels.paper import press
from relance.delivery.channels.paper.look import LETTER_PAPER
from relance.exports.mail_merge.people import MergeList, lines_to
from relance.facts.models import Customer

CHUNK = 3_000
# In inches: the sheet, the first label's corner, from label to label, the label; points of the type.
SHEETS: dict[str, dict[str, Any]] = {
    "5160": {
        "width": 8.5, "height": 11.0, "left": 0.1875, "top": 0.5, "step_x": 2.75, "step_y": 1.0,
        "label_width": 2.625, "label_height": 1.0, "columns": 3, "rows": 10, "size": 9.5,
    },
    "L7160": {
        "width": 8.268, "height": 11.693, "left": 0.285, "top": 0.596, "step_x": 2.6, "step_y": 1.5,
        "label_width": 2.5, "label_height": 1.5, "columns": 3, "rows": 7, "size": 10.5,
    },
}  # fmt: skip


def usual_sheet(dealer: Dealer) -> str:
    """The labels that are sold where the dealer is."""
    return "5160" if dealer.country in LETTER_PAPER else "L7160"


def addresses(merge: MergeList) -> list[list[str]]:
    """One address per household of the list: the same address twice is one label; who has none has none."""
    found: dict[tuple[str, ...], None] = {}
    customers = Customer.objects.of(merge.dealer).in_bulk([person.customer_id for person in merge.people])
    for person in merge.people:
        if lines := lines_to(merge.dealer, person, customers[person.customer_id]):
            found.setdefault(tuple(lines))
    return [list(lines) for lines in found]


def labels_pdf(dealer: Dealer, labels: Sequence[list[str]], sheet: str) -> bytes:
    """The sheets."""
    look = {"title": dealer.name, "sheet": SHEETS[sheet]}
    made = press.pdf_of("labels", look, labels)
    press.let_go()
    return made
