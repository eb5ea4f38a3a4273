"""The room as a Django application."""

from django.apps import AppConfig


class DeliveryConfig(AppConfig):
    """Tables of the room `delivery`."""

    name = "relance.delivery"
    label = "delivery"
    default_auto_field = "django.db.models.BigAutoField"
