"""Writes the generated pages of docs/: `python -m docs.generate`, or `make docs`."""

import importlib
import os
import sys
import tempfile
from pathlib import Path

import django


def main() -> None:
    """Write every generated page."""
    with tempfile.TemporaryDirectory() as home:
        os.environ |= {"RELANCE_HOME": home, "DJANGO_SETTINGS_MODULE": "relance.settings"}
        django.setup()
        pages = importlib.import_module("docs.pages")
        for name in pages.PAGES:
            Path(__file__).with_name(name).write_text(pages.page(name), encoding="utf-8")
            sys.stdout.write(f"docs/{name}\n")


if __name__ == "__main__":
    main()
