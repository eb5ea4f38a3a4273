"""The room as a Django application."""

from django.apps import AppConfig


class FactsConfig(AppConfig):
    """Tables of the room `facts`."""

    name = "relance.facts"
    label = "facts"
    default_auto_field = "django.db.models.BigAutoField"
