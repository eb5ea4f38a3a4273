"""`relance group`: dealers under one roof, a person with a place at each of them, and taken away again."""

import pytest

from relance.dealers.models import AuditEntry, Dealer, GroupMembership, User
from relance.web.desk.guard import memberships_of
from tests.builders import a_dealer, a_user

pytestmark = pytest.mark.django_db
EMAIL = "gina@family.example"


@pytest.fixture
def family(relance):
    for slug in ("north", "south"):
        a_dealer(slug)
    a_dealer("elsewhere")
    assert relance("group", "create", "family", "--name", "The Family").status == 0
    assert relance("group", "add", "family", "north", "south").status == 0


def places():
    return {place.dealer.slug: place.role for place in memberships_of(User.objects.get(email=EMAIL))}


def test_a_member_has_a_place_at_each_dealer_of_the_group(relance, family):
    answer = relance("group", "member", "family", EMAIL, "--role", "read_only")
    assert "/sign-in/link/" in answer.out
    assert places() == {"north": "read_only", "south": "read_only"}
    assert AuditEntry.objects.of(Dealer.objects.get(slug="south")).filter(act="user_changed").exists()


def test_another_role_takes_the_place_of_the_first(relance, family):
    for role in ("read_only", "crm_manager"):
        relance("group", "member", "family", EMAIL, "--role", role)
    assert places() == {"north": "crm_manager", "south": "crm_manager"}


def test_the_place_is_taken_away_and_the_sessions_end(relance, family):
    user = a_user(email=EMAIL)
    relance("group", "member", "family", EMAIL)
    before = User.objects.get(pk=user.pk).stamp
    assert relance("group", "member", "family", EMAIL, "--remove").status == 0
    assert not GroupMembership.objects.exists()
    assert User.objects.get(pk=user.pk).stamp == before + 1


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("create", "family", "--name", "x"), "there is a group 'family' already"),
        (("add", "famly", "north"), "did you mean 'family'"),
        (("add", "family", "nort"), "did you mean 'north'"),
        (("member", "family", EMAIL, "--role", "owner"), "unknown role"),
        (("member", "family", "gina"), "not an e-mail address"),
        (("member", "family", EMAIL, "--remove"), "has no place in the group"),
    ],
)
def test_what_cannot_be_is_said(relance, family, words, says):
    answer = relance("group", *words)
    assert answer.status == 2
    assert says in answer.err
