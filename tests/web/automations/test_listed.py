"""The list, switching, the library, versions, and automations as a file."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from relance.dealers.models import Dealer
from relance.plan.apply import apply_definitions, export
from relance.plan.models import Automation, Sketch
from relance.plan.shipped import definition_for, definition_of
from tests.builders import A_DAY, a_dealer, a_message, a_user, an_automation
from tests.builders import a_customer as somebody
from tests.web.test_programmes import text_of

pytestmark = pytest.mark.django_db
HERE = "/d/north/automations/"


@pytest.fixture
def dealer(client: Client) -> Dealer:
    dealer = a_dealer()
    client.force_login(a_user(dealer))
    return dealer


def shipped(dealer: Dealer, code: str, **values: object) -> Automation:
    apply_definitions(dealer, [{**definition_of(code), **values}], at=A_DAY, by="test")
    return Automation.objects.of(dealer).get(code=code)


def test_a_new_dealer_is_led_to_the_library(client: Client, dealer: Dealer) -> None:
    assert "No automation is running yet" in text_of(client, HERE)


def test_the_list_says_what_speaks_and_what_is_paused(client: Client, dealer: Dealer) -> None:
    paused = an_automation(dealer, "J_CSI")
    Automation.objects.of(dealer).filter(pk=paused.pk).update(paused="no such rule")
    an_automation(dealer, "J_SIX", status="off")
    text = text_of(client, HERE)
    assert "1 is running" in text and "no such rule" in text
    assert "J_SIX" not in text_of(client, f"{HERE}?show=on") and "J_SIX" in text_of(client, f"{HERE}?show=off")


def test_what_was_sent_lately_is_counted(client: Client, dealer: Dealer) -> None:
    a_message(somebody(dealer), an_automation(dealer), state="sent")
    assert "1 sent in 30 days" in text_of(client, f"{HERE}?full=1")


def test_what_was_sent_follows_into_its_place(client: Client, dealer: Dealer) -> None:
    a_message(somebody(dealer), an_automation(dealer), state="sent")
    page = client.get(HERE).content.decode()
    assert f'hx-get="{HERE}?part=sent"' in page and 'id="sent-SR180"' in page and "sent in 30 days" not in page
    part = client.get(f"{HERE}?part=sent", headers={"HX-Request": "true"}).content.decode()
    assert part.count("hx-swap-oob") == 1 and 'id="sent-SR180"' in part and "1 sent in 30 days" in part


def test_switching_on_is_refused_with_every_reason(client: Client, dealer: Dealer) -> None:
    automation = an_automation(dealer, status="off", wording={"sms": {"en": {"body": "Come on [day]."}}})
    text = text_of(client, f"{HERE}SR180/switch/")
    assert "It cannot be switched on yet" in text and "[day]" in text
    assert "cannot be switched on" in client.post(f"{HERE}SR180/switched/", {"to": "on"}).content.decode()
    automation.refresh_from_db()
    assert automation.status == "off"


def test_switching_off_is_one_click(client: Client, dealer: Dealer) -> None:
    automation = shipped(dealer, "J_TOMORROW", status="on")
    client.post(f"{HERE}J_TOMORROW/switched/", {"to": "off"})
    automation.refresh_from_db()
    assert automation.status == "off"


def test_a_second_of_a_theme_names_the_first(client: Client, dealer: Dealer) -> None:
    shipped(dealer, "E01", status="on")
    shipped(dealer, "L_SERVICE")
    page = client.get(f"{HERE}L_SERVICE/switch/").content.decode()
    assert "E01) is about the same" in page and "would hear both" not in page
    assert f'hx-get="{HERE}L_SERVICE/switch/?part=E01"' in page
    part = client.get(f"{HERE}L_SERVICE/switch/?part=E01", headers={"HX-Request": "true"}).content.decode()
    assert "would hear both" in part and "about the same" not in part
    assert "would hear both" in text_of(client, f"{HERE}L_SERVICE/switch/?full=1")


def test_a_state_of_nobody_is_not_found(client: Client, dealer: Dealer) -> None:
    an_automation(dealer)
    assert client.post(f"{HERE}SR180/switched/", {"to": "loud"}).status_code == 404


def test_a_copy_is_a_sketch_with_a_code_of_its_own(client: Client, dealer: Dealer) -> None:
    shipped(dealer, "J_SIX", status="on")
    page = client.post(f"{HERE}J_SIX/copy/", follow=True).content.decode()
    assert "J_SIX_2" in page and "(copy)" in page
    assert Sketch.objects.of(dealer).get().entry["status"] == "off"


def test_the_library_finds_by_name_and_code(client: Client, dealer: Dealer) -> None:
    text = text_of(client, f"{HERE}library/?q=birthday")
    assert "P03" in text and "J_SIX" not in text
    assert "There is nothing by that name" in text_of(client, f"{HERE}library/?q=weather")


def test_an_entry_shows_its_rules_and_its_words(client: Client, dealer: Dealer) -> None:
    text = text_of(client, f"{HERE}library/J_UPSELL/")
    assert "14 days ago" in text and "Garage" in text


def test_an_entry_is_added_with_its_numbers(client: Client, dealer: Dealer) -> None:
    client.post(f"{HERE}library/J_UPSELL/add/", {"days": "21", "makes": "Mazda; Kia"})
    added = Automation.objects.of(dealer).get(code="J_UPSELL")
    assert added.status == "off" and "21" in str(added.definition["audience"]) and "Kia" in str(added.definition)


def test_a_number_that_cannot_be_is_said_and_nothing_is_added(client: Client, dealer: Dealer) -> None:
    answer = client.post(f"{HERE}library/J_UPSELL/add/", {"days": "soon"})
    assert answer.status_code == 422 and "a whole number is needed" in answer.content.decode()
    assert not Automation.objects.of(dealer).exists()


def test_an_entry_of_nobody_is_not_found(client: Client, dealer: Dealer) -> None:
    assert client.get(f"{HERE}library/NEVER/").status_code == 404


def test_a_version_says_what_changed_and_comes_back(client: Client, dealer: Dealer) -> None:
    shipped(dealer, "J_SIX")
    shipped(dealer, "J_SIX", name="Seven months")
    text = text_of(client, f"{HERE}J_SIX/versions/")
    assert "+name: Seven months" in text and "Version 2 in effect" in text
    answer = client.post(f"{HERE}J_SIX/versions/bring-back/", {"number": "1"}, follow=True)
    assert "Version 1 is in force again" in answer.content.decode()
    back = Automation.objects.of(dealer).get()
    assert (back.version, back.name) == (3, definition_of("J_SIX")["name"])


def test_a_version_of_nobody_is_not_found(client: Client, dealer: Dealer) -> None:
    shipped(dealer, "J_SIX")
    assert client.post(f"{HERE}J_SIX/versions/bring-back/", {"number": "9"}).status_code == 404


def test_a_file_says_first_what_it_would_do(client: Client, dealer: Dealer) -> None:
    shipped(dealer, "J_SIX")
    text = export(dealer).replace("code: J_SIX", "code: MINE")
    page = client.post(f"{HERE}file/apply/", {"text": text}).content.decode()
    assert "This is what the file would do" in page and Automation.objects.of(dealer).count() == 1
    client.post(f"{HERE}file/apply/", {"text": text, "sure": "1"})
    assert Automation.objects.of(dealer).filter(code="MINE").exists()


def test_a_file_may_be_chosen_instead_of_pasted(client: Client, dealer: Dealer) -> None:
    shipped(dealer, "J_SIX")
    file = SimpleUploadedFile("mine.yaml", export(dealer).encode())
    assert "as it is" in client.post(f"{HERE}file/apply/", {"file": file}).content.decode()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("automations: [", "is not YAML"),
        ("autos: []", "must begin with"),
        ("automations: [{code: X, colour: red}]", "colour"),
    ],
)
def test_a_file_that_cannot_be_understood_says_where(client: Client, dealer: Dealer, text: str, says: str) -> None:
    answer = client.post(f"{HERE}file/apply/", {"text": text})
    assert answer.status_code == 422 and says in answer.content.decode()


def test_the_file_of_all_is_read_back(client: Client, dealer: Dealer) -> None:
    shipped(dealer, "J_SIX")
    assert client.get(f"{HERE}file/all.yaml").content.decode() == export(dealer)


def test_in_quebec_an_entry_comes_with_its_wording_for_quebec(client: Client, dealer: Dealer) -> None:
    dealer.country, dealer.settings = "CA", {**dealer.settings, "region": "QC", "languages": ["fr", "en"]}
    dealer.save()
    client.post(f"{HERE}library/V04/add/", {"days": "60"})
    added = Automation.objects.of(dealer).get(code="V04").definition
    assert added["wording"] == definition_for(dealer, "V04")["wording"] != definition_of("V04")["wording"]
