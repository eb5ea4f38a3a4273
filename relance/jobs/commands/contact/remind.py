"""`relance remind`: a salesperson's own message or reminder for one customer; listed, and taken back."""

from typing import Annotated, Any

import typer

from relance.dealers.models import Dealer
from relance.jobs.commands.arguments import customer_of, dealer_of, moment_of, noted, print_json
from relance.lib.clock import now
from relance.lib.errors import BadInput, unknown_word
from relance.lib.moments import iso
from relance.outbox.runs.personal import KINDS, Wish, cancel_reminder, remind
from relance.plan.models import PersonalReminder


def command(  # noqa: PLR0913  (each is an option of the command line)
    slug: Annotated[str, typer.Argument(help="The dealer.")],
    customer: Annotated[str | None, typer.Argument(help="The customer's reference; none: list what there is.")] = None,
    *,
    at: Annotated[str | None, typer.Option(help="When; without an offset at the dealer's place.")] = None,
    text: Annotated[str | None, typer.Option(help="What to say, or to be reminded of.")] = None,
    kind: Annotated[str, typer.Option(help="reminder (to the staff) or communication (to the customer too).")] = "",
    to: Annotated[
        list[str] | None, typer.Option(help="customer, salesperson, sales_manager, user:REF; repeat.")
    ] = None,
    channel: Annotated[str, typer.Option(help="For the customer: sms or email; none: the first that works.")] = "",
    by: Annotated[str, typer.Option(help="Who writes: a staff reference.")] = "operator",
    cancel: Annotated[int | None, typer.Option(help="Take back the reminder with this number.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="A line of JSON per reminder.")] = False,
) -> None:
    """Keep a reminder for its moment, list reminders, or take one back."""
    dealer = dealer_of(slug)
    if cancel is not None:
        shown = [_canceled(dealer, cancel, by)]
    elif customer is None or (at is None and text is None):
        rows = PersonalReminder.objects.of(dealer).select_related("customer").order_by("at", "pk")
        shown = list(rows.filter(customer=customer_of(dealer, customer)) if customer else rows)
    elif at is None or text is None:
        raise BadInput("a reminder needs --at MOMENT and --text TEXT")
    else:
        wish = Wish(moment_of(at, dealer), text, by, to or _of_kind(kind), channel)
        reminder = remind(customer_of(dealer, customer), wish, at=now())
        noted(dealer, "reminder", f"customer {customer}", by=by, at=at)
        shown = [reminder]
    for reminder in shown:
        _print(dealer, reminder, as_json=as_json)


def _of_kind(kind: str) -> tuple[str, ...]:
    if kind and kind not in KINDS:
        raise BadInput(f"--kind {unknown_word('kind', kind, KINDS)}")
    return KINDS[kind or "reminder"]


def _canceled(dealer: Dealer, number: int, by: str) -> PersonalReminder:
    found = PersonalReminder.objects.of(dealer).filter(pk=number).select_related("customer", "dealer").first()
    if found is None:
        raise BadInput(f"--cancel {number}: there is no reminder of this number")
    cancel_reminder(found, by=by, at=now())
    noted(dealer, "reminder", f"reminder {number}", canceled_by=by)
    return found


def _print(dealer: Dealer, reminder: PersonalReminder, *, as_json: bool) -> None:
    line: dict[str, Any] = {
        "number": reminder.pk,
        "customer": reminder.customer.ref,
        "at": iso(reminder.at, dealer.zone),
        "to": reminder.to,
        "channel": reminder.channel or None,
        "status": reminder.status,
        "author": reminder.author,
        "text": reminder.text,
    }
    if as_json:
        print_json(line)
    else:
        print(f"{line['number']:>5} {line['at']} {line['status']:<9} {line['customer']:<8} {line['text']:.60}")
