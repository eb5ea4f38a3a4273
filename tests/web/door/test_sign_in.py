"""The door: password, one-time link, language, out."""

import pytest
from django.test import Client

from relance.dealers.models import Membership, User
from relance.dealers.sign_in import sign_in_path, use_up, user_of_link
from relance.lib import clock
from tests.builders import a_dealer, a_user

pytestmark = pytest.mark.django_db
RIGHT = {"email": "manager@dealer.example", "password": "a long password"}


def test_the_right_password_leads_to_the_first_dealer(client: Client) -> None:
    a_user(a_dealer("north"))
    answer = client.post("/sign-in/", RIGHT, follow=True)
    assert answer.redirect_chain[-1] == ("/d/north/programmes/", 302)


def test_the_address_may_be_written_in_any_case(client: Client) -> None:
    a_user(a_dealer("north"))
    assert client.post("/sign-in/", {**RIGHT, "email": "Manager@Dealer.example"}).status_code == 302


def test_a_wrong_password_says_so_and_keeps_the_address(client: Client) -> None:
    a_user(a_dealer("north"))
    page = client.post("/sign-in/", {**RIGHT, "password": "wrong"}).content.decode()
    assert "do not match" in page
    assert 'value="manager@dealer.example"' in page


def test_an_unknown_address_answers_like_a_wrong_password(client: Client) -> None:
    a_user(a_dealer("north"))
    known = client.post("/sign-in/", {"email": "manager@dealer.example", "password": "wrong"})
    unknown = client.post("/sign-in/", {"email": "nobody@dealer.example", "password": "wrong"})
    assert known.content.count(b"do not match") == unknown.content.count(b"do not match") == 1


@pytest.mark.parametrize("onward", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_the_way_onward_stays_in_the_house(client: Client, onward: str) -> None:
    a_user(a_dealer("north"))
    assert client.post("/sign-in/", {**RIGHT, "next": onward})["Location"] == "/"


def test_a_link_is_not_used_up_by_looking_at_it(client: Client) -> None:
    user = a_user(a_dealer("north"))
    path = sign_in_path(user)
    client.get(path)
    client.get(path)
    assert client.post(path).status_code == 302
    assert client.get("/d/north/programmes/").status_code == 200


def test_a_link_works_once(client: Client) -> None:
    path = sign_in_path(a_user(a_dealer("north")))
    client.post(path)
    again = Client().post(path)
    assert "no longer works" in again.content.decode()


def test_a_link_is_claimed_by_one_of_two_at_once() -> None:
    user = a_user(a_dealer("north"))
    same = User.objects.get(pk=user.pk)
    assert use_up(user, at=clock.now())
    assert not use_up(same, at=clock.now())


@pytest.mark.parametrize(
    "path", ["/sign-in/link/1/abc-def/", "/sign-in/link/zzzzzzzzzzzzzzzz/x/", "/sign-in/link/é/x/"]
)
def test_a_made_up_link_says_so(client: Client, path: str) -> None:
    assert "no longer works" in client.get(path).content.decode()


def test_a_link_may_set_the_password(client: Client) -> None:
    user = a_user(a_dealer("north"))
    client.post(sign_in_path(user), {"password": "four words like these"})
    assert Client().post("/sign-in/", {**RIGHT, "password": "four words like these"}).status_code == 302


def test_a_weak_password_is_refused_and_the_link_stays(client: Client) -> None:
    user = a_user(a_dealer("north"))
    page = client.post(sign_in_path(user), {"password": "short"}).content.decode()
    assert "12 characters" in page
    assert user_of_link(*sign_in_path(user).split("/")[3:5]) == user


def test_signing_out_ends_the_session(client: Client) -> None:
    client.force_login(a_user(a_dealer("north")))
    client.post("/sign-out/")
    assert client.get("/d/north/programmes/").status_code == 302


def test_signing_out_needs_a_click(client: Client) -> None:
    client.force_login(a_user(a_dealer("north")))
    assert client.get("/sign-out/").status_code == 405


def test_the_language_is_kept_with_the_user(client: Client) -> None:
    user = a_user(a_dealer("north"))
    client.force_login(user)
    client.post("/language/", {"language": "et", "next": "/d/north/outbox/"})
    user.refresh_from_db()
    assert user.language == "et"
    assert "Väljuvad" in client.get("/d/north/outbox/", headers={"accept-language": "fr"}).content.decode()


def test_an_unknown_language_changes_nothing(client: Client) -> None:
    user = a_user(a_dealer("north"))
    client.force_login(user)
    client.post("/language/", {"language": "xx"})
    user.refresh_from_db()
    assert user.language == ""


def test_the_sign_in_speaks_the_browsers_language(client: Client) -> None:
    assert "Logi sisse" in client.get("/sign-in/", headers={"accept-language": "et"}).content.decode()


def test_who_has_no_dealer_is_told_what_to_do(client: Client) -> None:
    client.force_login(a_user())
    assert "No dealer yet" in client.get("/").content.decode()


def test_who_has_several_dealers_begins_where_he_was_last(client: Client) -> None:
    north, south = a_dealer("north", name="A North"), a_dealer("south", name="B South")
    user = a_user(north)
    Membership.objects.create(dealer=south, user=user, role="crm_manager")
    client.force_login(user)
    assert client.get("/").headers["Location"] == "/d/north/programmes/"
    client.get("/d/south/outbox/")
    client.logout()
    answer = client.post("/sign-in/", RIGHT, follow=True)
    assert answer.redirect_chain[-1][0] == "/d/south/programmes/"


def test_who_is_let_go_where_he_was_last_begins_at_another(client: Client) -> None:
    north, south = a_dealer("north"), a_dealer("south")
    user = a_user(north)
    place = Membership.objects.create(dealer=south, user=user, role="crm_manager")
    client.force_login(user)
    client.get("/d/south/outbox/")
    place.delete()
    assert client.get("/").headers["Location"] == "/d/north/programmes/"
