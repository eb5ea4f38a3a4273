"""Twilio's answer to every text message, and nothing kept: `python -m bench.gateway` prints its port."""

import asyncio

ANSWER = b'{"sid": "SM%032x", "status": "queued", "error_code": null}'
END = b"\r\n\r\n"


class Gateway(asyncio.Protocol):
    """One connection, kept open."""

    taken = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Wait for a request."""
        assert isinstance(transport, asyncio.Transport)
        self.transport, self.buffer = transport, b""

    def data_received(self, data: bytes) -> None:
        """Answer every whole request."""
        self.buffer += data
        while (head := self.buffer.find(END)) >= 0:
            lines = self.buffer[:head].lower()
            at = lines.find(b"content-length:")
            length = int(lines[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
            if len(self.buffer) < head + 4 + length:
                return
            self.buffer = self.buffer[head + 4 + length :]
            Gateway.taken += 1
            body = ANSWER % Gateway.taken
            said = b"HTTP/1.1 201 CREATED\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
            self.transport.write(said % len(body) + body)


async def main() -> None:
    """Listen until killed."""
    server = await asyncio.get_running_loop().create_server(Gateway, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
