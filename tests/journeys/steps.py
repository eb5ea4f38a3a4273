"""Runs a story through the whole pipe: a table of steps, each a moment and what happens then.

import   {file: rows}            a feed with these files comes in
plan     ["AUTOMATION customer channel-or-reason", …]   what planning makes
deliver  ["AUTOMATION customer state-or-reason", …]     what hand-over takes up
reply    (sender, text)          somebody answers
expect   function of the dealer  anything else
"""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings

from relance.dealers.models import Dealer
from tests.builders import a_dealer
from tests.conftest import Answer

Step = tuple[str, str, Any]


class Story:
    """One dealership, told only by the public commands."""

    def __init__(self, relance: Callable[..., Answer], folder: Path, **choices: Any) -> None:
        settings.HOME = folder  # what is sent lies there
        self.relance, self.folder = relance, folder
        self.dealer: Dealer = a_dealer(**choices)

    def automations(self, *entries: dict[str, Any]) -> "Story":
        """Switch these on, live from the beginning of the story."""
        file = self.folder / "automations.yaml"
        file.write_text(yaml.safe_dump({"automations": [entry | {"status": "on"} for entry in entries]}), "utf-8")
        self.say("automations", "apply", "north", file)
        return self

    def tell(self, steps: Sequence[Step]) -> None:
        """Every step in order; a difference says at which one."""
        for number, (at, what, detail) in enumerate(steps, 1):
            came = getattr(self, f"_{what}")(at, detail)
            assert came is None or came == sorted(detail), f"step {number}: {what} at {at}"

    def say(self, *words: object) -> list[dict[str, Any]]:
        answer = self.relance(*words)
        assert answer.status == 0, answer.err
        return [json.loads(line) for line in answer.out.splitlines() if line.startswith("{")]

    def _import(self, at: str, files: dict[str, str]) -> None:
        feed = self.folder / f"feed-{at.replace(':', '')}"
        feed.mkdir()
        for name, rows in files.items():
            text = "\n".join(",".join(cell.strip() for cell in line.split("|")) for line in rows.strip().splitlines())
            (feed / f"{name}.csv").write_text(text + "\n", "utf-8")
        for line in self.say("import", "north", feed, "--json"):
            assert "reason" not in line, line

    def _plan(self, at: str, _expected: list[str]) -> list[str]:
        return _shown(self.say("plan", "north", "--at", at, "--since", at[:10], "--json"), "channel")

    def _deliver(self, at: str, _expected: list[str]) -> list[str]:
        return _shown(self.say("deliver", "north", "--at", at, "--json"), "status")

    def _reply(self, at: str, said: tuple[str, str]) -> None:
        self.say("reply", "north", "--from", said[0], "--text", said[1], "--at", at)

    def _expect(self, _at: str, holds: Callable[[Dealer], object]) -> None:
        assert holds(self.dealer)


def _shown(lines: list[dict[str, Any]], word: str) -> list[str]:
    return sorted(f"{line['automation']} {line['customer']} {line['reason'] or line[word]}" for line in lines)
