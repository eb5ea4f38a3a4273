"""People and roles on the desk: invited, changed, suspended and let in again; never anybody of another dealer."""

import re

import pytest
from django.conf import settings
from django.test import Client

from relance.dealers.models import AuditEntry, Dealer, Invitation, Membership, User
from tests.builders import a_dealer, a_user

pytestmark = pytest.mark.django_db
NEW = "new@dealer.example"


@pytest.fixture
def dealer(client: Client) -> Dealer:
    dealer = a_dealer("north")
    client.force_login(a_user(dealer))
    return dealer


def invited(client: Client, email: str = NEW, role: str = "advisor") -> str:
    """The path of the link, as the inviter sees it."""
    client.post("/d/north/settings/people/invite/", {"email": email, "role": role, "reference": "A7"})
    page = client.get("/d/north/settings/people/").content.decode()
    found = re.search(r"/invitation/[\w-]+/", page)
    assert found
    return found.group()


def place_of(dealer: Dealer, email: str) -> Membership:
    return Membership.objects.of(dealer).get(user__email=email)


def test_an_invitation_is_taken_by_its_link(client: Client, dealer: Dealer) -> None:
    link = invited(client)
    new = Client()
    assert "Service advisor" in new.get(link).content.decode()
    answer = new.post(link, {"name": "Nell New", "password": "four words like these"}, follow=True)
    assert answer.redirect_chain[-1] == ("/d/north/programmes/", 302)
    place = place_of(dealer, NEW)
    assert (place.role, place.reference, place.user.name) == ("advisor", "A7", "Nell New")


def test_looking_at_the_link_does_not_use_it_up(client: Client, dealer: Dealer) -> None:
    link = invited(client)
    for _ in range(3):
        Client().get(link)
        Client().head(link)
    assert Invitation.objects.of(dealer).get().ended_at is None


def test_a_link_works_once_and_is_shown_once(client: Client, dealer: Dealer) -> None:
    link = invited(client)
    assert link not in client.get("/d/north/settings/people/").content.decode()
    Client().post(link, {"name": "Nell", "password": "four words like these"})
    again = Client().post(link, {"name": "Eve", "password": "four words like these"})
    assert "no longer works" in again.content.decode()


def test_the_link_is_not_in_the_database(client: Client, dealer: Dealer) -> None:
    token = invited(client).split("/")[2]
    assert token not in str(Invitation.objects.of(dealer).values().get())
    assert token not in str(list(AuditEntry.objects.of(dealer).values()))


def test_the_invitation_goes_out_by_the_dealer_s_sender(client: Client, dealer: Dealer) -> None:
    link = invited(client)
    mails = [p.read_text("utf-8") for p in (settings.HOME / "sent" / "north").rglob("*.eml") if p.is_file()]
    mine = [mail for mail in mails if NEW in mail]
    assert any(link[:20] in mail.replace("=\n", "").replace("=\r\n", "") for mail in mine)
    assert not any("List-Unsubscribe" in mail for mail in mine)


def test_where_no_mail_server_is_set_up_the_inviter_is_told_to_pass_the_link_on(client: Client, dealer: Dealer) -> None:
    page = client.post(
        "/d/north/settings/people/invite/", {"email": NEW, "role": "advisor"}, follow=True
    ).content.decode()
    assert f"The invitation to {NEW} could not be sent: no mail server is set up yet" in page


def test_who_has_an_account_takes_the_place_and_signs_in_as_ever(client: Client, dealer: Dealer) -> None:
    a_user(a_dealer("south"), email=NEW)
    link = invited(client)
    visitor = Client()
    assert visitor.post(link)["Location"] == "/sign-in/"
    assert visitor.get("/d/north/outbox/").status_code == 302
    assert place_of(dealer, NEW).role == "advisor"
    assert User.objects.get(email=NEW).check_password("a long password")


def test_a_weak_password_leaves_the_invitation_open(client: Client, dealer: Dealer) -> None:
    link = invited(client)
    page = Client().post(link, {"name": "Nell", "password": "short"})
    assert page.status_code == 422
    assert 'value="Nell"' in page.content.decode()
    assert Invitation.objects.of(dealer).get().ended_at is None


@pytest.mark.parametrize(
    ("email", "role", "says"),
    [
        ("nobody", "advisor", "is not an e-mail address"),
        (NEW, "owner", "Choose a role"),
        ("manager@dealer.example", "advisor", "already has access"),
    ],
)
def test_a_bad_invitation_says_what_is_wrong_and_keeps_what_was_typed(
    client: Client, dealer: Dealer, email: str, role: str, says: str
) -> None:
    answer = client.post("/d/north/settings/people/invite/", {"email": email, "role": role})
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert f'value="{email}"' in answer.content.decode()
    assert not Invitation.objects.of(dealer).exists()


def test_an_invitation_is_taken_back(client: Client, dealer: Dealer) -> None:
    link = invited(client)
    client.post(f"/d/north/settings/people/invitations/{Invitation.objects.of(dealer).get().pk}/end/")
    assert "no longer works" in Client().get(link).content.decode()


def test_a_role_is_changed_and_stands_in_the_log(client: Client, dealer: Dealer) -> None:
    a_user(dealer, email=NEW, role="advisor")
    place = place_of(dealer, NEW)
    client.post(f"/d/north/settings/people/{place.pk}/", {"role": "service_manager", "reference": "M1"})
    assert place_of(dealer, NEW).role == "service_manager"
    entry = AuditEntry.objects.of(dealer).get(act="user_changed")
    assert (entry.before["role"], entry.after["role"]) == ("advisor", "service_manager")


def test_the_last_crm_manager_stays(client: Client, dealer: Dealer) -> None:
    place = place_of(dealer, "manager@dealer.example")
    for act in ("", "suspend/"):
        answer = client.post(f"/d/north/settings/people/{place.pk}/{act}", {"role": "advisor"})
        assert answer.status_code == 422
        assert "Someone has to be in charge" in answer.content.decode()
    assert place_of(dealer, "manager@dealer.example").role == "crm_manager"


def test_who_is_suspended_is_out_and_comes_back(client: Client, dealer: Dealer) -> None:
    user = a_user(dealer, email=NEW, role="advisor")
    place = place_of(dealer, NEW)
    other = Client()
    other.force_login(user)
    assert other.get("/d/north/outbox/").status_code == 200
    client.post(f"/d/north/settings/people/{place.pk}/suspend/")
    assert other.get("/d/north/outbox/").status_code == 302
    client.post(f"/d/north/settings/people/{place.pk}/readmit/")
    other.force_login(User.objects.get(pk=user.pk))
    assert other.get("/d/north/outbox/").status_code == 200


def test_nobody_of_another_dealer_is_reached(client: Client, dealer: Dealer) -> None:
    south = a_dealer("south")
    a_user(south, email=NEW, role="advisor")
    place = place_of(south, NEW)
    for act in ("", "suspend/", "readmit/"):
        assert client.post(f"/d/north/settings/people/{place.pk}/{act}", {"role": "crm_manager"}).status_code == 404
    assert place_of(south, NEW).role == "advisor"
    assert NEW not in client.get("/d/north/settings/people/").content.decode()
