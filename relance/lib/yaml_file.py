"""Turns a YAML file into plain values, the way people mean it: `on`, `off`, `yes`, `no` and `NO` stay words.

YAML 1.1 reads them as true and false, and `10:30` as 630: a code OFF or a status NO would be lost.
"""

import re
from pathlib import Path
from typing import Any

import yaml

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
            raise BadInput(f"{path}: is larger than {LARGEST // 1_000_000} MB")
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise BadInput(f"{path}: cannot be read ({error.strerror})") from None
    except UnicodeDecodeError:
        raise BadInput(f"{path}: is not UTF-8 text") from None
    return read_yaml_text(text, str(path))


def read_yaml_text(text: str, name: str) -> Any:
    """The content of a YAML text; BadInput names it, the line and the fault."""
    try:
        return yaml.load(text, Loader=WordsLoader)  # noqa: S506 (a safe loader)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f", line {mark.line + 1}" if mark else ""
        raise BadInput(f"{name}{where}: is not YAML ({getattr(error, 'problem', None) or error})") from None
