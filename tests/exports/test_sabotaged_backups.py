"""Whatever happens to a backup, it is noticed with a clear line before anybody needs it; nothing is half restored."""

import errno
import json
import sqlite3
import zipfile
from contextlib import closing, suppress

import pytest
from django.conf import settings
from django.db import connection

from relance.exports.backup import copy, portable
from relance.exports.backup.prove import SCRATCH
from relance.jobs.watch.backups import prove_backup
from relance.lib.clock import now
from relance.lib.errors import BadInput
from relance.measures.health import BACKED_UP, health_of_backups
from tests.builders import a_customer, a_dealer
from tests.exports.test_backup import empty

pytestmark = pytest.mark.django_db(transaction=True)
FORMS = ["copy", "portable"] if connection.vendor == "sqlite" else ["portable"]


@pytest.fixture(params=FORMS)
def backup(request, relance, tmp_path):
    """A good backup of one of both forms."""
    a_customer(a_dealer(), first_name="Élodie", name="Élodie Ünal")
    path = tmp_path / f"b.{request.param}"
    assert relance("backup", *(["--portable"] if request.param == "portable" else []), path).status == 0
    yield path
    (settings.HOME / BACKED_UP).unlink(missing_ok=True)


def flip(path, at):
    data = bytearray(path.read_bytes())
    data[at] ^= 0x01
    path.write_bytes(bytes(data))


def shorten(path):
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def empty_file(path):
    path.write_bytes(b"")


def flip_a_letter_of_a_name(path):
    data = path.read_bytes()
    at = data.find("Élodie".encode())
    flip(path, at + 3 if at >= 0 else len(data) // 2)


def lose_a_table(path):
    if path.suffix == ".copy":
        with closing(sqlite3.connect(path)) as database:
            database.execute("DROP TABLE facts_sale")
            database.commit()
        return
    with zipfile.ZipFile(path) as old:
        held = {name: old.read(name) for name in old.namelist() if "facts.sale" not in name}
    with zipfile.ZipFile(path, "w") as new:
        for name, data in held.items():
            new.writestr(name, data)


def lose_a_row(path):
    if path.suffix == ".copy":
        with closing(sqlite3.connect(path)) as database:
            database.execute("DELETE FROM facts_customer")
            database.commit()
        return
    with zipfile.ZipFile(path) as old:
        held = {name: old.read(name) for name in old.namelist()} | {"tables/facts.customer.jsonl": b""}
    with zipfile.ZipFile(path, "w") as new:
        for name, data in held.items():
            new.writestr(name, data)


SABOTAGE = [flip_a_letter_of_a_name, shorten, empty_file, lose_a_table, lose_a_row]


@pytest.mark.parametrize("spoil", SABOTAGE)
def test_a_spoilt_backup_is_refused_and_nothing_is_half_restored(relance, backup, spoil):
    spoil(backup)
    proof = relance("backup", "--prove", backup)
    assert (proof.status, proof.err.count("\n")) == (2, 1)
    empty()
    answer = relance("restore", backup)
    assert (answer.status, answer.err.count("\n")) == (2, 1)
    assert "take another backup" in answer.err or "rows" in answer.err
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM dealers_dealer")
        assert cursor.fetchone() == (0,)


def test_a_letter_changed_anywhere_in_a_copy_is_noticed(backup):
    """SQLite itself sees none of these, where they hit no page's frame."""
    if backup.suffix != ".copy":
        pytest.skip("a zip has a checksum per file")
    size = backup.stat().st_size
    for at in range(24, size, size // 12):
        flip(backup, at)
        with pytest.raises(BadInput):
            copy.checked(backup)
        flip(backup, at)
    assert copy.checked(backup).rows > 0


def test_a_backup_of_another_version_is_refused(relance, backup, monkeypatch, tmp_path):
    form = copy if backup.suffix == ".copy" else portable
    monkeypatch.setattr(form, "migrations", lambda: ["plan.0999_tomorrow"])
    later = tmp_path / "later"
    assert relance("backup", *(["--portable"] if form is portable else []), later).status == 0
    empty()
    answer = relance("restore", later)
    assert (answer.status, "made by a newer relance (plan.0999_tomorrow)" in answer.err) == (2, True)


def test_a_backup_of_another_key_is_told(relance, backup, monkeypatch):
    monkeypatch.setattr(settings, "SECRET_KEY", "another")
    answer = relance("backup", "--prove", backup)
    assert (answer.status, "another secret-key" in answer.err) == (1, True)


@pytest.mark.process
def test_a_good_backup_is_proven_by_a_restore_that_leaves_nothing_behind(relance, backup):
    answer = relance("backup", "--prove", backup)
    assert (answer.status, "proven:" in answer.err) == (0, True), answer.err
    assert list(settings.HOME.glob(f"{SCRATCH}*")) == []


@pytest.mark.process
def test_the_clockwork_proves_the_newest_backup_and_the_doctor_tells_when_it_is_bad(backup):
    prove_backup(now())
    assert [f.state for f in health_of_backups(settings.HOME, now())] == ["ok"]
    shorten(backup)
    prove_backup(now())
    [finding] = health_of_backups(settings.HOME, now())
    assert (finding.state, "does not restore" in finding.says) == ("bad", True)


@pytest.mark.process
def test_rows_that_the_restore_cannot_take_are_no_proof(relance, backup):
    """A checksum that was made to fit: only the restore itself finds it."""
    if backup.suffix != ".portable":
        pytest.skip("of lines only")
    with zipfile.ZipFile(backup) as old:
        held = {name: old.read(name) for name in old.namelist()}
    line = b'["not a row"]\n'
    manifest = json.loads(held["manifest.json"])
    for table in manifest["tables"]:
        if table["model"] == "facts.Customer":
            rows, digest = portable.counted([line])
            table |= {"rows": rows, "sha256": digest}
    held |= {"tables/facts.customer.jsonl": line, "manifest.json": json.dumps(manifest).encode()}
    with zipfile.ZipFile(backup, "w") as new:
        for name, data in held.items():
            new.writestr(name, data)
    answer = relance("backup", "--prove", backup)
    assert (answer.status, "does not restore" in answer.err) == (1, True)


@pytest.mark.parametrize("form", FORMS)
def test_a_full_disk_leaves_nothing_behind_and_says_so(relance, monkeypatch, tmp_path, form):
    a_dealer()

    def full(path, **_):
        path.write_bytes(b"half")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(copy if form == "copy" else portable, "write", full)
    answer = relance("backup", *(["--portable"] if form == "portable" else []), tmp_path / "b")
    assert (answer.status, "No space left" in answer.err) == (1, True)
    assert list(tmp_path.iterdir()) == []
    with suppress(FileNotFoundError):
        (settings.HOME / BACKED_UP).unlink()
