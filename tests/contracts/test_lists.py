"""Every list of the desk: sorted both ways, page after page, the file as the page filters it, safe, for whom it is for.

The lists are those of relance/web/lists/files.py; whoever adds one finds it here by itself.
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from html import unescape
from typing import Any

import openpyxl
import pytest
import time_machine
from django.db.models import QuerySet
from django.http import QueryDict
from django.test import Client, RequestFactory
from django.urls import reverse

from relance.dealers.audit import Deed, Who, note
from relance.dealers.models import ROLES, AuditEntry, Dealer, User
from relance.dealers.rights import rights_of
from relance.delivery.models import Notice
from relance.exports.lists.cells import is_formula, plain
from relance.facts.models import Customer, Suppression
from relance.intake.models import ImportRun
from relance.lib import clock
from relance.outbox.models import Message, Task
from relance.plan.models import Automation, CustomerGroup
from relance.web.desk.guard import Desk, sit_down
from relance.web.lists import files
from relance.web.lists.files import LISTS
from relance.web.lists.listing import Listing
from relance.web.lists.memory import Memory
from relance.web.lists.order import Key, Order
from relance.web.lists.table import Table
from tests.builders import A_DAY, a_customer, a_dealer, a_message, a_staff_member, a_user, an_automation
from tests.web.sample import a_busy_dealer, today_at, with_tasks_and_paper

pytestmark = pytest.mark.django_db
FORMULA = "=HYPERLINK(1)"
FILTERS: dict[str, list[dict[str, str]]] = {
    "customers": [{"q": "tremblay"}, {"only": "visitors"}, {"only": "no_email"}],
    "messages": [{"state": "sent"}, {"state": "ready", "sort": "send"}, {"q": "tamm"}, {"q": "tamm", "state": "sent"}],
    "tasks": [{"show": "late"}, {"show": "all", "kind": "call"}, {"show": "mine"}],
    "suppressed": [{"q": "a0"}],
    "calls": [{"automation": "E01"}],
    "automations": [{"show": "on"}, {"show": "off"}],
    "audit": [{"act": "staff"}, {"by": "a@dealer.example"}, {"day": "2026-05-04"}, {"day": "2026-05-03"}],
    "print-files": [{"automation": "V04"}],
    "staff-lists": [{"to": "S7"}],
}
NUMBERS = {"model-years", "years-in-service"}  # lists in which nobody writes anything
SMALL = 2  # rows a page


@pytest.fixture(autouse=True)
def _on_a_monday_morning() -> Iterator[None]:
    with time_machine.travel(A_DAY, tick=True):
        yield


@pytest.fixture
def dealer(settings: Any, tmp_path: Any) -> Dealer:
    """Several rows in every list, equal values and none at all among them, and a formula in what others wrote."""
    settings.HOME = tmp_path
    dealer = with_tasks_and_paper(a_busy_dealer("north"))
    a_user(dealer)
    with_odd_customers(dealer)
    with_what_the_desk_made(dealer)
    Automation.objects.of(dealer).filter(code="J_CSI").update(status="off")
    Automation.objects.of(dealer).filter(code__in=("J_TOMORROW", "V04")).update(name=FORMULA)
    first = Task.objects.of(dealer).exclude(customer=None).order_by("pk")[:1]
    Customer.objects.of(dealer).filter(pk__in=list(first.values_list("customer_id", flat=True))).update(name=FORMULA)
    Customer.objects.of(dealer).filter(name="Robert Okafor").update(name=FORMULA)
    return dealer


def with_odd_customers(dealer: Dealer) -> None:
    """Without a name, of the same name, without a day, and twice there."""
    for place, name in enumerate((FORMULA, None, None, "Anne Same", "Anne Same", FORMULA, FORMULA)):
        one = a_customer(dealer, name=name, first_name=None, last_name=None, email=f"{name or place}@x.example")
        one.created_at = A_DAY - timedelta(days=place) if place % 2 else None
        one.kind, one.email_usable = "visitor" if place == 1 else "customer", place > 1
        one.save()


def with_what_the_desk_made(dealer: Dealer) -> None:
    """Lists of the staff, members, users, imports, groups, mailings, tasks that are done, a log."""
    people = list(Customer.objects.of(dealer).order_by("pk"))
    renewals = an_automation(dealer, "V03", name=FORMULA, programme="staff_list")
    for number in range(5):
        name, at = FORMULA if number else "Al Same", A_DAY - timedelta(days=number // 2)
        words = {"channel": "staff", "recipient": "staff:S7", "state": "sent", "body": FORMULA}
        a_message(people[number], renewals, at=at, **words)
        a_staff_member(dealer, f"A{number}", name=name, email=f"a{number}@x.example")
        user = a_user(dealer, email=f"{'abcde'[number]}@dealer.example", role="advisor")
        User.objects.filter(pk=user.pk).update(name=name)
        note(dealer, Deed("staff" if number else "export", FORMULA), who=Who(user.email), at=at)
        run = {"read": number, "inserted": 1, "updated": 0, "unchanged": 0, "rejected": 0, "file": "x.csv"}
        ImportRun.objects.create(dealer=dealer, feed=FORMULA, started_at=at, files=[run], error=FORMULA)
        CustomerGroup.objects.create(dealer=dealer, name=f"{name}{number}", subject="customer", updated_at=at)
        address = f"{FORMULA}{number}" if number else "a0@x.example"
        Suppression.objects.create(dealer=dealer, channel="email", address=address, reason="hard_bounce", at=at)
        once = {"kind": "once", "at": f"2026-05-0{number // 2 + 5}T10:00:00-04:00"}
        an_automation(dealer, f"V07_{number}", name=name, schedule=once)
        task = Task.objects.of(dealer).exclude(customer=None).order_by("pk")[number]
        manager = User.objects.get(email="manager@dealer.example")
        Notice.objects.create(dealer=dealer, user=manager, kind="task", ref=f"task {number}", task=task, at=at)
    done = {"state": "done", "outcome": "done", "note": FORMULA, "closed_by": FORMULA}
    keys = list(Task.objects.of(dealer).order_by("pk").values_list("pk", flat=True))
    Task.objects.of(dealer).filter(pk__in=keys[:3]).update(closed_at=A_DAY - timedelta(days=1), **done)
    Task.objects.of(dealer).filter(kind="complaint").update(said=FORMULA)


def at_the_desk(dealer: Dealer, listing: Listing[Any], **asked: str) -> Desk:
    """The CRM manager, who asks this."""
    named = {"people-of-a-day": {"code": "J_TOMORROW", "day": today_at(dealer)}, "tasks-done": {"show": "done"}}
    request = RequestFactory().get("/", {**named.get(listing.name, {}), **asked})
    request.user = User.objects.get(email="manager@dealer.example")
    return sit_down(request, request.user, dealer.slug)


def told(listing: Listing[Any]) -> Listing[Any]:
    """The list in small pages, of which each row is only its key."""
    source = listing.source
    if isinstance(source, Table):
        return replace(listing, per_page=SMALL, source=replace(source, whole=lambda _desk, keys: list(keys)))
    assert isinstance(source, Memory)
    tie = source.tie
    return replace(listing, per_page=SMALL, source=replace(source, whole=lambda _desk, rows: [tie(r) for r in rows]))


def walked(dealer: Dealer, listing: Listing[Any], **asked: str) -> list[Any]:
    """The rows of all pages, as the links lead from one to the next."""
    rows: list[Any] = []
    more: Any = asked
    while True:
        page = listing.page(at_the_desk(dealer, listing, **more))
        assert len(page.rows) <= listing.per_page
        rows += page.rows
        if not page.head.more:
            return rows
        assert len(page.rows) == listing.per_page and len(rows) < 500
        more = QueryDict(page.head.more.partition("?")[2]).dict()


def values_of(dealer: Dealer, listing: Listing[Any], key: Key[Any], keys: list[Any]) -> list[Any]:
    """By what the list is sorted, of these rows."""
    desk, source = at_the_desk(dealer, listing), listing.source
    if isinstance(source, Table):
        found = dict(source.rows(desk).values_list("pk", key.by[0].lstrip("+")))
        return [found[row] for row in keys]
    assert isinstance(source, Memory)
    band, tie = source.band, source.tie
    by_tie = {str(tie(row)): (band(row), key.by(row)) for row in source.rows(desk)}
    assert [by_tie[str(row)][0] for row in keys] == sorted(by_tie[str(row)][0] for row in keys), "bands are not mixed"
    return [by_tie[str(row)][1] for row in keys if by_tie[str(row)][0] == by_tie[str(keys[0])][0]]


def in_the_order_of_the_source(dealer: Dealer, listing: Listing[Any], key: Key[Any], has: list[Any], sort: str) -> bool:
    """Whether these values stand as the database sorts texts, which each does by its own rules, or as Python does."""
    source, down = listing.source, sort.startswith("-")
    if isinstance(source, Table):
        field = key.by[0].lstrip("+")
        rows = source.rows(at_the_desk(dealer, listing, **({"state": "sent"} if listing.name == "messages" else {})))
        ordered = rows.filter(**{f"{field}__isnull": False}).order_by(f"-{field}" if down else field)
        return has == list(ordered.values_list(field, flat=True))
    return has == sorted(has, reverse=down)


@pytest.mark.process
def test_sorted_both_ways_every_page_after_the_other_has_each_row_once(dealer: Dealer) -> None:
    for name, listing in LISTS.items():
        source: Any = listing.source
        asked = {"state": "sent"} if name == "messages" else {}
        whole = at_the_desk(dealer, listing, **asked)
        there = source.rows(whole)
        number = there.count() if isinstance(there, QuerySet) else len(there)
        assert number > 0, f"{name} has nothing to sort"
        for key in source.keys:
            assert key.offered(whole), key.name
            both = []
            for sort in (key.name, f"-{key.name}"):
                keys = walked(dealer, told(listing), **{f"{listing.prefix}sort": sort}, **asked)
                assert len(keys) == len({str(one) for one in keys}) == number, (name, sort)
                values = values_of(dealer, listing, key, keys)
                has = [value for value in values if value is not None]
                assert values == has + [None] * (len(values) - len(has)), f"{name}: what lacks {key.name} comes last"
                assert in_the_order_of_the_source(dealer, listing, key, has, sort), (name, sort, has)
                both.append(keys)
            assert Counter(map(str, both[0])) == Counter(map(str, both[1])), name


def rows_in(answer: Any) -> list[list[str]]:
    """The lines of a CSV file, without its head."""
    text = b"".join(answer).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))[1:]


def asked_of(dealer: Dealer, listing: Listing[Any], **asked: str) -> str:
    """What names the list and its filters, as an address has it."""
    return at_the_desk(dealer, listing, **asked).request.META["QUERY_STRING"]


@pytest.mark.process
def test_the_file_has_what_the_pages_have_in_their_order(dealer: Dealer, client: Client) -> None:
    client.force_login(User.objects.get(email="manager@dealer.example"))
    for name, listing in LISTS.items():
        last = listing.source.keys[-1].name
        for asked in ({}, {f"{listing.prefix}sort": f"-{last}"}, *FILTERS.get(name, [])):
            desk = at_the_desk(dealer, listing, **asked)
            columns = listing.columns(desk)
            found = rows_in(client.get(f"/d/north/files/{name}.csv?{asked_of(dealer, listing, **asked)}"))
            pages = walked(dealer, replace(listing, per_page=SMALL), **asked)
            shown = [[str(column.value(row) or "") for column in columns[:2]] for row in pages]
            assert len(found) == len(shown), (name, asked)
            texts = [
                place for place, one in enumerate(columns[:2]) if not one.name.endswith("_at") and one.name != "at"
            ]
            for place in texts:
                assert [row[place] for row in found] == [plain(row[place]) for row in shown], (name, asked)


@pytest.mark.process
def test_no_cell_of_any_file_is_a_formula_and_every_column_has_its_words(dealer: Dealer, client: Client) -> None:
    user = User.objects.get(email="manager@dealer.example")
    client.force_login(user)
    planted = {}
    for name, listing in LISTS.items():
        asked = asked_of(dealer, listing)
        rows = rows_in(client.get(f"/d/north/files/{name}.csv?{asked}"))
        assert [cell for row in rows for cell in row if is_formula(cell)] == [], name
        planted[name] = any(FORMULA in cell for row in rows for cell in row)
        page = openpyxl.load_workbook(io.BytesIO(client.get(f"/d/north/files/{name}.xlsx?{asked}").content)).active
        assert {cell.data_type for row in page.iter_rows() for cell in row} <= {"s", "n", "d"}, name
        assert page.max_row == len(rows) + 1, name
    assert {name for name, is_there in planted.items() if not is_there} == NUMBERS


@pytest.mark.process
def test_columns_are_headed_in_the_language_of_the_reader(dealer: Dealer, client: Client) -> None:
    client.force_login(User.objects.get(email="manager@dealer.example"))
    said = {}
    for language in ("en", "fr", "es", "et"):
        User.objects.filter(email="manager@dealer.example").update(language=language)
        for name, listing in LISTS.items():
            answer = client.get(f"/d/north/files/{name}.csv?{asked_of(dealer, listing)}")
            said[name, language] = b"".join(answer).decode("utf-8-sig").splitlines()[0]
    for name in LISTS:
        assert len({said[name, language] for language in ("en", "fr", "es", "et")}) == 4, name


@pytest.mark.process
@pytest.mark.parametrize("role", [*ROLES, "read_only"])
def test_a_file_is_for_whoever_may_open_the_page_and_export(dealer: Dealer, client: Client, role: str) -> None:
    a_dealer("south")
    client.force_login(a_user(dealer, email="reader@dealer.example", role=role))
    rights, wrong = rights_of(role), []
    for name, listing in LISTS.items():
        asked = asked_of(dealer, listing)
        may = rights.may("export") and rights.may(listing.act)
        status = client.get(f"/d/north/files/{name}.csv?{asked}").status_code
        foreign = client.get(f"/d/south/files/{name}.csv?{asked}").status_code
        if (status, foreign) != (200 if may else 403, 404):
            wrong.append((name, status, foreign))
    assert wrong == []


def test_a_file_that_is_taken_stands_in_the_log(dealer: Dealer, client: Client) -> None:
    client.force_login(User.objects.get(email="manager@dealer.example"))
    client.get("/d/north/files/tasks.csv")
    last = AuditEntry.objects.of(dealer).order_by("-number")[0]
    assert (last.act, last.what) == ("export", "tasks")


@pytest.mark.parametrize("path", ["nothing.csv", "tasks.exe", "people-of-a-day.csv", "people-of-a-day.csv?day=never"])
def test_what_is_no_list_is_not_found(dealer: Dealer, client: Client, path: str) -> None:
    client.force_login(User.objects.get(email="manager@dealer.example"))
    assert client.get(f"/d/north/files/{path}").status_code == 404


def test_a_list_that_is_too_long_for_a_workbook_says_so_and_offers_the_other_file(
    dealer: Dealer, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "MOST", 1)
    client.force_login(User.objects.get(email="manager@dealer.example"))
    answer = client.get("/d/north/files/customers.xlsx?only=no_email")
    assert answer.status_code == 422
    assert "more than 1 rows" in answer.content.decode()
    assert 'href="/d/north/files/customers.csv?only=no_email"' in answer.content.decode()
    assert client.get("/d/north/files/customers.xlsx?q=tremblay").status_code == 200


PLACES = sorted({(one.place, one.prefix) for one in LISTS.values() if one.name != "people-of-a-day"})


@pytest.mark.process
def test_every_page_leads_to_its_sorts_and_files_and_keeps_its_filters(dealer: Dealer, client: Client) -> None:
    client.force_login(User.objects.get(email="manager@dealer.example"))
    panel = reverse("desk-cell", kwargs={"slug": "north", "code": "J_TOMORROW", "day": A_DAY.date()})
    pages = [(reverse(place, kwargs={"slug": "north"}), prefix) for place, prefix in PLACES] + [(panel, "")]
    for path, prefix in pages:
        text = client.get(f"{path}?full=1&q=a&sort=nonsense&cursor=nonsense").content.decode()
        heads = "".join(re.findall(r'<nav class="sorts".*?</nav>|<a class="sort"[^>]*>', text, re.DOTALL))
        sorts = {unescape(link) for link in re.findall(rf'href="([^"]*[?&;]{prefix}sort=[^"]*)"', heads)}
        assert sorts and re.search(r'href="/d/north/files/[^"]*\.xlsx[^"]*"', text), path
        for link in sorts:
            assert "q=a" in link, "a filter stays"
            chosen = client.get(link).content.decode()
            assert 'aria-current="true"' in chosen or "aria-sort" in chosen, link
        for link in re.findall(r'href="(/d/north/files/[^"]*\.csv[^"]*)"', text):
            assert client.get(unescape(link)).status_code == 200, link


def test_who_may_not_export_sees_no_file_to_take(dealer: Dealer, client: Client) -> None:
    client.force_login(a_user(dealer, email="reader@dealer.example", role="read_only"))
    assert "/files/" not in client.get("/d/north/outbox/").content.decode()


def test_a_cursor_of_another_order_begins_anew(dealer: Dealer) -> None:
    listing = replace(told(LISTS["customers"]), per_page=SMALL)
    first = listing.page(at_the_desk(dealer, listing))
    cursor = QueryDict(first.head.more.partition("?")[2])["cursor"]
    other = listing.page(at_the_desk(dealer, listing, sort="since", cursor=cursor))
    assert other.rows == listing.page(at_the_desk(dealer, listing, sort="since")).rows


def test_a_row_that_moves_while_the_file_goes_out_is_in_it_once(dealer: Dealer) -> None:
    listing = LISTS["messages"]
    rows = iter(listing.source.every(at_the_desk(dealer, listing), Order(listing.source.keys[0], down=True)))
    first = next(rows)
    Message.objects.of(dealer).exclude(pk=first.pk).update(moved_at=clock.now() + timedelta(hours=1))
    keys = [first.pk, *(row.pk for row in rows)]
    assert sorted(keys) == sorted(Message.objects.of(dealer).values_list("pk", flat=True))
