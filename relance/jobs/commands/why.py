"""`relance why`: each rule with the value found, then each gate, for one customer and automation at a moment."""

from typing import Annotated

import typer

from relance.facts.models import Customer
from relance.jobs.commands.arguments import dealer_of, moment_of, print_json
from relance.lib.errors import BadInput, unknown_word
from relance.lib.moments import iso
from relance.measures.why import Why, why
from relance.plan.models import Automation

TICK = {True: "yes", False: "no "}


def command(
    slug: Annotated[str, typer.Argument(help="The dealer.")],
    automation: Annotated[str, typer.Argument(help="The automation's code.")],
    customer: Annotated[str, typer.Argument(help="The customer's id in the business system.")],
    at: Annotated[str, typer.Option(help="The reference moment of the run that is asked about.")],
    subject: Annotated[str | None, typer.Option(help="The appointment, repair order … by its id.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One line of JSON.")] = False,
) -> None:
    """Why a customer does or does not hear from an automation."""
    dealer = dealer_of(slug)
    codes = Automation.objects.of(dealer)
    row = codes.filter(code=automation).first()
    if row is None:
        raise BadInput(unknown_word("automation", automation, codes.values_list("code", flat=True)))
    person = Customer.objects.of(dealer).filter(ref=customer).first()
    if person is None:
        raise BadInput(f"unknown customer {customer}: it is not in the facts of {dealer.slug}")
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
                "customer": customer,
                "subject": found.subject,
                "at": iso(moment, dealer.zone),
                "verdict": found.verdict,
                "rules": [{"rule": r.sentence, "value": r.value, "holds": r.holds} for r in found.rules],
                "gate": [{"step": s.step, "result": s.result if s.detail is None else s.detail} for s in found.gate],
                "message": message,
            }
        )
    else:
        _tell(found)


def _tell(found: Why) -> None:
    print(f"{found.verdict}" + (f" ({found.subject})" if found.subject else ""))
    for rule in found.rules:
        print(f"  {TICK[rule.holds]} {rule.sentence}: found {'nothing' if rule.value is None else rule.value}")
    for step in found.gate:
        print(f"  {step.result:<11} {step.step}" + (f": {step.detail}" if step.detail else ""))
