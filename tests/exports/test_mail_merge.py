"""The people of a run for a word processor: as a list, as a filled Word document, as labels."""

import csv
import io
import json
import re
import zipfile

import openpyxl
import pytest

from relance.delivery.deliver import deliver
from relance.exports.mail_merge.labels import addresses, labels_pdf
from relance.exports.mail_merge.people import _few, of_day, of_run
from relance.exports.mail_merge.word import filled, own_of, template
from relance.facts.models import Customer
from relance.outbox.models import Message, Task
from tests.builders import A_DAY, a_customer, a_dealer, a_message, a_vehicle, an_automation

pytestmark = pytest.mark.django_db
AT_HOME = {"address": "1 Main St", "city": "Laval", "region": "QC", "postal_code": "h7a1a1"}
WORDS = {"postcard": {"en": {"body": "Hello **{customer.first_name}**."}}}


@pytest.fixture(autouse=True)
def home(tmp_path, settings):
    settings.HOME = tmp_path
    return tmp_path


def a_run(*people, channel="postcard", **values):
    dealer = a_dealer()
    automation = an_automation(dealer, channels=[channel], wording=WORDS)
    run = None
    for person in people or ({},):
        customer = a_customer(dealer, **(AT_HOME | person))
        lines = "Ann Lee\n1 Main St\nLAVAL QC  H7A 1A1"
        words = {"channel": channel, "address": lines, "body": "Hello **Ann**.", "vehicle": a_vehicle(customer)}
        message = a_message(customer, automation, **(words | values))
        run = run or message.run
        Message.objects.of(dealer).filter(pk=message.pk).update(run=run)
    return run


def rows_of(merge):
    names = [column.name for column in merge.columns]
    return [dict(zip(names, row, strict=True)) for row in merge.rows()]


def document_of(content):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.read("word/document.xml").decode()


def test_a_row_has_the_address_the_words_and_every_merge_field():
    run = a_run({"mailing_name": "Mrs A. Lee", "name": "Mrs A. Lee"})
    (row,) = rows_of(of_run(run.dealer, run))
    assert [row[f"address_{n}"] for n in range(1, 5)] == ["Mrs A. Lee", "1 Main St", "LAVAL QC  H7A 1A1", ""]
    assert row["text"] == "Hello Ann."
    assert row["customer_mailing_name"] == "Mrs A. Lee" and row["company_owner"] == "Robin Keeper"
    assert (row["send_on"].isoformat(), row["day"]) == ("2026-05-04", "May 4, 2026")


def test_a_run_may_be_asked_for_one_channel_and_leaves_out_who_hears_nothing():
    run = a_run({}, {}, state="refused", reason="opted_out")
    assert of_run(run.dealer, run).people == []
    Message.objects.of(run.dealer).update(state="ready", reason=None)
    assert [len(of_run(run.dealer, run, channel=channel).people) for channel in ("postcard", "letter")] == [2, 0]


def test_a_day_ahead_is_a_list_too():
    dealer = a_dealer()
    automation = an_automation(dealer, channels=["postcard"], wording=WORDS)
    a_customer(dealer, **AT_HOME)
    a_customer(dealer)  # without an address: nobody to write to
    merge = of_day(dealer, automation, A_DAY.date().replace(day=5), at=A_DAY)
    assert [row["address_2"] for row in rows_of(merge)] == ["1 Main St"]


def test_the_word_document_has_a_section_for_each_and_nobodys_fields_left():
    run = a_run({"name": "Ann & Bo <Lee>"}, {"name": "Cy"})
    text = document_of(filled(of_run(run.dealer, run)))
    assert "Ann &amp; Bo &lt;Lee&gt;" in text and "Cy" in text
    assert "MERGEFIELD" not in text and text.count("Hello Ann.") == 2


def test_a_template_of_the_dealers_own_is_filled(tmp_path):
    own = tmp_path / "own.docx"
    own.write_bytes(template())
    run = a_run()
    assert "LAVAL QC" in document_of(filled(of_run(run.dealer, run), own_of(own)))


@pytest.mark.parametrize("content", [b"", b"PK nothing", b"plain text"])
def test_a_template_that_is_no_word_document_is_said_in_one_line(content, tmp_path, relance, home):
    own = tmp_path / "own.docx"
    own.write_bytes(content)
    run = a_run()
    answer = relance("export", "north", "mail-merge", "--run", run.pk, "--to", tmp_path, "--template", own)
    assert answer.status == 2 and "no Word document" in answer.err and answer.err.count("\n") == 1


def test_a_merge_field_that_does_not_exist_is_said_with_the_nearest(tmp_path, relance):
    own, made = tmp_path / "own.docx", io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(template())) as before, zipfile.ZipFile(made, "w") as after:
        for name in before.namelist():
            after.writestr(name, before.read(name).replace(b"address_1", b"adress_1"))
    own.write_bytes(made.getvalue())
    run = a_run()
    out = tmp_path / "out"
    answer = relance("export", "north", "mail-merge", "--run", run.pk, "--to", out, "--template", own)
    assert answer.status == 2 and "did you mean 'address_1'" in answer.err
    assert not out.exists(), "nothing is half done"


def with_part(name, content, **instead):
    """Our template with one part more, and words of its list of parts replaced."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(template())) as before, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as after:
        for part in before.namelist():
            text = before.read(part).decode()
            for old, new in instead.items():
                text = text.replace(old, new) if part == "[Content_Types].xml" else text
            after.writestr(part, text)
        after.writestr(name, content)
    return made.getvalue()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (with_part("word/vbaProject.bin", b"AutoOpen"), "has macros"),
        (with_part("word/x.xml", b"", **{"wordprocessingml": "macroEnabled"}), "has macros"),
        (with_part("word/media/x.bin", bytes(101_000_000)), "unpacks to more than a letter needs"),
    ],
    ids=["macros", "a kind with macros", "a bomb"],
)
def test_a_template_that_runs_or_bursts_is_refused_and_nothing_is_written(content, says, tmp_path, relance):
    (tmp_path / "own.docx").write_bytes(content)
    run, out = a_run(), tmp_path / "out"
    answer = relance("export", "north", "mail-merge", "--run", run.pk, "--to", out, "--template", tmp_path / "own.docx")
    assert answer.status == 2 and says in answer.err and not out.exists()


def test_one_household_gets_one_label():
    run = a_run({}, {}, {"address": "2 Main St"}, {"address": None})
    merge = of_run(run.dealer, run)
    assert [lines[1] for lines in addresses(merge)] == ["1 Main St", "2 Main St"]


@pytest.mark.parametrize(("sheet", "pages"), [("5160", 2), ("L7160", 2)])
def test_labels_stand_on_the_sheets_that_are_sold(sheet, pages):
    made = labels_pdf(a_dealer(), [["Ann", f"{n} Main St", "#LAVAL"] for n in range(31)], sheet)
    assert len(re.findall(rb"/Type\s*/Page\b", made)) == pages


def test_the_command_writes_all_three_and_says_so(tmp_path, relance):
    run = a_run({"email": "=cmd@x.example"})
    answer = relance("export", "north", "mail-merge", "--run", run.pk, "--to", tmp_path / "out", "--json")
    assert answer.status == 0
    files = {json.loads(line)["file"].rsplit(".", 1)[1] for line in answer.out.splitlines()}
    assert files == {"csv", "xlsx", "docx"}
    head, row = csv.reader((tmp_path / "out" / f"SR180-{run.pk}.csv").read_text("utf-8-sig").splitlines())
    assert dict(zip(head, row, strict=True))["email"] == "'=cmd@x.example"
    page = openpyxl.load_workbook(tmp_path / "out" / f"SR180-{run.pk}.xlsx").active
    assert page.max_row == 2


@pytest.mark.parametrize("kind", ["letters", "postcards"])
def test_what_is_still_to_come_is_shown_as_a_proof(kind, tmp_path, relance):
    run = a_run(channel=kind.rstrip("s"))
    answer = relance("export", "north", kind, "--run", run.pk, "--to", tmp_path)
    assert answer.out.strip().endswith("-proof.pdf")
    assert {m.state for m in Message.objects.of(run.dealer)} == {"ready"}


def test_what_was_printed_is_given_again_with_its_manifest(tmp_path, relance, home):
    run = a_run({}, {})
    list(deliver(run.dealer, at=A_DAY))
    answer = relance("export", "north", "postcards", "--run", run.pk, "--to", tmp_path / "out")
    assert [line.rsplit(".")[-1] for line in answer.out.split()] == ["pdf", "json"]
    (kept,) = (home / "sent").rglob("*.pdf")
    assert (tmp_path / "out" / kept.name).read_bytes() == kept.read_bytes()


def test_list_workbook_document_labels_and_print_file_agree_also_after_somebody_has_moved(tmp_path, relance, home):
    people = [{"name": f"Zoë Õunapuu {n}", "address": f"{n} rue Œuvrard"} for n in range(1, 4)]
    run = a_run(*people)
    for message, person in zip(Message.objects.of(run.dealer).order_by("pk"), people, strict=True):
        lines = f"{person['name']}\n{person['address']}\nLAVAL QC  H7A 1A1"
        Message.objects.of(run.dealer).filter(pk=message.pk).update(address=lines)
    list(deliver(run.dealer, at=A_DAY))
    Customer.objects.of(run.dealer).update(address="9 Elsewhere", city="Québec")
    relance("export", "north", "mail-merge", "--run", run.pk, "--to", tmp_path / "out")
    (manifest,) = (home / "sent").rglob("*.json")
    printed = [(line["name"]) for line in json.loads(manifest.read_text())["messages"]]
    file = tmp_path / "out" / f"SR180-{run.pk}"
    listed = list(csv.DictReader(file.with_suffix(".csv").read_text("utf-8-sig").splitlines()))
    head, *rows = openpyxl.load_workbook(file.with_suffix(".xlsx")).active.iter_rows(values_only=True)
    names = [row["address_1"] for row in listed]
    assert names == printed == [person["name"] for person in people]
    assert [row["address_2"] for row in listed] == [person["address"] for person in people]
    at = {name: number for number, name in enumerate(listed[0])}
    assert len(head) == len(at)
    assert [[row[at["address_1"]], row[at["address_2"]], row[at["address_3"]]] for row in rows] == [
        [row["address_1"], row["address_2"], row["address_3"]] for row in listed
    ]
    text = document_of(file.with_suffix(".docx").read_bytes())
    assert all(row["address_2"] in text and row["name"] in text for row in listed)
    assert addresses(of_run(run.dealer, run)) == [[r["address_1"], r["address_2"], r["address_3"]] for r in listed]


def test_the_call_list_has_the_same_people_as_its_mail_merge():
    run = a_run({}, {}, {}, channel="phone", address="+15145550199")
    list(deliver(run.dealer, at=A_DAY))
    called = {task.customer_id for task in Task.objects.of(run.dealer).filter(kind="call")}
    assert called == {person.customer_id for person in of_run(run.dealer, run, channel="phone").people}
    assert len(called) == 3


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("mail-merge",), "say which list"),
        (("mail-merge", "--run", "999"), "there is no run 999"),
        (("mailmerge", "--run", "1"), "did you mean 'mail-merge'"),
        (("labels", "--run", "1", "--labels", "5161"), "did you mean '5160'"),
        (("labels", "--automation", "SR18", "--at", "2026-05-05"), "did you mean 'SR180'"),
    ],
)
def test_a_wrong_word_is_said_in_one_line(words, says, relance):
    a_run()
    answer = relance("export", "north", *words)
    assert answer.status == 2 and says in answer.err and answer.err.count("\n") == 1


def test_an_address_with_more_lines_than_columns_keeps_its_last_one_last():
    assert _few(["Ann", "1 Main St", "LAVAL"]) == ["Ann", "1 Main St", "LAVAL", "", "", ""]
    assert _few(list("abcdefg")) == ["a", "b", "c", "d", "e, f", "g"]
