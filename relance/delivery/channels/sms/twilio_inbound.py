"""Turns Twilio's log into the text messages that customers wrote since a moment: what our hook may have missed."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlencode

from relance.delivery.channel import Written
from relance.lib.http import HttpFault, Line

PAGE, PAGES = 500, 50


def inbound_since(line: Line, target: str, to: str | None, moment: datetime) -> Iterator[Written]:
    """Oldest or newest first, as the log has them; HttpFault or ValueError when it cannot be read to its end."""
    asked = {"DateSent>": f"{moment.astimezone(UTC):%Y-%m-%d}", "PageSize": str(PAGE), **({"To": to} if to else {})}
    page: str | None = f"{target}?{urlencode(asked)}"
    for _ in range(PAGES):
        if page is None:
            return
        reply = line.ask("GET", page)
        if reply.status != 200:
            raise HttpFault(f"Twilio answered {reply.status} when asked for its log")
        content = json.loads(reply.body)
        for row in content["messages"]:
            said_at = parsedate_to_datetime(str(row["date_sent"] or row["date_created"]))
            if row["direction"] == "inbound" and said_at >= moment:
                yield Written(
                    str(row["sid"]),
                    str(row["from"]),
                    words_of(str(row["body"] or ""), str(row.get("num_media") or "")),
                    said_at,
                )
        page = content.get("next_page_uri")
        if page is not None and not str(page).startswith("/"):
            raise ValueError("the log goes on at another server")
    raise ValueError("the log is longer than what we read")


def words_of(text: str, pictures: str) -> str:
    """What was written; of a message that is only pictures, how many: somebody looks at them at the provider's."""
    number = int(pictures) if pictures.isascii() and pictures.isdigit() and len(pictures) < 4 else 0
    return text if text.strip() or not number else f"[{number} 📷]"
