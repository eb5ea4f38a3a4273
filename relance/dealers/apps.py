"""The room as a Django application."""

from django.apps import AppConfig


class DealersConfig(AppConfig):
    """Tables of the room `dealers`."""

    name = "relance.dealers"
    label = "dealers"
    default_auto_field = "django.db.models.BigAutoField"
