"""The clockwork backs up by itself every night, once, and tells the doctor when it cannot."""

import os
import shutil
from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest
from django.conf import settings

from relance.jobs.watch import backups
from relance.lib.errors import Failure
from relance.measures.health import LastBackup, health_of_backups, last_backup, remember_backup
from tests.builders import a_dealer

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
NIGHT = datetime(2026, 5, 5, 2, 15).astimezone()  # by this machine's clock
NOON = NIGHT.replace(hour=12)


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A home of its own, ten days old, in which a backup is a small file and its trial takes no time."""
    monkeypatch.setattr(settings, "HOME", tmp_path)
    key = tmp_path / "secret-key"
    key.write_text("secret")
    made = (NIGHT - 10 * DAY).timestamp()
    os.utime(key, (made, made))
    faults: list[str] = []

    def write(path, *, is_portable, at):
        if faults:
            raise Failure(faults[0])
        path.write_text(at.isoformat())

    monkeypatch.setattr(backups, "write_backup", write)
    monkeypatch.setattr(backups, "prove", lambda file: None)
    return SimpleNamespace(path=tmp_path, folder=tmp_path / "backups", faults=faults)


def made(home):
    return sorted(path.name for path in home.folder.glob(backups.OURS))


@pytest.mark.django_db
def test_every_night_has_one_backup_and_seven_are_kept(home):
    for day in range(10):
        for hours in (0, 1, 2, 10):
            backups.back_up_by_night(NIGHT + day * DAY + hours * HOUR)
    assert len(made(home)) == 7
    assert last_backup(home.path).at == NIGHT + 9 * DAY
    assert [f.state for f in health_of_backups(home.path, NIGHT + 9 * DAY + 20 * HOUR)] == ["ok"]


@pytest.mark.django_db
def test_a_machine_that_sleeps_at_night_is_backed_up_by_day(home):
    remember_backup(home.path, LastBackup(NOON - DAY + HOUR))
    backups.back_up_by_night(NOON)
    assert made(home) == []
    backups.back_up_by_night(NOON + HOUR)
    assert len(made(home)) == 1


@pytest.mark.django_db
def test_a_new_home_waits_for_its_first_night(home):
    new = (NOON - HOUR).timestamp()
    os.utime(home.path / "secret-key", (new, new))
    backups.back_up_by_night(NOON)
    assert made(home) == [] and [f.state for f in health_of_backups(home.path, NOON)] == ["note"]
    backups.back_up_by_night(NIGHT + DAY)
    assert len(made(home)) == 1


@pytest.mark.django_db
@pytest.mark.parametrize("hour", range(5, 23))
def test_whenever_a_home_was_made_it_is_backed_up_by_night(home, hour):
    new = NIGHT.replace(hour=hour)
    os.utime(home.path / "secret-key", (new.timestamp(), new.timestamp()))
    times = set()
    for quarters in range(4 * 24 * 4):
        backups.back_up_by_night(new + quarters * HOUR / 4)
        last = last_backup(home.path).at
        times |= {last.astimezone()} if last else set()
    assert len(times) == 4
    assert {at.hour for at in times} <= set(backups.NIGHT)


@pytest.mark.django_db
def test_what_goes_wrong_is_told_by_the_doctor_until_it_is_mended(home):
    remember_backup(home.path, LastBackup(NIGHT - DAY))
    home.faults.append("the disk is full")
    backups.back_up_by_night(NIGHT)
    told = [f.says for f in health_of_backups(home.path, NIGHT) if f.state == "bad"]
    assert len(told) == 1 and "the disk is full" in told[0]
    home.faults.clear()
    backups.back_up_by_night(NIGHT + HOUR / 4)
    assert [f.state for f in health_of_backups(home.path, NIGHT + HOUR)] == ["ok"]


@pytest.mark.django_db
def test_no_old_backup_goes_before_a_new_one_was_restored(home, monkeypatch):
    def bad(file):
        raise Failure("it does not restore")

    for day in range(7):
        backups.back_up_by_night(NIGHT + day * DAY)
    monkeypatch.setattr(backups, "prove", bad)
    backups.back_up_by_night(NIGHT + 7 * DAY)
    assert len(made(home)) == 8
    assert [f.state for f in health_of_backups(home.path, NIGHT + 7 * DAY)] == ["bad"]


@pytest.mark.django_db
def test_a_full_disk_is_left_to_the_database(home, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=10))
    backups.back_up_by_night(NIGHT)
    assert made(home) == [] and "are free" in last_backup(home.path).failed


@pytest.mark.django_db
def test_two_processes_make_one(home):
    home.folder.mkdir()
    with backups._alone(home.folder) as first:
        backups.back_up_by_night(NIGHT)
        assert first and made(home) == []
    backups.back_up_by_night(NIGHT)
    assert len(made(home)) == 1


@pytest.mark.django_db
def test_nobody_who_does_not_want_backups_gets_any(home, monkeypatch):
    monkeypatch.setitem(settings.ENVIRONMENT, "RELANCE_BACKUPS", "off")
    backups.back_up_by_night(NIGHT)
    assert not home.folder.exists()
    assert [f.state for f in backups.health_of_nights()] == ["note"]
    assert [f.state for f in health_of_backups(home.path, NIGHT)] == ["bad"]  # nobody makes them otherwise


@pytest.mark.process
@pytest.mark.django_db(transaction=True)
def test_the_nights_backup_is_a_real_one(tmp_path, monkeypatch):
    a_dealer()
    folder = tmp_path / "kept"
    monkeypatch.setitem(settings.ENVIRONMENT, "RELANCE_BACKUPS", str(folder))
    monkeypatch.setattr(backups, "is_due", lambda at: True)
    before = last_backup(settings.HOME)
    try:
        backups.back_up_by_night(NIGHT)
        last = last_backup(settings.HOME)
        assert (last.at, last.fault, last.failed) == (NIGHT, "", "") and last.file
        assert last.file.stat().st_mode & 0o077 == 0
    finally:
        remember_backup(settings.HOME, before)
