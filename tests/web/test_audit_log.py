"""The audit log on the desk: every change and every refusal stands in it; filters; only for who may read it."""

import re

import pytest
from django.test import Client

from relance.dealers.models import AuditEntry, Dealer
from tests.builders import a_user
from tests.web.sample import a_busy_dealer, the_message

pytestmark = pytest.mark.django_db


@pytest.fixture
def dealer(client: Client) -> Dealer:
    dealer = a_busy_dealer()
    client.force_login(a_user(dealer))
    return dealer


def acts(dealer: Dealer) -> list[tuple[str, str]]:
    return list(AuditEntry.objects.of(dealer).order_by("number").values_list("act", "by"))


def test_a_decision_stands_in_the_log_with_its_author_and_address(client: Client, dealer: Dealer) -> None:
    key = the_message(dealer, "approval").key
    client.post(f"/d/north/outbox/{key}/approve/", REMOTE_ADDR="10.9.8.7")
    entry = AuditEntry.objects.of(dealer).get()
    assert (entry.act, entry.by, entry.what, entry.ip) == (
        "approved", "manager@dealer.example", f"message {key}", "10.9.8.7",
    )  # fmt: skip


def test_a_forged_forwarding_header_changes_no_address(client: Client, dealer: Dealer) -> None:
    address = f"/d/north/outbox/{the_message(dealer, 'approval').key}/approve/"
    client.post(address, headers={"X-Forwarded-For": "1.2.3.4"})
    assert AuditEntry.objects.of(dealer).get().ip == "127.0.0.1"


def test_a_refusal_stands_in_the_log(client: Client, dealer: Dealer) -> None:
    client.force_login(a_user(dealer, email="reader@dealer.example", role="read_only"))
    client.post(f"/d/north/outbox/{the_message(dealer, 'approval').key}/approve/")
    assert acts(dealer) == [("refused", "reader@dealer.example")]


def test_what_fails_leaves_neither_change_nor_entry(client: Client, dealer: Dealer) -> None:
    assert client.post("/d/north/outbox/0e9c1c3f-98c1-4f7a-9d63-5b1a1f6f3a11/approve/").status_code == 404
    assert acts(dealer) == []


def test_the_page_filters_by_act_person_and_day(client: Client, dealer: Dealer) -> None:
    waits, ready = the_message(dealer, "approval"), the_message(dealer, "ready")
    client.post(f"/d/north/outbox/{waits.key}/approve/")
    client.post(f"/d/north/outbox/{ready.key}/cancel/")

    def rows(query: str) -> int:
        return client.get(f"/d/north/settings/audit/?{query}").content.decode().count("<li data-row>")

    assert [rows(q) for q in ("", "act=approved", "act=import", "by=manager@dealer.example", "by=nobody")] == [
        2, 1, 0, 2, 0,
    ]  # fmt: skip
    assert [rows(q) for q in ("day=2026-05-04", "day=2026-05-03", "day=never")] == [2, 0, 2]


def test_only_who_may_read_it_sees_it(client: Client, dealer: Dealer) -> None:
    client.force_login(a_user(dealer, email="s@dealer.example", role="service_manager"))
    assert client.get("/d/north/settings/audit/").status_code == 403
    assert "Audit log" not in client.get("/d/north/outbox/").content.decode()


def test_earlier_entries_follow_from_a_cursor(client: Client, dealer: Dealer) -> None:
    key = the_message(dealer, "ready").key
    for _ in range(30):
        client.post(f"/d/north/outbox/{key}/cancel/")
        client.post(f"/d/north/outbox/{key}/bring-back/")
    first = client.get("/d/north/settings/audit/").content.decode()
    assert first.count("<li data-row>") == 50
    further = re.search(r'hx-get="(/d/north/settings/audit/\?cursor=[^"]+)"', first)
    assert further
    rest = client.get(further[1]).content.decode()
    assert rest.count("<li data-row>") == 10
