"""A backup is read again before it is good; a restore checks first, loses nothing and says nothing by itself."""

import io
import json
import zipfile
from datetime import date
from decimal import Decimal

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection

from relance.dealers.models import Dealer
from relance.delivery.models import Sender
from relance.exports.backup.manifest import mark_of
from relance.exports.backup.portable import one_moment
from relance.exports.backup.tables import rows_of, tables
from relance.facts.models import Customer, RepairOrder, Sale, Vehicle
from relance.jobs.models import Fault, Tick
from relance.jobs.stages import plan
from relance.outbox.models import Message, Move
from relance.plan.models import PlanMark
from tests.builders import (
    A_DAY,
    a_customer,
    a_dealer,
    a_message,
    a_repair_order,
    a_row,
    a_sale,
    a_vehicle,
    an_automation,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def life():
    """A dealer with a row of every difficult kind."""
    dealer = a_dealer()
    customer = a_customer(dealer, first_name='Élodie "Ü"\n', meta={"b": "2", "a": "ä"}, birth_date=date(1980, 2, 29))
    vehicle = a_vehicle(customer, odometer=Decimal("120000.5"), odometer_per_day=1 / 3, accessories=["TOW"])
    a_vehicle(customer, accessories=None)
    a_sale(customer, "2024-05-04", vehicle=vehicle)
    a_repair_order(customer, "2026-03-08T02:30", vehicle=vehicle, warranty_sale=Decimal("1234.50"))
    for key in ("house/b: x", "house/B: x", "house/é"):  # keys that are texts; databases sort them differently
        Fault.objects.create(key=key, look="house", says="x", state="told", since=A_DAY)
    Tick.objects.create(task="plan", at=A_DAY)
    a_row(Sender, dealer, channel="email", kind="smtp", settings={"host": "x"}, secrets=b"\x00\xff", updated_at=A_DAY)
    return dealer


def contents():
    return {model._meta.label: list(rows_of(model).order_by("pk").values()) for model in tables()}


def empty():
    call_command("flush", verbosity=0, interactive=False)


def rewritten(path, **files):
    """The zip with other files in the place of some."""
    with zipfile.ZipFile(path) as old:
        held = {name: old.read(name) for name in old.namelist()} | files
    with zipfile.ZipFile(path, "w") as new:
        for name, data in held.items():
            new.writestr(name, data)


@pytest.mark.django_db(transaction=True)
def test_every_row_comes_back_as_it_was(relance, life, tmp_path):
    before = contents()
    assert relance("backup", "--portable", tmp_path / "b.zip").status == 0
    empty()
    answer = relance("restore", tmp_path / "b.zip", "--move")
    assert answer.status == 0, answer.err
    assert contents() == before
    assert a_customer(life).pk > max(row["id"] for row in before["facts.Customer"])  # the counter goes on behind them


@pytest.mark.django_db(transaction=True)
def test_after_a_restore_nothing_is_sent_by_itself(relance, life, tmp_path):
    customer, automation = Customer.objects.of(life).get(), an_automation(life)
    ready, sending = a_message(customer, automation), a_message(customer, automation, state="sending", owner="w1")
    sent = a_message(customer, automation, state="sent")
    relance("backup", "--portable", tmp_path / "b.zip")
    empty()
    answer = relance("restore", tmp_path / "b.zip")
    states = dict(Message.objects.of(life).values_list("pk", "state"))
    assert states == {ready.pk: "approval", sending.pk: "unsure", sent.pk: "sent"}
    assert "restored from a backup of" in Move.objects.of(life).filter(message=ready.pk).get().cause
    assert "1 messages that were ready wait for approval" in answer.err


@pytest.mark.django_db(transaction=True)
def test_what_is_planned_after_a_restore_waits_until_it_is_let_go(relance, life, tmp_path):
    an_automation(life)
    relance("backup", "--portable", tmp_path / "b.zip")
    empty()
    relance("restore", tmp_path / "b.zip")
    plan(Dealer.objects.get(), at=A_DAY.replace(hour=15), since=A_DAY.replace(hour=13))
    assert {m.state for m in Message.objects.of(life)} == {"approval"}
    assert relance("restore", "--let-go", "north").status == 0
    assert PlanMark.objects.of(life).get().held_since is None


def test_a_database_in_use_is_not_restored_into(relance, life, tmp_path):
    relance("backup", "--portable", tmp_path / "b.zip")
    answer = relance("restore", tmp_path / "b.zip")
    assert answer.status == 2
    assert "restore into an empty one" in answer.err


def test_a_file_that_is_there_is_not_written_over(relance, life, tmp_path):
    (tmp_path / "b.zip").write_text("last month's")
    assert relance("backup", "--portable", tmp_path / "b.zip").status == 2
    assert (tmp_path / "b.zip").read_text() == "last month's"


def test_the_servers_key_is_not_in_the_backup(relance, life, tmp_path):
    answer = relance("backup", "--portable", tmp_path / "b.zip")
    with zipfile.ZipFile(tmp_path / "b.zip") as archive:
        held = b"".join(archive.read(name) for name in archive.namelist())
    assert settings.SECRET_KEY.encode() not in held
    assert mark_of(settings.SECRET_KEY).encode() in held
    assert "secret-key" in answer.err


def test_only_its_owner_may_read_it(relance, life, tmp_path):
    relance("backup", "--portable", tmp_path / "b.zip")
    assert (tmp_path / "b.zip").stat().st_mode & 0o077 == 0


@pytest.mark.django_db(transaction=True)
def test_others_go_on_writing_while_one_moment_is_read(life):
    with one_moment():
        assert Dealer.objects.get().name == "North Garage"
        other = connection.copy()
        with other.cursor() as cursor:
            cursor.execute("UPDATE dealers_dealer SET name = 'South'")
        other.close()
        assert Dealer.objects.get().name == "North Garage"
    assert Dealer.objects.get().name == "South"


def cut(path):
    path.write_bytes(path.read_bytes()[:-200])


def flip(path):
    data = bytearray(path.read_bytes())
    data[200] ^= 0xFF
    path.write_bytes(bytes(data))


def lose_a_row(path):
    with zipfile.ZipFile(path) as archive:
        lines = archive.read("tables/facts.customer.jsonl").splitlines(keepends=True)
    rewritten(path, **{"tables/facts.customer.jsonl": b"".join(lines[1:])})


def lose_a_table(path):
    with zipfile.ZipFile(path) as old:
        held = {name: old.read(name) for name in old.namelist() if "sale" not in name}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as new:
        for name, data in held.items():
            new.writestr(name, data)
    path.write_bytes(buffer.getvalue())


def come_from_tomorrow(path):
    with zipfile.ZipFile(path) as archive:
        manifest = json.loads(archive.read("manifest.json"))
    manifest["migrations"].append("plan.0999_tomorrow")
    rewritten(path, **{"manifest.json": json.dumps(manifest)})


def be_something_else(path):
    path.write_text("name,email\n")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("spoil", [cut, flip, lose_a_row, lose_a_table, come_from_tomorrow, be_something_else])
def test_a_spoilt_backup_is_refused_and_nothing_is_there(relance, life, tmp_path, spoil):
    relance("backup", "--portable", tmp_path / "b.zip")
    spoil(tmp_path / "b.zip")
    empty()
    answer = relance("restore", tmp_path / "b.zip")
    assert (answer.status, answer.err.count("\n")) == (2, 1)
    assert not Dealer.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_rows_that_do_not_fit_together_are_refused_in_the_end(relance, life, tmp_path):
    Sale.objects.of(life).delete()
    RepairOrder.objects.of(life).delete()
    Vehicle.objects.of(life).delete()
    a_vehicle(Customer.objects.of(life).get())
    relance("backup", "--portable", tmp_path / "b.zip")
    with zipfile.ZipFile(tmp_path / "b.zip") as archive:
        manifest = json.loads(archive.read("manifest.json"))
    for table in manifest["tables"]:
        if table["model"] == "facts.Customer":
            table |= {"rows": 0, "sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"}
    rewritten(tmp_path / "b.zip", **{"manifest.json": json.dumps(manifest), "tables/facts.customer.jsonl": ""})
    empty()
    answer = relance("restore", tmp_path / "b.zip")
    assert answer.status == 2
    assert "nothing was restored" in answer.err
    assert not Dealer.objects.exists()
