"""Settings on the desk: every setting has its field, a bad one says what to write, a change can be taken back."""

from typing import Any

import pytest
from django.test import Client
from django.utils.translation import override

from relance.dealers.house import House
from relance.dealers.models import AuditEntry, Dealer, SettingsVersion
from relance.web.desk.settings.field import KINDS, kind_of, leaves
from relance.web.desk.settings.words import SECTIONS, TITLES
from tests.builders import a_customer, a_dealer, a_user, an_appointment

pytestmark = pytest.mark.django_db
LEAVES = leaves(House)


@pytest.fixture
def dealer(client: Client) -> Dealer:
    dealer = a_dealer("north", owner="Robin Keeper", languages=["en", "fr"])
    client.force_login(a_user(dealer))
    return dealer


def now(dealer: Dealer) -> Dealer:
    return Dealer.objects.get(pk=dealer.pk)


def form(client: Client, section: str) -> dict[str, Any]:
    """What the form of a section would post as it stands."""
    page = client.get(f"/d/north/settings/of/{section}/")
    posted: dict[str, Any] = {}
    for field in page.context["fields"]:
        match field.kind:
            case "tick":
                posted |= {field.path: "on"} if field.shown else {}
            case "week":
                days = field.shown or {}
                posted |= {f"{field.path}.always": "1"} if field.shown is None else {}
                posted |= {f"{field.path}.{day}.{end}": at for day, ends in days.items() for end, at in ends.items()}
            case "span" | "cap":
                posted |= {f"{field.path}.{name}": value for name, value in field.shown.items()}
            case "codes":
                posted[f"{field.path}.code"] = [code for code, _number, _word in field.codes]
                posted[f"{field.path}.word"] = [word for _code, _number, word in field.codes]
            case _:
                posted[field.path] = field.shown
    return posted


def post(client: Client, section: str, **changes: Any) -> Any:
    typed = {**form(client, section), **{path.replace("__", "."): value for path, value in changes.items()}}
    return client.post(f"/d/north/settings/of/{section}/save/", typed)


def test_every_setting_stands_in_one_section_with_a_title_a_sentence_and_a_kind() -> None:
    placed = [path for section in SECTIONS for path in section.paths]
    assert sorted(placed) == sorted(LEAVES)
    assert set(TITLES) == set(LEAVES)
    for path, field in LEAVES.items():
        assert field.description, path
        assert kind_of(path, field.annotation) in KINDS


@pytest.mark.parametrize("section", [section.name for section in SECTIONS])
def test_saving_a_form_as_it_stands_changes_nothing(client: Client, dealer: Dealer, section: str) -> None:
    before = dealer.settings
    assert post(client, section).status_code == 302
    assert House.model_validate({**now(dealer).settings, "name": "x", "timezone": "UTC"}) == House.model_validate(
        {**before, "name": "x", "timezone": "UTC"}
    )


def test_a_change_is_saved_noted_and_kept_as_a_version(client: Client, dealer: Dealer) -> None:
    assert post(client, "dealer", owner="Nell Keeper", name="North & Sons").status_code == 302
    assert (now(dealer).name, now(dealer).preferences.owner) == ("North & Sons", "Nell Keeper")
    entry = AuditEntry.objects.of(dealer).get(act="settings")
    assert entry.before == {"owner": "Robin Keeper", "name": "North Garage"}
    assert entry.after == {"owner": "Nell Keeper", "name": "North & Sons"}
    page = client.get("/d/north/settings/earlier/").content.decode()
    assert "Robin Keeper" in page and "Nell Keeper" in page


def test_a_change_is_taken_back(client: Client, dealer: Dealer) -> None:
    post(client, "dealer", owner="Nell Keeper")
    client.post("/d/north/settings/earlier/1/bring-back/")
    assert now(dealer).preferences.owner == "Robin Keeper"
    assert SettingsVersion.objects.of(dealer).count() == 3


@pytest.mark.parametrize(
    ("section", "changes", "says"),
    [
        ("dealer", {"timezone": "America/Torronto"}, "did you mean"),
        ("dealer", {"country": "Canada"}, "This cannot be used"),
        ("dealer", {"name": ""}, "This cannot be used"),
        ("hours", {"closed_days__own": "2026-12-24\nChristmas"}, "Write one day on each line"),
        ("hours", {"quiet_hours__may_send__opens": "21:00"}, "must be later than opens"),
        ("hours", {"closed_days__public_holidays": "Chrismas Day"}, "did you mean"),
        ("guards", {"attribution_days": "many"}, "Write a number within the bounds. Found: many"),
        ("guards", {"attribution_days": "1000"}, "Write a number within the bounds"),
        ("contact", {"frequency_cap__messages": "0"}, "Write two whole numbers"),
        ("contact", {"consent_regime": "mars"}, "Choose one of the list"),
        ("paper", {"paper__colour": "blue"}, "This cannot be used"),
        ("facts", {"accessories": "\n".join(f"A{n} = Thing" for n in range(11))}, "at most ten"),
    ],
)
def test_what_cannot_be_is_said_beside_it_and_nothing_is_lost(
    client: Client, dealer: Dealer, section: str, changes: dict[str, str], says: str
) -> None:
    answer = post(client, section, **changes)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert says in page
    for typed in changes.values():
        assert not typed or typed.splitlines()[-1].strip() in page
    assert now(dealer).settings == dealer.settings
    assert not SettingsVersion.objects.of(dealer).exists()


def test_hours_per_weekday_and_none_at_all(client: Client, dealer: Dealer) -> None:
    changes = {"opening_hours__mon__opens": "08:00", "opening_hours__mon__closes": "18:00", "opening_hours__always": ""}
    post(client, "hours", **changes)
    hours = now(dealer).preferences.opening_hours
    assert hours is not None and set(hours) == {"mon"}
    post(client, "hours", opening_hours__always="1")
    assert now(dealer).preferences.opening_hours is None


def test_raw_codes_stand_there_with_their_number(client: Client, dealer: Dealer) -> None:
    for _ in range(3):
        an_appointment(a_customer(dealer), "2026-05-09T10:00", raw_status="XB7")
    page = client.get("/d/north/settings/of/facts/").content.decode()
    assert "XB7" in page and "3 times" in page
    path = "status_map__appointment"
    post(client, "facts", **{f"{path}__code": ["XB7"], f"{path}__word": ["canceled"]})
    assert now(dealer).preferences.status_map.appointment == {"XB7": "canceled"}


@pytest.mark.parametrize("language", ["fr", "es", "et"])
def test_sentences_are_in_the_readers_language(client: Client, dealer: Dealer, language: str) -> None:
    client.post("/language/", {"language": language})
    page = client.get("/d/north/settings/").content.decode()
    assert "The registered name" not in page
    with override(language):
        assert str(TITLES["legal_name"]) in page


def test_a_section_of_nobody_is_not_found(client: Client, dealer: Dealer) -> None:
    assert client.get("/d/north/settings/of/never/").status_code == 404


def test_a_promotion_is_written_as_its_days_and_a_line_per_language(client: Client, dealer: Dealer) -> None:
    written = "2026-05-01 2026-05-31\nen = Win a bicycle.\nfr = Gagnez un vélo."
    client.post("/d/north/settings/of/contact/save/", {**form(client, "contact"), "promotion": written})
    kept = now(dealer).preferences.promotion
    assert kept is not None and dict(kept.text) == {"en": "Win a bicycle.", "fr": "Gagnez un vélo."}
    assert form(client, "contact")["promotion"] == written
