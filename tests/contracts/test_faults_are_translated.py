"""What is wrong is said in the reader's language: every text of a fault goes through gettext, wherever it is found.

Only what nobody but the person at the server's command line reads may be English: it is named here.
"""

import ast
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.utils import translation
from pydantic import BaseModel, Field

from relance.audience.tree import read_tree
from relance.dealers.preferences import Preferences
from relance.lib.errors import BadInput
from relance.lib.schema import SAID, read
from relance.lib.yaml_file import read_yaml_text
from relance.plan.apply import apply_definitions
from relance.plan.definition import read_definition
from relance.plan.wording_check import check
from tests.builders import a_dealer

PACKAGE = Path(__file__).parents[2] / "relance"
# What says that something is wrong, and the function that puts "unknown …" together.
TELLS = frozenset(
    [
        "BadInput",
        "Failure",
        "ChannelDown",
        "FileStopped",
        "BadCell",
        "ValueError",
        "_bad",
        "unknown_word",
        "fault",
        "refusal",
        "warning",
    ]
)
NOTES = frozenset(("stop", "see"))  # and what becomes a note of an import: report.stop(…), terms.see(…)
SPOKEN = frozenset(("gettext", "ngettext", "_", "unknown_word"))
TWO_WORDS = re.compile(r"[^\W\d_]{2,}[,:;'`]? +['`({]*[^\W\d_]{2,}")  # paths, keys and signs have none
OF_THE_SERVER = (
    "environment.py",  # before there is a page
    "jobs/",
    "exports/backup/",
    "exports/mail_merge/word.py",  # a template of one's own is named on the command line only
    "dealers/create.py",
    "dealers/secret.py",
    "measures/health.py",  # relance doctor
    "measures/trouble.py",
    "outbox/runs/late.py",
    "replies/receive.py",  # relance reply
    "lib/database/place.py",  # at the start, before there is a page
    "lib/http.py",  # what a connection met, with the provider's own words
    "delivery/receipts/sns.py",
    "delivery/channels/email/providers.py",
    "delivery/channels/sms/",
)
PLACES = [
    str(path.relative_to(PACKAGE))
    for path in sorted(PACKAGE.rglob("*.py"))
    if not str(path.relative_to(PACKAGE)).startswith(OF_THE_SERVER)
]


def bare_faults(source: str) -> Iterator[int]:
    """The lines that say what is wrong in words that do not go through gettext."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and _name(node) in (TELLS if isinstance(node.func, ast.Name) else NOTES):
            for argument in node.args:
                if any(TWO_WORDS.search(text) for text in _unspoken(argument)):
                    yield node.lineno


def _name(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")


def _unspoken(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Call) and _name(node) in SPOKEN:
        return
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    for part in ast.iter_child_nodes(node):
        yield from _unspoken(part)


@pytest.mark.parametrize("path", PLACES)
def test_no_fault_is_said_in_english_only(path: str) -> None:
    assert list(bare_faults((PACKAGE / path).read_text("utf-8"))) == []


@pytest.mark.parametrize(
    "bare",
    [
        'raise BadInput("no such thing")',
        'raise BadInput(f"{path}: there is no {x}")',
        'yield refusal(path, f"sells ({words}): a service message")',
        'raise BadInput(unknown_word("merge field", x, y))',
        'report.stop("cannot be read")',
    ],
)
def test_a_bare_fault_is_found(bare: str) -> None:
    assert list(bare_faults(bare)) == [1]


@pytest.mark.parametrize("spoken", ['raise BadInput(_("no such thing"))', 'raise BadInput(f"{path}.any[0]: {told}")'])
def test_a_spoken_fault_is_let_through(spoken: str) -> None:
    assert list(bare_faults(spoken)) == []


def told_in(language: str, tree: object) -> str:
    with translation.override(language), pytest.raises(BadInput) as told:
        read_tree(tree)
    return str(told.value)


def test_an_unknown_word_of_a_rule_is_told_in_the_readers_language() -> None:
    rule = {"category": "customer", "attribute": "language", "operator": "iss", "value": "fr"}
    assert told_in("fr", [rule]) == "audience[0].operator: opérateur « iss » introuvable, vouliez-vous dire « is »?"
    assert told_in("et", [rule]) == "audience[0].operator: tundmatu tehe „iss“; kas mõtlesite „is“?"
    assert told_in("es", "x") == "audience: debe ser una lista de reglas (se encontró 'x')"


class Anything(BaseModel):
    """One field of each kind that files have."""

    whole: int = Field(1, ge=1, le=5)
    number: float = Field(1.0, gt=0, lt=9)
    text: str = Field("ab", min_length=2, max_length=3)
    on: bool = True
    day: datetime = datetime(2026, 1, 1, tzinfo=UTC)
    several: list[int] = Field(default_factory=lambda: [1], min_length=1, max_length=2)
    words: dict[str, int] = Field(default_factory=dict)


@pytest.mark.parametrize(
    "wrong",
    [{"whole": x} for x in (0, 6, "x", 1.5, None)]
    + [{"number": x} for x in (0, 9, "x")]
    + [{"text": x} for x in ("a", "abcd", 4)]
    + [{"several": x} for x in ([], [1, 2, 3], 4)]
    + [{"on": "perhaps"}, {"day": "someday"}, {"words": 3}],
)
def test_what_is_wrong_with_a_value_is_told_in_the_readers_language(wrong: dict[str, object]) -> None:
    told = {}
    for language in ("en", "fr", "es", "et"):
        with translation.override(language), pytest.raises(BadInput) as fault:
            read(Anything, wrong, "here")
        told[language] = str(fault.value)
    assert len(set(told.values())) == 4
    assert SAID[""] not in told["en"]  # each has words of its own


def test_a_setting_and_a_file_are_told_in_the_readers_language() -> None:
    with translation.override("fr"):
        with pytest.raises(BadInput, match="clé « quiet_hour » introuvable, vouliez-vous dire « quiet_hours »"):
            read(Preferences, {"quiet_hour": 1}, "settings")
        with pytest.raises(BadInput, match=r"x\.yaml, ligne 3 : n’est pas du YAML"):
            read_yaml_text("a: b\nc: [", "x.yaml")


ENTRY = {
    "code": "TRY", "name": "Try", "subject": "customer", "purpose": "service", "schedule": {"kind": "manual"},
    "channels": ["sms"],
}  # fmt: skip


@pytest.mark.django_db
def test_a_file_of_automations_is_refused_in_the_readers_language() -> None:
    entry = {**ENTRY, "wording": {"sms": {"en": {"body": "{ customer.frist_name }"}}}}
    with translation.override("es"), pytest.raises(BadInput) as told:
        apply_definitions(a_dealer(), [entry], at=datetime(2026, 1, 1, tzinfo=UTC), by="x")
    assert "línea 1, columna 1: campo: no existe «customer.frist_name»" in str(told.value)


def test_what_a_wording_lacks_is_told_in_the_readers_language() -> None:
    definition = read_definition({**ENTRY, "wording": {"sms": {"en": {"body": "A sale in [town]"}}}}, "TRY")
    with translation.override("et"):
        told = {finding.says for finding in check(definition)}
    assert told == {"[town] on veel täitmata", "müüb (sale): teenindussõnumis ei müüda midagi"}
