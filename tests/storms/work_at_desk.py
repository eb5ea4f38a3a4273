"""Turns people at the desk into requests: what they look at, what they change, and how long each answer took."""

import re
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tests.storms.desk import Answer, Forms, Person

REFUSED = 500  # and above: what nobody may ever see
NOTES = ("Wants to be called in the evening.", "Away until spring.", "Élodie asked to wait.")


@dataclass(frozen=True)
class Done:
    """One request, as the person saw it."""

    what: str
    changes: bool
    answer: Answer

    @property
    def is_fault(self) -> bool:
        """Whether it is one that nobody may see: no answer, a server's fault, a change that was not taken."""
        status = self.answer.status
        return not status or status >= REFUSED or (self.changes and status not in (200, 204, 302))


class Worker:
    """One person who looks and changes until it is enough."""

    def __init__(self, person: Person, customers: Sequence[str], tasks: Sequence[str], pause: float) -> None:
        self.person, self.customers, self.tasks, self.pause = person, customers, tasks, pause
        self.luck = person.luck
        self.done: list[Done] = []

    def sign_in(self) -> None:
        """In the morning."""
        self._note("sign in", True, self.person.sign_in())

    def run(self, stopping: threading.Event) -> None:
        """Work; between two things people think."""
        while not stopping.wait(self.luck.uniform(0.5, 1.5) * self.pause):
            (deed,) = self.luck.choices([deed for deed, _ in DEEDS], [weight for _, weight in DEEDS])
            deed(self)
        self.person.leave()

    def _note(self, what: str, changes: bool, answer: Answer) -> Answer:
        self.done.append(Done(what, changes, answer))
        return answer

    def look(self) -> None:
        """A page, as one wanders about."""
        page = self.luck.choice(("programmes/", "outbox/", "tasks/", "customers/", "customers/?q=ma", "automations/"))
        self._note(page, False, self.person.get(page))

    def look_at_one(self) -> None:
        """A customer, in full."""
        self._note("a customer", False, self.person.get(f"customers/one/{self.luck.choice(self.customers)}/"))

    def hold_back(self) -> None:
        """A customer is held back, with a reason."""
        fields = {"why": self.luck.choice(NOTES), "until": ""}
        one = self.luck.choice(self.customers)
        self._note("hold back", True, self.person.post(f"customers/hold-back/{one}/", fields))

    def consent(self) -> None:
        """What a customer said is written down."""
        fields = {"channel": "email", "purpose": "service", "status": "granted", "proof": "by telephone", "signed": "1"}
        one = self.luck.choice(self.customers)
        self._note("consent", True, self.person.post(f"customers/consent/{one}/", fields))

    def put_off(self) -> None:
        """A task is for later."""
        task = self.luck.choice(self.tasks)
        self._note("task later", True, self.person.post(f"tasks/{task}/later/", {"again": "2031-05-04T10:00"}))

    def save_settings(self) -> None:
        """A section of the settings is saved as it stands, with another telephone number."""
        section = "settings/of/dealer/"
        answer = self._note("settings", False, self.person.get(section))
        fields = Forms(answer.body).found.get(f"{self.person.home}{section}save/", {})
        changed: dict[str, str | list[str]] = {**fields, "phone": [f"+1514555{self.luck.randrange(10_000):04}"]}
        self._note("save settings", True, self.person.post(f"{section}save/", changed))


DEEDS: tuple[tuple[Callable[[Worker], None], int], ...] = (
    (Worker.look, 4),
    (Worker.look_at_one, 3),
    (Worker.hold_back, 3),
    (Worker.consent, 2),
    (Worker.put_off, 2),
    (Worker.save_settings, 1),
)


def work(workers: Sequence[Worker], seconds: float) -> None:
    """Everybody at once, so long."""
    stopping = threading.Event()
    threads = [threading.Thread(target=one.run, args=(stopping,)) for one in workers]
    for thread in threads:
        thread.start()
    time.sleep(seconds)
    stopping.set()
    for thread in threads:
        thread.join()


def within(times: Sequence[float], share: float) -> float:
    """Milliseconds within which so many of the answers came."""
    ordered = sorted(times)
    return round(1000 * ordered[min(int(len(ordered) * share), len(ordered) - 1)], 1) if ordered else 0.0


def customers_on(page: str) -> list[str]:
    """The ids of the customers that a list shows."""
    return list(dict.fromkeys(re.findall(r"/customers/one/([^/\"]+)/", page)))
