"""The room as a Django application."""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    """Tables of the room `jobs`."""

    name = "relance.jobs"
    label = "jobs"
    default_auto_field = "django.db.models.BigAutoField"
