"""How far the clocks of all schedulers together have come, and which faults were told, as rows."""

from django.db import models


class Tick(models.Model):
    """The last step of the clock that a task of the schedule was handed out for, by whichever scheduler was first."""

    task = models.CharField(max_length=20, primary_key=True)
    at = models.DateTimeField()


class Fault(models.Model):
    """Something bad that the doctor found, and when somebody was told of it: one row for each thing, for ever."""

    key = models.CharField(max_length=200, primary_key=True)  # which look finds it, whose it is, what it is about
    look = models.CharField(max_length=12)
    dealer = models.CharField(max_length=50, blank=True)  # its slug; nothing: the house's
    says = models.TextField()
    state = models.CharField(max_length=8)  # seen | told | over
    since = models.DateTimeField()
    told_at = models.DateTimeField(null=True)
    missed_at = models.DateTimeField(null=True)  # when it was not found for the first time
