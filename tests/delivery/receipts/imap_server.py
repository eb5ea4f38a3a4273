"""A small mailbox that speaks IMAP4rev1: enough of it to be read from and flagged in, on the loopback interface."""

import re
import socketserver
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Thread


@dataclass
class Mailbox:
    """Its mails in their order, each with its flags, and every command that came."""

    mails: list[bytes]
    flags: dict[int, set[str]] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)
    port: int = 0

    def answer(self, tag: str, command: str) -> bytes:
        self.said.append(command)
        word, _, rest = command.partition(" ")
        word = f"{word} {rest.partition(' ')[0]}".upper() if word.upper() == "UID" else word.upper()
        lines, end = self._lines(word, rest)
        return lines + f"{tag} {end}\r\n".encode()

    def _lines(self, word: str, rest: str) -> tuple[bytes, str]:
        match word:
            case "CAPABILITY":
                return b"* CAPABILITY IMAP4rev1\r\n", "OK done"
            case "LOGIN":
                return b"", "OK in" if rest.replace('"', "") == "desk right" else "NO wrong password"
            case "SELECT":
                return f"* {len(self.mails)} EXISTS\r\n".encode(), "OK [READ-WRITE] selected"
            case "UID SEARCH":
                new = [n for n in range(1, len(self.mails) + 1) if "relance" not in self.flags.get(n, ())]
                return f"* SEARCH {' '.join(map(str, new))}\r\n".encode(), "OK searched"
            case "UID FETCH":
                uid = int(rest.split()[1])
                content = self.mails[uid - 1]
                head = f"* {uid} FETCH (UID {uid} FLAGS () RFC822.SIZE {len(content)} BODY[] {{{len(content)}}}\r\n"
                return head.encode() + content + b")\r\n", "OK fetched"
            case "UID STORE":
                uid = int(rest.split()[1])
                self.flags.setdefault(uid, set()).update(re.findall(r"\\?\w+", rest.partition("(")[2]))
                return b"", "OK stored"
            case "LOGOUT":
                return b"* BYE\r\n", "OK out"
        return b"", "OK"


@contextmanager
def imap_server(mails: list[bytes]) -> Iterator[Mailbox]:
    """The mailbox, while the block lasts."""
    box = Mailbox(mails)

    class Door(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.wfile.write(b"* OK IMAP4rev1 ready\r\n")
            for line in self.rfile:
                tag, _, command = line.decode().strip().partition(" ")
                self.wfile.write(box.answer(tag, command))
                if command.upper() == "LOGOUT":
                    return

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Door) as server:
        server.daemon_threads = True
        box.port = server.server_address[1]
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield box
        server.shutdown()
        thread.join()
