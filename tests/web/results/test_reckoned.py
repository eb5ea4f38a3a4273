"""Figures of many customers are reckoned once, beside the page; shown with their age, renewed; a failure is told."""

from collections.abc import Iterator
from datetime import timedelta
from threading import Event
from types import SimpleNamespace
from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client

from relance.dealers.models import Dealer
from relance.web.desk.results import reckoned as r
from tests.builders import A_DAY, a_customer, a_dealer, a_user, an_automation
from tests.web.sample import a_busy_dealer

PAGES = (
    "results/",
    "results/retention/",
    "results/quality/",
    "results/economics/?part=own",
    "customers/doubles/",
)


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every dealer has too many customers to be waited for; nothing is left over from another test."""
    monkeypatch.setattr(r, "is_large", lambda dealer: True)
    monkeypatch.setattr(r, "UNDERWAY", r.Underway())
    yield
    for work in list(r.UNDERWAY._works.values()):
        assert work.done.wait(10)


def desk(at: Any = A_DAY, **asked: str) -> Any:
    query = QueryDict(mutable=True)
    query.update(asked)
    request = SimpleNamespace(GET=query, path="/d/north/results/")
    return SimpleNamespace(request=request, dealer=SimpleNamespace(pk=7), reader=SimpleNamespace(at=at))


class Slow:
    """A reckoning that waits for its release, and counts how often it was begun."""

    def __init__(self, *answers: Any) -> None:
        self.answers, self.times, self.release = list(answers), 0, Event()

    def __call__(self) -> Any:
        self.times += 1
        assert self.release.wait(10)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def finish(self) -> None:
        """Let it come to its end."""
        work = r.UNDERWAY.of("results:7:x")
        self.release.set()
        assert work is None or work.done.wait(10)


def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(r, "PATIENCE", 0)


def test_two_who_ask_begin_it_once_and_see_since_when(large: None, monkeypatch: pytest.MonkeyPatch) -> None:
    impatient(monkeypatch)
    slow = Slow(42)
    first = r.known(desk(), "x", slow)
    second = r.known(desk(A_DAY + timedelta(seconds=9)), "x", slow)
    assert (first.figures, first.since, second.since) == (None, A_DAY, A_DAY)
    assert r.shown_with(desk(A_DAY + timedelta(seconds=9)), second, "")["seconds"] == 9
    slow.finish()
    done = r.known(desk(), "x", slow)
    assert (done.figures, done.at, done.since, slow.times) == (42, A_DAY, None, 1)


def test_old_figures_are_shown_with_their_age_while_new_ones_are_reckoned(
    large: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = A_DAY + timedelta(hours=1)
    slow = Slow("old", "new")
    slow.release.set()
    monkeypatch.setattr(r, "PATIENCE", 10)
    assert r.known(desk(), "x", slow).figures == "old"
    assert r.known(desk(A_DAY + timedelta(minutes=9)), "x", slow).figures == "old"
    impatient(monkeypatch)
    slow.release.clear()
    renewing = r.known(desk(later), "x", slow)
    assert (renewing.figures, renewing.at, renewing.since) == ("old", A_DAY, later)
    slow.finish()
    assert r.known(desk(later), "x", slow).figures == "new"


def test_what_is_done_in_a_moment_is_shown_at_once(large: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(r, "PATIENCE", 10)
    assert r.known(desk(), "x", lambda: 1) == r.Known(1, A_DAY)


def test_a_failure_is_told_once_and_then_tried_again(large: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(r, "PATIENCE", 10)
    slow = Slow(ValueError("no such table"), 5)
    slow.release.set()
    assert r.known(desk(), "x", slow) == r.Known(failed=True)
    assert r.known(desk(), "x", slow).figures == 5


def test_with_few_customers_they_are_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(r, "is_large", lambda dealer: False)
    monkeypatch.setattr(r.UNDERWAY, "begin", None)
    assert r.known(desk(), "x", lambda: 3) == r.Known(3, A_DAY)


@pytest.mark.django_db
def test_many_are_more_than_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    dealer = a_busy_dealer()
    monkeypatch.setattr(r, "LARGE", 1)
    assert r.is_large(dealer) and not r.is_large(a_dealer("south"))


@pytest.mark.django_db
@pytest.mark.parametrize("page", PAGES)
def test_a_part_under_way_asks_again_by_itself(
    client: Client, large: None, monkeypatch: pytest.MonkeyPatch, page: str
) -> None:
    monkeypatch.setattr("relance.web.desk.customers.doubles.is_large", lambda dealer: True)
    client.force_login(a_user(a_dealer()))
    monkeypatch.setattr(r.Underway, "begin", lambda self, key, reckon, at: r.Work(key, reckon, at))
    impatient(monkeypatch)
    part = client.get(f"/d/north/{page}", headers={"HX-Request": "true"}).content.decode()
    assert "Calculating" in part and f'hx-get="/d/north/{page}' in part and "load delay:2s" in part


@pytest.mark.django_db
def test_the_sheet_shows_the_numbers_of_before_and_comes_anew_when_they_are_there(
    client: Client, large: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("relance.web.desk.programmes.programmes.is_large", lambda dealer: True)
    dealer = a_dealer()
    an_automation(dealer)
    user = a_user(dealer)
    client.force_login(user)
    monkeypatch.setattr(r.Underway, "begin", lambda self, key, reckon, at: r.Work(key, reckon, at))
    impatient(monkeypatch)
    sheet = client.get("/d/north/programmes/sheet/", headers={"HX-Request": "true"}).content.decode()
    assert "?part=age" in sheet and "Counting who will hear" in sheet and 'hx-trigger="load, sheet' not in sheet
    age = client.get("/d/north/programmes/sheet/?part=age", headers={"HX-Request": "true"})
    assert "Calculating" in age.content.decode() and "HX-Trigger" not in age
    monkeypatch.setattr(r.Underway, "begin", at_once)
    age = client.get("/d/north/programmes/sheet/?part=age", headers={"HX-Request": "true"})
    assert age["HX-Trigger"] == "sheet-changed" and "As of" in age.content.decode()
    sheet = client.get("/d/north/programmes/sheet/", headers={"HX-Request": "true"}).content.decode()
    assert "Counting who will hear" not in sheet and "As of" in sheet


def at_once(self: r.Underway, key: str, reckon: Any, at: Any) -> r.Work:
    """The reckoning in the thread of the test, whose rows no other sees."""
    work = r.Work(key, reckon, at)
    r._reckon(key, reckon, at)
    work.done.set()
    return work


@pytest.mark.django_db
def test_who_was_decided_about_is_not_offered_again_from_what_is_kept(
    client: Client, large: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("relance.web.desk.customers.doubles.is_large", lambda dealer: True)
    monkeypatch.setattr(r.Underway, "begin", at_once)
    dealer: Dealer = a_dealer()
    client.force_login(a_user(dealer))
    for ref in ("A1", "A2"):
        a_customer(dealer, ref=ref, name="Ann Lee", name_folded="ann lee", email="ann@example.org")
    address = "/d/north/customers/doubles/"
    assert "1 pair has" in client.get(f"{address}?full=1").content.decode()
    client.post(f"{address}decide/", {"act": "apart", "keep": "A1", "gone": "A2"})
    monkeypatch.setattr(r.Underway, "begin", None)  # not reckoned anew
    assert "No duplicates found" in client.get(f"{address}?full=1").content.decode()
