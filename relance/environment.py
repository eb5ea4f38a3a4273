"""Turns the environment into typed values: the few RELANCE_* names there are, each with its reader and its sentence.

An unknown RELANCE_* name refuses to start: a typing error must not be a setting that silently does nothing.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from relance.lib.database.queue import InQueue
from relance.lib.errors import BadInput, unknown_word


def as_text(value: str) -> str:
    """The value itself."""
    return value


def as_number(value: str) -> int:
    """A whole number."""
    return int(value)


def as_positive(value: str) -> int:
    """A whole number from 1."""
    if int(value) < 1:
        raise ValueError(value)
    return int(value)


def as_flag(value: str) -> bool:
    """`1`, `yes`, `true`, `on`, or `0`, `no`, `false`, `off`."""
    words = {"1": True, "yes": True, "true": True, "on": True, "0": False, "no": False, "false": False, "off": False}
    return words[value.strip().lower()]


def as_list(value: str) -> list[str]:
    """Words between commas."""
    return [word.strip() for word in value.split(",") if word.strip()]


@dataclass(frozen=True)
class Variable:
    """One RELANCE_* name."""

    name: str
    default: str
    read: Callable[[str], Any]
    says: str


VARIABLES = (
    Variable("RELANCE_HOME", "./relance-data", as_text, "where database, files, exports and logs are kept"),
    Variable("RELANCE_DATABASE_URL", "", as_text, "postgres://user:password@host:port/name; empty: SQLite in the home"),
    Variable("RELANCE_HOST", "127.0.0.1", as_text, "the address that the web server listens on"),
    Variable("RELANCE_PORT", "8000", as_number, "the port that the web server listens on"),
    Variable("RELANCE_URL", "", as_text, "the address under which customers reach this server, for links in messages"),
    Variable("RELANCE_PROXY", "", as_text, "the address of the web server in front, whose X-Forwarded-… are believed"),
    Variable("RELANCE_ALLOWED_HOSTS", "", as_list, "further host names that requests may name"),
    Variable("RELANCE_DEBUG", "no", as_flag, "show faults in the browser; never on a server"),
    Variable(
        "RELANCE_PRIVATE_HOSTS",
        "",
        as_list,
        "hosts of your own network that gateways, and senders set on the desk, may stand on; others are refused",
    ),
    Variable("RELANCE_SMTP_URL", "", as_text, "smtp:// or smtps://user:password@host:port; default sender of e-mail"),
    Variable("RELANCE_ALARM_TO", "", as_list, "e-mail addresses that hear of every fault; empty: who runs the house"),
    Variable("RELANCE_BACKUPS", "", as_text, "where nightly backups go; empty: backups in the home; off: none"),
    Variable("RELANCE_BACKUPS_KEPT", "7", as_positive, "how many of them are kept"),
    Variable("RELANCE_BROKER_URL", "", as_text, "amqp://user:password@host:port/ of a RabbitMQ; empty: no cluster"),
    Variable("RELANCE_THREADS", "4", as_number, "how many pieces of work one worker of a broker has in hand"),
)


def read_environment(environ: Mapping[str, str] = os.environ) -> dict[str, Any]:
    """Every RELANCE_* value by name; BadInput for an unknown name or an unreadable value."""
    known = {variable.name: variable for variable in VARIABLES}
    for name in environ:
        if name.startswith("RELANCE_") and name not in known:
            raise BadInput(f"environment: {unknown_word('setting', name, known)}")
    values: dict[str, Any] = {}
    for variable in VARIABLES:
        text = environ.get(variable.name) or variable.default
        try:
            values[variable.name] = variable.read(text)
        except (ValueError, KeyError):
            raise BadInput(f"environment: {variable.name}={text!r} cannot be read: {variable.says}") from None
    return values


# What PostgreSQL believes of itself is of spinning disks: it would rather read whole tables than five hundred rows by
# their ids. An `options` of the URL replaces it.
POSTGRES_PLANS = "-c random_page_cost=1.1"

# A server that does not answer is noticed within seconds: the system would wait for two minutes and longer.
POSTGRES_AWAY = {
    "connect_timeout": "5",
    "tcp_user_timeout": "15000",
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "2",
}


def database_settings(url: str, home: Path) -> dict[str, Any]:
    """A database URL as Django's settings; empty is SQLite in the home (docs/decisions: durable before fast)."""
    if not url or url.startswith("sqlite:"):
        path = Path(unquote(url.removeprefix("sqlite:///"))) if url else home / "relance.db"
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(path),
            "OPTIONS": {
                "factory": InQueue,
                "transaction_mode": "IMMEDIATE",
                "timeout": 30,
                "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA busy_timeout=30000;"
                "PRAGMA cache_size=-65536;PRAGMA mmap_size=67108864;PRAGMA temp_store=MEMORY;",
            },
        }
    parts = urlsplit(url)
    if parts.scheme not in ("postgres", "postgresql"):
        raise BadInput(f"RELANCE_DATABASE_URL: unknown database '{parts.scheme}', write sqlite:///PATH or postgres://…")
    options = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", unquote(parts.hostname or "")),
        "PORT": options.pop("port", str(parts.port or "")),
        "CONN_MAX_AGE": 60,
        "OPTIONS": {"options": POSTGRES_PLANS, **POSTGRES_AWAY, **options},
    }
