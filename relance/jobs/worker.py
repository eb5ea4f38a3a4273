"""Turns the passing of time into tasks of the schedule, one after the other, in a thread per lane."""

import logging
import threading
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import close_old_connections

from relance.jobs.schedule import TASKS, Task
from relance.lib.clock import now
from relance.lib.database.giving_way import give_way
from relance.lib.errors import Told

log = logging.getLogger("relance.clockwork")
PAUSE = 0.1  # seconds between two looks at the clock


class Clockwork:
    """Runs each task when its time has come. A task that fails is logged and comes again: it never stops the others."""

    def __init__(self, tasks: Sequence[Task] = TASKS) -> None:
        self.stopping = threading.Event()
        lanes: dict[str, list[Task]] = {}
        for task in tasks:
            lanes.setdefault(task.lane, []).append(task)
        self._lanes = list(lanes.values())
        self._threads = [
            threading.Thread(target=self._run_behind, args=(lane,), name=f"clockwork-{name}", daemon=True)
            for name, lane in lanes.items()
        ]

    def start(self) -> None:
        """Begin, in threads."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Let the tasks in hand finish, then end."""
        self.stopping.set()
        for thread in self._threads:
            if thread.ident is not None:
                thread.join()

    def run(self) -> None:
        """Work with the first lane in this very thread, until `stop` is called from another or a signal."""
        for thread in self._threads[1:]:
            thread.start()
        self._run(self._lanes[0])
        self.stop()

    def _run_behind(self, tasks: Sequence[Task]) -> None:
        give_way()
        self._run(tasks)

    def _run(self, tasks: Sequence[Task]) -> None:
        next_at = {task.name: _begin(task, now()) for task in tasks}
        while not self.stopping.wait(PAUSE):
            for task in tasks:
                moment = now()
                # A clock that was set back must not keep everything waiting until it has caught up.
                is_time = not moment < next_at[task.name] <= moment + task.every
                if is_time and not self.stopping.is_set():
                    self._do(task, moment)
                    next_at[task.name] = _begin(task, moment) + task.every

    def _do(self, task: Task, at: datetime) -> None:
        close_old_connections()
        try:
            task.run(at)
        except Told as error:
            log.error("%s failed, it comes again in %s: %s", task.name, task.every, error)
        except Exception:
            log.exception("%s failed, it comes again in %s", task.name, task.every)
        finally:
            close_old_connections()


def _begin(task: Task, at: datetime) -> datetime:
    """The whole step of the clock at or before a moment: minutes begin when the clock shows a new one."""
    step = task.every.total_seconds()
    return at - timedelta(seconds=at.timestamp() % step)
