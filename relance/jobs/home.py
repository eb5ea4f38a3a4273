"""Turns an empty home into one with a database, and refuses a database that is newer than the code."""

from pathlib import Path

from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from relance.lib.database.place import refuse_network
from relance.lib.database.statistics import refresh_statistics
from relance.lib.errors import BadInput


def open_home() -> None:
    """Make or upgrade the database of this home; BadInput when it is newer than this code or lies where it breaks."""
    if connection.vendor == "sqlite":
        refuse_network(Path(connection.settings_dict["NAME"]))
    executor = MigrationExecutor(connection)
    known = set(executor.loader.disk_migrations or {})
    ours = {app for app, _ in known}
    newer = sorted(
        f"{app}.{name}"
        for app, name in executor.loader.applied_migrations or {}
        if app in ours and (app, name) not in known
    )
    if newer:
        raise BadInput(f"the database is newer than this relance ({newer[-1]}): install the newer version")
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate", verbosity=0, interactive=False)
        refresh_statistics()  # an index that the database has not looked at is taken for the best there is
