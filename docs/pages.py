"""Turns the tables of the code into the generated pages of docs/ (`make docs` writes them).

A test compares the pages with the code, so that a new variable, field or operator without its line does not pass.
"""

from collections.abc import Callable, Iterator
from importlib.resources import files
from typing import get_args

from django.utils.translation import override
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from docs.library_page import library_page
from relance.audience.fields import ALIASES, CATEGORIES
from relance.audience.operators import OPERATORS
from relance.dealers.preferences import Hours, Preferences
from relance.delivery.channels.sms.codes import CODES, MEANINGS
from relance.delivery.channels.sms.gateway_form import WORDS, Gateway
from relance.environment import VARIABLES
from relance.plan.placeholders import FIELDS

MARK = "<!-- Made by `make docs`; change the code, not this page. -->"

SETTINGS_OPENING = """\
Settings live in three places: a few environment variables for the server, one settings file per dealer, and the
senders of each channel (with their passwords, sealed). An unknown name is refused, with the nearest known one."""
RULES_OPENING = """\
A rule is `{category, attribute, operator, value}`; [audience.md](audience.md) says how rules bind to records. ★ picks
or counts records of a history. Words of other systems are understood too; otherwise the nearest word is offered."""
FIELDS_OPENING = """\
`{ customer.first_name | friend }` puts a fact into a wording, with what stands there when it is unknown. Names are
case-insensitive. A field that can be empty and has no fallback stops the message (`text_incomplete`)."""

SMS_CODES_OPENING = """\
What Twilio says when it does not take a message, or could not deliver it, and what relance makes of it. A code that is
not here is judged by the HTTP status of the answer; in a receipt it is an ordinary failure, where *busy* and *down*
mean that this message was not delivered."""

GATEWAY_OPENING = """\
`relance sender north sms --url gateway:FILE.yaml --secret password=FILE` hands text messages to any gateway that takes
JSON, or a form, over HTTP. The file says what is asked and what the answers mean; an unknown key or word is refused.
Paths are names and numbers between dots. Classes of codes are those of [sms-codes.md](sms-codes.md). The gateway's
calls go to the addresses that `relance sender north sms` shows, and are believed by its signature or by the secret in
the address."""


def settings_page() -> Iterator[str]:
    """Every environment variable and every dealer preference, with its default."""
    yield from ("# Settings", "", MARK, "")
    yield SETTINGS_OPENING
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
    if field.is_required():
        return "needed"
    value = field.get_default(call_default_factory=True)
    if value is None or value in ([], {}, ""):
        return ""
    if isinstance(value, Hours):
        return f'`["{value.opens:%H:%M}", "{value.closes:%H:%M}"]`'
    return f"`{'on' if value is True else 'off' if value is False else value}`"


def _sentence(text: str) -> str:
    begins = text if "://" in text.split()[0] else text[:1].upper() + text[1:]
    return begins.rstrip(".") + "."


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def rules_page() -> Iterator[str]:
    """Every category, attribute and operator of the rules, with the sentence that is read aloud."""
    yield from ("# What rules can ask", "", MARK, "")
    yield RULES_OPENING
    yield from (
        "",
        "## Categories and attributes",
        "",
        "| category | attribute | kind | read aloud |",
        "|---|---|---|---|",
    )
    for category in CATEGORIES.values():
        for attribute in category.attributes.values():
            star = "★ " if attribute.pick else ""
            label = f"{category.label}: {attribute.label}"
            yield f"| `{category.name}` | {star}`{attribute.name}` | {attribute.kind} | {_cell(label)} |"
        if category.has_meta:
            yield f"| `{category.name}` | `meta_*` | text | {category.label}: any further column of the feed |"
    for alias, name in ALIASES.items():
        yield from ("", f"`{alias}` is another name of `{name}`.")
    yield from ("", "## Operators", "", "| operator | for | value | read aloud |", "|---|---|---|---|")
    for operator in OPERATORS.values():
        kinds = ", ".join(sorted(operator.kinds))
        yield f"| `{operator.name}` | {kinds} | {operator.value.replace('_', ' ')} | {_cell(str(operator.says))} |"


def merge_fields_page() -> Iterator[str]:
    """Every merge field of the wordings, with a sample in four languages."""
    yield from ("# Merge fields", "", MARK, "")
    yield FIELDS_OPENING
    yield from ("", "| field | what it is | en | fr | es | et |", "|---|---|---|---|---|---|")
    for name, field in FIELDS.items():
        samples = [field.sample[language].replace("\n", " ") for language in ("en", "fr", "es", "et")]
        label = f"{field.label}" if field.available else f"{field.label} (not yet: {field.missing})"
        yield f"| `{name}` | {_cell(label)} | {' | '.join(map(_cell, samples))} |"


def sms_codes_page() -> Iterator[str]:
    """Every error code of Twilio that relance knows, and what it does upon it."""
    yield from ("# Error codes of text messages", "", MARK, "")
    yield SMS_CODES_OPENING
    yield from ("", "| class | what relance does |", "|---|---|")
    for name, meaning in MEANINGS.items():
        yield f"| {name.replace('_', ' ')} | {_cell(meaning.says)} |"
    yield from ("", "| code | class | it says |", "|---|---|---|")
    for code in sorted(CODES.values(), key=lambda code: code.number):
        yield f"| {code.number} | {code.kind.replace('_', ' ')} | {_cell(code.says)} |"


def gateway_page() -> Iterator[str]:
    """The file that describes a gateway: an example, the words in braces, every key."""
    yield from ("# A gateway of your own", "", MARK, "")
    yield GATEWAY_OPENING
    example = files("relance.delivery.channels.sms") / "gateway_example.yaml"
    yield from ("", "```yaml", example.read_text(encoding="utf-8").strip(), "```")
    yield from ("", "| word in braces | is |", "|---|---|")
    yield from (f"| `{name}` | {_cell(says)} |" for name, says in WORDS.items())
    yield from ("", "| key | default | meaning |", "|---|---|---|")
    yield from _preferences(Gateway, "")


PAGES: dict[str, Callable[[], Iterator[str]]] = {
    "settings.md": settings_page,
    "rules.md": rules_page,
    "merge-fields.md": merge_fields_page,
    "sms-codes.md": sms_codes_page,
    "gateway.md": gateway_page,
    "library.md": lambda: library_page(MARK),
}


def page(name: str) -> str:
    """A generated page as it should stand in docs/."""
    with override("en"):
        return "\n".join(PAGES[name]()) + "\n"
