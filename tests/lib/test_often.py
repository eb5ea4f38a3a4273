"""One question asked with many sets of values has the answers of the questions asked one by one."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection

from relance.lib.database import often
from relance.lib.database.often import answers
from relance.lib.database.time_limit import TooLong, time_limit

pytestmark = pytest.mark.django_db
DAYS = """
    WITH RECURSIVE days (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM days WHERE n < 9)
    SELECT n, %s FROM days WHERE n >= %s AND n %% %s = 0 AND '%%s' <> %s ORDER BY n
"""


@pytest.fixture
def postgresql():
    if connection.vendor != "postgresql":
        pytest.skip("SQLite keeps what it planned by itself")


def asked(number):
    return [("same", least, 1 + least % 2, f"{least}%s") for least in range(number)]


@pytest.mark.parametrize("number", [0, 1, often.FEW, often.FEW + 1, 2 * often.TOGETHER + 1])
def test_each_set_of_values_has_its_own_answer_in_its_place(number):
    expected = [
        [(n, word) for n in range(1, 10) if n >= least and n % step == 0] for word, least, step, _ in asked(number)
    ]
    assert list(answers(DAYS, (False, True, True, True), asked(number))) == expected


def test_days_moments_and_texts_may_vary():
    on, at = date(2026, 5, 4), datetime(2026, 5, 4, 14, tzinfo=UTC)
    adapt = connection.ops
    sets = [
        (adapt.adapt_datefield_value(on + day), adapt.adapt_datetimefield_value(at + day), f"it's {day.days}", "a")
        for day in map(timedelta, range(10))
    ]
    kinds = ("DATE", "TIMESTAMPTZ") if connection.vendor == "postgresql" else ("TEXT", "TEXT")
    sql = f"SELECT 1 WHERE CAST(%s AS {kinds[0]}) > '2026-05-08' AND CAST(%s AS {kinds[1]}) > '2026-05-11' AND %s > %s"
    assert [len(rows) for rows in answers(sql, (True, True, True, False), sets)] == [0] * 7 + [1] * 3


def test_a_question_that_took_too_long_can_be_asked_again(postgresql):
    sets = [(second,) for second in range(often.FEW + 1)]
    with pytest.raises(TooLong), time_limit(20):
        list(answers("SELECT pg_sleep(%s)", (True,), sets))
    nothing = [(0.0,)] * len(sets)
    assert len(list(answers("SELECT pg_sleep(%s)", (True,), nothing))) == len(sets)


def test_nothing_of_a_question_stays_behind(postgresql):
    before = kept()
    list(answers(DAYS, (False, True, True, True), asked(often.FEW + 1)))
    assert kept() == before


def kept():
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM pg_prepared_statements")
        return cursor.fetchall()
