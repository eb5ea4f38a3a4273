"""The room as a Django application."""

from django.apps import AppConfig


class IntakeConfig(AppConfig):
    """Tables of the room `intake`."""

    name = "relance.intake"
    label = "intake"
    default_auto_field = "django.db.models.BigAutoField"
