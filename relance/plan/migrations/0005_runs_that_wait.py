"""Runs that wait for a feed are asked for by every plan: they are found at once."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("plan", "0004_nightly_and_groups")]

    operations = [
        migrations.AddIndex(
            "run", models.Index(fields=["dealer"], name="run_that_waits", condition=models.Q(("state", "waits")))
        ),
    ]
