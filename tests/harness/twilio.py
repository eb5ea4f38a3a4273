"""Twilio's Messages resource with faults: `python -m tests.harness.twilio LEDGER SEED WAIT` prints its port."""

import asyncio
import json
import re
import sys
import time
from dataclasses import dataclass
from email.utils import formatdate
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from tests.harness.faults import Provider

LISTED_AFTER = 0.3  # seconds until an accepted message stands in the list
TAKEN = {"throttled": (429, 20429, "Too Many Requests"), "failed": (500, 20500, "Internal Server Error")}


@dataclass
class Text:
    """One accepted message, as the list shows it."""

    sid: str
    to: str
    sender: str
    body: str
    at: float

    def shown(self) -> dict[str, object]:
        """As JSON has it."""
        when = formatdate(self.at, usegmt=True)
        return {
            "sid": self.sid, "to": self.to, "from": self.sender, "body": self.body, "status": "delivered",
            "date_created": when, "date_sent": when, "date_updated": when, "error_code": None, "error_message": None,
            "direction": "outbound-api", "num_segments": "1", "messaging_service_sid": None,
        }  # fmt: skip


class Api:
    """POST makes a message, GET lists those to one number."""

    def __init__(self, provider: Provider) -> None:
        self.provider = provider
        self.texts: dict[str, list[Text]] = {}

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, until either side has enough."""
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                method, target, _ = head.split("\r\n")[0].split(" ")
                length = re.search(r"^content-length: *(\d+)", head, re.IGNORECASE | re.MULTILINE)
                body = await reader.readexactly(int(length.group(1))) if length else b""
                await (self._take(writer, body) if method == "POST" else self._list(writer, target))
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _take(self, writer: asyncio.StreamWriter, body: bytes) -> None:
        fault = self.provider.fault()
        form = {name: values[0] for name, values in parse_qs(body.decode()).items()}
        if fault not in ("dropped", "throttled"):
            await asyncio.sleep(self.provider.pause())
            number = sum(map(len, self.texts.values()))
            text = Text(f"SM{number:032x}", form["To"], form.get("From", ""), form["Body"], time.time())
            self.texts.setdefault(text.to, []).append(text)
            self.provider.accept(text.to)
        if fault in ("dropped", "unanswered"):
            writer.transport.abort()
            raise ConnectionError
        if fault:
            status, code, words = TAKEN[fault]
            await self._say(writer, status, {"code": code, "message": words, "status": status})
        else:
            await self._say(writer, 201, {**text.shown(), "status": "queued"})

    async def _list(self, writer: asyncio.StreamWriter, target: str) -> None:
        asked = parse_qs(urlsplit(target).query)
        # Without a recipient somebody looks for what customers wrote: nobody did.
        texts = self.texts.get(asked["To"][0], []) if "To" in asked else []
        listed = [t.shown() for t in texts if time.time() - t.at >= LISTED_AFTER]
        await self._say(writer, 200, {"messages": listed[::-1], "next_page_uri": None, "page": 0, "page_size": 50})

    async def _say(self, writer: asyncio.StreamWriter, status: int, answer: dict[str, object]) -> None:
        body = json.dumps(answer).encode()
        head = f"HTTP/1.1 {status} said\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        writer.write(head.encode() + body)
        await writer.drain()


async def main(ledger: str, seed: str, wait: str) -> None:
    """Listen until killed."""
    api = Api(Provider(Path(ledger), int(seed), float(wait)))
    server = await asyncio.start_server(api.serve, "127.0.0.1", 0)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
