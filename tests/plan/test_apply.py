"""A file of automations becomes rows, all of it or nothing, and rows the same file again."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml

from relance.audience.tree import rules_of
from relance.lib.errors import BadInput
from relance.plan.apply import apply_definitions, definition_of, export, read_file
from relance.plan.models import Automation, AutomationVersion
from tests.builders import A_DAY, a_dealer

pytestmark = pytest.mark.django_db
WHOLE = {
    "code": "SR180",
    "name": "Service recall",
    "purpose": "service",
    "subject": "repair_order",
    "schedule": {"kind": "daily", "at": "10:00"},
    "channels": ["sms"],
    "wording": {"sms": {"en": {"body": "Hello."}}},
    "status": "on",
}


@pytest.fixture
def dealer():
    return a_dealer()


def apply(dealer, *entries, at=A_DAY):
    return apply_definitions(dealer, entries, at=at, by="Kim")


def row(dealer, code="SR180"):
    return Automation.objects.of(dealer).get(code=code)


def test_a_new_one_is_added_with_its_first_version(dealer):
    assert apply(dealer, WHOLE).added == ["SR180"]
    found = row(dealer)
    assert (found.version, found.status, found.live_from, found.purpose) == (1, "on", A_DAY, "service")
    version = AutomationVersion.objects.of(dealer).get()
    assert (version.number, version.by, version.definition) == (1, "Kim", WHOLE)


def test_a_holiday_that_the_country_does_not_have_is_refused_with_its_place(dealer):
    schedule = {"kind": "yearly", "holiday": "chrstmas", "at": "10:00"}
    with pytest.raises(BadInput, match=r"automations\[0\] \(SR180\)\.schedule\.holiday: 'chrstmas' is no public"):
        apply(dealer, WHOLE | {"schedule": schedule, "repeat": "yearly"})


def test_the_same_again_changes_nothing(dealer):
    apply(dealer, WHOLE)
    assert apply(dealer, WHOLE, at=A_DAY + timedelta(days=1)).unchanged == ["SR180"]
    assert row(dealer).version == 1


def test_an_edit_is_a_version_and_keeps_live_from(dealer):
    apply(dealer, WHOLE)
    assert apply(dealer, WHOLE | {"name": "New"}, at=A_DAY + timedelta(days=1)).changed == ["SR180"]
    assert (row(dealer).version, row(dealer).name, row(dealer).live_from) == (2, "New", A_DAY)


def test_switching_on_again_begins_at_that_moment(dealer):
    apply(dealer, WHOLE)
    apply(dealer, WHOLE | {"status": "off"}, at=A_DAY + timedelta(days=1))
    apply(dealer, WHOLE, at=A_DAY + timedelta(days=2))
    assert row(dealer).live_from == A_DAY + timedelta(days=2)


def test_a_live_from_in_the_file_stands(dealer):
    apply(dealer, WHOLE | {"live_from": "2026-03-01"})
    assert row(dealer).live_from == datetime(2026, 3, 1, 5, tzinfo=UTC)


def test_one_fault_and_nothing_is_changed(dealer):
    with pytest.raises(BadInput, match=r"^automations\[1\] \(BAD\)"):
        apply(dealer, WHOLE, WHOLE | {"code": "BAD", "subject": "car"})
    with pytest.raises(BadInput, match=r"^automations\[1\] \(BAD\)\.live_from"):
        apply(dealer, WHOLE, WHOLE | {"code": "BAD", "live_from": "soon"})
    assert not Automation.objects.of(dealer).exists()


def test_a_code_that_stands_twice_is_refused(dealer):
    with pytest.raises(BadInput, match="SR180 stands twice in this file"):
        apply(dealer, WHOLE, WHOLE)


def test_what_the_file_leaves_out_stays(dealer):
    apply(dealer, WHOLE)
    apply(dealer, WHOLE | {"code": "OTHER"})
    assert row(dealer).status == "on"


def test_an_edit_lifts_a_pause(dealer):
    apply(dealer, WHOLE)
    Automation.objects.of(dealer).update(paused="broken")
    apply(dealer, WHOLE | {"name": "Mended"})
    assert row(dealer).paused == ""


def test_the_same_file_lifts_a_pause_whose_cause_lay_elsewhere(dealer):
    apply(dealer, WHOLE)
    Automation.objects.of(dealer).update(paused="a holiday that the region did not have")
    assert apply(dealer, WHOLE, at=A_DAY + timedelta(days=1)).changed == ["SR180"]
    assert (row(dealer).paused, row(dealer).live_from) == ("", A_DAY)


def test_two_dealers_have_their_own_of_the_same_code(dealer):
    other = a_dealer("south")
    apply(dealer, WHOLE)
    apply(other, WHOLE | {"name": "Theirs"})
    assert (row(dealer).name, row(other).name) == ("Service recall", "Theirs")


def test_what_export_writes_apply_reads_back_unchanged(dealer, tmp_path: Path):
    text = "automations:\n- " + yaml.safe_dump(
        WHOLE
        | {"audience": [{"category": "sale", "attribute": "delivered_on", "operator": "on", "value": "2026-05-01"}]}
    ).replace("\n", "\n  ").replace("operator: 'on'", "operator: on").replace("'2026-05-01'", "2026-05-01")
    (tmp_path / "a.yaml").write_text(text)
    apply(dealer, *read_file(tmp_path / "a.yaml"))
    (tmp_path / "b.yaml").write_text(export(dealer))
    assert apply(dealer, *read_file(tmp_path / "b.yaml")).unchanged == ["SR180"]
    assert [rule.operator for rule in rules_of(definition_of(row(dealer)).tree)] == ["on"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("- a", "must begin with `automations:`"),
        ("automations: 5", "must be a list"),
        ("automations: []\nautomation: []", "did you mean 'automations'?"),
        ("automations: [", "a.yaml"),
    ],
)
def test_a_file_that_is_none_is_refused_with_what_to_do(tmp_path: Path, text, says):
    (tmp_path / "a.yaml").write_text(text)
    with pytest.raises(BadInput, match=r"a\.yaml") as fault:
        read_file(tmp_path / "a.yaml")
    assert says in str(fault.value)
