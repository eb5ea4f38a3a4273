"""The room as a Django application."""

from django.apps import AppConfig


class RepliesConfig(AppConfig):
    """Tables of the room `replies`."""

    name = "relance.replies"
    label = "replies"
    default_auto_field = "django.db.models.BigAutoField"
