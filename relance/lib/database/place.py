"""Turns the place of a SQLite database into a refusal when it lies on a file system of the network.

There locks are kept badly and a flush means little: two processes may write at once, and a database breaks weeks later.
"""

import re
from pathlib import Path

from relance.lib.errors import BadInput

MOUNTS = Path("/proc/self/mountinfo")  # of Linux; elsewhere nothing is known, and nothing refused
OF_THE_NETWORK = re.compile(
    r"nfs\d?|cifs|smb3|smbfs|ncpfs|afs|ceph|gpfs|lustre|beegfs|glusterfs|ocfs2|gfs2|orangefs"
    r"|fuse\.(sshfs|glusterfs|ceph|s3fs|rclone|davfs|smbnetfs|gcsfuse|juicefs)"
)
SPACE = re.compile(r"\\(\d{3})")  # how a blank of a name is written there


def refuse_network(database: Path) -> None:
    """BadInput when the database would lie on a file system of the network."""
    kind = file_system_of(database)
    if OF_THE_NETWORK.fullmatch(kind):
        raise BadInput(
            f"{database}: this folder is on a network file system ({kind}), where SQLite loses data: set RELANCE_HOME "
            "to a folder of this machine's own disk, or RELANCE_DATABASE_URL to a PostgreSQL"
        )


def file_system_of(path: Path) -> str:
    """The kind of file system that a path lies on, or would; nothing when that cannot be told."""
    try:
        lines = MOUNTS.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return ""
    real, found, longest = path.resolve(), "", -1
    for line in lines:
        before, _, behind = line.partition(" - ")
        place = Path(SPACE.sub(lambda octal: chr(int(octal[1], 8)), before.split(" ")[4]))
        if real.is_relative_to(place) and len(place.parts) >= longest:  # the later of two lies over the earlier
            found, longest = behind.split(" ")[0], len(place.parts)
    return found
