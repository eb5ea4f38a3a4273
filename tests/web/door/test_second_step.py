"""The second step: a code besides the password, recovery codes, and who must have it."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core.cache import cache
from django.test import Client

from relance.dealers.models import AuditEntry, Dealer, User
from relance.dealers.sign_in import sign_in_path
from relance.dealers.two_step import is_right, new_secret, recovery_codes, switch_on
from relance.lib import clock
from tests.builders import a_dealer, a_user

pytestmark = pytest.mark.django_db
RIGHT = {"email": "manager@dealer.example", "password": "a long password"}
SECRET = new_secret()


def code_of(secret: str, *, steps: int = 0) -> str:
    """What an authenticator app shows."""
    return str(format_hotp_value(hotp_value(secret, int(clock.now().timestamp()) // 30 + steps)))


@pytest.fixture
def user() -> User:
    cache.clear()  # codes that were used
    user = a_user(a_dealer("north"))
    assert switch_on(user, SECRET, code_of(SECRET, steps=-1))
    return user


def test_the_password_alone_lets_nobody_in(client: Client, user: User) -> None:
    assert client.post("/sign-in/", {**RIGHT, "next": "/d/north/outbox/"})["Location"] == "/sign-in/code/"
    assert client.get("/d/north/outbox/").status_code == 302
    answer = client.post("/sign-in/code/", {"code": code_of(SECRET)})
    assert answer["Location"] == "/d/north/outbox/"
    assert client.get("/d/north/outbox/").status_code == 200


def test_a_code_works_once(user: User) -> None:
    code = code_of(SECRET)
    assert is_right(user, code)
    assert not is_right(user, code)


def test_a_wrong_code_says_what_may_be_wrong(client: Client, user: User) -> None:
    client.post("/sign-in/", RIGHT)
    assert "phone’s clock" in client.post("/sign-in/code/", {"code": "000000"}).content.decode()
    assert client.get("/d/north/outbox/").status_code == 302


def test_codes_cannot_be_guessed_either(client: Client, user: User) -> None:
    client.post("/sign-in/", RIGHT)
    pages = [client.post("/sign-in/code/", {"code": f"{n:06}"}).content.decode() for n in range(21)]
    assert "Too many attempts" in pages[-1]
    assert client.post("/sign-in/code/", {"code": code_of(SECRET)}).status_code == 200


def test_a_recovery_code_works_once(client: Client, user: User) -> None:
    code = recovery_codes(user)[0]
    client.post("/sign-in/", RIGHT)
    assert client.post("/sign-in/code/", {"code": f" {code[:4]} {code[4:]} "}).status_code == 302
    assert code not in recovery_codes(user)
    assert not is_right(user, code)


def test_without_the_password_before_there_is_no_code_page(client: Client, user: User) -> None:
    assert client.get("/sign-in/code/")["Location"] == "/sign-in/"
    assert client.post("/sign-in/code/", {"code": code_of(SECRET)})["Location"] == "/sign-in/"


def test_a_one_time_link_asks_for_the_code_too(client: Client, user: User) -> None:
    assert client.post(sign_in_path(user))["Location"] == "/sign-in/code/"


def test_the_secret_is_sealed_in_the_database(user: User) -> None:
    stored = str(list(Authenticator.objects.filter(user=user).values_list("data", flat=True)))
    assert SECRET not in stored
    assert recovery_codes(user)[0] not in stored


def test_it_is_switched_on_with_a_square_and_a_code(client: Client) -> None:
    cache.clear()
    client.force_login(a_user(a_dealer("north")))
    page = client.get("/me/second-step/").content.decode()
    assert "<svg" in page
    assert "style=" not in page
    secret = client.session["new-secret"]
    assert "not correct" in client.post("/me/second-step/", {"code": "000000"}).content.decode()
    assert client.post("/me/second-step/", {"code": code_of(secret)})["Location"] == "/me/codes/"
    assert client.get("/me/codes/").content.decode().count("<li><code>") == 10


def test_switching_it_off_needs_a_code(client: Client, user: User) -> None:
    client.post("/sign-in/", RIGHT)
    client.post("/sign-in/code/", {"code": code_of(SECRET)})
    assert client.post("/me/second-step/off/", {"code": "000000"}).status_code == 422
    assert client.post("/me/second-step/off/", {"code": recovery_codes(user)[0]}).status_code == 302
    assert not Authenticator.objects.filter(user=user).exists()


def test_a_dealer_may_ask_for_it(client: Client) -> None:
    dealer = a_dealer("north", two_steps="crm_managers")
    client.force_login(a_user(dealer))
    assert client.get("/d/north/outbox/")["Location"] == "/me/second-step/"
    client.force_login(a_user(dealer, email="advisor@dealer.example", role="advisor"))
    assert client.get("/d/north/outbox/").status_code == 200


def test_it_stands_in_the_audit_log(client: Client, user: User) -> None:
    client.post("/sign-in/", RIGHT)
    client.post("/sign-in/code/", {"code": "000000"})
    client.post("/sign-in/code/", {"code": code_of(SECRET)})
    acts = AuditEntry.objects.of(Dealer.objects.get()).order_by("number").values_list("act", "what")
    assert list(acts) == [("sign_in_refused", "code"), ("sign_in", "two steps")]
