"""How far the clocks of all schedulers together have come, as rows."""

from django.db import models


class Tick(models.Model):
    """The last step of the clock that a task of the schedule was handed out for, by whichever scheduler was first."""

    task = models.CharField(max_length=20, primary_key=True)
    at = models.DateTimeField()
