"""The room as a Django application."""

from django.apps import AppConfig


class OutboxConfig(AppConfig):
    """Tables of the room `outbox`."""

    name = "relance.outbox"
    label = "outbox"
    default_auto_field = "django.db.models.BigAutoField"
