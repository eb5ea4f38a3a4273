"""The sample dealership is made once, kept, and told what happened since; no start undoes another."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from relance.dealers.audit import faults
from relance.dealers.models import Dealer, Invitation, Membership, User
from relance.delivery.models import PrintFile
from relance.facts.models import Customer, RepairOrder
from relance.intake.models import ImportRun
from relance.jobs.demo.dealership import MANAGER, SIGN_IN, open_dealership
from relance.jobs.demo.feed import rows_between
from relance.lib.errors import BadInput
from relance.outbox.models import HoldBack, Message, Task
from relance.plan.models import Automation, CustomerGroup, PersonalReminder, Sketch
from tests import builders

TUESDAY = datetime(2026, 3, 10, 19, tzinfo=UTC)  # 15:00 in Montréal


@pytest.fixture
def opened(tmp_path, settings, db):
    """Open the sample dealership at a moment; the answer has what it said."""
    settings.HOME = tmp_path

    def run(at: datetime = TUESDAY, *, customers: int = 120, seed: int = 5, lived: int = 0):
        lines: list[str] = []
        made = open_dealership(customers=customers, seed=seed, at=at, say=lines.append, lived=lived)
        return made, "\n".join(lines)

    return run


def test_the_first_start_makes_dealer_people_automations_and_messages(opened):
    made, said = opened()
    assert made.dealer.slug == "demo"
    assert Customer.objects.of(made.dealer).count() >= 120
    assert Automation.objects.of(made.dealer).filter(status="on").count() > 5
    assert Message.objects.of(made.dealer).exists()
    assert "120 customers" in said


def test_a_second_start_keeps_everything_and_imports_what_happened_since(opened):
    first, _ = opened()
    orders = RepairOrder.objects.of(first.dealer).count()
    second, said = opened(TUESDAY + timedelta(days=6))
    assert second.dealer.pk == first.dealer.pk
    assert "since 2026-03-10 15:00" in said
    last = ImportRun.objects.of(first.dealer).latest("pk")
    assert sum(file["read"] for file in last.files) < 200
    assert RepairOrder.objects.of(first.dealer).count() > orders


def test_the_days_in_between_come_out_as_one_feed_would_have_told_them(opened):
    for days in (0, 1, 3, 9):
        made, _ = opened(TUESDAY + timedelta(days=days))
    since = datetime.fromisoformat(made.mark.until or "")
    told = [row for rows in rows_between(made.mark.world, until=since) for row in rows["repair_orders"]]
    known = RepairOrder.objects.of(made.dealer).values_list("ref", "raw_status")
    assert set(known) == {(row[0], row[7]) for row in told if row[0][0] == "R"}


def test_a_start_at_the_same_minute_imports_nothing(opened):
    made, _ = opened()
    opened()
    assert ImportRun.objects.of(made.dealer).count() == 1


def test_the_sign_in_is_kept_in_the_home_and_works(opened, tmp_path):
    made, _ = opened()
    again, _ = opened()
    assert made.password == again.password
    assert (tmp_path / SIGN_IN).read_text().split() == [MANAGER, made.password]
    assert (tmp_path / SIGN_IN).stat().st_mode & 0o077 == 0
    assert User.objects.get(email=MANAGER).check_password(made.password)


def test_another_size_is_not_mixed_into_a_home_that_has_one(opened):
    made, _ = opened()
    again, said = opened(customers=500)
    assert again.mark.customers == 120
    assert "Kept as it is: 120 customers" in said
    assert Customer.objects.of(made.dealer).count() < 200


def test_a_start_that_was_cut_off_before_its_import_is_made_up_for(opened, tmp_path):
    made, _ = opened()
    Customer.objects.of(made.dealer).all().delete()
    mark = tmp_path / "demo.json"
    mark.write_text(json.dumps({**json.loads(mark.read_text()), "until": None}))
    again, _ = opened()
    assert Customer.objects.of(again.dealer).count() >= 120


def test_a_dealer_of_that_name_that_is_not_ours_stays_untouched(opened):
    builders.a_dealer("demo")
    with pytest.raises(BadInput, match="of its own: choose another with RELANCE_HOME"):
        opened()
    assert not Customer.objects.of(Dealer.objects.get()).exists()


@pytest.mark.process  # it lives four days
def test_one_that_has_lived_shows_every_page_at_work(opened):
    made, _ = opened(customers=500, lived=4)
    dealer = made.dealer
    assert set(Task.objects.of(dealer).values_list("kind", flat=True)) >= {"call", "question", "complaint"}
    assert Message.objects.of(dealer).filter(state="approval").exists()
    assert PrintFile.objects.of(dealer).filter(state="made").exists()
    mailings = Automation.objects.of(dealer).filter(definition__schedule__kind="once").order_by("code")
    assert [mailing.status for mailing in mailings] == ["approval", "on"]  # one to come, one that has gone
    assert Message.objects.of(dealer).filter(automation=mailings[1], state="sent").exists()
    for table in (CustomerGroup, HoldBack, Invitation, PersonalReminder, Sketch):
        assert table.objects.of(dealer).exists(), table
    assert set(Membership.objects.of(dealer).values_list("role", flat=True)) == {
        "crm_manager",
        "advisor",
        "salesperson",
    }
    assert User.objects.get(email="salesperson@example.com").check_password(made.password)
    assert Customer.objects.of(dealer).filter(ref__startswith="TC").count() == 3  # typed anew: to be merged
    assert not list(faults(dealer))


def test_who_begins_at_night_lives_through_that_days_morning(opened):
    made, _ = opened(TUESDAY.replace(hour=5), customers=200, lived=2)  # one o'clock in Montréal
    held = Message.objects.of(made.dealer).filter(detail__startswith="held")
    assert held.filter(state="sent").exists()
    assert not held.filter(reason="expired").exists()
