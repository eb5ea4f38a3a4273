"""What the nightly work remembers, and groups of customers by rules."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("dealers", "0001_initial"), ("plan", "0003_personal_reminders")]

    operations = [
        migrations.AddField("planmark", "nightly_on", models.DateField(null=True)),
        migrations.CreateModel(
            name="CustomerGroup",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80)),
                ("subject", models.CharField(max_length=16)),
                ("scope", models.CharField(default="customer", max_length=10)),
                ("audience", models.JSONField(default=list)),
                ("updated_at", models.DateTimeField()),
                (
                    "dealer",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="dealers.dealer",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("dealer", "name"), name="customer_group_once"),
                ],
            },
        ),
    ]
