"""A mail server with faults: `python -m tests.harness.smtp LEDGER SEED WAIT` prints its port."""

import asyncio
import re
import sys
from pathlib import Path

from tests.harness.faults import Provider

ANSWERS = {"DATA": "354 go on", "EHLO": "250-fake\r\n250-PIPELINING\r\n250 8BITMIME", "QUIT": "221 bye"}
RECIPIENT = re.compile(r"RCPT TO:<([^>]*)>", re.IGNORECASE)


class MailServer:
    """Speaks SMTP with one client at a time per connection."""

    def __init__(self, provider: Provider) -> None:
        self.provider = provider

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, until either side has enough."""
        try:
            await self._say(writer, "220 fake")
            recipient = ""
            while line := (await reader.readline()).decode().strip():
                word = line[:4].upper()
                if found := RECIPIENT.match(line):
                    recipient = found.group(1)
                await self._say(writer, ANSWERS.get(word, "250 2.0.0 OK"))
                if word == "DATA":
                    await reader.readuntil(b"\r\n.\r\n")
                    await self._text(writer, recipient)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _text(self, writer: asyncio.StreamWriter, recipient: str) -> None:
        """A whole text has come. A mail server says 4xx only when it has not taken it: there is no accept-then-fail."""
        fault = self.provider.fault()
        await asyncio.sleep(self.provider.pause())
        if fault == "throttled":
            await self._say(writer, "451 4.7.1 too many messages, later")
            return
        if fault != "dropped":
            self.provider.accept(recipient)
        if fault:
            writer.transport.abort()
            raise ConnectionError
        await self._say(writer, "250 2.0.0 taken")

    async def _say(self, writer: asyncio.StreamWriter, line: str) -> None:
        writer.write(f"{line}\r\n".encode())
        await writer.drain()


async def main(ledger: str, seed: str, wait: str) -> None:
    """Listen until killed."""
    fake = MailServer(Provider(Path(ledger), int(seed), float(wait)))
    server = await asyncio.start_server(fake.serve, "127.0.0.1", 0, limit=1 << 20)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
