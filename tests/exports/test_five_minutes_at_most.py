"""What docs/exports.md tells an operator of PostgreSQL: WAL archiving brings back what was there minutes ago (R53)."""

import shutil

import psycopg
import pytest
from django.conf import settings

from relance.exports.backup.hold import held
from relance.outbox.models import Message
from tests import postgres
from tests.builders import a_customer, a_dealer, a_message, an_automation

ARCHIVING = {  # as in docs/exports.md, with folders of the test
    "wal_level": "replica",
    "archive_mode": "on",
    "archive_timeout": "240",
    "archive_command": "test ! -f {folder}/archive/%f && cp %p {folder}/archive/%f",
}


@pytest.mark.process
@pytest.mark.skipif("postgresql" not in settings.DATABASES["default"]["ENGINE"], reason="of PostgreSQL")
def test_a_lost_server_comes_back_as_it_was_when_its_last_log_was_archived(process):
    server = postgres.Server(ARCHIVING)
    try:
        archive, kept, data = (server.folder / name for name in ("archive", "kept", "data"))
        archive.mkdir()
        shutil.chown(archive, server.folder.owner(), server.folder.group())
        process.environment["RELANCE_DATABASE_URL"] = server.url("postgres")
        assert process("dealer", "create", "north", "--name", "North", "--timezone", "UTC").status == 0
        server.run("pg_basebackup", "-h", server.folder, "-U", "postgres", "-D", kept, "--checkpoint=fast", "--no-sync")
        assert process("dealer", "create", "south", "--name", "South", "--timezone", "UTC").status == 0
        with psycopg.connect(host=str(server.folder), user="postgres", autocommit=True) as connection:
            (last,) = connection.execute("SELECT pg_walfile_name(pg_switch_wal())").fetchone() or ("",)
        # The command is run at once; archive_timeout only says after how long a log that is not full is one.
        server.wait_for(lambda: (archive / last).exists())
        server.process.kill()
        server.process.wait()
        shutil.rmtree(data)
        kept.rename(data)
        (data / "recovery.signal").touch()
        server.options["restore_command"] = f"cp {archive}/%f %p"
        server.start()
        server.wait_for(lambda: not (data / "recovery.signal").exists())
        said = process("restore", "--recovered", "2026-11-26T12:00")
        assert (said.status, "Nothing is sent by itself" in said.err) == (0, True), said.err
        assert "north, south" in said.err
    finally:
        server.stop()


@pytest.mark.django_db(transaction=True)
def test_what_was_brought_back_by_other_means_is_held_like_a_restore(relance):
    dealer = a_dealer()
    message = a_message(a_customer(dealer), an_automation(dealer))
    said = relance("restore", "--recovered", "2026-05-04T09:00")
    assert (said.status, "1 messages that were ready wait for approval" in said.err) == (0, True), said.err
    assert held() == ["north"]
    assert Message.objects.of(dealer).get(pk=message.pk).state == "approval"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "words", [(), ("--recovered", "yesterday"), ("--recovered", "2026-05-04T09:00", "--let-go", "a")]
)
def test_words_that_do_not_go_together_are_refused(relance, words):
    said = relance("restore", *words)
    assert (said.status, said.err.count("\n")) == (2, 1)
