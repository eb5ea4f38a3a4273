"""`relance group`: several dealers under one roof, and who has a place at all of them."""

import sys
from typing import Annotated

import typer

from relance.dealers.create import check_slug
from relance.dealers.models import Dealer, Group, GroupMembership, User
from relance.dealers.places import end_sessions
from relance.dealers.rights import RIGHTS
from relance.dealers.sign_in import sign_in_path
from relance.jobs.commands.arguments import dealer_of, noted
from relance.jobs.commands.people.init import address_of_server, user_of
from relance.lib.errors import BadInput, unknown_word

command = typer.Typer(add_completion=False, no_args_is_help=False, help="Several dealers under one roof.")
GroupSlug = Annotated[str, typer.Argument(help="The group.")]


@command.command()
def create(
    slug: Annotated[str, typer.Argument(help="Short name, for example old-mill.")],
    name: Annotated[str, typer.Option(help="The name of the group.")],
) -> None:
    """Make a group."""
    check_slug(slug)
    if Group.objects.filter(slug=slug).exists():
        raise BadInput(f"there is a group '{slug}' already: choose another slug")
    Group.objects.create(slug=slug, name=name)
    print(f"group {slug} is there: relance group add {slug} DEALER", file=sys.stderr)


@command.command()
def add(
    slug: GroupSlug,
    dealers: Annotated[list[str], typer.Argument(help="The dealers that belong to it.")],
) -> None:
    """Put dealers into a group; whoever has a place in the group has one there from now on."""
    group = _group(slug)
    for dealer in [dealer_of(one) for one in dealers]:
        Dealer.objects.filter(pk=dealer.pk).update(group=group)
        noted(dealer, "settings", f"group {slug}")
    print(f"{len(dealers)} dealers belong to {slug}", file=sys.stderr)


@command.command()
def member(
    slug: GroupSlug,
    email: Annotated[str, typer.Argument(help="The person's e-mail address.")],
    role: Annotated[str, typer.Option(help="crm_manager, general_manager, read_only …")] = "general_manager",
    remove: Annotated[bool, typer.Option("--remove", help="Take the place away.")] = False,
) -> None:
    """Give a person a place at every dealer of a group, or take it away."""
    group = _group(slug)
    if role not in RIGHTS:
        raise BadInput(f"--role: {unknown_word('role', role, RIGHTS)}")
    if remove:
        user = User.objects.filter(email__iexact=email).first()
        if user is None or not GroupMembership.objects.filter(group=group, user=user).delete()[0]:
            raise BadInput(f"{email} has no place in the group {slug}")
    else:
        user = user_of(email)
        GroupMembership.objects.update_or_create(group=group, user=user, defaults={"role": role})
        if not user.has_usable_password():
            print(f"Sign in (once, within three days): {address_of_server()}{sign_in_path(user)}")
    end_sessions(user)
    for dealer in Dealer.objects.filter(group=group):
        noted(dealer, "user_left" if remove else "user_changed", f"user {user.email} in group {slug}", role=role)
    print(f"{user.email} {'has no place in' if remove else f'is {role} in'} {slug}", file=sys.stderr)


def _group(slug: str) -> Group:
    found = Group.objects.filter(slug=slug).first()
    if found is None:
        slugs = list(Group.objects.values_list("slug", flat=True))
        raise BadInput(
            unknown_word("group", slug, slugs) if slugs else f"there is no group yet: relance group create {slug}"
        )
    return found
