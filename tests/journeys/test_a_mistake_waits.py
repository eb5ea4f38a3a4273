"""A mistaken edit that would reach unusually many waits for a second word, whichever way it came (R16)."""

from datetime import timedelta

import pytest
import time_machine
import yaml

from relance.dealers.models import Dealer
from relance.delivery.deliver import deliver
from relance.jobs.stages import plan
from relance.outbox.decide import approve_run, runs_that_wait
from relance.outbox.models import Message
from relance.plan.apply import apply_definitions
from relance.plan.switching.groups import mailing, save_group
from tests.builders import A_DAY, a_customer, a_dealer, a_repair_order, a_user, an_automation
from tests.web.automations.test_builder import SIX
from tests.web.test_contact_settings import typed as typed_numbers

pytestmark = [pytest.mark.process, pytest.mark.django_db]
PEOPLE = 240
DAY, BEFORE = timedelta(days=1), A_DAY - timedelta(hours=1)
NOBODY = [{"category": "customer", "attribute": "city", "operator": "is", "value": "nowhere"}]
THEM = [{"category": "customer", "attribute": "city", "operator": "is", "value": "laval"}]


class Place:
    """A dealer all of whose customers came half a year ago, somebody at his desk, and the command line."""

    def __init__(self, client, relance, folder):
        self.client, self.relance, self.folder = client, relance, folder
        hours = {"may_send": ["00:00", "23:59"]}
        self.dealer = a_dealer(
            guards={"blast": True, "stale": False}, quiet_hours=hours, feedback="https://dealer.example/feedback"
        )
        for _ in range(PEOPLE):
            a_repair_order(a_customer(self.dealer, city="Laval"), A_DAY - 180 * DAY)
        self.edited = an_automation(self.dealer, "EDITED", audience=NOBODY)
        plan(self.dealer, at=BEFORE, since=BEFORE - DAY)
        client.force_login(a_user(self.dealer))

    def posts(self, address, fields):
        answer = self.client.post(f"/d/north/{address}", fields, follow=True)
        assert "Saved." in answer.content.decode()

    def runs(self, *words):
        answer = self.relance(*words)
        assert answer.status == 0, answer.err


@pytest.fixture
def place(client, relance, settings, tmp_path):
    settings.HOME = tmp_path
    with time_machine.travel(BEFORE, tick=True):
        yield Place(client, relance, tmp_path)


def in_the_builder(place):
    rule = {"rule-0-0-field": "customer.city", "rule-0-0-operator": "is", "rule-0-0-value": "Laval"}
    when = {
        "when-kind": "daily",
        "when-at": "10:00",
        "when-days": ["mon"],
        "subject": "customer",
        "purpose": "service",
        "status": "on",
    }
    place.posts("automations/EDITED/save/", {**SIX, "code": "EDITED", **when, **rule})


def by_a_file(place):
    path = place.folder / "mine.yaml"
    path.write_text(yaml.safe_dump({"automations": [place.edited.definition | {"audience": THEM}]}))
    place.runs("automations", "apply", "north", path)


def by_switching_on(place):
    an_automation(place.dealer, "WIDE", audience=THEM, status="off")
    place.runs("switch", "north", "WIDE", "on")


def by_the_command_of_contact_settings(place):
    place.runs("contact-settings", "north", "--set", "email.inactive=180")


def on_the_page_of_contact_settings(place):
    place.posts("contact-settings/save/", typed_numbers(email_inactive=180))


def by_a_mailing_over_days(place):
    """A fifth of everybody each day, and not even fifty people: together it is everybody."""
    group = save_group(place.dealer, "Town", THEM, at=BEFORE)
    entry = mailing(group, place.edited.definition | {"code": "MAILING"}, at=A_DAY, days=5)
    apply_definitions(place.dealer, [entry], at=BEFORE, by="Kim")


WAYS = [
    in_the_builder,
    by_a_file,
    by_switching_on,
    by_the_command_of_contact_settings,
    on_the_page_of_contact_settings,
    by_a_mailing_over_days,
]


@pytest.mark.parametrize("edit", WAYS, ids=lambda edit: edit.__name__)
def test_nothing_of_it_leaves_before_a_second_word(edit, place):
    edit(place)
    plan(place.dealer, at=A_DAY + timedelta(minutes=1))
    waiting = runs_that_wait(place.dealer)
    assert sum(people for _, people in waiting) >= PEOPLE / 5 - 20
    assert {run.cause for run, _ in waiting} == {"more people than usual: waits for approval"}
    assert list(deliver(place.dealer, at=A_DAY + timedelta(minutes=2))) == []
    assert not Message.objects.of(place.dealer).filter(state="ready").exists()
    for run, people in waiting:
        assert len(approve_run(place.dealer, run, by="Lee", at=A_DAY + timedelta(minutes=3))) == people


def test_three_times_as_many_as_usual_wait_too(place):
    """Ten a day, and then thirty-one by a slip of the pen: far fewer than a fifth of the customers and than 200."""
    some = [*THEM, {"category": "customer", "attribute": "last_name", "operator": "is", "value": "usual"}]
    usual = an_automation(place.dealer, "USUAL", audience=some, repeat="each_time")
    for _ in range(10):
        a_customer(place.dealer, city="Laval", last_name="Usual")
    for day in range(5):
        plan(place.dealer, at=A_DAY + day * DAY)
    assert runs_that_wait(place.dealer) == []
    for _ in range(21):
        a_customer(place.dealer, city="Laval", last_name="Slip")
    slip = [some[0], some[1] | {"operator": "is_one_of", "value": ["usual", "slip"]}]
    apply_definitions(place.dealer, [usual.definition | {"audience": slip}], at=A_DAY + 4 * DAY, by="Kim")
    plan(place.dealer, at=A_DAY + 5 * DAY)
    assert [(run.automation.code, people) for run, people in runs_that_wait(place.dealer)] == [("USUAL", 31)]


def test_where_the_guard_is_off_nobody_is_asked(place):
    Dealer.objects.update(settings={**place.dealer.settings, "guards": {"blast": False}})
    place.dealer = Dealer.objects.get()
    by_a_file(place)
    plan(place.dealer, at=A_DAY + timedelta(minutes=1))
    assert Message.objects.of(place.dealer).filter(state="ready").count() == PEOPLE
