"""The dealer's staff on the desk: added, changed, retired; what was typed survives the next feed."""

from pathlib import Path

import pytest
from django.test import Client

from relance.dealers.models import AuditEntry, Dealer, Membership, Staff
from relance.plan.recipients import Roster
from tests.builders import a_dealer, a_user

pytestmark = pytest.mark.django_db
HOME = "/d/north/settings/staff/"
FEED = "reference,name,role,email,mobile,language\n"
ALEX = "A12,Alex Advisor,service_advisor,alex@feed.example,514-555-0101,en\n"


@pytest.fixture
def dealer(client: Client) -> Dealer:
    dealer = a_dealer("north")
    client.force_login(a_user(dealer))
    return dealer


@pytest.fixture
def bring(relance, tmp_path: Path):
    """A feed with these lines of staff.csv."""

    def brought(*lines: str) -> str:
        folder = tmp_path / "feed"
        folder.mkdir(exist_ok=True)
        (folder / "staff.csv").write_text(FEED + "".join(lines))
        answer = relance("import", "north", folder)
        assert answer.status == 0, answer.err
        return answer.err + answer.out

    return brought


def one(dealer: Dealer, ref: str = "A12") -> Staff:
    return Staff.objects.of(dealer).get(ref=ref)


def saved(client: Client, number: int, **values: object) -> int:
    typed = {"name": "Alex Advisor", "email": "alex@feed.example", "mobile": "514-555-0101", "roles": ["advisor"]}
    return client.post(f"{HOME}{number}/save/", {"language": "en", **typed, **values}).status_code


def test_what_was_typed_stays_and_the_rest_follows_the_feed(client: Client, dealer: Dealer, bring) -> None:
    bring(ALEX)
    assert saved(client, one(dealer).pk, email="alex@own.example") == 302
    assert one(dealer).typed == {"email": "alex@own.example"}
    bring(ALEX.replace("Alex Advisor", "Alex A. Advisor").replace("alex@feed", "alex2@feed"))
    person = one(dealer)
    assert (person.name, person.email) == ("Alex A. Advisor", "alex@own.example")


def test_given_back_even_the_same_feed_speaks_again(client: Client, dealer: Dealer, bring) -> None:
    bring(ALEX)
    saved(client, one(dealer).pk, email="alex@own.example")
    client.post(f"{HOME}{one(dealer).pk}/give-back/")
    assert one(dealer).email == "alex@own.example"  # until a feed comes
    bring(ALEX)
    assert one(dealer).email == "alex@feed.example"


def test_the_same_feed_twice_changes_nothing_beside_what_was_typed(client: Client, dealer: Dealer, bring) -> None:
    bring(ALEX)
    saved(client, one(dealer).pk, name="Lex")
    bring(ALEX)
    assert one(dealer).name == "Lex"


def test_somebody_added_by_hand_keeps_what_was_typed_when_a_feed_brings_him(client, dealer: Dealer, bring) -> None:
    assert saved(client, 0, reference="A12", email="by@hand.example") == 302
    bring(ALEX)
    assert (one(dealer).email, Staff.objects.of(dealer).count()) == ("by@hand.example", 1)
    assert saved(client, 0, reference="a12") == 422


def test_who_is_retired_hears_nothing_until_he_works_here_again(client: Client, dealer: Dealer, bring) -> None:
    bring(ALEX)
    number = one(dealer).pk
    client.post(f"{HOME}{number}/retire/")
    bring(ALEX.replace("Alex Advisor", "Alex Still"))
    assert Roster(dealer).people("user:A12", {}) == []
    assert "No longer here" in client.get(HOME).content.decode()
    client.post(f"{HOME}{number}/bring-back/")
    assert Roster(dealer).people("user:A12", {}) == [one(dealer)]


def test_which_user_somebody_is_can_be_said(client: Client, dealer: Dealer, bring) -> None:
    bring(ALEX)
    a_user(dealer, email="alex@dealer.example", role="advisor")
    place = Membership.objects.of(dealer).get(user__email="alex@dealer.example")
    saved(client, one(dealer).pk, user=place.pk)
    place.refresh_from_db()
    assert place.reference == "A12"
    assert "signs in as" in client.get(HOME).content.decode()
    saved(client, one(dealer).pk, user="")
    place.refresh_from_db()
    assert place.reference == ""


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"name": " "}, "Enter the name"),
        ({"email": "alex at home"}, "not an e-mail address"),
        ({"mobile": "12"}, "cannot be called"),
        ({"reference": ""}, "Enter the reference"),
    ],
)
def test_a_fault_is_said_and_nothing_is_kept(client: Client, dealer: Dealer, typed: dict[str, str], says: str) -> None:
    answer = client.post(f"{HOME}0/save/", {"reference": "N1", "name": "Nell", **typed})
    assert (answer.status_code, says in answer.content.decode()) == (422, True)
    assert not Staff.objects.of(dealer).exists()


def test_the_log_has_what_changed(client: Client, dealer: Dealer, bring) -> None:
    bring(ALEX)
    saved(client, one(dealer).pk, email="alex@own.example")
    entry = AuditEntry.objects.of(dealer).get(act="staff")
    assert (entry.before, entry.after) == ({"email": "alex@feed.example"}, {"email": "alex@own.example"})
