"""Import runs as rows: what came when, and what became of it."""

from typing import Any, ClassVar

from django.db import models

from relance.dealers.access import DealerRow, RowsOf


class ImportRun(DealerRow):
    """One import: its files with their counts (the lines of `--json`), and whether it was complete."""

    feed = models.CharField(max_length=300)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    full = models.BooleanField(default=False)
    files = models.JSONField(default=list)
    notes = models.JSONField(default=list)
    rejects = models.CharField(max_length=400, blank=True)  # the file with the rejected rows (intake/rejects.py)
    error = models.TextField(blank=True)

    objects: RowsOf["ImportRun"] = RowsOf()

    class Meta:
        indexes: ClassVar[list[Any]] = [models.Index(fields=["dealer", "started_at"], name="import_started")]
