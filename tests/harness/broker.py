"""Turns Debian's RabbitMQ into a running broker for the tests, in a folder of its own; it can be restarted."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path

PROGRAMS = Path("/usr/lib/rabbitmq/bin")
START_SECONDS = 90


def is_there() -> bool:
    """Whether this machine has a RabbitMQ."""
    return (PROGRAMS / "rabbitmq-server").exists()


class Broker:
    """A RabbitMQ on this machine alone."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="relance-mq-"))
        self.port, nodes = _free_port(), _free_port()
        self.url = f"amqp://guest:guest@127.0.0.1:{self.port}//"
        name = f"relance{os.getpid()}@localhost"
        (self.folder / "rabbitmq.conf").write_text(
            f"listeners.tcp.1 = 127.0.0.1:{self.port}\nlog.file.level = warning\n"
        )
        (self.folder / "plugins").write_text("[].\n")
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "RABBITMQ_NODENAME": name,
            "RABBITMQ_MNESIA_BASE": str(self.folder / "data"),
            "RABBITMQ_LOG_BASE": str(self.folder / "log"),
            "RABBITMQ_CONFIG_FILE": str(self.folder / "rabbitmq.conf"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(self.folder / "plugins"),
            "RABBITMQ_DIST_PORT": str(nodes),
            "ERL_EPMD_PORT": str(_free_port()),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
        }
        # Erlang's own register of names, as a child of ours: left to itself it would outlive us as a daemon.
        self.names = subprocess.Popen(["epmd", "-port", self.environment["ERL_EPMD_PORT"], "-address", "127.0.0.1"])
        self.start()

    def start(self) -> None:
        """Start, and wait until it takes connections."""
        with (self.folder / "out").open("ab") as out:
            self.process = subprocess.Popen(
                [PROGRAMS / "rabbitmq-server"], env=self.environment, stdout=out, stderr=out, start_new_session=True
            )
        for _ in range(START_SECONDS * 10):
            try:
                with socket.create_connection(("127.0.0.1", self.port), timeout=1) as door:
                    door.sendall(b"AMQP\x00\x00\x09\x01")
                    if door.recv(1):
                        return
            except OSError:
                if self.process.poll() is not None:
                    break
            time.sleep(0.1)
        said = (self.folder / "out").read_text()[-1000:]
        self.stop()
        raise RuntimeError(f"RabbitMQ did not start: {said}")

    def halt(self) -> None:
        """Stop it as it stops when its machine goes down."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, 9)
            self.process.wait()

    def stop(self) -> None:
        """Stop it for good, with what belongs to it."""
        self.halt()
        self.names.kill()
        self.names.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
