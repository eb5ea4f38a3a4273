"""A home whose tables were brought up to date knows them as well as one that was made with them."""

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from relance.jobs import home
from tests.builders import a_customer, a_dealer

pytestmark = pytest.mark.django_db


def test_an_index_that_an_upgrade_brings_is_known_by_its_rows(monkeypatch):
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL knows an index by the columns of its table")
    a_customer(a_dealer(), city="Laval")

    def upgrade(*words, **options):
        with connection.cursor() as cursor:
            cursor.execute("CREATE INDEX brought_by_an_upgrade ON facts_customer (dealer_id, city)")

    monkeypatch.setattr(MigrationExecutor, "migration_plan", lambda executor, targets: ["one"])
    monkeypatch.setattr(home, "call_command", upgrade)
    home.open_home()
    with connection.cursor() as cursor:
        cursor.execute("SELECT stat FROM sqlite_stat1 WHERE idx = 'brought_by_an_upgrade'")
        assert cursor.fetchall() == [("1 1 1",)]
