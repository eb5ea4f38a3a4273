"""Turns a YAML file into plain values, the way people mean it: `on`, `off`, `yes`, `no` and `NO` stay words.

YAML 1.1 reads them as true and false, and `10:30` as 630: a code OFF or a status NO would be lost.
"""

import re
from pathlib import Path
from typing import Any

import yaml
from django.utils.translation import gettext

from relance.lib.errors import BadInput

LARGEST = 20_000_000  # bytes: a file that a person wrote is smaller


class WordsLoader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """The safe loader with the booleans and integers of YAML 1.2."""


WordsLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in found if tag not in ("tag:yaml.org,2002:bool", "tag:yaml.org,2002:int")]
    for first, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
WordsLoader.add_implicit_resolver(
    "tag:yaml.org,2002:bool", re.compile(r"^(?:true|True|TRUE|false|False|FALSE)$"), list("tTfF")
)
WordsLoader.add_implicit_resolver(
    "tag:yaml.org,2002:int", re.compile(r"^[-+]?(?:0|[1-9][0-9]*)$"), list("-+0123456789")
)


def read_yaml(path: Path) -> Any:
    """The content of a YAML file; BadInput names file, line and fault."""
    try:
        if path.stat().st_size > LARGEST:
            told = gettext("{name}: is larger than {most} MB")
            raise BadInput(told.format(name=path, most=LARGEST // 1_000_000))
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        told = gettext("{name}: cannot be read ({why})")
        raise BadInput(told.format(name=path, why=error.strerror)) from None
    except UnicodeDecodeError:
        raise BadInput(gettext("{name}: is not UTF-8 text").format(name=path)) from None
    return read_yaml_text(text, str(path))


def read_yaml_text(text: str, name: str) -> Any:
    """The content of a YAML text; BadInput names it, the line and the fault."""
    try:
        return yaml.load(text, Loader=WordsLoader)  # noqa: S506 (a safe loader)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        why = getattr(error, "problem", None) or error
        if mark is None:
            raise BadInput(gettext("{name}: is not YAML ({why})").format(name=name, why=why)) from None
        told = gettext("{name}, line {line}: is not YAML ({why})")
        raise BadInput(told.format(name=name, line=mark.line + 1, why=why)) from None


class Lines(yaml.SafeDumper):
    """Writes a text of several lines as those lines, so that a person can read it and compare it."""


Lines.add_representer(
    str,
    lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None),
)


def write_yaml(content: Any) -> str:
    """The content as a YAML text that `read_yaml` reads back."""
    return str(yaml.dump(content, Dumper=Lines, allow_unicode=True, sort_keys=False, width=120))
