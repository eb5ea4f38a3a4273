"""A mail server that takes everything and keeps nothing: `python -m bench.sink` prints its port."""

import asyncio

GREETING = b"220 sink\r\n"
EHLO = b"250-sink\r\n250-PIPELINING\r\n250 8BITMIME\r\n"
ANSWERS = {b"DATA": b"354 go on\r\n", b"EHLO": EHLO, b"HELO": b"250 sink\r\n", b"QUIT": b"221 bye\r\n"}
END = b"\r\n.\r\n"


class Sink(asyncio.Protocol):
    """One connection."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Say hello."""
        assert isinstance(transport, asyncio.Transport)
        self.transport, self.buffer, self.in_text = transport, b"", False
        transport.write(GREETING)

    def data_received(self, data: bytes) -> None:
        """Answer every whole command, and every whole text once."""
        self.buffer += data
        answers = []
        while True:
            mark = END if self.in_text else b"\r\n"
            end = self.buffer.find(mark)
            if end < 0:
                break
            line, self.buffer = self.buffer[:end], self.buffer[end + len(mark) :]
            word = b"" if self.in_text else line[:4].upper()
            answers.append(ANSWERS.get(word, b"250 2.0.0 OK\r\n"))
            self.in_text = word == b"DATA"
        if answers:
            self.transport.write(b"".join(answers))


async def main() -> None:
    """Listen until killed."""
    server = await asyncio.get_running_loop().create_server(Sink, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
