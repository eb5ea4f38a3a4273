"""Turns the doors into a Django application, and the translations into the form that Django reads."""

from pathlib import Path

from django.apps import AppConfig

from relance.lib.translations import compile_stale


class Web(AppConfig):
    """The doors."""

    name = "relance.web"

    def ready(self) -> None:
        """A fresh checkout has only the .po files: make what is missing or older than its source."""
        compile_stale(Path(__file__).resolve().parent.parent / "locale")
