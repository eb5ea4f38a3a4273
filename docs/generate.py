"""Turns the tables of the code into the generated pages of docs/: `python -m docs.generate`, or `make docs`.

A test compares the pages with the code, so that a new variable or preference without its line does not pass.
"""

import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import get_args

import django
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from relance.dealers.preferences import Hours, Preferences
from relance.environment import VARIABLES

HERE = Path(__file__).parent
MARK = "<!-- Made by `make docs`; change the code, not this page. -->"


def settings_page() -> Iterator[str]:
    """Every environment variable and every dealer preference, with its default."""
    yield from ("# Settings", "", MARK, "")
    yield "Settings live in three places: a few environment variables for the server, one settings file per dealer,"
    yield "and the senders of each channel (with their passwords, sealed). An unknown name is refused, with the nearest"
    yield "known one."
    yield from ("", "## The server: environment variables", "", "| name | default | meaning |", "|---|---|---|")
    for variable in VARIABLES:
        default = f"`{variable.default}`" if variable.default else ""
        yield f"| `{variable.name}` | {default} | {_cell(_sentence(variable.says))} |"
    yield from ("", "## A dealer: the settings file", "")
    yield "`relance dealer create SLUG … --settings FILE` reads this file, in YAML. All of it is optional."
    yield from ("", "| key | default | meaning |", "|---|---|---|")
    yield from _preferences(Preferences, "")


def _preferences(model: type[BaseModel], path: str) -> Iterator[str]:
    for name, field in model.model_fields.items():
        inner = _inner(field)
        if inner is not None:
            if inner.__doc__:
                yield f"| `{path}{name}` | | {_cell(_sentence(inner.__doc__.splitlines()[0]))} |"
            yield from _preferences(inner, f"{path}{name}.")
        else:
            yield f"| `{path}{name}` | {_default(field)} | {_cell(field.description or '')} |"


def _inner(field: FieldInfo) -> type[BaseModel] | None:
    """The mapping that a preference is itself; hours are written as a pair and explained by their own line."""
    for part in (field.annotation, *get_args(field.annotation)):
        if isinstance(part, type) and issubclass(part, BaseModel) and part is not Hours:
            return part
    return None


def _default(field: FieldInfo) -> str:
    value = field.get_default(call_default_factory=True)
    if value is None or value in ([], {}):
        return ""
    if isinstance(value, Hours):
        return f'`["{value.opens:%H:%M}", "{value.closes:%H:%M}"]`'
    return f"`{'on' if value is True else 'off' if value is False else value}`"


def _sentence(text: str) -> str:
    begins = text if "://" in text.split()[0] else text[:1].upper() + text[1:]
    return begins.rstrip(".") + "."


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


PAGES: dict[str, Callable[[], Iterator[str]]] = {"settings.md": settings_page}


def page(name: str) -> str:
    """A generated page as it should stand in docs/."""
    return "\n".join(PAGES[name]()) + "\n"


def main() -> None:
    """Write every generated page."""
    with tempfile.TemporaryDirectory() as home:
        os.environ |= {"RELANCE_HOME": home, "DJANGO_SETTINGS_MODULE": "relance.settings"}
        django.setup()
        for name in PAGES:
            (HERE / name).write_text(page(name), encoding="utf-8")
            sys.stdout.write(f"docs/{name}\n")


if __name__ == "__main__":
    main()
