"""Turns the file `demo.json` of a home into what the sample dealership was made with and how far it has been told."""

import json
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from pathlib import Path

from relance.jobs.demo.world import World
from relance.lib.errors import BadInput

FILE = "demo.json"


@dataclass(frozen=True)
class Mark:
    """Size, seed and opening day of the world; `until` is the local moment up to which its feed was taken in."""

    customers: int
    seed: int
    opened: str
    until: str | None = None

    @property
    def world(self) -> World:
        """The world of this home."""
        return World(self.customers, self.seed, date.fromisoformat(self.opened))

    @property
    def since(self) -> datetime | None:
        """The moment from which the feed goes on; None before the first one."""
        return datetime.fromisoformat(self.until) if self.until else None

    def told(self, until: datetime) -> "Mark":
        """The mark after a feed up to `until`."""
        return replace(self, until=until.isoformat(timespec="minutes"))


def read_mark(home: Path) -> Mark | None:
    """The mark of this home; None when there is none. BadInput when it cannot be read."""
    try:
        return Mark(**json.loads((home / FILE).read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError):
        raise BadInput(
            f"{home / FILE} cannot be read: move it away, or choose another home with RELANCE_HOME"
        ) from None


def write_mark(home: Path, mark: Mark) -> None:
    """Keep the mark; a crash leaves the old one or the new one."""
    written = home / f"{FILE}.new"
    try:
        written.write_text(json.dumps(asdict(mark), indent=1), encoding="utf-8")
        written.replace(home / FILE)
    except OSError as error:
        raise BadInput(
            f"the home {home} cannot be written ({error.strerror}): choose another with RELANCE_HOME"
        ) from None
