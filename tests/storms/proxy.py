"""Stands between relance and whatever it depends on, and does what networks do: it refuses, hangs, drips, babbles."""

import os
import select
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

FAULTS = ("refuse", "hang", "drip", "garbage", "reset")
RST = struct.pack("ii", 1, 0)  # SO_LINGER: closing says reset


class Proxy:
    """A port that leads to an address of this machine (a port, or the path of a socket) while nothing is wrong.

    `fault` may be set at any time, for connections that are open as well. `drip`: seconds from one byte to the next.
    """

    def __init__(self, to: int | str, drip: float) -> None:
        self.to, self.drip, self.fault = to, drip, ""
        self._ending = threading.Event()
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listening.getsockname()[1])
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End everything."""
        self._ending.set()
        self._thread.join()
        self._listening.close()

    def _serve(self) -> None:
        while not self._ending.is_set():
            if self.fault == "refuse" and self._listening.fileno() >= 0:
                self._listening.close()
            elif self.fault != "refuse" and self._listening.fileno() < 0:
                self._listening = socket.create_server(("127.0.0.1", self.port))
            if self._listening.fileno() < 0:
                self._ending.wait(0.005)
            elif select.select([self._listening], [], [], 0.02)[0]:
                ours, _ = self._listening.accept()
                threading.Thread(target=self._between, args=(ours,), daemon=True).start()

    def _between(self, ours: socket.socket) -> None:
        with ours, suppress(OSError), self._reached() as theirs:
            while not self._ending.is_set():
                if self.fault in ("refuse", "reset"):
                    ours.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RST)
                    return
                ready = select.select([ours, theirs], [], [], 0.02)[0]
                if self.fault == "hang":
                    self._ending.wait(0.02)
                    continue
                if ours in ready and not self._carry(ours, theirs):
                    return
                if (theirs in ready or self.fault in ("garbage", "drip")) and not self._answer(theirs, ours):
                    return

    def _reached(self) -> socket.socket:
        if isinstance(self.to, int):
            return socket.create_connection(("127.0.0.1", self.to))
        found = socket.socket(socket.AF_UNIX)
        found.connect(self.to)
        return found

    def _carry(self, giver: socket.socket, taker: socket.socket) -> bool:
        data = giver.recv(65_536)
        taker.sendall(data)
        return bool(data)

    def _answer(self, theirs: socket.socket, ours: socket.socket) -> bool:
        """What they say, or what is made of it."""
        if self.fault == "garbage":
            ours.sendall(os.urandom(200))
            self._ending.wait(0.02)
            return True
        if self.fault == "drip":  # for ever: whoever waits for the end of a line waits in vain
            ours.sendall(b"2")
            self._ending.wait(self.drip)
            return True
        return self._carry(theirs, ours)


@contextmanager
def proxy(to: int | str, drip: float = 0.02) -> Iterator[Proxy]:
    """The proxy, while the block lasts."""
    made = Proxy(to, drip)
    try:
        yield made
    finally:
        made.stop()


@contextmanager
def in_trouble(made: Proxy, fault: str) -> Iterator[None]:
    """The fault, while the block lasts; afterwards new connections are as they were."""
    made.fault = fault
    if fault == "refuse":
        _until_refused(made.port)
    try:
        yield
    finally:
        made.fault = ""
        _until_taken(made.port)


def _until_refused(port: int) -> None:
    while _takes(port):
        pass


def _until_taken(port: int) -> None:
    while not _takes(port):
        pass


def _takes(port: int) -> bool:
    with socket.socket() as knock:
        knock.settimeout(1)
        return knock.connect_ex(("127.0.0.1", port)) == 0
