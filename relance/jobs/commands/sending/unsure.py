"""`relance unsure`: the messages that nobody can tell about, and what a person says of them."""

import sys
from typing import Annotated

import typer

from relance.dealers.models import Dealer
from relance.delivery.safety.resolve import WORDS, resolve_unsure, take_back, unsure_of
from relance.jobs.commands.arguments import dealer_of, message_of, noted, print_json
from relance.lib.clock import now
from relance.lib.errors import BadInput, unknown_word
from relance.lib.moments import iso
from relance.outbox.models import Message

ALL = "all"


def command(
    slug: Annotated[str, typer.Argument(help="The dealer.")],
    resolve: Annotated[
        tuple[str, str] | None,
        typer.Option(
            metavar="KEY WORD",
            help="A message's key (or all) and: sent (it arrived), again (it did not, send it), failed (leave it).",
            show_default=False,
        ),
    ] = None,
    undo: Annotated[
        str | None,
        typer.Option(
            "--take-back",
            metavar="KEY",
            help="A message's key: what was said of it is taken back, if nothing has come of it.",
            show_default=False,
        ),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON Lines.")] = False,
) -> None:
    """List the unsure messages of a dealer, or resolve one, or all, or take back what was said of one."""
    dealer = dealer_of(slug)
    if undo is not None:
        if resolve is not None:
            raise BadInput("--resolve and --take-back: one at a time")
        _take_back(dealer, undo)
        return
    found = unsure_of(dealer)
    if resolve is not None:
        key, word = resolve
        if word not in WORDS:
            raise BadInput(unknown_word("word", word, WORDS))
        moved = resolve_unsure(dealer, _chosen(found, key), word=word, by="operator", at=now())
        noted(dealer, "resolved", f"message {key}", word=word, messages=len(moved))
        print(f"{len(moved)} resolved: {word}", file=sys.stderr)
        return
    for message in found:
        shown = {
            "id": str(message.key),
            "since": iso(message.moved_at, dealer.zone),
            "automation": message.automation.code,
            "customer": message.customer.ref if message.customer_id else None,
            "channel": message.channel,
            "address": message.address,
            "detail": message.detail,
        }
        print_json(shown) if json else print("  ".join(str(value) for value in shown.values() if value))
    print(f"{len(found)} unsure", file=sys.stderr)


def _take_back(dealer: Dealer, key: str) -> None:
    message = message_of(dealer, key)
    if not take_back(dealer, message, by="operator", at=now()):
        raise BadInput(f"{key}: nobody spoke of it, or something has come of it since (it is {message.state})")
    noted(dealer, "resolved", f"message {key}", word="taken back", messages=1)
    print("1 unsure again", file=sys.stderr)


def _chosen(found: list[Message], key: str) -> list[Message]:
    chosen = [message for message in found if key in (ALL, str(message.key))]
    if not chosen:
        keys = ", ".join(str(message.key) for message in found[:3]) or "nothing is unsure"
        raise BadInput(f"no unsure message has the key {key} ({keys}{', …' if len(found) > 3 else ''})")
    return chosen
