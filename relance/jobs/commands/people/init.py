"""Turns an empty home into one with a first administrator, who comes in by a one-time link."""

from typing import Annotated

import typer
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from relance.dealers.models import Dealer, Membership, User
from relance.dealers.sign_in import sign_in_path
from relance.dealers.two_step import switch_off
from relance.lib import clock
from relance.lib.errors import BadInput


def command(
    email: Annotated[str, typer.Option(help="The administrator's e-mail address.")] = "admin@localhost",
    reset_second_step: Annotated[
        bool, typer.Option("--reset-second-step", help="Take his second step away: telephone and codes are lost.")
    ] = False,
) -> None:
    """Make the database and the first administrator; print a link that signs him in once."""
    user = administrator(email)
    if reset_second_step:
        switch_off(user)
    print(f"Sign in (once, within three days): {address_of_server()}{sign_in_path(user)}")
    if not Dealer.objects.exists():
        print("There is no dealer yet: relance dealer create SLUG --name … --timezone …, then relance init again.")


def administrator(email: str) -> User:
    """The user with this address, made when absent, with a place at every dealer."""
    user = user_of(email)
    for dealer in Dealer.objects.all():
        Membership.objects.of(dealer).get_or_create(user=user, dealer=dealer, defaults={"role": "crm_manager"})
    return user


def user_of(email: str) -> User:
    """The user with this address, made when absent."""
    if email != "admin@localhost":
        try:
            validate_email(email)
        except ValidationError:
            raise BadInput(f"--email {email}: this is not an e-mail address") from None
    user = User.objects.filter(email__iexact=email).first()
    if user is None:
        user = User(email=email.lower(), created_at=clock.now())
        user.set_unusable_password()
        user.save()
    return user


def address_of_server() -> str:
    """Where the pages stand."""
    environment = settings.ENVIRONMENT
    return str(
        environment["RELANCE_URL"] or f"http://{environment['RELANCE_HOST']}:{environment['RELANCE_PORT']}"
    ).rstrip("/")
