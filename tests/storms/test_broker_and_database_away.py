"""A broker or a database that is out of order: work is done here, pages say so and come back by themselves (R58)."""

import time
from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from relance.jobs import cluster
from relance.jobs.cluster import hand_out
from relance.jobs.schedule import TASKS, PerDealer
from tests.builders import A_DAY, a_dealer, a_user
from tests.harness.broker import Broker, is_there
from tests.storms.proxy import FAULTS, in_trouble, proxy

SOON = 30.0  # seconds: much more than any time-out here, and less than for ever


@pytest.mark.process
@pytest.mark.django_db
@pytest.mark.skipif(not is_there() or connection.vendor != "sqlite", reason="no RabbitMQ here, or asked already")
def test_a_broker_in_trouble_holds_nothing_up_and_is_used_again_afterwards(monkeypatch):
    a_dealer()
    monkeypatch.setattr(cluster, "LONGEST", 6.0)
    monkeypatch.setattr(cluster, "REST", 0.0)
    done: list[str] = []
    (plan,) = [task for task in TASKS if task.name == "plan"]
    task = replace(plan, run=lambda at: done.append("here"), per_dealer=PerDealer(lambda at: [1], lambda *_: None))
    broker, at = Broker(), A_DAY
    try:
        with proxy(broker.port) as between:
            cluster.app.conf.broker_url = f"amqp://guest:guest@127.0.0.1:{between.port}//"
            hand_out(task, at)
            assert done == []
            for fault in FAULTS:
                with in_trouble(between, fault):
                    began, at = time.monotonic(), at + timedelta(minutes=1)
                    hand_out(task, at)
                    assert time.monotonic() - began < SOON, fault
                assert done == ["here"], fault
                at += timedelta(minutes=1)
                hand_out(task, at)
                assert done == ["here"], f"after {fault} the broker is not used again"
                done.clear()
    finally:
        cluster.app.conf.broker_url = None
        broker.stop()


@pytest.mark.process
@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor == "sqlite", reason="a file is not away")
@pytest.mark.parametrize("fault", FAULTS)
def test_a_database_that_is_away_is_said_on_every_page_and_comes_back_by_itself(fault, monkeypatch):
    client = Client(raise_request_exception=False)
    client.force_login(a_user(a_dealer()))
    folder = parse_qs(urlsplit(settings.ENVIRONMENT["RELANCE_DATABASE_URL"]).query)["host"][0]
    with proxy(f"{folder}/.s.PGSQL.5432") as between:
        connection.close()
        place = {"HOST": "127.0.0.1", "PORT": str(between.port), "OPTIONS": {"connect_timeout": "2"}}
        with monkeypatch.context() as patch:
            for name, value in place.items():
                patch.setitem(connection.settings_dict, name, value)
            try:
                assert client.get("/d/north/customers/").status_code == 200
                connection.close()
                with in_trouble(between, fault):
                    began = time.monotonic()
                    answer = client.get("/d/north/customers/")
                    assert time.monotonic() - began < SOON
                assert (answer.status_code, answer["Retry-After"]) == (503, "30")
                assert "cannot be reached" in answer.content.decode()
                connection.close()
                assert client.get("/d/north/customers/").status_code == 200
            finally:
                connection.close()
