"""Print files and what can be taken out of a cell: pictures, files, printed, taken back; never another dealer's."""

import csv
import io
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from relance.dealers.models import AuditEntry, Dealer
from relance.delivery.models import PrintFile
from relance.exports.mail_merge.word import template
from relance.outbox.models import Message
from tests.builders import a_dealer, a_user
from tests.web.sample import a_busy_dealer, today_at, with_tasks_and_paper

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def dealer(tmp_path, settings) -> Dealer:
    settings.HOME = tmp_path
    return with_tasks_and_paper(a_busy_dealer())


@pytest.fixture
def desk(client: Client, dealer: Dealer) -> Client:
    client.force_login(a_user(dealer))
    return client


def a_file(dealer: Dealer, channel: str = "postcard") -> PrintFile:
    return PrintFile.objects.of(dealer).filter(channel=channel).order_by("pk")[0]


def test_the_page_says_what_waits_for_the_printer(desk):
    page = desk.get("/d/north/programmes/print/").content.decode()
    assert "<b>4</b> files to print" in page
    assert desk.get("/d/north/programmes/print/?automation=V04").content.decode().count("data-row") == 2


@pytest.mark.parametrize(("channel", "sides"), [("postcard", 2), ("letter", 1)])
def test_a_picture_of_each_side_is_shown(desk, dealer, channel, sides):
    key = a_file(dealer, channel).key
    answers = [desk.get(f"/d/north/programmes/print/{key}/picture/{side}/") for side in range(3)]
    assert [a.status_code for a in answers] == [200] * sides + [404] * (3 - sides)
    assert answers[0].content.startswith(b"\x89PNG")


def test_the_file_and_its_manifest_are_given_and_noted(desk, dealer):
    key = a_file(dealer).key
    answer = desk.get(f"/d/north/programmes/print/{key}/")
    assert answer.content.startswith(b"%PDF-") and "attachment" in answer["Content-Disposition"]
    assert len(desk.get(f"/d/north/programmes/print/{key}/?manifest=1").json()["messages"]) == 1
    assert AuditEntry.objects.of(dealer).filter(act="export").count() == 2


def test_printed_and_not_printed_after_all(desk, dealer):
    key = a_file(dealer).key
    assert (
        "Printed"
        in desk.post(f"/d/north/programmes/print/{key}/printed/", {"state": "printed"}, headers=HTMX).content.decode()
    )
    assert a_file(dealer).state == "printed"
    desk.post(f"/d/north/programmes/print/{key}/printed/", {"state": "made"})
    assert a_file(dealer).state == "made"
    assert desk.post(f"/d/north/programmes/print/{key}/printed/", {"state": "burnt"}).status_code == 404


@pytest.mark.parametrize(("act", "values"), [("printed", {"state": "printed"}), ("take-back", {})])
def test_what_is_left_to_print_is_counted_anew_with_the_row(desk, dealer, act, values):
    row = a_file(dealer)
    files = PrintFile.objects.of(dealer).filter(run__automation=row.run.automation)
    before = files.filter(state="made").count()
    values = {**values, "automation": row.run.automation.code}
    said = desk.post(f"/d/north/programmes/print/{row.key}/{act}/", values, headers=HTMX).content.decode()
    head = said.partition('id="prints-left" hx-swap-oob="true">')[2]
    assert (f"<b>{before - 1}</b>" if before > 1 else "Nothing is waiting to be printed.") in head


def test_a_file_that_is_taken_back_spoke_to_nobody(desk, dealer):
    row = a_file(dealer)
    desk.post(f"/d/north/programmes/print/{row.key}/take-back/", headers=HTMX)
    message = Message.objects.of(dealer).get(provider_ref=row.path)
    assert (message.state, message.reason) == ("failed", "taken_back")
    assert "The print file was withdrawn" in desk.get(f"/d/north/outbox/{message.key}/").content.decode()


def test_who_may_not_export_sees_no_names_on_paper(client, dealer):
    client.force_login(a_user(dealer, role="salesperson", reference="S7"))
    key = a_file(dealer).key
    assert client.get(f"/d/north/programmes/print/{key}/").status_code == 403
    assert client.get(f"/d/north/programmes/print/{key}/picture/0/").status_code == 403
    assert "/picture/" not in client.get("/d/north/programmes/print/").content.decode()


def test_another_dealers_file_is_not_found(client, dealer):
    client.force_login(a_user(a_dealer("south"), email="south@dealer.example"))
    assert client.get(f"/d/south/programmes/print/{a_file(dealer).key}/").status_code == 404


def out(desk: Client, code: str, form: str, dealer: Dealer):
    return desk.get(f"/d/north/programmes/{code}/{today_at(dealer)}/file/{form}/")


def test_a_cell_offers_its_ways_out(desk, dealer):
    cell = desk.get(f"/d/north/programmes/L_HOLIDAY/{today_at(dealer)}/", headers=HTMX).content.decode()
    assert "To the print files" in cell and "/file/docx/" in cell and "call list" not in cell
    assert "To the call list" in desk.get(f"/d/north/programmes/E01/{today_at(dealer)}/", headers=HTMX).content.decode()


def test_a_cell_becomes_lists_a_document_and_labels(desk, dealer):
    rows = list(csv.DictReader(io.StringIO(out(desk, "L_HOLIDAY", "csv", dealer).content.decode("utf-8-sig"))))
    assert {row["name"] for row in rows} == {"Robert Okafor", "Kristjan Tamm"}
    page = openpyxl.load_workbook(io.BytesIO(out(desk, "L_HOLIDAY", "xlsx", dealer).content)).active
    assert page is not None and page.max_row == 3
    with zipfile.ZipFile(io.BytesIO(out(desk, "L_HOLIDAY", "docx", dealer).content)) as document:
        assert b"Kristjan Tamm" in document.read("word/document.xml")
    assert out(desk, "L_HOLIDAY", "labels", dealer).content.startswith(b"%PDF-")
    assert out(desk, "L_HOLIDAY", "postcard", dealer).content.startswith(b"%PDF-")
    assert AuditEntry.objects.of(dealer).filter(act="export").count() == 5


@pytest.mark.parametrize(("code", "form"), [("L_HOLIDAY", "letter"), ("L_HOLIDAY", "exe"), ("NONE", "csv")])
def test_what_there_is_not_cannot_be_taken_out(desk, dealer, code, form):
    assert out(desk, code, form, dealer).status_code == 404


def test_a_cell_is_filled_into_a_word_document_of_the_dealers_own(
    client: Client, settings: Any, tmp_path: Path
) -> None:
    settings.HOME = tmp_path
    dealer = a_busy_dealer()
    client.force_login(a_user(dealer))
    here = f"/d/north/programmes/J_TOMORROW/{today_at(dealer)}/own-document/"
    answer = client.post(here, {"template": SimpleUploadedFile("own.docx", template())})
    assert answer.status_code == 200 and answer.content[:2] == b"PK"
    for name, content, says in (("a.docx", b"no zip", "is no Word document"), ("", b"", "Choose a Word document")):
        sent = {"template": SimpleUploadedFile(name, content)} if name else {}
        refused = client.post(here, sent)
        page = refused.content.decode()
        assert refused.status_code == 422 and says in page and "«customer_first_name»" in page
