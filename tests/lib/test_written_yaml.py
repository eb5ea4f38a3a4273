"""YAML that we write is read back as it was, and a person can read it too."""

from hypothesis import given
from hypothesis import strategies as some

from relance.lib.yaml_file import read_yaml_text, write_yaml

TEXTS = some.text(
    some.characters(exclude_categories=["Cs", "Cc", "Co", "Cn"]) | some.sampled_from("\n :#'\"{}|-"), max_size=40
)


def test_a_text_of_several_lines_stands_on_several_lines() -> None:
    assert write_yaml({"body": "Hello.\n\nBye\n"}) == "body: |\n  Hello.\n\n  Bye\n"


@given(some.dictionaries(some.sampled_from(["a", "b"]), some.lists(TEXTS, max_size=3)))
def test_it_is_read_back_as_it_was(content: dict[str, list[str]]) -> None:
    assert read_yaml_text(write_yaml(content), "here") == content
