"""Senders and feeds on the desk: secrets are only written, a test goes out, a feed is brought whole or not at all."""

import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings

from relance.dealers.models import AuditEntry, Dealer, User
from relance.delivery.channel import Sending
from relance.delivery.channels.email.provider_table import PROVIDERS
from relance.delivery.models import Sender
from relance.delivery.safety import trouble
from relance.delivery.senders import keep_sender, sending_of
from relance.delivery.senders.trial import send_test
from relance.delivery.senders.ways import file_sending
from relance.intake.models import ImportRun
from relance.jobs.inbox import Inbox
from relance.lib import clock
from tests.builders import A_DAY, a_dealer, a_user
from tests.delivery.mail_server import Mailbox, mail_server

pytestmark = pytest.mark.django_db
SENDERS, FEEDS = "/d/north/settings/senders/", "/d/north/settings/feeds/"
SECRET = "very secret indeed"


@pytest.fixture
def dealer(client: Client, settings: Any, tmp_path: Path) -> Dealer:
    settings.HOME = tmp_path
    dealer = a_dealer("north")
    client.force_login(a_user(dealer))
    return dealer


def test_a_sender_is_kept_and_its_secret_never_shown(client: Client, dealer: Dealer) -> None:
    client.post(f"{SENDERS}email/", {"url": "smtp://desk@mail.dealer.example:587", "secret-password": SECRET})
    sending = sending_of(dealer, "email")
    assert (sending.kind, sending.settings["host"], sending.secrets["password"]) == (
        "smtp",
        "mail.dealer.example",
        SECRET,
    )
    page = client.get(SENDERS).content.decode()
    assert "mail.dealer.example" in page and "stored, never shown" in page and SECRET not in page
    assert SECRET not in str(list(AuditEntry.objects.of(dealer).values()))


def test_a_secret_left_empty_stays_as_it_was(client: Client, dealer: Dealer) -> None:
    client.post(f"{SENDERS}email/", {"url": "smtp://desk@one.example:587", "secret-password": SECRET})
    client.post(f"{SENDERS}email/", {"url": "smtp://desk@one.example:587?rate=5", "secret-password": ""})
    sending = sending_of(dealer, "email")
    assert (sending.settings["rate"], sending.secrets["password"]) == ("5", SECRET)


@pytest.mark.parametrize("url", ["smtp://desk@two.example:587", "smtp://desk@one.example:587?tls=none"])
def test_a_stored_secret_goes_nowhere_else_unless_it_is_typed_again(client: Client, dealer: Dealer, url: str) -> None:
    client.post(f"{SENDERS}email/", {"url": "smtp://desk@one.example:587", "secret-password": SECRET})
    answer = client.post(f"{SENDERS}email/", {"url": url, "secret-password": ""})
    assert answer.status_code == 422 and "enter the secret again" in answer.content.decode()
    assert sending_of(dealer, "email").settings["host"] == "one.example"
    client.post(f"{SENDERS}email/", {"url": url, "secret-password": "another"})
    assert sending_of(dealer, "email").secrets["password"] == "another"


@pytest.mark.parametrize(
    ("channel", "url", "says"),
    [
        ("email", "smtp://", "the host is missing"),
        ("email", "carrier-pigeon://", "unknown kind of sender"),
        ("email", "smtp://desk:open@mail.example", "Enter the password in its own field"),
        ("email", "smtp://mail.example?ca=/etc/passwd", "refers to a file on the server"),
        ("sms", "gateway:/etc/passwd", "refers to a file on the server"),
        ("sms", "smtp://mail.example", "cannot send on this channel"),
        ("email", "smtp://mail.example?from=not+an+address", "cannot stand as sender"),
        ("sms", "twilio://AC1@?from=514-555-0100-0000", "cannot stand as sender"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_changes(
    client: Client, dealer: Dealer, channel: str, url: str, says: str
) -> None:
    answer = client.post(f"{SENDERS}{channel}/", {"url": url})
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert sending_of(dealer, channel).kind == "file"


def test_a_check_says_what_is_in_the_way(client: Client, dealer: Dealer) -> None:
    sending = Sending("smtp", {"host": "127.0.0.1", "port": 9, "tls": "none"})
    keep_sender(dealer, "email", sending, at=A_DAY)  # by the operator
    page = client.post(f"{SENDERS}email/check/").content.decode()
    assert 'role="alert"' in page and "127.0.0.1" in page


def test_a_test_that_a_provider_took_is_to_be_looked_for_there(client: Client, dealer: Dealer) -> None:
    with mail_server(Mailbox()) as box:
        sending = Sending("smtp", {"host": "127.0.0.1", "port": box.port, "tls": "none"})
        keep_sender(dealer, "email", sending, at=A_DAY)  # by the operator
        page = client.post(f"{SENDERS}email/test/", {"address": "kim@dealer.example"}).content.decode()
    assert "check that it arrives" in page and box.recipients == ["kim@dealer.example"]


def test_a_test_message_goes_out_and_is_kept_nowhere(client: Client, dealer: Dealer, tmp_path: Path) -> None:
    page = client.post(f"{SENDERS}email/test/", {"address": "kim@dealer.example"}).content.decode()
    assert "no sender is set up for this channel yet" in page
    assert [path.suffix for path in (tmp_path / "sent" / "north").rglob("*") if path.is_file()] == [".eml"]
    assert "is not an e-mail address" in client.post(f"{SENDERS}email/test/", {"address": "kim"}).content.decode()


def a_file(name: str = "customers.csv", content: bytes = b"id,first_name\nC1,Ann\n,Nobody\n") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def a_zip() -> bytes:
    held = BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("customers.csv", "id,first_name\nC2,Bob\n")
    return held.getvalue()


def test_a_feed_that_is_brought_is_taken_in_by_the_clockwork(client: Client, dealer: Dealer) -> None:
    assert client.post(f"{FEEDS}bring/", {"files": [a_file()]}).status_code == 302
    assert "1 feed is waiting" in client.get(FEEDS).content.decode()
    Inbox().look(clock.now())
    run = ImportRun.objects.of(dealer).get()
    page = client.get(FEEDS).content.decode()
    assert "2 rows read" in page and "1 rejected" in page and "is waiting to be" not in page
    rejects = client.get(f"{FEEDS}{run.pk}/rejects/")
    assert b"Nobody" in b"".join(rejects.streaming_content)  # type: ignore[attr-defined]


def test_a_zip_is_taken_too(client: Client, dealer: Dealer) -> None:
    client.post(f"{FEEDS}bring/", {"files": [a_file("../../Feed of May.zip", a_zip())]})
    Inbox().look(clock.now())
    assert ImportRun.objects.of(dealer).get().files[0]["inserted"] == 1


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ([], "Choose a .zip"),
        ([a_file("feed.exe")], "neither a .zip nor a .csv"),
        ([a_file("feed.zip", b"no zip")], "is named .zip but is not a zip file"),
        ([a_file(), a_file("feed.zip", a_zip())], "Upload a .zip on its own"),
    ],
)
def test_what_is_no_feed_is_refused_and_leaves_nothing(
    client: Client, dealer: Dealer, tmp_path: Path, files: list[SimpleUploadedFile], says: str
) -> None:
    answer = client.post(f"{FEEDS}bring/", {"files": files})
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert not (tmp_path / "inbox").exists()


def test_rejects_outside_the_home_are_not_given(client: Client, dealer: Dealer) -> None:
    run = ImportRun.objects.create(dealer=dealer, feed="x", started_at=A_DAY, rejects="/etc/passwd")
    assert client.get(f"{FEEDS}{run.pk}/rejects/").status_code == 404


@pytest.mark.parametrize("kind", PROVIDERS)
def test_each_provider_has_a_form_of_its_own_and_is_kept_with_its_secrets(
    client: Client, dealer: Dealer, kind: str
) -> None:
    row = PROVIDERS[kind]
    page = client.get(f"{SENDERS}?channel=email&scheme={kind}").content.decode()
    typed = {part: f"{part}.example" for part in row.place} | {
        f"secret-{name}": f"{name}-{SECRET}" for name in row.secrets
    }
    for name in (*typed, "from"):
        assert f'name="{name}"' in page
    client.post(f"{SENDERS}email/", {"scheme": kind, "from": "desk@north.example", **typed})
    sending = sending_of(dealer, "email")
    assert (sending.kind, sending.settings["from"]) == (kind, "desk@north.example")
    assert {place.name for place in row.place.values()} <= sending.settings.keys()
    assert {name: sending.secrets[name] for name in row.secrets} == {n: f"{n}-{SECRET}" for n in row.secrets}
    again = client.get(SENDERS).content.decode()
    assert SECRET not in again and "desk@north.example" in again


def test_the_address_for_a_providers_reports_is_shown_when_it_is_saved(
    client: Client, dealer: Dealer, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(settings.ENVIRONMENT, "RELANCE_URL", "https://relance.example")
    page = client.post(f"{SENDERS}email/", {"scheme": "resend", "secret-password": SECRET}).content.decode()
    assert f"https://relance:{sending_of(dealer, 'email').secrets['webhook']}@relance.example/hooks/" in page
    assert "relance.example/hooks/" not in client.get(SENDERS).content.decode()


def test_what_was_typed_stays_when_something_is_wrong(client: Client, dealer: Dealer) -> None:
    answer = client.post(
        f"{SENDERS}email/", {"scheme": "mailgun", "from": "kim@north.example", "secret-password": SECRET}
    )
    page = answer.content.decode()
    assert answer.status_code == 422 and "the domain is missing" in page
    assert "kim@north.example" in page and SECRET not in page
    assert sending_of(dealer, "email").kind == "file"


def test_a_sender_goes_back_to_files(client: Client, dealer: Dealer) -> None:
    client.post(f"{SENDERS}email/", {"scheme": "brevo", "secret-password": SECRET})
    assert 'value="file"' in client.get(f"{SENDERS}?channel=email&scheme=").content.decode()
    client.post(f"{SENDERS}email/", {"url": "file"})
    assert sending_of(dealer, "email").kind == "file"


def test_a_sender_that_stands_still_says_so_in_the_readers_language(client: Client, dealer: Dealer) -> None:
    trouble.closed(dealer, "email", because="mail.example:587 does not take user and password: 535 no", at=A_DAY)
    page = client.get(SENDERS).content.decode()
    assert "stands still" in page and "Mail.example:587 does not accept our user name and password" in page
    User.objects.update(language="et")
    page = client.get("/d/north/outbox/").content.decode()
    assert "Mail.example:587 ei võta vastu meie kasutajanime ja parooli" in page and "535 no" in page


def test_a_check_that_goes_well_ends_the_trouble(client: Client, dealer: Dealer) -> None:
    trouble.closed(dealer, "email", because="the folder /x cannot be written: No space left on device", at=A_DAY)
    assert "It works." in client.post(f"{SENDERS}email/check/").content.decode()
    assert trouble.troubles_of(dealer) == []


def test_secrets_sealed_by_another_server_are_said_and_break_no_page(
    client: Client, dealer: Dealer, settings: Any
) -> None:
    client.post(f"{SENDERS}email/", {"url": "smtp://desk@one.example:587", "secret-password": SECRET})
    Sender.objects.of(dealer).update(secrets=b"sealed elsewhere")
    for what in ("check", "test"):
        page = client.post(f"{SENDERS}email/{what}/", {"address": "kim@dealer.example"}).content.decode()
        assert 'role="alert"' in page


def test_a_gateway_that_a_file_set_up_is_what_is_chosen_and_not_files(client: Client, dealer: Dealer) -> None:
    keep_sender(dealer, "sms", Sending("gateway", {"form": {"url": "https://gateway.example"}}, {}), at=A_DAY)
    page = client.get(SENDERS).content.decode()
    assert '<option value="gateway" selected>' in page
    client.post(f"{SENDERS}sms/", {"url": "file"})
    assert '<option value="gateway" selected>' not in client.get(SENDERS).content.decode()


@pytest.mark.parametrize(("language", "begins"), [("en", "Test message: "), ("fr", "Message d’essai : ")])
def test_a_test_by_text_begins_as_its_language_writes_it(language: str, begins: str, tmp_path: Path) -> None:
    dealer = a_dealer(language=language)
    keep_sender(dealer, "sms", file_sending("sms"), at=A_DAY)
    with override_settings(HOME=tmp_path):
        send_test(dealer, "sms", "+15145550123", at=A_DAY)
    (file,) = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert begins in file.read_text()
