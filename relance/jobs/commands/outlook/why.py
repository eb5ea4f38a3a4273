"""`relance why`: each rule with the value found, then each gate, for one customer and automation at a moment."""

from typing import Annotated

import typer

from relance.dealers.models import Dealer
from relance.jobs.commands.arguments import automation_of, customer_of, dealer_of, moment_of, print_json
from relance.lib.errors import BadInput, unknown_word
from relance.lib.language import LANGUAGES
from relance.lib.moments import iso
from relance.measures.why import Why, why
from relance.measures.why_in_words import MessageInWords, why_in_words, why_message
from relance.plan.models import Automation


def command(  # noqa: PLR0913 the words of the command line
    slug: Annotated[str, typer.Argument(help="The dealer.")],
    automation: Annotated[str, typer.Argument(help="The automation's code.")],
    customer: Annotated[str, typer.Argument(help="The customer's id in the business system.")],
    at: Annotated[str, typer.Option(help="The reference moment of the run that is asked about.")],
    subject: Annotated[str | None, typer.Option(help="The appointment, repair order … by its id.")] = None,
    language: Annotated[str | None, typer.Option(help="en, fr, es or et; the dealer's when left out.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One line of JSON.")] = False,
) -> None:
    """Why a customer does or does not hear from an automation."""
    dealer = dealer_of(slug)
    if language is not None and language not in LANGUAGES:
        raise BadInput(unknown_word("language", language, LANGUAGES))
    row = automation_of(dealer, automation)
    person = customer_of(dealer, customer)
    moment = moment_of(at, dealer)
    found = why(dealer, row, person, at=moment, subject=subject)
    if as_json:
        message = found.message and {
            "id": str(found.message.key), "status": found.message.state, "reason": found.message.reason,
            "reference_at": iso(found.message.reference_at, dealer.zone),
        }  # fmt: skip
        print_json(
            {
                "automation": automation,
                "customer": person.ref,
                "subject": found.subject,
                "at": iso(moment, dealer.zone),
                "verdict": found.verdict,
                "rules": [{"rule": r.sentence, "value": r.value, "holds": r.holds} for r in found.rules],
                "gate": [{"step": s.step, "result": s.result if s.detail is None else s.detail} for s in found.gate],
                "message": message,
            }
        )
    else:
        _tell(dealer, row, found, language)


def _tell(dealer: Dealer, automation: Automation, found: Why, language: str | None) -> None:
    words = why_in_words(dealer, automation, found, language=language)
    print(words.headline + (f" ({found.subject})" if found.subject else ""))
    for line in (*words.rules, *words.gate):
        print(f"  {line}")
    if words.change:
        print(words.change)
    if found.message is not None:
        print()
        _tell_message(why_message(dealer, found.message, language=language))


def _tell_message(said: MessageInWords) -> None:
    for line in said.recorded:
        print(f"  {line}")
