"""Turns a home into the server's secret: made once, kept in a file of its own beside the database, never in it."""

import secrets
from pathlib import Path

from relance.lib.errors import BadInput

FILE = "secret-key"


def server_secret(home: Path) -> str:
    """The secret of this home, made when there is none. BadInput when the home cannot be written."""
    path = home / FILE
    try:
        home.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            made = path.with_suffix(f".{secrets.token_hex(4)}")
            made.touch(mode=0o600)
            made.write_text(secrets.token_urlsafe(48))
            try:
                path.hardlink_to(made)  # whoever comes second keeps the first one's
            except FileExistsError:
                pass
            made.unlink()
        return path.read_text().strip()
    except OSError as error:
        raise BadInput(f"the home {home} cannot be used ({error.strerror}): choose another with RELANCE_HOME") from None
