"""A house whose clock is moved minute by minute, with the clockwork's own tasks and a mail server that takes alarms."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings

from relance.dealers.models import Membership, User
from relance.delivery.channel import Sending
from relance.delivery.safety.turns import Lately
from relance.delivery.senders import keep_sender
from relance.intake.models import ImportRun
from relance.jobs import schedule
from relance.jobs.inbox import Inbox
from relance.jobs.listening import Listening
from relance.jobs.watch import alarm
from relance.measures.health import LastBackup, remember_backup
from relance.measures.trouble import Certificates
from tests.builders import A_DAY, a_dealer, a_row, an_automation
from tests.delivery.mail_server import Mailbox, mail_server

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
STEPS = {task.name: task.every for task in schedule.TASKS}
OPERATOR = "ops@house.example"
PUBLIC = "http://relance.example"
EPOCH = datetime(1970, 1, 1, tzinfo=A_DAY.tzinfo)


@dataclass
class House:
    """What runs, where alarms arrive, and the clock."""

    box: Mailbox  # of the server's own mail server
    patch: pytest.MonkeyPatch
    clock: Any
    dealer: Any = None
    at: datetime = A_DAY
    tasks: dict[str, Callable[[datetime], None]] = field(default_factory=dict)
    open: ExitStack = field(default_factory=ExitStack)

    def minutes(self, number: int, *, until: Callable[[], bool] = lambda: False) -> int:
        """Let so many minutes go by, each with the tasks whose step it is; how many went by."""
        for passed in range(1, number + 1):
            self.at += MINUTE
            self.clock.move_to(self.at)
            for name, run in list(self.tasks.items()):
                every = max(STEPS.get(name, MINUTE), MINUTE)
                if (self.at - EPOCH) % every < MINUTE:
                    run(self.at)
            if until():
                return passed
        return number

    def move_to(self, at: datetime) -> None:
        """Another day."""
        self.at = at
        self.clock.move_to(at)

    @property
    def told(self) -> list[str]:
        """The alarms so far, each as one text."""
        parts = [mail.get_body(("plain",)) for mail in self.box.mails if OPERATOR in str(mail["To"])]
        return [" ".join(part.get_content().split()) for part in parts if part is not None]


@contextmanager
def house(patch: pytest.MonkeyPatch, home: Any) -> Iterator[House]:
    """An empty house whose clock stands at A_DAY."""
    patch.setattr(settings, "HOME", home)
    patch.setattr(schedule, "LISTENING", Listening())
    patch.setattr(schedule, "LATELY", Lately())
    patch.setattr(alarm, "CERTIFICATES", Certificates())
    patch.setattr(alarm, "REMEMBERED", {})
    patch.setattr("relance.jobs.watch.findings.clocks", lambda at: iter(()))  # the database has the real clock
    with mail_server(Mailbox()) as box, time_machine.travel(A_DAY, tick=True) as clock, ExitStack() as opened:
        own = {
            "RELANCE_SMTP_URL": f"smtp://127.0.0.1:{box.port}?tls=none&from=alarm@house.example",
            "RELANCE_ALARM_TO": [OPERATOR],
            "RELANCE_URL": PUBLIC,
            "RELANCE_PRIVATE_HOSTS": ["127.0.0.1"],
        }
        for name, value in own.items():
            patch.setitem(settings.ENVIRONMENT, name, value)
        made = House(box, patch, clock, open=opened)
        made.tasks = {task.name: task.run for task in schedule.TASKS}
        made.tasks["inbox"] = Inbox().look
        yield made


def a_well_dealer(home: House) -> None:
    """One moves in whose feed comes every day, who plans and sends by a mail server of his own, and was backed up."""
    home.dealer = dealer = a_dealer(quiet_hours={"may_send": ["00:00", "23:59"]})
    boss = User.objects.create(email="boss@north.example", created_at=A_DAY)
    Membership.objects.create(dealer=dealer, user=boss, role="crm_manager")
    for day in range(16):
        at = A_DAY - 2 * HOUR - day * DAY
        file = {"file": "customers.csv", "rejected": 0, "stopped": False}
        a_row(ImportRun, dealer, feed="feed", started_at=at, finished_at=at, files=[file])
    an_automation(dealer)
    kept = settings.HOME / "backups" / "relance-2026-05-04-0300.db"
    kept.parent.mkdir()
    shutil.copy(__file__, kept)
    remember_backup(settings.HOME, LastBackup(A_DAY - 7 * HOUR, kept))
    own = home.open.enter_context(mail_server(Mailbox()))
    keep_sender(dealer, "email", Sending("smtp", {"host": "127.0.0.1", "port": own.port, "tls": "none"}), at=A_DAY)
