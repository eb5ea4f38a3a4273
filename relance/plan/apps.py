"""The room as a Django application."""

from django.apps import AppConfig


class PlanConfig(AppConfig):
    """Tables of the room `plan`."""

    name = "relance.plan"
    label = "plan"
    default_auto_field = "django.db.models.BigAutoField"
